"""Named mistakes: wrong versions of an exercise, each with the hint that mends it."""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


class Misconception(NamedTuple):
    """A wrong version of an exercise, written as a student would write it."""

    exercise: str
    name: str
    hint: str
    function: Callable[..., Any]


_registry: dict[str, list[Misconception]] = {}


def misconception(exercise: str) -> Callable[[Function], Function]:
    """Register the decorated function as a wrong version of `exercise`; its docstring is the hint.

    Raises:
        ValueError: if it has no docstring, or its name is taken.

    Example:
        >>> @misconception("an_exercise")
        ... def takes_the_minimum(values):
        ...     '''This is the smallest entry: the largest is wanted.'''
        ...     return min(values)
        >>> [wrong.name for wrong in of_exercise("an_exercise")]
        ['takes_the_minimum']
    """

    def register(function: Function) -> Function:
        name, hint = function.__name__, inspect.getdoc(function)
        if not hint:
            raise ValueError(f"the misconception {name} of {exercise} needs a docstring: it is the hint")
        known = _registry.setdefault(exercise, [])
        if any(wrong.name == name for wrong in known):
            raise ValueError(f"{exercise} has two misconceptions called {name}")
        known.append(Misconception(exercise, name, " ".join(hint.split()), function))
        return function

    return register


def of_exercise(exercise: str) -> tuple[Misconception, ...]:
    """Return the misconceptions registered for an exercise, in the order in which they were written."""
    return tuple(_registry.get(exercise, ()))


def registered() -> frozenset[str]:
    """Return the names for which misconceptions are registered so far."""
    return frozenset(_registry)
