"""The training loop and the landscapes."""

import warnings

import numpy as np
import pytest

from course_lib import objectives, optimizers
from course_lib.training import descend, train


@pytest.fixture
def rng():
    """Fresh numbers, the same in every run."""
    return np.random.default_rng(5)


def squared_error(w, X, y):
    """Half the mean squared error of a linear model, and its gradient."""
    residual = X @ w - y
    return 0.5 * np.mean(residual**2), X.T @ residual / len(y)


def test_the_loop_is_the_protocol_of_four_lines(rng):
    """Does `train` walk as the loop written out by hand?"""
    batches = [(rng.normal(size=(6, 3)), rng.normal(size=6)) for _ in range(10)]
    start = rng.normal(size=3)

    def schedule(t):
        return 0.1 / (1 + t)

    trace = train(optimizers.adam, squared_error, start, batches, lr=schedule, keep_all=True, beta1=0.8)

    params, state = start, None
    for t, batch in enumerate(batches):
        loss, grads = squared_error(params, *batch)
        assert trace.losses[t] == loss
        assert trace.grad_norms[t] == pytest.approx(np.linalg.norm(grads), rel=1e-12)
        assert trace.lrs[t] == schedule(t)
        params, state = optimizers.adam(params, grads, state, lr=schedule(t), beta1=0.8)
        assert np.array_equal(trace.params[t + 1], params)
        assert trace.states[t].t == state.t == t + 1
    assert np.array_equal(trace.params[0], start) and len(trace.params) == 11


def test_without_keep_all_only_the_end_is_kept(rng):
    """Are parameters and state of the last update kept, and the losses of all?"""
    batches = [(rng.normal(size=(6, 3)), rng.normal(size=6)) for _ in range(5)]
    start = rng.normal(size=3)
    whole = train(optimizers.momentum, squared_error, start, batches, lr=0.1, keep_all=True)
    short = train(optimizers.momentum, squared_error, start, batches, lr=0.1)
    assert short.params.shape == (1, 3) and np.array_equal(short.params[0], whole.params[-1])
    assert len(short.states) == 1 and np.array_equal(short.states[0], whole.states[-1])
    assert np.array_equal(short.losses, whole.losses) and len(short.losses) == 5


def test_batches_may_come_from_a_generator_and_may_be_none(rng):
    """Does the loop take any iterable, an empty one too?"""
    trace = train(optimizers.sgd, squared_error, rng.normal(size=3), iter(()), lr=0.1)
    assert trace.losses.shape == trace.lrs.shape == trace.grad_norms.shape == (0,)
    assert trace.params.shape == (1, 3)


@pytest.mark.parametrize(
    "rule",
    [
        optimizers.sgd,
        optimizers.momentum,
        optimizers.classical_momentum,
        optimizers.nesterov_lookahead,
        optimizers.nesterov,
        optimizers.adagrad,
        optimizers.rmsprop,
        optimizers.adam,
        optimizers.adamw,
    ],
    ids=lambda rule: rule.__name__,
)
def test_a_trace_fits_together(rule):
    """Has a path of T updates T+1 points and losses, T rates and norms, for every rule?"""
    trace = descend(rule, objectives.rosenbrock, lr=1e-3, steps=7)
    assert trace.params.shape == (8, 2)
    assert trace.losses.shape == (8,)
    assert trace.lrs.shape == trace.grad_norms.shape == (7,) and len(trace.states) == 7
    assert np.array_equal(trace.losses, [objectives.rosenbrock.value(params) for params in trace.params])
    assert trace.losses[-1] < trace.losses[0]


def test_divergence_is_a_result_not_a_warning():
    """Does a run far above the limit end with losses that are infinite or NaN, in silence?"""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace = descend(optimizers.sgd, objectives.rosenbrock, lr=1.0, steps=50)
    assert not np.isfinite(trace.losses[-1])


@pytest.mark.parametrize(("start", "dtype"), [([3, 1], float), (np.array([3, 1], np.float32), np.float32)])
def test_descend_starts_from_whole_numbers_and_keeps_float32(start, dtype):
    """Do whole numbers become floats, and does float32 stay?"""
    trace = descend(optimizers.adam, objectives.ravine(9.0), start=start, lr=0.1, steps=3)
    assert trace.params.dtype == dtype


LANDSCAPES = [
    objectives.quadratic(np.array([[2.0, 1.0], [1.0, 3.0]])),
    objectives.quadratic(np.array([1.0, -2.0, 3.0])),
    objectives.ravine(25.0),
    objectives.rosenbrock,
    objectives.beale,
    objectives.himmelblau,
    objectives.saddle,
    objectives.monkey_saddle,
    objectives.double_well,
    objectives.plateau,
]
every_landscape = pytest.mark.parametrize("objective", LANDSCAPES, ids=lambda objective: objective.name)


@every_landscape
def test_gradient_and_hessian_are_slopes(objective, rng):
    """Do central differences of the value and of the gradient give the gradient and the Hessian?"""
    h = 1e-5
    for params in (objective.start, rng.normal(size=len(objective.start))):
        steps = h * np.eye(len(params))
        slopes = [(objective.value(params + e) - objective.value(params - e)) / (2 * h) for e in steps]
        bends = [(objective.grad(params + e) - objective.grad(params - e)) / (2 * h) for e in steps]
        assert np.allclose(objective.grad(params), slopes, rtol=1e-6, atol=1e-6)
        assert np.allclose(objective.hessian(params), bends, rtol=1e-6, atol=1e-6)


@every_landscape
def test_the_minimizer_is_one(objective, rng):
    """Is the gradient zero there, and is no point near it, nor any of a thousand others, lower?"""
    if objective.minimizer is None:
        directions = rng.normal(size=(200, len(objective.start)))
        assert min(objective.value(100 * d) for d in directions) < -100
        return
    assert np.allclose(objective.grad(objective.minimizer), 0, atol=1e-12)
    lowest = objective.value(objective.minimizer)
    others = rng.normal(size=(len(objective.minimizer), 1000)) * 4
    assert np.all(objective.value(others) >= lowest)
    assert np.all(objective.value(objective.minimizer[:, None] + 1e-3 * others) >= lowest)


@every_landscape
def test_many_points_at_once(objective, rng):
    """Do value and gradient of a grid equal those of its points, one by one?"""
    grid = rng.normal(size=(len(objective.start), 3, 4))
    for at in np.ndindex(3, 4):
        point = grid[(slice(None), *at)]
        assert objective.value(grid)[at] == pytest.approx(objective.value(point), rel=1e-13)
        assert np.allclose(objective.grad(grid)[(slice(None), *at)], objective.grad(point), rtol=1e-13)


@every_landscape
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_landscapes_keep_the_dtype(objective, dtype):
    """Have value, gradient and Hessian the dtype of the parameters?"""
    params = objective.start.astype(dtype)
    assert objective.value(params).dtype == dtype
    assert objective.grad(params).dtype == dtype and objective.grad(params).shape == params.shape
    assert objective.hessian(params).dtype == dtype


def test_a_lopsided_quadratic_is_refused():
    """Is a matrix that is no Hessian refused?"""
    for wrong in (np.ones((2, 3)), np.array([[1.0, 2.0], [0.0, 1.0]]), np.float64(3.0) * np.ones((1, 1, 1))):
        with pytest.raises(ValueError, match="curvature must be a vector or a symmetric matrix"):
            objectives.quadratic(wrong)
    with pytest.raises(TypeError, match="curvature must be an array"):
        objectives.quadratic([1.0, 2.0])
