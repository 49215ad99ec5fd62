"""Properties of clipping and sharpness of lesson 11."""

import numpy as np
import pytest

from course_lib.stability import clip_by_global_norm, clip_by_value, power_iteration, sharpness


def rng(seed=19):
    """Return a fresh generator."""
    return np.random.default_rng(seed)


def matrix(eigenvalues, seed=13):
    """Return a symmetric matrix with these eigenvalues and random axes."""
    Q, _ = np.linalg.qr(rng(seed).normal(size=(len(eigenvalues), len(eigenvalues))))
    return Q @ np.diag(eigenvalues) @ Q.T


@pytest.fixture
def grads():
    """Return the gradients of three parameters of unequal shapes, one of them a number."""
    draw = rng()
    return [draw.normal(size=(4, 3)), np.array(draw.normal()), draw.normal(size=2)]


def length(arrays):
    """Return the length of all arrays together."""
    return np.sqrt(sum(np.sum(np.square(array)) for array in arrays))


def test_values_inside_stay_and_values_outside_meet_the_limit(grads):
    """Is every entry in [−limit, limit], with its own sign, and untouched if it was inside?"""
    g = 3 * grads[0]
    clipped = clip_by_value(g, 1.5)
    inside = np.abs(g) <= 1.5
    assert 0 < inside.sum() < g.size
    np.testing.assert_array_equal(clipped[inside], g[inside])
    np.testing.assert_array_equal(clipped[~inside], 1.5 * np.sign(g[~inside]))


def test_clipping_keeps_dtype_and_nan():
    """Does float32 stay float32 for a float64 limit, NaN stay, and infinity become the limit?"""
    g = np.array([np.nan, np.inf, -np.inf, 0.25], dtype=np.float32)
    clipped = clip_by_value(g, np.float64(0.5))
    assert clipped.dtype == np.float32
    np.testing.assert_array_equal(clipped, np.array([np.nan, 0.5, -0.5, 0.25], dtype=np.float32))
    (scaled,), _ = clip_by_global_norm([np.array([3.0, 4.0], dtype=np.float32)], np.float64(1.0))
    assert scaled.dtype == np.float32


def test_a_long_gradient_keeps_its_direction_and_gets_the_length(grads):
    """Are all arrays scaled by one factor, to max_norm together?"""
    clipped, norm = clip_by_global_norm(grads, 0.7)
    assert norm == pytest.approx(length(grads)) and norm > 0.7
    assert length(clipped) == pytest.approx(0.7)
    for got, g in zip(clipped, grads, strict=True):
        assert np.shape(got) == np.shape(g)
        np.testing.assert_allclose(got, np.multiply(g, 0.7 / norm), rtol=1e-12)


@pytest.mark.parametrize("factor", [1.0, 1e6])
def test_a_short_gradient_stays(grads, factor):
    """Is a gradient no longer than max_norm returned as it is, and as a copy?"""
    clipped, norm = clip_by_global_norm(grads, factor * length(grads) * (1 + 1e-12))
    assert norm == pytest.approx(length(grads))
    for got, g in zip(clipped, grads, strict=True):
        np.testing.assert_array_equal(got, g)
        assert not np.shares_memory(got, g)


def test_clipping_twice_is_clipping_once(grads):
    """Does a clipped gradient stay where it is?"""
    once, _ = clip_by_global_norm(grads, 0.7)
    twice, norm = clip_by_global_norm(once, 0.7)
    assert norm == pytest.approx(0.7)
    for one, two in zip(once, twice, strict=True):
        np.testing.assert_allclose(two, one, rtol=1e-12)


def test_a_gradient_of_zeros_or_nan_is_no_division_by_zero():
    """Are zeros returned as zeros, and NaN as NaN with the other entries as they were?"""
    with np.errstate(all="raise"):
        clipped, norm = clip_by_global_norm([np.zeros(3)], 1.0)
    assert norm == 0.0 and not clipped[0].any()
    clipped, norm = clip_by_global_norm([np.array([np.nan, 5.0])], 1.0)
    assert np.isnan(norm)
    np.testing.assert_array_equal(clipped[0], [np.nan, 5.0])


@pytest.mark.parametrize("eigenvalues", [[4.0, 1.0, -2.0, 0.5], [-4.0, 1.0, 3.0, 0.5]])
def test_power_iteration_finds_the_eigenvalue_of_largest_size(eigenvalues):
    """Does it find λ with its sign, and an eigenvector of length 1?"""
    H = matrix(eigenvalues)
    eigenvalue, v = power_iteration(lambda x: H @ x, rng().normal(size=4), steps=200)
    assert eigenvalue == pytest.approx(eigenvalues[0], rel=1e-9)
    assert np.linalg.norm(v) == pytest.approx(1)
    np.testing.assert_allclose(H @ v, eigenvalue * v, atol=1e-8)


def test_power_iteration_converges_at_the_squared_ratio():
    """Does the error of λ shrink by |λ₂/λ₁|² a step?"""
    H = matrix([2.0, 1.6, 0.1])
    errors = [2 - power_iteration(lambda x: H @ x, np.ones(3), steps=steps)[0] for steps in (20, 30)]
    assert errors[1] / errors[0] == pytest.approx(0.8**20, rel=0.02)


def test_each_step_takes_one_product_of_a_unit_vector():
    """Is the matrix used `steps` times, and always on vectors of length 1?"""
    seen = []

    def product(v):
        seen.append(np.linalg.norm(v))
        return 3.0 * v

    eigenvalue, _ = power_iteration(product, np.array([30.0, 40.0]), steps=7)
    np.testing.assert_allclose(seen, np.ones(7))
    assert eigenvalue == pytest.approx(3)


def test_the_zero_matrix_has_the_eigenvalue_zero():
    """Is the answer 0 with a unit vector, and no division by zero?"""
    with np.errstate(all="raise"):
        eigenvalue, v = power_iteration(np.zeros_like, np.array([3.0, 4.0]))
    assert eigenvalue == 0.0
    np.testing.assert_allclose(v, [0.6, 0.8])


@pytest.mark.parametrize("eigenvalues", [[5.0, 1.0, -2.0], [-5.0, 2.0, 1.0], [-5.0, -3.0, -1.0]])
def test_sharpness_is_the_largest_eigenvalue_with_its_sign(eigenvalues):
    """Is it λmax where another eigenvalue is larger in size, and at a maximum?"""
    H = matrix(eigenvalues)
    theta, start = rng().normal(size=(2, 3))
    got = sharpness(lambda t: H @ t, theta, start, steps=200)
    assert got == pytest.approx(max(eigenvalues), rel=1e-6)


def test_gradient_descent_diverges_just_beyond_two_over_the_sharpness():
    """Is 2/λmax the border between shrinking and growing on a quadratic?"""
    H = matrix([9.0, 4.0, 1.0])
    limit = 2 / sharpness(lambda t: H @ t, np.zeros(3), np.ones(3), steps=200)
    lengths = {}
    for factor in (0.99, 1.01):
        theta = np.ones(3)
        for _ in range(300):
            theta = theta - factor * limit * (H @ theta)
        lengths[factor] = np.linalg.norm(theta)
    assert lengths[0.99] < 0.1 and lengths[1.01] > 10


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: clip_by_value(np.ones(2), 0.0), ValueError, "limit must be positive, got 0.0"),
        (lambda: clip_by_value([1.0], 1.0), TypeError, "grads must be an array"),
        (lambda: clip_by_global_norm(np.ones(3), 1.0), TypeError, "grads must be a list, got ndarray"),
        (lambda: clip_by_global_norm([], 1.0), ValueError, "grads must not be an empty list"),
        (lambda: clip_by_global_norm([np.ones(2), "g"], 1.0), TypeError, r"grads\[1\] must be an array"),
        (lambda: clip_by_global_norm([np.ones(2)], -1.0), ValueError, "max_norm must be positive, got -1.0"),
        (lambda: power_iteration(np.eye(2), np.ones(2)), TypeError, "product must be a function"),
        (lambda: power_iteration(np.sin, np.ones(2), steps=0), ValueError, "steps must be at least 1, got 0"),
        (
            lambda: sharpness(np.sin, np.ones(2), np.ones(3)),
            ValueError,
            "start must have the shape of params",
        ),
    ],
)
def test_what_cannot_be_right_is_refused_in_a_sentence(call, error, sentence):
    """Does a wrong argument raise, and does the sentence name it?"""
    with pytest.raises(error, match=sentence):
        call()
