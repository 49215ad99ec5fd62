"""What decides a verdict, all of it and nothing else, as digests: where none changes, nothing is regraded."""

import functools
import hashlib
import json
from pathlib import Path

import numpy as np

import autograde_tests
import autograder
import course_lib
from autograder.marking.lessons import Lesson
from autograder.marking.submissions import Raw, Submission

# Of the grader, what runs, judges and words a verdict; the demo, the books and the pages do not.
ROOMS = ("sealing", "marking")
# Beside the claims lies what only our own tests ask.
UNASKED = ("honest.py", "conftest.py")


def digest(*parts: str | bytes) -> str:
    """Return a digest of texts or bytes."""
    state = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass") if isinstance(part, str) else part
        state.update(len(data).to_bytes(8, "little"))
        state.update(data)
    return state.hexdigest()


@functools.cache
def of_library() -> str:
    """Return the digest of course_lib with its data, the claims, the judge, and numpy's version."""
    homes = [Path(file).parent for file in (course_lib.__file__, autograde_tests.__file__)]
    homes += [Path(autograder.__file__).parent / room for room in ROOMS]
    parts: list[str | bytes] = [np.__version__]
    for home in homes:
        for path in sorted(home.rglob("*")):
            if path.is_file() and path.name not in UNASKED and "__pycache__" not in path.parts:
                parts += [f"{home.name}/{path.relative_to(home)}", path.read_bytes()]
    return digest(*parts)


def of_lesson(lesson: Lesson) -> str:
    """Return the digest of a lesson: the released notebook, rubrics, data files, and private claims."""
    files = [part for name, content in sorted(lesson.files.items()) for part in (name, content)]
    private = [lesson.private.text] if lesson.private else []
    return digest(lesson.text, json.dumps(lesson.rubrics, sort_keys=True), *files, *private)


def of_file(raw: Raw, beside: dict[str, str]) -> str:
    """Return the digest of the bytes in a student's folder: while it is the same, so is `of_submission`.

    Times are no part of it: a copy may keep them, and a clock may jump.
    """
    return digest(raw.content, json.dumps([raw.unreadable, raw.notes, beside], sort_keys=True))


def of_submission(submission: Submission, beside: dict[str, str]) -> str:
    """Return the digest of what a student handed in, as far as it is read."""
    return digest(json.dumps([submission, beside], sort_keys=True, default=vars))
