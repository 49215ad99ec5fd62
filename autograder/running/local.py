"""Grading a class: what is to do, on all cores, one finished submission after the other."""

import concurrent.futures
import ctypes
import gc
import json
import multiprocessing
import multiprocessing.util
import os
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, deque
from dataclasses import dataclass, field
from pathlib import Path

from autograder.books import journals
from autograder.marking import figures, lessons, rebuilding, seeds, submissions, verdicts
from autograder.sealing import pools, sandboxes

PR_SET_PDEATHSIG = 1
IN_FLIGHT_EACH = 8
MEMORY_OF_A_JUDGE = 4 * 1024**3


@dataclass(frozen=True)
class Job:
    """One submission to grade.

    Attributes:
        student: Name of the folder.
        lesson: Name.
        folder: What was handed in.
        destination: Where the graded notebook goes.
        digests: Of "submission", "lesson" and "library" (claims, course_lib, grader), which decide it.
    """

    student: str
    lesson: str
    folder: str
    destination: str
    digests: dict


@dataclass(frozen=True)
class Graded:
    """One graded submission: the items, what the gradebook needs, the notebook as it is to be written."""

    job: Job
    items: tuple
    scores: dict
    unanswered: frozenset
    notes: tuple
    seconds: float


@dataclass(frozen=True)
class Failed:
    """A submission that a fault of ours left ungraded."""

    job: Job
    reason: str


@dataclass
class Summary:
    """What became of a class."""

    graded: int = 0
    skipped: int = 0
    unreadable: list = field(default_factory=list)
    faults: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    ignored: list = field(default_factory=list)
    endings: Counter = field(default_factory=Counter)
    hints: Counter = field(default_factory=Counter)
    points: dict = field(default_factory=dict)
    seconds: float = 0.0

    def add(self, student, name, items, notes):
        """Count one submission."""
        self.graded += 1
        self.count_hints(items)
        for item in items:
            self.endings[item["ended"]] += 1
            if item["ended"] == "fault":
                self.faults.append(f"{student}, {name}: {item['text']}")
        if items and all(item["ended"] == "unreadable" for item in items):
            self.unreadable.append(f"{student}, {name}: {notes[0]}")
        else:
            self.notes += [f"{student}, {name}: {note}" for note in notes]
        self.points.setdefault(student, {})[name] = sum(item["points"] or 0.0 for item in items)

    def add_fault(self, job, reason):
        """Note a submission that a fault of ours left ungraded."""
        self.faults.append(f"{job.student}, {job.lesson}: {reason}")

    def count_hints(self, items):
        """Count the misconceptions recognised in one submission."""
        for item in items:
            if item["hint"]:
                self.hints[f"{item['exercise']}: {item['hint']}"] += 1

    def as_dict(self):
        """Return it as plain values."""
        return {**vars(self), "endings": dict(self.endings), "hints": dict(self.hints)}


class Grader:
    """What one process needs to grade: the lessons, the secret, where students' files are.

    Args:
        lessons: Name → `Lesson`.
        key: The course's secret.
        trusted: Without a seal.
        figures: Whether to draw the lesson's figures too.
    """

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
        stamp = submissions.read_text(Path(job.folder) / "timestamp.txt", limit=100)
        if stamp is not None:
            (draft / "timestamp.txt").write_text(stamp, encoding="utf-8")
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

    Raises:
        LessonError: If a lesson cannot be graded with.
    """
    known_lessons, jobs, skipped = {}, [], []
    library = journals.digest_of_library()
    round_ = os.environ.get(seeds.ROUND_VARIABLE, "1")
    for name in names:
        taught = known_lessons[name] = lessons.load(ledger.gradebook, name, course.solutions)
        taught.exercises()
        of_lesson = journals.digest(
            round_, json.dumps([taught.notebook, taught.rubrics]), *map(str, taught.files)
        )
        known = ledger.graded(name)
        for student in course.students(name):
            if students is not None and student not in students:
                continue
            folder, destination = course.submitted(student, name), course.autograded(student, name)
            digests = {"submission": _digest(folder, name), "lesson": of_lesson, "library": library}
            if figures:
                digests["figures"] = "drawn"
            job = Job(student, name, str(folder), str(destination), digests)
            before = book.last(name, student)
            unchanged = (
                before and digests.items() <= before.get("digests", {}).items() and not _has_faults(before)
            )
            if unchanged and student in known and (destination / f"{name}.ipynb").exists() and not force:
                skipped.append(before)
            else:
                jobs.append(job)
    return known_lessons, jobs, skipped


def _digest(folder, name):
    read = submissions.read(folder / f"{name}.ipynb")
    stamp = submissions.read_text(folder / "timestamp.txt", limit=100) or ""
    return journals.digest(json.dumps([read.cells, read.notes]), read.unreadable, stamp)


def _has_faults(entry):
    return any(item["ended"] == "fault" for item in entry["items"])


def grade_all(course, ledger, book, lessons, jobs, *, workers, trusted=False, figures=False, progress=None):
    """Grade jobs and record each as soon as it is done.

    Args:
        course: A `Course`.
        ledger: An open `Ledger`.
        book: An open `Journal`.
        lessons: Name → `Lesson`.
        jobs: `Job`s.
        workers: How many processes judge; 1 judges in this one.
        trusted: Without a seal.
        figures: Whether to draw the lesson's figures too.
        progress: Function called with each `Graded` or `Failed`.

    Returns:
        A `Summary`.
    """
    begun, summary = time.perf_counter(), Summary()
    key = seeds.secret(course.state)
    for batch in _graded(Grader(lessons, key, trusted, figures), jobs, min(workers, len(jobs))):
        _record(course, ledger, book, summary, [one for one in batch if isinstance(one, Graded)])
        for one in batch:
            if isinstance(one, Failed):
                summary.add_fault(one.job, one.reason)
            if progress is not None:
                progress(one)
    summary.seconds = time.perf_counter() - begun
    return summary


def _record(course, ledger, book, summary, batch):
    """Write graded submissions into the gradebook, then into the journal."""
    rows = []
    for graded in batch:
        job = graded.job
        stamp = course.timestamp(job.student, job.lesson)
        rows.append((job.lesson, job.student, stamp, graded.scores, graded.unanswered))
    refusals, written = ledger.record(rows), []
    for graded, error in zip(batch, refusals, strict=True):
        if error is None:
            written.append(graded)
            summary.add(graded.job.student, graded.job.lesson, graded.items, graded.notes)
        else:
            reason = f"the gradebook refuses it ({type(error).__name__}: {error})"
            summary.add_fault(graded.job, reason)
    book.append(*map(_entry, written))


def _entry(graded):
    """Return what the journal keeps of a graded submission."""
    return {
        "student": graded.job.student,
        "lesson": graded.job.lesson,
        "digests": graded.job.digests,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "seconds": round(graded.seconds, 4),
        "notes": list(graded.notes),
        "items": list(graded.items),
    }


def _graded(grader, jobs, workers):
    """Yield lists of what is graded, in the order of the jobs: as much as there is to record together."""
    if workers <= 1:
        for job in jobs:
            yield [grader.attempt(job)]
        return
    gc.collect()
    gc.freeze()
    method = "fork" if sys.platform == "linux" else "spawn"
    with concurrent.futures.ProcessPoolExecutor(
        workers, multiprocessing.get_context(method), _begin_process, (grader, os.getpid())
    ) as pool:
        try:
            waiting, todo = deque(), iter(jobs)
            for job in todo:
                waiting.append(pool.submit(_grade_in_process, job))
                if len(waiting) >= workers * IN_FLIGHT_EACH:
                    yield _finished(waiting)
            while waiting:
                yield _finished(waiting)
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise


def _finished(waiting):
    """Wait for the first, and take along those after it that are finished too."""
    batch = [waiting.popleft().result()]
    while waiting and waiting[0].done():
        batch.append(waiting.popleft().result())
    return batch


_grader = None


def _begin_process(grader, parent):
    """Make ready a judging process, which ends when its parent does, however that ends."""
    global _grader
    _grader = grader
    # Such a process ends without `atexit`.
    multiprocessing.util.Finalize(None, pools.close_all, exitpriority=1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a claim computes with a student's arrays must not take all memory there is.
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    if hard == resource.RLIM_INFINITY or hard > MEMORY_OF_A_JUDGE:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_OF_A_JUDGE, hard))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != parent:
            os._exit(1)


def _grade_in_process(job):
    return _grader.attempt(job)
