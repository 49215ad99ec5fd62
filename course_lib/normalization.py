"""Normalizing inputs: lesson 01.

Examples are rows: `X` has shape `(n, d)`, n examples with d features each.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from course_lib._arguments import array, checked, filled, non_negative
from course_lib._types import Array, Floats

_examples = filled(array(2, kinds="fiu"))


def _per_feature(name: str, value: Any, arguments: Any) -> Array:
    """Numbers, one for each column of X."""
    array(1, kinds="fiu")(name, value)
    d = arguments["X"].shape[1]
    if len(value) != d:
        raise ValueError(f"{name} must have one entry per feature, {d}, got {len(value)}")
    return value


@checked(X=_examples)
def fit_standardizer(X: Array) -> tuple[Floats, Floats]:
    """Measure the mean and the standard deviation of each feature.

    μ_j = (1/n)·Σ_i x_ij and σ_j = √((1/n)·Σ_i (x_ij − μ_j)²).

    A column whose entries are all the same has nothing to scale and gets σ_j = 1.

    Args:
        X: examples as rows, shape `(n, d)`: the training set alone.

    Returns:
        mean: μ, shape `(d,)`.
        std: σ, shape `(d,)`, the population's (divided by n, not by n − 1), 1 for a constant column.

    Raises:
        TypeError: if `X` is no array of numbers.
        ValueError: if `X` has not two axes or is empty.

    Example:
        >>> mean, std = fit_standardizer(np.array([[1.0, 5.0], [3.0, 5.0]]))
        >>> mean, std
        (array([2., 5.]), array([1., 1.]))

    Reference:
        Y. LeCun, L. Bottou, G. Orr and K.-R. Müller (1998), "Efficient BackProp", section 4.3.
    """
    constant = np.max(X, axis=0) == np.min(X, axis=0)  # exact, where rounding may leave a tiny std
    mean = np.mean(X, axis=0)
    std = np.where(constant, 1.0, np.std(X, axis=0))
    return mean, std


@checked(X=_examples, mean=_per_feature, std=_per_feature)
def standardize(X: Array, mean: Array, std: Array) -> Floats:
    """Shift and scale each feature by statistics that were measured before.

    x_ij ← (x_ij − μ_j) / σ_j.

    Args:
        X: examples as rows, shape `(n, d)`: training, validation or test set.
        mean: μ of the training set, shape `(d,)`.
        std: σ of the training set, shape `(d,)`.

    Returns:
        The scaled examples, shape `(n, d)`, a new array.

    Raises:
        TypeError: if an argument is no array of numbers.
        ValueError: if `X` has not two axes or is empty, or `mean` or `std` has not one entry per feature.

    Example:
        >>> standardize(np.array([[1.0, 5.0], [3.0, 9.0]]), np.array([2.0, 5.0]), np.array([1.0, 2.0]))
        array([[-1.,  0.],
               [ 1.,  2.]])

    Reference:
        Y. LeCun, L. Bottou, G. Orr and K.-R. Müller (1998), "Efficient BackProp", section 4.3.
    """
    return (X - mean) / std


@checked(X=_examples)
def least_squares_condition(X: Array) -> float:
    """Return the condition number of the Hessian of least squares with a bias.

    κ = λmax(H) / λmin(H) with H = X̃ᵀX̃/n, where X̃ is `X` with a column of ones beside it.

    H is the Hessian of the loss ½·mean (x·w + b − y)². Its condition number is the square of that of X̃.

    Args:
        X: examples as rows, shape `(n, d)`.

    Returns:
        κ, a float of at least 1. Where columns depend on each other linearly it is infinite or, by rounding,
        larger than about 1e30.

    Raises:
        TypeError: if `X` is no array of numbers.
        ValueError: if `X` has not two axes or is empty.

    Example:
        >>> round(least_squares_condition(np.array([[-3.0], [3.0]])), 6)
        9.0

    Reference:
        Y. LeCun, I. Kanter and S. Solla (1991), "Eigenvalues of covariance matrices: application to
        neural-network learning", Physical Review Letters 66.
    """
    with_bias = np.column_stack([X, np.ones(len(X))])
    return float(np.linalg.cond(with_bias) ** 2)  # squaring κ, not the matrix, halves the digits lost


def _whitenable(name: str, value: Any, arguments: Any) -> Array:
    """Examples that vary in every direction, unless a positive eps makes up for it."""
    n, d = _examples(name, value).shape
    if n <= d and not arguments.get("eps"):
        raise ValueError(f"{name} must hold more examples than features if eps is 0, got {n} of {d}")
    return value


@checked(eps=non_negative, X=_whitenable)
def whiten(X: Array, eps: float = 0.0) -> Floats:
    """Turn features into uncorrelated ones of variance 1, changing them as little as possible (ZCA).

    X ← (X − μ)·U·(Λ + ε)^(−½)·Uᵀ, where UΛUᵀ is the eigendecomposition of the covariance
    (X − μ)ᵀ(X − μ)/n.

    Args:
        X: examples as rows, shape `(n, d)`, with n > d and no dependent columns unless `eps` is positive.
        eps: ε, added to each eigenvalue; it keeps directions that hardly vary from being blown up.

    Returns:
        The whitened examples, shape `(n, d)`, with mean 0. With `eps` 0 their covariance is the identity.

    Raises:
        TypeError: if `X` is no array of numbers or `eps` no number.
        ValueError: if `X` has not two axes or is empty, `eps` is negative, or `eps` is 0 and n ≤ d.

    Example:
        >>> white = whiten(np.array([[1.0, 4.0], [2.0, 6.0], [4.0, 5.0], [5.0, 9.0]]))
        >>> np.abs(white.T @ white / 4 - np.eye(2)).max() < 1e-12
        np.True_

    Reference:
        A. Bell and T. Sejnowski (1997), "The independent components of natural scenes are edge filters",
        Vision Research 37, where ZCA is named; ε as in A. Krizhevsky (2009).
    """
    centered = X - np.mean(X, axis=0)
    covariance = centered.T @ centered / len(X)
    eigenvalues, U = np.linalg.eigh(covariance)
    return centered @ (U / np.sqrt(eigenvalues + eps)) @ U.T
