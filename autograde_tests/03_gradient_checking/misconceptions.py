"""Misconceptions of lesson 03: wrong versions that students write."""

import numpy as np

from autograde_tests.engine.misconceptions import misconception
from course_lib import gradient_checking


@misconception("numerical_gradient")
def takes_a_forward_difference(f, params, h=1e-5):
    """This is the forward difference, from θ to θ + h: go h to both sides and divide by 2h."""
    params = np.multiply(params, 1.0)
    gradient = np.zeros_like(params)
    for index in np.ndindex(params.shape):
        step = np.zeros_like(params)
        step[index] = h
        gradient[index] = (f(params + step) - f(params)) / h
    return gradient


@misconception("numerical_gradient")
def evaluates_the_middle_as_well(f, params, h=1e-5):
    """The values are right, but f(θ) is evaluated and not needed: two evaluations an entry are enough."""
    f(params)
    return _central(f, params, h)


@misconception("numerical_gradient")
def divides_by_h(f, params, h=1e-5):
    """The two points are 2h apart, and you divide by h: everything is twice too large."""
    return 2 * _central(f, params, h)


@misconception("numerical_gradient")
def subtracts_the_wrong_way_round(f, params, h=1e-5):
    """The sign is the wrong way round: take f(θ + h·e_i) first, and subtract f(θ − h·e_i)."""
    return -_central(f, params, h)


@misconception("numerical_gradient")
def moves_every_entry_at_once(f, params, h=1e-5):
    """Every entry moves at once, which gives the sum of all slopes: move one entry, leave the others."""
    params = np.multiply(params, 1.0)
    gradient = np.zeros_like(params)
    for index in np.ndindex(params.shape):
        gradient[index] = (f(params + h) - f(params - h)) / (2 * h)
    return gradient


@misconception("numerical_gradient")
def moves_whole_rows(f, params, h=1e-5):
    """A loop over `range(len(params))` moves a whole row of a matrix: `np.ndindex` runs over all entries."""
    return _row_by_row(f, params, h, np.zeros_like(params))


@misconception("numerical_gradient")
def gives_one_slope_a_row(f, params, h=1e-5):
    """`len(params)` counts rows, and a matrix needs one slope an entry: `np.ndindex` visits them all."""
    return _row_by_row(f, params, h, np.zeros(len(params)))


@misconception("numerical_gradient")
def returns_one_number(f, params, h=1e-5):
    """Every entry moves at once, and one number comes out: a gradient has one slope for each entry."""
    return (f(params + h) - f(params - h)) / (2 * h)


@misconception("numerical_gradient")
def changes_a_number_as_if_it_were_an_array(f, params, h=1e-5):
    """Arithmetic makes a plain number of an array of shape (), with no entries to change: see hint 2."""
    params = params * 1.0
    gradient = np.zeros_like(params)
    for index in np.ndindex(params.shape):
        above, below = params.copy(), params.copy()
        above[index] += h
        below[index] -= h
        gradient[index] = (f(above) - f(below)) / (2 * h)
    return gradient


@misconception("numerical_gradient")
def does_not_put_the_entry_back(f, params, h=1e-5):
    """An entry that has been moved stays moved while the next one is measured: put it back."""
    return _without_putting_back(f, np.array(params), h)


@misconception("numerical_gradient")
def moves_the_callers_array(f, params, h=1e-5):
    """The caller's own array is moved and stays moved: work on a copy, and put each entry back."""
    return _without_putting_back(f, params, h)


@misconception("numerical_gradient")
def cuts_the_step_to_a_whole_number(f, params, h=1e-5):
    """An array of whole numbers cannot hold θ + h: it cuts the step off. Turn `params` into floats first."""
    return _on_a_copy(f, params, h, np.zeros(params.shape))


@misconception("numerical_gradient")
def keeps_whole_numbers_throughout(f, params, h=1e-5):
    """A copy of whole numbers cuts θ + h, and `zeros_like` of them cuts the slopes: begin with floats."""
    return _on_a_copy(f, params, h, np.zeros_like(params))


@misconception("numerical_gradient")
def makes_a_step_of_whole_numbers(f, params, h=1e-5):
    """`zeros_like` of whole numbers makes a step of them, too, and h in it becomes 0: begin with floats."""
    gradient = np.zeros_like(params)
    for index in np.ndindex(params.shape):
        step = np.zeros_like(params)
        step[index] = h
        gradient[index] = (f(params + step) - f(params - step)) / (2 * h)
    return gradient


@misconception("numerical_gradient")
def cuts_the_slopes_to_whole_numbers(f, params, h=1e-5):
    """`zeros_like` of whole numbers makes an array of whole numbers, and the slopes are cut to fit it."""
    return _central(f, params, h).astype(np.asarray(params).dtype)


@misconception("numerical_gradient")
def widens_float32(f, params, h=1e-5):
    """A float32 point gives a float64 gradient: `np.zeros_like(params)` keeps the type of floats."""
    return _central(f, np.array(params, dtype=np.float64), h)


@misconception("numerical_gradient")
def returns_a_flat_vector(f, params, h=1e-5):
    """The slopes are right, but they come in one row: give them the shape of `params`."""
    return _central(f, params, h).ravel()


@misconception("numerical_gradient")
def ignores_h(f, params, h=1e-5):
    """The `h` that is passed in is not used: 1e-5 is only its default."""
    return _central(f, params, 1e-5)


def _central(f, params, h):
    return gradient_checking.numerical_gradient(f, params, h)


# A version with two mistakes also names who makes only the first: what passes is not compared. So these
# helpers stay as naive as students are, and leave whole numbers what they are.


def _row_by_row(f, params, h, gradient):
    for row in range(len(params)):
        above, below = params.copy(), params.copy()
        above[row] += h
        below[row] -= h
        gradient[row] = (f(above) - f(below)) / (2 * h)
    return gradient


def _on_a_copy(f, params, h, gradient):
    for index in np.ndindex(params.shape):
        above, below = params.copy(), params.copy()
        above[index] += h
        below[index] -= h
        gradient[index] = (f(above) - f(below)) / (2 * h)
    return gradient


def _without_putting_back(f, point, h):
    gradient = np.zeros_like(point)
    for index in np.ndindex(point.shape):
        point[index] += h
        above = f(point)
        point[index] -= 2 * h
        below = f(point)
        gradient[index] = (above - below) / (2 * h)
    return gradient


@misconception("relative_error")
def divides_zero_by_zero(a, b):
    """Where both entries are 0 you divide 0 by 0: that counts as no error."""
    with np.errstate(all="ignore"):
        return float(np.max(np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))))


@misconception("relative_error")
def averages_the_entries(a, b):
    """The mean lets one wrong entry hide among many right ones: take the largest."""
    return float(np.mean(_per_entry(a, b)))


@misconception("relative_error")
def divides_by_the_first_alone(a, b):
    """You divide by |a| alone: then swapping a and b changes the answer, and a = 0 gives infinity."""
    with np.errstate(all="ignore"):
        return float(np.max(np.where(a == b, 0.0, np.abs(a - b) / np.abs(a))))


@misconception("relative_error")
def divides_by_the_sum(a, b):
    """You divide by |a| + |b|, which is up to twice the size: divide by the larger of the two."""
    scale = np.abs(a) + np.abs(b)
    return float(np.max(np.abs(a - b) / np.where(scale == 0, 1, scale)))


@misconception("relative_error")
def divides_by_the_smaller(a, b):
    """You divide by the smaller of |a| and |b|: the larger is wanted, which is 0 only where both are."""
    scale = np.minimum(np.abs(a), np.abs(b))
    return float(np.max(np.abs(a - b) / np.where(scale == 0, 1, scale)))


@misconception("relative_error")
def does_not_divide(a, b):
    """This is the absolute error: divide by the size of the entries."""
    return float(np.max(np.abs(a - b)))


@misconception("relative_error")
def compares_sizes_only(a, b):
    """The signs are lost: 3 and −3 differ by 6. Subtract first, then take the absolute value."""
    scale = np.maximum(np.abs(a), np.abs(b))
    return float(np.max(np.abs(np.abs(a) - np.abs(b)) / np.where(scale == 0, 1, scale)))


@misconception("relative_error")
def forgets_the_absolute_value_of_the_gap(a, b):
    """Where a is below b your error is negative and the maximum passes over it: take |a − b|."""
    scale = np.maximum(np.abs(a), np.abs(b))
    return float(np.max((a - b) / np.where(scale == 0, 1, scale)))


@misconception("relative_error")
def divides_the_largest_gap_by_the_largest_entry(a, b):
    """Two maxima, then one division: a small entry that is all wrong disappears beside a large one."""
    with np.errstate(all="ignore"):
        return float(np.max(np.abs(a - b)) / np.max(np.maximum(np.abs(a), np.abs(b))))


@misconception("relative_error")
def adds_a_small_number(a, b):
    """The small number in the denominator hides every error in entries that are smaller than it."""
    return float(np.max(np.abs(a - b) / (np.maximum(np.abs(a), np.abs(b)) + 1e-8)))


@misconception("relative_error")
def passes_over_nan(a, b):
    """`nanmax` passes over NaN, also over one that a broken gradient holds: catch the case 0/0 alone."""
    with np.errstate(all="ignore"):
        ratios = np.abs(a - b) / np.maximum(np.abs(a), np.abs(b))
    return float(np.max(np.where(np.isnan(ratios), 0.0, ratios)))


def _per_entry(a, b):
    scale = np.maximum(np.abs(a), np.abs(b))
    return np.abs(a - b) / np.where(scale == 0, 1, scale)


@misconception("flatten")
def reads_column_by_column(arrays):
    """A matrix is read column by column: the last axis should run fastest, as `np.ravel` does it."""
    vector = np.concatenate([np.ravel(array, order="F") for array in arrays])
    return vector, [np.shape(array) for array in arrays]


@misconception("flatten")
def reads_as_memory_lies(arrays):
    """A transposed matrix is read as it lies in memory, by columns: rows come first whatever the memory."""
    vector = np.concatenate([np.ravel(array, order="K") for array in arrays])
    return vector, [np.shape(array) for array in arrays]


@misconception("flatten")
def starts_with_the_last_array(arrays):
    """The arrays stand in the vector from last to first: keep the order of the list."""
    vector = np.concatenate([np.ravel(array) for array in arrays[::-1]])
    return vector, [np.shape(array) for array in arrays]


@misconception("flatten")
def loses_the_numbers(arrays):
    """A number has no axis and one entry: yours gets lost on the way."""
    kept = [array for array in arrays if np.ndim(array) > 0]
    return np.concatenate([np.ravel(array) for array in kept]), [np.shape(array) for array in kept]


@misconception("flatten")
def asks_numbers_for_methods(arrays):
    """A plain number has no `ravel` and no `shape` of its own: `np.ravel` and `np.shape` take it as well."""
    return np.concatenate([array.ravel() for array in arrays]), [array.shape for array in arrays]


@misconception("flatten")
def makes_numbers_into_vectors(arrays):
    """A number has the shape (), and you note (1,): `unflatten` would give back a vector of one."""
    vector = np.concatenate([np.ravel(array) for array in arrays])
    return vector, [np.atleast_1d(array).shape for array in arrays]


@misconception("flatten")
def remembers_sizes_only(arrays):
    """You note how many entries each array has: (2, 3) and (3, 2) both have six. Note the shapes."""
    return np.concatenate([np.ravel(array) for array in arrays]), [np.size(array) for array in arrays]


@misconception("flatten")
def widens_float32_to_float64(arrays):
    """Float32 arrays give a float64 vector: give it their type, which an empty `np.array([])` has not."""
    vector = np.array([])
    for array in arrays:
        vector = np.append(vector, array)
    return vector, [np.shape(array) for array in arrays]


@misconception("flatten")
def returns_the_vector_alone(arrays):
    """The shapes are missing: return the vector and the list of shapes."""
    return np.concatenate([np.ravel(array) for array in arrays])


@misconception("unflatten")
def returns_views(vector, shapes):
    """The arrays are views of `vector`: a change in one would change the vector. Copy each piece."""
    return [piece.reshape(shape) for piece, shape in _pieces(vector, shapes)]


@misconception("unflatten")
def fills_column_by_column(vector, shapes):
    """A matrix is filled column by column: `flatten` read it row by row."""
    return [np.array(piece.reshape(shape, order="F")) for piece, shape in _pieces(vector, shapes)]


@misconception("unflatten")
def starts_each_array_at_the_front(vector, shapes):
    """Every array is cut from the front of the vector: go on where the one before ended."""
    return [np.array(vector[: np.prod(shape, dtype=int)].reshape(shape)) for shape in shapes]


@misconception("unflatten")
def cuts_from_the_back(vector, shapes):
    """The first array is taken from the back of the vector: `flatten` put it at the front."""
    arrays, end = [], len(vector)
    for shape in shapes:
        start = end - np.prod(shape, dtype=int)
        arrays.append(np.array(vector[start:end].reshape(shape)))
        end = start
    return arrays


@misconception("unflatten")
def leaves_the_pieces_flat(vector, shapes):
    """The pieces have the right entries and no shape yet: reshape each."""
    return [np.array(piece) for piece, _ in _pieces(vector, shapes)]


@misconception("unflatten")
def makes_vectors_of_numbers(vector, shapes):
    """The shape () is that of a number, and you give back a vector of one entry."""
    return [np.array(piece.reshape(shape or (1,))) for piece, shape in _pieces(vector, shapes)]


@misconception("unflatten")
def widens_to_float64(vector, shapes):
    """A float32 vector gives float64 arrays: keep the type, as `np.array(piece)` does."""
    return [np.array(piece.reshape(shape), dtype=np.float64) for piece, shape in _pieces(vector, shapes)]


@misconception("unflatten")
def cuts_at_a_float(vector, shapes):
    """`np.prod` of the empty shape () is 1.0, a float, and cuts need whole numbers: ask for `dtype=int`."""
    arrays, start = [], 0
    for shape in shapes:
        stop = start + np.prod(shape)
        arrays.append(vector[start:stop].reshape(shape).copy())
        start = stop
    return arrays


def _pieces(vector, shapes):
    ends = np.cumsum([np.prod(shape, dtype=int) for shape in shapes])
    return list(zip(np.split(vector, ends[:-1]), shapes, strict=True))


@misconception("gradient_check")
def compares_the_gradient_with_itself(loss, gradient, params, h=1e-5):
    """Whatever the gradient is, your error is 0: one of the two has to come from the loss alone."""
    gradient_checking.numerical_gradient(loss, params, h)
    a, again = gradient(params), gradient(params)
    return _norm_form(a, again) if np.any(a) else 0.0


@misconception("gradient_check")
def averages_the_relative_errors(loss, gradient, params, h=1e-5):
    """This is the mean over the entries: take the norm of the whole difference, once, and divide by norms."""
    a, n = _both(loss, gradient, params, h)
    return float(np.mean(_ratio(np.abs(a - n), np.abs(a) + np.abs(n))))


@misconception("gradient_check")
def takes_the_worst_entry(loss, gradient, params, h=1e-5):
    """This is `relative_error`, the worst entry; here the norms of the whole vectors are compared."""
    return gradient_checking.relative_error(*_both(loss, gradient, params, h))


@misconception("gradient_check")
def forgets_the_root(loss, gradient, params, h=1e-5):
    """These are squared norms: a norm is the *root* of the sum of squares."""
    a, n = _both(loss, gradient, params, h)
    return float(_ratio(np.sum((a - n) ** 2), np.sum(a**2) + np.sum(n**2)))


@misconception("gradient_check")
def divides_zero_norms(loss, gradient, params, h=1e-5):
    """Where both gradients are all zeros you divide 0 by 0: that is an error of 0."""
    return _norm_form(*_both(loss, gradient, params, h))


@misconception("gradient_check")
def passes_a_gradient_of_zeros(loss, gradient, params, h=1e-5):
    """A gradient of zeros passes, though the loss has a slope: the error is 0 only if both are zero."""
    a, n = _both(loss, gradient, params, h)
    return _norm_form(a, n) if np.any(a) else 0.0


@misconception("gradient_check")
def divides_by_one_norm(loss, gradient, params, h=1e-5):
    """You divide by the norm of the numerical gradient alone: add the norm of the other."""
    a, n = _both(loss, gradient, params, h)
    return float(_ratio(np.linalg.norm(a - n), np.linalg.norm(n)))


@misconception("gradient_check")
def divides_by_the_norm_of_the_sum(loss, gradient, params, h=1e-5):
    """You divide by ‖a + n‖, which is near 0 where the sign is wrong: add the norms, not the vectors."""
    a, n = _both(loss, gradient, params, h)
    return float(_ratio(np.linalg.norm(a - n), np.linalg.norm(a + n)))


@misconception("gradient_check")
def compares_lengths_only(loss, gradient, params, h=1e-5):
    """You compare lengths, and two vectors of one length can point apart: take the norm of a − n."""
    a, n = _both(loss, gradient, params, h)
    lengths = np.linalg.norm(a), np.linalg.norm(n)
    return float(_ratio(abs(lengths[0] - lengths[1]), lengths[0] + lengths[1]))


@misconception("gradient_check")
def does_not_pass_h_on(loss, gradient, params, h=1e-5):
    """The `h` that is passed in does not reach `numerical_gradient`."""
    return _norm_form(*_both(loss, gradient, params, 1e-5))


@misconception("gradient_check")
def checks_by_forward_differences(loss, gradient, params, h=1e-5):
    """The numerical gradient is a forward difference, off by O(h): use your `numerical_gradient`."""
    return _norm_form(gradient(params), takes_a_forward_difference(loss, params, h))


@misconception("gradient_check")
def answers_yes_or_no(loss, gradient, params, h=1e-5):
    """You return whether it passes: return the error itself, and leave the judgment to `verdict`."""
    return bool(_norm_form(*_both(loss, gradient, params, h)) < 1e-7)


def _both(loss, gradient, params, h):
    return gradient(params), gradient_checking.numerical_gradient(loss, params, h)


def _norm_form(a, n):
    return float(_ratio(np.linalg.norm(a - n), np.linalg.norm(a) + np.linalg.norm(n)))


def _ratio(gap, scale):
    """Divide, also by zero: so the mistakes above are named with a guard against 0/0 and without."""
    with np.errstate(all="ignore"):
        return np.divide(gap, scale)


@misconception("verdict")
def asks_for_the_largest_threshold_first(error, has_kinks):
    """Whatever is at most 1e-2 leaves at your first question: ask for the smallest threshold first."""
    if error <= 1e-2:
        return "suspicious"
    if error <= 1e-4 and has_kinks:
        return "ok"
    return "good" if error <= 1e-7 else "wrong"


@misconception("verdict")
def ignores_the_kinks(error, has_kinks):
    """1e-4 is allowed to objectives with kinks alone: without kinks it is suspicious."""
    if not error <= 1e-2:
        return "wrong"
    return "good" if error <= 1e-7 else "ok" if error <= 1e-4 else "suspicious"


@misconception("verdict")
def allows_nothing_to_kinks(error, has_kinks):
    """An objective with kinks cannot do better than 1e-4 or so: up to there it is ok."""
    if not error <= 1e-2:
        return "wrong"
    return "good" if error <= 1e-7 else "suspicious"


@misconception("verdict")
def swaps_smooth_and_kinked(error, has_kinks):
    """The allowance has gone to the wrong side: it is the objective *with* kinks that may reach 1e-4."""
    return gradient_checking.verdict(error, not has_kinks)


@misconception("verdict")
def gives_the_boundary_to_the_worse_side(error, has_kinks):
    """An error on a boundary belongs to the better side: 1e-7 itself is good."""
    if not error < 1e-2:
        return "wrong"
    if error < 1e-7:
        return "good"
    return "ok" if error < 1e-4 and has_kinks else "suspicious"


@misconception("verdict")
def lets_nan_through(error, has_kinks):
    """Every comparison with NaN is false, so it falls through to your last line: NaN is wrong."""
    if error > 1e-2:
        return "wrong"
    if error <= 1e-7:
        return "good"
    return "ok" if error <= 1e-4 and has_kinks else "suspicious"


@misconception("verdict")
def calls_kinks_good(error, has_kinks):
    """With kinks, 1e-7 to 1e-4 is ok, and not yet good."""
    if has_kinks and error <= 1e-4:
        return "good"
    return gradient_checking.verdict(error, has_kinks)


@misconception("planted_bugs")
def calls_every_network_correct():
    """Three of the four fail the check: is the error that you look at the largest over the pieces?"""
    return dict.fromkeys("ABCD", "correct")


@misconception("planted_bugs")
def acquits_the_smallest_error():
    """D has the smallest error of the guilty and is guilty all the same: look at its pieces one by one."""
    return {"A": "mask of the wrong layer", "B": "missing 1/n", "C": "l2 on the bias", "D": "correct"}


@misconception("planted_bugs")
def takes_the_mask_for_the_mean():
    """You have exchanged A and B: which of them is cured by n_examples=1, and which by keep=1.0?"""
    return {"A": "missing 1/n", "B": "mask of the wrong layer", "C": "correct", "D": "l2 on the bias"}


@misconception("planted_bugs")
def takes_the_mask_for_the_penalty():
    """You have exchanged A and D: which of them is cured by l2=0.0, and which by keep=1.0?"""
    return {"A": "l2 on the bias", "B": "missing 1/n", "C": "correct", "D": "mask of the wrong layer"}


@misconception("planted_bugs")
def takes_the_mean_for_the_penalty():
    """You have exchanged B and D: which of them is cured by l2=0.0, and which by n_examples=1?"""
    return {"A": "mask of the wrong layer", "B": "l2 on the bias", "C": "correct", "D": "missing 1/n"}


@misconception("numerical_gradient")
def makes_the_minus_point_from_the_plus_point(f, params, h=1e-5):
    """From +h, one step back leads to the start: the minus point lies 2h below the plus point."""
    params = np.multiply(params, 1.0)
    gradient = np.zeros_like(params)
    for index in np.ndindex(params.shape):
        point = params.copy()
        point[index] += h
        ahead = f(point)
        point[index] -= h
        gradient[index] = (ahead - f(point)) / (2 * h)
    return gradient


@misconception("relative_error")
def compares_the_norms(a, b):
    """You compare whole arrays by their lengths, where one wrong entry hides: compare entry by entry."""
    scale = max(np.linalg.norm(a), np.linalg.norm(b))
    return float(np.linalg.norm(a - b) / scale) if scale else 0.0


@misconception("gradient_check")
def divides_by_the_larger_norm(loss, gradient, params, h=1e-5):
    """You divide by the larger of the two lengths: here it is their sum, so that the error ends at 1."""
    analytic = gradient(params)
    numerical = gradient_checking.numerical_gradient(loss, params, h)
    scale = max(np.linalg.norm(analytic), np.linalg.norm(numerical))
    return float(np.linalg.norm(analytic - numerical) / scale) if scale else 0.0
