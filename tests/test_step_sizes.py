"""Step sizes, conditioning and schedules: each formula against the experiment that it predicts."""

import numpy as np
import pytest

from course_lib import conditioning, objectives, optimizers, schedules, step_sizes
from course_lib.training import descend


@pytest.fixture
def rng():
    """Fresh numbers, the same in every run."""
    return np.random.default_rng(11)


@pytest.mark.parametrize("decay", [0.0, 0.5, 0.9, 0.99])
def test_rmsprops_first_step(decay):
    """Is the first step of RMSprop as long as predicted, whatever the gradient?"""
    got = optimizers.rmsprop(np.zeros(3), np.array([1e-3, -7.0, 50.0]), lr=0.2, decay=decay, eps=0.0)[0]
    assert np.allclose(np.abs(got), step_sizes.rmsprop_first_step(0.2, decay), rtol=1e-14)


def test_effective_lr_is_what_rmsprop_multiplies_by(rng):
    """Is RMSprop's step the gradient times the effective learning rate of the new cache?"""
    grads, cache = rng.normal(size=(3, 4)), rng.uniform(size=(3, 4))
    params, cache = optimizers.rmsprop(np.zeros((3, 4)), grads, cache, lr=0.3, eps=0.1)
    assert np.allclose(params, -step_sizes.effective_lr(cache, lr=0.3, eps=0.1) * grads, rtol=1e-14)


@pytest.mark.parametrize(("beta1", "beta2"), [(0.9, 0.999), (0.0, 0.9), (0.8, 0.8), (0.9, 0.0)])
def test_adam_step_ratio_is_that_of_adam_without_correction(beta1, beta2):
    """Under a constant gradient, is |m|/√v of Adam's own state the predicted ratio at each step?"""
    state, grads = None, np.array([3.0, -0.01])
    for t in range(1, 30):
        _, state = optimizers.adam(np.zeros(2), grads, state, beta1=beta1, beta2=beta2)
        ratio = np.abs(state.m) / np.sqrt(state.v)
        assert np.allclose(ratio, step_sizes.adam_step_ratio(t, beta1, beta2), rtol=1e-12)


@pytest.mark.parametrize(
    ("beta1", "beta2"), [(0.9, 0.999), (0.5, 0.99), (0.99, 0.9), (0.0, 0.0), (0.9, 0.99)]
)
def test_adams_steps_keep_to_the_bound(beta1, beta2, rng):
    """Is no step beyond the bound when the gradient is rare, and is the bound of the first case reached?"""
    bound = step_sizes.adam_update_bound(0.1, beta1, beta2)
    steps = 8000
    grads = np.where(np.arange(steps) == steps - 1, 1.0, 0.0)
    state, largest = None, 0.0
    for g in grads:
        params, state = optimizers.adam(0.0, float(g), state, lr=0.1, beta1=beta1, beta2=beta2, eps=1e-300)
        largest = max(largest, abs(params))
    assert largest <= bound * (1 + 1e-9)
    if 1 - beta1 > np.sqrt(1 - beta2):
        assert largest > 0.99 * bound


@pytest.mark.parametrize("lr", [0.05, 0.15, 0.3, 0.45])
def test_convergence_rate_is_the_measured_one(lr, rng):
    """Does gradient descent on a random quadratic shrink (or grow) at the predicted rate?"""
    A = rng.normal(size=(8, 3))
    H = A.T @ A
    H = H / np.linalg.eigvalsh(H).max() * 5.0
    errors = np.linalg.norm(descend(optimizers.sgd, objectives.quadratic(H), lr=lr, steps=300).params, axis=1)
    measured = (errors[300] / errors[200]) ** (1 / 100)
    assert measured == pytest.approx(conditioning.convergence_rate(H, lr), rel=2e-3)


@pytest.mark.parametrize("curvatures", [[-1.0, -2.0], [0.0, -1.0], [0.0, 0.0]])
def test_no_wall_no_limit(curvatures):
    """Is the limit infinite where no eigenvalue is positive?"""
    assert conditioning.max_stable_lr(np.diag(curvatures)) == np.inf


@pytest.mark.parametrize(("lr", "mu"), [(0.1, 0.9), (1.0, 0.5), (0.01, 0.3), (3.9, 0.95), (0.5, 0.0)])
def test_momentum_radius_is_the_measured_one(lr, mu):
    """Does classical momentum on ½·x² shrink at the predicted factor over 400 steps?"""
    bowl = objectives.quadratic(np.array([1.0]))
    trace = descend(optimizers.classical_momentum, bowl, lr=lr, mu=mu, steps=400)
    x, v = trace.params[1:, 0], np.array(trace.states)[:, 0]
    measured = (np.hypot(x[-1], v[-1]) / np.hypot(x[99], v[99])) ** (1 / 300)
    assert measured == pytest.approx(conditioning.momentum_radius(lr, mu, 1.0), rel=1e-2)


@pytest.mark.parametrize("condition", [1.0, 4.0, 100.0])
def test_optimal_momentum_is_optimal(condition):
    """Is the radius √μ = (√κ−1)/(√κ+1) at the optimum, and larger anywhere near it?"""
    smallest, largest = 0.5, 0.5 * condition

    def radius(lr, mu):
        return max(conditioning.momentum_radius(lr, mu, each) for each in (smallest, largest))

    lr, mu = conditioning.optimal_momentum(smallest, largest)
    best = (np.sqrt(condition) - 1) / (np.sqrt(condition) + 1)
    assert radius(lr, mu) == pytest.approx(best, abs=1e-7)
    for other in [(1.05 * lr, mu), (0.95 * lr, mu), (lr, min(mu + 0.02, 0.99)), (lr, max(mu - 0.02, 0.0))]:
        assert radius(*other) > best or other == (lr, mu)


SCHEDULES = {
    "step": lambda t: schedules.step_decay(t, 0.3, 0.5, 7),
    "exponential": lambda t: schedules.exponential_decay(t, 0.3, 0.05),
    "power": lambda t: schedules.power_decay(t, 0.3),
    "inverse time": lambda t: schedules.inverse_time_decay(t, 0.3, 0.1),
    "inverse root": lambda t: schedules.inverse_sqrt_decay(t + 1, 0.3, 1.0),
    "cosine": lambda t: schedules.cosine_decay(t, 40, 0.3),
    "warm-up of zero": lambda t: schedules.warmup_cosine(t, 0, 40, 0.3),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_start_at_lr0_and_never_rise(name):
    """Is the first learning rate lr0, none negative, none larger than the one before?"""
    lrs = np.array([SCHEDULES[name](t) for t in range(100)])
    assert lrs[0] == pytest.approx(0.3)
    assert np.all(np.diff(lrs) <= 0) and lrs[-1] >= 0 and lrs[-1] < 0.15


def test_warmup_joins_the_cosine_without_a_jump():
    """Is the schedule continuous at the join, highest there, and at `final` from `total` on?"""
    just_before, at, just_after = (schedules.warmup_cosine(t, 10, 50, 0.4, 0.1) for t in (9.999, 10, 10.001))
    assert at == 0.4
    assert just_before == pytest.approx(at, abs=1e-3) and just_after == pytest.approx(at, abs=1e-3)
    assert [schedules.warmup_cosine(t, 10, 50, 0.4, 0.1) for t in (0, 50, 51, 500)] == [0.0, 0.1, 0.1, 0.1]


@pytest.mark.parametrize("noise", [0.0, 0.05])
@pytest.mark.parametrize("tail", ["none", "nan", "inf", "nan, then small"])
def test_lr_range_test_is_robust(noise, tail, rng):
    """Does it suggest about a tenth of the best learning rate, with noise and however the run ended?"""
    lrs = np.geomspace(1e-5, 10, 121)
    losses = 1 + np.log10(lrs / 0.3) ** 2 + noise * rng.normal(size=121)
    losses[-10:] = {
        "none": losses[-10:],
        "nan": np.nan,
        "inf": np.inf,
        "nan, then small": [np.nan] + 9 * [0.0],
    }[tail]
    assert 0.01 < schedules.lr_range_test(lrs, losses) < 0.09


@pytest.mark.parametrize(
    ("function", "arguments", "error", "sentence"),
    [
        (
            schedules.step_decay,
            {"t": -1, "lr0": 1, "factor": 0.5, "every": 3},
            ValueError,
            "t must not be negative",
        ),
        (
            schedules.step_decay,
            {"t": 1, "lr0": 1, "factor": 1.5, "every": 3},
            ValueError,
            "factor must lie in (0, 1]",
        ),
        (
            schedules.step_decay,
            {"t": 1, "lr0": 1, "factor": 0.5, "every": 0},
            ValueError,
            "every must be positive",
        ),
        (
            schedules.inverse_sqrt_decay,
            {"epoch": 0, "lr0": 1, "k": 1},
            ValueError,
            "epoch must be positive, got 0",
        ),
        (
            schedules.inverse_sqrt_decay,
            {"epoch": 0.5, "lr0": 1, "k": 1},
            ValueError,
            "epoch counts from 1, got 0.5",
        ),
        (schedules.cosine_decay, {"t": 0, "total": 0, "lr0": 1}, ValueError, "total must be positive"),
        (
            schedules.warmup_cosine,
            {"t": 0, "warmup": 9, "total": 9, "peak": 1},
            ValueError,
            "total must be more than warmup, 9.0, got 9",
        ),
        (
            schedules.lr_range_test,
            {"lrs": [0.1], "losses": [1.0]},
            TypeError,
            "lrs must be an array, got list",
        ),
        (
            schedules.lr_range_test,
            {"lrs": np.array([0.1, 0.1]), "losses": np.ones(2)},
            ValueError,
            "lrs must be positive and increase",
        ),
        (
            schedules.lr_range_test,
            {"lrs": np.array([0.1, 0.2]), "losses": np.ones(3)},
            ValueError,
            "losses must have the shape of lrs, (2,), got (3,)",
        ),
        (
            schedules.lr_range_test,
            {"lrs": np.array([0.1, 0.2]), "losses": np.array([np.nan, 1.0])},
            ValueError,
            "losses must begin with a finite number, got nan",
        ),
        (conditioning.max_stable_lr, {"hessian": np.ones((2, 3))}, ValueError, "hessian must be square"),
        (conditioning.max_stable_lr, {"hessian": np.ones(2)}, ValueError, "hessian must have 2 axes"),
        (conditioning.max_stable_lr, {"hessian": [[1.0]]}, TypeError, "hessian must be an array, got list"),
        (
            conditioning.convergence_rate,
            {"hessian": np.array([[1.0, 2.0], [0.0, 1.0]]), "lr": 0.1},
            ValueError,
            "hessian must be symmetric",
        ),
        (
            conditioning.optimal_momentum,
            {"smallest": 2, "largest": 1},
            ValueError,
            "largest must not be less than",
        ),
        (
            conditioning.optimal_momentum,
            {"smallest": 0, "largest": 1},
            ValueError,
            "smallest must be positive",
        ),
        (
            step_sizes.adam_step_ratio,
            {"t": 0, "beta1": 0.9, "beta2": 0.9},
            ValueError,
            "t must be at least 1, got 0",
        ),
        (
            step_sizes.adam_step_ratio,
            {"t": np.array([1.0, 2.0]), "beta1": 0.9, "beta2": 0.9},
            TypeError,
            "t must hold whole numbers, got float64",
        ),
        (step_sizes.effective_lr, {"cache": 3, "lr": 0.1}, TypeError, "cache must be an array"),
    ],
)
def test_what_cannot_be_right_is_told_in_a_sentence(function, arguments, error, sentence):
    """Does the error say which argument is wrong, and what was given?"""
    with pytest.raises(error) as caught:
        function(**arguments)
    assert str(caught.value).startswith(sentence)
