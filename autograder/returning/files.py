"""Writing what people read: each file appears at once, and is touched only where it changes."""

import os
from pathlib import Path

from autograder.errors import PageError

WRITTEN, UNCHANGED = "written", "unchanged"


def put(path: Path, content: bytes, mode: int = 0o644) -> str:
    """Write a file, all of it at once, unless it is there already, word for word.

    Args:
        path: Where; folders that are missing are made.
        content: What.
        mode: The file's permissions.

    Returns:
        `WRITTEN` or `UNCHANGED`.

    Raises:
        OSError: If it cannot be written; what was there before is then still there.
    """
    if path.is_file() and path.read_bytes() == content:
        return UNCHANGED
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        draft.write_bytes(content)
        draft.chmod(mode)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return WRITTEN


def put_page(path: Path, text: str) -> str:
    """Write a page as `put` does, for a command that cannot go on without it.

    Raises:
        PageError: If it cannot be written.
    """
    try:
        return put(path, encoded(text))
    except OSError as error:
        raise PageError(f"{path} cannot be written ({error.strerror})") from error


def encoded(text: str) -> bytes:
    """Return a page's bytes; what is no character, as a student's file may hold, is spelled out."""
    return text.encode("utf-8", "backslashreplace")
