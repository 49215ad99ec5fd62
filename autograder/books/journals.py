"""The journal: one JSON line for every submission that was graded, appended when all of it is on disk."""

import contextlib
import json
import os
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from autograder.books.locks import Lock
from autograder.errors import LeftUngradedError
from autograder.marking.verdicts import Item

FOLDER = ".autograder"
FILE = "journal.jsonl"
VERSION = 1


@dataclass(frozen=True)
class Entry:
    """What the journal keeps of one graded submission.

    Attributes:
        student: Name of the folder.
        lesson: Its name.
        digests: Name → digest of what decides the verdict; see `autograder.running.digests`.
        items: How each exercise ended.
        notes: What was odd, a sentence each.
        seconds: What marking it took, in seconds of wall time.
        time: When, in UTC.
        route: "autograder" or "nbgrader": which command graded it.
        version: Of this schema; lines from before it was counted have 0.
    """

    student: str
    lesson: str
    digests: dict[str, str] = field(default_factory=dict)
    items: tuple[Item, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    time: str = ""
    route: str = "autograder"
    version: int = VERSION

    @property
    def has_faults(self) -> bool:
        """Whether a fault of ours left something ungraded."""
        return any(item.ended == "fault" for item in self.items)

    def line(self) -> bytes:
        """Return its line in the journal."""
        return json.dumps(self, ensure_ascii=False, default=vars).encode("utf-8", "backslashreplace") + b"\n"


def now() -> str:
    """Return the time as the journal writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


class Journal:
    """The journal of a course, open for writing; a context manager that holds the course's lock.

    To read it needs neither: see `entries` and `newest`.

    Args:
        directory: Where the gradebook lies.
        gradebook: The gradebook's URL; one on a server is locked there too. `Course.journal` gives both.

    Raises:
        Busy: If another process has it open.
    """

    def __init__(self, directory: str | Path, gradebook: str = "") -> None:
        folder = Path(directory) / FOLDER
        folder.mkdir(mode=0o700, exist_ok=True)
        path = folder / FILE
        self._lock = Lock(folder / "lock", gradebook)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._file = open(descriptor, "ab")  # noqa: SIM115 - closed by __exit__
        size = os.fstat(descriptor).st_size
        if size and os.pread(descriptor, 1, size - 1) != b"\n":
            self._file.write(b"\n")  # the line that a crash cut short stays alone

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):  # what could not be written was said by `append`
            self._file.close()
        self._lock.close()

    def append(self, *new: Entry) -> None:
        """Write entries, safely on disk when this returns.

        Raises:
            LeftUngradedError: If the course's lock was lost, and nothing is written then; or if there is no
                room on the disk: what has no whole line is graded again.
        """
        if not new:
            return
        self._lock.check()
        try:
            self._file.write(b"".join(entry.line() for entry in new))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise LeftUngradedError(
                f"the journal takes nothing more: {error.strerror}. What was finished is safe; "
                "run the same command again to go on"
            ) from error


class Newest(Mapping[tuple[str, str], Entry]):
    """(lesson, student) → the newest entry of each submission.

    Of a journal of any length it keeps where the lines are; one is read when it is asked for. A line that a
    crash cut short is left out.

    Args:
        directory: Where the gradebook lies.
    """

    def __init__(self, directory: str | Path) -> None:
        self._path = Path(directory) / FOLDER / FILE
        self._places: dict[tuple[str, str], tuple[int, int]] = {}
        place = 0
        with contextlib.suppress(FileNotFoundError), open(self._path, "rb") as file:
            for line in file:
                for student, lesson in _of_whom(line):
                    self._places[lesson, student] = place, len(line)
                place += len(line)

    def __getitem__(self, key: tuple[str, str]) -> Entry:
        place, size = self._places[key]
        with open(self._path, "rb", buffering=0) as file:
            line = os.pread(file.fileno(), size, place)
        for entry in _read(line):
            return entry
        raise KeyError(key)  # a line whose middle is damaged: what it held is graded again

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def newest(directory: str | Path) -> Newest:
    """Return (lesson, student) → the newest entry of each submission."""
    return Newest(directory)


def entries(directory: str | Path) -> Iterator[Entry]:
    """Yield the entries of a course's journal, oldest first; a line that a crash cut short is left out."""
    with contextlib.suppress(FileNotFoundError), open(Path(directory) / FOLDER / FILE, "rb") as file:
        for line in file:
            yield from _read(line)


# A whole line of this version: within a string of JSON, no quotation mark stands bare.
WHOLE = re.compile(
    rb'\{"student": ("(?:[^"\\]|\\.)*"), "lesson": ("(?:[^"\\]|\\.)*"), [^\0]*, "version": \d+\}\n'
)


def _of_whom(line: bytes) -> Iterator[tuple[str, str]]:
    """Yield student and lesson of a line, unless it is damaged: by its two ends, where they tell."""
    with contextlib.suppress(ValueError):
        if found := WHOLE.fullmatch(line):
            student, lesson = map(json.loads, found.groups())
            yield student, lesson
            return
    yield from ((entry.student, entry.lesson) for entry in _read(line))


def _read(line: bytes) -> Iterator[Entry]:
    """Yield the entry that a line holds, unless it is damaged."""
    with contextlib.suppress(ValueError, TypeError, KeyError):
        yield _entry(json.loads(line))


ENTRY, ITEM = (frozenset(kind.__dataclass_fields__) for kind in (Entry, Item))


def _entry(found: dict) -> Entry:
    """Read a line of this or an earlier version; of a later one, what this version knows."""
    known = {name: found[name] for name in ENTRY if name in found}
    known["items"] = tuple(
        Item(**(item if item.keys() <= ITEM else {name: item[name] for name in ITEM & item.keys()}))
        for item in found["items"]
    )
    return Entry(**{"version": 0, **known, "notes": tuple(found.get("notes", ()))})
