"""Wrong answers as students and other libraries write them; some have since become misconceptions.

The hints are measured on them (`make mutants`): none may say what is not so, and most must help. A function
is called by what is wrong with it; the decorator says for which exercise it was handed in.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from course_lib.averages import effective_window
from course_lib.initialization import init_std
from course_lib.optimizers import AdamState


class WrongAnswer(NamedTuple):
    """A wrong answer to an exercise."""

    exercise: str
    function: Callable


WRONG: list[WrongAnswer] = []


def wrong(exercise):
    """Enter the decorated function as a wrong answer to an exercise."""

    def enter(function):
        WRONG.append(WrongAnswer(exercise, function))
        return function

    return enter


# Gradient descent and normalization.


@wrong("sgd")
def updates_in_place_and_puts_back(params, grads, state=None, *, lr):
    grads *= lr
    after = params + grads
    grads /= lr
    return after, None


@wrong("standardize")
def divides_before_it_centers(X, mean, std):
    return X / std - mean


@wrong("fit_standardizer")
def unbiased_over_all_entries(X):
    return np.mean(X), np.std(X, ddof=1)


@wrong("whiten")
def pca_for_zca(X, eps=0.0):
    centered = X - X.mean(axis=0)
    values, U = np.linalg.eigh(centered.T @ centered / len(X))
    return centered @ U / np.sqrt(values + eps)


@wrong("whiten")
def root_of_a_sum(X, eps=0.0):
    centered = X - X.mean(axis=0)
    values, U = np.linalg.eigh(centered.T @ centered / len(X))
    return centered @ U @ np.diag(1 / (np.sqrt(values) + np.sqrt(eps + 1))) @ U.T


@wrong("least_squares_condition")
def without_the_column_of_ones_and_unsquared(X):
    return float(np.linalg.cond(X))


# Initialization.


@wrong("init_layer")
def uniform_limit_as_a_standard_deviation(rng, n_in, n_out, scheme, distribution="normal"):
    if distribution == "normal":
        return rng.normal(0, init_std(n_in, n_out, scheme), (n_in, n_out)), np.zeros(n_out)
    limit = np.sqrt(3) * init_std(n_in, n_out, scheme)
    return rng.normal(0, limit, (n_in, n_out)), np.zeros(n_out)


@wrong("init_layer")
def generator_of_its_own(rng, n_in, n_out, scheme, distribution="normal"):
    rng = np.random.default_rng(0)
    std = init_std(n_in, n_out, scheme)
    if distribution == "normal":
        return rng.normal(0, std, (n_in, n_out)), np.zeros(n_out)
    return rng.uniform(-np.sqrt(3) * std, np.sqrt(3) * std, (n_in, n_out)), np.zeros(n_out)


@wrong("init_std")
def always_glorot(n_in, n_out, scheme):
    return float(np.sqrt(2 / (n_in + n_out)))


@wrong("init_std")
def a_variance_of_six(n_in, n_out, scheme):
    return float(np.sqrt({"lecun": 3 / n_in, "glorot": 6 / (n_in + n_out), "he": 6 / n_in}[scheme]))


# Gradient checking.


@wrong("numerical_gradient")
def minus_point_made_from_the_plus_point(f, params, h=1e-5):
    params = np.multiply(params, 1.0)
    gradient = np.zeros_like(params)
    for index in np.ndindex(params.shape):
        plus = params.copy()
        plus[index] += h
        minus = plus.copy()
        minus[index] -= h
        gradient[index] = (f(plus) - f(minus)) / (2 * h)
    return gradient


@wrong("numerical_gradient")
def loop_over_the_first_axis(f, params, h=1e-5):
    gradient = np.zeros_like(params)
    for row in range(len(params)):
        step = np.zeros_like(params)
        step[row] = h
        gradient[row] = (f(params + step) - f(params - step)) / (2 * h)
    return gradient


@wrong("numerical_gradient")
def a_step_of_its_own(f, params, h=1e-5):
    h = 1e-2
    params = np.multiply(params, 1.0)
    gradient = np.zeros_like(params)
    for index in np.ndindex(params.shape):
        step = np.zeros_like(params)
        step[index] = h
        gradient[index] = (f(params + step) - f(params - step)) / (2 * h)
    return gradient


@wrong("relative_error")
def sum_below(a, b):
    scale = np.abs(a) + np.abs(b)
    return float(np.max(np.abs(a - b) / np.where(scale == 0, 1, scale)))


@wrong("relative_error")
def of_the_norms(a, b):
    scale = max(np.linalg.norm(a), np.linalg.norm(b))
    return float(np.linalg.norm(a - b) / scale) if scale else 0.0


@wrong("gradient_check")
def divides_by_the_larger_norm(loss, gradient, params, h=1e-5):
    one, params = gradient(params), np.multiply(params, 1.0)
    other = np.zeros_like(params)
    for index in np.ndindex(params.shape):
        step = np.zeros_like(params)
        step[index] = h
        other[index] = (loss(params + step) - loss(params - step)) / (2 * h)
    scale = max(np.linalg.norm(one), np.linalg.norm(other))
    return float(np.linalg.norm(one - other) / scale) if scale else 0.0


# Mini-batches and averages.


@wrong("minibatches")
def tail_takes_the_wrong_slice(X, y, batch_size, rng):
    order = rng.permutation(len(X))
    X, y = X[order], y[order]
    full = len(X) // batch_size
    batches = [
        (X[k * batch_size : (k + 1) * batch_size], y[k * batch_size : (k + 1) * batch_size])
        for k in range(full)
    ]
    if len(X) % batch_size:
        batches.append((X[: len(X) - full * batch_size], y[: len(X) - full * batch_size]))
    return [(a.copy(), b.copy()) for a, b in batches]


@wrong("minibatches")
def equal_parts(X, y, batch_size, rng):
    parts = np.array_split(rng.permutation(len(X)), max(1, len(X) // batch_size))
    return [(X[rows], y[rows]) for rows in parts]


@wrong("minibatches")
def own_generator(X, y, batch_size, rng):
    order = np.random.default_rng(1).permutation(len(X))
    return [
        (X[order[i : i + batch_size]], y[order[i : i + batch_size]]) for i in range(0, len(X), batch_size)
    ]


@wrong("update_ratio")
def ratio_of_standard_deviations(params, update):
    below = np.std(params)
    return float(np.std(update) / below) if below else (0.0 if not np.any(update) else np.inf)


@wrong("minibatch_gradient")
def sum_over_the_batch_and_half_the_penalty(X, y, w, l2=0.0):
    return X.T @ (X @ w - y) + l2 * w / 2


@wrong("ewma")
def weights_swapped(x, beta):
    v, out = 0.0, np.empty(len(x))
    for t, theta in enumerate(x):
        v = (1 - beta) * v + beta * theta
        out[t] = v
    return out


@wrong("ewma")
def starts_at_the_first_value(x, beta):
    v, out = float(x[0]), np.empty(len(x))
    for t, theta in enumerate(x):
        v = beta * v + (1 - beta) * theta
        out[t] = v
    return out


@wrong("bias_corrected")
def beta_times_t(v, beta):
    return v / (1 - beta * np.arange(1, len(v) + 1))


@wrong("ewma_weights")
def newest_first_and_unnormalized(t, beta):
    return beta ** np.arange(t, dtype=float)


@wrong("effective_window")
def counts_from_the_other_side(beta, kind):
    return effective_window(1 - beta, kind)


# Optimizers.


@wrong("nesterov")
def as_pytorch_writes_it(params, grads, state=None, *, lr, mu=0.9):
    v = grads if state is None else mu * state + grads
    return params - lr * (grads + mu * v), v


@wrong("momentum")
def as_pytorch_writes_momentum(params, grads, state=None, *, lr, beta=0.9):
    v = grads.copy() if state is None else beta * state + grads
    return params - lr * v, v


@wrong("classical_momentum")
def as_keras_with_the_sign_kept(params, grads, state=None, *, lr, mu=0.9):
    v = lr * grads if state is None else mu * state + lr * grads
    return params + v, v


@wrong("adagrad")
def a_literal_epsilon(params, grads, state=None, *, lr, eps=1e-8):
    cache = grads**2 if state is None else state + grads**2
    return params - lr * grads / (np.sqrt(cache) + 1e-8), cache


@wrong("rmsprop")
def default_eps_of_ten(params, grads, state=None, *, lr, decay=0.9, eps=10e-8):
    cache = (1 - decay) * grads**2 if state is None else decay * state + (1 - decay) * grads**2
    return params - lr * grads / (np.sqrt(cache) + eps), cache


@wrong("rmsprop")
def as_tensorflow_writes_it(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    cache = (1 - decay) * grads**2 if state is None else decay * state + (1 - decay) * grads**2
    return params - lr * grads / np.sqrt(cache + eps), cache


@wrong("rmsprop")
def mean_of_the_whole_array(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    square = np.full_like(grads, np.mean(grads**2))
    cache = (1 - decay) * square if state is None else decay * state + (1 - decay) * square
    return params - lr * grads / (np.sqrt(cache) + eps), cache


def _adam(params, grads, state, lr, beta1, beta2, eps, correct=True):
    t, m, v = (0, np.zeros_like(params), np.zeros_like(params)) if state is None else state
    t, m, v = t + 1, beta1 * m + (1 - beta1) * grads, beta2 * v + (1 - beta2) * grads**2
    one, two = (1 - beta1**t, 1 - beta2**t) if correct else (1, 1)
    return params - lr * (m / one) / (np.sqrt(v / two) + eps), AdamState(t, m, v)


@wrong("adam")
def beta_times_t_in_both(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    t, m, v = (0, np.zeros_like(params), np.zeros_like(params)) if state is None else state
    t, m, v = t + 1, beta1 * m + (1 - beta1) * grads, beta2 * v + (1 - beta2) * grads**2
    return params - lr * (m / (1 - beta1 * t)) / (np.sqrt(v / (1 - beta2 * t)) + eps), AdamState(t, m, v)


@wrong("adam")
def moments_zeroed_at_every_call(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    return _adam(params, grads, None, lr, beta1, beta2, eps)


@wrong("adam")
def epsilon_before_the_correction(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    t, m, v = (0, np.zeros_like(params), np.zeros_like(params)) if state is None else state
    t, m, v = t + 1, beta1 * m + (1 - beta1) * grads, beta2 * v + (1 - beta2) * grads**2
    rate = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return params - rate * m / (np.sqrt(v) + eps), AdamState(t, m, v)


@wrong("adamw")
def without_correction(
    params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2
):
    after, state = _adam(params, grads, state, lr, beta1, beta2, eps, correct=False)
    return after - lr * weight_decay * params, state


@wrong("adamw")
def decay_without_the_rate(
    params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2
):
    after, state = _adam(params, grads, state, lr, beta1, beta2, eps)
    return after - weight_decay * params, state


# Schedules.


@wrong("cosine_decay")
def linear(t, total, lr0, final=0.0):
    return lr0 + (final - lr0) * min(t, total) / total


@wrong("step_decay")
def a_step_at_every_t(t, lr0, factor, every):
    return lr0 * factor ** (t / every)


@wrong("inverse_sqrt_decay")
def forgets_the_base_rate(epoch, lr0, k):
    return k / np.sqrt(epoch) if epoch else lr0


@wrong("warmup_cosine")
def counts_the_cosine_from_the_start(t, warmup, total, peak, final=0.0):
    if t < warmup:
        return peak * t / warmup
    return final + 0.5 * (peak - final) * (1 + np.cos(np.pi * min(t, total) / total))


# Saddle points, stability, capstone.


@wrong("is_plateau")
def spread_over_the_window(gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3):
    if len(losses) < window:
        return False
    norms, recent = gradient_norms[-window:], losses[-window:]
    small = np.all((norms > 0) & (norms <= gradient_tol))
    return bool(small and np.max(recent) - np.min(recent) <= loss_tol * abs(recent[0]))


@wrong("is_plateau")
def relative_to_the_last_loss(gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3):
    if len(losses) < window:
        return False
    norms, recent = gradient_norms[-window:], losses[-window:]
    small = np.all((norms > 0) & (norms <= gradient_tol))
    return bool(small and abs(recent[0] - recent[-1]) <= loss_tol * abs(losses[-1]))


@wrong("classify_critical_point")
def bound_included(hessian, tol=1e-8):
    values = np.linalg.eigvalsh(hessian)
    up, down = values >= tol, values <= -tol
    if up.any() and down.any():
        return "saddle"
    return "minimum" if up.all() else "maximum" if down.all() else "degenerate"


@wrong("newton_step")
def inverts_before_it_damps(params, grads, hessian, damping=0.0):
    return params - (np.linalg.inv(hessian) + damping * np.eye(len(params))) @ grads


@wrong("clip_by_value")
def the_same_array_where_nothing_is_clipped(grads, limit):
    return grads if np.all(np.abs(grads) <= limit) else np.clip(grads, -limit, limit)


@wrong("clip_by_global_norm")
def each_array_alone(grads, max_norm):
    norms = [np.linalg.norm(g) for g in grads]
    clipped = [
        g * min(1.0, max_norm / norm) if norm else g.copy() for g, norm in zip(grads, norms, strict=True)
    ]
    return clipped, float(np.linalg.norm(norms))


@wrong("clip_by_global_norm")
def scales_up_as_well(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    return [g * (max_norm / norm if norm else 1.0) for g in grads], norm


@wrong("mean_and_interval")
def standard_deviation_for_the_error(scores, quantile):
    mean, std = np.mean(scores), np.std(scores, ddof=1)
    return float(mean), float(mean - quantile * std), float(mean + quantile * std)


@wrong("compare_paired")
def compares_the_means_alone(first, second, quantile):
    return "first" if np.mean(first) > np.mean(second) else "second"
