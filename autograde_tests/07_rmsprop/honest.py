"""Honest answers to lesson 07, written in other ways: each must get full marks."""

import math
import warnings

import numpy as np

from autograde_tests.engine.honest import honest


@honest("adagrad")
def entry_by_entry(params, grads, state=None, *, lr, eps=1e-8):
    """Loop over the entries."""
    new_params, new_cache = np.empty_like(params), np.empty_like(params)
    for index in np.ndindex(params.shape):
        old = params.dtype.type(0) if state is None else state[index]
        new_cache[index] = old + grads[index] * grads[index]
        new_params[index] = params[index] - lr * grads[index] / (np.sqrt(new_cache[index]) + eps)
    return [new_params, new_cache]


@honest("adagrad")
def in_place_on_its_own_copies(params, grads, state=None, *, lr, eps=1e-8):
    """Work in place, on copies."""
    params = params.copy()
    cache = np.zeros_like(params) if state is None else state.copy()
    cache += np.square(grads)
    params -= lr * grads / (np.sqrt(cache) + eps)
    return params, cache


@honest("adagrad")
def with_an_effective_rate_and_a_print(params, grads, state=None, *, lr, eps=1e-8):
    """Compute the rate of each entry first, and print."""
    cache = np.power(grads, 2) if state is None else np.add(state, np.power(grads, 2))
    rate = lr / (eps + np.sqrt(cache))
    print("smallest rate", rate.min())
    return params - rate * grads, cache


@honest("adagrad")
def with_the_absolute_value_of_a_product(params, grads, state=None, *, lr, eps=1e-8):
    """Add a negative step."""
    if state is None:
        state = 0 * params
    cache = np.abs(grads * grads) + state
    step = np.multiply(-lr, grads) / np.add(cache**0.5, eps)
    return (params + step, cache)


@honest("rmsprop")
def entry_by_entry(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """Loop over the entries."""
    new_params, new_cache = np.empty_like(params), np.empty_like(params)
    for index in np.ndindex(params.shape):
        old = params.dtype.type(0) if state is None else state[index]
        new_cache[index] = decay * old + (1 - decay) * grads[index] ** 2
        new_params[index] = params[index] - lr * grads[index] / (np.sqrt(new_cache[index]) + eps)
    return [new_params, new_cache]


@honest("rmsprop")
def as_a_correction_of_the_old_cache(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """Move the cache toward the square by the share 1 − decay."""
    if state is None:
        state = np.zeros_like(params)
    cache = state + (1 - decay) * (grads * grads - state)
    return params - lr / (np.sqrt(cache) + eps) * grads, cache


@honest("rmsprop")
def in_place_on_its_own_copies(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """Work in place, on copies."""
    params = np.array(params)
    cache = np.zeros_like(params) if state is None else np.array(state)
    cache *= decay
    cache += (1 - decay) * grads**2
    params -= lr * grads / (np.sqrt(cache) + eps)
    return params, cache


@honest("rmsprop")
def with_einsum_and_a_warning(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """Square with einsum, and warn."""
    warnings.warn("a first try", stacklevel=2)
    squares = np.einsum("...,...->...", grads, grads)
    cache = (1 - decay) * squares if state is None else decay * state + (1 - decay) * squares
    return (params - lr * grads / (np.sqrt(cache) + eps), cache)


@honest("effective_lr")
def entry_by_entry(cache, lr, eps=1e-8):
    """Loop over the entries."""
    rates = np.empty_like(cache)
    for index, value in np.ndenumerate(cache):
        rates[index] = lr / (value**0.5 + eps)
    return rates


@honest("effective_lr")
def by_division_in_two_steps(cache, lr, eps=1e-8):
    """Build the denominator first."""
    denominator = cache**0.5
    denominator = denominator + eps
    return np.divide(lr, denominator)


@honest("effective_lr")
def by_the_reciprocal(cache, lr, eps=1e-8):
    """Multiply by a power of −1."""
    print("entries:", cache.size)
    return lr * (np.sqrt(cache) + eps) ** -1


@honest("rmsprop_first_step")
def with_the_math_module(lr, decay):
    """Use the standard library's roots."""
    return lr / math.sqrt(1.0 - decay)


@honest("rmsprop_first_step")
def with_a_power(lr, decay):
    """Use a negative power."""
    return lr * (1 - decay) ** -0.5


@honest("rmsprop_first_step")
def by_walking_one_step(lr, decay):
    """Take the step and measure it."""
    cache = decay * 0.0 + (1 - decay) * 7.0**2
    return np.abs(-lr * 7.0 / np.sqrt(cache))


@honest("rmsprop_first_step")
def as_an_array_without_axes(lr, decay):
    """Return an array without axes."""
    return np.array(lr) / np.sqrt(np.array(1 - decay))
