"""Losses of a network's outputs, each with its gradient.

Every function returns `(loss, gradient)`: the mean loss over the examples, a number, and its gradient with
respect to the outputs, which has their shape and so holds the 1/n already. Examples are rows.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from course_lib._arguments import Rule, array, checked, filled, floats, numeric_like
from course_lib._types import Array, Floats, Integers


def _classes(name: str, value: Any, arguments: Any) -> Integers:
    """A class 0 … k − 1 for each row of the logits."""
    labels, (n, k) = np.asarray(value), arguments["logits"].shape
    if labels.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold whole numbers, got {labels.dtype}")
    if labels.shape != (n,):
        raise ValueError(f"{name} must have shape ({n},), one for each row of logits, got {labels.shape}")
    if labels.min() < 0 or labels.max() >= k:
        raise ValueError(f"{name} must lie in 0 … {k - 1}, got {labels.min()} … {labels.max()}")
    return labels


def _targets_of(other: str) -> Rule:
    """Numbers or truths in the shape of the argument `other`, in its dtype, so that they do not widen it."""

    def rule(name: str, value: Any, arguments: Any) -> Array:
        entries = np.asarray(value)
        if entries.dtype == bool:
            entries = entries.astype(int)
        return numeric_like(other)(name, entries, arguments).astype(arguments[other].dtype, copy=False)

    return rule


@checked(logits=filled(array(2)), labels=_classes)
def softmax_cross_entropy(logits: Floats, labels: Integers) -> tuple[float, Floats]:
    """Return the cross-entropy of softmax probabilities, and its gradient.

    J = −(1/n)·Σ_i ln p_i,label(i) with p_ij = exp(z_ij) / Σ_k exp(z_ik), and ∂J/∂z_ij = (p_ij − 1[j =
    label(i)])/n.

    The largest logit of each row is taken out first: the probabilities stay the same and nothing overflows.

    Args:
        logits: z, shape `(n, k)`, one row an example, one column a class.
        labels: the right class 0 … k − 1 of each example, shape `(n,)`.

    Returns:
        loss: J in nats, a float: ln k for equal logits.
        gradient: ∂J/∂z, shape `(n, k)`; each row sums to 0.

    Raises:
        TypeError: if `logits` holds no floating-point numbers or `labels` no whole ones.
        ValueError: if the shapes do not fit, there are no examples, or a label is out of range.

    Example:
        >>> loss, gradient = softmax_cross_entropy(np.array([[0.0, 0.0], [1000.0, 0.0]]), np.array([1, 0]))
        >>> round(loss, 6), gradient
        (0.346574, array([[ 0.25, -0.25],
               [ 0.  ,  0.  ]]))

    Reference:
        J. Bridle (1990), "Probabilistic interpretation of feedforward classification network outputs".
    """
    rows = np.arange(len(logits))
    shifted = logits - np.max(logits, axis=1, keepdims=True)
    log_probabilities = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    gradient = np.exp(log_probabilities)
    gradient[rows, labels] -= 1
    return float(-np.mean(log_probabilities[rows, labels])), gradient / len(logits)


@checked(predictions=filled(floats), targets=_targets_of("predictions"))
def mean_squared_error(predictions: Floats, targets: Array) -> tuple[float, Floats]:
    """Return half the mean squared error, and its gradient.

    J = (1/n)·Σ_i ½·‖ŷ_i − y_i‖², and ∂J/∂ŷ_i = (ŷ_i − y_i)/n.

    Args:
        predictions: ŷ, shape `(n,)` or `(n, k)`.
        targets: y, of the same shape.

    Returns:
        loss: J, a float. It is a mean over the n examples and a sum over the k outputs of each.
        gradient: ∂J/∂ŷ, in the shape of `predictions`.

    Raises:
        TypeError: if `predictions` holds no floating-point numbers or `targets` no numbers.
        ValueError: if the shapes differ or there are no examples.

    Example:
        >>> mean_squared_error(np.array([1.0, 3.0]), np.array([1.0, 1.0]))
        (1.0, array([0., 1.]))

    Reference:
        C. Bishop (2006), "Pattern recognition and machine learning", equation 5.11, with the mean for the
        sum.
    """
    residual = predictions - targets
    return float(0.5 * np.sum(residual**2) / len(residual)), residual / len(residual)


@checked(logits=filled(floats), labels=_targets_of("logits"))
def logistic(logits: Floats, labels: Array) -> tuple[float, Floats]:
    """Return the cross-entropy of two classes from one logit each, and its gradient.

    J = (1/n)·Σ_i [ln(1 + exp(z_i)) − y_i·z_i], and ∂J/∂z_i = (σ(z_i) − y_i)/n with σ(z) = 1/(1 + exp(−z)).

    Args:
        logits: z, shape `(n,)` or `(n, k)`: k yes-or-no questions for each example.
        labels: y, of the same shape: 0 or 1, or a probability between.

    Returns:
        loss: J in nats, a float: a mean over the n examples and a sum over the k questions of each.
        gradient: ∂J/∂z, in the shape of `logits`.

    Raises:
        TypeError: if `logits` holds no floating-point numbers or `labels` no numbers.
        ValueError: if the shapes differ or there are no examples.

    Example:
        >>> loss, gradient = logistic(np.array([0.0, -800.0]), np.array([1, 0]))
        >>> round(loss, 6), gradient
        (0.346574, array([-0.25,  0.  ]))

    Reference:
        C. Bishop (2006), "Pattern recognition and machine learning", equation 4.90, with the mean for the
        sum.
    """
    sigmoid = np.exp(-np.logaddexp(0, -logits))  # never overflows
    loss = np.sum(np.logaddexp(0, logits) - labels * logits) / len(logits)
    return float(loss), (sigmoid - labels) / len(logits)
