"""Exponentially weighted moving averages: lesson 05.

θ_t is the value seen at step t and v_t the average after it. Both count from t = 1, so that entry `t - 1` of
an array belongs to step t, and v_0 = 0.
"""

from __future__ import annotations

import numpy as np

from course_lib._arguments import array, checked, count, decay, one_of, share
from course_lib._types import Array, Floats


@checked(x=array(1, kinds="fiu"), beta=decay)
def ewma(x: Array, beta: float) -> Floats:
    """Average a series with weights that fade exponentially into the past.

    v_t = β·v_{t−1} + (1 − β)·θ_t, with v_0 = 0.

    Args:
        x: the values θ_1 … θ_T, shape `(T,)`.
        beta: β in [0, 1), how much of the average before is kept.

    Returns:
        The averages v_1 … v_T, shape `(T,)`, float64. Nothing corrects their bias toward v_0 = 0. From the
        first NaN on every average is NaN.

    Raises:
        TypeError: if `x` is no array of numbers or `beta` no number.
        ValueError: if `x` has more than one axis or `beta` lies outside [0, 1).

    Example:
        >>> ewma(np.array([10.0, 20.0, 40.0]), beta=0.5)
        array([ 5.  , 12.5 , 26.25])

    Reference:
        S. W. Roberts (1959), "Control chart tests based on geometric moving averages", where the weight of
        the newest value is written r = 1 − β.
    """
    averages = np.empty(len(x))
    v = 0.0
    for t, theta in enumerate(x):
        v = beta * v + (1 - beta) * theta
        averages[t] = v
    return averages


@checked(v=array(1, kinds="f"), beta=decay)
def bias_corrected(v: Floats, beta: float) -> Floats:
    """Remove the bias toward zero from moving averages that started at v_0 = 0.

    v̂_t = v_t / (1 − β^t), for t = 1 … T.

    The weights in v_t sum to 1 − β^t and not to 1; dividing by that sum makes v̂_t a true weighted mean of
    θ_1 … θ_t. The lag behind a trend remains.

    Args:
        v: the averages v_1 … v_T as `ewma` returns them, shape `(T,)`.
        beta: the β in [0, 1) that they were made with.

    Returns:
        The corrected averages v̂_1 … v̂_T, shape `(T,)`.

    Raises:
        TypeError: if `v` is no array of floating-point numbers or `beta` no number.
        ValueError: if `v` has more than one axis or `beta` lies outside [0, 1).

    Example:
        >>> x = np.array([10.0, 10.0, 10.0])
        >>> ewma(x, beta=0.5)
        array([5.  , 7.5 , 8.75])
        >>> bias_corrected(ewma(x, beta=0.5), beta=0.5)
        array([10., 10., 10.])

    Reference:
        D. P. Kingma and J. Ba (2015), "Adam: a method for stochastic optimization", section 3.
    """
    t = np.arange(1, len(v) + 1)
    return v / (1 - beta**t)


@checked(t=count, beta=decay)
def ewma_weights(t: int, beta: float) -> Floats:
    """List the weights that v_t gives to the values θ_t, θ_{t−1} … θ_1, newest first.

    Weight of θ_{t−k}: (1 − β)·β^k, for k = 0 … t − 1.

    Args:
        t: number of values averaged so far, at least 1.
        beta: β in [0, 1).

    Returns:
        The weights, shape `(t,)`. They sum to 1 − β^t.

    Raises:
        TypeError: if `t` is no whole number or `beta` no number.
        ValueError: if `t` is below 1 or `beta` lies outside [0, 1).

    Example:
        >>> ewma_weights(3, beta=0.5)
        array([0.5  , 0.25 , 0.125])

    Reference:
        S. W. Roberts (1959), "Control chart tests based on geometric moving averages".
    """
    k = np.arange(t)
    return (1 - beta) * beta**k


@checked(beta=share, kind=one_of("e-folding", "half-life", "variance"))
def effective_window(beta: float, kind: str) -> float:
    """Say over about how many values a moving average with parameter β reaches.

    - `"e-folding"`: 1 / (1 − β). After so many steps a weight has fallen to about 1/e of what it was.
    - `"half-life"`: ln(½) / ln(β). After so many steps a weight has halved, exactly.
    - `"variance"`: (1 + β) / (1 − β). A plain mean of so many independent values fluctuates as much as v_t
      does after a long time.

    Args:
        beta: β in (0, 1).
        kind: `"e-folding"`, `"half-life"` or `"variance"`.

    Returns:
        The window in steps, a float; it need not be whole.

    Raises:
        TypeError: if `beta` is no number or `kind` no string.
        ValueError: if `beta` lies outside (0, 1) or `kind` is none of the three.

    Example:
        >>> round(effective_window(0.9, "e-folding"), 6)
        10.0
        >>> round(effective_window(0.9, "half-life"), 2)
        6.58
        >>> round(effective_window(0.9, "variance"), 6)
        19.0

    Reference:
        J. S. Hunter (1986), "The exponentially weighted moving average", Journal of Quality Technology 18,
        for the variance; the other two follow from the weights (1 − β)·β^k.
    """
    windows = {
        "e-folding": 1 / (1 - beta),
        "half-life": np.log(0.5) / np.log(beta),
        "variance": (1 + beta) / (1 - beta),
    }
    return float(windows[kind])
