"""Reading what a student handed in: the source text of its cells and what they are called, and nothing else.

Metadata, tags, outputs, attachments and links never get further than this module.
"""

import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograde_tests.engine.finding import Found

MAX_FILE = 32 * 1024 * 1024
MAX_SOURCE = 200_000
# What nbgrader's exchange keeps beside a notebook, and the largest size in bytes. It must come along as far
# as the feedback: `nbgrader release_feedback` names a page after the secret, and the student looks for it.
OF_THE_EXCHANGE = {"timestamp.txt": 100, "submission_secret.txt": 200}
MAX_CELLS = 1_000
MAX_TEXT = 2_000_000
MAX_NAME = 200


@dataclass(frozen=True)
class Submission:
    """The cells of one notebook; `cells` and `unreadable` decide the verdict.

    Attributes:
        cells: `Found` cells, code and markdown, in order.
        unreadable: Why nothing could be read, a sentence; empty if the file was read.
        notes: What was odd about the file, a sentence each.
    """

    cells: tuple[Found, ...] = ()
    unreadable: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Raw:
    """A submitted file as it lies there, not looked into.

    Attributes:
        content: Its bytes; empty if it cannot be read.
        unreadable: Why it cannot, a sentence; empty if it can.
        notes: What is odd about the file, a sentence each.
    """

    content: bytes = b""
    unreadable: str = ""
    notes: tuple[str, ...] = ()


def read(path: str | Path) -> Submission:
    """Read a submitted notebook of any format version: `parsed(fetch(path))`."""
    return parsed(fetch(path))


def fetch(path: str | Path) -> Raw:
    """Read the bytes of a submitted notebook.

    Args:
        path: The file. A link, a device or a huge file is not read. If it is not there, and one other
            notebook is, that is read.

    Returns:
        A `Raw`; it never raises because of what lies there.
    """
    try:
        try:
            return Raw(_content(path))
        except _MissingError:
            other = _only_notebook(Path(path))
            if other is None:
                raise
            note = f"The file is called {other.name[:MAX_NAME]!r}, not {os.path.basename(path)}."
            return Raw(_content(other), notes=(note,))
    except _UnreadableError as error:
        return Raw(unreadable=str(error))


def parsed(raw: Raw) -> Submission:
    """Look into the bytes of a submitted notebook of any format version.

    Returns:
        A `Submission`; it never raises because of what the file holds.
    """
    try:
        if raw.unreadable:
            raise _UnreadableError(raw.unreadable)
        return Submission(_cells(_parse(raw.content)), notes=raw.notes)
    except _UnreadableError as error:
        return Submission(unreadable=str(error))


def _only_notebook(path: Path) -> Path | None:
    """Return the one notebook beside a file that is not there."""
    try:
        if os.path.lexists(path) or path.parent.is_symlink() or not path.parent.is_dir():
            return None
        others = [
            other
            for other in path.parent.iterdir()
            if other.suffix.lower() == ".ipynb" and stat.S_ISREG(other.lstat().st_mode)
        ]
    except OSError:
        return None
    return others[0] if len(others) == 1 else None


def read_text(path: str | Path, limit: int) -> str | None:
    """Read a small text file that a student handed in.

    Args:
        path: The file; a link or a device is not read.
        limit: Largest size in bytes.

    Returns:
        Its text, or None.
    """
    if not os.path.lexists(path):  # as a rule; no reason is then needed
        return None
    try:
        content = _content(path)
    except _UnreadableError:
        return None
    return content.decode("utf-8", "replace") if len(content) <= limit else None


def of_the_exchange(folder: str | Path) -> dict[str, str]:
    """Return name → text of what nbgrader's exchange has put beside a notebook, as far as it can be read."""
    texts = {name: read_text(os.path.join(folder, name), limit) for name, limit in OF_THE_EXCHANGE.items()}
    return {name: text for name, text in texts.items() if text is not None}


class _UnreadableError(Exception):
    """The reason, as a sentence."""


class _MissingError(_UnreadableError):
    """There is no such file."""


def _content(path: str | Path) -> bytes:
    folder = os.path.dirname(path)
    if os.path.islink(folder) or os.path.islink(os.path.dirname(folder)):
        raise _UnreadableError("The folder is a link; links are not followed.")
    try:
        # A submitted link would show the student another one's file, or ours; a FIFO would never end.
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError as error:
        raise _MissingError(
            f"There is no file {os.path.basename(path)}; is it there under another name?"
        ) from error
    except OSError as error:
        raise _UnreadableError(
            f"The file cannot be opened ({error.strerror}); links are not followed."
        ) from error
    about = os.fstat(descriptor)
    if not stat.S_ISREG(about.st_mode):
        os.close(descriptor)
        raise _UnreadableError("This is not a regular file.")
    with open(descriptor, "rb") as file:
        if about.st_size > MAX_FILE:
            raise _UnreadableError(f"The file is larger than {MAX_FILE // 1024**2} MiB.")
        return file.read(about.st_size)


def _parse(content: bytes) -> Any:
    try:
        notebook = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise _UnreadableError("The file is no notebook: it is damaged, or of another format.") from error
    version = notebook.get("nbformat") if isinstance(notebook, dict) else None
    if not isinstance(version, int):
        raise _UnreadableError("The file is JSON, but no notebook.")
    if version < 4:
        return _upgraded(content)
    return notebook


def _upgraded(content: bytes) -> Any:
    import nbformat

    try:
        notebook = nbformat.reads(content.decode("utf-8-sig"), as_version=4)
    except Exception as error:
        raise _UnreadableError(
            f"The notebook's old format cannot be read ({type(error).__name__})."
        ) from error
    for cell in notebook.cells:
        cell.pop("id", None)  # drawn at random just now
    return notebook


def _cells(notebook: Any) -> tuple[Found, ...]:
    found, room = [], MAX_TEXT
    cells = notebook.get("cells")
    for cell in cells[:MAX_CELLS] if isinstance(cells, list) else ():
        if not isinstance(cell, dict):
            continue
        source = _source(cell)
        room -= len(source)
        kind = "markdown" if cell.get("cell_type") in ("markdown", "raw") else "code"
        if room >= 0:
            found.append(Found(kind, _grade_id(cell), _name(cell.get("id")), source))
    return tuple(found)


def _grade_id(cell: dict) -> str:
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return _name(nbgrader.get("grade_id")) if isinstance(nbgrader, dict) else ""


def _name(value: Any) -> str:
    is_name = isinstance(value, str) and len(value) <= MAX_NAME
    return value.encode("utf-8", "replace").decode("utf-8") if is_name else ""


def _source(cell: dict) -> str:
    source = cell.get("source", "")
    if isinstance(source, list):
        source = "".join([line for line in source if isinstance(line, str)])
    if not isinstance(source, str) or len(source) > MAX_SOURCE:
        return ""
    # Lone surrogates (JSON allows "\ud800") can be stored nowhere.
    return source.encode("utf-8", "replace").decode("utf-8")
