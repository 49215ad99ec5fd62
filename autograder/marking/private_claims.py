"""Claims that an instructor keeps outside the course, for an exam: they count, and are never told.

`FOLDER/06_momentum.py` holds classes like those of `autograde_tests/06_momentum/test_claims.py`, without
points. It goes to the processes that judge as text, and may import the course's packages and no neighbour.
"""

import difflib
import functools
import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np

from autograde_tests.engine import exercises, judge
from autograde_tests.engine.exercises import Claim, Exercise
from autograde_tests.engine.student import LocalAnswerer
from autograder.errors import LessonError

TOLD = "A further question, asked of all."  # in place of a private claim's own
DRAWS = 10  # of numbers for which a claim must hold on the reference before anyone is judged by it
SECONDS_OF_THE_REFERENCE = 60.0


@dataclass(frozen=True)
class PrivateClaims:
    """A lesson's file of private claims.

    Attributes:
        lesson: The lesson's name.
        path: Where the file lies, for messages; it is not read again.
        text: Its text.
    """

    lesson: str
    path: str
    text: str

    def add_to(self, exercise: Exercise, *, told: bool = False) -> Exercise:
        """Return an exercise with its private claims, which are asked after the public ones.

        Args:
            exercise: An `Exercise` of the lesson.
            told: With their own questions, for the instructor alone; otherwise each asks `TOLD`.

        Raises:
            LessonError: If the file cannot be used.
        """
        added = tuple(
            Claim(f"{claim.name} (private)", claim.question if told else TOLD, claim.function)
            for definition in _definitions(self)
            if _asked_in(definition) == exercise.name
            for claim in exercises.claims_of(definition)
        )
        return replace(exercise, claims=exercise.claims + added)


def read(folder: Path, lesson: str) -> PrivateClaims | None:
    """Read what a folder asks of a lesson.

    Args:
        folder: The folder of private claims.
        lesson: The lesson's name.

    Returns:
        Claims that hold for the references, or None where the folder asks nothing of this lesson.

    Raises:
        LessonError: If something in the folder cannot be used.
    """
    path = folder / f"{lesson}.py"
    try:
        for name in sorted(entry.name for entry in folder.iterdir()):
            _require_lesson(folder, name)
        if not path.exists():
            return None
        private = PrivateClaims(lesson, str(path), path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "a file is no text in UTF-8"
        raise LessonError(f"the private claims in {folder} cannot be read: {reason}") from error
    _require_sound(private)
    return private


def _require_lesson(folder: Path, name: str) -> None:
    """Refuse a file that would never be asked, since it is named after no lesson."""
    known = [f"{lesson}.py" for lesson in exercises.lessons()]
    if name.startswith((".", "_")) or name in known or not (name.endswith(".py") or (folder / name).is_dir()):
        return
    near = difflib.get_close_matches(name, known, n=1)
    meant = f"; did you mean {near[0]}?" if near else ""
    raise LessonError(
        f"{folder / name} would never be asked: private claims are a file a lesson, as 06_momentum.py{meant}"
    )


@functools.cache
def _definitions(private: PrivateClaims) -> tuple[Any, ...]:
    """Run the file; return the classes in it that ask something, or are called as if they did."""
    module = ModuleType(f"private claims of {private.lesson}")
    try:
        exec(compile(private.text, private.path, "exec"), vars(module))
    except Exception as error:
        raise LessonError(f"{private.path} cannot be run ({type(error).__name__}: {error})") from error
    classes = {name: value for name, value in vars(module).items() if inspect.isclass(value)}
    return tuple(
        value for name, value in classes.items() if name.startswith("Test") or hasattr(value, "reference")
    )


@functools.cache
def _require_sound(private: PrivateClaims) -> None:
    """Refuse what would take points from right answers or ask nothing.

    Raises:
        LessonError: If there is such a claim.
    """
    complaint = next(_complaints(private), None)
    if complaint is not None:
        raise LessonError(f"{private.path}: {complaint}")


def _complaints(private: PrivateClaims) -> Iterator[str]:
    known = {exercise.name: exercise for exercise in exercises.of_lesson(private.lesson)}
    if not _definitions(private):
        yield "there is no class in it that asks about an exercise"
    seen = set()
    for definition in _definitions(private):
        name = _asked_in(definition)
        claims = exercises.claims_of(definition)
        if name not in known:
            yield (
                f"{definition.__name__} has no `reference`, the function of course_lib that it asks about, "
                f"or one that is no exercise of {private.lesson}"
            )
            continue
        if hasattr(definition, "points"):
            yield f"{definition.__name__} has points; take them out, the lesson's graded cell gives them"
        if not claims:
            yield f"{definition.__name__} has no claim, a method called `test_...`"
        for claim in claims:
            if (name, claim.name) in seen:
                yield f"two claims of {name} are called {claim.name}"
            seen.add((name, claim.name))
            yield from _complaints_of(claim, replace(known[name], claims=(claim,)))


def _asked_in(definition: Any) -> str:
    """Return the name of the exercise that a class asks about, or ""."""
    return getattr(getattr(definition, "reference", None), "__name__", "")


def _complaints_of(claim: Claim, exercise: Exercise) -> Iterator[str]:
    called = f"{claim.name} of {exercise.name}"
    if not inspect.getdoc(claim.function):
        yield f"{called} has no docstring, the question that it asks"
    try:
        if not all(_holds(exercise, exercise.reference, seed) for seed in range(DRAWS)):
            yield f"{called} does not hold for the reference"
        if _holds(exercise, lambda *args, **kwargs: None, 0):
            yield f"{called} holds for an answer that returns nothing: does it ask anything?"
    except judge.JudgeError as error:
        cause = error.__cause__
        yield f"{called} fails on the reference ({type(cause).__name__}: {cause})"


def _holds(exercise: Exercise, function: Callable[..., Any], seed: int) -> bool:
    answerer = LocalAnswerer({exercise.name: function}, seconds=SECONDS_OF_THE_REFERENCE)
    with np.errstate(all="ignore"):
        report = judge.examine(
            exercise, answerer, lambda claim: np.random.default_rng(seed), name_misconceptions=False
        )
    return report.passed
