"""Misconceptions of lesson 00: wrong versions that students write."""

import numpy as np

from autograde_tests.engine.misconceptions import misconception


@misconception("sgd")
def climbs(params, grads, state=None, *, lr):
    """The gradient points uphill, and you follow it: the way down is the other way."""
    return params + lr * grads, None


@misconception("sgd")
def changes_the_parameters_in_place(params, grads, state=None, *, lr):
    """`-=` changes the caller's array: write `params - ...`, which makes a new one."""
    params -= lr * grads
    return params, None


@misconception("sgd")
def normalizes_the_gradient(params, grads, state=None, *, lr):
    """Every step of yours has length lr, as the gradient is divided by its length: leave it as it is."""
    return params - lr * grads / (np.linalg.norm(grads) + 1e-12), None


@misconception("sgd")
def uses_only_the_sign(params, grads, state=None, *, lr):
    """Only the sign of the gradient enters your step: its size belongs in it too."""
    return params - lr * np.sign(grads), None


@misconception("sgd")
def returns_the_change(params, grads, state=None, *, lr):
    """You return the change alone: what is wanted are the new parameters, the old ones plus the change."""
    return -lr * grads, None


@misconception("sgd")
def returns_no_state(params, grads, state=None, *, lr):
    """A rule returns two things, `params, state`: here the state is None, and it is missing."""
    return params - lr * grads


@misconception("sgd")
def forgets_the_learning_rate(params, grads, state=None, *, lr):
    """Your step is as long as the gradient itself: the learning rate has to scale it."""
    return params - grads, None


@misconception("sgd")
def divides_by_the_learning_rate(params, grads, state=None, *, lr):
    """A larger lr should make a longer step, and yours gets shorter: multiply by it."""
    return params - grads / lr, None


@misconception("sgd")
def shrinks_the_parameters(params, grads, state=None, *, lr):
    """The gradient scales your parameters: it is subtracted from them instead."""
    return params * (1 - lr * grads), None


@misconception("sgd")
def widens_to_float64(params, grads, state=None, *, lr):
    """Float32 parameters come back as float64, twice as large in memory: no conversion is needed here."""
    params = np.array(params, dtype=float)
    grads = np.array(grads, dtype=float)
    return params - lr * grads, None


@misconception("max_stable_lr")
def stops_at_half_the_limit(hessian):
    """This is half of the limit: at 1/λmax the steepest error is gone in one step, far from growing."""
    largest = np.max(np.linalg.eigvalsh(hessian))
    return 1 / largest if largest > 0 else np.inf


@misconception("max_stable_lr")
def uses_the_smallest_eigenvalue(hessian):
    """You divide by the smallest eigenvalue: the steepest direction, with the largest, breaks first."""
    smallest = np.min(np.linalg.eigvalsh(hessian))
    return 2 / smallest if smallest > 0 else np.inf


@misconception("max_stable_lr")
def uses_the_trace(hessian):
    """The trace adds all eigenvalues up: one of them, the largest, sets the limit."""
    trace = np.trace(hessian)
    return 2 / trace if trace > 0 else np.inf


@misconception("max_stable_lr")
def takes_the_largest_size(hessian):
    """You look at the size of the eigenvalues: a negative one has no walls, and sets no limit."""
    largest = np.max(np.abs(np.linalg.eigvalsh(hessian)))
    return 2 / largest if largest > 0 else np.inf


@misconception("max_stable_lr")
def reads_the_diagonal(hessian):
    """The diagonal holds the curvature along the axes: the steepest direction need not be an axis."""
    largest = np.max(np.diag(hessian))
    return 2 / largest if largest > 0 else np.inf


@misconception("max_stable_lr")
def reads_the_diagonal_of_domes_too(hessian):
    """The diagonal is the curvature along the axes, not the steepest; and if none is positive, what then?"""
    with np.errstate(divide="ignore"):
        return 2 / np.max(np.diag(hessian))


@misconception("max_stable_lr")
def takes_the_norm_of_the_matrix(hessian):
    """`np.linalg.norm` gives the root of the summed squared entries, not the largest eigenvalue."""
    norm = np.linalg.norm(hessian)
    return 2 / norm if norm > 0 else np.inf


@misconception("max_stable_lr")
def returns_a_negative_limit(hessian):
    """Where no eigenvalue is positive your limit is negative: nothing overshoots, so it is infinite."""
    with np.errstate(divide="ignore"):
        return 2 / np.max(np.linalg.eigvalsh(hessian))


@misconception("max_stable_lr")
def returns_zero_where_nothing_is_stable(hessian):
    """Where no eigenvalue is positive you return 0: no step is too long there, so the limit is infinite."""
    largest = np.max(np.linalg.eigvalsh(hessian))
    return 2 / largest if largest > 0 else 0.0


@misconception("max_stable_lr")
def returns_a_complex_number(hessian):
    """Your limit is a complex number: for a symmetric matrix, `np.linalg.eigvalsh` gives real eigenvalues."""
    eigenvalues = np.linalg.eigvals(hessian.astype(complex))
    largest = eigenvalues[np.argmax(eigenvalues.real)]
    return 2 / largest if largest.real > 0 else np.inf


@misconception("convergence_rate")
def forgets_the_absolute_value(hessian, lr):
    """A factor of −1.5 makes the error grow too: take the size of each 1 − αλ before the largest."""
    return np.max(1 - lr * np.linalg.eigvalsh(hessian))


@misconception("convergence_rate")
def looks_at_the_smallest_eigenvalue_alone(hessian, lr):
    """Only the smallest eigenvalue is looked at: with a large α, the steepest direction is the slowest."""
    return np.abs(1 - lr * np.min(np.linalg.eigvalsh(hessian)))


@misconception("convergence_rate")
def looks_at_the_largest_eigenvalue_alone(hessian, lr):
    """Only the largest eigenvalue is looked at: with a small α, the flattest direction is the slowest."""
    return np.abs(1 - lr * np.max(np.linalg.eigvalsh(hessian)))


@misconception("convergence_rate")
def takes_the_fastest_direction(hessian, lr):
    """This is the part of the error that goes fastest: the largest factor sets the pace."""
    return np.min(np.abs(1 - lr * np.linalg.eigvalsh(hessian)))


@misconception("convergence_rate")
def averages_over_the_directions(hessian, lr):
    """An average over the directions: after many steps the slowest alone is left."""
    return np.mean(np.abs(1 - lr * np.linalg.eigvalsh(hessian)))


@misconception("convergence_rate")
def makes_every_curvature_positive(hessian, lr):
    """You take the size of each eigenvalue: the size of 1 − αλ is wanted, with λ's own sign."""
    return np.max(np.abs(1 - lr * np.abs(np.linalg.eigvalsh(hessian))))


@misconception("convergence_rate")
def squares_the_factor(hessian, lr):
    """This is the factor of the loss, the square: the error shrinks by its root."""
    return np.max((1 - lr * np.linalg.eigvalsh(hessian)) ** 2)


@misconception("convergence_rate")
def reads_the_diagonal_of_the_hessian(hessian, lr):
    """The diagonal is not the eigenvalues, unless the axes are the eigenvectors."""
    return np.max(np.abs(1 - lr * np.diag(hessian)))


@misconception("convergence_rate")
def forgets_what_stays(hessian, lr):
    """αλ is the share of the error that a step takes away: what is left of it is wanted."""
    return np.max(np.abs(lr * np.linalg.eigvalsh(hessian)))


@misconception("convergence_rate")
def takes_the_best_rate_there_is(hessian, lr):
    """(κ−1)/(κ+1) is the rate at the best learning rate alone: yours must hold for the lr that is given."""
    eigenvalues = np.linalg.eigvalsh(hessian)
    return (eigenvalues[-1] - eigenvalues[0]) / (eigenvalues[-1] + eigenvalues[0])


@misconception("convergence_rate")
def takes_the_norm_of_all_factors(hessian, lr):
    """This is the root of the sum of the squared factors: take the largest of them."""
    return np.linalg.norm(1 - lr * np.linalg.eigvalsh(hessian))
