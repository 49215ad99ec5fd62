"""Find the exercises: the classes in `NN_topic/test_claims.py` that carry `reference` and `points`."""

import functools
import importlib
import inspect
import pkgutil
import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

import autograde_tests
from autograde_tests.engine import honest, misconceptions
from autograde_tests.engine.honest import HonestAnswer
from autograde_tests.engine.misconceptions import Misconception
from autograde_tests.engine.student import Student

LESSON = re.compile(r"\d\d_\w+")


class Claim(NamedTuple):
    """One pytest function of an exercise."""

    name: str
    question: str
    function: Callable[..., Any]

    def run(self, student: Student, rng: np.random.Generator) -> None:
        """Call the claim; it raises `ClaimFailed` where it does not hold."""
        fixtures = {"student": student, "rng": rng}
        wanted = _wanted(self.function)
        self.function(**{name: value for name, value in fixtures.items() if name in wanted})


@functools.cache
def _wanted(function: Callable[..., Any]) -> frozenset[str]:
    return frozenset(inspect.signature(function).parameters)


@dataclass(frozen=True)
class Exercise:
    """One function that a student writes, and what is claimed of it.

    Attributes:
        name: the function's name, unique in the course.
        lesson: for example "06_momentum".
        points: for all claims together.
        claims: in the order in which they are asked.
        reference: the function of `course_lib`.
        summary: the docstring of the claims' class.
        seconds: time limit of one call.
        fresh: whether the value must share no memory with the arguments.
    """

    name: str
    lesson: str
    points: float
    claims: tuple[Claim, ...]
    reference: Callable[..., Any]
    summary: str
    seconds: float
    fresh: bool

    @property
    def misconceptions(self) -> tuple[Misconception, ...]:
        """The wrong versions that can be named for this exercise."""
        importlib.import_module(f"autograde_tests.{self.lesson}.misconceptions")
        return misconceptions.of_exercise(self.name)

    @functools.cached_property
    def results(self) -> tuple[str, ...]:
        """What the reference's docstring calls the items of its value, in a sentence; empty if it has one.

        Example:
            >>> find("clip_by_global_norm").results, find("momentum").results
            (('`clipped`', '`norm`'), ('the new parameters', 'the new velocity'))
        """
        section = re.search(r"^Returns:\n((?:[ \t]+.*\n?|\n)*)", inspect.getdoc(self.reference) or "", re.M)
        text = textwrap.dedent(section[1]) if section else ""
        entries = re.findall(r"^(\w+): ", text, re.M)
        listed = re.match(r"`\((\w+(?:, \w+)+)\)`|(\w+(?:, \w+)+): ", text)
        told = re.match(r"(?:The ([\w ]+?)(?:,[^,]*,)?) and the ([\w `]+?)[,.]", text)
        if len(entries) > 1:
            return tuple(f"`{name}`" for name in entries)
        if listed:
            return tuple(f"`{name}`" for name in (listed[1] or listed[2]).split(", "))
        return tuple(f"the {name}" for name in told.groups()) if told else ()

    @property
    def honest_answers(self) -> tuple[HonestAnswer, ...]:
        """Right versions, written in other ways."""
        importlib.import_module(f"autograde_tests.{self.lesson}.honest")
        return honest.of_exercise(self.name)


def lessons() -> list[str]:
    """Return the names of the lessons that have claims, in order."""
    names = (module.name for module in pkgutil.iter_modules(autograde_tests.__path__) if module.ispkg)
    return sorted(name for name in names if LESSON.fullmatch(name))


@functools.cache
def of_lesson(lesson: str) -> tuple[Exercise, ...]:
    """Return the exercises of a lesson, in the order of its claims module.

    Raises:
        LookupError: if there is no such lesson.
        ValueError: if a class of claims is not whole.
    """
    if lesson not in lessons():
        raise LookupError(f"there is no lesson {lesson!r}; there are {', '.join(lessons())}")
    module = importlib.import_module(f"autograde_tests.{lesson}.test_claims")
    for name, value in vars(module).items():
        if inspect.isclass(value) and name.startswith("Test"):
            _require_whole(f"autograde_tests/{lesson}/test_claims.py", value)
    asked = [
        value for value in vars(module).values() if inspect.isclass(value) and hasattr(value, "reference")
    ]
    return tuple(_exercise(lesson, definition) for definition in asked)


def _require_whole(file: str, definition: type) -> None:
    """Refuse a class of claims that lacks something, which would else be asked of nobody."""
    name = definition.__name__
    if not hasattr(definition, "reference"):
        raise ValueError(f"{file}: {name} has no `reference`, the function of course_lib that it asks about")
    if not hasattr(definition, "points"):
        raise ValueError(f"{file}: {name} has no `points`, what all its claims together give")
    if not claims_of(definition):
        raise ValueError(f"{file}: {name} has no claim, a method called `test_...` whose docstring asks")


def claims_of(definition: type) -> tuple[Claim, ...]:
    """Return the claims that a class holds, in the order in which they are written."""
    instance = definition()
    return tuple(
        Claim(name, inspect.getdoc(function) or name, getattr(instance, name))
        for name, function in vars(definition).items()
        if name.startswith("test_")
    )


@functools.cache
def find(name: str) -> Exercise:
    """Return the exercise called `name`.

    Raises:
        LookupError: if no lesson asks for it.
    """
    for lesson in lessons():
        for exercise in of_lesson(lesson):
            if exercise.name == name:
                return exercise
    raise LookupError(
        f"no exercise of this course is called {name!r}: has the function in your cell been renamed?"
    )


def _exercise(lesson: str, definition: Any) -> Exercise:
    reference = definition.reference
    return Exercise(
        name=reference.__name__,
        lesson=lesson,
        points=definition.points,
        claims=claims_of(definition),
        reference=reference,
        summary=inspect.getdoc(definition) or "",
        seconds=getattr(definition, "seconds", 5.0),
        fresh=getattr(definition, "fresh", False),
    )
