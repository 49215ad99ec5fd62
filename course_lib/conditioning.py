"""What the curvature of a quadratic says about the speed of gradient descent and of momentum.

The Hessian H of a quadratic J(θ) = ½·θᵀHθ has eigenvalues λ; along each eigenvector the rules act alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from course_lib._arguments import checked, decay, non_negative, number, positive, symmetric
from course_lib._types import Array


def _above_smallest(name: str, value: Any, arguments: Any) -> float:
    """Check that the largest eigenvalue is no smaller than the smallest."""
    plain = positive(name, value)
    if plain < arguments["smallest"]:
        raise ValueError(f"{name} must not be less than smallest, {arguments['smallest']}, got {value}")
    return plain


@checked(hessian=symmetric)
def max_stable_lr(hessian: Array) -> float:
    """Compute the learning rate above which gradient descent on a quadratic overshoots and diverges.

    2 / λmax

    Args:
        hessian: H, symmetric, shape (d, d).

    Returns:
        The limit, a float; infinity where no eigenvalue is positive: there is no valley whose walls a step
        could overshoot.

    Raises:
        TypeError: if `hessian` is not an array of numbers.
        ValueError: if `hessian` is not square or not symmetric.

    Example:
        >>> float(max_stable_lr(np.diag([1.0, 4.0])))
        0.5

    Reference:
        Nesterov (2004), section 1.2.3; Goh (2017), "Why Momentum Really Works".
    """
    largest = np.max(np.linalg.eigvalsh(hessian))
    return 2 / largest if largest > 0 else np.inf


@checked(hessian=symmetric, lr=non_negative)
def convergence_rate(hessian: Array, lr: float) -> float:
    """Compute the factor by which the slowest part of the error shrinks in one step of gradient descent.

    max over λ of |1 − α·λ|

    Args:
        hessian: H, symmetric, shape (d, d).
        lr: α, the learning rate, zero or above.

    Returns:
        The factor, a float: below 1 the error shrinks, above 1 it grows.

    Raises:
        TypeError: if `hessian` is not an array of numbers.
        ValueError: if `hessian` is not square or not symmetric, or `lr` is negative.

    Example:
        >>> print(f"{convergence_rate(np.diag([1.0, 4.0]), lr=0.4):.2f}")
        0.60

    Reference:
        Polyak (1987), section 1.4; Goh (2017), "Why Momentum Really Works".
    """
    return np.max(np.abs(1 - lr * np.linalg.eigvalsh(hessian)))


@checked(lr=non_negative, mu=decay, curvature=number)
def momentum_radius(lr: float, mu: float, curvature: float) -> float:
    """Compute the factor by which classical momentum shrinks the error on ½·λ·x² in the long run.

    ρ = max |z| over the two roots of z² − (1 + μ − α·λ)·z + μ = 0

    The error follows x_{t+1} = (1 + μ − α·λ)·x_t − μ·x_{t−1}, a sum of powers of the two roots.

    Args:
        lr: α, the learning rate, zero or above.
        mu: μ in [0, 1), the momentum coefficient; 0 gives |1 − α·λ|.
        curvature: λ, of any sign.

    Returns:
        The spectral radius, a float: below 1 the error shrinks, above 1 it grows.

    Raises:
        ValueError: if `lr` is negative or `mu` lies outside [0, 1).

    Example:
        >>> print(f"{momentum_radius(lr=1.0, mu=0.25, curvature=1.0):.2f}")  # √μ where the roots are complex
        0.50

    Reference:
        Polyak (1964); Goh (2017), "Why Momentum Really Works".
    """
    roots = np.roots([1.0, -(1 + mu - lr * curvature), mu])
    return np.max(np.abs(roots))


@checked(smallest=positive, largest=_above_smallest)
def optimal_momentum(smallest: float, largest: float) -> tuple[float, float]:
    """Compute the learning rate and momentum with which the heavy ball is fastest on a quadratic.

    α = (2 / (√λmax + √λmin))²
    μ = ((√λmax − √λmin) / (√λmax + √λmin))² = ((√κ−1) / (√κ+1))²

    The error then shrinks by √μ = (√κ−1)/(√κ+1) a step, where gradient descent reaches (κ−1)/(κ+1).

    Args:
        smallest: λmin, the smallest eigenvalue of the Hessian, positive.
        largest: λmax, the largest, not less than `smallest`.

    Returns:
        `(lr, mu)`, two floats, for `classical_momentum`.

    Raises:
        ValueError: if an eigenvalue is not positive or the two are in the wrong order.

    Example:
        >>> lr, mu = optimal_momentum(1.0, 9.0)
        >>> float(lr), float(mu)
        (0.25, 0.25)

    Reference:
        Polyak (1964); Goh (2017), "Why Momentum Really Works".
    """
    lr = (2 / (np.sqrt(largest) + np.sqrt(smallest))) ** 2
    mu = ((np.sqrt(largest) - np.sqrt(smallest)) / (np.sqrt(largest) + np.sqrt(smallest))) ** 2
    return lr, mu
