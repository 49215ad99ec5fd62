"""Find the exercises: the classes in `test_NN_topic.py` that carry `exercise` and `points`."""

import functools
import importlib
import inspect
import pkgutil
import re
from dataclasses import dataclass
from typing import NamedTuple

import autograde_tests
from autograde_tests import misconceptions

LESSON = re.compile(r"test_(\d\d_\w+)")


class Claim(NamedTuple):
    """One pytest function of an exercise."""

    name: str
    question: str
    function: object

    def run(self, student, rng):
        """Call the claim; it raises `ClaimFailed` where it does not hold."""
        fixtures = {"student": student, "rng": rng}
        wanted = inspect.signature(self.function).parameters
        self.function(**{name: value for name, value in fixtures.items() if name in wanted})


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
    claims: tuple
    reference: object
    summary: str
    seconds: float
    fresh: bool

    @property
    def misconceptions(self):
        """The wrong versions that can be named for this exercise."""
        try:
            importlib.import_module(f"autograde_tests.misconceptions_{self.lesson}")
        except ModuleNotFoundError as error:
            if error.name != f"autograde_tests.misconceptions_{self.lesson}":
                raise
        return misconceptions.of_exercise(self.name)


def lessons():
    """Return the names of the lessons that have claims, in order."""
    names = (LESSON.fullmatch(module.name) for module in pkgutil.iter_modules(autograde_tests.__path__))
    return sorted(match.group(1) for match in names if match)


@functools.cache
def of_lesson(lesson):
    """Return the exercises of a lesson, in the order of its claims module.

    Raises:
        LookupError: if there is no such lesson.
    """
    if lesson not in lessons():
        raise LookupError(f"there is no lesson {lesson!r}; there are {', '.join(lessons())}")
    module = importlib.import_module(f"autograde_tests.test_{lesson}")
    asked = [
        value for value in vars(module).values() if inspect.isclass(value) and hasattr(value, "exercise")
    ]
    return tuple(_exercise(lesson, module, definition) for definition in asked)


@functools.cache
def find(name):
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


def _exercise(lesson, module, definition):
    instance = definition()
    claims = tuple(
        Claim(name, inspect.getdoc(function) or name, getattr(instance, name))
        for name, function in vars(definition).items()
        if name.startswith("test_")
    )
    return Exercise(
        name=definition.exercise,
        lesson=lesson,
        points=definition.points,
        claims=claims,
        reference=_reference(module, definition.exercise),
        summary=inspect.getdoc(definition) or "",
        seconds=getattr(definition, "seconds", 5.0),
        fresh=getattr(definition, "fresh", False),
    )


def _reference(module, name):
    """The function called `name` in one of the course_lib modules that the claims import."""
    for value in vars(module).values():
        if inspect.ismodule(value) and value.__name__.startswith("course_lib."):
            function = getattr(value, name, None)
            if function is not None and function.__module__ == value.__name__:
                return function
    raise LookupError(f"{module.__name__} imports no course_lib module that defines {name}")
