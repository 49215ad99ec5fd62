"""Misconceptions of lesson 11: wrong versions that students write."""

import numpy as np

from autograde_tests.engine.misconceptions import misconception
from course_lib.critical_points import hessian_vector_product
from course_lib.stability import clip_by_global_norm, power_iteration, sharpness


@misconception("clip_by_value")
def shortens_the_whole_gradient(grads, limit):
    """You scale all entries by one factor: here each entry is cut on its own, and the small ones stay."""
    largest = np.max(np.abs(grads))
    return grads * (limit / largest) if largest > limit else grads.copy()


@misconception("clip_by_value")
def clips_by_norm(grads, limit):
    """That shortens the gradient by its length, which is the next exercise: here each entry is cut alone."""
    norm = np.linalg.norm(grads)
    return grads * (limit / norm) if norm > limit else grads.copy()


@misconception("clip_by_value")
def cuts_above_only(grads, limit):
    """Large negative entries pass: the interval has two ends, −limit and limit."""
    return np.minimum(grads, limit)


@misconception("clip_by_value")
def cuts_negative_entries_to_zero(grads, limit):
    """Your interval begins at 0: it should begin at −limit."""
    return np.clip(grads, 0, limit)


@misconception("clip_by_value")
def loses_the_sign(grads, limit):
    """You cut the sizes and forget the signs."""
    return np.minimum(np.abs(grads), limit)


@misconception("clip_by_value")
def throws_large_entries_away(grads, limit):
    """You set large entries to zero: they should end at the limit, on their own side."""
    return np.where(np.abs(grads) > limit, grads.dtype.type(0), grads)


@misconception("clip_by_value")
def hides_nan(grads, limit):
    """You turn NaN into a number: it is a sign of trouble that should stay to be seen."""
    return np.clip(np.nan_to_num(grads), -limit, limit)


@misconception("clip_by_value")
def clips_in_place(grads, limit):
    """You write into the caller's array: return a new one."""
    grads[grads > limit] = limit
    grads[grads < -limit] = -limit
    return grads


@misconception("clip_by_value")
def keeps_only_the_sign(grads, limit):
    """You give every entry the size of the limit: those within it should stay."""
    return limit * np.sign(grads)


@misconception("clip_by_global_norm")
def clips_each_array_by_its_own_norm(grads, max_norm):
    """Each array has a length and a factor of its own here: take one length over all entries."""
    pieces = [clip_by_global_norm([g], max_norm)[0][0] for g in grads]
    return pieces, clip_by_global_norm(grads, max_norm)[1]


@misconception("clip_by_global_norm")
def stretches_short_gradients(grads, max_norm):
    """You scale every gradient to max_norm, the short ones too: those should stay."""
    norm = clip_by_global_norm(grads, max_norm)[1]
    return [g * (max_norm / norm) if norm else g.copy() for g in grads], norm


@misconception("clip_by_global_norm")
def scales_whatever_the_length(grads, max_norm):
    """You scale every gradient, short ones and zeros too: only those longer than max_norm change."""
    norm = clip_by_global_norm(grads, max_norm)[1]
    with np.errstate(all="ignore"):
        return [g * (np.float64(max_norm) / norm) for g in grads], norm


@misconception("clip_by_global_norm")
def hands_short_gradients_back(grads, max_norm):
    """Where nothing is clipped you return the caller's own arrays: return new ones there too."""
    norm = clip_by_global_norm(grads, max_norm)[1]
    return [g * (max_norm / norm) for g in grads] if norm > max_norm else grads, norm


@misconception("clip_by_global_norm")
def returns_the_norm_after_clipping(grads, max_norm):
    """You return the length that is left: what is wanted is ‖g‖ before clipping, to see how long it was."""
    clipped, _ = clip_by_global_norm(grads, max_norm)
    return clipped, clip_by_global_norm(clipped, max_norm)[1]


@misconception("clip_by_global_norm")
def forgets_the_root(grads, max_norm):
    """That is ‖g‖², the sum of squares: the length is its root."""
    square = float(sum(np.sum(np.square(g)) for g in grads))
    scale = max_norm / square if square > max_norm else 1.0
    return [g * scale for g in grads], square


@misconception("clip_by_global_norm")
def adds_the_norms(grads, max_norm):
    """The length of all arrays together is not the sum of their lengths: add the squares."""
    norm = float(sum(np.linalg.norm(g) for g in grads))
    scale = max_norm / norm if norm > max_norm else 1.0
    return [g * scale for g in grads], norm


@misconception("clip_by_global_norm")
def takes_the_largest_entry(grads, max_norm):
    """You measure the largest entry: what is wanted is the length, the root of the sum of all squares."""
    norm = float(max(np.max(np.abs(g)) for g in grads))
    scale = max_norm / norm if norm > max_norm else 1.0
    return [g * scale for g in grads], norm


@misconception("clip_by_global_norm")
def takes_the_root_of_the_mean_square(grads, max_norm):
    """You divide by the number of entries: the length is the root of the sum of squares, not of a mean."""
    norm = float(np.sqrt(np.mean(np.concatenate([np.ravel(g) for g in grads]) ** 2)))
    scale = max_norm / norm if norm > max_norm else 1.0
    return [g * scale for g in grads], norm


@misconception("clip_by_global_norm")
def shortens_to_length_one(grads, max_norm):
    """You divide by ‖g‖ and stop there: the length that remains should be max_norm."""
    norm = clip_by_global_norm(grads, max_norm)[1]
    return [g / norm if norm > max_norm else g.copy() for g in grads], norm


@misconception("clip_by_global_norm")
def clips_the_entries(grads, max_norm):
    """You cut the entries one by one, which turns the gradient: scale them all by one factor."""
    return [np.clip(g, -max_norm, max_norm) for g in grads], clip_by_global_norm(grads, max_norm)[1]


@misconception("clip_by_global_norm")
def adds_a_small_number_to_the_norm(grads, max_norm):
    """A library's safeguard, ‖g‖ + 1e-6, makes it a little too short: nothing here can divide by 0."""
    norm = clip_by_global_norm(grads, max_norm)[1]
    scale = max_norm / (norm + 1e-6) if norm > max_norm else 1.0
    return [g * scale for g in grads], norm


@misconception("clip_by_global_norm")
def returns_the_gradients_alone(grads, max_norm):
    """Return two things: the list, and the length before clipping."""
    return clip_by_global_norm(grads, max_norm)[0]


@misconception("power_iteration")
def loses_the_sign_of_the_eigenvalue(product, start, *, steps=100):
    """The length of H·v is |λ|: the sign is in v·p, with v from before it is replaced."""
    v = start / np.linalg.norm(start)
    for _ in range(steps):
        p = product(v)
        if not np.any(p):
            return 0.0, v
        v = p / np.linalg.norm(p)
    return float(np.linalg.norm(p)), v


@misconception("power_iteration")
def starts_with_a_long_vector(product, start, *, steps=100):
    """The first v is `start` itself: bring it to length 1 before the loop."""
    v = start
    for _ in range(steps):
        p = product(v)
        if not np.any(p):
            return 0.0, v
        eigenvalue = float(v @ p)
        v = p / np.linalg.norm(p)
    return eigenvalue, v


@misconception("power_iteration")
def never_normalizes(product, start, *, steps=100):
    """The vector grows from step to step: bring it back to length 1 each time."""
    v = start / np.linalg.norm(start)
    for _ in range(steps):
        p = product(v)
        if not np.any(p):
            return 0.0, v
        eigenvalue = float(v @ p)
        v = p
    return eigenvalue, v


@misconception("power_iteration")
def divides_by_the_largest_entry(product, start, *, steps=100):
    """You bring the largest entry to 1: what is wanted is the length 1."""
    v = start / np.max(np.abs(start))
    for _ in range(steps):
        p = product(v)
        if not np.any(p):
            return 0.0, v
        eigenvalue = float(v @ p)
        v = p / np.max(np.abs(p))
    return eigenvalue, v


@misconception("power_iteration")
def divides_zero_by_zero(product, start, *, steps=100):
    """If a product is all zeros, its length is 0 and p/‖p‖ is NaN: return 0.0 and v there."""
    v = start / np.linalg.norm(start)
    for _ in range(steps):
        p = product(v)
        eigenvalue = float(v @ p)
        with np.errstate(invalid="ignore"):
            v = p / np.linalg.norm(p)
    return eigenvalue, v


@misconception("power_iteration")
def takes_one_step_too_few(product, start, *, steps=100):
    """One step is missing: the loop runs `steps` times."""
    v = start / np.linalg.norm(start)
    p = product(v)
    if not np.any(p):
        return 0.0, v
    eigenvalue = float(v @ p)
    for _ in range(steps - 1):
        eigenvalue = float(v @ p)
        v = p / np.linalg.norm(p)
        p = product(v)
    return eigenvalue, v


@misconception("power_iteration")
def takes_one_product_more(product, start, *, steps=100):
    """You multiply once more at the end: λ = v·p of the last step is enough."""
    v = start / np.linalg.norm(start)
    for _ in range(steps):
        p = product(v)
        if not np.any(p):
            return 0.0, v
        v = p / np.linalg.norm(p)
    return float(v @ product(v)), v


@misconception("power_iteration")
def takes_two_products_a_step(product, start, *, steps=100):
    """You take a second product in each step, for λ: p is enough, with the v that gave it."""
    v = start / np.linalg.norm(start)
    for _ in range(steps):
        p = product(v)
        if not np.any(p):
            return 0.0, v
        v = p / np.linalg.norm(p)
        eigenvalue = float(v @ product(v))
    return eigenvalue, v


@misconception("power_iteration")
def returns_the_eigenvalue_alone(product, start, *, steps=100):
    """Return two things: the eigenvalue and the vector."""
    return power_iteration(product, start, steps=steps)[0]


@misconception("power_iteration")
def returns_the_vector_before_the_last_step(product, start, *, steps=100):
    """The v that you return is one step old: return p/‖p‖ of the last step."""
    v = start / np.linalg.norm(start)
    for step in range(steps):
        p = product(v)
        if not np.any(p):
            return 0.0, v
        eigenvalue = float(v @ p)
        if step < steps - 1:
            v = p / np.linalg.norm(p)
    return eigenvalue, v


@misconception("power_iteration")
def returns_the_vector_first(product, start, *, steps=100):
    """The order is eigenvalue first, vector second."""
    return power_iteration(product, start, steps=steps)[::-1]


@misconception("sharpness")
def stops_at_the_largest_in_size(gradient, params, start, *, steps=100, h=1e-5):
    """One run finds the eigenvalue of largest *size*: if it is negative, λmax is another one."""
    return power_iteration(lambda v: hessian_vector_product(gradient, params, v, h), start, steps=steps)[0]


@misconception("sharpness")
def takes_the_size_for_the_eigenvalue(gradient, params, start, *, steps=100, h=1e-5):
    """You drop the minus sign: a negative eigenvalue of large size is no sharp valley."""
    product = lambda v: hessian_vector_product(gradient, params, v, h)  # noqa: E731
    return abs(power_iteration(product, start, steps=steps)[0])


@misconception("sharpness")
def takes_the_bound_for_the_answer(gradient, params, start, *, steps=100, h=1e-5):
    """‖H·v‖ is the *size* of the largest eigenvalue, whatever its sign: it is the shift, not the answer."""
    product = lambda v: hessian_vector_product(gradient, params, v, h)  # noqa: E731
    return float(np.linalg.norm(product(power_iteration(product, start, steps=steps)[1])))


@misconception("sharpness")
def shifts_where_the_first_is_negative(gradient, params, start, *, steps=100, h=1e-5):
    """You shift only where λ₁ < 0. Where λ and −λ are both largest in size, λ₁ lies anywhere between."""
    product = lambda v: hessian_vector_product(gradient, params, v, h)  # noqa: E731
    first, _ = power_iteration(product, start, steps=steps)
    if first >= 0:
        return first
    return first + power_iteration(lambda v: product(v) - first * v, start, steps=steps)[0]


@misconception("sharpness")
def shifts_by_the_first_eigenvalue(gradient, params, start, *, steps=100, h=1e-5):
    """You shift by |λ₁|, which falls short where λ and −λ are both largest in size: ‖H·v‖ does not."""
    product = lambda v: hessian_vector_product(gradient, params, v, h)  # noqa: E731
    first, _ = power_iteration(product, start, steps=steps)
    second, _ = power_iteration(lambda v: product(v) + abs(first) * v, start, steps=steps)
    return max(first, second - abs(first))


@misconception("sharpness")
def forgets_to_shift_back(gradient, params, start, *, steps=100, h=1e-5):
    """What the second run finds is an eigenvalue of H + b·I: subtract b again."""
    product = lambda v: hessian_vector_product(gradient, params, v, h)  # noqa: E731
    first, v = power_iteration(product, start, steps=steps)
    bound = float(np.linalg.norm(product(v)))
    return max(first, power_iteration(lambda v: product(v) + bound * v, start, steps=steps)[0])


@misconception("sharpness")
def shifts_the_wrong_way(gradient, params, start, *, steps=100, h=1e-5):
    """You subtract b·v where it should be added: H − b·I is most negative where H is, and finds λmin."""
    product = lambda v: hessian_vector_product(gradient, params, v, h)  # noqa: E731
    first, v = power_iteration(product, start, steps=steps)
    bound = float(np.linalg.norm(product(v)))
    second, _ = power_iteration(lambda v: product(v) - bound * v, start, steps=steps)
    return max(first, second + bound)


@misconception("sharpness")
def returns_the_second_run_alone(gradient, params, start, *, steps=100, h=1e-5):
    """You return λ₂ − b even where λ₁ is larger, and so nearer to λmax: take the larger of the two."""
    product = lambda v: hessian_vector_product(gradient, params, v, h)  # noqa: E731
    _, v = power_iteration(product, start, steps=steps)
    bound = float(np.linalg.norm(product(v)))
    return power_iteration(lambda v: product(v) + bound * v, start, steps=steps)[0] - bound


@misconception("sharpness")
def flips_the_sign_of_the_hessian(gradient, params, start, *, steps=100, h=1e-5):
    """In the second run you take −H, whose largest eigenvalue is −λmin: shift H by b instead."""
    product = lambda v: hessian_vector_product(gradient, params, v, h)  # noqa: E731
    first, _ = power_iteration(product, start, steps=steps)
    if first >= 0:
        return first
    return power_iteration(lambda v: -product(v), start, steps=steps)[0]


@misconception("sharpness")
def measures_the_curvature_along_the_start(gradient, params, start, *, steps=100, h=1e-5):
    """That is the curvature along `start`: iterate, and the vector turns to the steepest direction."""
    v = start / np.linalg.norm(start)
    return float(v @ hessian_vector_product(gradient, params, v, h))


@misconception("sharpness")
def measures_around_the_start(gradient, params, start, *, steps=100, h=1e-5):
    """You measure the Hessian at `start`: the point is `params`, and `start` is where v begins."""
    return sharpness(gradient, start, params, steps=steps, h=h)


@misconception("sharpness")
def looks_to_one_side(gradient, params, start, *, steps=100, h=1e-5):
    """Your difference is one-sided: use the central one, `hessian_vector_product`."""
    product = lambda v: (gradient(params + h * v) - gradient(params)) / h  # noqa: E731
    first, v = power_iteration(product, start, steps=steps)
    bound = float(np.linalg.norm(product(v)))
    second, _ = power_iteration(lambda v: product(v) + bound * v, start, steps=steps)
    return max(first, second - bound)


@misconception("sharpness")
def returns_the_limit(gradient, params, start, *, steps=100, h=1e-5):
    """That is 2/λmax, the limit of the learning rate: λmax itself is wanted."""
    return 2 / sharpness(gradient, params, start, steps=steps, h=h)


@misconception("sharpness")
def keeps_its_own_h(gradient, params, start, *, steps=100, h=1e-5):
    """The argument `h` is not handed on to `hessian_vector_product`."""
    return sharpness(gradient, params, start, steps=steps)


@misconception("sharpness")
def keeps_its_own_steps(gradient, params, start, *, steps=100, h=1e-5):
    """The argument `steps` is not handed on to `power_iteration`."""
    return sharpness(gradient, params, start, h=h)
