"""A student's transcript: each lesson's points, what of them counts, and the total, by the course's policy.

Pure functions on plain values; `autograder.books.scores` reads these from the gradebook. Exports and the
class report show the same transcripts.

- **The total** is the sum of a student's points over the points to be had, each lesson's times its weight.
- **Due.** A lesson counts for a student from its due date on, their extension included. One that has no due
  date counts for all from when the first has handed it in. What is not due yet does not count, handed in or
  not.
- **Not handed in** is 0 points.
- **Late.** Penalties and extensions are those of the gradebook; no lesson is worth less than 0 points.
- **Dropped** are the lessons with the lowest share of their points, among those that count, and never all of
  them.
"""

import dataclasses
import datetime
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from traitlets import Dict, Float, Int, Unicode
from traitlets.config import LoggingConfigurable

from autograder.books import courses
from autograder.errors import CourseError

COUNTS, DROPPED, NOT_DUE, WEIGHS_NOTHING = "counts", "dropped", "not due", "weighs nothing"


class Student(NamedTuple):
    """A student as the gradebook knows them; all but the id may be missing."""

    id: str
    last_name: str | None = None
    first_name: str | None = None
    email: str | None = None
    lms_user_id: str | None = None


class Lesson(NamedTuple):
    """A lesson as the gradebook knows it: when it is due, in UTC without a zone, and its points."""

    name: str
    due: datetime.datetime | None
    possible: float


class Submission(NamedTuple):
    """What the gradebook has of one student's lesson.

    Attributes:
        timestamp: When it was handed in, or None where that is not known.
        extension: How much later it is due for this student, or None.
        points: What was given, before any penalty.
        penalty: What being late costs.
        handed_in: Whether anything was; a row is also made by granting an extension.
        is_waiting: Whether an answer waits for being marked by hand.
    """

    timestamp: datetime.datetime | None = None
    extension: datetime.timedelta | None = None
    points: float = 0.0
    penalty: float = 0.0
    handed_in: bool = True
    is_waiting: bool = False

    @property
    def score(self) -> float:
        """Points less the penalty."""
        return max(0.0, self.points - self.penalty)


class GradePolicy(LoggingConfigurable):
    """How a course makes one grade of many lessons; set in `nbgrader_config.py`."""

    drop_lowest = Int(0, min=0, help="How many of a student's lessons are dropped, lowest first.").tag(
        config=True
    )
    weights = Dict(
        key_trait=Unicode(),
        value_trait=Float(min=0.0),
        help="Lesson → weight of its points; 1 where it is not named, 0 for what shall not count.",
    ).tag(config=True)

    def policy(self, names: Iterable[str]) -> "Policy":
        """Return its values; the log says which lessons it names that are not there, or not there yet.

        Args:
            names: The lessons in the gradebook.

        Raises:
            CourseError: If a weight is no number.
        """
        for sentence in courses.unknown("lesson", self.weights, list(names)):
            self.log.warning("c.GradePolicy.weights: in the gradebook %s", sentence)
        for name, weight in self.weights.items():
            if not math.isfinite(weight):
                raise CourseError(f"c.GradePolicy.weights gives {name} the weight {weight}: no number")
        return Policy(self.drop_lowest, dict(self.weights))


@dataclass(frozen=True)
class Policy:
    """A course's policy, as plain values.

    Attributes:
        drop_lowest: How many lessons are dropped.
        weights: Lesson → weight; 1 where there is none.
    """

    drop_lowest: int = 0
    weights: Mapping[str, float] = dataclasses.field(default_factory=dict)


class Result(NamedTuple):
    """One lesson on a transcript.

    Attributes:
        lesson: The lesson.
        submission: What the gradebook has of it, or None.
        weight: What its points are multiplied by.
        standing: `COUNTS`, `DROPPED`, `NOT_DUE` or `WEIGHS_NOTHING`.
    """

    lesson: Lesson
    submission: Submission | None
    weight: float
    standing: str

    @property
    def score(self) -> float | None:
        """Points less the penalty; 0 where nothing was handed in, None where it need not be yet."""
        if self.submission is not None and self.submission.handed_in:
            return self.submission.score
        return None if self.standing == NOT_DUE else 0.0

    @property
    def share(self) -> float:
        """The score as a share of the lesson's points."""
        return (self.score or 0.0) / self.lesson.possible


class Transcript(NamedTuple):
    """All of a student's lessons, in the course's order."""

    student: Student
    results: tuple[Result, ...]

    @property
    def points(self) -> float:
        """The weighted points of what counts."""
        return math.fsum(one.weight * (one.score or 0.0) for one in self.counted)

    @property
    def possible(self) -> float:
        """The weighted points that could be had where they count."""
        return math.fsum(one.weight * one.lesson.possible for one in self.counted)

    @property
    def share(self) -> float | None:
        """The grade: points as a share of the possible; None if nothing counts yet."""
        return self.points / self.possible if self.possible else None

    @property
    def counted(self) -> list[Result]:
        """The results that count."""
        return [one for one in self.results if one.standing == COUNTS]


def of_class(
    students: Iterable[Student],
    lessons: Sequence[Lesson],
    submissions: Mapping[tuple[str, str], Submission],
    policy: Policy,
    now: datetime.datetime,
) -> list[Transcript]:
    """Return everybody's transcript.

    Args:
        students: The class.
        lessons: The course's lessons, in the order in which they are to stand.
        submissions: (student's id, lesson's name) → what the gradebook has.
        policy: The course's.
        now: The moment that decides what is due, in UTC without a zone.
    """
    begun = {lesson for (_, lesson), one in submissions.items() if one.handed_in}
    ends = {lesson.name: _end(lesson, begun, now) for lesson in lessons}
    everyone = []
    for student in students:
        found = [(lesson, submissions.get((student.id, lesson.name))) for lesson in lessons]
        everyone.append(Transcript(student, _results(found, ends, policy, now)))
    return everyone


def _end(lesson: Lesson, begun: set[str], now: datetime.datetime) -> datetime.datetime:
    """Return when a lesson is due without an extension."""
    if lesson.due is not None:
        return lesson.due
    return now if lesson.name in begun else datetime.datetime.max


def _results(
    found: list[tuple[Lesson, Submission | None]],
    ends: Mapping[str, datetime.datetime],
    policy: Policy,
    now: datetime.datetime,
) -> tuple[Result, ...]:
    results = []
    for lesson, submission in found:
        weight = policy.weights.get(lesson.name, 1.0)
        extension = submission.extension if submission and lesson.due else None
        if now - ends[lesson.name] < (extension or datetime.timedelta()):
            standing = NOT_DUE
        elif weight * lesson.possible <= 0:
            standing = WEIGHS_NOTHING
        else:
            standing = COUNTS
        results.append(Result(lesson, submission, weight, standing))
    if policy.drop_lowest:
        _drop(results, policy.drop_lowest)
    return tuple(results)


def _drop(results: list[Result], how_many: int) -> None:
    """Drop the lowest of what counts; of equally low ones the heaviest, which spares the student most."""
    lowest_first = sorted(
        (place for place, one in enumerate(results) if one.standing == COUNTS),
        key=lambda place: (
            results[place].share,
            -results[place].weight * results[place].lesson.possible,
            results[place].lesson.name,
        ),
    )
    for place in lowest_first[: min(how_many, len(lowest_first) - 1)]:
        results[place] = results[place]._replace(standing=DROPPED)
