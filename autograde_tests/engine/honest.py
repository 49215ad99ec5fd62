"""Honest answers: right ones, written in other ways than the reference, which must get full marks."""

from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

Function = TypeVar("Function", bound=Callable[..., Any])


class HonestAnswer(NamedTuple):
    """A right version of an exercise, as a student might write it."""

    exercise: str
    name: str
    function: Callable[..., Any]


_registry: dict[str, list[HonestAnswer]] = {}


def honest(exercise: str) -> Callable[[Function], Function]:
    """Register the decorated function as a right answer to `exercise`.

    Raises:
        ValueError: if the exercise has an answer of that name already.

    Example:
        >>> @honest("an_honest_exercise")
        ... def with_sorted(values):
        ...     return sorted(values)[0]
        >>> [answer.name for answer in of_exercise("an_honest_exercise")]
        ['with_sorted']
    """

    def register(function: Function) -> Function:
        known = _registry.setdefault(exercise, [])
        if any(answer.name == function.__name__ for answer in known):
            raise ValueError(f"{exercise} has two honest answers called {function.__name__}")
        known.append(HonestAnswer(exercise, function.__name__, function))
        return function

    return register


def of_exercise(exercise: str) -> tuple[HonestAnswer, ...]:
    """Return the honest answers registered for an exercise, in the order in which they were written."""
    return tuple(_registry.get(exercise, ()))


def registered() -> frozenset[str]:
    """Return the names for which honest answers are registered so far."""
    return frozenset(_registry)
