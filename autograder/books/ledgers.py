"""The gradebook: the same rows as `nbgrader autograde` writes, in one session."""

import datetime
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

from autograder.books.courses import Course
from autograder.books.records import NO_RESPONSE
from autograder.errors import LessonError
from autograder.marking.marked import Marked


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
        self.gradebook = Gradebook(course.directory.db_url, course.directory.course_id)
        self._session = self.gradebook.db
        self._assignments: dict[str, tuple[str, list[tuple[str, str]], dict[str, tuple[str, str, str]]]] = {}
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

    def record(self, submissions: list[tuple[str, str, datetime.datetime | None, Marked]]) -> list:
        """Write submissions and commit them together; one that cannot be written does not harm the others.

        Args:
            submissions: For each the arguments of `_write`, a tuple.

        Returns:
            For each an error, or None.
        """
        try:
            for submission in submissions:
                self._write(*submission)
            self._session.commit()
        except BaseException as error:
            self._session.rollback()
            if not isinstance(error, Exception):
                raise
            alone = len(submissions) == 1
            return [error] if alone else [self.record([submission])[0] for submission in submissions]
        return [None] * len(submissions)

    def _write(self, lesson: str, student: str, timestamp: datetime.datetime | None, marked: Marked) -> None:
        """Write one submission, uncommitted.

        Args:
            lesson: The lesson's name.
            student: The student's; made if the gradebook does not know it.
            timestamp: When it was handed in, or None.
            marked: What became of it.

        Raises:
            MissingEntry: If the lesson or a cell of it is not in the gradebook.
        """
        submitted = self._submission(lesson, student)
        if timestamp is not None:
            submitted.timestamp = timestamp
        notebook = next(one for one in submitted.notebooks if one.notebook.name == lesson)
        self._write_cells(notebook, marked.scores, marked.unanswered)
        self._penalize(submitted, notebook, student)

    def _assignment(self, lesson: str) -> tuple[str, list[tuple[str, str]], dict[str, tuple[str, str, str]]]:
        """Return the rows of a lesson that do not change: the assignment, and cell id → kind and name."""
        if lesson not in self._assignments:
            assignment = self._session.query(Assignment).filter(Assignment.name == lesson).one_or_none()
            if assignment is None:
                raise MissingEntry(f"the gradebook has no lesson {lesson}")
            cells = {
                cell.id: (notebook.name, cell.type, cell.name)
                for notebook in assignment.notebooks
                for cell in self._session.query(BaseCell).filter(BaseCell.notebook_id == notebook.id)
            }
            self._assignments[lesson] = assignment.id, [(n.id, n.name) for n in assignment.notebooks], cells
        return self._assignments[lesson]

    def _submission(self, lesson: str, student: str) -> Any:
        assignment_id, notebooks, cells = self._assignment(lesson)
        if self._session.get(Student, student) is None:
            self._session.add(Student(id=student))
        key = {"assignment_id": assignment_id, "student_id": student}
        known = self._session.query(SubmittedAssignment).filter_by(**key).one_or_none()
        if known is not None:
            return known
        submitted = SubmittedAssignment(**key)
        for notebook_id, name in notebooks:
            notebook = SubmittedNotebook(notebook_id=notebook_id, assignment=submitted)
            for cell_id, (of_notebook, kind, _) in cells.items():
                if of_notebook != name:
                    continue
                if kind in {"GradeCell", "TaskCell"}:
                    Grade(cell_id=cell_id, notebook=notebook)
                if kind in {"SolutionCell", "TaskCell"}:
                    Comment(cell_id=cell_id, notebook=notebook)
        self._session.add(submitted)  # last: what hangs on it goes along only from here
        self._session.flush()
        return submitted

    def _write_cells(
        self, notebook: Any, scores: dict[str, float | None], unanswered: frozenset[str]
    ) -> None:
        _, _, cells = self._assignment(notebook.notebook.name)
        for grade in notebook.grades:
            _, kind, name = cells[grade.cell_id]
            if kind == "TaskCell":  # a person gives its points, and nobody else has a say in it
                continue
            grade.auto_score = scores[name]
            grade.needs_manual_grade = grade.manual_score is not None or grade.auto_score is None
        for comment in notebook.comments:
            comment.auto_comment = NO_RESPONSE if cells[comment.cell_id][2] in unanswered else None

    def _penalize(self, submitted: Any, notebook: Any, student: str) -> None:
        """Set the late penalty as nbgrader's preprocessor does, with the plugin that the course names."""
        notebook.late_submission_penalty = None
        late = submitted.total_seconds_late
        if late <= 0:
            return
        self._session.flush()
        self._session.refresh(notebook)
        penalty = self._late.plugin_inst.late_submission_penalty(student, notebook.score, late)
        if penalty is not None:
            notebook.late_submission_penalty = self._late._check_late_penalty(notebook, penalty)
