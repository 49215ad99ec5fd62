"""`check` and `grade`: the two names that a notebook imports."""

import inspect
import os

from autograde_tests.engine import exercises, judge, messages
from autograde_tests.engine.student import LocalAnswerer


class CheckFailed(Exception):
    """What `check` raises: one readable message, in Jupyter without a traceback."""

    def _render_traceback_(self):
        return str(self).splitlines()


def check(function):
    """Ask every claim of the exercise that `function` answers, and say what is wrong.

    The numbers are the same every time.  While nbgrader autogrades, the message is printed and nothing is
    raised, so that the cell goes on to its points.

    Args:
        function: the student's; its name is the exercise's.

    Raises:
        CheckFailed: if a claim does not hold; its text is the message.
        TypeError: if `function` is not a function, or is course_lib's own.
        LookupError: if no exercise has its name.
    """
    exercise = _exercise_of(function)
    report = judge.examine(exercise, _answerer(exercise, function), judge.fixed_numbers(exercise))
    message = messages.render(report)
    if report.passed or os.environ.get("NBGRADER_EXECUTION") == "autograde":
        print(message)
    else:
        raise CheckFailed(message)


def grade(function):
    """Ask every claim again, with fresh numbers.

    Args:
        function: the student's; its name is the exercise's.

    Returns:
        The points, a built-in float: the exercise's, times the share of claims that hold.

    Raises:
        TypeError: if `function` is not a function, or is course_lib's own.
        LookupError: if no exercise has its name.
    """
    exercise = _exercise_of(function)
    return judge.examine(exercise, _answerer(exercise, function), judge.fresh_numbers()).points


def _answerer(exercise, function):
    return LocalAnswerer({exercise.name: function}, seconds=exercise.seconds)


def _exercise_of(function):
    if not inspect.isfunction(function):
        raise TypeError(f"pass the function itself, as in check(adam): got {type(function).__name__}")
    exercise = exercises.find(function.__name__)
    if inspect.unwrap(function).__code__ is inspect.unwrap(exercise.reference).__code__:
        raise TypeError(f"this is course_lib's own {exercise.name}: write yours in the cell above")
    return exercise
