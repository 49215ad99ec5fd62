"""Many submissions on this machine's cores, each judged in a process that is there for nothing else."""

import concurrent.futures
import contextlib
import gc
import multiprocessing
import multiprocessing.util
import os
import resource
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor
from types import TracebackType
from typing import Self

from autograder.errors import LeftUngradedError
from autograder.running.jobs import Failed, Graded, Grader, Job
from autograder.sealing import pools

IN_FLIGHT_EACH = 4
MEMORY_OF_A_JUDGE = 4 * 1024**3


def run(jobs: Iterable[Job], grader: Grader, *, workers: int = 1) -> Iterator[Graded | Failed]:
    """Mark jobs on `workers` processes.

    Args:
        jobs: Read as they are needed, a few ahead.
        grader: What each process needs.
        workers: How many processes judge.

<<<<<<< HEAD
    Yields:
        What became of each job, whoever is done first.
=======
    def __init__(self, lessons, key, trusted, figures=False):
        self.lessons, self.key, self.trusted, self.figures = lessons, key, trusted, figures

    def grade(self, job):
        """Grade one submission and write its notebook; return a `Graded`."""
        begun = time.perf_counter()
        taught = self.lessons[job.lesson]
        read = submissions.read(Path(job.folder) / f"{job.lesson}.ipynb")
        rebuilt = rebuilding.rebuild(taught, read)
        decided = self._decide(taught, rebuilt, read)
        scores, unanswered = scores_of(taught, rebuilt, decided)
        verdicts.write_outputs(rebuilt.notebook, decided)
        if self.figures and not read.unreadable:
            figures.write_outputs(rebuilt.notebook, self._draw(taught, rebuilt))
        _write(job, rebuilt.notebook, taught)
        items = tuple(item.as_dict() for item in decided.items)
        return Graded(job, items, scores, unanswered, rebuilt.notes, time.perf_counter() - begun)

    def attempt(self, job):
        """Grade one submission; a fault in it must not stop the others, a broken seal must stop all."""
        try:
            return self.grade(job)
        except sandboxes.SealError:
            raise
        except Exception as error:
            return Failed(job, f"it could not be graded ({type(error).__name__}: {error})")

    def _decide(self, taught, rebuilt, read):
        def judge(sandbox):
            return verdicts.decide(taught, rebuilt, read, sandbox, self.key)

        return pools.with_sandbox(taught, judge, trusted=self.trusted)

    def _draw(self, taught, rebuilt):
        """Draw what can be drawn; a worker that is lost meanwhile costs figures and no points."""
        sandbox = pools.sandbox_for(taught, trusted=self.trusted, figures=True)
        try:
            return figures.draw(taught, rebuilt, sandbox)
        except sandboxes.SealError:
            pools.forget(sandbox)
            return {}


def scores_of(taught, rebuilt, decided):
    """Return grade id → score (None for a person to give), and the ids of untouched answers."""
    stubs = {_grade_id(cell): cell["source"] for cell in taught.notebook["cells"]}
    answers = {_grade_id(cell): cell["source"] for cell in rebuilt.notebook["cells"]}
    solutions = (*taught.code_answers, *taught.text_answers)
    unanswered = frozenset(name for name in solutions if answers[name] == stubs[name])
    scores = {item.exercise: item.points for item in decided.items}
    scores |= {name: 0.0 if name in unanswered else None for name in taught.text_answers}
    return scores, unanswered


def _grade_id(cell):
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def _write(job, notebook, taught):
    """Write the graded notebook and the lesson's own files; all of it appears at once."""
    destination = Path(job.destination)
    destination.parent.mkdir(parents=True, exist_ok=True)
    for left_behind in destination.parent.glob(f".{destination.name}-*"):  # by a grader that was killed
        shutil.rmtree(left_behind)
    draft = Path(tempfile.mkdtemp(prefix=f".{destination.name}-", dir=destination.parent))
    try:
        text = json.dumps(notebook, ensure_ascii=False, sort_keys=True) + "\n"
        (draft / f"{job.lesson}.ipynb").write_text(text, encoding="utf-8")
        for name, text in submissions.of_the_exchange(job.folder).items():
            (draft / name).write_text(text, encoding="utf-8")
        for path in taught.files:
            target = draft / Path(path).relative_to(taught.folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
        for path in draft.rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o444)
        draft.chmod(0o755)
        if destination.exists():
            old = Path(tempfile.mkdtemp(prefix=f".{destination.name}-", dir=destination.parent))
            os.replace(destination, old / "old")
            os.replace(draft, destination)
            shutil.rmtree(old)
        else:
            os.replace(draft, destination)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def plan(course, ledger, book, names, *, students=None, force=False, figures=False):
    """Say what is to grade.

    Args:
        course: A `Course`.
        ledger: An open `Ledger`.
        book: An open `Journal`.
        names: Lessons.
        students: Only these, or None for all.
        force: Also what has not changed.
        figures: Also what was graded without figures.

    Returns:
        Name → `Lesson`, the list of `Job`s, and the journal's entries of what is skipped.
>>>>>>> terms

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
                yield from map(_result, done)
        for future in concurrent.futures.as_completed(waiting):
            yield _result(future)


class Judges:
    """Processes that judge; a context manager. They end when this process does, however that ends.

    Args:
        grader: What each needs.
        workers: How many.
    """

    def __init__(self, grader: Grader, workers: int = 1) -> None:
        # A process with threads must not be forked; one without shares what it has imported.
        alone = sys.platform == "linux" and threading.active_count() == 1
        context = multiprocessing.get_context("fork" if alone else "spawn")
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
        if self._begun:
            return self._pool.submit(_attempt, job)
        self._begun = True
        with _left_alone_by_the_collector():
            return self._pool.submit(_attempt, job)

    def mark(self, job: Job) -> Graded | Failed:
        """Mark one job, and wait for it."""
        return _result(self.submit(job))

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


def _result(future: Future) -> Graded | Failed:
    try:
        return future.result()
    except concurrent.futures.BrokenExecutor as error:
        raise LeftUngradedError(
            "a judging process was killed (for want of memory?); run the same command again"
        ) from error


_grader: Grader | None = None


def _begin(grader: Grader) -> None:
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


def _attempt(job: Job) -> Graded | Failed:
    assert _grader is not None
    return _grader.attempt(job)
