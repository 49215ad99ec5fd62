"""The training loop: it takes a rule and a schedule, and leaves a trace of what happened.

A rule is any function with the signature of those in `course_lib.optimizers`, the student's own included. One
whose second parameter is called `gradient` is handed the gradient function instead of its value.
"""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple, Protocol

import numpy as np

from course_lib._types import Floats, Gradient, Schedule, UpdateRule


class Trace(NamedTuple):
    """What a run of T updates leaves behind."""

    params: Floats  # before the first update and after each, (T+1, ...); or the last alone, (1, ...)
    losses: Floats  # from descend: J at each of the params, (T+1,); from train: of each batch, (T,)
    lrs: Floats  # learning rate of each update, (T,)
    grad_norms: Floats  # ‖g‖ of each update, (T,)
    states: tuple[Any, ...]  # the rule's state after each update; or the last alone


class Landscape(Protocol):
    """What can be descended; a `course_lib.objectives.Objective` is one."""

    @property
    def value(self) -> Callable[[Floats], Any]:
        """J."""

    @property
    def grad(self) -> Gradient:
        """∇J."""

    @property
    def start(self) -> Floats:
        """Where to start if nothing else is said."""


def train(
    rule: UpdateRule,
    evaluate: Callable[..., tuple[Any, Any]],
    params: Floats,
    batches: Iterable[tuple[Any, ...]],
    *,
    lr: float | Schedule,
    keep_all: bool = False,
    **hyperparameters: Any,
) -> Trace:
    """Update the parameters once for each batch.

    A run that diverges is a result, not an error: overflow passes without a warning, and losses become
    infinite or NaN.

    Args:
        rule: the update rule.
        evaluate: function of `(params, *batch)` that returns the loss, a scalar, and its gradient, of the
            shape of `params`.
        params: where to start, float array of any shape.
        batches: iterable of tuples, one for each update. For several epochs:
            `(batch for _ in range(epochs) for batch in minibatches(X, y, batch_size, rng))`.
        lr: the learning rate, or a schedule: a function of t, the updates made so far, 0 before the first.
        keep_all: keep the parameters and states of all steps, not of the last alone.
        **hyperparameters: handed to the rule.

    Returns:
        The `Trace`. For a rule that takes the gradient function, losses and gradients are those at the point
        where the rule asked for them.

    Example:
        >>> def descent(params, grads, state=None, *, lr):
        ...     return params - lr * grads, None
        >>> def squared_error(w, x, y):
        ...     return 0.5 * (w * x - y) ** 2, (w * x - y) * x
        >>> trace = train(descent, squared_error, np.array(0.0), [(1.0, 2.0), (2.0, 4.0)], lr=0.25)
        >>> trace.params, trace.losses
        (array([2.]), array([2. , 4.5]))
    """
    schedule = lr if callable(lr) else lambda t: lr
    takes_function = "gradient" in inspect.signature(rule).parameters
    seen: list[tuple[Any, Any]] = []
    lrs: list[float] = []
    kept: list[Any] = [params]
    states: list[Any] = []
    state = None
    with np.errstate(over="ignore", invalid="ignore"):
        for t, batch in enumerate(batches):

            def gradient(at: Floats, batch: tuple[Any, ...] = batch) -> Floats:
                loss, grads = evaluate(at, *batch)
                seen.append((loss, np.sqrt(np.sum(grads * grads))))
                return grads

            lrs.append(schedule(t))
            asked = gradient if takes_function else gradient(params)
            params, state = rule(params, asked, state, lr=lrs[-1], **hyperparameters)
            if not keep_all:
                kept.clear()
                states.clear()
            kept.append(params)
            states.append(state)
    losses, norms = np.array(seen, dtype=float).reshape(-1, 2).T
    return Trace(np.array(kept), losses, np.array(lrs, dtype=float), norms, tuple(states))


def descend(
    rule: UpdateRule,
    objective: Landscape,
    *,
    lr: float | Schedule,
    steps: int,
    start: Floats | None = None,
    **hyperparameters: Any,
) -> Trace:
    """Descend an objective with a rule, and keep every point of the path.

    Args:
        rule: the update rule.
        objective: a `course_lib.objectives.Objective`, or anything with `value`, `grad` and `start`.
        lr: the learning rate, or a schedule: a function of t, the updates made so far, 0 before the first.
        steps: T, the number of updates.
        start: where to start; the objective's own start if None.
        **hyperparameters: handed to the rule.

    Returns:
        The `Trace`; `losses` holds J at each of the T+1 points.

    Example:
        >>> from course_lib import objectives, optimizers
        >>> trace = descend(optimizers.sgd, objectives.ravine(4.0), lr=0.25, steps=2)
        >>> trace.params.tolist()
        [[-10.0, 1.0], [-7.5, 0.0], [-5.625, 0.0]]
        >>> trace.losses.tolist()
        [52.0, 28.125, 15.8203125]
    """
    start = np.asarray(objective.start if start is None else start)
    start = start.astype(np.result_type(start, np.float16))  # whole numbers become floats, floats stay
    trace = train(
        rule,
        lambda params: (np.nan, objective.grad(params)),  # the losses are taken below, on the path itself
        start,
        itertools.repeat((), steps),
        lr=lr,
        keep_all=True,
        **hyperparameters,
    )
    with np.errstate(over="ignore", invalid="ignore"):
        losses = np.array([objective.value(params) for params in trace.params], dtype=float)
    return trace._replace(losses=losses)
