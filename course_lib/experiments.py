"""A fair experiment: train, choose settings, give an interval, compare: lesson 12."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np

from course_lib._arguments import checked, floats, function, list_of, numeric, numeric_like, positive
from course_lib._types import Array, Floats, Schedule, UpdateRule


def _scores(name: str, value: Any, arguments: Any = None) -> Array:
    """One number for each seed, for two seeds or more: returned as an array."""
    entries = numeric(name, value)
    if entries.ndim != 1 or len(entries) < 2:
        raise ValueError(f"{name} must be at least two numbers in a row, got shape {entries.shape}")
    return entries


def _anything(name: str, value: Any, arguments: Any = None) -> Any:
    """Whatever was passed."""
    return value


@checked(rule=function, gradient=function, params=floats, schedule=function)
def train_network(
    rule: UpdateRule,
    gradient: Callable[..., Floats],
    params: Floats,
    batches: Iterable[tuple[Any, Any]],
    schedule: Schedule,
) -> Floats:
    """Train: for each batch one gradient and one update, with the learning rate of its step.

    Step t = 0, 1, 2, …: g = ∇J(θ) on batch t, then θ, state ← rule(θ, g, state, lr=schedule(t)).

    Args:
        rule: an update rule, called as `rule(params, grads, state, lr=...)`; it returns the new parameters
            and the new state. Before the first step the state is None.
        gradient: ∇J, a function of `(params, X, y)` that returns an array like `params`. It is called once a
            step, at the newest parameters.
        params: θ before the first step, float array of any shape.
        batches: a list of T pairs `(X, y)`, used in order, each once.
        schedule: the learning rate as a function of t, the updates made so far: 0 at the first.

    Returns:
        The parameters before the first step and after each, an array of shape `(T+1, *params.shape)`.

    Raises:
        TypeError: if `rule`, `gradient` or `schedule` is no function, or `params` no floating-point numbers.

    Example:
        >>> def descent(params, grads, state=None, *, lr):
        ...     return params - lr * grads, None
        >>> batches = [(1.0, 2.0), (2.0, 4.0)]
        >>> path = train_network(
        ...     descent, lambda w, x, y: (w * x - y) * x, np.zeros(1), batches, lambda t: 0.5 / (1 + t)
        ... )
        >>> path[:, 0].tolist()
        [0.0, 1.0, 2.0]

    Reference:
        H. Robbins and S. Monro (1951), "A stochastic approximation method": the loop; the rules are those of
        lessons 00 to 08.
    """
    path, state = [params], None
    for t, (X, y) in enumerate(batches):
        grads = gradient(path[-1], X, y)
        params, state = rule(path[-1], grads, state, lr=schedule(t))
        path.append(params)
    return np.array(path)


@checked(validate=function, candidates=list_of(_anything), seeds=list_of(_anything))
def choose_setting(
    validate: Callable[[Any, Any], float], candidates: list[Any], seeds: list[Any]
) -> tuple[Any, Floats]:
    """Choose the setting whose mean validation score over the seeds is highest.

    Every candidate is tried on every seed, and on nothing else. A candidate one of whose scores is NaN, as
    of a run that diverged, has the mean NaN and is never chosen, unless all are NaN: then it is the first.

    Args:
        validate: function of `(candidate, seed)` that trains and returns a score, higher is better. It is
            called once for each pair.
        candidates: a list of k settings, for example learning rates.
        seeds: a list of seeds.

    Returns:
        best: the chosen candidate, an item of `candidates`; of equal ones the first.
        means: the mean score of each candidate, shape `(k,)`.

    Raises:
        TypeError: if `validate` is no function or a list is none.
        ValueError: if a list is empty.

    Example:
        >>> scores = {(0.1, 0): 0.5, (0.1, 1): 0.7, (1.0, 0): 0.9, (1.0, 1): np.nan}
        >>> choose_setting(lambda lr, seed: scores[lr, seed], [0.1, 1.0], [0, 1])
        (0.1, array([0.6, nan]))

    Reference:
        J. Bergstra and Y. Bengio (2012), "Random search for hyper-parameter optimization", section 2.
    """
    means = np.array([np.mean([validate(candidate, seed) for seed in seeds]) for candidate in candidates])
    best = np.argmax(np.where(np.isnan(means), -np.inf, means))
    return candidates[best], means


@checked(scores=_scores, quantile=positive)
def mean_and_interval(scores: Array, quantile: float) -> tuple[float, float, float]:
    """Give the mean of some scores, and the interval in which the mean of endlessly many may well lie.

    mean ± quantile·s/√n, where s² = Σ(score − mean)²/(n−1).

    Args:
        scores: one for each of n seeds, shape `(n,)`, n at least 2.
        quantile: of Student's t distribution with n−1 degrees of freedom: 2.776 for 95 % and n = 5.

    Returns:
        mean, low, high: three floats.

    Raises:
        TypeError: if `scores` holds no numbers or `quantile` is none.
        ValueError: if there are fewer than two scores or `quantile` is not positive.

    Example:
        >>> mean, low, high = mean_and_interval(np.array([90.0, 92.0, 94.0, 92.0, 92.0]), 2.776)
        >>> mean, round(low, 3), round(high, 3)
        (92.0, 90.244, 93.756)

    Reference:
        Student (1908), "The probable error of a mean".
    """
    mean = np.mean(scores)
    half_width = quantile * np.std(scores, ddof=1) / np.sqrt(len(scores))
    return float(mean), float(mean - half_width), float(mean + half_width)


@checked(first=_scores, second=numeric_like("first"), quantile=positive)
def compare_paired(first: Array, second: Array, quantile: float) -> str:
    """Say which of two rules scored higher, from runs that shared their seeds.

    Seed by seed, both rules began at the same weights and saw the same batches; so look at the interval of
    the differences, and decide only if 0 lies outside it.

    Args:
        first: scores of one rule, one for each seed, shape `(n,)`, n at least 2.
        second: scores of the other on the same seeds in the same order, shape `(n,)`.
        quantile: as in `mean_and_interval`.

    Returns:
        `"first"` if the whole interval of first − second lies above 0, `"second"` if it lies below, else
        `"undecided"`.

    Raises:
        TypeError: if scores are no numbers or `quantile` is none.
        ValueError: if there are fewer than two scores, the two differ in length, or `quantile` is not
            positive.

    Example:
        >>> noisy = np.array([80.0, 90.0, 85.0])
        >>> compare_paired(noisy + np.array([1.0, 1.1, 0.9]), noisy, 4.303)
        'first'

    Reference:
        T. Dietterich (1998), "Approximate statistical tests for comparing supervised classification learning
        algorithms", section 3.3.
    """
    _, low, high = mean_and_interval(first - second, quantile)
    if low > 0:
        return "first"
    return "second" if high < 0 else "undecided"
