"""How far the adaptive rules step: formulas to predict what RMSprop and Adam do."""

from __future__ import annotations

import numpy as np

from course_lib._arguments import checked, counts, decay, floats, non_negative
from course_lib._types import Floats, Integers


@checked(cache=floats, lr=non_negative, eps=non_negative)
def effective_lr(cache: Floats, lr: float, eps: float = 1e-8) -> Floats:
    """Compute what Adagrad and RMSprop multiply each entry of the gradient by.

    α_eff = α / (√cache + ε)

    Args:
        cache: sum or average of squared gradients, zero or above, float array of any shape.
        lr: α, the learning rate, zero or above.
        eps: ε, outside the root.

    Returns:
        The learning rate of each entry, same shape and dtype as `cache`.

    Raises:
        TypeError: if `cache` does not hold floating-point numbers.
        ValueError: if `lr` or `eps` is negative.

    Example:
        >>> effective_lr(np.array([0.25, 4.0]), lr=0.1, eps=0.5)
        array([0.1 , 0.04])

    Reference:
        Duchi, Hazan and Singer (2011); Tieleman and Hinton (2012).
    """
    return lr / (np.sqrt(cache) + eps)


@checked(lr=non_negative, decay=decay)
def rmsprop_first_step(lr: float, decay: float) -> float:
    """Compute the length of RMSprop's first step, in every entry whose gradient is not zero.

    The cache starts at zero, so after the first gradient it is (1−ρ)·g², and the step, with ε left out, is

    α·|g| / √((1−ρ)·g²) = α / √(1−ρ)

    Args:
        lr: α, the learning rate, zero or above.
        decay: ρ in [0, 1), how much of the cache is kept.

    Returns:
        The length of the step, a float in the units of the parameters.

    Raises:
        ValueError: if `lr` is negative or `decay` lies outside [0, 1).

    Example:
        >>> float(rmsprop_first_step(lr=0.01, decay=0.9375))
        0.04

    Reference:
        Follows from Tieleman and Hinton (2012); Kingma and Ba (2015), section 3, is the remedy.
    """
    return lr / np.sqrt(1 - decay)


@checked(t=counts, beta1=decay, beta2=decay)
def adam_step_ratio(t: int | Integers, beta1: float, beta2: float) -> float | Floats:
    """Compute the length of Adam's step t over α, without the correction, under a constant gradient.

    After t equal gradients g, m = (1−β₁ᵗ)·g and v = (1−β₂ᵗ)·g², so |m|/√v, with ε left out, is

    (1−β₁ᵗ) / √(1−β₂ᵗ)

    With the correction it is 1 at every step.

    Args:
        t: the number of the step, 1 at the first update, or an array of such numbers.
        beta1: β₁ in [0, 1).
        beta2: β₂ in [0, 1).

    Returns:
        The ratio, in the shape of t.

    Raises:
        TypeError: if `t` is an array that does not hold whole numbers.
        ValueError: if a single `t` is less than 1 or a β lies outside [0, 1).

    Example:
        >>> np.round(adam_step_ratio(np.array([1, 1000]), 0.9, 0.999), 2)
        array([3.16, 1.26])

    Reference:
        Follows from Kingma and Ba (2015), section 3.
    """
    return (1 - beta1**t) / np.sqrt(1 - beta2**t)


@checked(lr=non_negative, beta1=decay, beta2=decay)
def adam_update_bound(lr: float, beta1: float, beta2: float) -> float:
    """Compute Kingma and Ba's bound on the change that one step of Adam makes to an entry.

    α·(1−β₁)/√(1−β₂)   if 1−β₁ > √(1−β₂)
    α                  otherwise

    The first case is the step that Adam takes, ε aside, when a single gradient comes after a long silence.
    Where more gradients follow it, the next steps can be longer still: for them this is no bound.

    Args:
        lr: α, the learning rate, zero or above.
        beta1: β₁ in [0, 1).
        beta2: β₂ in [0, 1).

    Returns:
        The bound, a float in the units of the parameters.

    Raises:
        ValueError: if `lr` is negative or a β lies outside [0, 1).

    Example:
        >>> print(f"{adam_update_bound(0.001, 0.9, 0.999):.5f}, {adam_update_bound(0.001, 0.99, 0.999):.5f}")
        0.00316, 0.00100

    Reference:
        Kingma and Ba (2015), section 2.1, where it is called an upper bound of the step. By the inequality of
        Cauchy and Schwarz the bound for any gradients is α·(1−β₁)/√((1−β₂)·(1−β₁²/β₂)), if β₁² < β₂.
    """
    if 1 - beta1 > np.sqrt(1 - beta2):
        return lr * (1 - beta1) / np.sqrt(1 - beta2)
    return lr
