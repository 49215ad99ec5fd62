"""Checking a gradient against finite differences: lesson 03."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from course_lib._arguments import (
    Rule,
    checked,
    filled,
    function,
    list_of,
    non_negative,
    numeric,
    numeric_like,
    positive,
)
from course_lib._types import Array, Floats, Gradient, Shape


def _vector_of_shapes(name: str, value: Any, arguments: Any) -> Sequence[Shape]:
    """Shapes whose sizes add up to the length of the argument `vector`."""
    if not isinstance(value, (list, tuple)):
        raise TypeError(f"{name} must be a list of shapes, got {type(value).__name__}")
    if not value:
        raise ValueError(f"{name} must hold at least one shape")
    vector = arguments["vector"]
    if np.ndim(vector) != 1:
        raise ValueError(f"vector must have 1 axis, got shape {np.shape(vector)}")
    expected = sum(int(np.prod(shape)) for shape in value)
    if len(vector) != expected:
        raise ValueError(f"{name} need a vector of {expected} entries, got {len(vector)}")
    return value


def _gradient_of(other: str) -> Rule:
    """A function whose result, when it is called, must have the shape of the argument `other`."""

    def rule(name: str, value: Any, arguments: Any) -> Gradient:
        gradient = function(name, value)
        return lambda params: numeric_like(other)(f"what {name} returns", gradient(params), arguments)

    return rule


def _error(name: str, value: Any, arguments: Any = None) -> float:
    """An error that a check returned: not negative; NaN and infinity are errors too."""
    if isinstance(value, (float, np.floating)) and not np.isfinite(value) and not value < 0:
        return float(value)
    return non_negative(name, value)


def _truth(name: str, value: Any, arguments: Any = None) -> bool:
    """True or False."""
    if not isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be True or False, got {type(value).__name__}")
    return bool(value)


@checked(f=function, params=numeric, h=positive)
def numerical_gradient(f: Callable[[Floats], float], params: Array, h: float = 1e-5) -> Floats:
    """Approximate the gradient of a function by central differences, one entry at a time.

    ∂f/∂θ_i ≈ (f(θ + h·e_i) − f(θ − h·e_i)) / (2h), where e_i is 1 at entry i and 0 elsewhere.

    The error is O(h²) from the formula and O(u/h) from rounding, where u is the precision of the dtype, so
    the best h is near u^⅓: about 6e-6 for float64 and 5e-3 for float32.

    Args:
        f: a function of an array like `params` that returns a number.
        params: θ, the point, an array of any shape. Whole numbers are taken as floats; `params` stays as it
            is.
        h: the distance to each side.

    Returns:
        The approximate gradient, in the shape of `params`; float32 for float32, else float64. `f` is called
        twice an entry.

    Raises:
        TypeError: if `f` is no function, or `params` or `h` no numbers.
        ValueError: if `h` is not positive.

    Example:
        >>> numerical_gradient(lambda theta: np.sum(theta**2), np.array([[1.0, -2.0, 3.0]])).round(6)
        array([[ 2., -4.,  6.]])

    Reference:
        J. Nocedal and S. J. Wright (2006), "Numerical optimization", second edition, equation 8.7.
    """
    params = np.multiply(params, 1.0)  # whole numbers become floats; float32 stays float32
    gradient = np.zeros_like(params)
    for index in np.ndindex(params.shape):
        step = np.zeros_like(params)
        step[index] = h
        gradient[index] = (f(params + step) - f(params - step)) / (2 * h)
    return gradient


@checked(a=numeric, b=filled(numeric_like("a")))
def relative_error(a: Array, b: Array) -> float:
    """Measure how far two arrays are apart where they differ most, relative to their size there.

    max over i of |a_i − b_i| / max(|a_i|, |b_i|), where an entry at which both are 0 counts as 0.

    Args:
        a: an array of any shape.
        b: an array of the same shape.

    Returns:
        The largest relative error, a float: 0 for equal arrays, at most 2, NaN if an entry is NaN.

    Raises:
        TypeError: if `a` or `b` holds no numbers.
        ValueError: if the shapes differ or the arrays are empty.

    Example:
        >>> relative_error(np.array([1.0, 0.0, -4.0]), np.array([1.0, 0.0, -5.0]))
        0.2

    Reference:
        A. Karpathy (2015), notes of Stanford's CS231n, "Gradient checks".
    """
    gap = np.abs(a - b)
    scale = np.maximum(np.abs(a), np.abs(b))
    return float(np.max(gap / np.where(scale == 0, 1, scale)))


@checked(arrays=list_of(numeric))
def flatten(arrays: Sequence[Array]) -> tuple[Array, list[Shape]]:
    """Lay several arrays end to end in one vector.

    Each array is read row by row (the last axis fastest), in the order of the list.

    Args:
        arrays: a list of arrays of any shapes; a number counts as an array of shape `()`.

    Returns:
        vector: all entries, shape `(total,)`, a copy.
        shapes: the list of the arrays' shapes, which `unflatten` needs.

    Raises:
        TypeError: if `arrays` is no list or tuple, or one of them holds no numbers.
        ValueError: if the list is empty.

    Example:
        >>> flatten([np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0])])
        (array([1., 2., 3., 4., 5.]), [(2, 2), (1,)])

    Reference:
        A. Ng (2017), "Improving deep neural networks", "Gradient checking": "concatenate into a big vector".
    """
    vector = np.concatenate([np.ravel(array) for array in arrays])
    shapes = [np.shape(array) for array in arrays]
    return vector, shapes


@checked(vector=numeric, shapes=_vector_of_shapes)
def unflatten(vector: Array, shapes: Sequence[Shape]) -> list[Array]:
    """Cut a vector back into the arrays that `flatten` laid end to end.

    Args:
        vector: the entries, shape `(total,)`.
        shapes: the shapes of the arrays, in order; `()` for a number.

    Returns:
        The list of arrays, copies: to change one changes neither `vector` nor another.

    Raises:
        TypeError: if `vector` holds no numbers or `shapes` is no list or tuple.
        ValueError: if `vector` has more than one axis, or its length is not that of the shapes together.

    Example:
        >>> unflatten(np.array([1.0, 2.0, 3.0, 4.0, 5.0]), [(2, 2), (1,)])
        [array([[1., 2.],
               [3., 4.]]), array([5.])]

    Reference:
        A. Ng (2017), "Improving deep neural networks", "Gradient checking".
    """
    sizes = [np.prod(shape, dtype=int) for shape in shapes]
    pieces = np.split(vector, np.cumsum(sizes)[:-1])
    return [np.array(piece.reshape(shape)) for piece, shape in zip(pieces, shapes, strict=True)]


@checked(loss=function, params=numeric, gradient=_gradient_of("params"), h=positive)
def gradient_check(
    loss: Callable[[Floats], float], gradient: Gradient, params: Array, h: float = 1e-5
) -> float:
    """Compare a gradient with central differences of the loss it should belong to.

    ‖a − n‖ / (‖a‖ + ‖n‖), where a is the gradient as programmed, n is `numerical_gradient` and ‖·‖ is the
    root of the sum of squares over all entries. Where both are all zeros the error is 0.

    Args:
        loss: J, a function of an array like `params` that returns a number.
        gradient: the gradient to check, a function of `params` that returns an array of its shape.
        params: θ, where to check, an array of any shape.
        h: the distance to each side in `numerical_gradient`.

    Returns:
        The error, a float from 0 (the same) to 1 (opposite, or one of the two is zero); NaN if a NaN occurs.

    Raises:
        TypeError: if `loss` or `gradient` is no function, or `params` or `h` no numbers.
        ValueError: if `h` is not positive, or what `gradient` returns has not the shape of `params`.

    Example:
        >>> theta = np.array([1.0, -2.0, 3.0])
        >>> gradient_check(lambda t: np.sum(t**2), lambda t: 2 * t, theta) < 1e-9
        True
        >>> round(gradient_check(lambda t: np.sum(t**2), lambda t: t, theta), 6)
        0.333333

    Reference:
        A. Ng (2017), "Improving deep neural networks", "Gradient checking".
    """
    analytic = gradient(params)
    numerical = numerical_gradient(loss, params, h)
    scale = np.linalg.norm(analytic) + np.linalg.norm(numerical)
    if scale == 0:
        return 0.0
    return float(np.linalg.norm(analytic - numerical) / scale)


@checked(error=_error, has_kinks=_truth)
def verdict(error: float, has_kinks: bool) -> str:
    """Judge the error of a gradient check in float64.

    | error            | smooth objective | objective with kinks |
    |------------------|------------------|----------------------|
    | above 1e-2, NaN  | `"wrong"`        | `"wrong"`            |
    | 1e-4 to 1e-2     | `"suspicious"`   | `"suspicious"`       |
    | 1e-7 to 1e-4     | `"suspicious"`   | `"ok"`               |
    | 1e-7 and less    | `"good"`         | `"good"`             |

    An error on a boundary belongs to the better side. A kink is a point without a derivative, as ReLU's at 0.

    Args:
        error: the relative error, 0 or larger; NaN is allowed.
        has_kinks: True if the objective has kinks, False if it is smooth.

    Returns:
        `"wrong"`, `"suspicious"`, `"ok"` or `"good"`.

    Raises:
        TypeError: if `error` is no number or `has_kinks` neither True nor False.
        ValueError: if `error` is negative.

    Example:
        >>> verdict(3e-6, has_kinks=True), verdict(3e-6, has_kinks=False)
        ('ok', 'suspicious')

    Reference:
        A. Karpathy (2015), notes of Stanford's CS231n, "Gradient checks".
    """
    if not error <= 1e-2:  # this way round, NaN is wrong too
        return "wrong"
    if error <= 1e-7:
        return "good"
    if error <= 1e-4 and has_kinks:
        return "ok"
    return "suspicious"


def planted_bugs() -> dict[str, str]:
    """Say what is wrong with the backward pass of each network of `course_lib.broken_networks`.

    Exactly one of the four is right, and each bug occurs once. Each answer is one of
    `course_lib.broken_networks.DIAGNOSES`:

    - `"correct"`: the gradient is that of the loss.
    - `"missing 1/n"`: the data part is summed over the examples, not averaged.
    - `"l2 on the bias"`: the penalty's gradient reaches the biases, which the loss does not penalize.
    - `"mask of the wrong layer"`: the backward pass of one hidden layer uses the other one's dropout mask.

    Returns:
        A dict with the keys `"A"`, `"B"`, `"C"`, `"D"` and a diagnosis each.

    Example:
        >>> sorted(planted_bugs())
        ['A', 'B', 'C', 'D']
    """
    return {
        "A": "mask of the wrong layer",
        "B": "missing 1/n",
        "C": "correct",
        "D": "l2 on the bias",
    }
