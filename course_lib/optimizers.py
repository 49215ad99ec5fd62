"""Update rules: one step of each optimizer, as a pure function.

    state = None
    for batch in batches:
        params, state = adam(params, gradient(params, batch), state, lr=schedule(t))

Parameters are floating-point arrays of any shape; their shape and dtype come back as they went in, and
nothing is changed in place. NaN and infinity pass through. `eps` stands outside the root, and t is 1 at the
first update.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from course_lib._arguments import Rule, checked, decay, floats, function, like, non_negative, optional, whole
from course_lib._types import Floats, Gradient


@checked(params=floats, grads=like("params"), lr=non_negative)
def sgd(params: Floats, grads: Floats, state: None = None, *, lr: float) -> tuple[Floats, None]:
    """Take one step of gradient descent.

    θ ← θ − α·g

    With the gradient of a mini-batch for g, this is stochastic gradient descent.

    Args:
        params: θ, float array of any shape.
        grads: g, the gradient at `params`, same shape and dtype.
        state: not used; the rule has no memory.
        lr: α, the learning rate, zero or above.

    Returns:
        The new parameters, same shape and dtype as `params`, and None for the state.

    Raises:
        TypeError: if an array does not hold floating-point numbers.
        ValueError: if shapes differ or `lr` is negative.

    Example:
        >>> sgd(np.array([1.0, -2.0]), np.array([0.5, 1.0]), lr=0.1)
        (array([ 0.95, -2.1 ]), None)

    Reference:
        Cauchy (1847), the method of steepest descent; Robbins and Monro (1951) for noisy gradients.
    """
    params = params - lr * grads
    return params, None


@checked(params=floats, grads=like("params"), state=optional(like("params")), lr=non_negative, beta=decay)
def momentum(
    params: Floats, grads: Floats, state: Floats | None = None, *, lr: float, beta: float = 0.9
) -> tuple[Floats, Floats]:
    """Take one step along a moving average of the gradients.

    v ← β·v + (1−β)·g
    θ ← θ − α·v

    Args:
        params: θ, float array of any shape.
        grads: g, the gradient at `params`, same shape and dtype.
        state: v, the velocity, same shape as `params`; None before the first step stands for zero.
        lr: α, the learning rate, zero or above.
        beta: β in [0, 1), how much of the velocity is kept; 0 gives `sgd`.

    Returns:
        The new parameters and the new velocity, both of the shape and dtype of `params`.

    Raises:
        TypeError: if an array does not hold floating-point numbers.
        ValueError: if shapes differ, `lr` is negative or `beta` lies outside [0, 1).

    Example:
        >>> params, v = momentum(np.array([1.0, -2.0]), np.array([0.5, 1.0]), lr=0.1, beta=0.5)
        >>> params, v
        (array([ 0.975, -2.05 ]), array([0.25, 0.5 ]))

    Reference:
        Ng (2017), Deep Learning Specialization, course 2, week 2. Without the factor 1−β it is
        `classical_momentum`: the two agree when that one's learning rate is (1−β)·α.
    """
    v = np.zeros_like(params) if state is None else state
    v = beta * v + (1 - beta) * grads
    params = params - lr * v
    return params, v


@checked(params=floats, grads=like("params"), state=optional(like("params")), lr=non_negative, mu=decay)
def classical_momentum(
    params: Floats, grads: Floats, state: Floats | None = None, *, lr: float, mu: float = 0.9
) -> tuple[Floats, Floats]:
    """Take one step of the heavy ball.

    v ← μ·v − α·g
    θ ← θ + v

    Args:
        params: θ, float array of any shape.
        grads: g, the gradient at `params`, same shape and dtype.
        state: v, the last change of the parameters, same shape; None before the first step stands for zero.
        lr: α, the learning rate, zero or above.
        mu: μ in [0, 1), the momentum coefficient; 0 gives `sgd`.

    Returns:
        The new parameters and the new velocity, both of the shape and dtype of `params`.

    Raises:
        TypeError: if an array does not hold floating-point numbers.
        ValueError: if shapes differ, `lr` is negative or `mu` lies outside [0, 1).

    Example:
        >>> params, v = classical_momentum(np.array([1.0, -2.0]), np.array([0.5, 1.0]), lr=0.1)
        >>> classical_momentum(params, np.array([0.5, 1.0]), v, lr=0.1)
        (array([ 0.855, -2.29 ]), array([-0.095, -0.19 ]))

    Reference:
        Polyak (1964); in this form Sutskever, Martens, Dahl and Hinton (2013), equations 1 and 2.
    """
    v = np.zeros_like(params) if state is None else state
    v = mu * v - lr * grads
    params = params + v
    return params, v


@checked(params=floats, gradient=function, state=optional(like("params")), lr=non_negative, mu=decay)
def nesterov_lookahead(
    params: Floats, gradient: Gradient, state: Floats | None = None, *, lr: float, mu: float = 0.9
) -> tuple[Floats, Floats]:
    """Take one step of Nesterov's momentum, with the gradient where the velocity is about to lead.

    θ_ahead = θ + μ·v
    v ← μ·v − α·∇J(θ_ahead)
    θ ← θ + v

    Args:
        params: θ, float array of any shape.
        gradient: ∇J, a function of the parameters that returns an array of their shape; called once.
        state: v, the last change of the parameters, same shape; None before the first step stands for zero.
        lr: α, the learning rate, zero or above.
        mu: μ in [0, 1), the momentum coefficient; 0 gives `sgd`.

    Returns:
        The new parameters and the new velocity, both of the shape and dtype of `params`.

    Raises:
        TypeError: if an array does not hold floating-point numbers or `gradient` is not a function.
        ValueError: if shapes differ, `lr` is negative or `mu` lies outside [0, 1).

    Example:
        >>> params, v = np.array([1.0, -2.0]), np.array([-0.5, 1.0])
        >>> nesterov_lookahead(params, lambda at: 2 * at, v, lr=0.1)
        (array([ 0.44, -0.88]), array([-0.56,  1.12]))

    Reference:
        Nesterov (1983); in this form Sutskever, Martens, Dahl and Hinton (2013), equations 3 and 4.
    """
    v = np.zeros_like(params) if state is None else state
    ahead = params + mu * v
    v = mu * v - lr * gradient(ahead)
    params = params + v
    return params, v


@checked(params=floats, grads=like("params"), state=optional(like("params")), lr=non_negative, mu=decay)
def nesterov(
    params: Floats, grads: Floats, state: Floats | None = None, *, lr: float, mu: float = 0.9
) -> tuple[Floats, Floats]:
    """Take one step of Nesterov's momentum, written for parameters that already look ahead.

    v_prev = v
    v ← μ·v − α·g
    θ ← θ − μ·v_prev + (1+μ)·v

    The parameters here are θ + μ·v of `nesterov_lookahead`, so an ordinary gradient at `params` serves.

    Args:
        params: θ, float array of any shape.
        grads: g, the gradient at `params`, same shape and dtype.
        state: v, the velocity, same shape as `params`; None before the first step stands for zero.
        lr: α, the learning rate, zero or above.
        mu: μ in [0, 1), the momentum coefficient; 0 gives `sgd`.

    Returns:
        The new parameters and the new velocity, both of the shape and dtype of `params`.

    Raises:
        TypeError: if an array does not hold floating-point numbers.
        ValueError: if shapes differ, `lr` is negative or `mu` lies outside [0, 1).

    Example:
        >>> params, v = np.array([1.0, -2.0]), np.array([-0.5, 1.0])
        >>> nesterov(params, np.array([0.5, 1.0]), v, lr=0.1, mu=0.5)
        (array([ 0.8, -1.9]), array([-0.3,  0.4]))

    Reference:
        Bengio, Boulanger-Lewandowski and Pascanu (2013), "Advances in Optimizing Recurrent Networks", section
        3.5; Stanford CS231n notes, "Nesterov Momentum".
    """
    v_prev = np.zeros_like(params) if state is None else state
    v = mu * v_prev - lr * grads
    params = params - mu * v_prev + (1 + mu) * v
    return params, v


@checked(
    params=floats, grads=like("params"), state=optional(like("params")), lr=non_negative, eps=non_negative
)
def adagrad(
    params: Floats, grads: Floats, state: Floats | None = None, *, lr: float, eps: float = 1e-8
) -> tuple[Floats, Floats]:
    """Take one step whose length shrinks with all gradients seen so far, entry by entry.

    cache ← cache + g²
    θ ← θ − α·g / (√cache + ε)

    Args:
        params: θ, float array of any shape.
        grads: g, the gradient at `params`, same shape and dtype.
        state: cache, the sum of squared gradients, same shape; None before the first step stands for zero.
        lr: α, the learning rate, zero or above; the length of the first step in every entry.
        eps: ε, keeps the quotient finite where the cache is zero; outside the root.

    Returns:
        The new parameters and the new cache, both of the shape and dtype of `params`.

    Raises:
        TypeError: if an array does not hold floating-point numbers.
        ValueError: if shapes differ, or `lr` or `eps` is negative.

    Example:
        >>> adagrad(np.array([1.0, -2.0]), np.array([3.0, 0.0]), np.array([16.0, 0.0]), lr=0.5)
        (array([ 0.7, -2. ]), array([25.,  0.]))

    Reference:
        Duchi, Hazan and Singer (2011), the diagonal version.
    """
    cache = np.zeros_like(params) if state is None else state
    cache = cache + grads**2
    params = params - lr * grads / (np.sqrt(cache) + eps)
    return params, cache


@checked(
    params=floats,
    grads=like("params"),
    state=optional(like("params")),
    lr=non_negative,
    decay=decay,
    eps=non_negative,
)
def rmsprop(
    params: Floats,
    grads: Floats,
    state: Floats | None = None,
    *,
    lr: float,
    decay: float = 0.9,
    eps: float = 1e-8,
) -> tuple[Floats, Floats]:
    """Take one step divided by the root of a moving average of squared gradients, entry by entry.

    cache ← ρ·cache + (1−ρ)·g²
    θ ← θ − α·g / (√cache + ε)

    Args:
        params: θ, float array of any shape.
        grads: g, the gradient at `params`, same shape and dtype.
        state: cache, the average of squared gradients, same shape; None before the first step stands for
            zero.
        lr: α, the learning rate, zero or above.
        decay: ρ in [0, 1), how much of the cache is kept.
        eps: ε, keeps the quotient finite where the cache is zero; outside the root.

    Returns:
        The new parameters and the new cache, both of the shape and dtype of `params`.

    Raises:
        TypeError: if an array does not hold floating-point numbers.
        ValueError: if shapes differ, `lr` or `eps` is negative, or `decay` lies outside [0, 1).

    Example:
        >>> params, cache = np.array([1.0, -2.0]), np.array([0.0, 8.0])
        >>> rmsprop(params, np.array([4.0, 0.0]), cache, lr=0.3, decay=0.75)
        (array([ 0.4, -2. ]), array([4., 6.]))

    Reference:
        Tieleman and Hinton (2012), Coursera lecture 6.5. The cache starts at zero without a correction, so
        the first step has the length α/√(1−ρ), not α.
    """
    cache = np.zeros_like(params) if state is None else state
    cache = decay * cache + (1 - decay) * grads**2
    params = params - lr * grads / (np.sqrt(cache) + eps)
    return params, cache


class AdamState(NamedTuple):
    """What Adam remembers between two steps."""

    t: int  # updates made so far
    m: Floats  # first moment: moving average of the gradients, uncorrected
    v: Floats  # second moment: moving average of their squares, uncorrected


def _adam_state(name: str, value: Any, arguments: Any) -> AdamState | None:
    """Check the parts of an Adam state."""
    if value is None:
        return None
    if not isinstance(value, tuple) or len(value) != 3:
        raise TypeError(f"{name} must be None or AdamState(t, m, v), got {type(value).__name__}")
    moment = like("params")
    t, m, v = value
    return AdamState(
        whole(f"{name}.t", t), moment(f"{name}.m", m, arguments), moment(f"{name}.v", v, arguments)
    )


_adam_arguments: dict[str, Rule] = {
    "params": floats,
    "grads": like("params"),
    "state": _adam_state,
    "lr": non_negative,
    "beta1": decay,
    "beta2": decay,
    "eps": non_negative,
}


@checked(**_adam_arguments)
def adam(
    params: Floats,
    grads: Floats,
    state: AdamState | None = None,
    *,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
) -> tuple[Floats, AdamState]:
    """Take one step of Adam: momentum over RMSprop, both corrected for their start at zero.

    t ← t + 1
    m ← β₁·m + (1−β₁)·g
    v ← β₂·v + (1−β₂)·g²
    m̂ = m / (1−β₁ᵗ)
    v̂ = v / (1−β₂ᵗ)
    θ ← θ − α·m̂ / (√v̂ + ε)

    Args:
        params: θ, float array of any shape.
        grads: g, the gradient at `params`, same shape and dtype.
        state: `AdamState(t, m, v)`, the number of updates so far and both moments as they are before the
            correction, in the shape of `params`; None before the first step stands for zeros.
        lr: α, the learning rate, zero or above; the length of a step while the gradient stays the same.
        beta1: β₁ in [0, 1), how much of the first moment is kept.
        beta2: β₂ in [0, 1), how much of the second moment is kept.
        eps: ε, keeps the quotient finite where v̂ is zero; outside the root. In float16 the default rounds
            to zero, and an entry that never had a gradient becomes NaN: choose 1e-7 or more there.

    Returns:
        The new parameters, in the shape and dtype of `params`, and the new `AdamState`.

    Raises:
        TypeError: if an array does not hold floating-point numbers, or `state` is no `AdamState`.
        ValueError: if shapes differ, `lr` or `eps` is negative, or a β lies outside [0, 1).

    Example:
        >>> params, state = adam(np.array([1.0, -2.0]), np.array([4.0, -0.5]), lr=0.1)
        >>> params  # the first step has the length lr, whatever the gradient's
        array([ 0.9, -1.9])
        >>> state.t, state.m
        (1, array([ 0.4 , -0.05]))

    Reference:
        Kingma and Ba (2015), Algorithm 1.
    """
    t, m, v = (0, np.zeros_like(params), np.zeros_like(params)) if state is None else state
    t = t + 1
    m = beta1 * m + (1 - beta1) * grads
    v = beta2 * v + (1 - beta2) * grads**2
    m_hat = m / (1 - beta1**t)
    v_hat = v / (1 - beta2**t)
    params = params - lr * (m_hat / (np.sqrt(v_hat) + eps))
    return params, AdamState(t, m, v)


@checked(**_adam_arguments, weight_decay=non_negative)
def adamw(
    params: Floats,
    grads: Floats,
    state: AdamState | None = None,
    *,
    lr: float = 1e-3,
    beta1: float = 0.9,
    beta2: float = 0.999,
    eps: float = 1e-8,
    weight_decay: float = 1e-2,
) -> tuple[Floats, AdamState]:
    """Take one step of Adam, and let the weights decay beside it.

    θ ← θ − α·m̂ / (√v̂ + ε) − α·w·θ

    with m̂ and v̂ as in `adam`, and the old θ in both terms. The decay does not enter the gradient: it is not
    divided by √v̂, so all weights shrink by the same factor 1 − α·w.

    Args:
        params: θ, float array of any shape.
        grads: g, the gradient of the loss alone, without a penalty, same shape and dtype.
        state: `AdamState(t, m, v)` as in `adam`; None before the first step.
        lr: α, the learning rate, zero or above.
        beta1: β₁ in [0, 1), how much of the first moment is kept.
        beta2: β₂ in [0, 1), how much of the second moment is kept.
        eps: ε, keeps the quotient finite where v̂ is zero; outside the root.
        weight_decay: w, zero or above; 0 gives `adam`.

    Returns:
        The new parameters, in the shape and dtype of `params`, and the new `AdamState`.

    Raises:
        TypeError: if an array does not hold floating-point numbers, or `state` is no `AdamState`.
        ValueError: if shapes differ, `lr`, `eps` or `weight_decay` is negative, or a β lies outside [0, 1).

    Example:
        >>> params, state = adamw(np.array([1.0, -2.0]), np.array([4.0, 0.0]), lr=0.1, weight_decay=0.5)
        >>> params
        array([ 0.85, -1.9 ])

    Reference:
        Loshchilov and Hutter (2019), Algorithm 2, with the decay scaled by the learning rate as in PyTorch.
    """
    adapted, state = adam(params, grads, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    params = adapted - lr * weight_decay * params
    return params, state
