"""Properties of the losses; their gradients are also compared with autograd in test_oracles_gradients."""

import numpy as np
import pytest

from course_lib.losses import logistic, mean_squared_error, softmax_cross_entropy

N, K = 6, 4


def rng(seed=29):
    """Return a fresh generator."""
    return np.random.default_rng(seed)


LABELS = rng(1).integers(K, size=N)
ALL = [
    (softmax_cross_entropy, (N, K), LABELS),
    (mean_squared_error, (N, K), rng(2).normal(size=(N, K))),
    (mean_squared_error, (N,), rng(2).normal(size=N)),
    (logistic, (N,), (LABELS > 1).astype(int)),
    (logistic, (N, K), rng(3).random((N, K))),
]
each_loss = pytest.mark.parametrize(("loss", "shape", "y"), ALL)


@each_loss
def test_the_examples_twice_over_have_the_same_loss(loss, shape, y):
    """Is the loss a mean: unchanged by repeating the data, with half the gradient each?"""
    z = rng().normal(size=shape)
    once, gradient = loss(z, y)
    twice, halves = loss(np.concatenate([z, z]), np.concatenate([y, y]))
    assert twice == pytest.approx(once, rel=1e-13)
    np.testing.assert_allclose(halves, np.concatenate([gradient, gradient]) / 2, rtol=1e-13)


@each_loss
def test_a_step_against_the_gradient_lowers_the_loss(loss, shape, y):
    """Does a small step downhill change the loss by −α‖g‖²?"""
    z = rng().normal(size=shape)
    value, gradient = loss(z, y)
    change = loss(z - 1e-5 * gradient, y)[0] - value
    assert change == pytest.approx(-1e-5 * np.sum(gradient**2), rel=1e-4)


@each_loss
def test_the_outputs_are_left_alone_and_float32_stays(loss, shape, y):
    """Is nothing changed in place, and a float32 gradient given for float32 outputs?"""
    z = rng().normal(size=shape)
    before = z.copy()
    loss(z, y)
    np.testing.assert_array_equal(z, before)
    value, gradient = loss(z.astype(np.float32), y)
    assert isinstance(value, float) and gradient.dtype == np.float32


@each_loss
def test_nan_spoils_the_loss_and_its_own_example_only(loss, shape, y):
    """Is the loss NaN, and the gradient of the other examples what it was?"""
    z = rng().normal(size=shape)
    clean = loss(z, y)[1]
    z.reshape(-1)[0] = np.nan
    with np.errstate(invalid="ignore"):
        value, gradient = loss(z, y)
    assert np.isnan(value) and np.isnan(gradient.reshape(-1)[0])
    np.testing.assert_array_equal(gradient[1:], clean[1:])


def test_equal_logits_cost_the_logarithm_of_the_number_of_classes():
    """Is the loss ln k before anything is learned?"""
    assert softmax_cross_entropy(np.full((N, K), 3.7), LABELS)[0] == pytest.approx(np.log(K))
    assert logistic(np.zeros(N), LABELS > 1)[0] == pytest.approx(np.log(2))


def test_softmax_does_not_see_a_shift_of_a_row():
    """Is the loss the same when a number is added to a row, and do the gradient's rows sum to 0?"""
    z = rng().normal(size=(N, K))
    value, gradient = softmax_cross_entropy(z, LABELS)
    shifted = softmax_cross_entropy(z + 50 * rng(3).normal(size=(N, 1)), LABELS)
    assert shifted[0] == pytest.approx(value, rel=1e-10)
    np.testing.assert_allclose(shifted[1], gradient, rtol=1e-9, atol=1e-14)
    np.testing.assert_allclose(gradient.sum(axis=1), 0, atol=1e-15)


def test_two_classes_of_softmax_are_logistic():
    """Do logits (0, z) give the loss of the single logit z?"""
    z, y = rng().normal(size=N), (LABELS > 1).astype(int)
    one, slope = logistic(z, y)
    two, slopes = softmax_cross_entropy(np.column_stack([np.zeros(N), z]), y)
    assert two == pytest.approx(one, rel=1e-13)
    np.testing.assert_allclose(slopes[:, 1], slope, rtol=1e-12)


def test_huge_logits_do_not_overflow():
    """Is the loss of a logit of ±10,000 exactly its size where wrong and 0 where right?"""
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        for right, expected in ((0, 0.0), (1, 1e4)):
            value, gradient = softmax_cross_entropy(np.array([[1e4, 0.0, -1e4]]), np.array([right]))
            assert value == expected and np.all(np.isfinite(gradient))
            for z in (-1e4, 1e4):
                wrong = (z < 0) == bool(right)
                value, gradient = logistic(np.array([z]), np.array([right]))
                assert value == (1e4 if wrong else 0.0)
                assert abs(gradient[0]) == wrong


def test_squares_are_halved_and_summed_over_the_outputs():
    """Is the loss of one example ½‖ŷ − y‖²?"""
    assert mean_squared_error(np.array([[3.0, 4.0]]), np.zeros((1, 2)))[0] == 12.5
    assert mean_squared_error(np.array([3.0, 4.0]), np.zeros(2))[0] == 6.25


Z = np.ones((3, 2))


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: softmax_cross_entropy(Z, np.array([0, 1])), ValueError, r"labels must have shape \(3,\)"),
        (lambda: softmax_cross_entropy(Z, np.array([0, 1, 2])), ValueError, r"labels must lie in 0 … 1"),
        (lambda: softmax_cross_entropy(Z, np.array([0, -1, 1])), ValueError, r"labels must lie in 0 … 1"),
        (lambda: softmax_cross_entropy(Z, np.ones(3)), TypeError, "labels must hold whole numbers"),
        (lambda: softmax_cross_entropy(Z[0], np.array([0])), ValueError, "logits must have 2 axes"),
        (lambda: mean_squared_error(np.ones((3, 1)), np.ones(3)), ValueError, "must have the shape of pred"),
        (lambda: mean_squared_error(np.ones(0), np.ones(0)), ValueError, "predictions must not be empty"),
        (lambda: mean_squared_error(np.ones(2, int), np.ones(2)), TypeError, "must hold floating-point"),
        (lambda: logistic(np.ones(3), np.array(["a", "b", "c"])), TypeError, "labels must hold numbers"),
    ],
)
def test_what_cannot_be_right_is_refused_in_a_sentence(call, error, sentence):
    """Does a wrong argument raise, and does the sentence name it?"""
    with pytest.raises(error, match=sentence):
        call()
