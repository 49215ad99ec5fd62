"""Properties of the mini-batches of lesson 04."""

import numpy as np
import pytest

from course_lib.mini_batches import (
    gradient_noise_scale,
    minibatch_gradient,
    minibatches,
    train_epoch,
    update_ratio,
)

N, D = 23, 4


@pytest.fixture
def problem():
    """Return 23 examples of 4 features, targets and weights that do not fit them."""
    rng = np.random.default_rng(17)
    X = rng.normal(size=(N, D)) * np.array([1.0, 3.0, 0.5, 2.0])
    return X, X @ rng.normal(size=D) + rng.normal(size=N), rng.normal(size=D)


def rng(seed=2):
    """Return a fresh generator."""
    return np.random.default_rng(seed)


@pytest.mark.parametrize("batch_size", [1, 4, 22, 23, 24, 100])
def test_every_example_comes_once_beside_its_own_target(batch_size):
    """Is each example in one batch, with its target, and every batch full but the last?"""
    X = np.arange(N * D).reshape(N, D)
    y = np.arange(N)
    batches = minibatches(X, y, batch_size, rng())
    sizes = [len(y_b) for _, y_b in batches]
    assert len(batches) == -(-N // batch_size)
    assert all(size == batch_size for size in sizes[:-1]) and 1 <= sizes[-1] <= batch_size
    np.testing.assert_array_equal(np.sort(np.concatenate([y_b for _, y_b in batches])), y)
    for X_b, y_b in batches:
        np.testing.assert_array_equal(X_b[:, 0], D * y_b)


def test_the_order_is_shuffled_anew_each_time(problem):
    """Does a generator give another order on its next call, and a fresh one the same again?"""
    X, y, _ = problem
    draw = rng()
    first, second = (np.concatenate([y_b for _, y_b in minibatches(X, y, 5, draw)]) for _ in range(2))
    again = np.concatenate([y_b for _, y_b in minibatches(X, y, 5, rng())])
    assert not np.array_equal(first, y) and not np.array_equal(first, second)
    np.testing.assert_array_equal(first, again)


def test_batches_are_copies(problem):
    """Does a change in a batch leave the data alone?"""
    X, y, _ = problem
    (X_b, y_b), *_ = minibatches(X, y, N, rng())
    assert not np.shares_memory(X_b, X) and not np.shares_memory(y_b, y)


def test_targets_may_have_several_columns(problem):
    """Are one-hot targets cut along with the examples?"""
    X, _, _ = problem
    batches = minibatches(X, np.eye(N), 10, rng())
    assert [y_b.shape for _, y_b in batches] == [(10, N), (10, N), (3, N)]


def test_the_weighted_mean_of_batch_gradients_is_the_full_gradient(problem):
    """Do the gradients of all batches, weighted by size, average to that of all examples?"""
    X, y, w = problem
    batches = minibatches(X, y, 6, rng())
    mean = sum(len(y_b) / N * minibatch_gradient(X_b, y_b, w, l2=0.3) for X_b, y_b in batches)
    np.testing.assert_allclose(mean, minibatch_gradient(X, y, w, l2=0.3), rtol=1e-12)


def test_the_penalty_does_not_depend_on_the_batch_size(problem):
    """Is its gradient l2·w for one example and for all?"""
    X, y, w = problem
    for size in (1, 9, N):
        part = X[:size], y[:size], w
        np.testing.assert_allclose(
            minibatch_gradient(*part, l2=0.7) - minibatch_gradient(*part), 0.7 * w, rtol=1e-10
        )


def test_the_gradient_is_zero_at_the_ridge_solution(problem):
    """Does it vanish where (XᵀX/n + l2·I)·w = Xᵀy/n?"""
    X, y, _ = problem
    w = np.linalg.solve(X.T @ X / N + 0.2 * np.eye(D), X.T @ y / N)
    np.testing.assert_allclose(minibatch_gradient(X, y, w, l2=0.2), 0, atol=1e-12)


def test_an_epoch_in_one_batch_is_one_step_of_gradient_descent(problem):
    """Is the full batch the plain method, with the loss from before the step?"""
    X, y, w = problem
    after, loss = train_epoch(X, y, w, 0.01, N, rng())
    np.testing.assert_allclose(after, w - 0.01 * minibatch_gradient(X, y, w), rtol=1e-12)
    assert loss == pytest.approx(0.5 * np.mean((X @ w - y) ** 2), rel=1e-12)


@pytest.mark.parametrize("batch_size", [1, 7, N])
def test_without_learning_the_mean_loss_is_that_of_all_examples(problem, batch_size):
    """Is the mean over unequal batches weighted by their sizes?"""
    X, y, w = problem
    after, loss = train_epoch(X, y, w, 0.0, batch_size, rng())
    np.testing.assert_array_equal(after, w)
    assert loss == pytest.approx(0.5 * np.mean((X @ w - y) ** 2), rel=1e-12)


def test_each_step_starts_where_the_last_one_ended(problem):
    """Are the batches met one after the other, each with the newest weights?"""
    X, y, w = problem
    after, loss = train_epoch(X, y, w, 0.02, 5, rng())
    total = 0.0
    for X_b, y_b in minibatches(X, y, 5, rng()):
        residual = X_b @ w - y_b
        total += 0.5 * residual @ residual
        w = w - 0.02 * residual @ X_b / len(y_b)
    np.testing.assert_allclose(after, w, rtol=1e-12)
    assert loss == pytest.approx(total / N, rel=1e-12)


def test_epochs_lead_to_the_least_squares_solution(problem):
    """Does training reach the weights of lstsq when the data fit exactly?"""
    X, _, w = problem
    target = np.array([1.0, -2.0, 0.5, 3.0])
    draw = rng()
    for _ in range(600):
        w, loss = train_epoch(X, X @ target, w, 0.03, 5, draw)
    np.testing.assert_allclose(w, target, rtol=1e-6)
    assert loss < 1e-12


def test_the_update_ratio_is_a_ratio_of_lengths():
    """Is it ‖Δ‖/‖θ‖ in any shape, whatever the sign of the update or the unit of both?"""
    params, update = rng().normal(size=(2, 5, 3))
    ratio = update_ratio(params, update)
    assert ratio == pytest.approx(np.sqrt(np.sum(update**2) / np.sum(params**2)))
    assert update_ratio(params, -3 * update) == pytest.approx(3 * ratio)
    assert update_ratio(9 * params, 9 * update) == pytest.approx(ratio)
    assert isinstance(ratio, float)


def test_the_update_ratio_of_zero_parameters():
    """Is it infinite, without a warning, zero for no update, and NaN for NaN?"""
    with np.errstate(all="raise"):
        assert update_ratio(np.zeros(3), np.ones(3)) == np.inf
        assert update_ratio(np.zeros(3), np.zeros(3)) == 0.0
        assert update_ratio(np.ones(3), np.zeros(3)) == 0.0
    assert np.isnan(update_ratio(np.zeros(3), np.array([0.0, np.nan, 1.0])))


@pytest.mark.parametrize(("b_small", "b_big"), [(1, 2), (8, 1024)])
def test_the_noise_scale_is_recovered_from_exact_expectations(b_small, b_big):
    """Does ‖G‖² + tr(Σ)/B at two batch sizes give tr(Σ)/‖G‖² back?"""
    signal, noise = 0.37, 52.0
    got = gradient_noise_scale(signal + noise / b_small, signal + noise / b_big, b_small, b_big)
    assert got == pytest.approx(noise / signal, rel=1e-9)
    assert gradient_noise_scale(signal, signal, b_small, b_big) == 0


def test_the_noise_scale_of_a_real_gradient(problem):
    """Do batches drawn with replacement give tr(Σ)/‖G‖² of the examples within 10 %?"""
    X, y, w = problem
    each = X * (X @ w - y)[:, None]
    full = each.mean(axis=0)
    expected = np.sum(each.var(axis=0)) / (full @ full)
    draw = rng()
    squares = {
        size: np.mean(np.sum(each[draw.integers(N, size=(20000, size))].mean(axis=1) ** 2, axis=1))
        for size in (2, 20)
    }
    assert gradient_noise_scale(squares[2], squares[20], 2, 20) == pytest.approx(expected, rel=0.1)


X0, Y0, W0 = np.ones((5, 2)), np.ones(5), np.ones(2)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: minibatches(X0, np.ones(4), 2, rng()), ValueError, "y must have one entry per example, 5"),
        (lambda: minibatches(X0, Y0, 0, rng()), ValueError, "batch_size must be at least 1, got 0"),
        (lambda: minibatches(X0, Y0, 2, np.random), TypeError, "rng must be a numpy.random.Generator"),
        (lambda: minibatches(np.ones((0, 2)), np.ones(0), 2, rng()), ValueError, "at least one example"),
        (lambda: minibatch_gradient(X0, Y0, np.ones(3)), ValueError, "w must have one entry per feature, 2"),
        (lambda: minibatch_gradient(X0, Y0[:, None], W0), ValueError, "y must have 1 axis"),
        (lambda: minibatch_gradient(X0, Y0, W0, l2=-1), ValueError, "l2 must not be negative, got -1"),
        (lambda: minibatch_gradient(X0, Y0, np.ones(2, dtype=int)), TypeError, "w must hold .* got int64"),
        (lambda: train_epoch(X0, Y0, W0, -0.1, 2, rng()), ValueError, "lr must not be negative, got -0.1"),
        (lambda: update_ratio(np.ones(3), np.ones(2)), ValueError, "update must have the shape of params"),
        (lambda: gradient_noise_scale(2.0, 1.0, 64, 8), ValueError, "b_big must be larger than b_small"),
        (lambda: gradient_noise_scale(-2.0, 1.0, 8, 64), ValueError, "grad_sq_small must not be negative"),
    ],
)
def test_what_cannot_be_right_is_refused_in_a_sentence(call, error, sentence):
    """Does a wrong argument raise, and does the sentence name it?"""
    with pytest.raises(error, match=sentence):
        call()
