"""Trusted twins: PyTorch for update rules and schedules, autograd and SciPy for gradients and Hessians.

Where conventions differ, the conversion stands in the table.
"""

import numpy as np
import pytest

from course_lib import objectives, optimizers, schedules

pytestmark = pytest.mark.oracle

STEPS, TOLERANCE = 200, 1e-12
rng = np.random.default_rng(7)
MATRIX = rng.normal(size=(7, 7))
MATRIX = MATRIX @ MATRIX.T / 7
NOISE = rng.normal(size=(STEPS, 7))
START = rng.normal(size=7)


def gradient(params, t):
    """A gradient that depends on the parameters, is noisy, and has one entry that stays zero."""
    return (MATRIX @ params + np.sin(params) + NOISE[t]) * (np.arange(7) != 3)


# Rule, its hyperparameters, PyTorch's optimizer, and its hyperparameters for the same path.
TWINS = {
    "sgd": (optimizers.sgd, {"lr": 0.05}, "SGD", {"lr": 0.05}),
    # PyTorch sums, v ← β·v + g, where `momentum` averages: its rate is (1−β)·lr. (Its `dampening` brings the
    # factor 1−β too, but not in the first step.)
    "momentum": (
        optimizers.momentum,
        {"lr": 0.05, "beta": 0.8},
        "SGD",
        {"lr": 0.05 * (1 - 0.8), "momentum": 0.8},
    ),
    # PyTorch keeps the learning rate outside the velocity: v here is −lr·v there, while lr does not change.
    "classical_momentum": (
        optimizers.classical_momentum,
        {"lr": 0.02, "mu": 0.8},
        "SGD",
        {"lr": 0.02, "momentum": 0.8},
    ),
    "nesterov": (
        optimizers.nesterov,
        {"lr": 0.02, "mu": 0.8},
        "SGD",
        {"lr": 0.02, "momentum": 0.8, "nesterov": True},
    ),
    # PyTorch's eps is 1e-10 unless told.
    "adagrad": (optimizers.adagrad, {"lr": 0.1}, "Adagrad", {"lr": 0.1, "eps": 1e-8}),
    # PyTorch calls the decay alpha, and takes 0.99 unless told.
    "rmsprop": (optimizers.rmsprop, {"lr": 0.01}, "RMSprop", {"lr": 0.01, "alpha": 0.9, "eps": 1e-8}),
    "adam": (optimizers.adam, {}, "Adam", {}),
    "adam, large eps": (
        optimizers.adam,
        {"lr": 0.05, "beta1": 0.7, "beta2": 0.95, "eps": 0.5},
        "Adam",
        {"lr": 0.05, "betas": (0.7, 0.95), "eps": 0.5},
    ),
    "adamw": (optimizers.adamw, {"lr": 0.02}, "AdamW", {"lr": 0.02}),
    "adamw, strong": (
        optimizers.adamw,
        {"lr": 0.02, "weight_decay": 0.3},
        "AdamW",
        {"lr": 0.02, "weight_decay": 0.3},
    ),
}


def torch_path(name, hyperparameters, gradient=gradient):
    """Parameters after each of the steps of an optimizer of PyTorch."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    params = torch.tensor(START.copy(), requires_grad=True)
    optimizer = getattr(torch.optim, name)([params], **hyperparameters)
    path = []
    for t in range(STEPS):
        params.grad = torch.tensor(gradient(params.detach().numpy(), t))
        optimizer.step()
        path.append(params.detach().numpy().copy())
    return np.array(path)


def relative_distance(got, expected):
    """The largest distance of two points on the paths, over the expected one's length."""
    return np.max(np.linalg.norm(got - expected, axis=1) / np.linalg.norm(expected, axis=1))


@pytest.mark.parametrize("twin", TWINS)
def test_rules_walk_with_pytorch(twin):
    """Does the rule take the same 200 steps as PyTorch's?"""
    rule, ours, name, theirs = TWINS[twin]
    expected = torch_path(name, theirs)
    params, state, path = START, None, []
    for t in range(STEPS):
        params, state = rule(params, gradient(params, t), state, **ours)
        path.append(params)
    assert relative_distance(np.array(path), expected) < TOLERANCE


def test_lookahead_walks_with_pytorch():
    """Do the points where `nesterov_lookahead` asks for the gradient walk as PyTorch's parameters do?"""
    # PyTorch's parameters are those that look ahead: θ + μ·v.
    expected = torch_path("SGD", {"lr": 0.02, "momentum": 0.8, "nesterov": True})
    params, velocity, path = START, None, []
    for t in range(STEPS):
        params, velocity = optimizers.nesterov_lookahead(
            params, lambda at, t=t: gradient(at, t), velocity, lr=0.02, mu=0.8
        )
        path.append(params + 0.8 * velocity)
    assert relative_distance(np.array(path), expected) < TOLERANCE


SCHEDULES = {
    "StepLR": (lambda t: schedules.step_decay(t, 0.3, 0.5, 30), {"step_size": 30, "gamma": 0.5}),
    "ExponentialLR": (lambda t: schedules.power_decay(t, 0.3, 0.97), {"gamma": 0.97}),
    "CosineAnnealingLR": (
        lambda t: schedules.cosine_decay(t, 200, 0.3, 0.01),
        {"T_max": 200, "eta_min": 0.01},
    ),
    "LambdaLR": (
        lambda t: schedules.inverse_time_decay(t, 0.3, 0.1),
        {"lr_lambda": lambda t: schedules.inverse_time_decay(t, 1.0, 0.1)},
    ),
}


@pytest.mark.parametrize("name", SCHEDULES)
def test_schedules_fall_with_pytorch(name):
    """Is the learning rate of each of 200 updates that of PyTorch's scheduler?"""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    ours, theirs = SCHEDULES[name]
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.3)
    scheduler = getattr(torch.optim.lr_scheduler, name)(optimizer, **theirs)
    for t in range(STEPS):
        assert ours(t) == pytest.approx(scheduler.get_last_lr()[0], rel=1e-11)
        optimizer.step()
        scheduler.step()


LANDSCAPES = [
    objectives.quadratic(MATRIX),
    objectives.ravine(30.0),
    objectives.rosenbrock,
    objectives.beale,
    objectives.himmelblau,
    objectives.saddle,
    objectives.monkey_saddle,
    objectives.double_well,
    objectives.plateau,
]
every_landscape = pytest.mark.parametrize("objective", LANDSCAPES, ids=lambda objective: objective.name)


def points(objective):
    """A few points of a landscape, its start among them."""
    draws = np.random.default_rng(3).normal(size=(5, len(objective.start)))
    return [objective.start, *draws]


@every_landscape
def test_gradients_and_hessians_agree_with_autograd(objective, monkeypatch):
    """Do the formulas equal what automatic differentiation makes of the value's own code?"""
    autograd = pytest.importorskip("autograd", reason="autograd is not installed")
    monkeypatch.setattr(objectives, "np", autograd.numpy)
    for params in points(objective):
        expected = autograd.grad(objective.value)(params)
        assert np.allclose(objective.grad(params), expected, rtol=1e-12, atol=1e-12)
        expected = autograd.hessian(objective.value)(params)
        assert np.allclose(objective.hessian(params), expected, rtol=1e-11, atol=1e-11)


@every_landscape
def test_gradients_agree_with_scipy(objective):
    """Do the formulas equal SciPy's finite differences, as far as those go?"""
    optimize = pytest.importorskip("scipy.optimize", reason="SciPy is not installed")
    for params in points(objective):
        scale = 1 + np.linalg.norm(objective.grad(params))
        assert optimize.check_grad(objective.value, objective.grad, params) < 1e-5 * scale
        slopes = optimize.approx_fprime(params, objective.grad, 1e-7)
        assert np.allclose(slopes, objective.hessian(params), rtol=1e-4, atol=1e-4 * scale)


def test_the_named_functions_are_scipys():
    """Is Rosenbrock's function the one that SciPy knows?"""
    optimize = pytest.importorskip("scipy.optimize", reason="SciPy is not installed")
    for params in points(objectives.rosenbrock):
        assert objectives.rosenbrock.value(params) == pytest.approx(optimize.rosen(params), rel=1e-13)
        assert np.allclose(objectives.rosenbrock.grad(params), optimize.rosen_der(params), rtol=1e-12)
        assert np.allclose(objectives.rosenbrock.hessian(params), optimize.rosen_hess(params), rtol=1e-12)
