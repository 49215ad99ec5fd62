"""Training on mini-batches: lesson 04.

The model is linear, ŷ = X·w, and its loss is J(w) = ½·mean (ŷ − y)² + ½·l2·‖w‖². Examples are rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from course_lib._arguments import (
    Rule,
    array,
    checked,
    count,
    generator,
    non_negative,
    numeric,
    numeric_like,
    positive,
)
from course_lib._types import Array, Floats

_vector = array(1, kinds="fiu")


def _examples(name: str, value: Any, arguments: Any = None) -> Array:
    """A table of numbers with at least one row."""
    array(2, kinds="fiu")(name, value)
    if len(value) == 0:
        raise ValueError(f"{name} must hold at least one example")
    return value


def _targets(name: str, value: Any, arguments: Any) -> Array:
    """An array with one entry or row for each example."""
    if not isinstance(value, np.ndarray) or value.ndim == 0:
        raise TypeError(f"{name} must be an array, got {type(value).__name__}")
    if len(value) != len(arguments["X"]):
        raise ValueError(f"{name} must have one entry per example, {len(arguments['X'])}, got {len(value)}")
    return value


def _target_numbers(name: str, value: Any, arguments: Any) -> Array:
    """A number for each example."""
    return _targets(name, _vector(name, value), arguments)


def _weights(name: str, value: Any, arguments: Any) -> Floats:
    """A floating-point weight for each feature."""
    array(1)(name, value)
    d = arguments["X"].shape[1]
    if len(value) != d:
        raise ValueError(f"{name} must have one entry per feature, {d}, got {len(value)}")
    return value


def _larger_than(other: str) -> Rule:
    """A positive number above the argument `other`."""

    def rule(name: str, value: Any, arguments: Any) -> float:
        plain = positive(name, value)
        if plain <= arguments[other]:
            raise ValueError(f"{name} must be larger than {other}, {arguments[other]}, got {value}")
        return plain

    return rule


@checked(X=_examples, y=_targets, batch_size=count, rng=generator)
def minibatches(X: Array, y: Array, batch_size: int, rng: np.random.Generator) -> list[tuple[Array, Array]]:
    """Shuffle the examples and cut them into batches that hold each of them once.

    Args:
        X: examples as rows, shape `(n, d)`.
        y: their targets, shape `(n,)` or `(n, k)`.
        batch_size: B, examples in a batch; the last batch holds what is left, 1 … B.
        rng: the generator; it draws one `permutation(n)`, and batch after batch takes the next B of it.

    Returns:
        The list of ⌈n/B⌉ pairs `(X_b, y_b)`, copies.

    Raises:
        TypeError: if `X` or `y` is no array, `batch_size` no whole number or `rng` no generator.
        ValueError: if `X` has no rows, `y` another length, or `batch_size` is below 1.

    Example:
        >>> X, y = np.arange(10.0).reshape(5, 2), np.arange(5)
        >>> batches = minibatches(X, y, batch_size=2, rng=np.random.default_rng(0))
        >>> [len(y_b) for X_b, y_b in batches]
        [2, 2, 1]

    Reference:
        L. Bottou, F. Curtis and J. Nocedal (2018), "Optimization methods for large-scale machine learning",
        section 3; sampling without replacement, as practice has it.
    """
    order = rng.permutation(len(X))
    chosen = [order[start : start + batch_size] for start in range(0, len(X), batch_size)]
    return [(X[rows], y[rows]) for rows in chosen]


@checked(X=_examples, y=_target_numbers, w=_weights, l2=non_negative)
def minibatch_gradient(X: Array, y: Array, w: Floats, l2: float = 0.0) -> Floats:
    """Return the gradient of half the mean squared error of a batch, with an L2 penalty.

    ∇J(w) = Xᵀ(Xw − y)/B + l2·w, for J(w) = ½·mean (Xw − y)² + ½·l2·‖w‖².

    Args:
        X: the batch's examples as rows, shape `(B, d)`.
        y: their targets, shape `(B,)`.
        w: weights, shape `(d,)`.
        l2: the penalty's weight; it is not divided by B.

    Returns:
        The gradient, shape `(d,)`.

    Raises:
        TypeError: if an array is none, or `w` holds no floating-point numbers.
        ValueError: if the shapes do not fit, `X` has no rows, or `l2` is negative.

    Example:
        >>> X, y = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([1.0, 2.0])
        >>> minibatch_gradient(X, y, np.array([1.0, 1.0]), l2=0.1)
        array([ 8.6, 12.1])

    Reference:
        C. Bishop (2006), "Pattern recognition and machine learning", equation 3.27, with the mean for the
        sum.
    """
    return X.T @ (X @ w - y) / len(X) + l2 * w


@checked(X=_examples, y=_target_numbers, w=_weights, lr=non_negative, batch_size=count, rng=generator)
def train_epoch(
    X: Array, y: Array, w: Floats, lr: float, batch_size: int, rng: np.random.Generator
) -> tuple[Floats, float]:
    """Take one step of gradient descent on each mini-batch, once through all examples.

    For each batch of `minibatches(X, y, batch_size, rng)`: w ← w − α·∇J_b(w), without a penalty.

    Args:
        X: examples as rows, shape `(n, d)`.
        y: their targets, shape `(n,)`.
        w: weights before the epoch, shape `(d,)`.
        lr: α, the learning rate.
        batch_size: B, examples in a batch.
        rng: the generator that shuffles.

    Returns:
        w: weights after the epoch, shape `(d,)`, a new array.
        mean_loss: a float, the mean over all n examples of ½·(x·w − y)², each with the weights from just
            before the step of its batch. A short last batch counts by its examples.

    Raises:
        TypeError: if an array is none, a number of the wrong kind, or `rng` no generator.
        ValueError: if the shapes do not fit, `X` has no rows, `lr` is negative or `batch_size` below 1.

    Example:
        >>> X, y = np.array([[1.0], [1.0], [1.0]]), np.array([2.0, 2.0, 2.0])
        >>> w, mean_loss = train_epoch(X, y, np.array([0.0]), 0.5, 1, np.random.default_rng(0))
        >>> w, mean_loss
        (array([1.75]), 0.875)

    Reference:
        H. Robbins and S. Monro (1951), "A stochastic approximation method"; L. Bottou (2012), "Stochastic
        gradient descent tricks", section 2.
    """
    total = 0.0
    for X_b, y_b in minibatches(X, y, batch_size, rng):
        total += 0.5 * np.sum((X_b @ w - y_b) ** 2)
        w = w - lr * minibatch_gradient(X_b, y_b, w)
    return w, float(total / len(X))


@checked(params=numeric, update=numeric_like("params"))
def update_ratio(params: Array, update: Array) -> float:
    """Compare the length of an update with that of the parameters it changes.

    ‖Δθ‖ / ‖θ‖, where ‖·‖ is the root of the sum of squares over all entries.

    A ratio near 1e-3 is often quoted as healthy; what is right depends on how many steps there will be.

    Args:
        params: θ before the update, an array of any shape.
        update: Δθ, what is added to θ (−α·g for gradient descent), an array of the same shape.

    Returns:
        The ratio, a float: infinity for parameters that are all zero, 0 if the update is all zero too.

    Raises:
        TypeError: if `params` or `update` holds no numbers.
        ValueError: if the shapes differ.

    Example:
        >>> update_ratio(np.array([3.0, 4.0]), np.array([0.0, -0.01]))
        0.002

    Reference:
        A. Karpathy (2015), notes of Stanford's CS231n, "Ratio of weights:updates".
    """
    size, scale = np.linalg.norm(update), np.linalg.norm(params)
    if scale == 0:
        return 0.0 if size == 0 else float(size + np.inf)
    return float(size / scale)


@checked(
    grad_sq_small=non_negative, grad_sq_big=non_negative, b_small=positive, b_big=_larger_than("b_small")
)
def gradient_noise_scale(grad_sq_small: float, grad_sq_big: float, b_small: float, b_big: float) -> float:
    """Estimate the batch size at which a gradient's noise is as large as the gradient itself.

    A batch of B has E‖g_B‖² = ‖G‖² + tr(Σ)/B, where G is the gradient of all examples and Σ the covariance of
    single ones. Two batch sizes b < B give both unknowns, without bias from independent draws,

        ‖G‖² = (B·‖g_B‖² − b·‖g_b‖²)/(B − b)  and  tr(Σ) = (‖g_b‖² − ‖g_B‖²)/(1/b − 1/B),

    and the noise scale is tr(Σ)/‖G‖².

    Args:
        grad_sq_small: ‖g_b‖², the squared length of the gradient of b examples, best a mean over many
            batches.
        grad_sq_big: ‖g_B‖², the same for B examples.
        b_small: b.
        b_big: B, larger than b.

    Returns:
        The noise scale in examples, a float. From noisy means it may be negative: then take more batches,
        unless it is no longer small against the number of all examples.

    Raises:
        TypeError: if an argument is no number.
        ValueError: if a squared length is negative, b is not positive or B is not larger than b.
        ZeroDivisionError: if the estimate of ‖G‖² is exactly 0.

    Example:
        >>> round(gradient_noise_scale(4.0 + 120 / 10, 4.0 + 120 / 60, 10, 60), 9)
        30.0

    Reference:
        S. McCandlish et al. (2018), "An empirical model of large-batch training", appendix A.1.
    """
    signal = (b_big * grad_sq_big - b_small * grad_sq_small) / (b_big - b_small)
    noise = (grad_sq_small - grad_sq_big) / (1 / b_small - 1 / b_big)
    return noise / signal
