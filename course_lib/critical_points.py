"""Saddle points, plateaus and second order: lesson 10.

A critical point is one where the gradient is zero. H is the Hessian, λ its eigenvalues.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from course_lib._arguments import (
    Rule,
    array,
    checked,
    count,
    decay,
    floats,
    function,
    generator,
    like,
    non_negative,
    number,
    positive,
    symmetric,
    whole,
)
from course_lib._types import Array, Floats, Gradient

_vector = array(1)


def _hessian_of(other: str) -> Rule:
    """A square matrix with a row for each entry of the argument `other`."""

    def rule(name: str, value: Any, arguments: Any) -> Array:
        symmetric(name, value)
        d = len(arguments[other])
        if len(value) != d:
            raise ValueError(
                f"{name} must have shape ({d}, {d}), as {other} has {d} entries, got {value.shape}"
            )
        return value

    return rule


def _negative(name: str, value: Any, arguments: Any = None) -> float:
    """A number below zero."""
    plain = number(name, value)
    if plain >= 0:
        raise ValueError(f"{name} must be negative, as along a way down from a saddle, got {value}")
    return plain


@checked(gradient=function, params=floats, vector=like("params"), h=positive)
def hessian_vector_product(gradient: Gradient, params: Floats, vector: Floats, h: float = 1e-5) -> Floats:
    """Multiply the Hessian by a vector without ever forming the Hessian.

    H·v ≈ (∇J(θ + h·v) − ∇J(θ − h·v)) / (2h).

    Args:
        gradient: ∇J, a function of an array like `params` that returns an array of its shape. It is called
            twice.
        params: θ, the point, an array of any shape.
        vector: v, an array of the shape of `params`.
        h: how far to go to each side, in units of v.

    Returns:
        H·v, in the shape of `params`.

    Raises:
        TypeError: if `gradient` is no function, or an array holds no floating-point numbers.
        ValueError: if the shapes differ or `h` is not positive.

    Example:
        >>> hessian_vector_product(lambda t: t**3, np.array([1.0, 2.0]), np.array([1.0, -1.0])).round(6)
        array([  3., -12.])

    Reference:
        B. Pearlmutter (1994), "Fast exact multiplication by the Hessian", equation 1, made central.
    """
    ahead = gradient(params + h * vector)
    behind = gradient(params - h * vector)
    return (ahead - behind) / (2 * h)


@checked(hessian=symmetric, tol=non_negative)
def classify_critical_point(hessian: Array, tol: float = 1e-8) -> str:
    """Say what kind of critical point has this Hessian.

    An eigenvalue counts as zero if |λ| ≤ tol.

    - `"saddle"`: some λ are positive and some negative, whatever the others are.
    - `"minimum"`: all are positive.
    - `"maximum"`: all are negative.
    - `"degenerate"`: anything else: some are zero and the rest have one sign, so that the Hessian cannot
      tell.

    Args:
        hessian: H, symmetric, shape `(d, d)`.
        tol: what counts as zero, in the units of H.

    Returns:
        `"minimum"`, `"maximum"`, `"saddle"` or `"degenerate"`.

    Raises:
        TypeError: if `hessian` is no array of numbers or `tol` no number.
        ValueError: if `hessian` is not square and symmetric or `tol` is negative.

    Example:
        >>> classify_critical_point(np.diag([2.0, -1.0])), classify_critical_point(np.diag([2.0, 0.0]))
        ('saddle', 'degenerate')

    Reference:
        J. Nocedal and S. J. Wright (2006), "Numerical optimization", second edition, theorems 2.3 and 2.4.
    """
    eigenvalues = np.linalg.eigvalsh(hessian)
    up, down = eigenvalues > tol, eigenvalues < -tol
    if up.any() and down.any():
        return "saddle"
    if up.all():
        return "minimum"
    if down.all():
        return "maximum"
    return "degenerate"


@checked(params=_vector, grads=like("params"), hessian=_hessian_of("params"), damping=non_negative)
def newton_step(params: Floats, grads: Floats, hessian: Array, damping: float = 0.0) -> Floats:
    """Step to the critical point of the local quadratic model.

    θ ← θ − p, where p solves (H + damping·I)·p = g. The inverse is never formed.

    Without damping the step goes to any critical point, a saddle or a maximum as gladly as a minimum. With a
    damping above −λmin the step goes downhill.

    Args:
        params: θ, shape `(d,)`.
        grads: g, shape `(d,)`.
        hessian: H, symmetric, shape `(d, d)`.
        damping: added to each diagonal entry, 0 or more.

    Returns:
        The new parameters, shape `(d,)`.

    Raises:
        TypeError: if an array holds no floating-point numbers or `damping` is no number.
        ValueError: if the shapes do not fit, `hessian` is not symmetric, `damping` is negative, or
            H + damping·I is singular (`numpy.linalg.LinAlgError`, a `ValueError`).

    Example:
        >>> newton_step(np.array([3.0, 1.0]), np.array([6.0, -4.0]), np.diag([2.0, -4.0]))
        array([0., 0.])

    Reference:
        J. Nocedal and S. J. Wright (2006), "Numerical optimization", second edition, equations 3.38 and 3.41.
    """
    step = np.linalg.solve(hessian + damping * np.eye(len(params)), grads)
    return params - step


@checked(distance=positive, lr=positive, curvature=_negative, radius=positive)
def escape_steps(distance: float, lr: float, curvature: float, radius: float = 1.0) -> int:
    """Count the steps in which gradient descent leaves a saddle along one direction of negative curvature.

    Each step multiplies the distance from the saddle by 1 − α·λ > 1, so that after t steps it is
    distance·(1 − α·λ)^t. The count is the smallest whole t ≥ 0 at which that is at least `radius`:

        t = ⌈ ln(radius/distance) / ln(1 − α·λ) ⌉, and 0 if the start is outside already.

    Args:
        distance: distance from the saddle at the start, along the eigenvector, above 0.
        lr: α, the learning rate.
        curvature: λ, the negative eigenvalue.
        radius: how far away counts as having left.

    Returns:
        The number of steps, an int.

    Raises:
        TypeError: if an argument is no number.
        ValueError: if `distance`, `lr` or `radius` is not positive or `curvature` is not negative.

    Example:
        >>> escape_steps(1e-6, 0.1, -1.0), escape_steps(1e-12, 0.1, -1.0), escape_steps(2.0, 0.1, -1.0)
        (145, 290, 0)

    Reference:
        S. Du et al. (2017), "Gradient descent can take exponential time to escape saddle points", section 1.
    """
    steps = np.log(radius / distance) / np.log1p(-lr * curvature)
    return max(0, int(np.ceil(steps)))


@checked(
    gradient=function,
    params=floats,
    lr=positive,
    steps=whole,
    radius=non_negative,
    rng=generator,
    threshold=non_negative,
    patience=whole,
)
def perturbed_gradient_descent(
    gradient: Gradient,
    params: Floats,
    *,
    lr: float,
    steps: int,
    radius: float,
    rng: np.random.Generator,
    threshold: float = 1e-3,
    patience: int = 10,
) -> Floats:
    """Run gradient descent that takes a small random step wherever the gradient is tiny.

    At each step, with g = ∇J(θ): if ‖g‖ ≤ threshold and more than `patience` steps went by since the last
    random step (or there was none), θ ← θ + ξ; otherwise θ ← θ − α·g. ξ is uniform in the ball of the given
    radius: radius·u^(1/d)·z/‖z‖.

    Args:
        gradient: ∇J, a function of an array like `params` that returns an array of its shape. It is called
            once a step.
        params: θ at the start, an array of any shape with d entries.
        lr: α, the learning rate.
        steps: how many steps to take, random ones included.
        radius: the longest random step; 0 gives plain gradient descent that rests where it would be shaken.
        rng: the generator. A random step draws z, `rng.normal(size=params.shape)`, and then u,
            `rng.uniform()`; nothing else is drawn.
        threshold: the gradient's norm up to which a point may be a saddle.
        patience: steps of plain descent that must follow a random one before the next.

    Returns:
        The path, start included: shape `(steps + 1, *params.shape)`, float64.

    Raises:
        TypeError: if an argument is of the wrong kind.
        ValueError: if `lr` is not positive, or `steps`, `radius`, `threshold` or `patience` is negative.

    Example:
        >>> saddle = lambda theta: np.array([1.0, -1.0]) * theta
        >>> start = np.array([0.5, 0.0])
        >>> rng = np.random.default_rng(0)
        >>> path = perturbed_gradient_descent(saddle, start, lr=0.1, steps=120, radius=0.01, rng=rng)
        >>> path.shape, bool(abs(path[-1, 1]) > 0.1)
        ((121, 2), True)

    Reference:
        C. Jin et al. (2017), "How to escape saddle points efficiently", algorithm 2; without its last test,
        which stops at a minimum, and with the random step as a step of its own.
    """
    path = np.empty((steps + 1, *np.shape(params)))
    path[0] = params
    last = -np.inf
    for t in range(1, steps + 1):
        g = gradient(params)
        if np.linalg.norm(g) <= threshold and t - last > patience:
            z = rng.normal(size=np.shape(params))
            params = params + radius * rng.uniform() ** (1 / z.size) * z / np.linalg.norm(z)
            last = t
        else:
            params = params - lr * g
        path[t] = params
    return path


def _as_long_as(other: str) -> Rule:
    """A series as long as the argument `other`."""

    def rule(name: str, value: Any, arguments: Any) -> Array:
        array(1, kinds="fiu")(name, value)
        if len(value) != len(arguments[other]):
            raise ValueError(f"{name} must be as long as {other}, {len(arguments[other])}, got {len(value)}")
        return value

    return rule


@checked(
    gradient_norms=array(1, kinds="fiu"),
    losses=_as_long_as("gradient_norms"),
    window=count,
    gradient_tol=non_negative,
    loss_tol=decay,
)
def is_plateau(
    gradient_norms: Array,
    losses: Array,
    *,
    window: int = 20,
    gradient_tol: float = 1e-2,
    loss_tol: float = 1e-3,
) -> bool:
    """Say whether training has been on a plateau during its last steps.

    It has if, over the last `window` steps,

    - every gradient norm is small but not zero: 0 < ‖g_t‖ ≤ gradient_tol, and
    - the loss hardly moved: |J_last − J_first| ≤ loss_tol·|J_first|.

    A gradient of exactly zero is a critical point and no plateau. The two series cannot tell a plateau from
    the slow approach to a minimum; that takes the Hessian, or patience.

    Args:
        gradient_norms: ‖g_t‖ after each step, shape `(T,)`.
        losses: J after each step, shape `(T,)`.
        window: how many of the last steps to look at.
        gradient_tol: the largest norm that counts as small.
        loss_tol: the largest relative change of the loss that counts as none, in [0, 1).

    Returns:
        True or False; False for fewer than `window` steps, and if a norm in the window, or its first or last
        loss, is NaN.

    Raises:
        TypeError: if a series is no array of numbers or a setting is of the wrong kind.
        ValueError: if the series differ in length, `window` is below 1, or a tolerance is negative or
            `loss_tol` is not below 1.

    Example:
        >>> norms, losses = np.full(50, 1e-4), 2.3 - 1e-6 * np.arange(50)
        >>> is_plateau(norms, losses), is_plateau(100 * norms * np.arange(1, 51), losses)
        (True, False)

    Reference:
        Y. Dauphin et al. (2014), "Identifying and attacking the saddle point problem in high-dimensional
        non-convex optimization", on plateaus around saddles; the thresholds are this course's.
    """
    if len(losses) < window:
        return False
    norms, recent = gradient_norms[-window:], losses[-window:]
    small = np.all((norms > 0) & (norms <= gradient_tol))
    still = np.abs(recent[-1] - recent[0]) <= loss_tol * np.abs(recent[0])
    return bool(small and still)
