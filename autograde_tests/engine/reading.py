"""Read lessons from a folder with nothing but the standard library, as a student's laptop has it."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograde_tests.engine import exercises
from autograde_tests.engine.finding import Found

DEPTH = 4  # folders below the one that is searched
NEVER_SEARCHED = ("node_modules", "site-packages", "__pycache__")
BACKUP = "backup-"


class UnreadableNotebook(ValueError):
    """The file is no notebook that can be read."""


def read(path: str | Path) -> dict[str, Any]:
    """Read a notebook of any format version, as version 4.

    Returns:
        A dict as in its JSON; each cell has `cell_type`, `metadata` and, as one text, `source`.

    Raises:
        UnreadableNotebook: if the file is missing, no JSON or no notebook.
    """
    try:
        content = Path(path).read_bytes()
        notebook = json.loads(content)
    except OSError as error:
        raise UnreadableNotebook(f"{path} cannot be opened: {error.strerror}") from error
    except (ValueError, RecursionError) as error:
        raise UnreadableNotebook(f"{path} is not a notebook: it holds no JSON") from error
    version = notebook.get("nbformat") if isinstance(notebook, dict) else None
    if not isinstance(version, int):
        raise UnreadableNotebook(f"{path} is not a notebook: it says no format")
    if version < 4:
        notebook = _upgraded(path, content)
    try:
        notebook["cells"] = [_plain(cell) for cell in notebook["cells"]]
        notebook["metadata"] = dict(notebook["metadata"])
    except (KeyError, TypeError, ValueError) as error:
        raise UnreadableNotebook(f"{path} is not a notebook: it is damaged") from error
    return notebook


def write(path: str | Path, notebook: dict[str, Any]) -> None:
    """Write a notebook, all of it or nothing."""
    beside = Path(path).with_suffix(".part")
    beside.write_text(text_of(notebook), encoding="utf-8", newline="\n")
    os.replace(beside, path)


def text_of(notebook: dict[str, Any]) -> str:
    """Return a notebook as its file holds it."""
    cells = [cell | {"source": cell["source"].splitlines(keepends=True)} for cell in notebook["cells"]]
    return json.dumps(notebook | {"cells": cells}, ensure_ascii=False, indent=1) + "\n"


def _upgraded(path: str | Path, content: bytes) -> Any:
    try:
        import nbformat
    except ImportError as error:
        raise UnreadableNotebook(f"{path} has an old format: open and save it in JupyterLab") from error
    try:
        return json.loads(nbformat.writes(nbformat.reads(content.decode("utf-8-sig"), as_version=4)))
    except Exception as error:
        raise UnreadableNotebook(f"{path} is not a notebook: {error}") from error


def _plain(cell: dict[str, Any]) -> dict[str, Any]:
    source, metadata = cell["source"], dict(cell.get("metadata", {}))
    if not isinstance(metadata.get("nbgrader", {}), dict):
        del metadata["nbgrader"]
    text = source if isinstance(source, str) else "".join(source)
    return cell | {"cell_type": str(cell["cell_type"]), "metadata": metadata, "source": text}


def found(notebook: dict[str, Any]) -> list[Found]:
    """Return the cells of a notebook that was read as `Found` values."""
    return [
        Found(
            cell["cell_type"], str(marks(cell).get("grade_id", "")), str(cell.get("id", "")), cell["source"]
        )
        for cell in notebook["cells"]
    ]


def marks(cell: dict[str, Any]) -> dict[str, Any]:
    """Return what nbgrader has written on a cell; empty where it has none of its own."""
    return cell["metadata"].get("nbgrader", {})


def digest(source: str) -> str:
    """Return what tells a cell's text from others; space around it does not count.

    Example:
        >>> digest("x = 3\\n") == digest("x = 3")
        True
    """
    return hashlib.sha256(source.strip().encode("utf-8", "replace")).hexdigest()[:12]


def is_as_released(cell: dict[str, Any]) -> bool:
    """Say whether a cell of nbgrader's still has the text that nbgrader's checksum was taken of."""
    about = marks(cell)
    graded, solution = bool(about.get("grade")), bool(about.get("solution"))
    locked = not solution and (graded or bool(about.get("locked")))
    kept = [
        cell["source"],
        cell["cell_type"],
        *map(str, (graded, solution, locked)),
        str(about.get("grade_id")),
        *([str(float(about["points"]))] if graded and isinstance(about.get("points"), int | float) else []),
    ]
    checksum = hashlib.md5("".join(kept).encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
    return checksum == about.get("checksum")


def lessons_in(folder: str | Path) -> dict[str, Path]:
    """Find the lessons in a folder and the folders in it, by the names of their notebooks.

    Returns:
        Lesson → notebook, in the lessons' order. Of several copies the one that lies least deep; of these,
        the one that was saved last.
    """
    copies: dict[str, list[tuple[int, float, Path]]] = {}
    for depth, path in _notebooks(Path(folder)):
        if path.stem in exercises.lessons() and path.is_file():
            copies.setdefault(path.stem, []).append((depth, -path.stat().st_mtime, path))
    return {lesson: min(copies[lesson])[2] for lesson in sorted(copies)}


def _notebooks(folder: Path) -> Iterator[tuple[int, Path]]:
    for place, folders, files in os.walk(folder):
        depth = len(Path(place).relative_to(folder).parts)
        folders[:] = sorted(name for name in folders if depth < DEPTH and _is_searched(name))
        yield from ((depth, Path(place, name)) for name in sorted(files) if name.endswith(".ipynb"))


def _is_searched(name: str) -> bool:
    return not name.startswith((".", BACKUP)) and name not in NEVER_SEARCHED
