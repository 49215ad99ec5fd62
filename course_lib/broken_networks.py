"""Four networks, one loss, and four backward passes of which three are wrong: lesson 03.

Every network is x → tanh → dropout → tanh → dropout → softmax, and its loss is

    J(θ) = mean over the examples of −ln p(label) + ½·l2·Σ W²,

where the sum runs over the three weight matrices and not over the biases. The dropout masks are drawn once
and then frozen, so that J is a function of θ alone. All four share this loss, which is right; they differ in
their gradients. What the bugs are is the exercise `planted_bugs`. The knobs of `network` are there to
find out: a bug that an experiment makes vanish has told you where it lives.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from course_lib._arguments import checked, count, fraction, non_negative, one_of
from course_lib._types import Array, Floats, Gradient, Integers, Shape

DIAGNOSES = ("correct", "missing 1/n", "l2 on the bias", "mask of the wrong layer")
BLOCKS = ("W1", "b1", "W2", "b2", "W3", "b3")

_FEATURES, _HIDDEN, _CLASSES = 5, 4, 3
_SHAPES = ((_FEATURES, _HIDDEN), (_HIDDEN,), (_HIDDEN, _HIDDEN), (_HIDDEN,), (_HIDDEN, _CLASSES), (_CLASSES,))


class Network(NamedTuple):
    """A network to examine: a loss, what claims to be its gradient, and a point to compare them at."""

    name: str
    """`"A"`, `"B"`, `"C"` or `"D"`."""
    loss: Callable[[Floats], float]
    """J, from a vector θ of shape `(59,)` to a float."""
    gradient: Gradient
    """What claims to be ∇J, from θ to an array of the same shape."""
    params: Floats
    """A point θ, shape `(59,)`."""
    shapes: tuple[Shape, ...]
    """The shapes of the six blocks of θ, in the order of `BLOCKS`."""


@checked(name=one_of("A", "B", "C", "D"), n_examples=count, l2=non_negative, keep=fraction)
def network(name: str, *, n_examples: int = 6, l2: float = 0.1, keep: float = 0.5) -> Network:
    """Build one of the four networks.

    Args:
        name: `"A"`, `"B"`, `"C"` or `"D"`.
        n_examples: n, how many examples the loss averages over.
        l2: the weight of the penalty ½·l2·Σ W²; 0 switches it off.
        keep: the share of hidden units that dropout keeps; 1 switches it off.

    Returns:
        A `Network`. The same arguments always give the same data, masks and parameters.

    Raises:
        TypeError: if an argument is of the wrong kind.
        ValueError: if there is no network of that name, `n_examples` is below 1, `l2` is negative or `keep`
            lies outside (0, 1].

    Example:
        >>> net = network("A")
        >>> net.params.shape, net.gradient(net.params).shape
        ((59,), (59,))
        >>> dict(zip(BLOCKS, net.shapes))["W1"]
        (5, 4)
    """
    rng = np.random.default_rng(5)
    params = rng.normal(0, 0.7, size=sum(int(np.prod(shape)) for shape in _SHAPES))
    X = rng.normal(size=(n_examples, _FEATURES))
    labels = rng.integers(_CLASSES, size=n_examples)
    masks = [(rng.random((n_examples, _HIDDEN)) < keep) / keep for _ in range(2)]

    def loss(theta: Floats) -> float:
        logits = _forward(_unpack(theta), X, masks)[-1]
        data = -np.mean(_log_softmax(logits)[np.arange(n_examples), labels])
        return float(data + 0.5 * l2 * sum(np.sum(W**2) for W in _unpack(theta)[::2]))

    def gradient(theta: Floats) -> Floats:
        return _BACKWARD[name](_unpack(theta), X, labels, masks, l2)

    return Network(name, loss, gradient, params, _SHAPES)


def _unpack(theta: Floats) -> list[Floats]:
    """Cut θ into W1, b1, W2, b2, W3, b3."""
    ends = np.cumsum([int(np.prod(shape)) for shape in _SHAPES])
    return [part.reshape(shape) for part, shape in zip(np.split(theta, ends[:-1]), _SHAPES, strict=True)]


def _log_softmax(logits: Floats) -> Floats:
    """Return ln p for each row; the largest logit is taken out so that no exponential overflows."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))


def _forward(blocks: Sequence[Floats], X: Array, masks: Sequence[Floats]) -> tuple[Floats, ...]:
    """Return both hidden layers' tanh, both after dropout, and the logits."""
    W1, b1, W2, b2, W3, b3 = blocks
    T1 = np.tanh(X @ W1 + b1)
    A1 = T1 * masks[0]
    T2 = np.tanh(A1 @ W2 + b2)
    A2 = T2 * masks[1]
    return T1, A1, T2, A2, A2 @ W3 + b3


def _backward(
    blocks: Sequence[Floats],
    X: Array,
    labels: Integers,
    masks: Sequence[Floats],
    l2: float,
    *,
    weight: float,
    bias_l2: float,
    backward_masks: Sequence[Floats],
) -> Floats:
    """Run the chain rule from the logits back to W1 and return all six blocks as one vector.

    `weight` is what one example counts, `bias_l2` the penalty's weight on the biases, and `backward_masks`
    are the dropout masks that the two hidden layers meet on the way back.
    """
    W1, b1, W2, b2, W3, b3 = blocks
    T1, A1, T2, A2, logits = _forward(blocks, X, masks)
    dZ3 = weight * (np.exp(_log_softmax(logits)) - np.eye(_CLASSES)[labels])
    dZ2 = dZ3 @ W3.T * backward_masks[1] * (1 - T2**2)
    dZ1 = dZ2 @ W2.T * backward_masks[0] * (1 - T1**2)
    gradients = []
    for W, b, inputs, dZ in ((W1, b1, X, dZ1), (W2, b2, A1, dZ2), (W3, b3, A2, dZ3)):
        gradients += [inputs.T @ dZ + l2 * W, dZ.sum(axis=0) + bias_l2 * b]
    return np.concatenate([gradient.ravel() for gradient in gradients])


def _backward_a(
    blocks: Sequence[Floats], X: Array, labels: Integers, masks: Sequence[Floats], l2: float
) -> Floats:
    back = (masks[1], masks[1])
    return _backward(blocks, X, labels, masks, l2, weight=1 / len(X), bias_l2=0.0, backward_masks=back)


def _backward_b(
    blocks: Sequence[Floats], X: Array, labels: Integers, masks: Sequence[Floats], l2: float
) -> Floats:
    return _backward(blocks, X, labels, masks, l2, weight=1.0, bias_l2=0.0, backward_masks=masks)


def _backward_c(
    blocks: Sequence[Floats], X: Array, labels: Integers, masks: Sequence[Floats], l2: float
) -> Floats:
    return _backward(blocks, X, labels, masks, l2, weight=1 / len(X), bias_l2=0.0, backward_masks=masks)


def _backward_d(
    blocks: Sequence[Floats], X: Array, labels: Integers, masks: Sequence[Floats], l2: float
) -> Floats:
    return _backward(blocks, X, labels, masks, l2, weight=1 / len(X), bias_l2=l2, backward_masks=masks)


_BACKWARD = {"A": _backward_a, "B": _backward_b, "C": _backward_c, "D": _backward_d}
