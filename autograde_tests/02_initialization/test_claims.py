"""Claims of lesson 02: initial weights, and what depth does to signals and gradients."""

import numpy as np

from autograde_tests.engine.claims import agrees, holds
from course_lib import initialization


def sizes(rng):
    """Return a number of inputs and another of outputs that are far from equal."""
    n_in = int(rng.integers(5, 20))
    return n_in, n_in + int(rng.integers(10, 60))


def seed(rng):
    """Return a seed from which student and reference each start a generator of their own."""
    return int(rng.integers(2**32))


class TestInitStd:
    """√(1/n_in), √(2/(n_in + n_out)) and √(2/n_in)."""

    reference, points = initialization.init_std, 3

    def test_lecun(self, student, rng):
        """Is LeCun's standard deviation √(1/n_in)?"""
        n_in, n_out = sizes(rng)
        agrees(student.init_std(n_in, n_out, "lecun"), np.sqrt(1 / n_in))

    def test_glorot(self, student, rng):
        """Does Glorot's count inputs and outputs alike, √(2/(n_in + n_out))?"""
        n_in, n_out = sizes(rng)
        agrees(student.init_std(n_in, n_out, "glorot"), np.sqrt(2 / (n_in + n_out)))

    def test_he(self, student, rng):
        """Is He's standard deviation √(2/n_in)?"""
        n_in, n_out = sizes(rng)
        agrees(student.init_std(n_in, n_out, "he"), np.sqrt(2 / n_in))

    def test_a_layer_that_narrows(self, student, rng):
        """Does each scheme keep its formula where there are fewer outputs than inputs?"""
        n_out, n_in = sizes(rng)
        for scheme in ("lecun", "glorot", "he"):
            agrees(student.init_std(n_in, n_out, scheme), initialization.init_std(n_in, n_out, scheme))


class TestInitLayer:
    """Weights of shape (n_in, n_out) with a scheme's standard deviation, and biases of zero."""

    reference, points = initialization.init_layer, 4

    def test_normal_weights_and_no_biases(self, student, rng):
        """Are weights drawn from N(0, σ²), in one draw of shape (n_in, n_out), and biases zero?"""
        start = seed(rng)
        agrees(
            student.init_layer(np.random.default_rng(start), 2, 3, "he", distribution="normal"),
            initialization.init_layer(np.random.default_rng(start), 2, 3, "he", distribution="normal"),
        )

    def test_uniform_weights(self, student, rng):
        """Are uniform weights spread over [−√3·σ, √3·σ), the interval with standard deviation σ?"""
        start = seed(rng)
        W, _ = student.init_layer(np.random.default_rng(start), 5, 2, "lecun", distribution="uniform")
        expected, _ = initialization.init_layer(np.random.default_rng(start), 5, 2, "lecun", "uniform")
        agrees(W, expected)

    def test_normal_is_the_default(self, student, rng):
        """Without `distribution`, are the weights normal?"""
        start = seed(rng)
        W, _ = student.init_layer(np.random.default_rng(start), 2, 4, "glorot")
        expected, _ = initialization.init_layer(np.random.default_rng(start), 2, 4, "glorot")
        agrees(W, expected)

    def test_both_distributions_have_the_schemes_spread(self, student, rng):
        """In a large layer, is the measured standard deviation of the weights σ, for both distributions?"""
        start, expected = seed(rng), initialization.init_std(60, 100, "glorot")
        for distribution in ("uniform", "normal"):
            W, b = student.init_layer(np.random.default_rng(start), 60, 100, "glorot", distribution)
            agrees(b, np.zeros(100))
            holds(np.shape(W) == (60, 100), "W should have one row for each input and one column an output.")
            # 6000 draws know σ to 0.9 %.
            holds(
                abs(np.std(W) - expected) < 0.06 * expected,
                f"With distribution={distribution!r} the weights do not have the scheme's σ.",
                f"They have {np.std(W):.4f}, not {expected:.4f}.",
            )


class TestActivationScales:
    """std of A¹ … A^depth, where A^l = φ(A^(l−1)·W^l)."""

    reference, points = initialization.activation_scales, 4

    def test_of_a_linear_network(self, student, rng):
        """Without an activation, do the scales of three layers agree with the formula?"""
        compare_scales("activation_scales", student, rng, depth=3, activation="identity")

    def test_with_relu(self, student, rng):
        """With ReLU, are they measured after the activation, and passed on from there?"""
        compare_scales("activation_scales", student, rng, depth=3, activation="relu")

    def test_with_tanh(self, student, rng):
        """With tanh, and weights that saturate it, do the scales agree with the formula?"""
        compare_scales("activation_scales", student, rng, depth=4, activation="tanh")

    def test_scales_double(self, student, rng):
        """In a wide linear network with σ = 2/√width, does each layer double the scale?"""
        scales = student.activation_scales(
            np.random.default_rng(seed(rng)), 4, 80, 2 / 80**0.5, "identity", 60
        )
        # The scale of a layer this wide is known to about 2 %.
        holds(
            np.all(np.abs(np.divide(scales, [2, 4, 8, 16]) - 1) < 0.2),
            "The scales of the four layers should be near 2, 4, 8, 16.",
            f"They are {np.round(scales, 2)}.",
        )


class TestGradientScales:
    """std of ∂J/∂Z¹ … ∂J/∂Z^depth, from a random ∂J/∂A^depth."""

    reference, points = initialization.gradient_scales, 5

    def test_of_a_linear_network(self, student, rng):
        """Without an activation, do the scales of three layers agree with the formula, first layer first?"""
        compare_scales("gradient_scales", student, rng, depth=3, activation="identity")

    def test_with_relu(self, student, rng):
        """With ReLU, is each gradient stopped where its own layer's Z is negative?"""
        compare_scales("gradient_scales", student, rng, depth=3, activation="relu")

    def test_with_tanh(self, student, rng):
        """With tanh, is each gradient multiplied by 1 − tanh² of its own layer's Z?"""
        compare_scales("gradient_scales", student, rng, depth=3, activation="tanh")

    def test_scales_double_on_the_way_down(self, student, rng):
        """In a wide linear network with σ = 2/√width, does each layer double the gradient, going back?"""
        scales = student.gradient_scales(np.random.default_rng(seed(rng)), 4, 80, 2 / 80**0.5, "identity", 60)
        holds(
            np.all(np.abs(np.divide(scales, [8, 4, 2, 1]) - 1) < 0.2),
            "The scales of the four layers should be near 8, 4, 2, 1: the last is the one given.",
            f"They are {np.round(scales, 2)}.",
        )


def compare_scales(name, student, rng, *, depth, activation):
    """Claim that the student measures a small network as the reference does."""
    start, weight_std = seed(rng), rng.uniform(0.6, 1.2)
    agrees(
        getattr(student, name)(np.random.default_rng(start), depth, 4, weight_std, activation, 5),
        getattr(initialization, name)(np.random.default_rng(start), depth, 4, weight_std, activation, 5),
    )


class TestPredictedGain:
    """n_in·σ² for the identity, ½·n_in·σ² for ReLU."""

    reference, points = initialization.predicted_gain, 2

    def test_identity(self, student, rng):
        """Does a linear layer multiply the variance by n_in·σ²?"""
        n_in, std = int(rng.integers(5, 40)), rng.uniform(0.2, 1.5)
        agrees(student.predicted_gain("identity", std, n_in), n_in * std**2)

    def test_relu(self, student, rng):
        """Does ReLU halve what the weights make of the variance?"""
        n_in, std = int(rng.integers(5, 40)), rng.uniform(0.2, 1.5)
        agrees(student.predicted_gain("relu", std, n_in), n_in * std**2 / 2)

    def test_weights_c_times_those_of_he(self, student, rng):
        """With c times He's standard deviation, is the gain of a ReLU layer c², however wide it is?"""
        n_in, c = int(rng.integers(50, 400)), rng.uniform(0.3, 3.0)
        agrees(student.predicted_gain("relu", c * np.sqrt(2 / n_in), n_in), c**2)
