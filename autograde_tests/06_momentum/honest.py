"""Honest answers to lesson 06, written in other ways: each must get full marks."""

import cmath
import math
import warnings

import numpy as np

from autograde_tests.engine.honest import honest


@honest("momentum")
def with_a_loop(params, grads, state=None, *, lr, beta=0.9):
    """Entry by entry."""
    velocity, after = np.empty_like(params), np.empty_like(params)
    for index in np.ndindex(np.shape(params)):
        before = 0.0 if state is None else state[index]
        velocity[index] = beta * before + (1 - beta) * grads[index]
        after[index] = params[index] - lr * velocity[index]
    return after, velocity


@honest("momentum")
def in_place_on_its_own_copy(params, grads, state=None, *, lr, beta=0.9):
    """Copies first, then `*=`, `+=` and `-=`."""
    params = params.copy()
    velocity = np.zeros_like(params) if state is None else state.copy()
    velocity *= beta
    velocity += (1 - beta) * grads
    params -= lr * velocity
    return params, velocity


@honest("momentum")
def returns_a_list_and_talks(params, grads, state=None, *, lr, beta=0.9):
    """A list for a tuple, a print and a warning."""
    print("momentum was here")
    warnings.warn("nothing is wrong", stacklevel=2)
    velocity = grads - beta * grads
    if state is not None:
        velocity = velocity + beta * state
    return [params - lr * velocity, velocity]


@honest("classical_momentum")
def through_the_step(params, grads, state=None, *, lr, mu=0.9):
    """The new parameters first, the velocity as their difference from a copy of the formula."""
    step = -lr * grads
    if state is not None:
        step = step + mu * state
    return (params + step, step)


@honest("classical_momentum")
def with_einsum(params, grads, state=None, *, lr, mu=0.9):
    """The two terms as one weighted sum."""
    velocity = np.zeros_like(params) if state is None else state
    weights = np.array([mu, -lr], dtype=params.dtype)
    velocity = np.einsum("k,k...->...", weights, np.stack([velocity, grads]))
    return params + velocity, velocity


@honest("classical_momentum")
def with_its_own_copies(params, grads, state=None, *, lr, mu=0.9):
    """In place, on copies."""
    velocity = np.zeros_like(params) if state is None else np.array(state)
    velocity *= mu
    velocity -= lr * grads
    after = np.array(params)
    after += velocity
    return [after, velocity]


@honest("nesterov_lookahead")
def asks_for_the_gradient_first(params, gradient, state=None, *, lr, mu=0.9):
    """From rest the point ahead is the point itself."""
    if state is None:
        velocity = -lr * gradient(params)
    else:
        grads = gradient(params + mu * state)
        velocity = mu * state - lr * grads
    return params + velocity, velocity


@honest("nesterov_lookahead")
def steps_from_the_point_ahead(params, gradient, state=None, *, lr, mu=0.9):
    """θ + v is the point ahead minus lr times its gradient."""
    drift = np.zeros_like(params) if state is None else mu * state
    ahead = params + drift
    after = ahead - lr * gradient(ahead)
    return after, after - params


@honest("nesterov_lookahead")
def with_a_copy(params, gradient, state=None, *, lr, mu=0.9):
    """In place, on copies, into a list."""
    ahead = params.copy()
    velocity = np.zeros_like(params) if state is None else state.copy()
    velocity *= mu
    ahead += velocity
    velocity -= lr * gradient(ahead)
    return [params + velocity, velocity]


@honest("nesterov")
def by_way_of_the_lookahead(params, grads, state=None, *, lr, mu=0.9):
    """Back to the point behind, a step of the heavy ball, and ahead again."""
    previous = np.zeros_like(params) if state is None else state
    behind = params - mu * previous
    velocity = mu * previous - lr * grads
    return behind + velocity + mu * velocity, velocity


@honest("nesterov")
def with_the_old_velocity_multiplied_out(params, grads, state=None, *, lr, mu=0.9):
    """θ + μ²·v_prev − (1+μ)·lr·g."""
    if state is None:
        return params - (1 + mu) * lr * grads, -lr * grads
    return params + mu**2 * state - (1 + mu) * lr * grads, mu * state - lr * grads


@honest("nesterov")
def entry_by_entry(params, grads, state=None, *, lr, mu=0.9):
    """Loops over the entries."""
    after, velocity = np.empty_like(params), np.empty_like(params)
    for index in np.ndindex(np.shape(params)):
        previous = 0.0 if state is None else state[index]
        velocity[index] = mu * previous - lr * grads[index]
        after[index] = params[index] - mu * previous + (1 + mu) * velocity[index]
    return after, velocity


@honest("momentum_radius")
def by_the_formula(lr, mu, curvature):
    """The solution of the quadratic equation, in complex numbers."""
    b = 1 + mu - lr * curvature
    root = cmath.sqrt(b * b - 4 * mu)
    return max(abs(b + root), abs(b - root)) / 2


@honest("momentum_radius")
def by_cases(lr, mu, curvature):
    """√μ where the roots are complex, the larger size where they are real."""
    b = 1 + mu - lr * curvature
    if b * b < 4 * mu:
        return math.sqrt(mu)
    return (abs(b) + math.sqrt(b * b - 4 * mu)) / 2


@honest("momentum_radius")
def by_the_matrix(lr, mu, curvature):
    """The eigenvalues of the step as a matrix on (x, v)."""
    step = np.array([[1 - lr * curvature, mu], [-lr * curvature, mu]])
    return np.abs(np.linalg.eigvals(step)).max()


@honest("optimal_momentum")
def through_the_condition_number(smallest, largest):
    """μ from κ, lr from μ."""
    condition = largest / smallest
    mu = ((condition**0.5 - 1) / (condition**0.5 + 1)) ** 2
    return (1 - mu**0.5) ** 2 / smallest, mu


@honest("optimal_momentum")
def as_a_list(smallest, largest):
    """With math.sqrt, as a list."""
    low, high = math.sqrt(smallest), math.sqrt(largest)
    return [4 / (low + high) ** 2, ((high - low) / (high + low)) ** 2]


@honest("optimal_momentum")
def as_arrays_without_axes(smallest, largest):
    """Both as 0-d arrays."""
    low, high = np.sqrt([smallest, largest])
    return np.asarray((2 / (low + high)) ** 2), np.asarray(((high - low) / (high + low)) ** 2)
