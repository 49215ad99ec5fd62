"""A round of grading: what is to do, and each submission recorded as soon as it is done."""

import contextlib
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, overload

from sqlalchemy.exc import DBAPIError

from autograder.books import changes, courses, indexes, journals
from autograder.books.changes import Change
from autograder.books.courses import Course
from autograder.books.journals import Entry, Journal, Newest
from autograder.books.ledgers import Ledger
from autograder.errors import told_by
from autograder.marking import lessons, seeds, submissions
from autograder.marking.lessons import Lesson
from autograder.marking.marked import Marked
from autograder.marking.verdicts import Item
from autograder.running import digests, local
from autograder.running.jobs import Failed, Graded, Grader, Job, Run

RECORD_SECONDS = 0.2  # what is done within this time is recorded together


@dataclass
class Summary:
    """What became of a class."""

    graded: int = 0
    skipped: int = 0
    unreadable: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    endings: Counter = field(default_factory=Counter)
    hints: Counter = field(default_factory=Counter)
    points: dict[str, dict[str, float]] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    seconds: float = 0.0

    def add(self, student: str, lesson: str, marked: Marked) -> None:
        """Count one submission."""
        self.graded += 1
        self.count_hints(marked.items)
        for item in marked.items:
            self.endings[item.ended] += 1
            if item.points is None:
                self.faults.append(f"{student}, {lesson}: {item.text}")
        if marked.items and all(item.ended == "unreadable" for item in marked.items):
            self.unreadable.append(f"{student}, {lesson}: {marked.notes[0]}")
        else:
            self.notes += [f"{student}, {lesson}: {note}" for note in marked.notes]
        self.points.setdefault(student, {})[lesson] = sum(item.points or 0.0 for item in marked.items)

    def skip(self, entry: Entry) -> None:
        """Count what has not changed: what was misunderstood is asked of all, not of newcomers alone."""
        self.skipped += 1
        self.count_hints(entry.items)

    def add_fault(self, student: str, lesson: str, reason: str) -> None:
        """Note a submission that a fault of ours left ungraded."""
        self.faults.append(f"{student}, {lesson}: {reason}")

    def count_hints(self, items: Iterable[Item]) -> None:
        """Count the misconceptions recognised in one submission."""
        self.hints.update(f"{item.exercise}: {item.hint}" for item in items if item.hint)

    def compare(self, newest: Newest, after: Entry) -> None:
        """Note whose points have changed since the round before."""
        before = newest.get((after.lesson, after.student))
        if before is not None:
            self.changes += changes.between(before, after)

    def as_dict(self) -> dict:
        """Return it as plain values."""
        changes = [asdict(change) for change in self.changes]
        return {**vars(self), "endings": dict(self.endings), "hints": dict(self.hints), "changes": changes}


def taught(course: Course, ledger: Ledger, names: Iterable[str]) -> dict[str, Lesson]:
    """Return name → `Lesson`.

    Raises:
        LessonError: If a lesson cannot be graded with.
    """
    found = {name: load(course, ledger.gradebook, name) for name in names}
    for lesson in found.values():
        lesson.exercises()
    return found


def load(course: Course, gradebook: Any, name: str) -> Lesson:
    """Load one lesson of a course from an open gradebook.

    Raises:
        LessonError: If it cannot be graded with.
    """
    return lessons.load(gradebook, name, course.solutions, course.config, course.private_claims)


def plan(
    course: Course,
    ledger: Ledger,
    grader: Grader,
    newest: Newest,
    *,
    students: Iterable[str] | None = None,
    force: bool = False,
) -> Iterator[Job | Entry | Failed]:
    """Say what is to do with each submission, reading it.

    Args:
        course: A `Course`.
        ledger: An open `Ledger`.
        grader: What it would be marked with.
        newest: The newest entries of the course's journal.
        students: Only these, or None for all.
        force: Also what has not changed.

    Yields:
        A `Job` for what is to mark, the journal's `Entry` for what has not changed, `Failed` for what a fault
        of ours keeps from being read.
    """
    for name, lesson in grader.lessons.items():
        deciding = decides(lesson, grader.key)
        if grader.figures:
            deciding["figures"] = "drawn"
        known = ledger.graded(name)
        for student in course.students(name):
            if students is not None and student not in students:
                continue
            before = newest.get((name, student)) if student in known and not force else None
            if before and not _holds(before, course, deciding):
                before = None
            try:
                yield read(course, student, name, deciding, before)
            except Exception as error:  # whatever one student hands in must not end the others' round
                yield Failed(student, name, f"it could not be read ({type(error).__name__}: {error})")


def decides(lesson: Lesson, key: bytes) -> dict[str, str]:
    """Return the digests of what decides every verdict on a lesson, beside what is handed in."""
    return {
        "lesson": digests.of_lesson(lesson),
        "library": digests.of_library(),
        "numbers": seeds.fingerprint(key),
    }


@overload
def read(course: Course, student: str, lesson: str, deciding: dict[str, str]) -> Job: ...
@overload
def read(
    course: Course, student: str, lesson: str, deciding: dict[str, str], before: Entry | None
) -> Job | Entry: ...
def read(
    course: Course, student: str, lesson: str, deciding: dict[str, str], before: Entry | None = None
) -> Job | Entry:
    """Read one submission.

    Args:
        course: A `Course`.
        student: Name of the folder.
        lesson: Its name.
        deciding: Digests of what else decides the verdict.
        before: The verdict that holds unless the submission has changed, or None.

    Returns:
        `before` if it has not changed, else a `Job`. What has the same bytes is not looked into.
    """
    folder = course.submitted(student, lesson)
    raw, beside = submissions.fetch(f"{folder}/{lesson}.ipynb"), submissions.of_the_exchange(folder)
    file = digests.of_file(raw, beside)
    if before and before.digests.get("file") == file:
        return before
    submission = submissions.parsed(raw)
    content = digests.of_submission(submission, beside)
    if before and before.digests.get("submission") == content:
        return before
    return Job(student, lesson, submission, beside, {**deciding, "file": file, "submission": content})


def _holds(before: Entry, course: Course, deciding: dict[str, str]) -> bool:
    """Say whether a verdict is whole, on disk, and what would be given now if nothing else was handed in."""
    written = os.path.join(course.autograded(before.student, before.lesson), f"{before.lesson}.ipynb")
    current = deciding.items() <= before.digests.items()
    return current and not before.has_faults and os.path.exists(written)


def grade(
    course: Course,
    names: Iterable[str],
    *,
    students: Iterable[str] | None = None,
    force: bool = False,
    figures: bool = False,
    trusted: bool | None = None,
    run: Run = local.run,
    progress: Callable[[str, str], None] | None = None,
) -> Summary:
    """Grade what is new or changed, and record each as soon as it is done.

    Args:
        course: A `Course`.
        names: Lessons.
        students: Only these, or None for all.
        force: Also what has not changed.
        figures: Draw the lesson's figures too.
        trusted: Without a seal; None for what the environment says.
        run: What marks the jobs; one local process by default.
        progress: Function called with student and lesson of each that is recorded, skipped or given up.

    Returns:
        A `Summary`.

    Raises:
        Busy: If another grader is at work on this course.
        CourseError: If the gradebook was graded with another secret.
        LessonError: If a lesson cannot be graded with.
        SealError: If the seal cannot be made or does not hold.
    """
    begun, summary = time.perf_counter(), Summary()
    with Ledger(course) as ledger, course.journal() as journal:
        with contextlib.suppress(DBAPIError):  # a slow gradebook is no reason to grade nobody
            indexes.create(course.directory.db_url)
        key = course.secret()
        grader = Grader(taught(course, ledger, names), key, trusted, figures)
        all_of_it = students is None and {*course.known_lessons(())} <= grader.lessons.keys()
        ledger.agree(key, anew=force and all_of_it)
        newest = journals.newest(course.state)
        tell = progress or (lambda *who: None)
        recorder = _Recorder(course, ledger, journal, grader, newest, summary, tell)

        def jobs() -> Iterator[Job]:
            for one in plan(course, ledger, grader, newest, students=students, force=force):
                if isinstance(one, Job):
                    yield one
                else:
                    recorder.pass_over(one)

        with contextlib.closing(recorder):
            for result in run(jobs(), grader):
                recorder.add(result)
    summary.ignored = course.misplaced()
    summary.seconds = time.perf_counter() - begun
    return summary


def rehearse(
    course: Course,
    names: Iterable[str],
    *,
    students: Iterable[str] | None = None,
    trusted: bool | None = None,
    run: Run = local.run,
    progress: Callable[[str, str], None] | None = None,
) -> Summary:
    """Grade all anew and write nothing: whose points would change?

    Args:
        course: A `Course`; one without a secret has graded nothing, so that nothing can change.
        names: Lessons.
        students: Only these, or None for all.
        trusted: Without a seal; None for what the environment says.
        run: What marks the jobs; one local process by default.
        progress: Function called with student and lesson of each that is done.

    Returns:
        A `Summary` of what would be.

    Raises:
        LessonError: If a lesson cannot be graded with.
        SealError: If the seal cannot be made or does not hold.
    """
    begun, summary, newest = time.perf_counter(), Summary(), journals.newest(course.state)
    key, tell = course.secret(make=False), progress or (lambda *who: None)
    with Ledger(course) as ledger:
        grader = Grader(taught(course, ledger, names), key, trusted)
        planned = plan(course, ledger, grader, newest, students=students, force=True) if key else ()
        jobs = (one for one in planned if isinstance(one, Job))
        for result in run(jobs, grader):
            if isinstance(result, Failed):
                summary.add_fault(result.student, result.lesson, result.reason)
            else:
                summary.add(result.student, result.lesson, result.marked)
                summary.compare(newest, entry(result))
            tell(result.student, result.lesson)
    summary.seconds = time.perf_counter() - begun
    return summary


class _Recorder:
    """Writes results where they belong: the notebook, the gradebook, and last the journal."""

    def __init__(
        self,
        course: Course,
        ledger: Ledger,
        journal: Journal,
        grader: Grader,
        newest: Newest,
        summary: Summary,
        tell: Callable[[str, str], None],
    ) -> None:
        self._course, self._ledger, self._journal, self._grader = course, ledger, journal, grader
        self._newest, self._summary, self._tell = newest, summary, tell
        self._waiting: list[Graded] = []
        self._since = time.monotonic()

    def pass_over(self, one: Entry | Failed) -> None:
        if isinstance(one, Entry):
            self._summary.skip(one)
        else:
            self._summary.add_fault(one.student, one.lesson, one.reason)
        self._tell(one.student, one.lesson)

    def add(self, result: Graded | Failed) -> None:
        if isinstance(result, Failed):
            self.pass_over(result)
            return
        self._waiting.append(result)
        if time.monotonic() - self._since > RECORD_SECONDS:
            self.close()

    def close(self) -> None:
        """Record all that waits."""
        batch = [graded for graded in self._waiting if self._write(graded)]
        self._waiting, self._since = [], time.monotonic()
        stamps = [courses.moment(one.beside.get("timestamp.txt")) for one in batch]
        refusals = self._ledger.record(
            [(one.lesson, one.student, stamp, one.marked) for one, stamp in zip(batch, stamps, strict=True)]
        )
        done = [one for one, refusal in zip(batch, refusals, strict=True) if refusal is None]
        self._journal.append(*map(entry, done))
        for one, refusal in zip(batch, refusals, strict=True):
            if refusal is None:
                self._summary.add(one.student, one.lesson, one.marked)
                self._summary.compare(self._newest, entry(one))
            else:
                reason = f"the gradebook refuses it ({type(refusal).__name__}: {told_by(refusal)})"
                self._summary.add_fault(one.student, one.lesson, reason)
            self._tell(one.student, one.lesson)

    def _write(self, graded: Graded) -> bool:
        """Write the graded notebook; return whether it could be."""
        lesson = self._grader.lessons[graded.lesson]
        destination = self._course.autograded(graded.student, graded.lesson)
        try:
            write(
                destination, {f"{lesson.name}.ipynb": graded.marked.notebook, **graded.beside}, lesson.files
            )
        except OSError as error:
            reason = f"its notebook cannot be written ({error.strerror})"
            self.pass_over(Failed(graded.student, graded.lesson, reason))
            return False
        return True


def entry(graded: Graded, route: str = "autograder") -> Entry:
    """Return what the journal keeps of a graded submission."""
    marked = graded.marked
    about = round(graded.seconds, 4), journals.now(), route
    return Entry(graded.student, graded.lesson, graded.digests, marked.items, marked.notes, *about)


def write(destination: Path, texts: dict[str, str], files: dict[str, bytes]) -> None:
    """Write a graded folder: texts, and the lesson's own files; all of it appears at once.

    Raises:
        OSError: If it cannot be written; what was there before is then still there.
    """
    destination.parent.mkdir(parents=True, exist_ok=True)
    for left_behind in destination.parent.glob(f".{destination.name}-*"):  # by a grader that was killed
        shutil.rmtree(left_behind)
    draft = Path(tempfile.mkdtemp(prefix=f".{destination.name}-", dir=destination.parent))
    try:
        for name, content in {**{name: text.encode() for name, text in texts.items()}, **files}.items():
            target = draft / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
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
