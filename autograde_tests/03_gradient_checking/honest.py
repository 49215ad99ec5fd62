"""Honest answers to lesson 03, written in other ways: each must get full marks."""

import math
import warnings

import numpy as np

from autograde_tests.engine.honest import honest


@honest("numerical_gradient")
def with_a_copy_that_is_put_back(f, params, h=1e-5):
    """Move one entry of an own copy at a time, and put it back."""
    point = np.array(params, dtype=np.result_type(np.asarray(params).dtype, np.float16))
    gradient = np.empty_like(point)
    for index in np.ndindex(point.shape):
        middle = point[index]
        point[index] = middle + h
        above = f(point)
        point[index] = middle - h
        below = f(point)
        point[index] = middle
        gradient[index] = (above - below) / 2 / h
    return gradient


@honest("numerical_gradient")
def with_rows_of_the_identity(f, params, h=1e-5):
    """Step along the rows of h times the identity, on a flat vector."""
    params = np.asarray(params)
    if params.dtype.kind in "iu":
        params = params.astype(float)
    steps = (h * np.eye(params.size)).astype(params.dtype)
    slopes = [
        (f(params + step.reshape(params.shape)) - f(params - step.reshape(params.shape))) / (2 * h)
        for step in steps
    ]
    return np.array(slopes, dtype=params.dtype).reshape(params.shape)


@honest("numerical_gradient")
def with_all_points_first(f, params, h=1e-5):
    """Evaluate all points above, then all below, and subtract the two arrays; print on the way."""
    params = params * np.ones_like(params, dtype=np.result_type(params, np.float16))
    flat = params.ravel()
    values = []
    for sign in (1, -1):
        row = []
        for index in range(flat.size):
            point = flat.copy()
            point[index] += sign * h
            row.append(f(point.reshape(params.shape)))
        values.append(row)
    print("evaluated", 2 * flat.size, "times")
    return ((np.array(values[0]) - np.array(values[1])) / (2 * h)).reshape(params.shape).astype(params.dtype)


@honest("relative_error")
def entry_by_entry(a, b):
    """Go through the pairs and keep the worst."""
    worst = 0.0
    for x, y in zip(np.ravel(a), np.ravel(b), strict=True):
        if math.isnan(x) or math.isnan(y):
            return math.nan
        if max(abs(x), abs(y)) > 0:
            worst = max(worst, abs(x - y) / max(abs(x), abs(y)))
    return worst


@honest("relative_error")
def where_either_is_not_zero(a, b):
    """Divide only where the scale is not zero."""
    scale = np.max(np.abs([a, b]), axis=0)
    return np.max(np.divide(np.abs(a - b), scale, out=np.zeros_like(scale), where=scale != 0))


@honest("relative_error")
def with_a_tiny_floor_and_a_warning(a, b):
    """A floor below every float of use does no harm, and neither does a warning."""
    warnings.warn("comparing", stacklevel=2)
    return (np.abs(a - b) / np.maximum(np.maximum(np.abs(a), np.abs(b)), 1e-300)).max()


@honest("relative_error")
def zero_over_zero_mended_afterwards(a, b):
    """Divide everywhere, and put 0 where both are 0."""
    with np.errstate(all="ignore"):
        ratios = np.abs(b - a) / np.maximum(np.abs(a), np.abs(b))
    ratios[(a == 0) & (b == 0)] = 0
    return np.max(ratios)


@honest("flatten")
def with_hstack(arrays):
    """Stack what ravel gives; the shapes as a tuple."""
    return np.hstack([np.asarray(array).ravel() for array in arrays]), tuple(map(np.shape, arrays))


@honest("flatten")
def into_an_empty_vector(arrays):
    """Fill a vector of the right length, piece by piece; shapes as lists."""
    arrays = list(map(np.asarray, arrays))
    total = sum(array.size for array in arrays)
    vector, start = np.empty(total, dtype=arrays[0].dtype), 0
    for array in arrays:
        vector[start : start + array.size] = array.reshape(-1)
        start += array.size
    return [vector, [list(array.shape) for array in arrays]]


@honest("flatten")
def number_by_number(arrays):
    """Collect single numbers in a list."""
    numbers = [number for array in arrays for number in np.nditer(array, order="C")]
    return np.array(numbers, dtype=arrays[0].dtype), [np.shape(array) for array in arrays]


@honest("unflatten")
def with_a_running_start(vector, shapes):
    """Cut with a start that moves on; a tuple for the list."""
    arrays, start = [], 0
    for shape in shapes:
        stop = start + math.prod(shape)
        arrays.append(vector[start:stop].reshape(shape).copy())
        start = stop
    return tuple(arrays)


@honest("unflatten")
def from_a_copy_of_the_vector(vector, shapes):
    """Copy once, and cut the copy."""
    rest, arrays = np.copy(vector), []
    for shape in shapes:
        size = int(np.prod(shape))
        arrays.append(np.reshape(rest[:size], shape))
        rest = rest[size:]
    return arrays


@honest("unflatten")
def number_after_number(vector, shapes):
    """Take the numbers from an iterator."""
    numbers, arrays = iter(vector), []
    for shape in shapes:
        array = np.zeros(shape, dtype=vector.dtype)
        for index in np.ndindex(*shape):
            array[index] = next(numbers)
        arrays.append(array)
    return arrays


def _slopes(loss, params, h):
    slopes = np.zeros(params.shape)
    for index in np.ndindex(params.shape):
        above, below = params.copy(), params.copy()
        above[index] += h
        below[index] -= h
        slopes[index] = (loss(above) - loss(below)) / (2 * h)
    return slopes


@honest("gradient_check")
def with_sums_of_squares(loss, gradient, params, h=1e-5):
    """Write the norms as roots of sums."""
    a, n = gradient(params), _slopes(loss, params, h)
    gap, size = np.sqrt(np.sum((a - n) ** 2)), np.sqrt(np.sum(a**2)) + np.sqrt(np.sum(n**2))
    return gap / size if size else 0.0


@honest("gradient_check")
def on_flat_vectors(loss, gradient, params, h=1e-5):
    """Flatten both, and use the inner product."""
    a, n = np.ravel(gradient(params)), np.ravel(_slopes(loss, params, h))
    if not a.any() and not n.any():
        return 0
    return float(np.sqrt((a - n) @ (a - n)) / (np.sqrt(a @ a) + np.sqrt(n @ n)))


@honest("gradient_check")
def with_einsum_and_a_tiny_floor(loss, gradient, params, h=1e-5):
    """Use einsum, and a floor that only counts where both are zero."""
    a, n = gradient(params), _slopes(loss, params, h)

    def length(x):
        return np.einsum("i,i->", x.ravel(), x.ravel()) ** 0.5

    print("norms", length(a), length(n))
    return length(a - n) / max(length(a) + length(n), 1e-300)


@honest("verdict")
def as_a_nested_choice(error, has_kinks):
    """Write it as one expression."""
    middle = "ok" if has_kinks and error <= 1e-4 else "suspicious"
    return "good" if error <= 1e-7 else middle if error <= 1e-2 else "wrong"


@honest("verdict")
def with_a_table(error, has_kinks):
    """Look the error up in a table of limits."""
    for limit, word in ((1e-7, "good"), (1e-4, "ok" if has_kinks else "suspicious"), (1e-2, "suspicious")):
        if error <= limit:
            return word
    return "wrong"


@honest("verdict")
def nan_first_then_downwards(error, has_kinks):
    """Ask for NaN first, then from the worst to the best."""
    if np.isnan(error) or error > 0.01:
        return "wrong"
    if error > 1e-4 or (error > 1e-7 and not has_kinks):
        return "suspicious"
    return "ok" if error > 1e-7 else "good"


@honest("planted_bugs")
def as_keywords():
    """Write the dict with keywords, in another order."""
    return dict(D="l2 on the bias", C="correct", B="missing 1/n", A="mask of the wrong layer")


@honest("planted_bugs")
def from_two_lists():
    """Zip names and diagnoses."""
    diagnoses = ["mask of the wrong layer", "missing 1/n", "correct", "l2 on the bias"]
    return dict(zip("ABCD", diagnoses, strict=True))


@honest("planted_bugs")
def by_elimination():
    """Start from all correct, then note the guilty."""
    answers = dict.fromkeys(["A", "B", "C", "D"], "correct")
    answers["A"] = "mask of the wrong layer"
    answers["B"] = "missing 1/n"
    answers["D"] = "l2 on the bias"
    return answers
