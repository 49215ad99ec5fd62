"""Misconceptions of lesson 02: wrong versions that students write."""

import numpy as np

from autograde_tests.engine.misconceptions import misconception
from course_lib.initialization import init_std

FUNCTIONS = {"identity": lambda Z: Z, "relu": lambda Z: np.maximum(Z, 0), "tanh": np.tanh}
SLOPES = {"identity": np.ones_like, "relu": lambda Z: Z > 0, "tanh": lambda Z: 1 - np.tanh(Z) ** 2}


@misconception("init_std")
def returns_the_variance(n_in, n_out, scheme):
    """This is the variance: the standard deviation is its square root."""
    return {"lecun": 1 / n_in, "glorot": 2 / (n_in + n_out), "he": 2 / n_in}[scheme]


@misconception("init_std")
def counts_the_outputs(n_in, n_out, scheme):
    """LeCun and He count what comes into a unit, n_in, since that is what the unit adds up."""
    return np.sqrt({"lecun": 1 / n_out, "glorot": 2 / (n_in + n_out), "he": 2 / n_out}[scheme])


@misconception("init_std")
def calls_lecun_glorot(n_in, n_out, scheme):
    """1/n_in is LeCun's variance; Glorot's also counts the outputs."""
    return np.sqrt({"lecun": 1 / n_in, "glorot": 1 / n_in, "he": 2 / n_in}[scheme])


@misconception("init_std")
def he_for_every_scheme(n_in, n_out, scheme):
    """Every scheme gets He's 2/n_in: look at `scheme`."""
    return np.sqrt(2 / n_in)


@misconception("init_std")
def lecun_for_every_scheme(n_in, n_out, scheme):
    """Every scheme gets LeCun's 1/n_in: look at `scheme`."""
    return np.sqrt(1 / n_in)


@misconception("init_std")
def multiplies_the_sizes(n_in, n_out, scheme):
    """Glorot's denominator is the sum of inputs and outputs, not their product."""
    return np.sqrt({"lecun": 1 / n_in, "glorot": 2 / (n_in * n_out), "he": 2 / n_in}[scheme])


@misconception("init_std")
def divides_by_the_sum_alone(n_in, n_out, scheme):
    """Glorot's variance is one over the *mean* of inputs and outputs: that puts a 2 above their sum."""
    return np.sqrt({"lecun": 1 / n_in, "glorot": 1 / (n_in + n_out), "he": 2 / n_in}[scheme])


@misconception("init_std")
def swaps_lecun_and_he(n_in, n_out, scheme):
    """LeCun and He have changed places: the 2 makes up for what ReLU drops, and ReLU is He's case."""
    return np.sqrt({"lecun": 2 / n_in, "glorot": 2 / (n_in + n_out), "he": 1 / n_in}[scheme])


@misconception("init_std")
def takes_the_root_of_the_numerator(n_in, n_out, scheme):
    """The root belongs over the whole fraction, not over its numerator alone."""
    return {"lecun": 1 / n_in, "glorot": np.sqrt(2) / (n_in + n_out), "he": np.sqrt(2) / n_in}[scheme]


@misconception("init_layer")
def transposed(rng, n_in, n_out, scheme, distribution="normal"):
    """Examples are rows here and the layer is A·W + b, so W has a row for each input, a column an output."""
    std = init_std(n_in, n_out, scheme)
    bound = np.sqrt(3) * std
    if distribution == "normal":
        return rng.normal(0, std, size=(n_out, n_in)), np.zeros(n_out)
    return rng.uniform(-bound, bound, size=(n_out, n_in)), np.zeros(n_out)


@misconception("init_layer")
def takes_std_for_the_uniform_bound(rng, n_in, n_out, scheme, distribution="normal"):
    """A uniform number on [−a, a) has the standard deviation a/√3: choose a so that this is σ."""
    std = init_std(n_in, n_out, scheme)
    if distribution == "normal":
        return rng.normal(0, std, size=(n_in, n_out)), np.zeros(n_out)
    return rng.uniform(-std, std, size=(n_in, n_out)), np.zeros(n_out)


@misconception("init_layer")
def reaches_to_three_standard_deviations(rng, n_in, n_out, scheme, distribution="normal"):
    """Uniform weights that reach to 3σ have the spread √3·σ: the variance of the interval [−a, a) is a²/3."""
    std = init_std(n_in, n_out, scheme)
    if distribution == "normal":
        return rng.normal(0, std, size=(n_in, n_out)), np.zeros(n_out)
    return rng.uniform(-3 * std, 3 * std, size=(n_in, n_out)), np.zeros(n_out)


@misconception("init_layer")
def draws_uniform_weights_from_zero_up(rng, n_in, n_out, scheme, distribution="normal"):
    """Your uniform weights are all positive: their interval is symmetric about zero."""
    std = init_std(n_in, n_out, scheme)
    if distribution == "normal":
        return rng.normal(0, std, size=(n_in, n_out)), np.zeros(n_out)
    return rng.uniform(0, np.sqrt(3) * std, size=(n_in, n_out)), np.zeros(n_out)


@misconception("init_layer")
def draws_the_biases(rng, n_in, n_out, scheme, distribution="normal"):
    """The biases start at zero: the random weights are enough to tell the units apart."""
    std = init_std(n_in, n_out, scheme)
    bound = np.sqrt(3) * std
    if distribution == "normal":
        return rng.normal(0, std, size=(n_in, n_out)), rng.normal(0, std, size=n_out)
    return rng.uniform(-bound, bound, size=(n_in, n_out)), rng.uniform(-bound, bound, size=n_out)


@misconception("init_layer")
def draws_the_biases_from_a_standard_normal(rng, n_in, n_out, scheme, distribution="normal"):
    """The biases start at zero; random ones only add variance that the scheme does not know."""
    std = init_std(n_in, n_out, scheme)
    bound = np.sqrt(3) * std
    if distribution == "normal":
        return rng.normal(0, std, size=(n_in, n_out)), rng.normal(size=n_out)
    return rng.uniform(-bound, bound, size=(n_in, n_out)), rng.normal(size=n_out)


@misconception("init_layer")
def gives_each_input_a_bias(rng, n_in, n_out, scheme, distribution="normal"):
    """A bias is added to each output: b has n_out entries."""
    std = init_std(n_in, n_out, scheme)
    bound = np.sqrt(3) * std
    if distribution == "normal":
        return rng.normal(0, std, size=(n_in, n_out)), np.zeros(n_in)
    return rng.uniform(-bound, bound, size=(n_in, n_out)), np.zeros(n_in)


@misconception("init_layer")
def draws_from_the_global_state(rng, n_in, n_out, scheme, distribution="normal"):
    """`np.random.seed` and `np.random.normal` share one state with the whole program: draw from `rng`."""
    np.random.seed(0)
    std = init_std(n_in, n_out, scheme)
    bound = np.sqrt(3) * std
    if distribution == "normal":
        return np.random.normal(0, std, size=(n_in, n_out)), np.zeros(n_out)
    return np.random.uniform(-bound, bound, size=(n_in, n_out)), np.zeros(n_out)


@misconception("init_layer")
def starts_its_own_generator(rng, n_in, n_out, scheme, distribution="normal"):
    """Your own generator draws the same weights for every layer: draw from the `rng` that you are given."""
    rng = np.random.default_rng(0)
    std = init_std(n_in, n_out, scheme)
    bound = np.sqrt(3) * std
    if distribution == "normal":
        return rng.normal(0, std, size=(n_in, n_out)), np.zeros(n_out)
    return rng.uniform(-bound, bound, size=(n_in, n_out)), np.zeros(n_out)


@misconception("init_layer")
def makes_all_weights_equal(rng, n_in, n_out, scheme, distribution="normal"):
    """One number for all weights leaves the units identical for ever: draw one for each, with `size`."""
    std = init_std(n_in, n_out, scheme)
    bound = np.sqrt(3) * std
    weight = rng.normal(0, std) if distribution == "normal" else rng.uniform(-bound, bound)
    return np.full((n_in, n_out), weight), np.zeros(n_out)


@misconception("init_layer")
def ignores_the_distribution(rng, n_in, n_out, scheme, distribution="normal"):
    """The weights are normal whatever `distribution` says."""
    return rng.normal(0, init_std(n_in, n_out, scheme), size=(n_in, n_out)), np.zeros(n_out)


@misconception("init_layer")
def scales_by_the_variance(rng, n_in, n_out, scheme, distribution="normal"):
    """The weights are σ times too small: numpy's `normal` takes the standard deviation, not the variance."""
    variance = init_std(n_in, n_out, scheme) ** 2
    bound = np.sqrt(3) * variance
    if distribution == "normal":
        return rng.normal(0, variance, size=(n_in, n_out)), np.zeros(n_out)
    return rng.uniform(-bound, bound, size=(n_in, n_out)), np.zeros(n_out)


@misconception("activation_scales")
def shares_one_matrix(rng, depth, width, weight_std, activation, n_examples):
    """All layers have the same weights: draw a new W for each, inside the loop."""
    A = rng.normal(size=(n_examples, width))
    W = rng.normal(0, weight_std, size=(width, width))
    scales = np.empty(depth)
    for layer in range(depth):
        A = FUNCTIONS[activation](A @ W)
        scales[layer] = np.std(A)
    return scales


@misconception("activation_scales")
def draws_with_the_variance(rng, depth, width, weight_std, activation, n_examples):
    """The `normal` of numpy takes the standard deviation: hand it `weight_std` as it is, not its square."""
    A = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in range(depth):
        A = FUNCTIONS[activation](A @ rng.normal(0, weight_std**2, size=(width, width)))
        scales[layer] = np.std(A)
    return scales


@misconception("activation_scales")
def measures_before_the_activation(rng, depth, width, weight_std, activation, n_examples):
    """You measure Z, before the activation: measure A = φ(Z)."""
    A = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in range(depth):
        Z = A @ rng.normal(0, weight_std, size=(width, width))
        scales[layer] = np.std(Z)
        A = FUNCTIONS[activation](Z)
    return scales


@misconception("activation_scales")
def passes_on_what_came_before_the_activation(rng, depth, width, weight_std, activation, n_examples):
    """You measure φ(Z) and hand Z to the next layer: hand on φ(Z)."""
    Z = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in range(depth):
        Z = Z @ rng.normal(0, weight_std, size=(width, width))
        scales[layer] = np.std(FUNCTIONS[activation](Z))
    return scales


@misconception("activation_scales")
def forgets_the_activation(rng, depth, width, weight_std, activation, n_examples):
    """Every layer is linear here: φ is never applied."""
    A = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in range(depth):
        A = A @ rng.normal(0, weight_std, size=(width, width))
        scales[layer] = np.std(A)
    return scales


@misconception("activation_scales")
def averages_over_units(rng, depth, width, weight_std, activation, n_examples):
    """You take a standard deviation for each unit and average: take one over all entries of A."""
    A = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in range(depth):
        A = FUNCTIONS[activation](A @ rng.normal(0, weight_std, size=(width, width)))
        scales[layer] = np.mean(np.std(A, axis=0))
    return scales


@misconception("activation_scales")
def averages_over_examples(rng, depth, width, weight_std, activation, n_examples):
    """You take a standard deviation for each example and average: take one over all entries of A."""
    A = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in range(depth):
        A = FUNCTIONS[activation](A @ rng.normal(0, weight_std, size=(width, width)))
        scales[layer] = np.mean(np.std(A, axis=1))
    return scales


@misconception("activation_scales")
def takes_the_root_mean_square(rng, depth, width, weight_std, activation, n_examples):
    """The mean must come off before squaring: √mean(A²) is larger than the standard deviation after ReLU."""
    A = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in range(depth):
        A = FUNCTIONS[activation](A @ rng.normal(0, weight_std, size=(width, width)))
        scales[layer] = np.sqrt(np.mean(A**2))
    return scales


@misconception("activation_scales")
def measures_the_variance(rng, depth, width, weight_std, activation, n_examples):
    """These are variances: take their roots."""
    A = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in range(depth):
        A = FUNCTIONS[activation](A @ rng.normal(0, weight_std, size=(width, width)))
        scales[layer] = np.var(A)
    return scales


@misconception("activation_scales")
def renormalizes(rng, depth, width, weight_std, activation, n_examples):
    """You divide each layer by its own scale before the next: then nothing can grow or fade."""
    A = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in range(depth):
        A = FUNCTIONS[activation](A @ rng.normal(0, weight_std, size=(width, width)))
        scales[layer] = np.std(A)
        A = A / scales[layer]
    return scales


@misconception("activation_scales")
def begins_with_the_input(rng, depth, width, weight_std, activation, n_examples):
    """Your first entry is the input's scale: measure after each layer, A¹ first."""
    A = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in range(depth):
        scales[layer] = np.std(A)
        A = FUNCTIONS[activation](A @ rng.normal(0, weight_std, size=(width, width)))
    return scales


@misconception("activation_scales")
def draws_the_weights_first(rng, depth, width, weight_std, activation, n_examples):
    """The order of the draws differs: the inputs A⁰ first, then W¹, W² and so on."""
    weights = [rng.normal(0, weight_std, size=(width, width)) for _ in range(depth)]
    A = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in range(depth):
        A = FUNCTIONS[activation](A @ weights[layer])
        scales[layer] = np.std(A)
    return scales


def forward(rng, depth, width, weight_std, activation, n_examples):
    """Draw a network and inputs; return the weights and the Z of each layer."""
    A = rng.normal(size=(n_examples, width))
    weights, inputs = [], []
    for _ in range(depth):
        weights.append(rng.normal(0, weight_std, size=(width, width)))
        inputs.append(A @ weights[-1])
        A = FUNCTIONS[activation](inputs[-1])
    return weights, inputs


@misconception("gradient_scales")
def forgets_the_derivative(rng, depth, width, weight_std, activation, n_examples):
    """The activation's derivative is missing: ∂J/∂Z = ∂J/∂A ∘ φ′(Z)."""
    weights, _ = forward(rng, depth, width, weight_std, activation, n_examples)
    dZ = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in reversed(range(depth)):
        scales[layer] = np.std(dZ)
        dZ = dZ @ weights[layer].T
    return scales


@misconception("gradient_scales")
def forgets_the_transpose(rng, depth, width, weight_std, activation, n_examples):
    """Going back, the gradient passes through the transpose of W: forward rows become columns."""
    weights, inputs = forward(rng, depth, width, weight_std, activation, n_examples)
    dA = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in reversed(range(depth)):
        dZ = dA * SLOPES[activation](inputs[layer])
        scales[layer] = np.std(dZ)
        dA = dZ @ weights[layer]
    return scales


@misconception("gradient_scales")
def reverses_the_order(rng, depth, width, weight_std, activation, n_examples):
    """Your scales begin with the last layer, as the pass does: return them with the first layer first."""
    weights, inputs = forward(rng, depth, width, weight_std, activation, n_examples)
    dA = rng.normal(size=(n_examples, width))
    scales = []
    for layer in reversed(range(depth)):
        dZ = dA * SLOPES[activation](inputs[layer])
        scales.append(np.std(dZ))
        dA = dZ @ weights[layer].T
    return np.array(scales)


@misconception("gradient_scales")
def goes_back_from_the_first_layer(rng, depth, width, weight_std, activation, n_examples):
    """Your loop visits the layers in the order of the forward pass: the gradient comes from the last."""
    weights, inputs = forward(rng, depth, width, weight_std, activation, n_examples)
    dA = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in range(depth):
        dZ = dA * SLOPES[activation](inputs[layer])
        scales[layer] = np.std(dZ)
        dA = dZ @ weights[layer].T
    return scales


@misconception("gradient_scales")
def measures_before_the_derivative(rng, depth, width, weight_std, activation, n_examples):
    """You measure ∂J/∂A: measure ∂J/∂Z, after the activation's derivative."""
    weights, inputs = forward(rng, depth, width, weight_std, activation, n_examples)
    dA = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in reversed(range(depth)):
        scales[layer] = np.std(dA)
        dA = (dA * SLOPES[activation](inputs[layer])) @ weights[layer].T
    return scales


@misconception("gradient_scales")
def measures_after_the_weights(rng, depth, width, weight_std, activation, n_examples):
    """You measure one matrix too late, at ∂J/∂A of the layer below: measure before multiplying by Wᵀ."""
    weights, inputs = forward(rng, depth, width, weight_std, activation, n_examples)
    dA = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in reversed(range(depth)):
        dA = (dA * SLOPES[activation](inputs[layer])) @ weights[layer].T
        scales[layer] = np.std(dA)
    return scales


@misconception("gradient_scales")
def takes_the_derivative_at_the_output(rng, depth, width, weight_std, activation, n_examples):
    """φ′ is taken at A = φ(Z), as if φ were applied twice: take it at Z."""
    weights, inputs = forward(rng, depth, width, weight_std, activation, n_examples)
    dA = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in reversed(range(depth)):
        dZ = dA * SLOPES[activation](FUNCTIONS[activation](inputs[layer]))
        scales[layer] = np.std(dZ)
        dA = dZ @ weights[layer].T
    return scales


@misconception("gradient_scales")
def does_not_square_tanh(rng, depth, width, weight_std, activation, n_examples):
    """The derivative of tanh is 1 − tanh², with the square."""
    slopes = SLOPES | {"tanh": lambda Z: 1 - np.tanh(Z)}
    weights, inputs = forward(rng, depth, width, weight_std, activation, n_examples)
    dA = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in reversed(range(depth)):
        dZ = dA * slopes[activation](inputs[layer])
        scales[layer] = np.std(dZ)
        dA = dZ @ weights[layer].T
    return scales


@misconception("gradient_scales")
def squares_z_for_its_tanh(rng, depth, width, weight_std, activation, n_examples):
    """The derivative of tanh at z is 1 − tanh² z: you square Z itself."""
    slopes = SLOPES | {"tanh": lambda Z: 1 - Z**2}
    weights, inputs = forward(rng, depth, width, weight_std, activation, n_examples)
    dA = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in reversed(range(depth)):
        dZ = dA * slopes[activation](inputs[layer])
        scales[layer] = np.std(dZ)
        dA = dZ @ weights[layer].T
    return scales


@misconception("gradient_scales")
def draws_the_gradient_before_the_weights(rng, depth, width, weight_std, activation, n_examples):
    """The order of the draws differs: the inputs A⁰ first, then all weights, and ∂J/∂A last."""
    A, dA = rng.normal(size=(n_examples, width)), rng.normal(size=(n_examples, width))
    weights, inputs, scales = [], [], np.empty(depth)
    for _ in range(depth):
        weights.append(rng.normal(0, weight_std, size=(width, width)))
        inputs.append(A @ weights[-1])
        A = FUNCTIONS[activation](inputs[-1])
    for layer in reversed(range(depth)):
        dZ = dA * SLOPES[activation](inputs[layer])
        scales[layer] = np.std(dZ)
        dA = dZ @ weights[layer].T
    return scales


@misconception("gradient_scales")
def draws_with_the_variance_of_the_weights(rng, depth, width, weight_std, activation, n_examples):
    """The `normal` of numpy takes the standard deviation: hand it `weight_std` as it is, not its square."""
    weights, inputs = forward(rng, depth, width, weight_std**2, activation, n_examples)
    dA = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in reversed(range(depth)):
        dZ = dA * SLOPES[activation](inputs[layer])
        scales[layer] = np.std(dZ)
        dA = dZ @ weights[layer].T
    return scales


@misconception("gradient_scales")
def multiplies_by_the_activation(rng, depth, width, weight_std, activation, n_examples):
    """The gradient is multiplied by φ(Z): the chain rule wants the derivative, φ′(Z)."""
    weights, inputs = forward(rng, depth, width, weight_std, activation, n_examples)
    dA = rng.normal(size=(n_examples, width))
    scales = np.empty(depth)
    for layer in reversed(range(depth)):
        dZ = dA * FUNCTIONS[activation](inputs[layer])
        scales[layer] = np.std(dZ)
        dA = dZ @ weights[layer].T
    return scales


@misconception("gradient_scales")
def starts_from_ones(rng, depth, width, weight_std, activation, n_examples):
    """The gradient at the end is drawn from N(0, 1), after the weights: it is not an array of ones."""
    weights, inputs = forward(rng, depth, width, weight_std, activation, n_examples)
    dA = np.ones((n_examples, width))
    scales = np.empty(depth)
    for layer in reversed(range(depth)):
        dZ = dA * SLOPES[activation](inputs[layer])
        scales[layer] = np.std(dZ)
        dA = dZ @ weights[layer].T
    return scales


@misconception("predicted_gain")
def does_not_halve_for_relu(activation, weight_std, n_in):
    """ReLU sets half of a symmetric signal to zero, and that halves its mean square."""
    return n_in * weight_std**2


@misconception("predicted_gain")
def halves_for_both(activation, weight_std, n_in):
    """The ½ is ReLU's alone: the identity drops nothing."""
    return 0.5 * n_in * weight_std**2


@misconception("predicted_gain")
def returns_the_gain_of_the_std(activation, weight_std, n_in):
    """This is the gain of the standard deviation, the root of what is asked for: the gain of the variance."""
    return np.sqrt((0.5 if activation == "relu" else 1.0) * n_in) * weight_std


@misconception("predicted_gain")
def does_not_square_the_std(activation, weight_std, n_in):
    """The variance of a weight is weight_std squared."""
    return (0.5 if activation == "relu" else 1.0) * n_in * weight_std


@misconception("predicted_gain")
def forgets_how_many_inputs_there_are(activation, weight_std, n_in):
    """Each unit adds up n_in products, and their variances add up too."""
    return (0.5 if activation == "relu" else 1.0) * weight_std**2


@misconception("predicted_gain")
def halves_the_standard_deviation(activation, weight_std, n_in):
    """ReLU halves the variance; you halve the standard deviation, which makes a quarter of it."""
    return (0.25 if activation == "relu" else 1.0) * n_in * weight_std**2


@misconception("predicted_gain")
def takes_inputs_for_layers(activation, weight_std, n_in):
    """n_in counts inputs, not layers: the gain of one layer is asked for, without a power."""
    with np.errstate(over="ignore"):
        return ((0.5 if activation == "relu" else 1.0) * n_in * weight_std**2) ** n_in


@misconception("init_layer")
def takes_the_limit_for_the_deviation(rng, n_in, n_out, scheme, distribution="normal"):
    """√3·σ is where the uniform distribution ends: draw between −√3·σ and √3·σ, all alike."""
    std = init_std(n_in, n_out, scheme)
    width = std if distribution == "normal" else np.sqrt(3) * std
    return rng.normal(0, width, size=(n_in, n_out)), np.zeros(n_out)
