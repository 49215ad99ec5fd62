"""`check` and `grade`: the two names that a notebook imports."""

import functools
import inspect
import os
import sys
from collections.abc import Callable, Iterable
from typing import Any

from autograde_tests.engine import alone, exercises, judge, messages
from autograde_tests.engine.exercises import Exercise
from autograde_tests.engine.student import LocalAnswerer


class CheckFailed(Exception):
    """What `check` raises: one readable message, in Jupyter without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


def check(function: Callable[..., Any]) -> None:
    """Ask every claim of the exercise that `function` answers, and say what is wrong.

    The numbers are the same every time.  In Jupyter it also says what of the answer the grader will not have.
    While nbgrader autogrades, the message is printed and nothing is raised, so that the cell goes on to its
    points.

    Args:
        function: the student's, or another callable; the exercise is the one whose name it has been given.

    Raises:
        CheckFailed: if a claim does not hold; its text is the message.
        TypeError: if `function` cannot be called, or is course_lib's own.
        LookupError: if no exercise has its name.
    """
    names = sys._getframe(1).f_globals
    exercise = _exercise_of(function, names)
    report = judge.examine(exercise, _answerer(exercise, function), judge.fixed_numbers(exercise))
    absent = alone.absent(exercise, names)
    message = "\n".join([messages.render(report), *(f"But when it is graded: {text}" for text in absent)])
    if report.passed or os.environ.get("NBGRADER_EXECUTION") == "autograde":
        print(message)
    else:
        raise CheckFailed(message)


def grade(function: Callable[..., Any]) -> float:
    """Ask every claim again, with fresh numbers.

    Args:
        function: the student's, or another callable; the exercise is the one whose name it has been given.

    Returns:
        The points, a built-in float: the exercise's, times the share of claims that hold.

    Raises:
        TypeError: if `function` cannot be called, or is course_lib's own.
        LookupError: if no exercise has its name.
    """
    exercise = _exercise_of(function, sys._getframe(1).f_globals)
    return judge.examine(exercise, _answerer(exercise, function), judge.fresh_numbers()).points


def _answerer(exercise: Exercise, function: Callable[..., Any]) -> LocalAnswerer:
    return LocalAnswerer({exercise.name: function}, seconds=exercise.seconds)


def _exercise_of(function: Any, names: dict[str, Any]) -> Exercise:
    """Return the exercise whose name `function` bears where `check` is called, else that of its own name.

    Args:
        function: what was passed in.
        names: the caller's global names.
    """
    if not callable(function):
        raise TypeError(f"pass the function itself, as in check(adam): got {type(function).__name__}")
    own = getattr(function, "__name__", None)
    own = own if isinstance(own, str) else type(function).__name__
    given = [name for name, value in names.items() if value is function and not name.startswith("_")]
    exercise = _first_exercise([own] * (own in given) + given) or exercises.find(own)
    theirs = getattr(_innermost(exercise.reference), "__code__", None)
    if theirs is not None and getattr(_innermost(function), "__code__", None) is theirs:
        raise TypeError(f"this is course_lib's own {exercise.name}: write yours in the cell above")
    return exercise


def _first_exercise(names: Iterable[str]) -> Exercise | None:
    for name in names:
        try:
            return exercises.find(name)
        except LookupError:
            continue
    return None


def _innermost(function: Any) -> Any:
    """Return the function inside partials, bound methods and wrappers."""
    for _ in range(20):
        if isinstance(function, functools.partial):
            function = function.func
        elif inspect.ismethod(function):
            function = function.__func__
        elif "__wrapped__" in getattr(function, "__dict__", {}):
            function = function.__wrapped__
        else:
            break
    return function
