"""Every gradient of the course against autograd and scipy.

autograd differentiates a twin of the loss, written here once more in `autograd.numpy`; scipy measures the
slope of our own loss. The first finds a wrong gradient to rounding, the second a twin that is wrong as well.
"""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from autograd.scipy.special import logsumexp
from scipy.optimize import check_grad

from course_lib import broken_networks, losses
from course_lib.critical_points import hessian_vector_product
from course_lib.gradient_checking import numerical_gradient, planted_bugs
from course_lib.mini_batches import minibatch_gradient
from course_lib.models import MultilayerPerceptron, linear_regression, logistic_regression

N, K = 7, 3


def rng(seed=23):
    """Return a fresh generator."""
    return np.random.default_rng(seed)


def softmax_twin(z, labels):
    """Return the cross-entropy of softmax(z), a row an example."""
    return anp.mean(logsumexp(z, axis=1) - z[np.arange(len(labels)), labels])


def squares_twin(z, targets):
    """Return half the mean squared length of the rows of z − targets."""
    return anp.sum((z - targets) ** 2) / (2 * len(z))


def logistic_twin(z, labels):
    """Return the two-class cross-entropy, −ln of the probability of each class times its label."""
    return anp.sum(labels * anp.log1p(anp.exp(-z)) + (1 - labels) * anp.log1p(anp.exp(z))) / len(z)


def close(got, expected):
    """Demand agreement of two gradients to rounding."""
    np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-14)


def slopes_agree(loss, gradient, params):
    """Demand that scipy's forward difference of the loss is near the gradient."""
    error = check_grad(loss, gradient, params)
    assert error < 1e-5 * (1 + np.linalg.norm(gradient(params)))


LABELS = rng(1).integers(K, size=N)
PAIRS = [
    (losses.softmax_cross_entropy, softmax_twin, (N, K), LABELS),
    (losses.mean_squared_error, squares_twin, (N, K), rng(2).normal(size=(N, K))),
    (losses.mean_squared_error, squares_twin, (N,), rng(2).normal(size=N)),
    (losses.logistic, logistic_twin, (N,), (LABELS > 0).astype(int)),
    (losses.logistic, logistic_twin, (N, K), rng(3).random((N, K))),
]


@pytest.mark.parametrize(("loss", "twin", "shape", "y"), PAIRS)
@pytest.mark.parametrize("scale", [0.1, 1.0, 10.0])
def test_a_loss_and_its_gradient(loss, twin, shape, y, scale):
    """Do value and gradient of each loss agree with its twin's, for small and large outputs?"""
    z = scale * rng().normal(size=shape)
    value, gradient = loss(z, y)
    assert value == pytest.approx(twin(z, y), rel=1e-10)
    close(gradient, autograd.grad(twin)(z, y))
    slopes_agree(
        lambda v: loss(v.reshape(shape), y)[0], lambda v: loss(v.reshape(shape), y)[1].ravel(), z.ravel()
    )


TWINS = {
    "softmax_cross_entropy": softmax_twin,
    "mean_squared_error": squares_twin,
    "logistic": logistic_twin,
}
ACTIVATIONS = {"tanh": anp.tanh, "relu": lambda z: anp.maximum(z, 0), "identity": lambda z: z}


def model_twin(model, params, X, y, masks=None):
    """Return J(θ) of a network, with its penalty, by slices of θ."""
    at, A, penalty = 0, X, 0.0
    for layer, (n_in, n_out) in enumerate(zip(model.sizes[:-1], model.sizes[1:], strict=True)):
        W = anp.reshape(params[at : at + n_in * n_out], (n_in, n_out))
        b = params[at + n_in * n_out : at + n_in * n_out + n_out]
        at += n_in * n_out + n_out
        Z = anp.dot(A, W) + b
        penalty = penalty + anp.sum(W * W)
        A = ACTIVATIONS[model.activation](Z)
        if masks is not None and layer < len(model.sizes) - 2:
            A = A * masks[layer]
    return TWINS[model.loss_name](Z, y) + model.l2 / 2 * penalty


@pytest.mark.parametrize("l2", [0.0, 0.3])
@pytest.mark.parametrize("dropout", [False, True])
@pytest.mark.parametrize("activation", ["tanh", "relu", "identity"])
@pytest.mark.parametrize("loss_name", list(TWINS))
@pytest.mark.parametrize("sizes", [(5, K), (5, 4, K), (5, 4, 6, K)], ids=str)
def test_a_network(sizes, loss_name, activation, dropout, l2):
    """Do loss and gradient of each network agree, with depth, penalty and frozen masks?"""
    model = MultilayerPerceptron(sizes, activation, loss_name, l2)
    draw = rng()
    params, X = draw.normal(size=model.n_params), draw.normal(size=(N, 5))
    y = LABELS if loss_name == "softmax_cross_entropy" else draw.random((N, K))
    masks = model.draw_masks(draw, N, 0.6) if dropout else None
    loss, gradient = model.loss_and_gradient(params, X, y, masks)
    assert loss == pytest.approx(model_twin(model, params, X, y, masks), rel=1e-10)
    assert loss == pytest.approx(model.loss(params, X, y, masks), rel=1e-14)
    np.testing.assert_array_equal(model.gradient(params, X, y, masks), gradient)
    close(gradient, autograd.grad(lambda p: model_twin(model, p, X, y, masks))(params))


@pytest.mark.parametrize("activation", ["tanh", "relu", "identity"])
def test_the_slope_of_a_networks_own_loss(activation):
    """Does scipy's difference of the loss agree with the gradient?"""
    model = MultilayerPerceptron((5, 4, K), activation, l2=0.2)
    draw = rng(4)
    params, X = draw.normal(size=model.n_params), draw.normal(size=(N, 5))
    slopes_agree(lambda p: model.loss(p, X, LABELS), lambda p: model.gradient(p, X, LABELS), params)


@pytest.mark.parametrize(
    ("build", "twin"), [(linear_regression, squares_twin), (logistic_regression, logistic_twin)]
)
def test_a_linear_model(build, twin):
    """Do the regressions agree with x·w + b and a penalty on w alone?"""
    draw = rng()
    X, params = draw.normal(size=(N, 4)), draw.normal(size=5)
    y = (draw.normal(size=N) > 0).astype(float)
    loss, gradient = build(4, l2=0.7).loss_and_gradient(params, X, y)

    def expected(p):
        return twin(anp.dot(X, p[:4]) + p[4], y) + 0.35 * anp.sum(p[:4] ** 2)

    assert loss == pytest.approx(expected(params), rel=1e-12)
    close(gradient, autograd.grad(expected)(params))


@pytest.mark.parametrize("batch_size", [1, N])
@pytest.mark.parametrize("l2", [0.0, 0.4])
def test_the_gradient_of_a_mini_batch(batch_size, l2):
    """Does lesson 04's gradient agree with ½·mean squared error + ½·l2·‖w‖²?"""
    draw = rng()
    X, y, w = draw.normal(size=(batch_size, 4)), draw.normal(size=batch_size), draw.normal(size=4)

    def loss(v):
        return anp.mean((anp.dot(X, v) - y) ** 2) / 2 + l2 / 2 * anp.dot(v, v)

    close(minibatch_gradient(X, y, w, l2), autograd.grad(loss)(w))
    slopes_agree(loss, lambda v: minibatch_gradient(X, y, v, l2), w)


@pytest.mark.parametrize("name", "ABCD")
def test_the_planted_networks(name, monkeypatch):
    """Is the one network said to be correct the one that autograd, run on its own loss, agrees with?"""
    net = broken_networks.network(name)
    claimed = net.gradient(net.params)
    with monkeypatch.context() as patch:
        patch.setattr(broken_networks, "np", anp)
        patch.setattr(broken_networks, "float", lambda value: value, raising=False)
        true = autograd.grad(net.loss)(net.params)
    agrees = np.allclose(claimed, true, rtol=1e-10, atol=1e-14)
    assert agrees == (planted_bugs()[name] == "correct")
    np.testing.assert_allclose(numerical_gradient(net.loss, net.params), true, rtol=1e-6, atol=1e-9)


def test_the_hessian_vector_product():
    """Does lesson 10's product agree with autograd's on a network?"""
    model = MultilayerPerceptron((5, 4, K), "tanh", l2=0.1)
    draw = rng()
    params, v = draw.normal(size=(2, model.n_params))
    X = draw.normal(size=(N, 5))
    expected = autograd.make_hvp(lambda p: model_twin(model, p, X, LABELS))(params)[0](v)
    got = hessian_vector_product(lambda p: model.gradient(p, X, LABELS), params, v)
    np.testing.assert_allclose(got, expected, rtol=1e-6, atol=1e-8)
