"""Clipping, and sharpness at the edge of stability: lesson 11."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from course_lib._arguments import array, checked, count, floats, function, like, list_of, positive
from course_lib._types import Floats, Gradient
from course_lib.critical_points import hessian_vector_product


@checked(grads=floats, limit=positive)
def clip_by_value(grads: Floats, limit: float) -> Floats:
    """Cut every entry of a gradient to an interval around zero.

    g_i ← min(max(g_i, −limit), limit). This can turn the gradient's direction.

    Args:
        grads: g, an array of any shape.
        limit: the largest size an entry may keep, above 0.

    Returns:
        The clipped gradient, a new array of the shape and dtype of `grads`; infinity becomes the limit, NaN
        stays.

    Raises:
        TypeError: if `grads` holds no floating-point numbers or `limit` is no number.
        ValueError: if `limit` is not positive.

    Example:
        >>> clip_by_value(np.array([0.5, -3.0, 2.0]), 1.0)
        array([ 0.5, -1. ,  1. ])

    Reference:
        T. Mikolov (2012), "Statistical language models based on neural networks", PhD thesis, section 3.2.
    """
    return np.clip(grads, -limit, limit)


@checked(grads=list_of(floats), max_norm=positive)
def clip_by_global_norm(grads: Sequence[Floats], max_norm: float) -> tuple[list[Floats], float]:
    """Shorten the gradients of all parameters together where they are too long, keeping their direction.

    ‖g‖ = √(Σ over all arrays and entries of g_i²); g ← g·max_norm/‖g‖ if ‖g‖ > max_norm, else g stays.

    Args:
        grads: a list of arrays of any shapes, the gradients of a network's parameters.
        max_norm: the largest length that all of them together may keep, above 0.

    Returns:
        clipped: the list of clipped gradients, of the same shapes, new arrays.
        norm: ‖g‖ before clipping, a float. If it is NaN nothing is scaled.

    Raises:
        TypeError: if `grads` is no list of arrays of floating-point numbers or `max_norm` no number.
        ValueError: if the list is empty or `max_norm` is not positive.

    Example:
        >>> clip_by_global_norm([np.array([[3.0]]), np.array([0.0, 4.0])], 1.0)
        ([array([[0.6]]), array([0. , 0.8])], 5.0)

    Reference:
        R. Pascanu, T. Mikolov and Y. Bengio (2013), "On the difficulty of training recurrent neural
        networks", algorithm 1.
    """
    norm = float(np.linalg.norm([np.linalg.norm(g) for g in grads]))
    scale = max_norm / norm if norm > max_norm else 1.0
    return [g * scale for g in grads], norm


@checked(product=function, start=array(1), steps=count)
def power_iteration(
    product: Callable[[Floats], Floats], start: Floats, *, steps: int = 100
) -> tuple[float, Floats]:
    """Find the eigenvalue of largest size of a symmetric matrix that is known by its products alone.

    v ← start/‖start‖; then, `steps` times: p = H·v, λ = v·p, v ← p/‖p‖.
    If a product is all zeros, the answer is 0.0 and the v that gave it.

    The error of λ shrinks by about |λ₂/λ₁|² a step, where λ₁ and λ₂ are the two of largest size.

    Args:
        product: a function from v, shape `(d,)`, to H·v, shape `(d,)`. It is called once a step.
        start: where to start, shape `(d,)`, not zero; a random vector is almost never orthogonal to the
            answer.
        steps: how many products to take, at least 1.

    Returns:
        eigenvalue: λ, the last Rayleigh quotient, a float; negative if the eigenvalue of largest size is.
        eigenvector: the last v, of length 1, shape `(d,)`. Its sign has no meaning.

    Raises:
        TypeError: if `product` is no function, `start` no array or `steps` no whole number.
        ValueError: if `start` has not one axis or `steps` is below 1.

    Example:
        >>> H = np.diag([1.0, -5.0, 2.0])
        >>> eigenvalue, eigenvector = power_iteration(lambda v: H @ v, np.ones(3))
        >>> round(eigenvalue, 9), np.abs(eigenvector).round(9)
        (-5.0, array([0., 1., 0.]))

    Reference:
        G. Golub and C. Van Loan (2013), "Matrix computations", fourth edition, section 8.2.1.
    """
    v = start / np.linalg.norm(start)
    for _ in range(steps):
        p = product(v)
        if not np.any(p):
            return 0.0, v
        eigenvalue = float(v @ p)
        v = p / np.linalg.norm(p)
    return eigenvalue, v


@checked(gradient=function, params=array(1), start=like("params"), steps=count, h=positive)
def sharpness(
    gradient: Gradient, params: Floats, start: Floats, *, steps: int = 100, h: float = 1e-5
) -> float:
    """Measure the largest eigenvalue of the Hessian at a point.

    λmax(H), by `power_iteration` on Hessian-vector products, in two runs from `start`. The first, on H, gives
    λ₁ and v; the length b = ‖H·v‖ is the size of H's largest eigenvalue. The second, on H + b·I, whose
    eigenvalues are all 0 or more, gives λ₂. Neither λ₁ nor λ₂ − b can exceed λmax: the larger is returned.

    The first run alone finds a negative eigenvalue where that is the largest in size, and none at all where
    λ and −λ are. The second tells them apart; its error falls more slowly where λmax is the largest in size.

    Gradient descent with learning rate α is stable on a quadratic as long as λmax < 2/α.

    Args:
        gradient: ∇J, a function from a vector of shape `(d,)` to one of the same shape.
        params: θ, the point, shape `(d,)`.
        start: where power iteration starts, shape `(d,)`, not zero.
        steps: Hessian-vector products in each run, and one more for b; each costs two gradients.
        h: the distance of the central difference.

    Returns:
        λmax, a float: signed, so that it is negative at a maximum.

    Raises:
        TypeError: if `gradient` is no function, an array is none or `steps` no whole number.
        ValueError: if an array has not one axis, `steps` is below 1 or `h` is not positive.

    Example:
        >>> round(sharpness(lambda t: np.array([1.0, -5.0, 2.0]) * t, np.zeros(3), np.ones(3)), 6)
        2.0

    Reference:
        J. Cohen et al. (2021), "Gradient descent on neural networks typically occurs at the edge of
        stability", section 2.
    """

    def product(v: Floats) -> Floats:
        return hessian_vector_product(gradient, params, v, h)

    first, v = power_iteration(product, start, steps=steps)
    bound = float(np.linalg.norm(product(v)))
    second, _ = power_iteration(lambda v: product(v) + bound * v, start, steps=steps)
    return max(first, second - bound)
