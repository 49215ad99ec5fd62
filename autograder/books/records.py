"""What the gradebook has on the submissions of one lesson, read in a few queries, however many there are."""

import datetime
from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    GradeCell,
    Notebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
    TaskCell,
)

NO_RESPONSE = "No response."  # nbgrader's words for an answer that is as it was released


@dataclass(frozen=True)
class Score:
    """What one graded cell has earned.

    Attributes:
        points: Points, extra credit included; None where a person has yet to give them.
        max_points: What it could earn.
    """

    points: float | None
    max_points: float


@dataclass
class Record:
    """One submission as the gradebook has it.

    Attributes:
        student: Name of the folder.
        name: First and last name, or "".
        handed_in: When, in UTC, or None where that is not known.
        seconds_late: After the due date and the student's extension; 0.0 where there is no due date.
        penalty: Points that being late costs.
        scores: Grade id → `Score`.
        comments: Grade id of an answer → what the marker says of it.
        unanswered: Grade ids of the answers that are as they were released.
    """

    student: str
    name: str
    handed_in: datetime.datetime | None
    seconds_late: float
    penalty: float
    scores: dict[str, Score] = field(default_factory=dict)
    comments: dict[str, str] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)

    @property
    def earned(self) -> dict[str, float]:
        """Grade id → points, for the cells that have some."""
        return {name: score.points for name, score in self.scores.items() if score.points is not None}

    @property
    def points(self) -> float:
        """All points, the penalty taken off; what waits for a marker counts nothing yet."""
        return max(0.0, sum(self.earned.values()) - self.penalty)

    @property
    def max_points(self) -> float:
        """What the lesson can earn."""
        return sum(score.max_points for score in self.scores.values())

    @property
    def waits(self) -> bool:
        """Whether a person has yet to give some of the points."""
        return any(score.points is None for score in self.scores.values())


def of_lesson(
    gradebook: Gradebook, lesson: str, students: Collection[str] | None = None
) -> dict[str, Record]:
    """Read the submissions of a lesson.

    Args:
        gradebook: An open gradebook.
        lesson: The lesson's name, of assignment and notebook.
        students: Only these, or None for all.

    Returns:
        Student → `Record`, sorted by student.
    """

    def of_the_lesson(query: Any) -> Any:
        query = query.join(SubmittedAssignment, SubmittedNotebook.assignment).join(
            Assignment, SubmittedAssignment.assignment_id == Assignment.id
        )
        query = query.join(Notebook, SubmittedNotebook.notebook_id == Notebook.id)
        query = query.filter(Assignment.name == lesson, Notebook.name == lesson)
        return query.filter(SubmittedAssignment.student_id.in_(students)) if students is not None else query

    found, rows = (
        {},
        of_the_lesson(
            gradebook.db.query(
                SubmittedNotebook.id, SubmittedNotebook.late_submission_penalty, SubmittedAssignment, Student
            )
        ).join(Student, SubmittedAssignment.student_id == Student.id),
    )
    for key, penalty, submitted, student in rows:
        name = " ".join(filter(None, [student.first_name, student.last_name]))
        late = max(0.0, submitted.total_seconds_late)
        found[key] = Record(student.id, name, submitted.timestamp, late, penalty or 0.0)
    grades = gradebook.db.query(
        Grade.notebook_id, BaseCell.name, Grade.auto_score, Grade.manual_score, Grade.score, Grade.max_score
    )
    grades = grades.join(BaseCell, Grade.cell_id == BaseCell.id)
    for key, cell, auto, manual, points, most in of_the_lesson(
        grades.join(SubmittedNotebook, Grade.notebook)
    ):
        waits = auto is None and manual is None
        found[key].scores[cell] = Score(None if waits else points, most)
    comments = gradebook.db.query(
        Comment.notebook_id, BaseCell.name, Comment.manual_comment, Comment.auto_comment
    )
    comments = comments.join(BaseCell, Comment.cell_id == BaseCell.id)
    for key, cell, manual, auto in of_the_lesson(comments.join(SubmittedNotebook, Comment.notebook)):
        if manual:
            found[key].comments[cell] = manual
        if auto == NO_RESPONSE:
            found[key].unanswered.add(cell)
    gradebook.db.rollback()  # a grader at work must not wait for what is done with it
    return {record.student: record for record in sorted(found.values(), key=lambda one: one.student)}


@dataclass(frozen=True)
class Asked:
    """What the gradebook has on a lesson itself.

    Attributes:
        due: When it is due, in UTC, or None.
        points: Grade id → the points that it can earn.
    """

    due: datetime.datetime | None = None
    points: dict[str, float] = field(default_factory=dict)


def asked(gradebook: Gradebook, lesson: str) -> Asked:
    """Read what a lesson asks; nothing where the gradebook does not know it."""
    found = gradebook.db.query(Assignment).filter(Assignment.name == lesson).one_or_none()
    if found is None:
        return Asked()
    points = {
        name: float(most)
        for kind in (GradeCell, TaskCell)
        for name, most in gradebook.db.query(kind.name, kind.max_score)
        .join(Notebook, Notebook.id == kind.notebook_id)
        .filter(Notebook.assignment_id == found.id)
    }
    return Asked(found.duedate, points)


def students(gradebook: Gradebook) -> set[str]:
    """Return all students whom the gradebook knows."""
    return {student for (student,) in gradebook.db.query(Student.id)}
