"""Where a course lies: what `nbgrader_config.py` says, without starting an nbgrader application."""

import contextlib
import datetime
import difflib
import os
import re
import stat
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

import autograde_tests
from autograder.books.journals import Journal
from autograder.errors import CourseError
from autograder.marking import seeds

# What nbgrader's exchange writes, and nothing that a parser would have to guess at or look up in a file.
TIMESTAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d(?:\.\d{1,6})?)(?: ?(UTC|GMT|Z|[+-]\d\d:?\d\d))?"
)


@dataclass(frozen=True)
class Course:
    """A course directory as nbgrader sees it.

    Attributes:
        directory: nbgrader's `CourseDirectory`.
        config: All of `nbgrader_config.py`.
    """

    directory: Any
    config: Any

    @property
    def root(self) -> Path:
        """The course's root."""
        return Path(self.directory.root)

    @property
    def solutions(self) -> Path:
        """Where the instructor's notebooks are."""
        return self.root / self.directory.source_directory

    @property
    def private_claims(self) -> Path | None:
        """The folder of claims that students are never told, or None where the course has none.

        Raises:
            CourseError: If it lies where what is handed out is taken from.
        """
        named = self.config.Autograder.get("private_claims")
        if not named:
            return None
        folder = (self.root / Path(named).expanduser()).resolve()
        for home in (self.root.resolve(), Path(autograde_tests.__file__).resolve().parents[1]):
            if folder.is_relative_to(home):
                raise CourseError(
                    f"the folder of private claims, {folder}, lies inside {home}, which may be handed out: "
                    "move it out of there, and say so in nbgrader_config.py"
                )
        return folder

    @property
    def gradebook(self) -> Path | None:
        """The gradebook's file, or None where the gradebook is no file."""
        url = self.directory.db_url
        path = url.removeprefix("sqlite:///")
        return (self.root / path).resolve() if path != url else None

    @property
    def state(self) -> Path:
        """Where the secret, the journal and the lock are kept: beside the gradebook, or in the root."""
        return self.gradebook.parent if self.gradebook else self.root

    def journal(self) -> Journal:
        """Open the course's journal for writing; a context manager that holds the course's lock.

        Raises:
            Busy: If another grader is at work on this course.
        """
        return Journal(self.state, self.directory.db_url)

    def secret(self, *, make: bool = True) -> bytes:
        """Return the secret that the numbers of this course are drawn from.

        Args:
            make: Make it where there is none yet; otherwise it is then empty.
        """
        return seeds.secret(self.state, make=make)

    @property
    def _handed_in(self) -> str:
        """The folder of all that was handed in; a string, since a large class has very many paths."""
        return os.path.join(self.root, self.directory.submitted_directory)

    def submitted(self, student: str, lesson: str) -> Path:
        """Return the folder that a student handed in."""
        return Path(self.directory.format_path(self.directory.submitted_directory, student, lesson))

    def autograded(self, student: str, lesson: str) -> Path:
        """Return the folder that a graded notebook is written to."""
        return Path(self.directory.format_path(self.directory.autograded_directory, student, lesson))

    def returned(self, student: str, lesson: str) -> Path:
        """Return the folder that feedback is written to."""
        return Path(self.directory.format_path(self.directory.feedback_directory, student, lesson))

    def students(self, lesson: str) -> list[str]:
        """Return the students who handed in a lesson, sorted."""
        home = self._handed_in
        return [name for name in self.everyone() if _is_folder(f"{home}/{name}/{lesson}")]

    def count(self, lessons: Iterable[str], students: Collection[str] | None = None) -> int:
        """Return how many submissions of some lessons there are, of all students or of these."""
        handed_in = [student for lesson in lessons for student in self.students(lesson)]
        return len(handed_in) if students is None else sum(one in students for one in handed_in)

    def everyone(self) -> list[str]:
        """Return the names of all folders in `submitted/`, links left out, sorted."""
        with contextlib.suppress(FileNotFoundError, NotADirectoryError), os.scandir(self._handed_in) as found:
            return sorted(entry.name for entry in found if entry.is_dir(follow_symlinks=False))
        return []

    def misplaced(self) -> list[str]:
        """Return what was handed in under a name that is no lesson's, a sentence each."""
        lessons, found = self.lessons(), []
        for student in self.everyone():
            folder = os.path.join(self._handed_in, student)
            for name in sorted(os.listdir(folder)):
                if name not in lessons and not name.startswith("."):
                    near = difflib.get_close_matches(name, lessons, n=1)
                    meant = f" (did you mean {near[0]}?)" if near else ""
                    found.append(f"{_printable(student)}: {_printable(name)}{meant}")
        return found

    def lessons(self) -> list[str]:
        """Return the lessons that have a notebook in `solutions/`, sorted."""
        return sorted(
            path.parent.name for path in self.solutions.glob("*/*.ipynb") if path.stem == path.parent.name
        )

    def known_lessons(self, names: Iterable[str]) -> list[str]:
        """Return the lessons of these names, or all that were handed in.

        Raises:
            CourseError: If there is no lesson of a name.
        """
        names = list(names) or [name for name in self.lessons() if self.students(name)]
        require("lesson", names, self.lessons())
        return names

    def known_students(self, names: Iterable[str] | None) -> list[str] | None:
        """Return these students, or None for all.

        Raises:
            CourseError: If nobody of a name has handed anything in.
        """
        require("student", names or (), self.everyone())
        return None if names is None else list(names)


def require(kind: str, names: Iterable[str], known: Collection[str]) -> None:
    """Refuse a name that is not known, with the likeliest that is meant.

    Raises:
        CourseError: If there is one.
    """
    for sentence in unknown(kind, names, known):
        raise CourseError(sentence)


def unknown(kind: str, names: Iterable[str], known: Collection[str]) -> Iterator[str]:
    """Yield a sentence for each name that is not known, with the likeliest that is meant."""
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            yield f"there is no {kind} {name}{meant}"


def moment(text: str | None) -> datetime.datetime | None:
    """Return when a submission was handed in, in UTC without a zone, as nbgrader stores it.

    Args:
        text: What `timestamp.txt` holds; a student may have written it.

    Returns:
        The moment, or None where the text is not of the strict form that the exchange writes.

    Example:
        >>> moment("2026-03-02 10:00:00.5 +0100")
        datetime.datetime(2026, 3, 2, 9, 0, 0, 500000)
        >>> moment("2026-03-02 10:00:00 /proc/self/mem") is None
        True
    """
    found = TIMESTAMP.fullmatch((text or "").strip())
    if not found:
        return None
    day, hour, zone = found.groups()
    zone = "+00:00" if zone in {None, "UTC", "GMT", "Z"} else zone
    try:
        exact = datetime.datetime.fromisoformat(f"{day}T{hour}{zone}")
        return exact.astimezone(datetime.UTC).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return None


def _printable(name: str) -> str:
    return "".join(character if character.isprintable() else "?" for character in name)


def _is_folder(path: str) -> bool:
    """Say whether a path is a folder, and not a link to one."""
    try:
        return stat.S_ISDIR(os.lstat(path).st_mode)
    except OSError:
        return False


def find(root: str | Path = ".") -> Course:
    """Read the course in a directory.

    Args:
        root: The course's root, with `nbgrader_config.py` in it.

    Returns:
        A `Course`.

    Raises:
        CourseError: If there is no `nbgrader_config.py`, or none with a gradebook that can be looked for.
    """
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    root = Path(root).resolve()
    if not (root / "nbgrader_config.py").exists():
        raise CourseError(f"{root} is no course: it has no nbgrader_config.py")
    config = Config(PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config())
    config.CourseDirectory.root = str(root)
    directory = CourseDirectory(config=config)
    _require_a_url(directory.db_url)
    return Course(directory, config)


def _require_a_url(url: str) -> None:
    """Refuse what is no URL, before a database repeats a piece of it, of a password perhaps."""
    try:
        host = make_url(url).host or ""
    except (ArgumentError, ValueError) as error:
        raise CourseError("c.CourseDirectory.db_url in nbgrader_config.py is no URL of a database") from error
    if "@" in host:
        raise CourseError("c.CourseDirectory.db_url in nbgrader_config.py: in a password, write @ as %40")
