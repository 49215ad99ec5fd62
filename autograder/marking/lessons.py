"""A lesson as the grader knows it: the released notebook, which cells are answers, which are graded.

It comes from the instructor's own notebook in `solutions/` and from the gradebook, in which
`nbgrader generate_assignment` has stored each cell as it was released. Of the solutions, only the model
answers and rubrics of free-response questions are kept, for the page on which these are marked.
"""

import ast
import contextlib
import functools
import inspect
import json
import re
from dataclasses import dataclass
from pathlib import Path

from autograde_tests.engine import exercises

HIDDEN_TESTS = re.compile(
    r"^\s*### BEGIN HIDDEN TESTS.*?### END HIDDEN TESTS[^\n]*\n?", re.DOTALL | re.MULTILINE
)
MODEL_ANSWER = re.compile(
    r"### BEGIN (SOLUTION|MARK SCHEME)[^\n]*\n(?P<text>.*?)\n?[^\n]*### END \1", re.DOTALL
)
MARK_SCHEME = re.compile(r"### BEGIN MARK SCHEME.*?### END MARK SCHEME[^\n]*\n?", re.DOTALL)


class LessonError(RuntimeError):
    """The instructor's own part cannot be graded with; a sentence that says what to do."""


@dataclass(frozen=True)
class Lesson:
    """What the grader must know of a lesson.

    Attributes:
        name: For example "06_momentum": assignment and notebook alike.
        notebook: The released notebook, a dict as in its JSON file, without outputs.
        imports: `(id, source)` of the instructor's imports cell.
        code_answers: Ids of the code cells that students fill in, in order.
        text_answers: Ids of the free-response cells, marked by hand.
        rubrics: Id of a free-response cell → model answer and rubric, which students see after grading only.
        points: Exercise → full points, for the cells that are graded by claims.
        folder: The lesson's folder in `solutions/`.
        files: Other files in it: data that the lesson reads.
    """

    name: str
    notebook: dict
    imports: tuple
    code_answers: tuple
    text_answers: tuple
    rubrics: dict
    points: dict
    folder: str
    files: tuple

    def exercises(self):
        """Return the engine's exercises of this lesson by name.

        Raises:
            LessonError: If a graded cell has no claims.
        """
        try:
            return {name: exercises.find(name) for name in self.points}
        except LookupError as error:
            raise LessonError(f"{self.name}: {error}") from error

    def sealed_names(self, *, figures=False):
        """Return the functions that the worker's course_lib must not have.

        These are the exercises of the lesson and of all later ones: many a later function is an earlier one
        with something added.

        Args:
            figures: Whether the worker draws the lesson's own cells, after the verdict: then functions of
                later lessons that these cells import stay, and what those call.
        """
        asked = {name for lesson in exercises.lessons() if lesson >= self.name for name in _asked_in(lesson)}
        asked |= set(self.points)
        return frozenset(asked - self._needed_to_draw() if figures else asked)

    def _needed_to_draw(self):
        """Return the exercises of later lessons that the lesson's own cells import, and what those call."""
        later = {name for lesson in exercises.lessons() if lesson > self.name for name in _asked_in(lesson)}
        sources = [
            joined(cell["source"]) for cell in self.notebook.get("cells", ()) if cell["cell_type"] == "code"
        ]
        found, new = set(), {name for source in sources for name in _imported(source)} & later
        while new:
            found |= new
            references = [inspect.unwrap(exercises.find(name).reference) for name in new]
            called = {name for reference in references for name in _names_in(reference.__code__)}
            new = (called & later) - found
        return found

    def fresh_notebook(self):
        """Return a copy of the released notebook that may be changed."""
        return json.loads(self._text)

    @functools.cached_property
    def _text(self):
        return json.dumps(self.notebook)


def load(gradebook, name, solutions):
    """Load a lesson.

    Args:
        gradebook: An open `nbgrader.api.Gradebook`.
        name: The lesson's name.
        solutions: nbgrader's source directory.

    Returns:
        A `Lesson`.

    Raises:
        LessonError: If the notebook or its record in the gradebook is missing.
    """
    from nbgrader.api import MissingEntry

    path = Path(solutions) / name / f"{name}.ipynb"
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        stored = {cell.name: cell for cell in gradebook.find_notebook(name, name).source_cells}
    except OSError as error:
        raise LessonError(f"{path} cannot be read: {error.strerror}") from error
    except MissingEntry as error:
        raise LessonError(
            f"The gradebook does not know the lesson {name}: run `nbgrader generate_assignment {name}` first."
        ) from error
    files = [
        other for other in sorted(path.parent.rglob("*")) if other.is_file() and other.suffix != ".ipynb"
    ]
    files = [str(other) for other in files if not any(part.startswith(".") for part in other.parts[-2:])]
    return _from_cells(name, notebook, stored, str(path.parent), tuple(files))


def _from_cells(name, notebook, stored, folder, files):
    code_answers, text_answers, rubrics, points, imports = [], [], {}, {}, None
    for cell in notebook["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        grade_id, source = about.get("grade_id"), joined(cell["source"])
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
            imports = imports or (grade_id or cell.get("id", "imports"), source)
        if grade_id in stored:
            about["checksum"], about["cell_type"] = stored[grade_id].checksum, cell["cell_type"]
            cell["source"] = MARK_SCHEME.sub("", HIDDEN_TESTS.sub("", stored[grade_id].source))
        elif about.get("solution") or about.get("grade"):
            raise LessonError(f"{name}: the cell {grade_id} is newer than the release; generate it again.")
        if about.get("solution") and cell["cell_type"] == "code":
            code_answers.append(grade_id)
        elif about.get("solution"):
            text_answers.append(grade_id)
            rubrics[grade_id] = "\n\n".join(found["text"] for found in MODEL_ANSWER.finditer(source))
        elif about.get("grade"):
            points[grade_id] = float(about["points"])
    if imports is None:
        raise LessonError(f"{name}: the notebook has no code cell")
    answers = tuple(code_answers), tuple(text_answers)
    return Lesson(name, notebook, imports, *answers, rubrics, points, folder, files)


def joined(source):
    """Return a cell's source as one text."""
    return source if isinstance(source, str) else "".join(source)


def _asked_in(lesson):
    return [exercise.name for exercise in exercises.of_lesson(lesson)]


def _imported(source):
    """Return the names that a cell imports from a module of course_lib."""
    with contextlib.suppress(SyntaxError):  # a line that only Jupyter understands
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("course_lib."):
                yield from (alias.name for alias in node.names)


def _names_in(code):
    """Return the names that a function's code uses, and that of the functions inside it."""
    inner = [constant for constant in code.co_consts if inspect.iscode(constant)]
    return {*code.co_names, *(name for one in inner for name in _names_in(one))}
