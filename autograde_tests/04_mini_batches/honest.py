"""Honest answers to lesson 04, written in other ways: each must get full marks."""

import math
import warnings

import numpy as np

from autograde_tests.engine.honest import honest


@honest("minibatches")
def shuffles_copies(X, y, batch_size, rng):
    """Both tables rearranged first, then cut; lists for pairs."""
    order = rng.permutation(X.shape[0])
    X, y = X[order], y[order]
    return [[X[k : k + batch_size], y[k : k + batch_size]] for k in range(0, X.shape[0], batch_size)]


@honest("minibatches")
def with_a_while_loop(X, y, batch_size, rng):
    """Takes from the front as long as there is something."""
    left = list(rng.permutation(len(y)))
    batches = []
    while left:
        rows, left = left[:batch_size], left[batch_size:]
        batches.append((np.stack([X[row] for row in rows]), np.stack([y[row] for row in rows])))
    return batches


@honest("minibatches")
def with_split(X, y, batch_size, rng):
    """NumPy cuts at the multiples of B; a tuple for the list, and a print."""
    print("cutting")
    order = rng.permutation(np.arange(len(X)))
    pieces = np.split(order, np.arange(batch_size, len(X), batch_size))
    return tuple((np.take(X, piece, axis=0), np.take(y, piece, axis=0)) for piece in pieces)


@honest("minibatch_gradient")
def example_by_example(X, y, w, l2=0.0):
    """A sum over examples, divided at the end."""
    gradient = np.zeros(len(w))
    for x, target in zip(X, y, strict=True):
        gradient += (x @ w - target) * x
    return gradient / len(y) + l2 * w


@honest("minibatch_gradient")
def with_einsum(X, y, w, l2=0.0):
    """Indices in place of a transpose."""
    residual = np.einsum("nd,d->n", X, w) - y
    return np.einsum("n,nd->d", residual, X) / X.shape[0] + l2 * w


@honest("minibatch_gradient")
def in_place_on_its_own_copy(X, y, w, l2=0.0):
    """Mean over rows, penalty added in place, and a warning."""
    warnings.warn("nothing is wrong", stacklevel=2)
    gradient = np.mean((X @ w - y)[:, None] * X, axis=0)
    gradient += l2 * w
    return gradient


@honest("train_epoch")
def without_the_other_two(X, y, w, lr, batch_size, rng):
    """Everything in one function, in place on a copy of the weights."""
    w = w.copy()
    order = rng.permutation(len(X))
    losses = []
    for start in range(0, len(X), batch_size):
        rows = order[start : start + batch_size]
        residual = X[rows] @ w - y[rows]
        losses.extend(0.5 * residual**2)
        w -= lr * (X[rows].T @ residual) / len(rows)
    return [w, np.mean(losses)]


@honest("train_epoch")
def weighs_the_means(X, y, w, lr, batch_size, rng):
    """A weighted mean of the batches' mean losses."""
    order = rng.permutation(len(X))
    means, counts = [], []
    for k in range(math.ceil(len(X) / batch_size)):
        rows = order[k * batch_size : (k + 1) * batch_size]
        residual = y[rows] - X[rows] @ w
        means.append(np.mean(residual**2) / 2)
        counts.append(len(rows))
        w = w + lr * np.mean(residual[:, None] * X[rows], axis=0)
    return w, np.average(means, weights=counts)


@honest("train_epoch")
def notes_a_loss_for_each_example(X, y, w, lr, batch_size, rng):
    """An array of losses in the examples' own order, and a print."""
    order, losses = rng.permutation(len(y)), np.zeros(len(y))
    for rows in np.split(order, range(batch_size, len(y), batch_size)):
        error = np.einsum("nd,d->n", X[rows], w) - y[rows]
        losses[rows] = error * error / 2
        w = w - lr / len(rows) * np.einsum("n,nd->d", error, X[rows])
    print("mean loss", losses.mean())
    return w, float(losses.mean())


@honest("update_ratio")
def with_roots_of_sums(params, update):
    """No norm function, and the special case first."""
    if not np.any(params):
        return math.inf if np.any(update) else 0.0
    return math.sqrt(np.sum(np.square(update)) / np.sum(np.square(params)))


@honest("update_ratio")
def with_flat_vectors(params, update):
    """As the lecture notes write it, with `ravel`; a warning at 0 is no fault."""
    ratio = np.linalg.norm(update.ravel()) / np.linalg.norm(params.ravel())
    return 0.0 if np.isnan(ratio) else ratio


@honest("update_ratio")
def with_hypot(params, update):
    """Entry by entry."""
    size, scale = np.hypot.reduce(update, axis=None), np.hypot.reduce(params, axis=None)
    if scale == 0:
        return np.inf if size > 0 else 0
    return size / scale


@honest("gradient_noise_scale")
def solves_two_equations(grad_sq_small, grad_sq_big, b_small, b_big):
    """Two equations in ‖G‖² and tr(Σ)."""
    matrix = np.array([[1.0, 1 / b_small], [1.0, 1 / b_big]])
    signal, noise = np.linalg.solve(matrix, np.array([grad_sq_small, grad_sq_big]))
    return noise / signal


@honest("gradient_noise_scale")
def as_one_fraction(grad_sq_small, grad_sq_big, b_small, b_big):
    """Both denominators cleared."""
    return b_small * b_big * (grad_sq_small - grad_sq_big) / (b_big * grad_sq_big - b_small * grad_sq_small)


@honest("gradient_noise_scale")
def through_the_signal(grad_sq_small, grad_sq_big, b_small, b_big):
    """The noise from what the signal leaves of the smaller batch, and a warning."""
    warnings.warn("nothing is wrong", stacklevel=2)
    signal = grad_sq_big + (grad_sq_big - grad_sq_small) * b_small / (b_big - b_small)
    noise = (grad_sq_small - signal) * b_small
    return np.float64(noise) / signal
