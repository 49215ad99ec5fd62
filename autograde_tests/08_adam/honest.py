"""Honest answers to lesson 08, written in other ways: each must get full marks."""

import math
import warnings

import numpy as np

from autograde_tests.engine.honest import honest
from course_lib.optimizers import AdamState


@honest("adam")
def with_a_plain_tuple_for_the_state(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Return a plain tuple for the state."""
    if state is None:
        t, m, v = 0, np.zeros_like(params), np.zeros_like(params)
    else:
        t, m, v = state
    t = t + 1
    m = m + (1 - beta1) * (grads - m)
    v = v + (1 - beta2) * (np.square(grads) - v)
    step = lr * m / (1 - beta1**t) / (np.sqrt(v / (1 - beta2**t)) + eps)
    return params - step, (t, m, v)


@honest("adam")
def entry_by_entry(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Loop over the entries."""
    t = 1 if state is None else state[0] + 1
    new_params, m, v = np.empty_like(params), np.empty_like(params), np.empty_like(params)
    for index in np.ndindex(params.shape):
        g = grads[index]
        old_m, old_v = (0 * g, 0 * g) if state is None else (state[1][index], state[2][index])
        m[index] = beta1 * old_m + (1 - beta1) * g
        v[index] = beta2 * old_v + (1 - beta2) * g * g
        m_hat, v_hat = m[index] / (1 - beta1**t), v[index] / (1 - beta2**t)
        new_params[index] = params[index] - lr * m_hat / (np.sqrt(v_hat) + eps)
    return [new_params, [t, m, v]]


@honest("adam")
def with_the_correction_in_the_learning_rate(
    params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    """Section 2 of the paper, with ε scaled so that it is the same formula."""
    t, m, v = state or (0, np.zeros_like(params), np.zeros_like(params))
    t += 1
    m = beta1 * m + (1 - beta1) * grads
    v = beta2 * v + (1 - beta2) * grads**2
    root = math.sqrt(1 - beta2**t)
    return params - (lr * root / (1 - beta1**t)) * m / (np.sqrt(v) + eps * root), AdamState(t, m, v)


@honest("adam")
def in_place_on_its_own_copies(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Work in place, on copies."""
    warnings.warn("copies are made", stacklevel=2)
    params = params.copy()
    t, m, v = (0, 0 * params, 0 * params) if state is None else (state[0], state[1].copy(), state[2].copy())
    t += 1
    m *= beta1
    m += (1 - beta1) * grads
    v *= beta2
    v += (1 - beta2) * grads**2
    params -= lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
    print("step", t)
    return params, AdamState(t=t, m=m, v=v)


def _adam(params, grads, state, lr, beta1, beta2, eps):
    t, m, v = (0, np.zeros_like(params), np.zeros_like(params)) if state is None else state
    t, m, v = t + 1, beta1 * m + (1 - beta1) * grads, beta2 * v + (1 - beta2) * grads**2
    return lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), AdamState(t, m, v)


@honest("adamw")
def shrinks_first_as_pytorch_does(
    params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2
):
    """Shrink the weights, then step."""
    step, state = _adam(params, grads, state, lr, beta1, beta2, eps)
    return params * (1 - lr * weight_decay) - step, state


@honest("adamw")
def takes_both_parts_from_the_step(
    params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2
):
    """Scale both parts by lr at the end."""
    adapted, state = _adam(params, grads, state, 1.0, beta1, beta2, eps)
    return [params - lr * (adapted + weight_decay * params), list(state)]


@honest("adamw")
def in_place_on_its_own_copy(
    params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2
):
    """Work in place, on a copy."""
    new, (step, state) = params.copy(), _adam(params, grads, state, lr, beta1, beta2, eps)
    new *= 1 - lr * weight_decay
    new -= step
    print("decayed")
    return new, state


@honest("adam_step_ratio")
def with_the_math_module(t, beta1, beta2):
    """Use the standard library's roots, one step after the other."""
    ratios = [(1 - math.pow(beta1, s)) / math.sqrt(1 - math.pow(beta2, s)) for s in np.ravel(t)]
    return np.reshape(ratios, np.shape(t))


@honest("adam_step_ratio")
def by_running_the_averages(t, beta1, beta2):
    """Run both averages to the last step that is asked, and look each up."""
    m, v = [0.0], [0.0]
    for _ in range(np.max(t)):
        m.append(beta1 * m[-1] + (1 - beta1))
        v.append(beta2 * v[-1] + (1 - beta2))
    return np.array(m)[t] / np.array(v)[t] ** 0.5


@honest("adam_step_ratio")
def by_summing_the_weights(t, beta1, beta2):
    """Sum the weights of the averages."""
    k = np.arange(np.max(t))
    seen = k < np.expand_dims(t, -1)
    m, v = np.sum(seen * (1 - beta1) * beta1**k, axis=-1), np.sum(seen * (1 - beta2) * beta2**k, axis=-1)
    return m / np.sqrt(v)


@honest("adam_update_bound")
def as_a_maximum(lr, beta1, beta2):
    """Take the larger of both cases."""
    return lr * max(1.0, (1 - beta1) / math.sqrt(1 - beta2))


@honest("adam_update_bound")
def with_an_else(lr, beta1, beta2):
    """Write both cases out."""
    ratio = (1 - beta1) * (1 - beta2) ** -0.5
    if ratio <= 1:
        return lr
    else:
        return ratio * lr


@honest("adam_update_bound")
def by_a_step_after_silence(lr, beta1, beta2):
    """Take the step after a silence."""
    m, v = (1 - beta1) * 5.0, (1 - beta2) * 25.0
    return np.maximum(lr, lr * m / np.sqrt(v))
