"""Honest answers to lesson 10, written in other ways: each must get full marks."""

import math
import warnings

import numpy as np

from autograde_tests.engine.honest import honest


@honest("hessian_vector_product")
def with_a_hop_of_its_own(gradient, params, vector, h=1e-5):
    """The hop as a variable, and the division in two."""
    hop = h * vector
    return (gradient(params + hop) - gradient(params - hop)) / h / 2


@honest("hessian_vector_product")
def behind_first(gradient, params, vector, h=1e-5):
    """The point behind first, the difference scaled before it is taken, and a warning."""
    warnings.warn("nothing is wrong", stacklevel=2)
    scale = 0.5 / h
    behind = scale * gradient(params - vector * h)
    return scale * gradient(params + vector * h) - behind


@honest("hessian_vector_product")
def with_a_loop_over_the_sides(gradient, params, vector, h=1e-5):
    """A sum over both sides, each with its sign, in place on its own array."""
    total = np.zeros_like(params)
    for side in (1.0, -1.0):
        total += side * gradient(params + side * h * vector)
    total /= 2 * h
    return total


@honest("classify_critical_point")
def by_the_smallest_and_the_largest(hessian, tol=1e-8):
    """Two eigenvalues say all."""
    smallest, *_, largest = np.linalg.eigvalsh(hessian)
    if smallest > tol:
        return "minimum"
    if largest < -tol:
        return "maximum"
    if smallest < -tol and largest > tol:
        return "saddle"
    return "degenerate"


@honest("classify_critical_point")
def by_the_set_of_signs(hessian, tol=1e-8):
    """The signs that occur, with zero for what is within tol."""
    values = np.linalg.eigh(hessian)[0]
    signs = {0 if abs(value) <= tol else int(np.sign(value)) for value in values}
    if {-1, 1} <= signs:
        return "saddle"
    return {(1,): "minimum", (-1,): "maximum"}.get(tuple(signs), "degenerate")


@honest("classify_critical_point")
def by_counting(hessian, tol=1e-8):
    """Counts of ways up and down, from the general eigenvalue routine."""
    values = np.real(np.linalg.eigvals(hessian))
    up, down = sum(values > tol), sum(values < -tol)
    print(up, down)
    if up and down:
        return "saddle"
    if up == len(values):
        return "minimum"
    return "maximum" if down == len(values) else "degenerate"


@honest("newton_step")
def with_the_inverse(params, grads, hessian, damping=0.0):
    """The inverse, which is slower and no worse on a small matrix."""
    return params - np.linalg.inv(hessian + damping * np.identity(params.size)) @ grads


@honest("newton_step")
def along_the_eigenvectors(params, grads, hessian, damping=0.0):
    """Axis by axis in the eigenvectors' frame."""
    values, axes = np.linalg.eigh(hessian)
    return params - np.einsum("ij,j->i", axes, (axes.T @ grads) / (values + damping))


@honest("newton_step")
def damped_on_its_own_copy(params, grads, hessian, damping=0.0):
    """The diagonal changed in place, on a copy, and a system with the sign turned."""
    damped = hessian.copy()
    damped[np.diag_indices_from(damped)] += damping
    return params + np.linalg.solve(damped, -grads)


@honest("escape_steps")
def by_walking(distance, lr, curvature, radius=1.0):
    """Step by step, without a logarithm."""
    steps = 0
    while distance < radius:
        distance -= lr * curvature * distance
        steps += 1
    return steps


@honest("escape_steps")
def with_binary_logarithms(distance, lr, curvature, radius=1.0):
    """Another base, and a case for the start outside."""
    if distance >= radius:
        return 0
    return math.ceil((math.log2(radius) - math.log2(distance)) / math.log2(1 + lr * abs(curvature)))


@honest("escape_steps")
def as_a_float(distance, lr, curvature, radius=1.0):
    """A whole number as a float."""
    return np.maximum(0.0, np.ceil(np.log(radius / distance) / np.log(1 - lr * curvature)))


@honest("perturbed_gradient_descent")
def with_a_list(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    """A list of points, and a countdown for the patience."""
    path, rest = [params], 0
    for _ in range(steps):
        g = gradient(path[-1])
        if rest == 0 and np.sqrt(np.sum(g**2)) <= threshold:
            z = rng.normal(size=params.shape)
            u = rng.uniform()
            path.append(path[-1] + z * (radius * u ** (1 / params.size) / np.linalg.norm(z)))
            rest = patience
        else:
            path.append(path[-1] - lr * g)
            rest = max(rest - 1, 0)
    return np.array(path)


@honest("perturbed_gradient_descent")
def in_place_on_its_own_copy(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    """One array that is changed, and copies of it in the path."""
    point, path, last = np.array(params, dtype=float), [np.array(params, dtype=float)], None
    for t in range(steps):
        g = gradient(point)
        tiny = np.linalg.norm(g.ravel()) <= threshold
        if tiny and (last is None or t - last > patience):
            z = rng.standard_normal(point.shape)
            z /= np.linalg.norm(z)
            point += radius * rng.random() ** (1.0 / point.size) * z
            last = t
        else:
            point -= lr * g
        path.append(point.copy())
    return np.stack(path)


@honest("perturbed_gradient_descent")
def with_a_function_for_the_draw(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    """The path filled row by row, the draw in a function of its own, and a print."""
    print("shaking")

    def draw():
        z = rng.normal(size=np.shape(params))
        return radius * np.power(rng.uniform(), 1 / np.size(params)) * (z / np.linalg.norm(z))

    path, shaken = np.zeros((steps + 1, *params.shape)), -patience - 1
    path[0] = params
    for t in range(steps):
        g = gradient(path[t])
        due = np.linalg.norm(g) <= threshold and t > shaken + patience
        path[t + 1] = path[t] + (draw() if due else -lr * g)
        shaken = t if due else shaken
    return path


@honest("is_plateau")
def with_a_loop(gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3):
    """Norm by norm."""
    if len(gradient_norms) < window:
        return False
    for norm in gradient_norms[-window:]:
        if norm == 0 or norm > gradient_tol:
            return False
    first, last = losses[-window], losses[-1]
    return abs(last - first) / abs(first) <= loss_tol


@honest("is_plateau")
def by_the_extremes(gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3):
    """The smallest and the largest norm say all; the answer is numpy's own bool."""
    if losses.size < window:
        return False
    norms = np.sort(gradient_norms[-window:])
    return (
        np.bool_(norms[0] > 0)
        & (norms[-1] <= gradient_tol)
        & np.isclose(losses[-1], losses[-window], rtol=loss_tol, atol=0)
    )


@honest("is_plateau")
def with_early_answers(gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3):
    """One reason after the other."""
    long_enough = len(losses) >= window
    if not long_enough:
        return False
    norms = list(gradient_norms)[-window:]
    if min(norms) <= 0 or max(norms) > gradient_tol:
        return False
    change = losses[-1] - losses[-window]
    return bool(-loss_tol * abs(losses[-window]) <= change <= loss_tol * abs(losses[-window]))
