"""Checks of arguments, kept out of the formulas.

A reference implementation is its formula and nothing else; what must hold of its arguments stands above it:

    @checked(params=floats, grads=like("params"), state=optional(like("params")), lr=non_negative, beta=decay)
    def momentum(params, grads, state=None, *, lr, beta=0.9):

A rule is a function `(name, value, arguments)` that returns the value to use or raises a `TypeError` or a
`ValueError` whose sentence begins with the argument's name. `arguments` holds all arguments by name; those
that were checked before are clean already. Rules run in the order in which they are written, and only on
what the caller passed. They look at types, dtypes and shapes, never at the entries of an array, so a check
costs the same for ten parameters as for a million, and NaN and infinity pass. (`symmetric` alone
compares entries: a Hessian that is written down is small.)
"""

from __future__ import annotations

import functools
import inspect
import math
import numbers
import types
from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar, cast

import numpy as np

from course_lib._types import Array

Rule: TypeAlias = Callable[..., Any]  # of (name, value, arguments)
Function = TypeVar("Function", bound=Callable[..., Any])


def checked(**rules: Rule) -> Callable[[Function], Function]:
    """Return a decorator that passes each argument through the rule of its name.

    Args:
        **rules: argument name to rule.

    Returns:
        A decorator. The name, docstring, signature and doctests of what it decorates survive.

    Example:
        >>> @checked(lr=non_negative)
        ... def half(*, lr):
        ...     return lr / 2
        >>> half(lr=np.float32(0.5))
        0.25
        >>> half(lr=-1)
        Traceback (most recent call last):
            ...
        ValueError: lr must not be negative, got -1
    """

    def decorate(function: Function) -> Function:
        parameters = inspect.signature(function).parameters
        unknown = [name for name in rules if name not in parameters]
        if unknown:
            raise TypeError(f"{function.__name__} has no argument {', '.join(unknown)} to check")
        positional = [name for name, it in parameters.items() if it.kind is it.POSITIONAL_OR_KEYWORD]

        def call(*args: Any, **kwargs: Any) -> Any:
            if len(args) > len(positional) or any(name in kwargs for name in positional[: len(args)]):
                return function(*args, **kwargs)  # a wrong call: Python's own message says it best
            arguments = dict(zip(positional, args), **kwargs)  # noqa: B905 - the rest has defaults
            for name, rule in rules.items():
                if name in arguments:
                    arguments[name] = rule(name, arguments[name], arguments)
            return function(**arguments)

        # doctest collects a function only from the module whose globals it has.
        at_home = types.FunctionType(call.__code__, function.__globals__, closure=call.__closure__)
        return cast(Function, functools.wraps(function)(at_home))

    return decorate


# Numbers: turned into Python's own, so that an np.float64 hyperparameter does not widen float32 arrays.


def number(name: str, value: Any, arguments: Any = None) -> float:
    """Any finite real number, as a float."""
    plain = value[()] if isinstance(value, np.ndarray) and value.shape == () else value
    if isinstance(plain, bool) or not isinstance(plain, numbers.Real):
        raise TypeError(f"{name} must be a number, got {type(value).__name__}")
    if not math.isfinite(plain):
        raise ValueError(f"{name} must be finite, got {plain}")
    return float(plain)


def positive(name: str, value: Any, arguments: Any = None) -> float:
    """A number above zero."""
    plain = number(name, value)
    if plain <= 0:
        raise ValueError(f"{name} must be positive, got {value}")
    return plain


def non_negative(name: str, value: Any, arguments: Any = None) -> float:
    """A number that is zero or above it."""
    plain = number(name, value)
    if plain < 0:
        raise ValueError(f"{name} must not be negative, got {value}")
    return plain


def decay(name: str, value: Any, arguments: Any = None) -> float:
    """A number in [0, 1): how much of the past is kept."""
    plain = number(name, value)
    if not 0 <= plain < 1:
        raise ValueError(f"{name} must lie in [0, 1), got {value}")
    return plain


def fraction(name: str, value: Any, arguments: Any = None) -> float:
    """A number in (0, 1]."""
    plain = number(name, value)
    if not 0 < plain <= 1:
        raise ValueError(f"{name} must lie in (0, 1], got {value}")
    return plain


def share(name: str, value: Any, arguments: Any = None) -> float:
    """A number in (0, 1)."""
    plain = number(name, value)
    if not 0 < plain < 1:
        raise ValueError(f"{name} must lie in (0, 1), got {value}")
    return plain


def whole(name: str, value: Any, arguments: Any = None) -> int:
    """A whole number from 0, as an int."""
    plain = number(name, value)
    if plain != int(plain):
        raise TypeError(f"{name} must be a whole number, got {value}")
    if plain < 0:
        raise ValueError(f"{name} must not be negative, got {value}")
    return int(plain)


def count(name: str, value: Any, arguments: Any = None) -> int:
    """A whole number from 1, as an int."""
    plain = whole(name, value)
    if plain < 1:
        raise ValueError(f"{name} must be at least 1, got {value}")
    return plain


def counts(name: str, value: Any, arguments: Any = None) -> Any:
    """A whole number from 1, as an int; or an array of whole numbers of any shape, as it is."""
    if not isinstance(value, np.ndarray) or value.shape == ():
        return count(name, value)
    if value.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold whole numbers, got {value.dtype}")
    return value


def one_of(*choices: str) -> Rule:
    """One of the strings given."""

    def rule(name: str, value: Any, arguments: Any = None) -> str:
        if not isinstance(value, str):
            raise TypeError(f"{name} must be a string, got {type(value).__name__}")
        if value not in choices:
            raise ValueError(f"{name} must be one of {', '.join(map(repr, choices))}, got {value!r}")
        return value

    return rule


# Arrays: returned as they are.


def floats(name: str, value: Any, arguments: Any = None) -> Any:
    """An array of floating-point numbers of any shape, or one such number."""
    if isinstance(value, float):
        return value
    dtype = getattr(value, "dtype", None)
    if dtype is None:
        raise TypeError(f"{name} must be an array of floating-point numbers, got {type(value).__name__}")
    if dtype.kind != "f":
        raise TypeError(f"{name} must hold floating-point numbers, got {dtype}")
    return value


_KINDS = {"f": "floating-point numbers", "i": "integers", "u": "integers", "b": "booleans"}


def array(ndim: int, *, kinds: str = "f") -> Rule:
    """An array with `ndim` axes, of one of the dtype kinds: the letters of `_KINDS`, as in numpy."""

    def rule(name: str, value: Any, arguments: Any = None) -> Array:
        if not isinstance(value, np.ndarray):
            raise TypeError(f"{name} must be an array, got {type(value).__name__}")
        if value.dtype.kind not in kinds:
            allowed = " or ".join(dict.fromkeys(_KINDS[kind] for kind in kinds))
            raise TypeError(f"{name} must hold {allowed}, got {value.dtype}")
        if value.ndim != ndim:
            axes = "axis" if ndim == 1 else "axes"
            raise ValueError(f"{name} must have {ndim} {axes}, got shape {value.shape}")
        return value

    return rule


def like(other: str) -> Rule:
    """Floats of the shape and dtype of the argument `other`."""

    def rule(name: str, value: Any, arguments: Any) -> Any:
        floats(name, value)
        model = arguments[other]
        if np.shape(value) != np.shape(model):
            raise ValueError(
                f"{name} must have the shape of {other}, {np.shape(model)}, got {np.shape(value)}"
            )
        # A Python float has no dtype of its own: it takes that of its neighbor.
        if hasattr(value, "dtype") and hasattr(model, "dtype") and value.dtype != model.dtype:
            raise TypeError(f"{name} must have the dtype of {other}, {model.dtype}, got {value.dtype}")
        return value

    return rule


def numeric(name: str, value: Any, arguments: Any = None) -> Array:
    """Numbers of any real dtype and any shape, a list or a single one too: returned as an array."""
    entries = np.asarray(value)
    if entries.dtype.kind not in "fiu":
        raise TypeError(f"{name} must hold numbers, got {type(value).__name__} of {entries.dtype}")
    return entries


def numeric_like(other: str) -> Rule:
    """Numbers of the shape of the argument `other`, whatever its dtype: returned as an array."""

    def rule(name: str, value: Any, arguments: Any) -> Array:
        entries, expected = numeric(name, value), np.shape(arguments[other])
        if entries.shape != expected:
            raise ValueError(f"{name} must have the shape of {other}, {expected}, got {entries.shape}")
        return entries

    return rule


def filled(rule: Rule) -> Rule:
    """What `rule` lets pass, with at least one entry."""

    def rule_and_some(name: str, value: Any, arguments: Any = None) -> Any:
        value = rule(name, value, arguments)
        if np.size(value) == 0:
            raise ValueError(f"{name} must not be empty, got shape {np.shape(value)}")
        return value

    return rule_and_some


def symmetric(name: str, value: Any, arguments: Any = None) -> Array:
    """A square matrix that equals its transpose, up to what finite differences leave."""
    array(2, kinds="fi")(name, value)
    if value.shape[0] != value.shape[1] or value.shape[0] == 0:
        raise ValueError(f"{name} must be square, got shape {value.shape}")
    if np.abs(value - value.T).max() > 1e-3 * np.abs(value).max():
        raise ValueError(f"{name} must be symmetric")
    return value


def list_of(rule: Rule) -> Rule:
    """A list or tuple of at least one of what `rule` lets pass."""

    def rule_for_each(name: str, value: Any, arguments: Any = None) -> list[Any]:
        if not isinstance(value, (list, tuple)):
            raise TypeError(f"{name} must be a list, got {type(value).__name__}")
        if not value:
            raise ValueError(f"{name} must not be an empty list")
        return [rule(f"{name}[{index}]", item, arguments) for index, item in enumerate(value)]

    return rule_for_each


def optional(rule: Rule) -> Rule:
    """None, or what `rule` lets pass."""

    def rule_or_none(name: str, value: Any, arguments: Any = None) -> Any:
        return None if value is None else rule(name, value, arguments)

    return rule_or_none


# Other things.


def function(name: str, value: Any, arguments: Any = None) -> Any:
    """Anything that can be called."""
    if not callable(value):
        raise TypeError(f"{name} must be a function, got {type(value).__name__}")
    return value


def generator(name: str, value: Any, arguments: Any = None) -> np.random.Generator:
    """A numpy random generator."""
    if not isinstance(value, np.random.Generator):
        raise TypeError(f"{name} must be a numpy.random.Generator, got {type(value).__name__}")
    return value
