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
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import CodeType
from typing import Any

from autograde_tests.engine import exercises
from autograde_tests.engine.exercises import Exercise
from autograder.errors import LessonError
from autograder.marking import private_claims
from autograder.marking.private_claims import PrivateClaims


@dataclass(frozen=True)
class Lesson:
    """What the grader must know of a lesson.

    Attributes:
        name: For example "06_momentum": assignment and notebook alike.
        notebook: The released notebook, a dict as in its JSON file, without outputs.
        imports: `(id, source)` of the instructor's imports cell.
        code_answers: Ids of the code cells that students fill in, in order.
        text_answers: Ids of the free-response cells, marked by hand.
        by_hand: Ids of the answer cells that a person marks: free responses, code without claims.
        rubrics: Id of a cell that is marked by hand → model answer and rubric, shown after grading only.
        points: Exercise → full points, for the cells that are graded by claims.
        files: Path below the lesson's folder → bytes of the other files in it, which the lesson reads.
        private: Claims that are asked beside the public ones and told to nobody, or None.
    """

    name: str
    notebook: dict
    imports: tuple[str, str]
    code_answers: tuple[str, ...]
    text_answers: tuple[str, ...]
    by_hand: tuple[str, ...]
    rubrics: dict[str, str]
    points: dict[str, float]
    files: dict[str, bytes]
    private: PrivateClaims | None = None

    def exercises(self) -> dict[str, Exercise]:
        """Return the engine's exercises of this lesson by name, with their public claims.

        Raises:
            LessonError: If a graded cell has no claims.
        """
        try:
            return {name: exercises.find(name) for name in self.points}
        except LookupError as error:
            raise LessonError(f"{self.name}: {error}") from error

    def examined(self, *, told: bool = False) -> dict[str, Exercise]:
        """Return the exercises with all their claims, as they are asked for the points.

        Args:
            told: With the questions of private claims, for the instructor alone.

        Raises:
            LessonError: If a graded cell has no claims.
        """
        public, private = self.exercises(), self.private
        if private is None:
            return public
        return {name: private.add_to(exercise, told=told) for name, exercise in public.items()}

    def sealed_names(self, *, figures: bool = False) -> frozenset[str]:
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

    def _needed_to_draw(self) -> set[str]:
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

    def fresh_notebook(self) -> dict:
        """Return a copy of the released notebook that may be changed."""
        return json.loads(self.text)

    @functools.cached_property
    def text(self) -> str:
        """The released notebook as JSON."""
        return json.dumps(self.notebook, sort_keys=True)

    @functools.cached_property
    def stubs(self) -> dict[str, str]:
        """Id of each answer cell → its source as it was released."""
        about = (
            (cell["metadata"].get("nbgrader", {}), cell["source"]) for cell in self.notebook.get("cells", ())
        )
        return {found["grade_id"]: source for found, source in about if found.get("solution")}


def load(
    gradebook: Any, name: str, solutions: str | Path, config: Any = None, private: Path | None = None
) -> Lesson:
    """Load a lesson.

    Args:
        gradebook: An open `nbgrader.api.Gradebook`.
        name: The lesson's name.
        solutions: nbgrader's source directory.
        config: nbgrader's configuration, with the delimiters that the course has chosen, or None.
        private: The folder of the course's private claims, or None.

    Returns:
        A `Lesson`.

    Raises:
        LessonError: If the notebook or its record in the gradebook is missing or out of date, or if the
            course's private claims cannot be used.
    """
    from nbgrader.api import MissingEntry

    path = Path(solutions) / name / f"{name}.ipynb"
    try:
        notebook = json.loads(path.read_text(encoding="utf-8"))
        released = gradebook.find_notebook(name, name)
        stored = {cell.name: cell for cell in released.source_cells}
        max_points = {cell.name: cell.max_score for cell in released.grade_cells}
        files = {str(other.relative_to(path.parent)): other.read_bytes() for other in files_beside(path)}
    except OSError as error:
        raise LessonError(f"{path} cannot be read: {error.strerror}") from error
    except MissingEntry as error:
        raise LessonError(
            f"The gradebook does not know the lesson {name}: run `nbgrader generate_assignment {name}` first."
        ) from error
    lesson = _from_cells(name, notebook, stored, files, Marks(config))
    _require_whole(lesson, max_points)
    return replace(lesson, private=private_claims.read(private, name) if private else None)


def _require_whole(lesson: Lesson, released: dict[str, float]) -> None:
    """Refuse an exercise that nobody can answer, and points that the gradebook does not know yet."""
    for cell, points in lesson.points.items():
        if f"{cell}-answer" not in lesson.code_answers:
            raise LessonError(
                f"{lesson.name}: the cell {cell} is graded, and its answer cell, {cell}-answer, is gone; "
                "put it back into the notebook in solutions/ and release the lesson again."
            )
        if released.get(cell, points) != points:
            raise LessonError(
                f"{lesson.name}: the cell {cell} gives {points:g} points, in the release {released[cell]:g}; "
                f"run `nbgrader generate_assignment {lesson.name} --force`, and hand the lesson out again."
            )


def files_beside(path: Path) -> list[Path]:
    """Return the lesson's other files; what is hidden, and other notebooks, are none of its data."""
    found = (
        other for other in sorted(path.parent.rglob("*")) if other.is_file() and other.suffix != ".ipynb"
    )
    return [
        other
        for other in found
        if not any(part.startswith(".") for part in other.relative_to(path.parent).parts)
    ]


class Marks:
    """nbgrader's own preprocessors, which know the marks that a course puts around what students do not get.

    Args:
        config: nbgrader's configuration, or None for its defaults.
    """

    def __init__(self, config: Any = None) -> None:
        from nbgrader.preprocessors import ClearHiddenTests, ClearMarkScheme, ClearSolutions

        self._tests, self._schemes = ClearHiddenTests(config=config), ClearMarkScheme(config=config)
        solutions = ClearSolutions(config=config)
        self._kept = (
            (solutions.begin_solution_delimeter, solutions.end_solution_delimeter),
            (self._schemes.begin_mark_scheme_delimeter, self._schemes.end_mark_scheme_delimeter),
        )

    def released(self, source: str) -> str:
        """Return a stored cell's source as students got it: without hidden tests and mark schemes."""
        from nbformat.v4 import new_code_cell

        cell = new_code_cell(source)
        self._tests._remove_hidden_test_region(cell)
        self._schemes._remove_mark_scheme_region(cell)
        return cell.source

    def model_answer(self, source: str) -> str:
        """Return what stands between the marks of a solution or of a mark scheme, without the marks."""
        regions: list[list[str]] = []
        end = ""
        for line in source.split("\n"):
            begun = [after for begin, after in self._kept if begin in line]
            if end and end in line:
                end = ""
            elif end:
                regions[-1].append(line)
            elif begun:
                end = begun[0]
                regions.append([])
        return "\n\n".join("\n".join(lines) for lines in regions)


def _from_cells(name: str, notebook: dict, stored: dict, files: dict[str, bytes], marks: Marks) -> Lesson:
    code_answers: list[str]
    text_answers: list[str]
    code_answers, text_answers, by_hand, rubrics, points, imports = [], [], [], {}, {}, None
    for cell in notebook["cells"]:
        about = cell["metadata"].get("nbgrader", {})
        grade_id, source = about.get("grade_id"), joined(cell["source"])
        cell["source"] = source
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
            imports = imports or (grade_id or cell.get("id", "imports"), source)
        if grade_id in stored:
            about["checksum"], about["cell_type"] = stored[grade_id].checksum, cell["cell_type"]
            cell["source"] = marks.released(stored[grade_id].source)
        elif about.get("solution") or about.get("grade") or about.get("task"):
            raise LessonError(f"{name}: the cell {grade_id} is newer than the release; generate it again.")
        if about.get("solution"):
            (code_answers if cell["cell_type"] == "code" else text_answers).append(grade_id)
        if about.get("grade") and not (cell["cell_type"] == "code" and not about.get("solution")):
            by_hand.append(grade_id)
            if cell["cell_type"] != "code":
                rubrics[grade_id] = marks.model_answer(source)
        elif about.get("task"):
            rubrics[grade_id] = marks.model_answer(source)
        elif about.get("grade"):
            points[grade_id] = float(about["points"])
    if imports is None:
        raise LessonError(f"{name}: the notebook has no code cell")
    answers = tuple(code_answers), tuple(text_answers), tuple(by_hand)
    return Lesson(name, notebook, imports, *answers, rubrics, points, files)


def joined(source: str | list[str]) -> str:
    """Return a cell's source as one text."""
    return source if isinstance(source, str) else "".join(source)


def _asked_in(lesson: str) -> list[str]:
    return [exercise.name for exercise in exercises.of_lesson(lesson)]


def _imported(source: str) -> Iterator[str]:
    """Return the names that a cell imports from a module of course_lib."""
    with contextlib.suppress(SyntaxError):  # a line that only Jupyter understands
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("course_lib."):
                yield from (alias.name for alias in node.names)


def _names_in(code: CodeType) -> set[str]:
    """Return the names that a function's code uses, and that of the functions inside it."""
    inner = [constant for constant in code.co_consts if inspect.iscode(constant)]
    return {*code.co_names, *(name for one in inner for name in _names_in(one))}
