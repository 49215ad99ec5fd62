"""The handout: one zip for students, with the lessons, a wheel of what they need, and how to begin.

Lessons are released anew, by nbgrader and without its gradebook, so that nothing is handed out that somebody
has written into the released ones. The wheel holds the packages that a lesson and its `check` import. The
same course gives the same bytes.
"""

import contextlib
import copy
import hashlib
import importlib.metadata
import json
import logging
import shutil
import string
import tempfile
import zipfile
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import autograde_tests
import course_lib
from autograde_tests.engine import exercises, reading
from autograde_tests.engine.updating import HANDOUT
from autograder.books.courses import Course
from autograder.errors import CourseError, LessonError
from autograder.marking import lessons as taught

DISTRIBUTION = "optimization-course"
PACKAGES = (course_lib, autograde_tests)
# Right answers, and what only pytest reads.
RIGHT_ANSWERS = "honest.py"
NOT_FOR_STUDENTS = shutil.ignore_patterns(
    "conftest.py", "test_misconceptions.py", "__pycache__", "*.pyc", ".*"
)
EXTRAS = ("lab",)
HEADER = "handout-header"
START = Path(__file__).parent / "share" / "START_HERE.md"
LONG_AGO = (2020, 2, 2, 0, 0, 0)  # of every file in the zip; the wheel's own time is as old
READABLE = 0o100644 << 16


@dataclass(frozen=True)
class Handout:
    """What was made.

    Attributes:
        edition: A few letters that change whenever anything in it does.
        archive: The zip.
        wheel: The wheel, which is in the zip too.
        lessons: What it teaches.
    """

    edition: str
    archive: Path
    wheel: Path
    lessons: tuple[str, ...]


def make(
    course: Course,
    lessons: Collection[str],
    folder: str | Path,
    *,
    course_name: str = "",
    due: Mapping[str, str] | None = None,
    progress: Callable[[], Any] = lambda: None,
) -> Handout:
    """Make a handout of some lessons.

    Args:
        course: The course.
        lessons: Names of lessons.
        folder: Where to put the zip and the wheel.
        course_name: What stands above each lesson; a header is there only if this or a deadline is given.
        due: Lesson → when it must be handed in, in words.
        progress: Called after each lesson.

    Raises:
        LessonError: If a lesson cannot be released.
        CourseError: If the packages are not installed, or private claims lie among what is handed out.
    """
    course.private_claims  # noqa: B018 - refused where they lie among what is handed out
    contents = _licenses()
    notebooks: dict[str, dict] = {}
    with tempfile.TemporaryDirectory() as released:
        for lesson in lessons:
            notebooks[lesson], files = _released(course, lesson, Path(released))
            _put_header(notebooks[lesson], course_name, (due or {}).get(lesson, ""))
            contents |= {f"notebooks/{lesson}/{name}": data for name, data in files.items()}
            progress()
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    wheel = build_wheel(folder)
    contents[wheel.name] = wheel.read_bytes()
    start = START.read_text(encoding="utf-8")
    parts = [f"{name} {_hash(data)}" for name, data in contents.items()]
    edition = _hash("\n".join([start, course_name, *parts, json.dumps(notebooks)]).encode())[:8]
    for lesson, notebook in notebooks.items():
        contents[f"notebooks/{lesson}/{lesson}.ipynb"] = _text_of(notebook, edition).encode()
    archive = folder / f"{DISTRIBUTION}-{edition}.zip"
    told = {"edition": edition, "wheel": wheel.name, "zip": archive.name, "folder": DISTRIBUTION}
    title = course_name or "the course"
    contents[START.name] = string.Template(start).substitute(told, title=title).encode()
    _write_archive(archive, contents)
    return Handout(edition, archive, wheel, tuple(lessons))


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _released(course: Course, lesson: str, folder: Path) -> tuple[dict, dict[str, bytes]]:
    """Release a lesson anew; return its notebook and the files that it reads, by name."""
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.preprocessors import SaveCells

    config = copy.deepcopy(course.config)
    config.CourseDirectory.release_directory = str(folder)
    config.CourseDirectory.assignment_id = lesson
    converter = GenerateAssignment(coursedir=CourseDirectory(config=config), config=config)
    converter.no_database, converter.force = True, True
    converter.preprocessors = [one for one in converter.preprocessors if one is not SaveCells]
    converter.log = logging.getLogger(__name__)
    converter.log.setLevel(logging.ERROR)
    try:
        converter.start()
        path = folder / lesson / f"{lesson}.ipynb"
        notebook = reading.read(path)
    except (NbGraderException, SystemExit, reading.UnreadableNotebook) as error:
        raise LessonError(f"{lesson} cannot be released: {error}") from error
    return notebook, {
        other.relative_to(path.parent).as_posix(): other.read_bytes() for other in taught.files_beside(path)
    }


def _put_header(notebook: dict, course_name: str, due: str) -> None:
    """Put a cell of its own above a lesson, of which nbgrader keeps no books."""
    words = [f"**{course_name}**" if course_name else "", f"due {due}" if due else ""]
    if any(words):
        source = " · ".join(filter(None, words))
        notebook["cells"].insert(0, {"cell_type": "markdown", "id": HEADER, "metadata": {}, "source": source})


def _text_of(notebook: dict, edition: str) -> str:
    """Write a notebook that knows what each cell was when it was handed out."""
    released = {cell["id"]: reading.digest(cell["source"]) for cell in notebook["cells"]}
    notebook["metadata"][HANDOUT] = {"edition": edition, "cells": released}
    return reading.text_of(notebook)


def build_wheel(folder: Path) -> Path:
    """Build the wheel that students install: two packages, and no command.

    Its version ends in letters that change with its content, so that pip sees that another is newer.
    """
    from hatchling.builders.wheel import WheelBuilder

    about = _distribution()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary)
        for package in PACKAGES:
            place = Path(package.__file__ or "").parent
            shutil.copytree(place, root / place.name, ignore=_left_out)
        for name, text in _licenses().items():
            (root / name).write_bytes(text)
        names = sorted(path for path in root.rglob("*") if path.is_file())
        content = "\n".join(
            f"{path.relative_to(root).as_posix()} {_hash(path.read_bytes())}" for path in names
        )
        project = {
            "name": DISTRIBUTION,
            "version": f"{about.version.partition('+')[0]}+e{_hash(content.encode())[:8]}",
            "description": about.metadata["Summary"],
            "requires-python": about.metadata["Requires-Python"],
            "license": about.metadata["License-Expression"],
            "license-files": sorted(_licenses()),
            **_requirements(about),
        }
        packages = [Path(package.__file__ or "").parent.name for package in PACKAGES]
        target = {"wheel": {"packages": packages, "ignore-vcs": True, "core-metadata-version": "2.4"}}
        config = {"project": project, "tool": {"hatch": {"build": {"targets": target}}}}
        (built,) = WheelBuilder(str(root), config=config).build(directory=str(folder), versions=["standard"])
    return Path(built)


def _left_out(folder: str, names: list[str]) -> set[str]:
    """Name what students do not get of a folder."""
    of_a_lesson = exercises.LESSON.fullmatch(Path(folder).name)
    return NOT_FOR_STUDENTS(folder, names) | ({RIGHT_ANSWERS} & set(names) if of_a_lesson else set())


def _requirements(about: importlib.metadata.Distribution) -> dict[str, Any]:
    from packaging.requirements import Requirement

    always: list[str] = []
    extras: dict[str, list[str]] = {extra: [] for extra in EXTRAS}
    for line in about.requires or ():
        needed = Requirement(line)
        of = [extra for extra in EXTRAS if needed.marker and needed.marker.evaluate({"extra": extra})]
        plain = str(needed).partition(";")[0].strip()
        if needed.marker is None or needed.marker.evaluate({"extra": ""}):
            always.append(plain)
        elif of:
            extras[of[0]].append(plain)
    return {"dependencies": always, "optional-dependencies": extras}


def _distribution() -> importlib.metadata.Distribution:
    with contextlib.suppress(importlib.metadata.PackageNotFoundError):
        return importlib.metadata.distribution(DISTRIBUTION)
    raise CourseError(f"{DISTRIBUTION} is not installed here, which the students' wheel is made from")


def _licenses() -> dict[str, bytes]:
    files = _distribution().files or []
    return {file.name: file.read_binary() for file in files if file.parent.name == "licenses"}


def _write_archive(path: Path, contents: Mapping[str, bytes]) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(f"{DISTRIBUTION}/{name}", LONG_AGO)
            entry.compress_type, entry.external_attr, entry.create_system = zipfile.ZIP_DEFLATED, READABLE, 3
            archive.writestr(entry, contents[name])
