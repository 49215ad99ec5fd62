"""Many submissions on this machine's cores, each judged in a process that is there for nothing else."""

import concurrent.futures
import contextlib
import ctypes
import gc
import multiprocessing
import multiprocessing.util
import os
import resource
import signal
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor
from types import TracebackType
from typing import Any, Self

from autograder.errors import LeftUngradedError
from autograder.running.jobs import Failed, Graded, Grader, Job
from autograder.sealing import pools

IN_FLIGHT_EACH = 4
METHOD = "fork" if sys.platform == "linux" else "spawn"
MEMORY_OF_A_JUDGE = 4 * 1024**3
MUCH = 16 * 1024**2  # bytes more than a judge needs, from which on it gives back what is free


def run(jobs: Iterable[Job], grader: Grader, *, workers: int = 1) -> Iterator[Graded | Failed]:
    """Mark jobs on `workers` processes.

    Args:
        jobs: Read as they are needed, a few ahead.
        grader: What each process needs.
        workers: How many processes judge.

    Yields:
        What became of each job, whoever is done first.

    Raises:
        SealError: If the seal cannot be made or does not hold.
        LeftUngradedError: If a judging process was killed.
    """
    with Judges(grader, workers) as judges:
        waiting: set[Future] = set()
        for job in jobs:
            waiting.add(judges.submit(job))
            if len(waiting) >= workers * IN_FLIGHT_EACH:
                done, waiting = concurrent.futures.wait(waiting, return_when=FIRST_COMPLETED)
                yield from map(result_of, done)
        for future in concurrent.futures.as_completed(waiting):
            yield result_of(future)


class Judges:
    """Processes that judge; a context manager. They end when this process does, however that ends.

    Args:
        grader: What each needs, or None where every call brings what it needs.
        workers: How many.
        method: How they are started. "fork" shares what this process has imported, and is for one that has no
            threads of others in it: a server's must use "spawn".
    """

    def __init__(self, grader: Grader | None, workers: int = 1, method: str = METHOD) -> None:
        context = multiprocessing.get_context(method)
        self._pool = ProcessPoolExecutor(workers, context, _begin, (grader,))
        self._begun = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close(wait=error is None)

    def submit(self, job: Job) -> Future:
        """Hand a job to whichever process is free first."""
        return self.ask(_attempt, job)

    def ask(self, question: Callable[..., Any], *about: Any) -> Future:
        """Call a function of a `Grader` and of what it is asked about, in whichever process is free first.

        Raises:
            LeftUngradedError: If one of the processes was killed.
        """
        with _whose_death_is_a_sentence():
            return self.call(_answer, question, about)

    def call(self, function: Callable[..., Any], *arguments: Any) -> Future:
        """Call any function of a module, in whichever process is free first."""
        if self._begun:
            return self._pool.submit(function, *arguments)
        self._begun = True
        with _left_alone_by_the_collector():
            return self._pool.submit(function, *arguments)

    def mark(self, job: Job) -> Graded | Failed:
        """Mark one job, and wait for it."""
        return result_of(self.submit(job))

    def close(self, *, wait: bool = True) -> None:
        """End the processes; what waits is not begun."""
        self._pool.shutdown(wait=wait, cancel_futures=True)


@contextlib.contextmanager
def _left_alone_by_the_collector() -> Iterator[None]:
    """Fork here: what is there already stays shared, since the children's collector does not touch it."""
    if gc.get_freeze_count():  # by our caller, and not for us to undo
        yield
        return
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


def result_of(future: Future) -> Any:
    """Return what a judging process has answered.

    Raises:
        LeftUngradedError: If it was killed.
    """
    with _whose_death_is_a_sentence():
        return future.result()


@contextlib.contextmanager
def _whose_death_is_a_sentence() -> Iterator[None]:
    try:
        yield
    except concurrent.futures.BrokenExecutor as error:
        raise LeftUngradedError(
            "a judging process was killed (for want of memory?); run the same command again"
        ) from error


_grader: Grader | None = None


def _begin(grader: Grader | None) -> None:
    """Make ready a judging process: its own limits, and an end when its parent ends."""
    global _grader
    _grader = grader
    # Such a process ends without `atexit`.
    multiprocessing.util.Finalize(None, pools.close_all, exitpriority=1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a claim computes with a student's arrays must not take all memory there is.
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > MEMORY_OF_A_JUDGE:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_OF_A_JUDGE, hard))
    threading.Thread(target=_end_with_the_parent, daemon=True).start()


def _end_with_the_parent() -> None:
    """Wait until the process that started this one is gone, however it went."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
    os._exit(1)


def _attempt(grader: Grader, job: Job) -> Graded | Failed:
    return grader.attempt(job)


def _answer(question: Callable[..., Any], about: tuple[Any, ...]) -> Any:
    try:
        return question(_grader, *about)
    finally:
        _keep_small()


_least: int | None = None  # bytes that this process has held, at the end of an answer


def _keep_small() -> None:
    """Give the system what large values took, here and while earlier answers were sent."""
    global _least
    held = _held()
    _least = held if _least is None else min(held, _least)
    if held > _least + MUCH:
        _give_back()


def _held() -> int:
    """Return the bytes of memory that this process has, or 0 where the system does not say."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        return 0


def _give_back() -> None:
    """Give the system what is free again: the C library keeps it where a small value lies above it."""
    with contextlib.suppress(AttributeError):  # there is another C library
        ctypes.CDLL(None).malloc_trim(0)
