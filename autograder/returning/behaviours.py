"""Wrong answers that behave alike: how many, what one looks like, what misconception it could become."""

import ast
import contextlib
import json
import re
import warnings
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from autograde_tests.engine.messages import ON_HIDDEN_NUMBERS
from autograde_tests.engine.mutation import without_annotations
from autograder.books.courses import Course
from autograder.returning.attempts import Answer, behaviour_of

MAX_CODE = 20_000  # of more, nothing is parsed
MAX_SHOWN = 3_000
MAX_GROUPS = 5
ASKED_FOR_EXAMPLES = 5  # students of one group, until a notebook holds what the journal speaks of
STUB_NAME = "says_what_is_wrong"
STUB_HINT = "Say what was seen, and not the line that mends it."


class Example(NamedTuple):
    """One answer as it was handed in, without its writer's name.

    Attributes:
        code: Its text, without comments.
        told: What its writer was told.
        stub: The code of a misconception that answers alike, or "" where none can be made of it.
    """

    code: str = ""
    told: str = ""
    stub: str = ""


@dataclass(frozen=True)
class Behaviour:
    """Wrong answers that no misconception explains and that behave alike.

    Attributes:
        students: How many gave one.
        told: What each of them was told.
        code: One of them.
        stub: The code of a misconception that answers alike, or "".
        on_hidden_numbers: Whether the visible numbers show nothing: then it is less sure that they are alike.
    """

    students: int
    told: str
    code: str
    stub: str
    on_hidden_numbers: bool


class Examples:
    """Answers as they stand in the graded notebooks of a course."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._read: dict[tuple[str, str], dict[str, tuple[str, str]]] = {}

    def one_of(self, lesson: str, exercise: str, answers: Iterable[tuple[str, Answer]]) -> Example:
        """Return one of several answers; an empty one where no notebook holds what the journal speaks of.

        Args:
            lesson: The lesson's name.
            exercise: The exercise's.
            answers: Students with what the journal says of them.
        """
        for student, answer in list(answers)[:ASKED_FOR_EXAMPLES]:
            code, told = self._notebook(student, lesson).get(exercise, ("", ""))
            if code.strip() and behaviour_of(told) == answer.behaviour:
                return example(exercise, code, told, student)
        return Example()

    def _notebook(self, student: str, lesson: str) -> dict[str, tuple[str, str]]:
        """Return exercise → the answer and what was told of it."""
        if (student, lesson) not in self._read:
            path = self._course.autograded(student, lesson) / f"{lesson}.ipynb"
            cells: list[dict] = []
            with contextlib.suppress(OSError, ValueError, KeyError):
                cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
            by_id = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell for cell in cells}
            self._read[student, lesson] = {
                name: (_source(by_id[f"{name}-answer"]), _told(cell))
                for name, cell in by_id.items()
                if f"{name}-answer" in by_id
            }
        return self._read[student, lesson]


def unexplained(
    lesson: str, exercise: str, answers: Mapping[str, Answer], examples: Examples
) -> tuple[list[Behaviour], int]:
    """Group the wrong answers that no misconception explains by what they were told.

    Args:
        lesson: The lesson's name.
        exercise: The exercise's.
        answers: Student → the newest answer.
        examples: Where an answer's text is.

    Returns:
        The largest groups, and how many answers are in none that is shown.
    """
    groups: dict[str, list[tuple[str, Answer]]] = defaultdict(list)
    for student, answer in answers.items():
        if answer.ended in {"wrong", "error"} and answer.points is not None and not answer.hint:
            groups[answer.behaviour].append((student, answer))
    shared = [group for group in groups.values() if len(group) > 1]
    shown = sorted(shared, key=len, reverse=True)[:MAX_GROUPS]
    found = [_behaviour(group, examples.one_of(lesson, exercise, group)) for group in shown]
    return found, sum(map(len, groups.values())) - sum(map(len, shown))


def _behaviour(group: list[tuple[str, Answer]], one: Example) -> Behaviour:
    hidden = any(sentence in one.told for sentence in ON_HIDDEN_NUMBERS.values())
    return Behaviour(len(group), one.told, one.code, one.stub, hidden)


def example(exercise: str, code: str, told: str, student: str) -> Example:
    """Return an answer without comments and without the name of its writer.

    Args:
        exercise: The exercise's name.
        code: The answer's text, which a student wrote; it is parsed, and never run.
        told: What the student was told.
        student: The student's name.

    Example:
        >>> print(example("rate", 'def rate(x):\\n    "Ada"\\n    return -x  # Ada', "", "Ada").stub)
        @misconception("rate")
        def says_what_is_wrong(x):
            \"\"\"Say what was seen, and not the line that mends it.\"\"\"
            return -x
    """
    name = _pattern(student)
    told = name.sub("…", told)
    try:
        if len(code) > MAX_CODE:
            raise SyntaxError("too long to be parsed")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = _without_words(ast.parse(code), name)
        return Example(_shortened(ast.unparse(tree)), told, _stub(exercise, tree))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return Example(_shortened(name.sub("…", re.sub(r"[ \t]*#.*", "", code[:MAX_CODE]))), told)


def _pattern(student: str) -> re.Pattern[str]:
    words = {student, *(word for word in re.split(r"[\W_]+", student) if len(word) > 2)}
    alternatives = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
    return re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE)


def _without_words(tree: ast.Module, name: re.Pattern[str]) -> ast.Module:
    """Return a tree without docstrings and types, and with no name in its strings."""
    without_annotations(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Module):
            if ast.get_docstring(node, clean=False) is not None:
                node.body = node.body[1:] or [ast.Pass()]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = name.sub("…", node.value)
    return ast.fix_missing_locations(tree)


def _stub(exercise: str, tree: ast.Module) -> str:
    """Return an answer as a misconception: the function under a new name, with what else its cell defines."""
    functions = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == exercise]
    if not functions:
        return ""
    function = functions[-1]
    for node in ast.walk(function):
        if isinstance(node, ast.Name) and node.id == exercise:
            node.id = STUB_NAME
    function.name, function.decorator_list = STUB_NAME, []
    function.body = [ast.Expr(ast.Constant(STUB_HINT)), *function.body]
    kept = (ast.FunctionDef, ast.ClassDef, ast.Assign, ast.Import, ast.ImportFrom)
    beside = [node for node in tree.body if isinstance(node, kept) and node not in functions]
    *before, last = [ast.unparse(ast.fix_missing_locations(node)) for node in [*beside, function]]
    return "\n\n".join([*before, f'@misconception("{exercise}")\n{last}'])


def _source(cell: dict) -> str:
    source = cell["source"]
    return source if isinstance(source, str) else "".join(source)


def _told(cell: dict) -> str:
    """Return what the grader wrote below a graded cell."""
    shown = [output for output in cell.get("outputs", ()) if output["output_type"] == "display_data"]
    texts = [output.get("data", {}).get("text/plain", "") for output in shown]
    return "".join(texts[0]) if texts else ""


def _shortened(code: str) -> str:
    return code.strip("\n") if len(code) <= MAX_SHOWN else f"{code[:MAX_SHOWN]}\n… (cut)"
