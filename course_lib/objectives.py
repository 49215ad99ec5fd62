"""Landscapes to descend: small functions whose value, gradient and Hessian are known by formula.

Parameters have shape (d,). `value` and `grad` also take shape (d, ...), many points at once, as a contour
figure needs them; values and gradients keep the dtype of the parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib._arguments import array, checked, positive
from course_lib._types import Array, Floats, Gradient


@dataclass(frozen=True)
class Objective:
    """A function to minimize, with what is known about it."""

    name: str
    value: Callable[[Floats], Any]  # J: (d,) → scalar, or (d, ...) → (...)
    grad: Gradient  # ∇J: (d,) → (d,), or (d, ...) → (d, ...)
    hessian: Gradient  # H: (d,) → (d, d)
    start: Floats  # where the lessons start, shape (d,)
    minimizer: Floats | None  # a global minimizer, shape (d,); None where J has no minimum


@checked(curvature=lambda name, value, arguments: array(np.ndim(value), kinds="fi")(name, value))
def quadratic(curvature: Array, start: Floats | None = None) -> Objective:
    """Make ½·θᵀHθ, whose minimum is 0 at the origin if H is positive definite.

    Args:
        curvature: H, symmetric, shape (d, d), or its eigenvalues, shape (d,), for a diagonal H.
        start: where to start, shape (d,); ones if None.

    Returns:
        The objective; its minimizer is None where an eigenvalue is negative.

    Raises:
        TypeError: if `curvature` is not an array of numbers.
        ValueError: if `curvature` is neither a vector nor a square, symmetric matrix.

    Example:
        >>> bowl = quadratic(np.array([1.0, 4.0]))
        >>> float(bowl.value(np.array([2.0, 1.0]))), bowl.grad(np.array([2.0, 1.0]))
        (4.0, array([2., 4.]))

    Reference:
        Goh (2017), "Why Momentum Really Works".
    """
    H = np.diag(curvature) if curvature.ndim == 1 else curvature
    if H.ndim != 2 or H.shape[0] != H.shape[1] or not np.allclose(H, H.T):
        raise ValueError(f"curvature must be a vector or a symmetric matrix, got shape {curvature.shape}")

    def grad(params: Floats) -> Floats:
        return np.tensordot(H.astype(params.dtype), params, axes=1)

    return Objective(
        name=f"quadratic in {len(H)} dimensions",
        value=lambda params: 0.5 * np.sum(params * grad(params), axis=0),
        grad=grad,
        hessian=lambda params: H.astype(params.dtype),
        start=np.ones(len(H)) if start is None else np.asarray(start),
        minimizer=np.zeros(len(H)) if np.linalg.eigvalsh(H).min() >= 0 else None,
    )


@checked(condition=positive)
def ravine(condition: float = 25.0) -> Objective:
    """Make ½·(x² + κ·y²), a valley along x that is κ times steeper across than along.

    Args:
        condition: κ, the condition number, positive.

    Returns:
        The objective, to be started high on the wall at (-10, 1).

    Raises:
        ValueError: if `condition` is not positive.

    Example:
        >>> ravine(25.0).grad(np.array([-10.0, 1.0]))
        array([-10.,  25.])

    Reference:
        Sutton (1986), "Two problems with backpropagation", for the ravine as what slows networks down.
    """
    slope = quadratic(np.array([1.0, condition]), start=np.array([-10.0, 1.0]))
    return Objective("ravine", slope.value, slope.grad, slope.hessian, slope.start, slope.minimizer)


def _rosenbrock() -> Objective:
    def value(params: Floats) -> Any:
        x, y = params
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2

    def grad(params: Floats) -> Floats:
        x, y = params
        return np.stack([-2 * (1 - x) - 400 * x * (y - x**2), 200 * (y - x**2)])

    def hessian(params: Floats) -> Floats:
        x, y = params
        return np.array([[2 - 400 * (y - 3 * x**2), -400 * x], [-400 * x, 200]], dtype=params.dtype)

    start, minimizer = np.array([-1.2, 1.0]), np.array([1.0, 1.0])
    return Objective("Rosenbrock's valley", value, grad, hessian, start, minimizer)


def _beale() -> Objective:
    constants = (1.5, 2.25, 2.625)

    def value(params: Floats) -> Any:
        x, y = params
        return sum((c - x + x * y**k) ** 2 for k, c in enumerate(constants, start=1))

    def grad(params: Floats) -> Floats:
        x, y = params
        along_x = sum(2 * (c - x + x * y**k) * (y**k - 1) for k, c in enumerate(constants, start=1))
        along_y = sum(2 * (c - x + x * y**k) * k * x * y ** (k - 1) for k, c in enumerate(constants, start=1))
        return np.stack([along_x, along_y])

    def hessian(params: Floats) -> Floats:
        x, y = params
        H = np.zeros((2, 2), dtype=params.dtype)
        for k, c in enumerate(constants, start=1):
            residual = c - x + x * y**k
            slope = np.array([y**k - 1, k * x * y ** (k - 1)])
            bend = k * y ** (k - 1)
            second = k * (k - 1) * x * y ** (k - 2) if k > 1 else 0 * x
            H += 2 * (np.outer(slope, slope) + residual * np.array([[0 * x, bend], [bend, second]]))
        return H

    return Objective("Beale's function", value, grad, hessian, np.array([1.0, 1.0]), np.array([3.0, 0.5]))


def _himmelblau() -> Objective:
    def value(params: Floats) -> Any:
        x, y = params
        return (x**2 + y - 11) ** 2 + (x + y**2 - 7) ** 2

    def grad(params: Floats) -> Floats:
        x, y = params
        first, second = x**2 + y - 11, x + y**2 - 7
        return np.stack([4 * x * first + 2 * second, 2 * first + 4 * y * second])

    def hessian(params: Floats) -> Floats:
        x, y = params
        across = 4 * (x + y)
        along_x, along_y = 12 * x**2 + 4 * y - 42, 12 * y**2 + 4 * x - 26
        return np.array([[along_x, across], [across, along_y]], dtype=params.dtype)

    return Objective(
        "Himmelblau's function", value, grad, hessian, np.array([0.0, 0.0]), np.array([3.0, 2.0])
    )


def _saddle() -> Objective:
    surface = quadratic(np.array([1.0, -1.0]), start=np.array([1.0, 1e-3]))
    return Objective("saddle", surface.value, surface.grad, surface.hessian, surface.start, None)


def _monkey_saddle() -> Objective:
    def value(params: Floats) -> Any:
        x, y = params
        return x**3 - 3 * x * y**2

    def grad(params: Floats) -> Floats:
        x, y = params
        return np.stack([3 * x**2 - 3 * y**2, -6 * x * y])

    def hessian(params: Floats) -> Floats:
        x, y = params
        return np.array([[6 * x, -6 * y], [-6 * y, -6 * x]], dtype=params.dtype)

    return Objective("monkey saddle", value, grad, hessian, np.array([1.0, 1e-3]), None)


def _double_well() -> Objective:
    def value(params: Floats) -> Any:
        x, y = params
        return 0.5 * x**2 + 0.25 * y**4 - 0.5 * y**2

    def grad(params: Floats) -> Floats:
        x, y = params
        return np.stack([x, y**3 - y])

    def hessian(params: Floats) -> Floats:
        x, y = params
        return np.array([[1 + 0 * x, 0 * x], [0 * x, 3 * y**2 - 1]], dtype=params.dtype)

    return Objective("double well", value, grad, hessian, np.array([1.0, 1e-3]), np.array([0.0, 1.0]))


def _plateau() -> Objective:
    def value(params: Floats) -> Any:
        return 1 - np.exp(-0.5 * np.sum(params**2, axis=0))

    def grad(params: Floats) -> Floats:
        return params * np.exp(-0.5 * np.sum(params**2, axis=0))

    def hessian(params: Floats) -> Floats:
        depth = np.exp(-0.5 * np.sum(params**2))
        return depth * (np.eye(len(params), dtype=params.dtype) - np.outer(params, params))

    return Objective("plateau", value, grad, hessian, np.array([3.5, 1.0]), np.zeros(2))


rosenbrock = _rosenbrock()  # (1−x)² + 100·(y−x²)²: a bent, narrow valley. Rosenbrock (1960)
beale = _beale()  # flat, with steep corners. Beale (1958)
himmelblau = _himmelblau()  # four minima of the same depth, one maximum, four saddles. Himmelblau (1972)
saddle = _saddle()  # ½·(x²−y²): falls forever along y
monkey_saddle = _monkey_saddle()  # x³−3xy²: the Hessian at the origin is zero
double_well = _double_well()  # ½·x² + ¼·y⁴ − ½·y²: a saddle between two minima at (0, ±1)
plateau = _plateau()  # 1 − e^(−½‖θ‖²): a hole in a plain that is nearly flat
