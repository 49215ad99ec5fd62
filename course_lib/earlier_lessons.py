"""Bring what a student wrote in earlier lessons into a later one."""

from __future__ import annotations

import ast
import contextlib
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

MAGIC = re.compile(r"^([ \t]*)[%!].*$|^.*\?[ \t]*$", re.MULTILINE)
DEFINING = (ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef)
ASSIGNING = (ast.Assign, ast.AnnAssign, ast.AugAssign)
QUICK = {"np", "numpy", "math", "dict", "list", "set", "tuple", "float", "int", "range", "namedtuple"}


def bring(
    check: Callable[..., object],
    wanted: Mapping[str, Iterable[Callable[..., Any]]],
    folder: str | Path = "..",
) -> SimpleNamespace:
    """Take functions from the notebooks of earlier lessons, and the course's where those are not finished.

    For each lesson, the notebook `folder/LESSON/LESSON.ipynb` is looked for. Its imports cell and its answer
    cells are run, and of the other cells the imports, functions, classes and simple assignments. A function
    that then passes its `check` is taken; for any other, the course's own stands in. What was taken from
    where is printed.

    Only for notebooks that you trust, such as your own: their code has every right that you have. Under
    nbgrader's autograding nothing is run, and everything is the course's own.

    Args:
        check: the function `check` of the course; it raises where a function is not right.
        wanted: lesson → list of the course's functions, by whose names the student's are looked up:
            `{"06_momentum": [optimizers.momentum]}`.
        folder: where the lessons' folders lie; by default beside that of the notebook that calls.

    Returns:
        An object with one attribute for each function, under its name.

    Example:
        >>> def momentum():
        ...     '''Stands for the course's own.'''
        >>> tools = bring(print, {"06_momentum": [momentum]}, folder="nowhere")
        06_momentum: the course's momentum (no notebook there)
        >>> tools.momentum is momentum
        True
    """
    tools: dict[str, Any] = {}
    for lesson, own in wanted.items():
        written, problem = _functions(Path(folder) / lesson / f"{lesson}.ipynb")
        yours = {f.__name__: written[f.__name__] for f in own if _passes(check, written, f.__name__)}
        tools |= {f.__name__: yours.get(f.__name__, f) for f in own}
        others = [f.__name__ for f in own if f.__name__ not in yours]
        said = [f"your {', '.join(yours)}"] if yours else []
        said += [f"the course's {', '.join(others)} ({problem or 'yours is not finished'})"] if others else []
        print(f"{lesson}: {'; '.join(said)}")
    return SimpleNamespace(**tools)


def _functions(path: Path) -> tuple[dict[str, Any], str]:
    """Run what defines something in a notebook; return its names, and why there are none."""
    if os.environ.get("NBGRADER_EXECUTION") == "autograde":
        return {}, "nbgrader is at work"
    if not path.is_file():
        return {}, "no notebook there"
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        sources = ["".join(cell["source"]) for cell in code]
        whole = [cell["metadata"].get("nbgrader", {}).get("solution", False) for cell in code]
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}, "the notebook cannot be read"
    names = {"__name__": "__earlier_lesson__"}
    for number, source in enumerate(sources):
        for piece in _pieces(source, whole[number] or number == 0):
            # What does not run defines nothing; what needed it then fails its check.
            with contextlib.suppress(Exception), contextlib.redirect_stdout(io.StringIO()):
                exec(compile(piece, str(path), "exec"), names)
    return names, ""


def _pieces(source: str, whole: bool) -> Iterable[ast.Module]:
    """Yield what is to run of a cell: all of it at once, or each statement that only defines something."""
    for text in (source, MAGIC.sub(r"\1pass", source)):
        with contextlib.suppress(SyntaxError, ValueError):
            tree = ast.parse(text)
            kept = [[node] for node in tree.body if _only_defines(node)]
            yield from (ast.Module(nodes, []) for nodes in ([tree.body] if whole else kept))
            return


def _only_defines(node: ast.stmt) -> bool:
    """Say whether a statement is an import, a function, a class or an assignment that takes no time."""
    calls = [call.func for call in ast.walk(node) if isinstance(call, ast.Call)]
    quick = all(getattr(getattr(call, "value", call), "id", None) in QUICK for call in calls)
    return isinstance(node, DEFINING) or (isinstance(node, ASSIGNING) and quick)


def _passes(check: Callable[..., object], names: Mapping[str, Any], name: str) -> bool:
    """Say whether a function passes its check, without printing what the check says."""
    if name not in names:
        return False
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            # Called where the name is bound: `check` then knows a lambda or an object by it.
            eval(f"__check__({name})", {**names, "__check__": check})
    except Exception:
        return False
    return True
