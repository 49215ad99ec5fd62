"""Small networks whose parameters are one flat vector.

A rule of `course_lib.optimizers` sees θ, a vector; a network packs its weights and biases into it and
unpacks them again. A `MultilayerPerceptron` without hidden layers is a linear model, so `linear_regression`
and `logistic_regression` are two settings of it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from course_lib import losses
from course_lib._types import Array, Floats, Layers, Shape
from course_lib.initialization import init_layer

_LOSSES = {
    "softmax_cross_entropy": losses.softmax_cross_entropy,
    "mean_squared_error": losses.mean_squared_error,
    "logistic": losses.logistic,
}

# Each activation φ(z), and its slope φ′(z) from z and φ(z). ReLU's slope at its kink is taken as 0.
_ACTIVATIONS: dict[str, tuple[Callable[[Any], Any], Callable[[Any, Any], Any]]] = {
    "tanh": (np.tanh, lambda z, a: 1 - a**2),
    "relu": (lambda z: np.maximum(z, 0), lambda z, a: (z > 0).astype(z.dtype)),
    "identity": (lambda z: z, lambda z, a: np.ones_like(z)),
}


@dataclass(frozen=True)
class MultilayerPerceptron:
    """A network of dense layers: A⁰ = X, Z^l = A^(l−1)·W^l + b^l, A^l = φ(Z^l), and outputs Z^L.

    Its objective is J(θ) = loss(Z^L, y) + ½·l2·Σ_l ‖W^l‖²: the loss is a mean over the examples, the penalty
    is not divided by their number, and biases go unpenalized.

    Example:
        >>> model = MultilayerPerceptron((64, 16, 10), activation="relu", l2=1e-3)
        >>> params = model.init(np.random.default_rng(0))
        >>> model.n_params, params.shape
        (1210, (1210,))
        >>> X, y = np.ones((5, 64)), np.array([3, 1, 4, 1, 5])
        >>> loss, gradient = model.loss_and_gradient(params, X, y)
        >>> gradient.shape
        (1210,)
    """

    sizes: Shape
    """Units in each layer, inputs first and outputs last: `(64, 16, 10)` has one hidden layer."""
    activation: str = "tanh"
    """φ of the hidden layers: `"tanh"`, `"relu"` or `"identity"`."""
    loss_name: str = "softmax_cross_entropy"
    """A loss of `course_lib.losses`: `"softmax_cross_entropy"`, `"mean_squared_error"` or `"logistic"`."""
    l2: float = 0.0
    """Weight of the penalty ½·l2·Σ_l ‖W^l‖²."""

    def __post_init__(self) -> None:
        if len(self.sizes) < 2 or any(size < 1 or size != int(size) for size in self.sizes):
            raise ValueError(f"sizes must be at least two whole numbers from 1, got {self.sizes}")
        if self.activation not in _ACTIVATIONS:
            raise ValueError(f"activation must be one of {', '.join(_ACTIVATIONS)}, got {self.activation!r}")
        if self.loss_name not in _LOSSES:
            raise ValueError(f"loss_name must be one of {', '.join(_LOSSES)}, got {self.loss_name!r}")
        if not self.l2 >= 0:
            raise ValueError(f"l2 must not be negative, got {self.l2}")

    @property
    def shapes(self) -> tuple[Shape, ...]:
        """The shapes of W¹, b¹, W², b² … in the order in which θ holds them."""
        layers = zip(self.sizes[:-1], self.sizes[1:], strict=True)
        return tuple(shape for n_in, n_out in layers for shape in ((n_in, n_out), (n_out,)))

    @property
    def n_params(self) -> int:
        """The length of θ."""
        return sum(math.prod(shape) for shape in self.shapes)

    def init(
        self,
        rng: np.random.Generator,
        init_layer: Callable[..., tuple[Floats, Floats]] = init_layer,
        scheme: str | None = None,
    ) -> Floats:
        """Draw initial parameters, layer by layer.

        Args:
            rng: the generator.
            init_layer: a function of `(rng, n_in, n_out, scheme)` that returns `(W, b)`: that of lesson 02,
                or your own.
            scheme: `"lecun"`, `"glorot"` or `"he"`; by default `"he"` for ReLU and `"glorot"` otherwise.

        Returns:
            θ, shape `(n_params,)`.
        """
        scheme = scheme or ("he" if self.activation == "relu" else "glorot")
        layers = zip(self.sizes[:-1], self.sizes[1:], strict=True)
        return self.pack([init_layer(rng, n_in, n_out, scheme) for n_in, n_out in layers])

    def pack(self, layers: Layers) -> Floats:
        """Lay the layers' weights and biases end to end.

        Args:
            layers: a list of pairs `(W, b)`, first layer first.

        Returns:
            θ, shape `(n_params,)`, a copy.

        Raises:
            ValueError: if a shape is not that of its layer.
        """
        arrays = [array for layer in layers for array in layer]
        shapes = tuple(np.shape(array) for array in arrays)
        if shapes != self.shapes:
            raise ValueError(f"layers must have shapes {self.shapes}, got {shapes}")
        return np.concatenate([np.ravel(array) for array in arrays])

    def unpack(self, params: Floats) -> list[tuple[Floats, Floats]]:
        """Cut θ into the layers' weights and biases.

        Args:
            params: θ, shape `(n_params,)`.

        Returns:
            A list of pairs `(W, b)`, first layer first: views of `params`, to be read.

        Raises:
            ValueError: if `params` has another shape.
        """
        if np.shape(params) != (self.n_params,):
            raise ValueError(f"params must have shape ({self.n_params},), got {np.shape(params)}")
        ends = np.cumsum([math.prod(shape) for shape in self.shapes])
        pieces = np.split(params, ends[:-1])
        arrays = [piece.reshape(shape) for piece, shape in zip(pieces, self.shapes, strict=True)]
        return list(zip(arrays[::2], arrays[1::2], strict=True))

    def forward(self, params: Floats, X: Array, masks: Sequence[Floats] | None = None) -> Floats:
        """Return the outputs Z^L.

        Args:
            params: θ, shape `(n_params,)`.
            X: examples as rows, shape `(n, sizes[0])`.
            masks: frozen dropout masks, one for each hidden layer, each multiplied into its A^l: shape
                `(n, units)`, 0 where a unit is dropped and 1/keep where it is kept. None drops nothing.

        Returns:
            The outputs, shape `(n, sizes[-1])`: logits, or predictions of a regression.

        Raises:
            ValueError: if a shape does not fit.
        """
        return self._pass(params, X, masks)[1][-1]

    def loss_and_gradient(
        self, params: Floats, X: Array, y: Array, masks: Sequence[Floats] | None = None
    ) -> tuple[float, Floats]:
        """Return J(θ) and ∇J(θ) by backpropagation.

        Args:
            params: θ, shape `(n_params,)`.
            X: examples as rows, shape `(n, sizes[0])`.
            y: labels of shape `(n,)` for `"softmax_cross_entropy"`, otherwise targets with n·sizes[-1]
                entries.
            masks: frozen dropout masks as in `forward`.

        Returns:
            loss: J, a float, penalty included.
            gradient: ∇J, shape `(n_params,)`.

        Raises:
            TypeError: if `y` is of the wrong kind.
            ValueError: if a shape does not fit.
        """
        layers = self.unpack(params)
        slope = _ACTIVATIONS[self.activation][1]
        activations, inputs, kept = self._pass(params, X, masks)
        loss, dZ = self._data_loss(inputs[-1], y)
        gradients = []
        for layer in reversed(range(len(layers))):
            W, _ = layers[layer]
            gradients.append((kept[layer].T @ dZ + self.l2 * W, np.sum(dZ, axis=0)))
            if layer > 0:
                dA = dZ @ W.T if masks is None else (dZ @ W.T) * masks[layer - 1]
                dZ = dA * slope(inputs[layer - 1], activations[layer])
        return loss + self._penalty(layers), self.pack(gradients[::-1])

    def loss(self, params: Floats, X: Array, y: Array, masks: Sequence[Floats] | None = None) -> float:
        """Return J(θ), a float; arguments as in `loss_and_gradient`."""
        return self._data_loss(self.forward(params, X, masks), y)[0] + self._penalty(self.unpack(params))

    def gradient(self, params: Floats, X: Array, y: Array, masks: Sequence[Floats] | None = None) -> Floats:
        """Return ∇J(θ), shape `(n_params,)`; arguments as in `loss_and_gradient`."""
        return self.loss_and_gradient(params, X, y, masks)[1]

    def predict(self, params: Floats, X: Array) -> Array:
        """Return each example's class, shape `(n,)`, or a regression's outputs, shape `(n, sizes[-1])`."""
        outputs = self.forward(params, X)
        if self.loss_name == "mean_squared_error":
            return outputs
        if self.loss_name == "logistic":
            return (outputs[:, 0] > 0).astype(int)
        return np.argmax(outputs, axis=1)

    def accuracy(self, params: Floats, X: Array, y: Array) -> float:
        """Return the share of examples whose predicted class is `y`, a float from 0 to 1."""
        return float(np.mean(self.predict(params, X) == y))

    def draw_masks(self, rng: np.random.Generator, n: int, keep: float) -> list[Floats]:
        """Draw dropout masks for the hidden layers, to be passed on and so frozen.

        Args:
            rng: the generator.
            n: how many examples the masks are for.
            keep: the chance that a unit is kept, in (0, 1].

        Returns:
            A list of arrays `(n, units)`, one for each hidden layer: 0, or 1/keep where a unit is kept.

        Raises:
            ValueError: if `keep` lies outside (0, 1].
        """
        if not 0 < keep <= 1:
            raise ValueError(f"keep must lie in (0, 1], got {keep}")
        return [(rng.random((n, units)) < keep) / keep for units in self.sizes[1:-1]]

    def _pass(
        self, params: Floats, X: Array, masks: Sequence[Floats] | None
    ) -> tuple[list[Floats], list[Floats], list[Floats]]:
        """Return A⁰ … A^(L−1), Z¹ … Z^L, and A⁰ … A^(L−1) after dropout."""
        X = np.asarray(X)
        if X.ndim != 2 or X.shape[1] != self.sizes[0]:
            raise ValueError(f"X must have shape (n, {self.sizes[0]}), got {X.shape}")
        hidden = len(self.sizes) - 2
        if masks is not None and len(masks) != hidden:
            raise ValueError(f"masks must be {hidden}, one for each hidden layer, got {len(masks)}")
        function = _ACTIVATIONS[self.activation][0]
        activations: list[Floats] = [X]
        inputs: list[Floats] = []
        kept: list[Floats] = [X]
        for layer, (W, b) in enumerate(self.unpack(params)):
            inputs.append(kept[-1] @ W + b)
            if layer < hidden:
                activations.append(function(inputs[-1]))
                kept.append(activations[-1] if masks is None else activations[-1] * masks[layer])
        return activations, inputs, kept

    def _data_loss(self, outputs: Floats, y: Array) -> tuple[float, Floats]:
        """Return the loss without penalty, and its gradient with respect to the outputs."""
        y = np.asarray(y)
        if self.loss_name != "softmax_cross_entropy" and y.size == outputs.size:
            y = y.reshape(outputs.shape)
        return _LOSSES[self.loss_name](outputs, y)

    def _penalty(self, layers: Layers) -> float:
        """Return ½·l2·Σ ‖W‖²."""
        return 0.5 * self.l2 * float(sum(np.sum(W**2) for W, _ in layers))


def linear_regression(n_features: int, l2: float = 0.0) -> MultilayerPerceptron:
    """Build linear regression: ŷ = x·w + b with half the mean squared error.

    Args:
        n_features: d.
        l2: weight of the penalty ½·l2·‖w‖²; the bias goes unpenalized.

    Returns:
        A `MultilayerPerceptron` without hidden layers; θ holds the d weights and then the bias.

    Raises:
        ValueError: if `n_features` is below 1 or `l2` is negative.

    Example:
        >>> model = linear_regression(2)
        >>> model.loss_and_gradient(np.array([1.0, 0.0, 0.5]), np.array([[1.0, 2.0]]), np.array([1.0]))
        (0.125, array([0.5, 1. , 0.5]))
    """
    return MultilayerPerceptron((n_features, 1), "identity", "mean_squared_error", l2)


def logistic_regression(n_features: int, l2: float = 0.0) -> MultilayerPerceptron:
    """Build logistic regression: P(y = 1) = σ(x·w + b) with the cross-entropy.

    Args:
        n_features: d.
        l2: weight of the penalty ½·l2·‖w‖²; the bias goes unpenalized.

    Returns:
        A `MultilayerPerceptron` without hidden layers; θ holds the d weights and then the bias.

    Raises:
        ValueError: if `n_features` is below 1 or `l2` is negative.

    Example:
        >>> model = logistic_regression(2)
        >>> loss, gradient = model.loss_and_gradient(np.zeros(3), np.array([[1.0, 2.0]]), np.array([1]))
        >>> round(loss, 6), gradient
        (0.693147, array([-0.5, -1. , -0.5]))
    """
    return MultilayerPerceptron((n_features, 1), "identity", "logistic", l2)
