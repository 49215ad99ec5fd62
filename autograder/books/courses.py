"""Where a course lies: what `nbgrader_config.py` says, without starting an nbgrader application."""

import difflib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from autograder.marking import submissions

# jsonschema imports it only to check formats of URIs, and it builds a grammar for over half a second.
sys.modules.setdefault("rfc3987_syntax", None)


@dataclass(frozen=True)
class Course:
    """A course directory as nbgrader sees it.

    Attributes:
        directory: nbgrader's `CourseDirectory`.
        config: All of `nbgrader_config.py`.
    """

    directory: object
    config: object

    @property
    def root(self):
        """The course's root."""
        return Path(self.directory.root)

    @property
    def solutions(self):
        """Where the instructor's notebooks are."""
        return self.root / self.directory.source_directory

    @property
    def state(self):
        """Where the secret, the journal and the lock are kept: beside the gradebook, or in the root."""
        url = self.directory.db_url
        path = url.removeprefix("sqlite:///")
        return Path(path).resolve().parent if path != url else self.root

    def submitted(self, student, lesson):
        """Return the folder that a student handed in."""
        return Path(self.directory.format_path(self.directory.submitted_directory, student, lesson))

    def autograded(self, student, lesson):
        """Return the folder that a graded notebook is written to."""
        return Path(self.directory.format_path(self.directory.autograded_directory, student, lesson))

    def students(self, lesson):
        """Return the students who handed in a lesson, sorted."""
        everyone = self.root / self.directory.submitted_directory
        if not everyone.is_dir():
            return []
        names = (entry.name for entry in os.scandir(everyone) if not entry.is_symlink() and entry.is_dir())
        return sorted(name for name in names if _is_folder(self.submitted(name, lesson)))

    def everyone(self):
        """Return the names of all folders in `submitted/`, sorted."""
        folder = self.root / self.directory.submitted_directory
        return sorted(entry.name for entry in os.scandir(folder)) if folder.is_dir() else []

    def misplaced(self):
        """Return what was handed in under a name that is no lesson's, a sentence each."""
        lessons, found = self.lessons(), []
        for student in self.everyone():
            folder = self.root / self.directory.submitted_directory / student
            for entry in sorted(os.scandir(folder), key=lambda one: one.name) if _is_folder(folder) else ():
                if entry.name not in lessons and not entry.name.startswith("."):
                    near = difflib.get_close_matches(entry.name, lessons, n=1)
                    meant = f" (did you mean {near[0]}?)" if near else ""
                    found.append(f"{_printable(student)}: {_printable(entry.name)}{meant}")
        return found

    def lessons(self):
        """Return the lessons that have a notebook in `solutions/`, sorted."""
        return sorted(
            path.parent.name for path in self.solutions.glob("*/*.ipynb") if path.stem == path.parent.name
        )

    def timestamp(self, student, lesson):
        """Return when a submission was handed in (a text that nbgrader understands), or None."""
        from nbgrader.utils import parse_utc

        text = submissions.read_text(self.submitted(student, lesson) / "timestamp.txt", limit=100)
        try:
            return parse_utc(text.strip()) if text and text.strip() else None
        except (ValueError, OverflowError):
            return None


def _printable(name):
    return "".join(character if character.isprintable() else "?" for character in name)


def _is_folder(path):
    return path.is_dir() and not path.is_symlink()


def find(root="."):
    """Read the course in a directory.

    Args:
        root: The course's root, with `nbgrader_config.py` in it.

    Returns:
        A `Course`.

    Raises:
        FileNotFoundError: If there is no `nbgrader_config.py`.
    """
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config
    from traitlets.config.loader import PyFileConfigLoader

    root = Path(root).resolve()
    if not (root / "nbgrader_config.py").exists():
        raise FileNotFoundError(f"{root} is no course: it has no nbgrader_config.py")
    config = Config(PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config())
    config.CourseDirectory.root = str(root)
    return Course(CourseDirectory(config=config), config)
