"""Our steps in `nbgrader autograde`, and the reader before them; `autograder.configure` puts them there.

All is done in nbgrader's first pass: `Mark` takes the place of its sanitising and executing, nbgrader's own
`SaveAutoGrades` and `AssignLatePenalties` follow, `Record` writes the journal's line when they are through.
"""

import atexit
import os
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from autograder.books.courses import Course
from autograder.books.ledgers import Ledger
from autograder.errors import LeftUngradedError
from autograder.running import rounds
from autograder.running.jobs import Failed, Graded, Grader
from autograder.running.local import Judges

NOTE = "autograder"


class Reader(NotebookExporter):
    """Read nothing of the student's in the first pass: `Mark` does, without trusting it."""

    def from_filename(self, filename: str, resources: Any = None, **settings: Any) -> tuple:
        """Read one file; in the sanitising pass an empty notebook stands in for it."""
        if not getattr(self.parent, "_sanitizing", False):
            return super().from_filename(filename, resources=resources, **settings)
        return self.from_notebook_node(nbformat.v4.new_notebook(), resources=resources, **settings)


class Mark(NbGraderPreprocessor):
    """Replace the notebook by the marked one."""

    def preprocess(self, notebook: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return the marked notebook, with points and feedback in it.

        Raises:
            LeftUngradedError: If a fault of ours left an exercise ungraded; nbgrader then says so.
            Busy: If another grader is at work on this course.
            CourseError: If the gradebook was graded with another secret.
        """
        about = resources["nbgrader"]
        course = _course(self)
        with course.journal():
            graded = _mark(course, about["student"], about["assignment"])
        if isinstance(graded, Failed):
            raise LeftUngradedError(graded.reason)
        if graded.marked.faults:
            raise LeftUngradedError("; ".join(item.text for item in graded.marked.faults))
        for text in graded.marked.notes:
            self.log.warning("%s: %s", about["student"], text)
        _leave_what_is_ours(course, graded)
        resources[NOTE] = rounds.entry(graded, "nbgrader")
        return nbformat.reads(graded.marked.notebook, as_version=4), resources


class Record(NbGraderPreprocessor):
    """Write the journal's line, when the gradebook has its rows."""

    def preprocess(self, notebook: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Return what came in."""
        with _course(self).journal() as journal:
            journal.append(resources.pop(NOTE))
        return notebook, resources


_judges: dict[tuple, Judges] = {}


def _mark(course: Course, student: str, name: str) -> Graded | Failed:
    """Mark one submission in a judging process, which stays for the next of the same lesson."""
    key = course.secret()
    with Ledger(course) as ledger:
        lesson = rounds.load(course, ledger.gradebook, name)
        ledger.agree(key)
    decides = rounds.decides(lesson, key)
    kept = (str(course.root), name, *decides.values())
    if kept not in _judges:
        close_judges()
        _judges[kept] = Judges(Grader({name: lesson}, key), method="spawn")  # Formgrader is a server
    try:
        return _judges[kept].mark(rounds.read(course, student, name, decides))
    except LeftUngradedError:
        close_judges()
        raise


@atexit.register
def close_judges() -> None:
    """End the judging processes that wait for more of their lesson."""
    while _judges:
        _judges.popitem()[1].close()


# A process that was forked from this one has none of its judges.
os.register_at_fork(after_in_child=_judges.clear)


def _leave_what_is_ours(course: Course, graded: Graded) -> None:
    """Remove what nbgrader has copied from the student's folder, but for what its exchange put there."""
    folder, ours = course.autograded(graded.student, graded.lesson), course.solutions / graded.lesson
    for path in [path for path in folder.rglob("*") if not path.is_dir()]:
        if not (ours / path.relative_to(folder)).exists():
            path.unlink()
    for name, text in graded.beside.items():
        (folder / name).write_text(text, encoding="utf-8")


def _course(preprocessor: Any) -> Course:
    """Return the course that nbgrader is at work on."""
    ancestor = preprocessor
    while getattr(ancestor, "coursedir", None) is None:
        ancestor = ancestor.parent
    return Course(ancestor.coursedir, preprocessor.config)
