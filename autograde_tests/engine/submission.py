"""Take the functions out of a notebook that its reader trusts: a student's own, or an instructor's."""

import linecache
import pathlib
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from autograde_tests.engine import carrying, exercises, finding, reading


def functions_of(path: str | pathlib.Path) -> tuple[dict[str, Callable[..., Any]], dict[str, Exception]]:
    """Run a notebook's imports cell, its answer cells and what these need, in this process.

    Only for a notebook that you trust: the code has every right that you have.

    Args:
        path: the notebook.

    Returns:
        name → function, and name of cell → the exception that running it raised.  The function that a cell
        should have defined then raises the same exception.

    Raises:
        UnreadableNotebook: if the file cannot be read.
    """
    found = reading.found(reading.read(path))
    cells = finding.answers_of(found, _names(path, found)).cells
    namespace, raised = _run(carrying.carried(cells))
    for name, apart in carrying.carried_apart(cells).items():
        namespace[name] = _run(apart)[0].get(name)
    functions = {name.removesuffix("-answer"): _raising(error) for name, error in raised.items()}
    return functions | {name: value for name, value in namespace.items() if callable(value)}, raised


def _run(cells: Iterable[tuple[str, str]]) -> tuple[dict[str, Any], dict[str, Exception]]:
    namespace: dict[str, Any]
    raised: dict[str, Exception]
    namespace, raised = {"__name__": "__submission__"}, {}
    for name, source in cells:
        filename = f"<{name}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(True), filename)
        try:
            exec(compile(source, filename, "exec"), namespace)
        except Exception as error:
            raised[name] = error
    return namespace, raised


def _names(path: str | pathlib.Path, found: list[finding.Found]) -> list[str]:
    """Return the exercises that a notebook may answer: its lesson's, and those that its marks name."""
    lesson = pathlib.Path(path).stem
    names = (
        [exercise.name for exercise in exercises.of_lesson(lesson)] if lesson in exercises.lessons() else []
    )
    marked = [cell.grade_id for cell in found if cell.grade_id.endswith("-answer")]
    return list(dict.fromkeys([*names, *(grade_id.removesuffix("-answer") for grade_id in marked)]))


def _raising(error: Exception) -> Callable[..., NoReturn]:
    def broken(*args: Any, **kwargs: Any) -> NoReturn:
        raise error

    return broken
