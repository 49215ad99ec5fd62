"""What the gradebook says of a lesson, read flat: a few queries, however many students there are."""

import datetime
from dataclasses import dataclass, field
from typing import Any, Self

from nbgrader.api import (
    Assignment,
    BaseCell,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)

from autograder.books.courses import Course
from autograder.errors import LessonError


@dataclass
class Score:
    """What one submission has earned.

    Attributes:
        timestamp: When it was handed in, in UTC, or None where nobody knows.
        extension: How much later than the others it is due.
        penalty: Points taken for being late.
        points: Graded cell → points, a person's before ours; what nobody has marked yet is not in it.
        to_mark: Cells that wait for a person.
    """

    timestamp: datetime.datetime | None
    extension: datetime.timedelta
    penalty: float = 0.0
    points: dict[str, float] = field(default_factory=dict)
    to_mark: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class LessonScores:
    """What a class has earned in a lesson.

    Attributes:
        due: When it is due, in UTC, or None.
        full: Graded cell → the points that it can earn.
        by_student: Student → `Score`.
    """

    due: datetime.datetime | None = None
    full: dict[str, float] = field(default_factory=dict)
    by_student: dict[str, Score] = field(default_factory=dict)


class Scores:
    """The gradebook's points, read without the course's lock; a context manager.

    Args:
        course: A `Course`.

    Raises:
        LessonError: If there is no gradebook yet.
    """

    def __init__(self, course: Course) -> None:
        if course.gradebook and not course.gradebook.exists():
            raise LessonError("there is no gradebook yet: run `nbgrader generate_assignment LESSON` first")
        self._gradebook = Gradebook(course.directory.db_url, course.directory.course_id)
        self._session = self._gradebook.db

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._gradebook.close()

    def students(self) -> set[str]:
        """Return all students whom the gradebook knows."""
        return {student for (student,) in self._session.query(Student.id).all()}

    def of_lesson(self, lesson: str) -> LessonScores:
        """Return what the class has earned in a lesson; nothing where the gradebook does not know it."""
        assignment = self._session.query(Assignment.id, Assignment.duedate).filter(Assignment.name == lesson)
        found = assignment.one_or_none()
        if found is None:
            return LessonScores()
        scores = LessonScores(found.duedate, self._full(found.id), self._submissions(found.id))
        self._add_points(found.id, scores)
        self._session.rollback()  # a grader at work must not wait for what we do with it
        return scores

    def _full(self, assignment: str) -> dict[str, float]:
        rows = [
            row
            for kind in (GradeCell, TaskCell)
            for row in self._session.query(kind.name, kind.max_score)
            .join(Notebook, Notebook.id == kind.notebook_id)
            .filter(Notebook.assignment_id == assignment)
        ]
        return {name: float(points) for name, points in rows}

    def _submissions(self, assignment: str) -> dict[str, Score]:
        rows = self._session.query(
            SubmittedAssignment.student_id,
            SubmittedAssignment.timestamp,
            SubmittedAssignment.extension,
            SubmittedNotebook.late_submission_penalty,
        ).join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        found: dict[str, Score] = {}
        for student, timestamp, extension, penalty in rows.filter(
            SubmittedAssignment.assignment_id == assignment
        ):
            score = found.setdefault(student, Score(timestamp, extension or datetime.timedelta()))
            score.penalty += penalty or 0.0
        return found

    def _add_points(self, assignment: str, scores: LessonScores) -> None:
        columns: Any = (SubmittedAssignment.student_id, BaseCell.name, Grade.auto_score, Grade.manual_score)
        rows = (
            self._session.query(*columns, Grade.extra_credit, Grade.needs_manual_grade)
            .join(SubmittedNotebook, SubmittedNotebook.id == Grade.notebook_id)
            .join(SubmittedAssignment, SubmittedAssignment.id == SubmittedNotebook.assignment_id)
            .join(BaseCell, BaseCell.id == Grade.cell_id)
            .filter(SubmittedAssignment.assignment_id == assignment)
        )
        for student, cell, by_us, by_hand, extra, to_mark in rows:
            score = scores.by_student[student]
            points = by_us if by_hand is None else by_hand
            if points is not None:
                score.points[cell] = points + (extra or 0.0)
            if to_mark:
                score.to_mark.add(cell)
