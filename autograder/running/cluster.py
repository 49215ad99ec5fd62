"""Many submissions on many machines: a Dask scheduler hands them to workers that have loaded `worker`."""

import asyncio
import concurrent.futures
import contextlib
import ipaddress
import itertools
import logging
import queue
import ssl
import time
import uuid
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from autograder.errors import ClusterError, LeftUngradedError
from autograder.running import packing
from autograder.running.jobs import Failed, Graded, Grader, Job

try:
    import distributed
    from distributed.security import Security

    from autograder.running import worker
except ModuleNotFoundError as error:
    raise ClusterError(
        "grading on a cluster needs Dask: pip install 'optimization-course[cluster]'"
    ) from error

SECONDS_TO_CONNECT = 10
SECONDS_FOR_A_WORKER = 30
SECONDS_FOR_ANOTHER = 120  # when the last one has gone: starting and probing takes a while
BATCH = 32  # submissions a task, once all workers have some
BATCH_BYTES = 4_000_000
IN_FLIGHT_EACH = 2
SECONDS_BETWEEN_LOOKS = 5
SECONDS_TO_FETCH = 60
LOST = "the scheduler is lost; what was finished is recorded"

Batch = list[tuple[Job, bytes]]


@dataclass(frozen=True)
class Scheduler:
    """Where the scheduler is, and what secures the connection to it.

    Attributes:
        address: For example "tls://host:8786".
        ca_file: The authority that has signed every certificate of the cluster, a PEM file.
        cert: The grader's own certificate, a PEM file.
        key: Its key, a PEM file.
        insecure: Whether the secret and what was handed in may travel in clear.
    """

    address: str
    ca_file: str | None = None
    cert: str | None = None
    key: str | None = None
    insecure: bool = False

    def __post_init__(self) -> None:
        """Refuse an address that cannot be used.

        Raises:
            ClusterError: If it is none, or not safe.
        """
        self.require_safe(self.address)

    def require_safe(self, address: str) -> None:
        """Refuse an address to which the course's secret would travel in clear.

        Raises:
            ClusterError: If it is none, or not safe.
        """
        try:
            parts = urlsplit(address)
            usable = parts.scheme in ("tls", "tcp") and parts.hostname and parts.port
        except ValueError:
            usable = False
        if not usable:
            raise ClusterError(f"{address} is no address of a scheduler, as tls://host:8786 is one")
        if parts.scheme == "tcp" and not self.insecure and not _is_loopback(parts.hostname or ""):
            raise ClusterError(
                f"to {address} the course's secret and all submissions would travel in clear; "
                "use tls://, or say --insecure-scheduler where nobody else is on the network"
            )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def run(jobs: Iterable[Job], grader: Grader, *, scheduler: Scheduler) -> Iterator[Graded | Failed]:
    """Mark jobs on the workers of a cluster.

    Args:
        jobs: Read as they are needed, some ahead. Without any, no connection is made.
        grader: What the workers mark with; they always seal.
        scheduler: Where they are.

    Yields:
        What became of each job, whoever is done first.

    Raises:
        ClusterError: If there is no such scheduler, no worker, or one that cannot be used.
        LeftUngradedError: If the scheduler or the last worker is lost meanwhile.
    """
    jobs = iter(jobs)
    first = next(jobs, None)
    if first is None:
        return
    with _connected(scheduler) as client:
        yield from _Round(client, grader).mark(itertools.chain([first], jobs))


@contextlib.contextmanager
def _connected(scheduler: Scheduler) -> Iterator[Any]:
    """Connect, and look whether all that is there can be worked with."""
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters, we say
    warnings.filterwarnings("ignore", category=distributed.versions.VersionMismatchWarning)
    about = {
        "tls_ca_file": scheduler.ca_file,
        "tls_client_cert": scheduler.cert,
        "tls_client_key": scheduler.key,
    }
    security = Security(**{name: value for name, value in about.items() if value is not None})
    try:
        found = asyncio.run(_identity(scheduler.address, security))
    except Exception as error:  # whatever answers there, if anything does
        raise ClusterError(_why_not(scheduler.address, error)) from error
    scheduler.require_safe(found["address"])
    client = distributed.Client(
        scheduler.address, security=security, timeout=SECONDS_TO_CONNECT, set_as_default=False
    )
    try:
        _require_workers(client, scheduler)
        yield client
    finally:
        client.close(timeout=SECONDS_TO_CONNECT)


async def _identity(address: str, security: Any) -> dict[str, Any]:
    """Ask the scheduler who it is: a `Client` that cannot connect leaves a thread behind, and complains."""
    settings = security.get_connection_args("client")
    async with (
        asyncio.timeout(SECONDS_TO_CONNECT),
        distributed.core.rpc(address, timeout=SECONDS_TO_CONNECT / 2, connection_args=settings) as remote,
    ):
        return await remote.identity(n_workers=0)


def _why_not(address: str, error: BaseException) -> str:
    """Say in a sentence why there is no connection."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    if any(isinstance(each, FileNotFoundError) for each in causes):
        return "a file that was given for TLS is not there"
    if address.startswith("tls:") and (
        isinstance(error, TypeError) or any(isinstance(each, ssl.SSLError) for each in causes)
    ):
        return (
            f"{address} and this machine do not trust each other: "
            "--tls-ca-file, --tls-cert and --tls-key must be of the scheduler's own authority"
        )
    return f"no scheduler answers at {address} ({error or type(error).__name__})"


def _require_workers(client: Any, scheduler: Scheduler) -> None:
    """Refuse a cluster of which one worker could not do its part, before anything is sent to any."""
    try:
        client.wait_for_workers(1, timeout=SECONDS_FOR_A_WORKER)
    except TimeoutError as error:
        raise ClusterError(
            f"no worker has come to {scheduler.address} within {SECONDS_FOR_A_WORKER} s"
        ) from error
    versions = client.get_versions()
    ours = versions["client"]["packages"]["distributed"]
    for place, about in {"scheduler": versions["scheduler"], **versions["workers"]}.items():
        theirs = about["packages"]["distributed"] if about else "unknown"
        if theirs != ours:
            raise ClusterError(
                f"Dask distributed is {theirs} at {place}, and {ours} here; install the same everywhere"
            )
    expected = worker.state() | {"ready": True}
    for address, found in client.run(worker.state, on_error="return").items():
        scheduler.require_safe(address)
        if not isinstance(found, dict) or not found["ready"]:
            raise ClusterError(
                f"the worker {address} was started without --preload autograder.running.worker"
            )
        if found != expected:
            raise ClusterError(f"the worker {address} has another version of the course's library; update it")


class _Round:
    """Batches on their way, a bounded number at a time."""

    def __init__(self, client: Any, grader: Grader) -> None:
        self._client, self._grader = client, grader
        self._sent = 0
        self._waiting: dict[Any, Batch] = {}
        self._done: queue.SimpleQueue = queue.SimpleQueue()
        self._slots, self._looked, self._alive = 1, 0.0, time.monotonic()
        self._packed: tuple[str, bytes] = ("", b"")

    def mark(self, jobs: Iterator[Job]) -> Iterator[Graded | Failed]:
        self._look()
        for batch in self._batches(jobs):
            self._send(batch)
            while len(self._waiting) >= self._slots * IN_FLIGHT_EACH:
                yield from self._take()
        while self._waiting:
            yield from self._take()

    def _batches(self, jobs: Iterator[Job]) -> Iterator[Batch]:
        """Yield batches of one lesson each, small ones first, so that a small class is everywhere at once."""
        batch: Batch = []
        room = 0
        for job in jobs:
            packed = packing.pack(job.submission)
            most = min(BATCH, 1 + self._sent // self._slots)
            if batch and (job.lesson != batch[0][0].lesson or len(batch) >= most or len(packed) > room):
                yield batch
                batch = []
            room = (room if batch else BATCH_BYTES) - len(packed)
            batch.append((job, packed))
        if batch:
            yield batch

    def _send(self, batch: Batch) -> None:
        lesson = batch[0][0].lesson
        if self._packed[0] != lesson:
            self._packed = lesson, packing.pack_grader(self._grader, lesson)
        texts = [packed for _, packed in batch]
        key = f"{lesson}-{uuid.uuid4().hex}"
        future = self._client.submit(worker.mark, self._packed[1], texts, key=key, pure=False)
        self._waiting[future] = batch
        self._sent += len(batch)
        future.add_done_callback(self._done.put)

    def _take(self) -> Iterator[Graded | Failed]:
        """Yield what one batch became, or nothing if none is done for a while."""
        if time.monotonic() - self._looked > SECONDS_BETWEEN_LOOKS:
            self._look()
        try:
            future = self._done.get(timeout=SECONDS_BETWEEN_LOOKS)
        except queue.Empty:
            return
        try:
            answers = [packing.unpack_answer(packed) for packed in future.result(SECONDS_TO_FETCH)]
        except TimeoutError:  # its worker is gone, and another one is at it
            future.add_done_callback(self._done.put)
            return
        except distributed.KilledWorker:
            yield from self._again(self._waiting.pop(future))
            return
        except (asyncio.CancelledError, concurrent.futures.CancelledError, OSError) as error:
            raise LeftUngradedError(f"{LOST}; run the same command again") from error
        except Exception as error:  # of Dask's
            reason = f"the cluster could not grade it ({type(error).__name__}: {error})"
            for job, _ in self._waiting.pop(future):
                yield Failed(job.student, job.lesson, reason)
            return
        for answer in answers:
            if answer.stops:
                where = ", ".join(*self._client.who_has([future]).values())
                raise ClusterError(f"the worker {where} takes no work: {answer.reason}")
        for (job, _), answer in zip(self._waiting.pop(future), answers, strict=True):
            yield answer.about(job)

    def _again(self, batch: Batch) -> Iterator[Failed]:
        """Send one by one what came with the loss of several workers; give up what does so alone."""
        if len(batch) > 1:
            for one in batch:
                self._send([one])
            return
        [(job, _)] = batch
        yield Failed(job.student, job.lesson, "every worker that began it was lost")

    def _look(self) -> None:
        """See how many there are to work, and whether there is anybody."""
        try:
            slots = sum(self._client.nthreads().values())
        except OSError as error:
            raise LeftUngradedError(f"{LOST}; run the same command again") from error
        self._looked = time.monotonic()
        if slots:
            self._slots, self._alive = slots, self._looked
        elif self._looked - self._alive > SECONDS_FOR_ANOTHER:
            raise LeftUngradedError("the last worker is gone; start workers, and run the same command again")
