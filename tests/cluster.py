"""A cluster of real processes on this machine: a scheduler, and workers with `deploy/cluster/dask.yaml`."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from autograder.running import packing
from autograder.running.packing import Answer

ROOT = Path(__file__).parents[1]
CONFIG = ROOT / "deploy" / "cluster" / "dask.yaml"
PATIENCE = 120
KILLS = "kills its judge"


def until(holds, what, patience=PATIENCE):
    """Wait until something holds; return what it returned."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        found = holds()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"in vain: {what}")


class Cluster:
    """A scheduler and workers; a context manager that ends what it started.

    Args:
        folder: For logs and Dask's own files.
        certificates: A folder that `certificates.sh` has made, or None for plain TCP.
        host: Where the scheduler listens.
        enter: Command before the scheduler's, such as `ip netns exec NAME`.
    """

    def __init__(self, folder, certificates=None, host="127.0.0.1", enter=()):
        self.folder, self.certificates, self.host, self.enter = Path(folder), certificates, host, enter
        self.folder.mkdir(parents=True, exist_ok=True)
        self.processes, self.scheduler, self.port = [], None, 0

    def __enter__(self):
        self.start_scheduler()
        return self

    def __exit__(self, *about):
        for process in self.processes:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    @property
    def address(self):
        """Return what the workers and the grader connect to."""
        return f"{'tls' if self.certificates else 'tcp'}://{self.host}:{self.port}"

    def tls(self, role, certificates=None):
        """Return a role's certificates as Dask's commands, and ours, take them."""
        folder = certificates or self.certificates
        if folder is None:
            return []
        files = {"--tls-ca-file": "ca.pem", "--tls-cert": f"{role}.pem", "--tls-key": f"{role}.key"}
        return [word for option, name in files.items() for word in (option, str(Path(folder) / name))]

    def start_scheduler(self):
        """Start the scheduler, again on the port that it had before."""
        log = self._begin(
            "scheduler",
            ["--host", f"{self.address.rpartition(':')[0]}:{self.port}", *self.tls("scheduler")],
            enter=self.enter,
        )
        self.scheduler = self.processes[-1]
        line = until(lambda: self._line(log, "Scheduler at:"), "a scheduler")
        self.port = int(line.rpartition(":")[2])

    def start_worker(self, *options, cores=2, enter=(), certificates=None, joins=True, **environment):
        """Start a worker; return its process, and its log when it has joined or ended."""
        tls = self.tls("worker", certificates)
        options = [self.address, "--nthreads", str(cores), *tls, *(options or ["--no-nanny"])]
        log = self._begin("worker", options, enter=enter, **environment)
        process = self.processes[-1]
        if joins:
            until(lambda: self._line(log, "Registered to:") or process.poll() is not None, "a worker")
            assert process.poll() is None, log.read_text()
        return process, log

    def _begin(self, role, options, enter=(), **environment):
        log = self.folder / f"{role}-{len(self.processes)}.log"
        settings = {
            "DASK_CONFIG": str(CONFIG),
            "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": str(self.certificates is not None),
            "DASK_TEMPORARY_DIRECTORY": str(self.folder),
            "PYTHONPATH": str(ROOT),
        }
        command = [*enter, sys.executable, "-m", f"distributed.cli.dask_{role}", "--no-dashboard", *options]
        with open(log, "wb") as file:
            self.processes.append(
                subprocess.Popen(
                    command,
                    cwd=self.folder,
                    env={**os.environ, **settings, **environment},
                    stdout=file,
                    stderr=subprocess.STDOUT,
                )
            )
        return log

    def _line(self, log, text):
        lines = [line for line in log.read_text(errors="replace").splitlines() if text in line]
        return lines[-1] if lines else None


def kill(process):
    """End a process as a lack of memory or of power does."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def judged(grader, submission):
    """Stand for `packing.mark` in a judging process: say which one it is, or end it."""
    text = packing.unpack_submission(submission).cells[0].source
    if text == KILLS:
        os.kill(os.getpid(), signal.SIGKILL)
    return packing.pack(Answer(reason=f"{text} {os.getpid()}"))
