"""Honest answers to lesson 11, written in other ways: each must get full marks."""

import math
import warnings

import numpy as np

from autograde_tests.engine.honest import honest
from course_lib.critical_points import hessian_vector_product
from course_lib.stability import power_iteration


@honest("clip_by_value")
def with_minimum_and_maximum(grads, limit):
    """The formula from inside out."""
    return np.maximum(np.minimum(grads, limit), -limit)


@honest("clip_by_value")
def in_place_on_its_own_copy(grads, limit):
    """Masks on a copy."""
    clipped = np.array(grads)
    clipped[clipped > limit] = limit
    clipped[clipped < -limit] = -limit
    return clipped


@honest("clip_by_value")
def with_signs(grads, limit):
    """Where an entry is too large, its sign times the limit."""
    warnings.warn("some entries may be cut", stacklevel=2)
    return np.where(np.abs(grads) > limit, np.sign(grads) * grads.dtype.type(limit), grads)


@honest("clip_by_global_norm")
def with_a_loop(grads, max_norm):
    """Add the squares array by array; the answer is a list for a tuple."""
    square = 0.0
    for g in grads:
        square += float(np.sum(g**2))
    norm = math.sqrt(square)
    if norm > max_norm:
        return [[g * (max_norm / norm) for g in grads], norm]
    return [[g.copy() for g in grads], norm]


@honest("clip_by_global_norm")
def with_one_long_vector(grads, max_norm):
    """Lay all arrays end to end and take the length of that."""
    norm = np.linalg.norm(np.concatenate([np.ravel(g) for g in grads]))
    scale = min(1.0, max_norm / norm) if norm > 0 and not np.isnan(norm) else 1.0
    print("norm", norm)
    return tuple(g * float(scale) for g in grads), float(norm)


@honest("clip_by_global_norm")
def with_einsum(grads, max_norm):
    """Squares by einsum, in place on own copies."""
    flat = [np.ravel(g).astype(float) for g in grads]
    norm = np.sqrt(sum(np.einsum("i,i->", f, f) for f in flat))
    copies = [np.array(g) for g in grads]
    if norm > max_norm:
        for copy in copies:
            copy *= max_norm / norm
    return copies, float(norm)


@honest("power_iteration")
def with_a_while_loop(product, start, *, steps=100):
    """Count down."""
    v, left, eigenvalue = start / np.sqrt(np.sum(start**2)), steps, 0.0
    while left > 0:
        p = product(v)
        length = np.sqrt(np.sum(p**2))
        if length == 0:
            return 0.0, v
        eigenvalue, v, left = np.dot(v, p), p / length, left - 1
    return eigenvalue, v


@honest("power_iteration")
def with_the_rayleigh_quotient_in_full(product, start, *, steps=100):
    """Divide by v·v, which is 1; the answer is a list for a tuple."""
    v = np.array(start) / np.linalg.norm(start)
    for _ in range(steps):
        p = product(v)
        if np.all(p == 0):
            return [0.0, v]
        eigenvalue = np.einsum("i,i->", v, p) / np.einsum("i,i->", v, v)
        v = p / np.linalg.norm(p)
    return [eigenvalue, v]


@honest("power_iteration")
def with_the_other_sign_of_the_vector(product, start, *, steps=100):
    """An eigenvector may be turned round."""
    v, eigenvalue = start / np.linalg.norm(start), 0.0
    for _ in range(steps):
        p = product(v)
        if not p.any():
            return 0.0, -v
        eigenvalue, v = v @ p, p / np.linalg.norm(p)
    return eigenvalue, -v


@honest("sharpness")
def with_its_own_differences(gradient, params, start, *, steps=100, h=1e-5):
    """Central differences and the iteration written out."""

    def product(v):
        return (gradient(params + h * v) - gradient(params - h * v)) / (2 * h)

    bound, found = 0.0, []
    for _ in range(2):
        v = start / np.linalg.norm(start)
        for _ in range(steps):
            p = product(v) + bound * v
            quotient = float(v @ p)
            v = p / np.linalg.norm(p)
        found.append(quotient - bound)
        if not bound:
            bound = math.sqrt(np.sum(product(v) ** 2))
    return max(found)


@honest("sharpness")
def with_nested_functions(gradient, params, start, *, steps=100, h=1e-5):
    """One function for both runs."""

    def run(shift):
        product = lambda v: hessian_vector_product(gradient, params, v, h) + shift * v  # noqa: E731
        return power_iteration(product, start, steps=steps)

    first, v = run(0.0)
    print("first", first)
    bound = np.linalg.norm(hessian_vector_product(gradient, params, v, h))
    second = run(bound)[0] - bound
    return first if first > second else second


@honest("sharpness")
def with_a_warning(gradient, params, start, *, steps=100, h=1e-5):
    """As the reference, with a warning where the second run shows more, and the direction turned round."""
    at = params.copy()
    product = lambda v: hessian_vector_product(gradient, at, v, h)  # noqa: E731
    first, v = power_iteration(product, start, steps=steps)
    bound = np.linalg.norm(product(-v))
    second = power_iteration(lambda v: bound * v + product(v), start, steps=steps)[0] - bound
    if second > first:
        warnings.warn("negative curvature", stacklevel=2)
    return np.float64(max(first, second))
