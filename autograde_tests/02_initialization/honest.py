"""Honest answers to lesson 02, written in other ways: each must get full marks."""

import math
import warnings

import numpy as np

from autograde_tests.engine.honest import honest


@honest("init_std")
def with_branches(n_in, n_out, scheme):
    """One return for each scheme."""
    if scheme == "lecun":
        return 1 / math.sqrt(n_in)
    if scheme == "glorot":
        return math.sqrt(2.0 / (n_in + n_out))
    return math.sqrt(2.0) / math.sqrt(n_in)


@honest("init_std")
def as_a_zero_dimensional_array(n_in, n_out, scheme):
    """NumPy's kind of number."""
    numerator, denominator = {"lecun": (1, n_in), "glorot": (1, (n_in + n_out) / 2), "he": (2, n_in)}[scheme]
    return np.array(numerator / denominator) ** 0.5


@honest("init_std")
def through_functions(n_in, n_out, scheme):
    """A table of functions, and a print."""
    print("scheme", scheme)
    fan = {"lecun": lambda: n_in, "glorot": lambda: np.mean([n_in, n_out]), "he": lambda: 0.5 * n_in}
    return np.power(fan[scheme](), -0.5)


@honest("init_layer")
def scales_standard_numbers(rng, n_in, n_out, scheme, distribution="normal"):
    """Numbers of standard deviation 1 first, σ after; a list for the pair."""
    std = {"lecun": n_in**-0.5, "glorot": ((n_in + n_out) / 2) ** -0.5, "he": (n_in / 2) ** -0.5}[scheme]
    if distribution == "uniform":
        return [std * rng.uniform(-(3**0.5), 3**0.5, (n_in, n_out)), np.zeros((n_out,))]
    return [std * rng.standard_normal((n_in, n_out)), np.zeros((n_out,))]


@honest("init_layer")
def number_by_number(rng, n_in, n_out, scheme, distribution="normal"):
    """A generator draws an array row by row, so a double loop gets the same numbers."""
    std = math.sqrt({"lecun": 1 / n_in, "glorot": 2 / (n_in + n_out), "he": 2 / n_in}[scheme])
    bound = math.sqrt(3) * std
    W = np.zeros((n_in, n_out))
    for i in range(n_in):
        for j in range(n_out):
            W[i, j] = rng.normal(0, std) if distribution == "normal" else rng.uniform(-bound, bound)
    return W, 0.0 * W[0]


@honest("init_layer")
def stretches_the_unit_interval(rng, n_in, n_out, scheme, distribution="normal"):
    """Uniform numbers by hand, and a warning."""
    warnings.warn("nothing is wrong", stacklevel=2)
    std = np.sqrt({"lecun": 1 / n_in, "glorot": 2 / (n_in + n_out), "he": 2 / n_in}[scheme])
    if distribution != "uniform":
        return rng.normal(scale=std, size=(n_in, n_out)), np.full(n_out, 0.0)
    return (2 * rng.random((n_in, n_out)) - 1) * std * np.sqrt(3), np.full(n_out, 0.0)


@honest("activation_scales")
def with_a_growing_list(rng, depth, width, weight_std, activation, n_examples):
    """Branches for the activation, and a list that becomes an array."""
    A = rng.normal(0, 1, (n_examples, width))
    scales = []
    for _ in range(depth):
        A = A @ (weight_std * rng.normal(size=(width, width)))
        if activation == "relu":
            A[A < 0] = 0
        elif activation == "tanh":
            A = np.tanh(A)
        scales.append(A.std())
    return np.array(scales)


@honest("activation_scales")
def with_einsum(rng, depth, width, weight_std, activation, n_examples):
    """All weights in one draw of three axes, which is the same stream of numbers."""
    A = rng.standard_normal((n_examples, width))
    phi = {"identity": np.positive, "relu": lambda Z: Z * (Z > 0), "tanh": np.tanh}[activation]
    layers = []
    for W in rng.normal(0, weight_std, size=(depth, width, width)):
        A = phi(np.einsum("ni,io->no", A, W))
        layers.append(A)
    return np.std(np.stack(layers), axis=(1, 2))


@honest("activation_scales")
def from_mean_squares(rng, depth, width, weight_std, activation, n_examples):
    """The standard deviation from two moments."""
    A = rng.normal(size=(n_examples, width))
    scales = np.zeros(depth)
    for layer in range(depth):
        Z = A @ rng.normal(0, weight_std, size=(width, width))
        A = Z if activation == "identity" else np.tanh(Z) if activation == "tanh" else np.clip(Z, 0, None)
        scales[layer] = math.sqrt((A * A).mean() - A.mean() ** 2)
    return scales


@honest("gradient_scales")
def with_a_stack(rng, depth, width, weight_std, activation, n_examples):
    """Layers go on a stack and come off it."""
    A, stack = rng.normal(size=(n_examples, width)), []
    for _ in range(depth):
        W = rng.normal(0, weight_std, size=(width, width))
        Z = A @ W
        A = Z if activation == "identity" else np.tanh(Z) if activation == "tanh" else np.maximum(0, Z)
        slope = 1.0 if activation == "identity" else 1 - A**2 if activation == "tanh" else (A > 0) * 1.0
        stack.append((W, slope))
    dA, scales = rng.normal(size=A.shape), []
    while stack:
        W, slope = stack.pop()
        scales.insert(0, (dA * slope).std())
        dA = (dA * slope) @ W.T
    return np.array(scales)


@honest("gradient_scales")
def example_by_example(rng, depth, width, weight_std, activation, n_examples):
    """Each example has a matrix of derivatives of its own, layer by layer."""
    A = rng.normal(size=(n_examples, width))
    weights = rng.normal(0, weight_std, size=(depth, width, width))
    slopes = np.ones((depth, n_examples, width))
    for layer, W in enumerate(weights):
        A = A @ W
        if activation == "relu":
            slopes[layer] = np.heaviside(A, 0.0)
            A = A * slopes[layer]
        if activation == "tanh":
            slopes[layer] = np.cosh(A) ** -2
            A = np.tanh(A)
    end = rng.normal(size=(n_examples, width))
    gradients = np.zeros_like(slopes)
    for example in range(n_examples):
        row = end[example]
        for layer in range(depth - 1, -1, -1):
            gradients[layer, example] = row * slopes[layer, example]
            row = weights[layer] @ gradients[layer, example]
    return gradients.std(axis=(1, 2))


@honest("gradient_scales")
def in_place_and_talking(rng, depth, width, weight_std, activation, n_examples):
    """Work in place on its own arrays, with a print."""
    print("backward")
    layer_inputs, weights = [], []
    A = rng.normal(size=(n_examples, width))
    for _ in range(depth):
        weights += [rng.normal(0, weight_std, size=(width, width))]
        layer_inputs += [A @ weights[-1]]
        A = {"identity": np.copy, "relu": lambda Z: np.where(Z > 0, Z, 0), "tanh": np.tanh}[activation](
            layer_inputs[-1]
        )
    delta = rng.normal(size=(n_examples, width))
    scales = np.full(depth, np.nan)
    for layer in range(depth)[::-1]:
        if activation == "relu":
            delta[layer_inputs[layer] <= 0] = 0
        if activation == "tanh":
            delta *= 1 - np.tanh(layer_inputs[layer]) ** 2
        scales[layer] = np.std(delta)
        delta = np.einsum("no,io->ni", delta, weights[layer])
    return scales


@honest("predicted_gain")
def with_a_branch(activation, weight_std, n_in):
    """The gain, halved where it must be."""
    gain = n_in * weight_std * weight_std
    return gain / 2 if activation == "relu" else gain


@honest("predicted_gain")
def adds_up_the_inputs(activation, weight_std, n_in):
    """Variances of independent terms add up, one for each input."""
    share = 0.5 if activation != "identity" else 1.0
    return sum(share * weight_std**2 for _ in range(n_in))


@honest("predicted_gain")
def as_a_numpy_number(activation, weight_std, n_in):
    """A square of a root, with a warning."""
    warnings.warn("nothing is wrong", stacklevel=2)
    return np.square(np.sqrt(n_in) * weight_std) * (1 - 0.5 * (activation == "relu"))
