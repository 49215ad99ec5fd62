"""All points of a course, read from the gradebook by five queries, however large the class."""

import datetime
from typing import Any, NamedTuple

from nbgrader.api import Assignment, Grade, SubmittedAssignment, SubmittedNotebook
from nbgrader.api import Student as StudentRow
from sqlalchemy import func, select

from autograder.books import transcripts
from autograder.books.transcripts import GradePolicy, Lesson, Student, Submission, Transcript

NOTHING = (0.0, 0.0, 0, 0)  # points, penalty, cells that have points, cells that wait


class Scores(NamedTuple):
    """The points of a course.

    Attributes:
        students: Everybody, by last and first name, as nbgrader's own export sorts them.
        lessons: By due date and name.
        submissions: (student's id, lesson's name) → what there is of it.
    """

    students: list[Student]
    lessons: list[Lesson]
    submissions: dict[tuple[str, str], Submission]

    def transcripts(
        self, grade_policy: GradePolicy, now: datetime.datetime | None = None
    ) -> list[Transcript]:
        """Return everybody's transcript by the course's policy.

        Args:
            grade_policy: The course's; `GradePolicy(config=course.config)`.
            now: The moment that decides what is due, in UTC without a zone; by default it is this one.

        Raises:
            CourseError: If a weight is no number.
        """
        policy = grade_policy.policy(lesson.name for lesson in self.lessons)
        moment = now or datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
        return transcripts.of_class(self.students, self.lessons, self.submissions, policy, moment)


def read(gradebook: Any) -> Scores:
    """Return all points of a course.

    Args:
        gradebook: nbgrader's, open.
    """
    session = gradebook.db
    people = select(
        StudentRow.id, StudentRow.last_name, StudentRow.first_name, StudentRow.email, StudentRow.lms_user_id
    )
    taught = select(Assignment.id, Assignment.name, Assignment.duedate, Assignment.max_score)
    # Sorted here: databases differ in where nothing stands, and in what comes after what.
    students = sorted(
        (Student(*row) for row in session.execute(people)),
        key=lambda one: (one.last_name or "", one.first_name or "", one.id),
    )
    rows = session.execute(taught).all()
    lessons = sorted(
        (Lesson(*row[1:]) for row in rows), key=lambda one: (one.due or datetime.datetime.min, one.name)
    )
    return Scores(students, lessons, _submissions(session, {row[0]: row[1] for row in rows}))


def _submissions(session: Any, names: dict[str, str]) -> dict[tuple[str, str], Submission]:
    """Return what there is of each submission; handed in is what has a time or any points.

    What a database would need long to join and sort is put together here, from three tables read once each.
    """
    given = {notebook: about for notebook, *about in session.execute(_given())}
    parts: dict[str, list[tuple[float, float, int, int]]] = {}
    table = SubmittedNotebook
    for notebook, submission, penalty in session.execute(
        select(table.id, table.assignment_id, table.late_submission_penalty)
    ):
        points, marked, waiting = given.get(notebook, (0.0, 0, 0))
        parts.setdefault(submission, []).append((points, penalty or 0.0, marked, waiting))
    found = {}
    for submission, student, assignment, timestamp, extension in session.execute(_handed_in()):
        if assignment in names:
            points, penalty, marked, waiting = map(sum, zip(*parts.get(submission, [NOTHING]), strict=True))
            handed_in = timestamp is not None or marked > 0
            found[student, names[assignment]] = Submission(
                timestamp, extension, points, penalty, handed_in, waiting > 0
            )
    return found


def _given() -> Any:
    """Select of each submitted notebook: its points, how many cells have some, how many wait for marking."""
    return select(
        Grade.notebook_id,
        func.sum(Grade.score),
        func.count(func.coalesce(Grade.auto_score, Grade.manual_score)),
        func.count().filter(Grade.needs_manual_grade),
    ).group_by(Grade.notebook_id)


def _handed_in() -> Any:
    table = SubmittedAssignment
    return select(table.id, table.student_id, table.assignment_id, table.timestamp, table.extension)
