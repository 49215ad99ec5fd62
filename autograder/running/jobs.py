"""One submission on its way: what goes out to be marked, and what comes back."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from autograder.errors import SealError
from autograder.marking import marked
from autograder.marking.lessons import Lesson
from autograder.marking.marked import Marked
from autograder.marking.submissions import Submission
from autograder.running import digests
from autograder.sealing import pools


@dataclass(frozen=True)
class Job:
    """One submission to mark: a value, that holds all that was read of it.

    Attributes:
        student: Name of the folder.
        lesson: Name.
        submission: What was read.
        beside: Name → text of what nbgrader's exchange has put beside the notebook.
        digests: Of "submission", "lesson", "numbers" and "library", which decide the verdict; and of the
            "file" that the submission was read from.
    """

    student: str
    lesson: str
    submission: Submission
    beside: dict[str, str] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Graded:
    """A job that was done, and what it took in seconds."""

    student: str
    lesson: str
    digests: dict[str, str]
    beside: dict[str, str]
    marked: Marked
    seconds: float


@dataclass(frozen=True)
class Failed:
    """A submission that a fault of ours left ungraded, and why, in a sentence."""

    student: str
    lesson: str
    reason: str


@dataclass(frozen=True)
class Grader:
    """What a process needs to mark any job.

    Attributes:
        lessons: Name → `Lesson`.
        key: The course's secret.
        trusted: Without a seal; None for what the environment says.
        figures: Whether to draw the lesson's figures too.
        library: Digest of the library that judges; a process that has another one refuses its jobs.
    """

    lessons: dict[str, Lesson]
    key: bytes
    trusted: bool | None = None
    figures: bool = False
    library: str = field(default_factory=digests.of_library)

    def attempt(self, job: Job) -> Graded | Failed:
        """Mark one job; a fault in it must not stop the others, a broken seal must stop all.

        Raises:
            SealError: If the seal cannot be made or does not hold.
        """
        begun = time.perf_counter()
        if self.library != digests.of_library():
            return Failed(job.student, job.lesson, "this worker has another version of the course's library")
        try:
            marked = self._mark(job)
        except SealError:
            raise
        except Exception as error:
            reason = f"it could not be graded ({type(error).__name__}: {error})"
            return Failed(job.student, job.lesson, reason)
        seconds = time.perf_counter() - begun
        return Graded(job.student, job.lesson, job.digests, job.beside, marked, seconds)

    def _mark(self, job: Job) -> Marked:
        lesson = self.lessons[job.lesson]
        names, drawing = lesson.sealed_names(), None
        if self.figures:
            shown = lesson.sealed_names(figures=True)
            drawing = pools.sandbox_for(shown, trusted=self.trusted, figures=True)
        return pools.with_sandbox(
            names,
            lambda sandbox: marked.mark(lesson, job.submission, self.key, sandbox, drawing),
            trusted=self.trusted,
        )


# What marks many jobs, in any order: `local.run` or `cluster.run` with its settings bound.
Run = Callable[[Iterable[Job], Grader], Iterator[Graded | Failed]]
