"""Writing what people read: each file appears at once, and is touched only where it changes."""

from pathlib import Path

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
    draft = path.with_name(f".{path.name}-draft")
    try:
        draft.write_bytes(content)
        draft.chmod(mode)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    return WRITTEN
