"""A class that never was: submissions made from the solutions, with a seeded mix of what students hand in."""

import ast
import copy
import functools
import inspect
import json
import textwrap
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from autograde_tests.engine import exercises
from autograde_tests.engine.mutation import stripped

NAMES = (  # folders with umlauts and spaces too
    *("Ada", "Anders", "Bashir", "Carla", "Chen", "Dilnoza", "Emeka", "Fatima", "Giulia", "Hana"),
    *("Ingrid", "Jakub", "Kwame", "Leïla", "Mateo", "Nadia", "Oskar", "Priya", "Quentin", "Rosa"),
    *("Søren", "Tariq van Dyk", "Ümit", "Vera", "Wanjiru", "Xiu", "Yara", "Zoë"),
)
HABITS = {"right": 0.55, "wrong": 0.27, "blank": 0.18}
ENDLESS = "    while True:\n        pass"


@dataclass
class SampleClass:
    """What was handed in.

    Attributes:
        students: Folder names.
        lessons: Lessons.
        habits: (student, exercise) → "right", "blank", "endless" or a misconception's name.
        broken: (student, lesson) → what is wrong with the file.
    """

    students: tuple[str, ...]
    lessons: tuple[str, ...]
    habits: dict[tuple[str, str], str] = field(default_factory=dict)
    broken: dict[tuple[str, str], str] = field(default_factory=dict)


def hand_in(
    course: str | Path, lessons: Collection[str], size: int, seed: int = 0, *, broken: bool = True
) -> SampleClass:
    """Write one submission of every student for every lesson into the course's `submitted/`.

    Every fourth student is always right.

    Args:
        course: The course's root, with `solutions/` and the released `notebooks/`.
        lessons: Names of lessons.
        size: Number of students.
        seed: Of the mix.
        broken: Whether, in a class of ten, four files are broken in different ways and one answer never ends.

    Returns:
        The `SampleClass`.
    """
    rng = np.random.default_rng(seed)
    course = Path(course)
    made = SampleClass(tuple(_folder(number) for number in range(size)), tuple(lessons))
    for lesson in lessons:
        solutions = answers_of(course / "solutions" / lesson / f"{lesson}.ipynb")
        released = json.loads((course / "notebooks" / lesson / f"{lesson}.ipynb").read_text(encoding="utf-8"))
        for number, student in enumerate(made.students):
            written = {}
            for exercise in exercises.of_lesson(lesson):
                answer = f"{exercise.name}-answer"
                habit = "right" if number % 4 == 0 else rng.choice(list(HABITS), p=list(HABITS.values()))
                if habit == "wrong":
                    wrong = exercise.misconceptions[rng.integers(len(exercise.misconceptions))]
                    habit, written[answer] = wrong.name, source_as(wrong.function, exercise.name)
                elif habit == "right":
                    written[answer] = solutions[answer]
                made.habits[student, exercise.name] = str(habit)
            folder = course / "submitted" / student / lesson
            folder.mkdir(parents=True, exist_ok=True)
            path = folder / f"{lesson}.ipynb"
            path.write_text(json.dumps(filled(released, written)), encoding="utf-8")
    if broken:
        _spoil(course, made)
    return made


def answers_of(path: str | Path) -> dict[str, str]:
    """Return grade id → source of the answer cells of an instructor's notebook, without nbgrader's marks."""
    cells = json.loads(Path(path).read_text(encoding="utf-8"))["cells"]
    return {
        _grade_id(cell): "".join(
            line for line in cell["source"] if line.strip() not in {"### BEGIN SOLUTION", "### END SOLUTION"}
        )
        for cell in cells
        if (_grade_id(cell) or "").endswith("-answer")
    }


def filled(released: dict, written: Mapping[str, str | None]) -> dict:
    """Return a copy of a released notebook with answers in it.

    Args:
        released: The notebook, a dict.
        written: Grade id → source, or None for what stays as it was released.
    """
    notebook = json.loads(json.dumps(released))
    for cell in notebook["cells"]:
        source = written.get(_grade_id(cell))
        if source is not None:
            cell["source"] = source
    return notebook


def _grade_id(cell: dict) -> Any:
    return cell["metadata"].get("nbgrader", {}).get("grade_id")


def source_as(function: Callable[..., Any], name: str) -> str:
    """Return the source of a function under another name, with all of its module that it needs.

    Args:
        function: A misconception, an honest answer or a reference.
        name: The name that it gets.

    Returns:
        Source text that defines it wherever numpy is imported as `np` and the lesson's other exercises are
        written.
    """
    module = inspect.getmodule(function)
    definition = stripped(ast.parse(textwrap.dedent(inspect.getsource(function))).body[0])
    definition.name = name
    bound = _bound_in(module)
    done, todo, chosen = {function.__name__, "np", *_beside(name)}, [definition], []
    while todo:
        for needed in sorted(_names(todo.pop()) & bound.keys() - done):
            done.add(needed)
            chosen.append(bound[needed])
            todo.append(bound[needed])
    return "\n\n".join(
        ast.unparse(node) for node in [*sorted(chosen, key=lambda node: node.lineno), definition]
    )


def _beside(name: str) -> list[str]:
    """Return the exercises of a lesson that one of them belongs to."""
    return [exercise.name for exercise in exercises.of_lesson(exercises.find(name).lesson)]


@functools.cache
def _bound_in(module: Any) -> dict[str, Any]:
    """Return name → the statement that binds it, at the top of a module."""
    found: dict[str, Any] = {}
    for node in ast.parse(inspect.getsource(module)).body:
        if isinstance(node, ast.Import | ast.ImportFrom):
            for alias in node.names:
                found[alias.asname or alias.name] = one = copy.copy(node)
                one.names = [alias]
        elif isinstance(node, ast.FunctionDef):
            found[node.name] = stripped(node)
        elif isinstance(node, ast.ClassDef):
            alias = ast.alias(node.name)
            found[node.name] = ast.ImportFrom(module.__name__, [alias], 0, lineno=node.lineno)
        elif isinstance(node, ast.Assign):
            found |= {target.id: node for target in node.targets if isinstance(target, ast.Name)}
    return found


def _names(definition: ast.AST) -> set[str]:
    """Return the names that a function uses and does not bind."""
    nodes = list(ast.walk(definition))
    bound = {node.arg for node in nodes if isinstance(node, ast.arg)}
    bound |= {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    return {node.id for node in nodes if isinstance(node, ast.Name)} - bound


def _folder(number: int) -> str:
    name = NAMES[number % len(NAMES)]
    return name if number < len(NAMES) else f"{name} {number // len(NAMES) + 1}"


def _spoil(course: Path, made: SampleClass) -> None:
    """Break a few files as they do get broken."""
    faults: dict[str, Callable[[str], str]] = {
        "an answer that never ends": _never_ends,
        "no JSON: cut off in the middle": lambda text: text[: len(text) // 2],
        "an answer cell deleted": lambda text: _without_answer(text, 0),
        "an answer cell pasted twice": _with_answer_twice,
        "an empty file": lambda text: "",
    }
    whose = made.students[1::2]  # a class may be smaller than the list of faults
    for number, (student, (fault, spoil)) in enumerate(zip(whose, faults.items(), strict=False)):
        lesson = made.lessons[number % len(made.lessons)]
        path = course / "submitted" / student / lesson / f"{lesson}.ipynb"
        path.write_text(spoil(path.read_text(encoding="utf-8")), encoding="utf-8")
        made.broken[student, lesson] = fault


def _answer_cells(notebook: dict) -> list[dict]:
    return [
        cell
        for cell in notebook["cells"]
        if cell["cell_type"] == "code" and cell["metadata"].get("nbgrader", {}).get("solution")
    ]


def _never_ends(text: str) -> str:
    notebook = json.loads(text)
    cell = _answer_cells(notebook)[0]
    definition: Any = ast.parse("".join(cell["source"])).body[-1]
    cell["source"] = f"def {definition.name}({ast.unparse(definition.args)}):\n{ENDLESS}\n"
    return json.dumps(notebook)


def _without_answer(text: str, place: int) -> str:
    notebook = json.loads(text)
    notebook["cells"].remove(_answer_cells(notebook)[place])
    return json.dumps(notebook)


def _with_answer_twice(text: str) -> str:
    notebook = json.loads(text)
    cell = _answer_cells(notebook)[0]
    notebook["cells"].insert(notebook["cells"].index(cell), cell)
    return json.dumps(notebook)
