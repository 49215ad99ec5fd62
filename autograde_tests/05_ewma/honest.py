"""Honest answers to lesson 05, written in other ways: each must get full marks."""

import itertools
import math
import warnings

import numpy as np

from autograde_tests.engine.honest import honest


@honest("ewma")
def with_a_list(x, beta):
    """Append to a list, its start included."""
    averages = [0.0]
    for theta in x:
        averages.append(beta * averages[-1] + (1 - beta) * theta)
    return np.array(averages[1:])


@honest("ewma")
def with_accumulate(x, beta):
    """Move v toward the new value by the share 1−β."""

    def step(v, theta):
        return v + (1 - beta) * (theta - v)

    return np.array(list(itertools.accumulate(x.tolist(), step, initial=0.0)))[1:]


@honest("ewma")
def with_a_triangular_matrix(x, beta):
    """Multiply by all weights at once."""
    k = np.subtract.outer(np.arange(len(x)), np.arange(len(x)))
    weights = np.where(k >= 0, (1 - beta) * beta ** np.maximum(k, 0), 0.0)
    return np.einsum("tk,k->t", weights, x)


@honest("ewma")
def in_place_on_its_own_copy(x, beta):
    """Work in place on a copy of the series."""
    averages = x.astype(float)
    averages *= 1 - beta
    for t in range(1, len(averages)):
        averages[t] += beta * averages[t - 1]
    return averages


@honest("ewma")
def with_a_negative_index(x, beta):
    """Lean on averages[-1], which is still zero before the first step."""
    averages = np.zeros(len(x))
    for t in range(len(x)):
        averages[t] = beta * averages[t - 1] + (1 - beta) * x[t]
    return averages


@honest("ewma")
def with_convolve_and_a_print(x, beta):
    """Convolve with the weights, and print."""
    print(f"averaging {len(x)} values")
    kernel = (1 - beta) * beta ** np.arange(len(x))
    return np.convolve(x, kernel)[: len(x)]


@honest("ewma_weights")
def with_a_loop(t, beta):
    """Fade each weight from the one before."""
    weights = np.zeros(t)
    weights[0] = 1 - beta
    for k in range(1, t):
        weights[k] = beta * weights[k - 1]
    return weights


@honest("ewma_weights")
def with_a_comprehension(t, beta):
    """Collect Python floats."""
    return np.asarray([(1 - beta) * beta**k for k in range(t)])


@honest("ewma_weights")
def with_a_difference_of_powers(t, beta):
    """Use that (1−β)β^k = β^k − β^(k+1)."""
    powers = np.power(beta, np.arange(t + 1))
    return powers[:-1] - powers[1:]


@honest("ewma_weights")
def with_the_answer_to_a_pulse(t, beta):
    """Average a one and zeros after it."""
    weights, v = [], 0.0
    for theta in [1.0] + [0.0] * (t - 1):
        v = beta * v + (1 - beta) * theta
        weights.append(v)
    return np.array(weights)


@honest("effective_window")
def with_branches(beta, kind):
    """Choose by if and else."""
    if kind == "e-folding":
        return 1 / (1 - beta)
    elif kind == "half-life":
        return -math.log(2) / math.log(beta)
    else:
        return (1 + beta) / (1 - beta)


@honest("effective_window")
def with_match_and_log2(beta, kind):
    """Take logarithms to base 2, and answer with numpy scalars."""
    match kind:
        case "e-folding":
            return np.reciprocal(1.0 - beta)
        case "half-life":
            return -1 / np.log2(beta)
        case "variance":
            return 2 / (1 - beta) - 1


@honest("effective_window")
def with_zero_dimensional_arrays(beta, kind):
    """Answer with an array of no axes, and warn."""
    warnings.warn("this came out of an array", stacklevel=1)
    beta = np.asarray(beta, dtype=float)
    formulas = {
        "e-folding": lambda: 1 / (1 - beta),
        "half-life": lambda: np.log(0.5) / np.log(beta),
        "variance": lambda: (1 + beta) / (1 - beta),
    }
    return np.array(formulas[kind]())


@honest("bias_corrected")
def entry_by_entry(v, beta):
    """Divide in a loop."""
    corrected = np.zeros(len(v))
    for i in range(len(v)):
        corrected[i] = v[i] / (1 - beta ** (i + 1))
    return corrected


@honest("bias_corrected")
def with_a_running_power(v, beta):
    """Keep β^t as a running product."""
    corrected, power = [], 1.0
    for average in v:
        power *= beta
        corrected.append(average / (1 - power))
    return np.array(corrected)


@honest("bias_corrected")
def with_the_sum_of_the_weights(v, beta):
    """Divide by what the weights sum to."""
    return v / np.cumsum((1 - beta) * beta ** np.arange(len(v)))


@honest("bias_corrected")
def in_place_on_its_own_copy_of_v(v, beta):
    """Divide a copy in place, with expm1."""
    v = v.copy()
    v /= -np.expm1(np.log(beta) * np.arange(1, v.size + 1))
    return v
