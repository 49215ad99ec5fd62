"""The gradebook: the same rows as `nbgrader autograde` writes, many submissions in few statements."""

import datetime
from dataclasses import dataclass
from typing import Any, Self

from nbgrader.api import (
    Assignment,
    BaseCell,
    Comment,
    Grade,
    Gradebook,
    MissingEntry,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.preprocessors import AssignLatePenalties
from sqlalchemy import Column, MetaData, String, Table, insert, select, update
from sqlalchemy.exc import InternalError, OperationalError
from sqlalchemy.orm import selectinload, undefer

from autograder.books.courses import Course
from autograder.books.records import NO_RESPONSE
from autograder.errors import CourseError, LeftUngradedError, LessonError, told_by
from autograder.marking import seeds
from autograder.marking.marked import Marked

FINGERPRINTS = Table("autograder", MetaData(), Column("numbers", String(64), nullable=False))
OTHER_NUMBERS = (
    "this gradebook was graded with another secret or AUTOGRADER_ROUND than this folder's. Grade in the "
    "folder where it was graded, or copy .autograder-secret and .autograder/ from there; or let "
    "`autograder grade --force` grade all anew with this one"
)

Rows = dict[tuple[str, str], dict[str, Any]]  # (submitted notebook's id, cell's id) → column → value


@dataclass(frozen=True)
class _Lesson:
    """The rows of a lesson that do not change.

    Attributes:
        assignment: nbgrader's.
        cells: Notebook's id → its name and its cells, each an id, a kind and a name.
    """

    assignment: Any
    cells: dict[str, tuple[str, list[tuple[str, str, str]]]]


class Ledger:
    """An open gradebook; a context manager.

    Args:
        course: A `Course`.

    Raises:
        LessonError: If there is no gradebook yet: nothing has been released.
    """

    def __init__(self, course: Course) -> None:
        if course.gradebook and not course.gradebook.exists():
            raise LessonError("there is no gradebook yet: run `nbgrader generate_assignment LESSON` first")
        self._is_a_file = course.gradebook is not None
        self.gradebook = Gradebook(course.directory.db_url, course.directory.course_id)
        self._session = self.gradebook.db
        self._session().expire_on_commit = False  # a lesson's own rows are read once, not after each commit
        self._lessons: dict[str, _Lesson] = {}
        self._late = AssignLatePenalties(config=course.config)
        self._late.init_plugin()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.gradebook.close()

    def graded(self, lesson: str) -> set[str]:
        """Return the students who have a submission of a lesson in the gradebook."""
        rows = self._session.query(SubmittedAssignment.student_id).join(Assignment)
        return {student for (student,) in rows.filter(Assignment.name == lesson)}

    def agree(self, key: bytes, *, anew: bool = False) -> None:
        """Make sure that all who grade into this gradebook draw the same numbers.

        A file has its secret beside it. A server may be reached from folders with secrets of their own.

        Args:
            key: The secret of this folder's.
            anew: Take it for that of the gradebook, since all is graded anew.

        Raises:
            CourseError: If the gradebook was graded with another one.
        """
        if self._is_a_file:
            return
        FINGERPRINTS.create(self._session.connection(), checkfirst=True)
        known, own = self._session.scalar(select(FINGERPRINTS.c.numbers)), seeds.fingerprint(key)
        if known not in {None, own} and not anew:
            self._session.rollback()
            raise CourseError(OTHER_NUMBERS)
        # Written each time: a gradebook that takes nothing says so now, and not when a class is judged.
        self._session.execute(
            insert(FINGERPRINTS) if known is None else update(FINGERPRINTS), {"numbers": own}
        )
        self._session.commit()

    def record(self, submissions: list[tuple[str, str, datetime.datetime | None, Marked]]) -> list:
        """Write submissions and commit them together; one that cannot be written does not harm the others.

        Args:
            submissions: For each the lesson's name; the student's, made if the gradebook does not know it;
                when it was handed in, or None; and what became of it.

        Returns:
            For each an error, or None.

        Raises:
            LeftUngradedError: If the database itself is in trouble, which would meet all that follow as well.
        """
        if self._attempt(submissions) is None:
            return [None] * len(submissions)
        refusals = []
        for submission in submissions:  # each alone; a connection that was lost is made anew
            refusals.append(self._attempt([submission]))
            if isinstance(refusals[-1], OperationalError | InternalError):
                raise LeftUngradedError(
                    f"the gradebook takes nothing more: {told_by(refusals[-1])}. What was finished is safe; "
                    "run the same command again to go on"
                ) from refusals[-1]
        return refusals

    def _attempt(self, submissions: list[tuple]) -> Exception | None:
        """Write submissions and commit them, or none of them; return what kept them from it."""
        try:
            for lesson in dict.fromkeys(name for name, *_ in submissions):
                self._write(
                    lesson, {student: about for name, student, *about in submissions if name == lesson}
                )
            self._session.commit()
        except BaseException as error:
            self._session.rollback()
            if not isinstance(error, Exception):
                raise
            return error
        return None

    def _write(self, lesson: str, handed_in: dict[str, Any]) -> None:
        """Write submissions of one lesson, uncommitted.

        Args:
            lesson: Its name.
            handed_in: Student → when it was handed in, or None, and what became of it.

        Raises:
            MissingEntry: If the lesson is not in the gradebook.
        """
        taught = self._lesson(lesson)
        pages = {}  # the notebook that is graded is the one of the lesson's name
        grades: Rows = {}
        comments: Rows = {}
        for submitted in self._submitted(taught, list(handed_in)):
            timestamp, marked = handed_in[submitted.student_id]
            if timestamp is not None:
                submitted.timestamp = timestamp
            for notebook in submitted.notebooks:
                name, cells = taught.cells[notebook.notebook_id]
                if name == lesson:
                    pages[notebook] = submitted
                for cell, kind, cell_name in cells:
                    is_graded = name == lesson and kind == "GradeCell"  # a person gives a task's points
                    if kind in {"GradeCell", "TaskCell"}:
                        score = {"auto_score": marked.scores[cell_name]} if is_graded else {}
                        grades[notebook.id, cell] = score
                    if kind in {"SolutionCell", "TaskCell"}:
                        said = NO_RESPONSE if cell_name in marked.unanswered else None
                        comments[notebook.id, cell] = {"auto_comment": said} if name == lesson else {}
        by_hand = select(Grade.notebook_id, Grade.cell_id).where(
            Grade.notebook_id.in_([page.id for page in pages]), Grade.manual_score.is_not(None)
        )
        marked_by_hand = set(map(tuple, self._session.execute(by_hand)))
        for key, grade in grades.items():
            if grade:
                grade["needs_manual_grade"] = key in marked_by_hand or grade["auto_score"] is None
        self._put(Grade, grades)
        self._put(Comment, comments)
        self._penalize(pages)

    def _lesson(self, name: str) -> _Lesson:
        """Return the rows of a lesson that do not change."""
        if name not in self._lessons:
            assignment = self._session.query(Assignment).filter(Assignment.name == name).one_or_none()
            if assignment is None:
                raise MissingEntry(f"the gradebook has no lesson {name}")
            self._lessons[name] = _Lesson(
                assignment,
                {
                    notebook.id: (notebook.name, list(self._session.execute(_cells(notebook.id))))
                    for notebook in assignment.notebooks
                },
            )
        return self._lessons[name]

    def _submitted(self, taught: _Lesson, students: list[str]) -> list[Any]:
        """Return the rows of submissions, with their notebooks; made where there are none yet."""
        table, assignment = SubmittedAssignment, taught.assignment.id
        asked = select(table).where(table.assignment_id == assignment, table.student_id.in_(students))
        asked = asked.options(selectinload(table.notebooks)).execution_options(populate_existing=True)
        found = list(self._session.scalars(asked))
        new = set(students) - {one.student_id for one in found}
        if new:
            known = set(self._session.scalars(select(Student.id).where(Student.id.in_(new))))
            self._session.add_all(Student(id=student) for student in new - known)
            for student in sorted(new):
                notebooks = [SubmittedNotebook(notebook_id=notebook) for notebook in taught.cells]
                found.append(table(assignment_id=assignment, student_id=student, notebooks=notebooks))
            self._session.add_all(found)
            self._session.flush()
        return found

    def _put(self, table: Any, rows: Rows) -> None:
        """Write rows of one table: insert what is not there, change of the others what has a value."""
        notebooks = {notebook for notebook, _ in rows}
        asked = select(table.notebook_id, table.cell_id, table.id).where(table.notebook_id.in_(notebooks))
        known = {(notebook, cell): row for notebook, cell, row in self._session.execute(asked)}
        new = [
            {"notebook_id": notebook, "cell_id": cell, **values}
            for (notebook, cell), values in rows.items()
            if (notebook, cell) not in known
        ]
        changed = [{"id": known[key], **values} for key, values in rows.items() if values and key in known]
        if new:  # a statement for each run of rows that have the same columns
            statement = insert(table).execution_options(render_nulls=True)
            self._session.execute(statement, sorted(new, key=len))
        if changed:
            self._session.execute(update(table), changed)

    def _penalize(self, pages: dict[Any, Any]) -> None:
        """Set late penalties as nbgrader's preprocessor does, with the plugin that the course names.

        Args:
            pages: Submitted notebook → its submission.
        """
        for page in pages:
            page.late_submission_penalty = None
        late = {page.id: one for page, one in pages.items() if one.total_seconds_late > 0}
        asked = select(SubmittedNotebook).where(SubmittedNotebook.id.in_(late))
        asked = asked.options(undefer(SubmittedNotebook.score)).execution_options(populate_existing=True)
        for page in self._session.scalars(asked) if late else ():
            about = late[page.id].student_id, page.score, late[page.id].total_seconds_late
            penalty = self._late.plugin_inst.late_submission_penalty(*about)
            if penalty is not None:
                page.late_submission_penalty = self._late._check_late_penalty(page, penalty)


def _cells(notebook: str) -> Any:
    return select(BaseCell.id, BaseCell.type, BaseCell.name).where(BaseCell.notebook_id == notebook)
