"""Claims of lesson 11: clipping, power iteration and sharpness."""

import numpy as np

from autograde_tests.engine.claims import agrees, holds
from course_lib import stability as reference


def symmetric_matrix(rng, eigenvalues):
    """A matrix with these eigenvalues along axes that are drawn at random."""
    axes, _ = np.linalg.qr(rng.normal(size=(len(eigenvalues), len(eigenvalues))))
    matrix = axes @ np.diag(eigenvalues) @ axes.T
    return (matrix + matrix.T) / 2


def signed(rng, low, high, size):
    """Numbers whose sizes lie between `low` and `high`, of either sign, both signs among them."""
    signs = rng.permuted(np.resize([1.0, -1.0], size))
    return rng.uniform(low, high, size=size) * signs


class TestClipByValue:
    """g_i ← min(max(g_i, −limit), limit)."""

    reference, points, fresh = reference.clip_by_value, 2, True

    def test_entries_beyond_the_limit_are_cut_to_it(self, student, rng):
        """Does an entry beyond the limit end at the limit, on its own side of zero?"""
        limit = rng.uniform(0.5, 2.0)
        grads = limit * np.concatenate([signed(rng, 1.5, 4.0, 4), signed(rng, 0.1, 0.7, 2)])
        agrees(student.clip_by_value(grads, limit), reference.clip_by_value(grads, limit))

    def test_entries_within_the_limit_stay(self, student, rng):
        """Does a gradient whose entries are all small come back as it was, whatever its length?"""
        grads = signed(rng, 0.6, 0.9, 6)
        agrees(student.clip_by_value(grads, 1.0), reference.clip_by_value(grads, 1.0))

    def test_a_matrix_of_float32_keeps_shape_and_type(self, student, rng):
        """Are shape and dtype those of the gradient?"""
        grads = signed(rng, 0.2, 3.0, 6).reshape(2, 3).astype(np.float32)
        agrees(student.clip_by_value(grads, 0.5), reference.clip_by_value(grads, 0.5))

    def test_infinity_meets_the_limit_and_nan_stays(self, student, rng):
        """Does infinity become the limit, with its sign, and NaN stay to be seen?"""
        small, large = rng.uniform(0.1, 0.9), rng.uniform(1.1, 3.0)
        grads = np.array([np.inf, -small, np.nan, -np.inf, large])
        agrees(student.clip_by_value(grads, 1.0), reference.clip_by_value(grads, 1.0))


class TestClipByGlobalNorm:
    """g ← g·max_norm/‖g‖ for all arrays alike if ‖g‖ > max_norm, where ‖g‖ is taken over all of them."""

    reference, points, fresh = reference.clip_by_global_norm, 4, True

    def test_a_long_gradient_is_shortened_as_a_whole(self, student, rng):
        """Are all arrays scaled by one factor, so that together they have length max_norm?"""
        grads = [rng.normal(size=(2, 3)), 5 * rng.normal(size=2)]
        max_norm = rng.uniform(0.3, 0.7) * np.sqrt(sum(np.sum(g**2) for g in grads))
        agrees(student.clip_by_global_norm(grads, max_norm), reference.clip_by_global_norm(grads, max_norm))

    def test_a_short_gradient_stays(self, student, rng):
        """Is a gradient shorter than max_norm left as it was, and its length reported?"""
        grads = [rng.normal(size=(2, 2)), rng.normal(size=3)]
        max_norm = rng.uniform(1.01, 1.05) * np.sqrt(sum(np.sum(g**2) for g in grads))
        agrees(student.clip_by_global_norm(grads, max_norm), reference.clip_by_global_norm(grads, max_norm))

    def test_the_length_is_that_of_all_entries_together(self, student, rng):
        """Where each array alone is short enough and all together are not, is the gradient shortened?"""
        grads = [signed(rng, 0.8, 1.0, 2), signed(rng, 0.8, 1.0, 3), signed(rng, 0.8, 1.0, 2)]
        agrees(student.clip_by_global_norm(grads, 1.9), reference.clip_by_global_norm(grads, 1.9))

    def test_one_array_of_float32(self, student, rng):
        """Does float32 stay float32, and the list a list of one?"""
        grads = [signed(rng, 1.0, 3.0, 4).astype(np.float32)]
        agrees(student.clip_by_global_norm(grads, 0.5), reference.clip_by_global_norm(grads, 0.5), rtol=1e-5)

    def test_zeros_and_nan(self, student, rng):
        """Do zeros stay zeros, and is a gradient with a NaN left as it is, with the norm NaN?"""
        max_norm = rng.uniform(0.5, 2.0)
        for grads in ([np.zeros(2), np.zeros(1)], [np.array([np.nan, 5.0]), np.array([7.0])]):
            agrees(
                student.clip_by_global_norm(grads, max_norm), reference.clip_by_global_norm(grads, max_norm)
            )


def _same_pair(got, expected, *, rtol=None):
    """Compare eigenvalue and eigenvector; the vector's sign has no meaning."""
    holds(
        isinstance(got, tuple | list) and len(got) == 2,
        "The answer should be a pair: the eigenvalue and the eigenvector.",
    )
    agrees(
        got[0],
        expected[0],
        rtol=rtol,
        because="This is λ: it belongs to the v that went into the product, and its sign counts.",
    )
    vector = got[1]
    if isinstance(vector, np.ndarray) and vector.shape == expected[1].shape and vector @ expected[1] < 0:
        vector = -vector
    agrees(vector, expected[1], rtol=rtol)


class TestPowerIteration:
    """v ← start/‖start‖; then, `steps` times: p = H·v, λ = v·p, v ← p/‖p‖."""

    reference, points = reference.power_iteration, 4

    def test_a_few_steps(self, student, rng):
        """After one, two and five steps, are λ and v what the formulas give?"""
        H = symmetric_matrix(rng, [3.0, 2.0, 0.5])
        start = np.array([4.0, 1.0, 2.0]) * rng.uniform(0.8, 1.2, size=3)
        for steps in (1, 2, 5):
            _same_pair(
                student.power_iteration(lambda v: H @ v, start, steps=steps),
                reference.power_iteration(lambda v: H @ v, start, steps=steps),
            )

    def test_many_steps_end_at_the_largest_in_size(self, student, rng):
        """Without `steps`, is the eigenvalue of largest size found, with its minus sign?"""
        H = symmetric_matrix(rng, [-5.0, 4.4, 1.0])
        start = 3 * H @ np.ones(3) + rng.uniform(0.5, 1.0, size=3)
        _same_pair(
            student.power_iteration(lambda v: H @ v, start),
            reference.power_iteration(lambda v: H @ v, start),
            rtol=1e-8,
        )

    def test_one_product_a_step(self, student, rng):
        """Is the product taken once a step, each time of a vector of length 1?"""
        scales, lengths = rng.uniform(1.0, 4.0, size=3), []

        def product(v):
            lengths.append(np.linalg.norm(v))
            return scales * v

        start = rng.uniform(2.0, 3.0, size=3)
        answer = student.power_iteration(product, start, steps=4)
        holds(len(lengths) == 4, "Four steps take four products.", f"You took {len(lengths)}.")
        holds(np.allclose(lengths, 1), "Each product should be taken of a vector of length 1.")
        _same_pair(answer, reference.power_iteration(lambda v: scales * v, start, steps=4))

    def test_a_product_of_zeros(self, student, rng):
        """Where a product is all zeros, is the answer 0.0 with the v that gave it? One zero alone is none."""
        start = rng.uniform(1.0, 3.0, size=3)
        _same_pair(
            student.power_iteration(lambda v: 0.0 * v, start),
            reference.power_iteration(lambda v: 0.0 * v, start),
        )
        flat_along_one = np.array([2.0, 0.0, -1.0])
        _same_pair(
            student.power_iteration(lambda v: flat_along_one * v, start, steps=2),
            reference.power_iteration(lambda v: flat_along_one * v, start, steps=2),
        )


class TestSharpness:
    """λmax of the Hessian: power iteration on H gives λ₁ and b = ‖H·v‖; on H + b·I it gives λ₂ for λ₂ − b."""

    reference, points = reference.sharpness, 4

    def test_the_largest_eigenvalue_of_a_quadratic(self, student, rng):
        """Where the gradient is H·θ, is the answer λmax?"""
        H = rng.uniform(0.05, 0.1) * symmetric_matrix(rng, [rng.uniform(4.0, 6.0), 2.0, -1.0])
        params, start = rng.normal(size=3), H @ np.ones(3) + rng.uniform(0.5, 1.0, size=3)
        agrees(
            student.sharpness(lambda at: H @ at, params, start),
            reference.sharpness(lambda at: H @ at, params, start),
            rtol=1e-6,
        )

    def test_a_negative_eigenvalue_of_larger_size(self, student, rng):
        """Near a saddle and at a maximum, where −λ is largest in size, is the answer still λmax?"""
        for eigenvalues in ([rng.uniform(2.0, 3.0), 0.5, -6.0], [-1.0, -3.0, -rng.uniform(6.0, 9.0)]):
            H = symmetric_matrix(rng, eigenvalues)
            params, start = rng.normal(size=3), rng.uniform(0.5, 1.5, size=3)
            agrees(
                student.sharpness(lambda at, H=H: H @ at, params, start, steps=40),
                reference.sharpness(lambda at, H=H: H @ at, params, start, steps=40),
                rtol=1e-5,
            )

    def test_a_pair_of_opposite_eigenvalues(self, student, rng):
        """Where λ and −λ are the largest in size, as in a network's saddle, is the answer λ?"""
        largest = rng.uniform(2.0, 4.0)
        H = symmetric_matrix(rng, [largest, 0.3 * largest, -largest])
        params, start = rng.normal(size=3), rng.uniform(0.5, 1.5, size=3)
        agrees(
            student.sharpness(lambda at: H @ at, params, start, steps=40),
            reference.sharpness(lambda at: H @ at, params, start, steps=40),
            rtol=1e-5,
        )

    def test_few_steps_and_a_wide_difference(self, student, rng):
        """Are `steps` and `h` handed on, on a function whose curvature changes from place to place?"""
        params, start = rng.uniform(0.5, 1.5, size=(2, 3))
        for sign in (1, -1):
            agrees(
                student.sharpness(lambda at, sign=sign: sign * np.exp(at), params, start, steps=3, h=0.3),
                reference.sharpness(lambda at, sign=sign: sign * np.exp(at), params, start, steps=3, h=0.3),
                rtol=1e-7,
            )

    def test_two_gradients_a_product(self, student, rng):
        """In two runs of six products, and one for b, is the gradient asked for 26 times, around `params`?"""
        params, start, visited = rng.uniform(0.5, 1.5, size=3), rng.uniform(0.5, 1.5, size=3), []

        def gradient(at):
            visited.append(at)
            return np.sinh(at)

        answer = student.sharpness(gradient, params, start, steps=6, h=0.01)
        holds(
            len(visited) == 26,
            "Thirteen Hessian-vector products take 26 gradients.",
            f"You asked for {len(visited)}.",
        )
        agrees(answer, reference.sharpness(np.sinh, params, start, steps=6, h=0.01), rtol=1e-7)

    def test_steps_and_h_where_none_are_given(self, student, rng):
        """Without them, are they 100 products, and an h of 1e-5?"""
        H = symmetric_matrix(rng, [3.0, 2.97, 1.0])
        params, start = rng.uniform(0.3, 0.9, size=(2, 3))
        agrees(
            student.sharpness(lambda at: H @ at, params, start),
            reference.sharpness(lambda at: H @ at, params, start),
            rtol=1e-7,
        )
        wavy = np.array([2e4, 3e3, 1e3])
        agrees(
            student.sharpness(lambda at: np.sin(wavy * at), np.zeros(3), start),
            reference.sharpness(lambda at: np.sin(wavy * at), np.zeros(3), start),
            rtol=1e-6,
        )
