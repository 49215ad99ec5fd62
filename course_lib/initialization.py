"""Initial weights, and how signals grow or fade with depth: lesson 02.

A layer maps rows of shape `(n, n_in)` to rows of shape `(n, n_out)`: Z = A·W + b with W of shape
`(n_in, n_out)`.
"""

from __future__ import annotations

import numpy as np

from course_lib._arguments import checked, count, generator, non_negative, one_of
from course_lib._types import Floats

_scheme = one_of("lecun", "glorot", "he")
_activation = one_of("identity", "relu", "tanh")


@checked(n_in=count, n_out=count, scheme=_scheme)
def init_std(n_in: int, n_out: int, scheme: str) -> float:
    """Return the standard deviation that a scheme gives to a layer's initial weights.

    - `"lecun"`: √(1/n_in), which keeps the variance of signals that pass forward through linear layers.
    - `"glorot"` (Xavier): √(2/(n_in + n_out)), a compromise between forward and backward.
    - `"he"`: √(2/n_in), for ReLU, which drops half of the signal.

    Args:
        n_in: inputs of the layer.
        n_out: outputs of the layer.
        scheme: `"lecun"`, `"glorot"` or `"he"`.

    Returns:
        The standard deviation, a float.

    Raises:
        TypeError: if `n_in` or `n_out` is no whole number or `scheme` no string.
        ValueError: if `n_in` or `n_out` is below 1 or there is no such scheme.

    Example:
        >>> init_std(50, 30, "lecun"), init_std(50, 30, "glorot"), init_std(50, 30, "he")
        (0.1414213562373095, 0.15811388300841897, 0.2)

    Reference:
        Y. LeCun et al. (1998), "Efficient BackProp", equation 16; X. Glorot and Y. Bengio (2010), equation
        12; K. He et al. (2015), "Delving deep into rectifiers", equation 10.
    """
    variances = {"lecun": 1 / n_in, "glorot": 2 / (n_in + n_out), "he": 2 / n_in}
    return float(np.sqrt(variances[scheme]))


@checked(rng=generator, n_in=count, n_out=count, scheme=_scheme, distribution=one_of("normal", "uniform"))
def init_layer(
    rng: np.random.Generator, n_in: int, n_out: int, scheme: str, distribution: str = "normal"
) -> tuple[Floats, Floats]:
    """Draw the initial weights of a layer; its biases start at zero.

    W_ij ~ N(0, σ²) for `"normal"`, or uniform on [−√3·σ, √3·σ) for `"uniform"`, which has the same variance;
    σ is `init_std(n_in, n_out, scheme)`.

    Args:
        rng: the generator to draw from, once, for an array of shape `(n_in, n_out)`.
        n_in: inputs of the layer.
        n_out: outputs of the layer.
        scheme: `"lecun"`, `"glorot"` or `"he"`.
        distribution: `"normal"` or `"uniform"`.

    Returns:
        W: weights, shape `(n_in, n_out)`.
        b: biases, zeros of shape `(n_out,)`.

    Raises:
        TypeError: if `rng` is no generator, a size no whole number, or a choice no string.
        ValueError: if a size is below 1 or there is no such scheme or distribution.

    Example:
        >>> W, b = init_layer(np.random.default_rng(0), 4, 3, "he")
        >>> W.shape, b
        ((4, 3), array([0., 0., 0.]))

    Reference:
        X. Glorot and Y. Bengio (2010), equation 16 (uniform); K. He et al. (2015), section 2.2 (normal).
    """
    std = init_std(n_in, n_out, scheme)
    if distribution == "normal":
        W = rng.normal(0, std, size=(n_in, n_out))
    else:
        W = rng.uniform(-np.sqrt(3) * std, np.sqrt(3) * std, size=(n_in, n_out))
    return W, np.zeros(n_out)


@checked(
    rng=generator,
    depth=count,
    width=count,
    weight_std=non_negative,
    activation=_activation,
    n_examples=count,
)
def activation_scales(
    rng: np.random.Generator, depth: int, width: int, weight_std: float, activation: str, n_examples: int
) -> Floats:
    """Send random inputs forward through a deep random network and measure each layer's activations.

    A⁽⁰⁾ ~ N(0, 1), then A⁽ˡ⁾ = φ(A⁽ˡ⁻¹⁾·W⁽ˡ⁾) with a new W⁽ˡ⁾ ~ N(0, weight_std²) for each layer, without
    biases.

    Args:
        rng: the generator. It draws A⁽⁰⁾, shape `(n_examples, width)`, and then W⁽¹⁾, W⁽²⁾, … in order, one
            for each of the `depth` layers, each of shape `(width, width)`.
        depth: number of layers.
        width: units in each layer.
        weight_std: standard deviation of the weights.
        activation: φ: `"identity"`, `"relu"` or `"tanh"`.
        n_examples: rows that pass through the network.

    Returns:
        The standard deviations over all entries of A⁽¹⁾, A⁽²⁾, …, after φ, shape `(depth,)`.

    Raises:
        TypeError: if `rng` is no generator, a size no whole number, or `activation` no string.
        ValueError: if a size is below 1, `weight_std` is negative, or there is no such activation.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> activation_scales(rng, 3, 100, 0.2, "identity", 50).round(1)
        array([2., 4., 8.])

    Reference:
        X. Glorot and Y. Bengio (2010), "Understanding the difficulty of training deep feedforward neural
        networks", section 4.
    """
    functions = {"identity": lambda Z: Z, "relu": lambda Z: np.maximum(Z, 0), "tanh": np.tanh}
    A = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in range(depth):
        W = rng.normal(0, weight_std, size=(width, width))
        A = functions[activation](A @ W)
        scales[layer] = np.std(A)
    return scales


@checked(
    rng=generator,
    depth=count,
    width=count,
    weight_std=non_negative,
    activation=_activation,
    n_examples=count,
)
def gradient_scales(
    rng: np.random.Generator, depth: int, width: int, weight_std: float, activation: str, n_examples: int
) -> Floats:
    """Send random gradients backward through a deep random network and measure them at each layer.

    Forward as in `activation_scales`: Z⁽ˡ⁾ = A⁽ˡ⁻¹⁾·W⁽ˡ⁾ and A⁽ˡ⁾ = φ(Z⁽ˡ⁾). Then, from a random ∂J/∂A of the
    last layer, ~ N(0, 1), down to layer 1: ∂J/∂Z⁽ˡ⁾ = ∂J/∂A⁽ˡ⁾ ∘ φ′(Z⁽ˡ⁾) and ∂J/∂A⁽ˡ⁻¹⁾ = ∂J/∂Z⁽ˡ⁾·(W⁽ˡ⁾)ᵀ.

    Args:
        rng: the generator. It draws A⁽⁰⁾, shape `(n_examples, width)`, then W⁽¹⁾, W⁽²⁾, … in order, each of
            shape `(width, width)`, and last ∂J/∂A of the last layer, shape `(n_examples, width)`.
        depth: number of layers.
        width: units in each layer.
        weight_std: standard deviation of the weights.
        activation: φ: `"identity"`, `"relu"` or `"tanh"`. ReLU's φ′(0) is 0.
        n_examples: rows that pass through the network.

    Returns:
        The standard deviations over all entries of ∂J/∂Z⁽¹⁾, ∂J/∂Z⁽²⁾, …, first layer first, of shape
        `(depth,)`.

    Raises:
        TypeError: if `rng` is no generator, a size no whole number, or `activation` no string.
        ValueError: if a size is below 1, `weight_std` is negative, or there is no such activation.

    Example:
        >>> rng = np.random.default_rng(0)
        >>> gradient_scales(rng, 3, 100, 0.2, "identity", 50).round(1)
        array([4., 2., 1.])

    Reference:
        X. Glorot and Y. Bengio (2010), "Understanding the difficulty of training deep feedforward neural
        networks", section 4.
    """
    functions = {"identity": lambda Z: Z, "relu": lambda Z: np.maximum(Z, 0), "tanh": np.tanh}
    slopes = {"identity": np.ones_like, "relu": lambda Z: Z > 0, "tanh": lambda Z: 1 - np.tanh(Z) ** 2}
    A = rng.normal(size=(n_examples, width))
    weights, inputs = [], []
    for _ in range(depth):
        weights.append(rng.normal(0, weight_std, size=(width, width)))
        inputs.append(A @ weights[-1])
        A = functions[activation](inputs[-1])
    dA = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in reversed(range(depth)):
        dZ = dA * slopes[activation](inputs[layer])
        scales[layer] = np.std(dZ)
        dA = dZ @ weights[layer].T
    return scales


@checked(activation=one_of("identity", "relu"), weight_std=non_negative, n_in=count)
def predicted_gain(activation: str, weight_std: float, n_in: int) -> float:
    """Predict the factor by which one layer multiplies the variance of a signal.

    n_in·σ² for the identity and ½·n_in·σ² for ReLU, which sets half of a symmetric signal to zero.

    The variance after l layers is that factor to the power l, so only a factor of 1 survives depth.

    Args:
        activation: `"identity"` or `"relu"`; no such formula holds at every scale for tanh.
        weight_std: σ, the standard deviation of the weights.
        n_in: inputs of the layer.

    Returns:
        The gain of the variance in one layer, a float; the standard deviation's is its root.

    Raises:
        TypeError: if `activation` is no string or `n_in` no whole number.
        ValueError: if there is no formula for the activation, `weight_std` is negative or `n_in` below 1.

    Example:
        >>> round(predicted_gain("identity", 0.1, 200), 12), round(predicted_gain("relu", 0.1, 200), 12)
        (2.0, 1.0)

    Reference:
        K. He et al. (2015), "Delving deep into rectifiers", equations 7 to 10.
    """
    kept = {"identity": 1.0, "relu": 0.5}
    return kept[activation] * n_in * weight_std**2
