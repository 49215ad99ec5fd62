"""Properties of the networks; their gradients are compared with autograd in test_oracles_gradients."""

import numpy as np
import pytest

from course_lib import datasets
from course_lib.mini_batches import minibatch_gradient, minibatches
from course_lib.models import MultilayerPerceptron, linear_regression, logistic_regression
from course_lib.normalization import fit_standardizer, standardize

N = 9


def rng(seed=37):
    """Return a fresh generator."""
    return np.random.default_rng(seed)


@pytest.fixture
def model():
    """Return a network with two hidden layers of unequal width."""
    return MultilayerPerceptron((5, 4, 6, 3), "tanh")


@pytest.fixture
def data():
    """Return nine examples of five features, and a class 0, 1 or 2 for each."""
    return rng().normal(size=(N, 5)), rng().integers(3, size=N)


def test_unpacking_undoes_packing(model):
    """Do weights and biases come back in their shapes, and θ from them?"""
    params = rng().normal(size=model.n_params)
    layers = model.unpack(params)
    assert [(W.shape, b.shape) for W, b in layers] == [((5, 4), (4,)), ((4, 6), (6,)), ((6, 3), (3,))]
    np.testing.assert_array_equal(model.pack(layers), params)
    assert model.n_params == 5 * 4 + 4 + 4 * 6 + 6 + 6 * 3 + 3


def test_a_network_of_identities_is_one_matrix(data):
    """Do linear layers multiply out?"""
    model = MultilayerPerceptron((5, 4, 3), "identity")
    params = rng().normal(size=model.n_params)
    (W1, b1), (W2, b2) = model.unpack(params)
    np.testing.assert_allclose(model.forward(params, data[0]), data[0] @ W1 @ W2 + b1 @ W2 + b2, rtol=1e-10)


def test_a_relu_network_is_positively_homogeneous(data):
    """Does doubling the first layer double the outputs when the other biases are zero?"""
    model = MultilayerPerceptron((5, 4, 3), "relu")
    layers = model.unpack(model.init(rng()))
    doubled = [(2 * layers[0][0], layers[0][1]), layers[1]]
    np.testing.assert_allclose(
        model.forward(model.pack(doubled), data[0]),
        2 * model.forward(model.pack(layers), data[0]),
        rtol=1e-12,
    )


def test_the_penalty_spares_biases_and_does_not_depend_on_the_examples(model, data):
    """Is the difference that l2 makes ½·l2·‖W‖², for one example and for nine?"""
    penalized = MultilayerPerceptron((5, 4, 6, 3), "tanh", l2=0.8)
    params = rng().normal(size=model.n_params)
    squares = sum(np.sum(W**2) for W, _ in model.unpack(params))
    weights_alone = model.pack([(0.8 * W, 0 * b) for W, b in model.unpack(params)])
    for n in (1, N):
        part = params, data[0][:n], data[1][:n]
        assert penalized.loss(*part) - model.loss(*part) == pytest.approx(0.4 * squares)
        np.testing.assert_allclose(
            penalized.gradient(*part) - model.gradient(*part), weights_alone, atol=1e-12
        )


def test_frozen_masks_make_the_loss_a_function(model, data):
    """Is the loss with given masks the same twice, another one without, and the same for keep = 1?"""
    params = model.init(rng())
    masks = model.draw_masks(rng(), N, 0.5)
    assert [mask.shape for mask in masks] == [(N, 4), (N, 6)]
    assert set(np.unique(np.concatenate([mask.ravel() for mask in masks]))) == {0.0, 2.0}
    assert model.loss(params, *data, masks) == model.loss(params, *data, masks)
    assert model.loss(params, *data, masks) != model.loss(params, *data)
    assert model.loss(params, *data, model.draw_masks(rng(), N, 1.0)) == model.loss(params, *data)


def test_a_dropped_unit_gets_no_gradient(model, data):
    """Are the gradients of the weights into a unit zero when every example drops it?"""
    masks = [np.ones((N, 4)), np.ones((N, 6))]
    masks[0][:, 2] = 0
    layers = model.unpack(model.gradient(model.init(rng()), *data, masks))
    assert not layers[0][0][:, 2].any() and layers[0][1][2] == 0 and not layers[1][0][2].any()
    assert layers[0][0][:, [0, 1, 3]].all()


def test_initial_parameters_come_from_the_function_given(model):
    """Is the student's own init_layer asked for each layer, with the scheme of the activation?"""
    asked = []

    def ones(rng, n_in, n_out, scheme):
        asked.append((n_in, n_out, scheme))
        return np.ones((n_in, n_out)), np.zeros(n_out)

    params = model.init(rng(), ones)
    assert asked == [(5, 4, "glorot"), (4, 6, "glorot"), (6, 3, "glorot")]
    assert params.sum() == 5 * 4 + 4 * 6 + 6 * 3
    MultilayerPerceptron((5, 2), "relu").init(rng(), ones)
    assert asked[-1] == (5, 2, "he")


def test_equal_weights_never_part(data):
    """Does symmetry hold: do the hidden units of a constant start get one and the same gradient?"""
    model = MultilayerPerceptron((5, 4, 3), "tanh")
    gradient = model.gradient(np.full(model.n_params, 0.1), *data)
    (W1, _), (W2, _) = model.unpack(gradient)
    assert W1.any()
    np.testing.assert_allclose(W1, W1[:, :1] * np.ones(4), rtol=1e-12)
    np.testing.assert_allclose(W2, W2[:1] * np.ones((4, 1)), rtol=1e-12)


def test_linear_regression_agrees_with_lesson_04(data):
    """Is the gradient with respect to the weights that of `minibatch_gradient` when the bias is zero?"""
    X, _ = data
    w, y = rng().normal(size=5), rng(1).normal(size=N)
    gradient = linear_regression(5, l2=0.3).gradient(np.append(w, 0.0), X, y)
    np.testing.assert_allclose(gradient[:5], minibatch_gradient(X, y, w, 0.3), rtol=1e-12)
    assert gradient[5] == pytest.approx(np.mean(X @ w - y))


def test_predictions_are_classes(model, data):
    """Are predictions the largest logit, the sign of the single one, and accuracy their share?"""
    params = model.init(rng())
    predicted = model.predict(params, data[0])
    np.testing.assert_array_equal(predicted, model.forward(params, data[0]).argmax(axis=1))
    assert model.accuracy(params, data[0], predicted) == 1.0
    assert model.accuracy(params, data[0], (predicted + 1) % 3) == 0.0
    w = np.array([1.0, 0, 0, 0, 0, -0.2])
    np.testing.assert_array_equal(logistic_regression(5).predict(w, data[0]), data[0][:, 0] > 0.2)


def test_float32_stays_float32(data):
    """Is everything float32 for float32 parameters and examples?"""
    for activation in ("tanh", "relu", "identity"):
        model = MultilayerPerceptron((5, 4, 3), activation, l2=0.1)
        params = model.init(rng()).astype(np.float32)
        _, gradient = model.loss_and_gradient(params, data[0].astype(np.float32), data[1])
        assert gradient.dtype == np.float32


def test_a_small_network_learns_real_digits():
    """Does a network of 16 hidden units name more than 93 % of unseen digits after ten epochs?"""
    X, y = datasets.digits()
    parts = datasets.split(X, y, rng())
    model = MultilayerPerceptron((64, 16, 10), "relu", l2=1e-4)
    params, draw = model.init(rng()), rng(1)
    assert model.accuracy(params, parts.X_test, parts.y_test) < 0.3
    for _ in range(10):
        for X_b, y_b in minibatches(parts.X_train, parts.y_train, 32, draw):
            params = params - 0.3 * model.gradient(params, X_b, y_b)
    assert model.accuracy(params, parts.X_test, parts.y_test) > 0.93


def test_logistic_regression_tells_two_cultivars_apart():
    """Does gradient descent on standardized wine separate the first two cultivars?"""
    X, y, _ = datasets.wine()
    X, y = X[y < 2], y[y < 2]
    X = standardize(X, *fit_standardizer(X))
    model = logistic_regression(13, l2=1e-3)
    params = np.zeros(model.n_params)
    for _ in range(200):
        params = params - 0.5 * model.gradient(params, X, y)
    assert model.accuracy(params, X, y) > 0.98


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda m: MultilayerPerceptron((5,)), "sizes must be at least two whole numbers"),
        (lambda m: MultilayerPerceptron((5, 0)), "sizes must be at least two whole numbers"),
        (lambda m: MultilayerPerceptron((5, 3), "gelu"), "activation must be one of"),
        (lambda m: MultilayerPerceptron((5, 3), loss_name="hinge"), "loss_name must be one of"),
        (lambda m: MultilayerPerceptron((5, 3), l2=-1.0), "l2 must not be negative, got -1.0"),
        (lambda m: m.unpack(np.ones(3)), "params must have shape"),
        (lambda m: m.pack([(np.ones((4, 5)), np.ones(4))]), "layers must have shapes"),
        (lambda m: m.forward(m.init(rng()), np.ones((2, 4))), r"X must have shape \(n, 5\), got \(2, 4\)"),
        (lambda m: m.forward(m.init(rng()), np.ones((2, 5)), []), "masks must be 2, one for each hidden"),
        (lambda m: m.loss(m.init(rng()), np.ones((2, 5)), np.array([0, 3])), "labels must lie in 0 … 2"),
        (lambda m: m.draw_masks(rng(), 4, 0.0), "keep must lie in"),
    ],
)
def test_what_cannot_be_right_is_refused_in_a_sentence(model, call, sentence):
    """Does a wrong argument raise, and does the sentence name it?"""
    with pytest.raises(ValueError, match=sentence):
        call(model)
