"""Our feedback page in `nbgrader generate_feedback` and under Formgrader's button."""

from typing import Any

from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from nbgrader.api import Gradebook

from autograder.books import records
from autograder.books.courses import Course
from autograder.returning import feedback


class Page(Exporter):
    """Turn a graded notebook into a student's feedback."""

    def _file_extension_default(self) -> str:
        return ".html"

    def from_notebook_node(self, nb: NotebookNode, resources: Any = None, **settings: Any) -> tuple[Any, Any]:
        """Return the page, from the notebook and what the gradebook has on it."""
        notebook, resources = super().from_notebook_node(nb, resources, **settings)
        converter: Any = self.parent
        about, course = resources["nbgrader"], Course(converter.coursedir, self.config)
        student, lesson = about["student"], about["assignment"]
        with Gradebook(about["db_url"], course.directory.course_id) as gradebook:
            record = records.of_lesson(gradebook, lesson, [student])[student]
        return feedback.page(notebook, record, *feedback.titles(course, lesson)), resources
