"""The dialects of NOTATION.md: each cell of its table is walked beside the library itself.

A formula that the course does not have stands here, as the table writes it. Hyperparameters that a row names
are left to the library's defaults, so that a default that changes is seen.
"""

import inspect
import os

import numpy as np
import pytest

from course_lib import optimizers

pytestmark = pytest.mark.oracle

STEPS, TOLERANCE = 100, 1e-10
rng = np.random.default_rng(11)
NOISE = rng.normal(size=(STEPS, 5))
START = rng.normal(size=5)


def gradient(params, t):
    """A gradient that depends on the parameters, is noisy, and has one small entry, where ε counts."""
    return (params + np.sin(params) + NOISE[t]) * np.array([1.0, 1.0, 1e-4, 10.0, 1.0])


def walk(rule, **hyperparameters):
    """Return the parameters after each step of a rule of the course, or of one written as such."""
    params, state, path = START, None, []
    for t in range(STEPS):
        params, state = rule(params, gradient(params, t), state, **hyperparameters)
        path.append(params)
    return np.array(path)


def keras_walk(name, **settings):
    """Return the parameters after each step of an optimizer of Keras."""
    os.environ.setdefault("KERAS_BACKEND", "jax")
    os.environ.setdefault("JAX_ENABLE_X64", "1")
    pytest.importorskip("jax", reason="JAX is not installed")
    keras = pytest.importorskip("keras", reason="Keras is not installed")
    keras.config.set_floatx("float64")
    params, path = keras.Variable(START, dtype="float64"), []
    optimizer = getattr(keras.optimizers, name)(**settings)
    for t in range(STEPS):
        grads = gradient(np.asarray(params.value), t)
        optimizer.apply([keras.ops.convert_to_tensor(grads, dtype="float64")], [params])
        path.append(np.asarray(params.value))
    return np.array(path)


def optax_walk(name, **settings):
    """Return the parameters after each step of an optimizer of Optax."""
    os.environ.setdefault("JAX_ENABLE_X64", "1")
    optax = pytest.importorskip("optax", reason="Optax is not installed")
    optimizer = getattr(optax, name)(**settings)
    params, state, path = START, optimizer.init(START), []
    for t in range(STEPS):
        updates, state = optimizer.update(gradient(params, t), state, params)
        params = np.asarray(optax.apply_updates(params, updates))
        path.append(params)
    return np.array(path)


def adagrad_with_eps_inside(params, grads, state=None, *, lr, start=0.1, eps=1e-7):
    """Keras' and Optax' Adagrad: the sum starts at 0.1, and ε stands inside the root."""
    state = (start if state is None else state) + grads**2
    return params - lr * grads / np.sqrt(state + eps), state


def rmsprop_with_eps_inside(params, grads, state=None, *, lr, decay=0.9, eps=1e-7):
    """Keras' and Optax' RMSprop: ε stands inside the root."""
    state = decay * (0 if state is None else state) + (1 - decay) * grads**2
    return params - lr * grads / np.sqrt(state + eps), state


def adam_with_eps_hat(params, grads, state=None, *, lr, beta1=0.9, beta2=0.999, eps=1e-7, weight_decay=0.0):
    """Keras' Adam, the "ε̂ form": α·√(1−β₂ᵗ)/(1−β₁ᵗ) · m/(√v + ε); and beside it weight decay."""
    t, m, v = (0, 0, 0) if state is None else state
    t, m, v = t + 1, beta1 * m + (1 - beta1) * grads, beta2 * v + (1 - beta2) * grads**2
    scale = np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return params - lr * (weight_decay * params + scale * m / (np.sqrt(v) + eps)), (t, m, v)


# What the table says → the course's walk, and the library's.
KERAS = {
    "SGD(momentum) is classical_momentum": (
        lambda: walk(optimizers.classical_momentum, lr=0.01, mu=0.8),
        lambda: keras_walk("SGD", learning_rate=0.01, momentum=0.8),
    ),
    "SGD(momentum) with a (1-mu)th of the rate is momentum": (
        lambda: walk(optimizers.momentum, lr=0.05, beta=0.8),
        lambda: keras_walk("SGD", learning_rate=0.05 * (1 - 0.8), momentum=0.8),
    ),
    "SGD(nesterov) is nesterov": (
        lambda: walk(optimizers.nesterov, lr=0.01, mu=0.8),
        lambda: keras_walk("SGD", learning_rate=0.01, momentum=0.8, nesterov=True),
    ),
    "Adagrad starts at 0.1, eps inside, 1e-7": (
        lambda: walk(adagrad_with_eps_inside, lr=0.1),
        lambda: keras_walk("Adagrad", learning_rate=0.1),
    ),
    "RMSprop decays by 0.9, eps inside, 1e-7": (
        lambda: walk(rmsprop_with_eps_inside, lr=0.01),
        lambda: keras_walk("RMSprop", learning_rate=0.01),
    ),
    "Adam is the eps-hat form, 1e-7": (
        lambda: walk(adam_with_eps_hat, lr=0.01),
        lambda: keras_walk("Adam", learning_rate=0.01),
    ),
    "AdamW decays by 4e-3, beside Keras' Adam": (
        lambda: walk(adam_with_eps_hat, lr=0.01, weight_decay=4e-3),
        lambda: keras_walk("AdamW", learning_rate=0.01),
    ),
}
OPTAX = {
    "sgd(momentum) is PyTorch's, whose rate is a (1-mu)th of ours": (
        lambda: walk(optimizers.momentum, lr=0.01 / (1 - 0.8), beta=0.8),
        lambda: optax_walk("sgd", learning_rate=0.01, momentum=0.8),
    ),
    "sgd(nesterov) is nesterov while the rate is constant": (
        lambda: walk(optimizers.nesterov, lr=0.01, mu=0.8),
        lambda: optax_walk("sgd", learning_rate=0.01, momentum=0.8, nesterov=True),
    ),
    "adagrad starts at 0.1, eps inside, 1e-7": (
        lambda: walk(adagrad_with_eps_inside, lr=0.1),
        lambda: optax_walk("adagrad", learning_rate=0.1),
    ),
    "rmsprop decays by 0.9, eps inside": (
        lambda: walk(rmsprop_with_eps_inside, lr=0.01, eps=1e-8),
        lambda: optax_walk("rmsprop", learning_rate=0.01),
    ),
    "rmsprop(eps_in_sqrt=False) is rmsprop": (
        lambda: walk(optimizers.rmsprop, lr=0.01),
        lambda: optax_walk("rmsprop", learning_rate=0.01, eps_in_sqrt=False),
    ),
    "adam is adam": (
        lambda: walk(optimizers.adam, lr=0.01),
        lambda: optax_walk("adam", learning_rate=0.01),
    ),
    "sgd(momentum) is classical_momentum while the rate is constant": (
        lambda: walk(optimizers.classical_momentum, lr=0.01, mu=0.8),
        lambda: optax_walk("sgd", learning_rate=0.01, momentum=0.8),
    ),
    "adamw(weight_decay=1e-2) is adamw": (
        lambda: walk(optimizers.adamw, lr=0.01),
        lambda: optax_walk("adamw", learning_rate=0.01, weight_decay=1e-2),
    ),
    "adamw is adamw, with 1e-4": (
        lambda: walk(optimizers.adamw, lr=0.01, weight_decay=1e-4),
        lambda: optax_walk("adamw", learning_rate=0.01),
    ),
}
PYTORCH = {
    "SGD": {"momentum": 0, "nesterov": False},
    "Adagrad": {"initial_accumulator_value": 0, "eps": 1e-10},
    "RMSprop": {"alpha": 0.99},
    "Adam": {"betas": (0.9, 0.999), "eps": 1e-8},
    "AdamW": {"betas": (0.9, 0.999), "eps": 1e-8, "weight_decay": 1e-2},
}


def distance(got, expected):
    """The largest distance of two points of the paths, over the expected one's length."""
    return np.max(np.linalg.norm(got - expected, axis=1) / np.linalg.norm(expected, axis=1))


@pytest.mark.parametrize("said", KERAS)
def test_what_the_table_says_of_keras(said):
    """Does Keras walk as this cell of the table says?"""
    ours, theirs = KERAS[said]
    assert distance(ours(), theirs()) < TOLERANCE


@pytest.mark.parametrize("said", OPTAX)
def test_what_the_table_says_of_optax(said):
    """Does Optax walk as this cell of the table says?"""
    ours, theirs = OPTAX[said]
    assert distance(ours(), theirs()) < TOLERANCE


@pytest.mark.parametrize("name", PYTORCH)
def test_the_defaults_that_the_table_gives_for_pytorch(name):
    """Are they PyTorch's? That the rules then walk alike, test_oracles_optimizers asks."""
    torch = pytest.importorskip("torch", reason="PyTorch is not installed")
    defaults = {
        key: value.default
        for key, value in inspect.signature(getattr(torch.optim, name).__init__).parameters.items()
    }
    assert PYTORCH[name].items() <= defaults.items()
