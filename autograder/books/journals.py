"""The journal: one JSON line for every submission that was graded, appended when all of it is on disk."""

import contextlib
import fcntl
import hashlib
import json
import os
from pathlib import Path

import autograde_tests
import course_lib

FOLDER = ".autograder"


class Busy(RuntimeError):
    """Another grader is at work on this course."""


class Journal:
    """The journal of a course; a context manager that holds the course's lock while it is open.

    Args:
        directory: Where the gradebook lies.

    Raises:
        Busy: If another process has it open.
    """

    def __init__(self, directory):
        folder = Path(directory) / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        self.path = folder / "journal.jsonl"
        self._lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._lock)
            raise Busy("another autograder is at work on this course; wait until it is done") from error
        self._last = {(entry["lesson"], entry["student"]): entry for entry in entries(directory)}
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._file = open(descriptor, "ab")  # noqa: SIM115 - closed by __exit__
        if self.path.stat().st_size and not self.path.read_bytes().endswith(b"\n"):
            self._file.write(b"\n")  # the line that a crash cut short stays alone

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._file.close()
        os.close(self._lock)

    def last(self, lesson, student):
        """Return the newest entry of a submission, or None."""
        return self._last.get((lesson, student))

    def append(self, *entries):
        """Write entries, safely on disk when this returns."""
        for entry in entries:
            self._file.write(json.dumps(entry, ensure_ascii=False).encode() + b"\n")
            self._last[entry["lesson"], entry["student"]] = entry
        self._file.flush()
        os.fsync(self._file.fileno())


def entries(directory):
    """Yield the entries of a course's journal, oldest first; a line that a crash cut short is left out."""
    with (
        contextlib.suppress(FileNotFoundError),
        open(Path(directory) / FOLDER / "journal.jsonl", "rb") as file,
    ):
        for line in file:
            with contextlib.suppress(ValueError, UnicodeDecodeError):
                entry = json.loads(line)
                if isinstance(entry, dict) and {"lesson", "student"} <= entry.keys():
                    yield entry


def digest(*parts):
    """Return a digest of texts or bytes."""
    state = hashlib.sha256()
    for part in parts:
        data = part.encode() if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "little") + data)
    return state.hexdigest()


def digest_of_library():
    """Return a digest of all that decides a verdict: course_lib, the claims, this grader."""
    packages = (course_lib, autograde_tests)
    folders = [Path(package.__file__).parent for package in packages] + [Path(__file__).parents[1]]
    return digest(*(path.read_bytes() for folder in folders for path in sorted(folder.rglob("*.py"))))
