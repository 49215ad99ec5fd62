"""What an answer uses in the student's kernel and the grader will not have, said by `check` before it counts.

The kernel keeps all cells that have been run, which IPython remembers: they are read, as the grader reads the
notebook, for what the answer needs.
"""

import ast
import os
import sys
from collections.abc import Iterator
from typing import Any

from autograde_tests.engine import carrying, exercises
from autograde_tests.engine.exercises import Exercise

MAX_CELLS = 500
MAX_SOURCE = 200_000
READERS = ("loadtxt", "genfromtxt", "fromfile", "load", "read_text", "read_bytes", "read_csv", "memmap")


def absent(exercise: Exercise, names: dict[str, Any]) -> list[str]:
    """Say what an answer needs and the grader has not.

    Args:
        exercise: the `Exercise`.
        names: the global names of the notebook.

    Returns:
        A sentence each; none outside a notebook, or while nbgrader autogrades.
    """
    cells = _cells_run()
    if not cells or os.environ.get("NBGRADER_EXECUTION") == "autograde":
        return []
    try:
        return list(dict.fromkeys(_absent(exercise, names, cells)))
    except RecursionError:
        return []


def _cells_run() -> list[str]:
    """Return the text of the cells that have been run in this kernel, as plain Python."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    manager = getattr(shell, "history_manager", None)
    sources = list(getattr(manager, "input_hist_raw", ()))[-MAX_CELLS:]
    kept, room = [], MAX_SOURCE
    for source in reversed([text for text in sources if isinstance(text, str)]):
        room -= len(source)
        if room < 0:
            break
        kept.append(carrying.python_of(source)[0])
    return kept[::-1]


def _absent(exercise: Exercise, names: dict[str, Any], cells: list[str]) -> Iterator[str]:
    notebook = carrying.Notebook([carrying.Cell(carrying.OWN, "", source) for source in cells])
    chosen, unbound = notebook.picked([(exercise.name, len(cells))], newest=True)
    statements: list[Any] = [notebook.statements[cell][number] for cell, number in sorted(chosen)]
    later = (lesson for lesson in exercises.lessons() if lesson >= exercise.lesson)
    sealed = {one.name for lesson in later for one in exercises.of_lesson(lesson)}
    for one in statements:
        for module in sorted(carrying.modules_of(one.node) - carrying.HERE - carrying.INERT):
            where = "a file of your own" if module == "." else f"the package {module}"
            yield f"{where} is not there; the grader has the standard library, numpy and course_lib."
        yield from _read_from_outside(one)
        yield from _borrowed(one, names, sealed)
    stars = {
        node.module
        for one in statements
        for node in ast.walk(one.node)
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*"
    }
    for name in sorted(unbound):
        if any(hasattr(sys.modules.get(module or ""), name) for module in stars):
            continue
        if name in names and not name.startswith("_"):
            yield f"`{name}` is not there; bind it in plain Python in a cell of this notebook."


def _read_from_outside(one: carrying.Statement) -> Iterator[str]:
    """Name what a statement asks the keyboard or a file for, where that is what it binds."""
    if not one.binds and not one.changes:
        return
    for node in ast.walk(one.node):
        match node:
            case ast.Call(func=ast.Name(id="input")) if not isinstance(one.node, ast.FunctionDef):
                yield f"nobody answers `input()`, which {_named(one)} needs."
            case ast.Call(func=ast.Name(id="open")) | ast.Call(func=ast.Attribute(attr="open")):
                yield f"no file of yours is there, which {_named(one)} needs."
            case ast.Call(func=ast.Attribute(attr=reader)) if reader in READERS:
                yield f"no file of yours is there, which {_named(one)} needs."


def _named(one: carrying.Statement) -> str:
    return " and ".join(f"`{name}`" for name in sorted(one.binds | one.changes)[:3])


def _borrowed(one: carrying.Statement, names: dict[str, Any], sealed: set[str]) -> Iterator[str]:
    """Name the functions of course_lib that a statement uses and that this lesson or a later one asks for."""
    value: Any
    for node in ast.walk(one.node):
        match node:
            case ast.ImportFrom(module=str(module), names=aliases) if module.startswith("course_lib"):
                used = {alias.name for alias in aliases}
            case ast.Name(id=name, ctx=ast.Load()):
                value = names.get(name)
                used = {value.__name__} if _is_the_courses(value) else set()
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                value = getattr(names.get(name), attribute, None) if _is_module(names.get(name)) else None
                used = {attribute} if _is_the_courses(value) else set()
            case _:
                continue
        for name in sorted(used & sealed):
            yield f"course_lib's own `{name}` is not there."


def _is_module(value: Any) -> bool:
    return isinstance(value, type(sys))


def _is_the_courses(value: Any) -> bool:
    return callable(value) and str(getattr(value, "__module__", "")).startswith("course_lib.")
