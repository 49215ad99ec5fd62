"""Schedules: the learning rate as a function of time.

t counts the updates made so far, 0 before the first, so `lr=schedule(t)` is what update t + 1 uses.
A schedule per epoch counts the epochs finished so far in the same way, where its docstring does not say
otherwise. Times may be fractions.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from course_lib._arguments import array, checked, fraction, non_negative, positive
from course_lib._types import Floats


def _from_one(name: str, value: Any, arguments: Any = None) -> float:
    """Check for a number that is 1 or more."""
    plain = positive(name, value)
    if plain < 1:
        raise ValueError(f"{name} counts from 1, got {value}")
    return plain


def _beyond_warmup(name: str, value: Any, arguments: Any) -> float:
    """Check that training goes on after the warm-up."""
    plain = positive(name, value)
    if plain <= arguments["warmup"]:
        raise ValueError(f"{name} must be more than warmup, {arguments['warmup']}, got {value}")
    return plain


def _increasing(name: str, value: Any, arguments: Any = None) -> Floats:
    """Check for learning rates in the order in which a range test raises them."""
    array(1)(name, value)
    if not (value.size and value[0] > 0 and np.all(np.diff(value) > 0)):
        raise ValueError(f"{name} must be positive and increase")
    return value


def _begins_finite(name: str, value: Any, arguments: Any) -> Floats:
    """Check for one loss per learning rate, the first of them finite."""
    array(1)(name, value)
    if value.shape != arguments["lrs"].shape:
        raise ValueError(f"{name} must have the shape of lrs, {arguments['lrs'].shape}, got {value.shape}")
    if not np.isfinite(value[0]):
        raise ValueError(f"{name} must begin with a finite number, got {value[0]}")
    return value


@checked(t=non_negative, lr0=non_negative, factor=fraction, every=positive)
def step_decay(t: float, lr0: float, factor: float, every: float) -> float:
    """Compute a learning rate that falls by the same factor at regular times.

    α = α₀·factor^⌊t / every⌋

    Args:
        t: updates (or epochs) made so far, 0 before the first.
        lr0: α₀, the learning rate at t = 0, zero or above.
        factor: what each drop multiplies by, in (0, 1].
        every: updates (or epochs) between two drops; the first drop is at t = every.

    Returns:
        The learning rate, a float.

    Raises:
        ValueError: if `t` or `lr0` is negative, `factor` lies outside (0, 1] or `every` is not positive.

    Example:
        >>> [step_decay(t, lr0=0.8, factor=0.5, every=10) for t in (0, 9, 10, 25)]
        [0.8, 0.8, 0.4, 0.2]

    Reference:
        Stanford CS231n notes, "Annealing the learning rate"; He, Zhang, Ren and Sun (2016), section 3.4.
    """
    return lr0 * factor ** (t // every)


@checked(t=non_negative, lr0=non_negative, k=non_negative)
def exponential_decay(t: float, lr0: float, k: float) -> float:
    """Compute a learning rate that falls by the same factor in every update.

    α = α₀·e^(−k·t)

    Args:
        t: updates made so far, 0 before the first.
        lr0: α₀, the learning rate at t = 0, zero or above.
        k: the rate of decay per update, zero or above; α halves every ln 2 / k updates.

    Returns:
        The learning rate, a float.

    Raises:
        ValueError: if an argument is negative.

    Example:
        >>> print(f"{exponential_decay(100, lr0=0.1, k=0.01):.4f}")
        0.0368

    Reference:
        Stanford CS231n notes, "Annealing the learning rate".
    """
    return lr0 * np.exp(-k * t)


@checked(epoch=non_negative, lr0=non_negative, base=fraction)
def power_decay(epoch: float, lr0: float, base: float = 0.95) -> float:
    """Compute a learning rate that falls by the same factor in every epoch.

    α = α₀·base^epoch

    Args:
        epoch: epochs finished so far, 0 in the first.
        lr0: α₀, the learning rate of the first epoch, zero or above.
        base: the factor per epoch, in (0, 1].

    Returns:
        The learning rate, a float.

    Raises:
        ValueError: if `epoch` or `lr0` is negative, or `base` lies outside (0, 1].

    Example:
        >>> power_decay(3, lr0=0.8, base=0.5)
        0.1

    Reference:
        Ng (2017), Deep Learning Specialization, course 2, week 2, "Learning rate decay".
    """
    return lr0 * base**epoch


@checked(t=non_negative, lr0=non_negative, k=non_negative)
def inverse_time_decay(t: float, lr0: float, k: float) -> float:
    """Compute a learning rate that falls like 1/t.

    α = α₀ / (1 + k·t)

    Args:
        t: updates (or epochs) made so far, 0 before the first.
        lr0: α₀, the learning rate at t = 0, zero or above.
        k: the rate of decay, zero or above; α has halved at t = 1/k.

    Returns:
        The learning rate, a float.

    Raises:
        ValueError: if an argument is negative.

    Example:
        >>> inverse_time_decay(30, lr0=0.2, k=0.1)
        0.05

    Reference:
        Robbins and Monro (1951), whose two conditions Σα = ∞ and Σα² < ∞ it meets; Stanford CS231n notes.
    """
    return lr0 / (1 + k * t)


@checked(epoch=_from_one, lr0=non_negative, k=positive)
def inverse_sqrt_decay(epoch: float, lr0: float, k: float) -> float:
    """Compute a learning rate that falls like one over the root of the epoch.

    α = k / √epoch · α₀

    Args:
        epoch: the number of the epoch, 1 in the first: at 0 the formula has no value.
        lr0: α₀, zero or above.
        k: a positive constant; the first epoch has the learning rate k·α₀.

    Returns:
        The learning rate, a float.

    Raises:
        ValueError: if `epoch` is less than 1, `lr0` is negative or `k` is not positive.

    Example:
        >>> float(inverse_sqrt_decay(16, lr0=0.2, k=1.0))
        0.05

    Reference:
        Ng (2017), Deep Learning Specialization, course 2, week 2, "Learning rate decay"; Zinkevich (2003).
    """
    return k / np.sqrt(epoch) * lr0


@checked(t=non_negative, total=positive, lr0=non_negative, final=non_negative)
def cosine_decay(t: float, total: float, lr0: float, final: float = 0.0) -> float:
    """Compute a learning rate that falls along half a cosine and then stays.

    α = final + ½·(α₀ − final)·(1 + cos(π·t / total))   for t ≤ total
    α = final                                           beyond it

    Args:
        t: updates made so far, 0 before the first.
        total: updates until `final` is reached, positive.
        lr0: α₀, the learning rate at t = 0, zero or above.
        final: the learning rate from t = total on, zero or above.

    Returns:
        The learning rate, a float.

    Raises:
        ValueError: if `total` is not positive or another argument is negative.

    Example:
        >>> [round(float(cosine_decay(t, total=100, lr0=0.2)), 3) for t in (0, 50, 100, 150)]
        [0.2, 0.1, 0.0, 0.0]

    Reference:
        Loshchilov and Hutter (2017), "SGDR", equation 5, without restarts.
    """
    progress = min(t, total) / total
    return final + 0.5 * (lr0 - final) * (1 + np.cos(np.pi * progress))


@checked(t=non_negative, warmup=non_negative, total=_beyond_warmup, peak=non_negative, final=non_negative)
def warmup_cosine(t: float, warmup: float, total: float, peak: float, final: float = 0.0) -> float:
    """Compute a learning rate that climbs along a line and then falls along half a cosine.

    α = peak·t / warmup                                   for t < warmup
    α = cosine_decay(t − warmup, total − warmup, peak)    from t = warmup on

    Args:
        t: updates made so far, 0 before the first; the very first update has the learning rate 0.
        warmup: updates in which the learning rate climbs, zero or above; 0 leaves the cosine alone.
        total: updates until `final` is reached, the warm-up among them.
        peak: the learning rate at t = warmup, zero or above.
        final: the learning rate from t = total on, zero or above.

    Returns:
        The learning rate, a float.

    Raises:
        ValueError: if `total` is not more than `warmup` or another argument is negative.

    Example:
        >>> [round(float(warmup_cosine(t, warmup=10, total=110, peak=0.4)), 3) for t in (0, 5, 10, 60, 110)]
        [0.0, 0.2, 0.4, 0.2, 0.0]

    Reference:
        Goyal et al. (2017), section 2.2, for the warm-up; Loshchilov and Hutter (2017) for the cosine.
    """
    if t < warmup:
        return peak * t / warmup
    return cosine_decay(t - warmup, total - warmup, peak, final)


@checked(lrs=_increasing, losses=_begins_finite)
def lr_range_test(lrs: Floats, losses: Floats) -> float:
    """Suggest a learning rate from one run in which it grew from step to step until training diverged.

    1. Keep the losses before the first that is NaN or infinite.
    2. Smooth: replace each by the mean of itself and its neighbors, two on either side (fewer at the ends).
    3. Take the learning rate at the smallest smoothed loss, and divide it by 10.

    At the smallest loss itself training is about to diverge; a tenth of it is a common, cautious choice.

    Args:
        lrs: the learning rate of each step, increasing, shape (T,).
        losses: the loss of each step, shape (T,); the last ones may be NaN or infinite, the first not.

    Returns:
        The suggested learning rate, a float.

    Raises:
        TypeError: if an argument is not an array of floating-point numbers.
        ValueError: if shapes differ, `lrs` does not increase or the first loss is not finite.

    Example:
        >>> lrs = np.geomspace(1e-4, 10, 51)
        >>> losses = 1 + np.log10(lrs / 0.1) ** 2  # smallest at 0.1
        >>> losses[-3:] = np.nan
        >>> print(f"{lr_range_test(lrs, losses):.3f}")
        0.010

    Reference:
        Smith (2017), "Cyclical Learning Rates for Training Neural Networks", section 3.3, for the test;
        Howard and Gugger (2020), fastai, for a tenth of the minimum.
    """
    stop = np.argmin(np.append(np.isfinite(losses), False))
    smooth = [np.mean(losses[max(i - 2, 0) : min(i + 3, stop)]) for i in range(stop)]
    return lrs[np.argmin(smooth)] / 10
