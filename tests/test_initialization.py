"""Properties of the initialization of lesson 02."""

import numpy as np
import pytest

from course_lib.initialization import (
    activation_scales,
    gradient_scales,
    init_layer,
    init_std,
    predicted_gain,
)

SCHEMES = ["lecun", "glorot", "he"]


def rng(seed=21):
    """Return a fresh generator."""
    return np.random.default_rng(seed)


def test_the_schemes_differ_as_they_should():
    """Is He's variance twice LeCun's, and Glorot's the harmonic middle of forward and backward?"""
    assert init_std(12, 5, "he") == pytest.approx(np.sqrt(2) * init_std(12, 5, "lecun"))
    assert init_std(12, 5, "glorot") ** -2 == pytest.approx(
        (init_std(12, 5, "lecun") ** -2 + init_std(5, 12, "lecun") ** -2) / 2
    )
    assert init_std(12, 5, "glorot") == init_std(5, 12, "glorot")


def test_only_glorot_looks_at_the_outputs():
    """Do LeCun and He depend on the inputs alone?"""
    for scheme in ("lecun", "he"):
        assert init_std(12, 5, scheme) == init_std(12, 500, scheme)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("distribution", ["normal", "uniform"])
def test_a_layer_has_the_standard_deviation_of_its_scheme(scheme, distribution):
    """Is the measured std within 2 % of the scheme's for 80,000 weights, with mean 0 and no bias?"""
    W, b = init_layer(rng(), 400, 200, scheme, distribution)
    std = init_std(400, 200, scheme)
    assert W.shape == (400, 200) and b.shape == (200,)
    assert W.std() == pytest.approx(std, rel=0.02)
    assert abs(W.mean()) < 5 * std / np.sqrt(W.size)
    assert not b.any()


def test_the_distributions_have_their_shapes():
    """Does the uniform one end at √3·σ and the normal one go beyond?"""
    bound = np.sqrt(3) * init_std(300, 200, "he")
    assert 0.999 * bound < np.abs(init_layer(rng(), 300, 200, "he", "uniform")[0]).max() <= bound
    assert np.abs(init_layer(rng(), 300, 200, "he")[0]).max() > bound


def test_a_layer_depends_on_the_generator_alone():
    """Does the same seed give the same weights, and is numpy's global state left alone?"""
    before = np.random.get_state()[1].copy()
    one, two = (init_layer(rng(), 4, 3, "lecun")[0] for _ in range(2))
    np.testing.assert_array_equal(one, two)
    np.testing.assert_array_equal(np.random.get_state()[1], before)
    assert len(np.unique(one)) == 12


@pytest.mark.parametrize("activation", ["identity", "relu"])
@pytest.mark.parametrize("gain", [0.5, 1.0, 2.0])
def test_the_prediction_holds_forward_and_backward(activation, gain):
    """Do measured variances follow the predicted gain, layer by layer, within 15 %?"""
    width, depth = 400, 6
    std = np.sqrt(gain / predicted_gain(activation, 1.0, width))
    assert predicted_gain(activation, std, width) == pytest.approx(gain)
    forward = activation_scales(rng(), depth, width, std, activation, 100)
    backward = gradient_scales(rng(), depth, width, std, activation, 100)
    expected = gain ** np.arange(depth)
    np.testing.assert_allclose((forward / forward[0]) ** 2, expected, rtol=0.15)
    np.testing.assert_allclose((backward / backward[-1])[::-1] ** 2, expected, rtol=0.15)


def test_one_layer_is_a_matrix_product():
    """Are the first scales those of the arrays, drawn in the order that the docstring names?"""
    draw = rng(8)
    A0 = draw.normal(size=(7, 5))
    W = draw.normal(0, 0.6, size=(5, 5))
    dA = draw.normal(size=(7, 5))
    assert activation_scales(rng(8), 1, 5, 0.6, "tanh", 7) == pytest.approx([np.tanh(A0 @ W).std()])
    slope = 1 / np.cosh(A0 @ W) ** 2
    assert gradient_scales(rng(8), 1, 5, 0.6, "tanh", 7) == pytest.approx([(dA * slope).std()])


@pytest.mark.parametrize("activation", ["identity", "relu", "tanh"])
def test_gradient_scales_are_those_of_finite_differences(activation):
    """Does the backward pass agree with central differences of the forward pass it belongs to?"""
    n, width, std = 4, 3, 0.8
    draw = rng(5)
    A0 = draw.normal(size=(n, width))
    weights = [draw.normal(0, std, size=(width, width)) for _ in range(3)]
    dA = draw.normal(size=(n, width))
    phi = {"identity": lambda Z: Z, "relu": lambda Z: np.maximum(Z, 0), "tanh": np.tanh}[activation]

    def loss_with(layer, nudge):
        A = A0
        for index, W in enumerate(weights):
            A = phi(A @ W + (nudge if index == layer else 0))
        return np.sum(A * dA)

    expected = []
    for layer in range(3):
        units = np.eye(n * width).reshape(-1, n, width) * 1e-6
        slopes = [(loss_with(layer, unit) - loss_with(layer, -unit)) / 2e-6 for unit in units]
        expected.append(np.std(slopes))
    np.testing.assert_allclose(gradient_scales(rng(5), 3, width, std, activation, n), expected, rtol=1e-6)


def test_tanh_saturates_where_the_identity_explodes():
    """Do large weights drive tanh to ±1 forward while its gradients vanish backward?"""
    forward = activation_scales(rng(), 8, 100, 1.0, "tanh", 50)
    backward = gradient_scales(rng(), 8, 100, 0.05, "tanh", 50)
    assert np.all((forward > 0.8) & (forward <= 1))
    assert backward[0] < 1e-2 * backward[-1]


def test_dead_weights_kill_the_signal():
    """Are all scales zero for weights of zero, save the last layer's gradient?"""
    assert not activation_scales(rng(), 3, 4, 0.0, "relu", 5).any()
    scales = gradient_scales(rng(), 3, 4, 0.0, "identity", 5)
    assert not scales[:2].any() and scales[2] > 0


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: init_std(0, 3, "he"), ValueError, "n_in must be at least 1, got 0"),
        (lambda: init_std(3, 2.5, "he"), TypeError, "n_out must be a whole number, got 2.5"),
        (lambda: init_std(3, 2, "xavier"), ValueError, "scheme must be one of"),
        (lambda: init_layer(0, 3, 2, "he"), TypeError, "rng must be a numpy.random.Generator, got int"),
        (lambda: init_layer(rng(), 3, 2, "he", "gauss"), ValueError, "distribution must be one of"),
        (lambda: activation_scales(rng(), 0, 4, 1.0, "relu", 5), ValueError, "depth must be at least 1"),
        (lambda: activation_scales(rng(), 2, 4, -1.0, "relu", 5), ValueError, "weight_std must not be neg"),
        (lambda: gradient_scales(rng(), 2, 4, 1.0, "elu", 5), ValueError, "activation must be one of"),
        (lambda: predicted_gain("tanh", 1.0, 5), ValueError, "activation must be one of"),
    ],
)
def test_what_cannot_be_right_is_refused_in_a_sentence(call, error, sentence):
    """Does a wrong argument raise, and does the sentence name it?"""
    with pytest.raises(error, match=sentence):
        call()
