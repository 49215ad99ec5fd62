"""Properties of the critical points of lesson 10."""

import numpy as np
import pytest

from course_lib.critical_points import (
    classify_critical_point,
    escape_steps,
    hessian_vector_product,
    is_plateau,
    newton_step,
    perturbed_gradient_descent,
)


def rng(seed=13):
    """Return a fresh generator."""
    return np.random.default_rng(seed)


def matrix(eigenvalues, seed=13):
    """Return a symmetric matrix with these eigenvalues and random axes."""
    Q, _ = np.linalg.qr(rng(seed).normal(size=(len(eigenvalues), len(eigenvalues))))
    return Q @ np.diag(eigenvalues) @ Q.T


def test_the_product_is_exact_for_a_quadratic():
    """Is H·v what the matrix gives, at any point and whatever the length of v?"""
    H = matrix([3.0, -1.0, 0.5, 0.0])
    theta, v = rng().normal(size=(2, 4))
    for scale in (1.0, 100.0):
        got = hessian_vector_product(lambda t: H @ t, theta, scale * v)
        np.testing.assert_allclose(got, scale * (H @ v), rtol=1e-8, atol=1e-9)


def test_the_product_works_in_any_shape_and_costs_two_gradients():
    """Does a matrix of parameters work, with an error that falls with h²?"""
    theta, v = rng().normal(size=(2, 3, 2))
    calls = []

    def gradient(t):
        calls.append(t)
        return np.exp(t)

    errors = [np.abs(hessian_vector_product(gradient, theta, v, h) - np.exp(theta) * v) for h in (1e-1, 1e-2)]
    assert len(calls) == 4
    np.testing.assert_allclose(errors[0] / errors[1], 100, rtol=0.05)


@pytest.mark.parametrize(
    ("eigenvalues", "kind"),
    [
        ([1.0, 2.0, 5.0], "minimum"),
        ([-1.0, -2.0, -5.0], "maximum"),
        ([-1.0, 2.0, 5.0], "saddle"),
        ([-1.0, -2.0, 5.0], "saddle"),
        ([-1.0, 0.0, 5.0], "saddle"),
        ([0.0, 2.0, 5.0], "degenerate"),
        ([0.0, -2.0, -5.0], "degenerate"),
        ([0.0, 0.0, 0.0], "degenerate"),
        ([1e-5, -1e-5, 1.0], "saddle"),
    ],
)
def test_the_signs_of_the_eigenvalues_decide(eigenvalues, kind):
    """Is the kind that of the signs, however the axes lie?"""
    assert classify_critical_point(matrix(eigenvalues)) == kind


def test_tol_says_what_counts_as_zero():
    """Does a larger tol turn small eigenvalues to zeros?"""
    H = matrix([1e-5, -1e-5, 1.0])
    assert classify_critical_point(H, tol=1e-3) == "degenerate"
    assert classify_critical_point(1e6 * H, tol=1e-3) == "saddle"


@pytest.mark.parametrize("eigenvalues", [[1.0, 2.0, 500.0], [-3.0, 1.0, 7.0], [-1.0, -2.0, -3.0]])
def test_newton_lands_on_the_critical_point_of_a_quadratic(eigenvalues):
    """Does one step reach the critical point, a saddle and a maximum too?"""
    H = matrix(eigenvalues)
    theta, center = rng(4).normal(size=(2, 3))
    np.testing.assert_allclose(newton_step(theta, H @ (theta - center), H), center, rtol=1e-9)


def test_damping_turns_newton_downhill_and_at_last_to_gradient_descent():
    """Does the step descend once damping is above −λmin, and tend to −g/damping?"""
    H = matrix([-3.0, 1.0, 7.0])
    theta = rng(4).normal(size=3)
    g = H @ theta
    assert g @ (newton_step(theta, g, H, damping=3.5) - theta) < 0
    np.testing.assert_allclose(newton_step(theta, g, H, damping=1e9), theta - g / 1e9, rtol=1e-12)


@pytest.mark.parametrize("distance", [1e-12, 1e-6, 1e-2, 0.3])
@pytest.mark.parametrize(("lr", "curvature"), [(0.1, -1.0), (0.03, -7.0), (2.0, -1.5)])
def test_the_count_is_that_of_gradient_descent(distance, lr, curvature):
    """Does descent on ½λx² leave the radius at exactly the predicted step?"""
    x, steps = distance, 0
    while x < 0.77:
        x, steps = x - lr * curvature * x, steps + 1
    assert escape_steps(distance, lr, curvature, radius=0.77) == steps


def test_outside_already_costs_no_step():
    """Is the count 0 at the radius and beyond, and an int?"""
    for distance in (1.0, 5.0):
        steps = escape_steps(distance, 0.1, -1.0)
        assert steps == 0 and isinstance(steps, int)


def saddle(theta):
    """Return the gradient of ½x² − ½y² + ¼y⁴: a saddle at 0, minima at y = ±1."""
    return np.array([theta[0], -theta[1] + theta[1] ** 3])


def test_plain_descent_rests_on_the_saddle_and_perturbed_descent_leaves_it():
    """Does a start on the ridge end at the saddle without noise, and at a minimum with it?"""
    start, settings = np.array([0.8, 0.0]), {"lr": 0.1, "steps": 400, "patience": 200}
    plain = perturbed_gradient_descent(saddle, start, radius=0.0, rng=rng(), **settings)
    shaken = perturbed_gradient_descent(saddle, start, radius=0.02, rng=rng(), **settings)
    np.testing.assert_allclose(plain[-1], 0, atol=1e-3)
    np.testing.assert_allclose(np.abs(shaken[-1]), [0, 1], atol=0.03)
    np.testing.assert_array_equal(shaken[0], start)
    assert shaken.shape == (401, 2)


def test_far_from_critical_points_it_is_gradient_descent():
    """Is every step −α·g while the gradient is large, and no number drawn?"""
    draw = rng()
    path = perturbed_gradient_descent(
        lambda t: 2 * t, np.array([[4.0, -3.0]]), lr=0.01, steps=50, radius=1.0, rng=draw
    )
    np.testing.assert_allclose(np.diff(path, axis=0), -0.02 * path[:-1], rtol=1e-9)
    assert draw.normal() == rng().normal()


def test_random_steps_keep_their_distance_in_time_and_space():
    """Are there `patience` plain steps between two random ones, each within the radius and uniform?"""
    d, radius, patience = 3, 0.5, 4
    path = perturbed_gradient_descent(
        np.zeros_like, np.ones(d), lr=0.1, steps=5000, radius=radius, rng=rng(), patience=patience
    )
    lengths = np.linalg.norm(np.diff(path, axis=0), axis=1)
    moved = np.flatnonzero(lengths)
    np.testing.assert_array_equal(moved, np.arange(0, 5000, patience + 1))
    assert lengths.max() <= radius
    # Uniform in a ball: (length/radius)^d is uniform on [0, 1].
    assert np.mean((lengths[moved] / radius) ** d) == pytest.approx(0.5, abs=0.03)


def test_the_path_of_a_matrix_and_the_callers_start():
    """Does the path keep the parameters' shape, and the start its values?"""
    start = rng().normal(size=(2, 3))
    before = start.copy()
    path = perturbed_gradient_descent(lambda t: t, start, lr=0.5, steps=7, radius=0.1, rng=rng())
    assert path.shape == (8, 2, 3)
    np.testing.assert_array_equal(start, before)


def test_a_plateau_is_small_steady_and_not_over():
    """Does each of the three conditions count, and only over the window?"""
    losses = np.concatenate([np.linspace(5, 2, 30), 2 - 1e-6 * np.arange(30)])
    norms = np.concatenate([np.full(30, 0.5), np.full(30, 1e-3)])
    assert is_plateau(norms, losses)
    assert not is_plateau(norms, losses, window=31), "the window reaches back to large gradients"
    assert not is_plateau(norms, losses, gradient_tol=1e-4), "the gradients are too large"
    assert not is_plateau(norms, losses * np.linspace(1, 0.5, 60)), "the loss falls"
    assert not is_plateau(0 * norms, losses), "a gradient of zero is a critical point"
    assert not is_plateau(norms[:19], losses[:19]), "the run is too short"
    assert is_plateau(norms[:50], losses[:50]) and not is_plateau(norms[:49], losses[:49])


def test_nan_is_no_plateau():
    """Is a NaN in the window, in either series, answered by False?"""
    losses, norms = np.full(30, 2.0), np.full(30, 1e-3)
    assert is_plateau(norms, losses)
    norms[-3], bad_losses = np.nan, np.full(30, np.nan)
    assert not is_plateau(norms, losses)
    assert not is_plateau(np.full(30, 1e-3), bad_losses)


V, H2 = np.ones(2), np.eye(2)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: hessian_vector_product(H2, V, V), TypeError, "gradient must be a function"),
        (lambda: hessian_vector_product(np.sin, V, np.ones(3)), ValueError, "vector must have the shape"),
        (lambda: hessian_vector_product(np.sin, V, V, h=-1.0), ValueError, "h must be positive, got -1.0"),
        (lambda: classify_critical_point(np.ones((2, 3))), ValueError, "hessian must be square"),
        (lambda: newton_step(V, V, np.eye(3)), ValueError, r"hessian must have shape \(2, 2\)"),
        (lambda: newton_step(V, V, H2, damping=-1.0), ValueError, "damping must not be negative, got -1.0"),
        (lambda: newton_step(V, V, 0 * H2), ValueError, "[Ss]ingular"),
        (lambda: escape_steps(0.0, 0.1, -1.0), ValueError, "distance must be positive, got 0.0"),
        (lambda: escape_steps(0.1, 0.1, 1.0), ValueError, "curvature must be negative"),
        (lambda: is_plateau(V, np.ones(3)), ValueError, "losses must be as long as gradient_norms, 2, got 3"),
        (
            lambda: perturbed_gradient_descent(np.sin, V, lr=0.1, steps=-1, radius=1.0, rng=rng()),
            ValueError,
            "steps must not be negative, got -1",
        ),
    ],
)
def test_what_cannot_be_right_is_refused_in_a_sentence(call, error, sentence):
    """Does a wrong argument raise, and does the sentence name it?"""
    with pytest.raises(error, match=sentence):
        call()


def test_a_matrix_that_is_not_symmetric_is_no_hessian():
    """Is it refused, where `eigvalsh` would read its lower half in silence?"""
    lopsided = np.array([[1.0, 5.0], [0.0, 1.0]])
    for call in (lambda: classify_critical_point(lopsided), lambda: newton_step(V, V, lopsided)):
        with pytest.raises(ValueError, match="hessian must be symmetric"):
            call()


def test_tiny_steps_are_counted():
    """Is the count right where 1 − α·λ is rounded to 1?"""
    assert escape_steps(0.5, 1e-18, -1.0) == pytest.approx(np.log(2) * 1e18, rel=1e-9)
