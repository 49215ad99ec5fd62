"""Misconceptions of lesson 05: wrong versions that students write."""

import numpy as np

from autograde_tests.engine.misconceptions import misconception


@misconception("ewma")
def swaps_beta(x, beta):
    """β and 1−β have changed places: β, the larger weight, belongs to the average so far."""
    averages, v = np.empty(len(x)), 0.0
    for t, theta in enumerate(x):
        v = (1 - beta) * v + beta * theta
        averages[t] = v
    return averages


@misconception("ewma")
def starts_at_the_first_value(x, beta):
    """Your average starts at the first value: in this course v is 0 before it, so that v₁ = (1−β)·θ₁."""
    averages, v = np.empty(len(x)), x[0]
    for t, theta in enumerate(x):
        v = beta * v + (1 - beta) * theta
        averages[t] = v
    return averages


@misconception("ewma")
def is_one_step_late(x, beta):
    """Each average is stored one step late: take the new value in first, then store."""
    averages, v = np.empty(len(x)), 0.0
    for t, theta in enumerate(x):
        averages[t] = v
        v = beta * v + (1 - beta) * theta
    return averages


@misconception("ewma")
def sums_instead_of_averaging(x, beta):
    """This is a sum, up to 1/(1−β) times too large: the new value enters with the weight 1−β."""
    averages, v = np.empty(len(x)), 0.0
    for t, theta in enumerate(x):
        v = beta * v + theta
        averages[t] = v
    return averages


@misconception("ewma")
def returns_the_last_average(x, beta):
    """Only the last average comes back: keep the average of every step, T of them."""
    v = 0.0
    for theta in x:
        v = beta * v + (1 - beta) * theta
    return v


@misconception("ewma")
def returns_the_start_too(x, beta):
    """There is one entry too many: v₀ = 0 is where the average starts, not a result."""
    averages = np.zeros(len(x) + 1)
    for t, theta in enumerate(x):
        averages[t + 1] = beta * averages[t] + (1 - beta) * theta
    return averages


@misconception("ewma")
def forgets_the_past(x, beta):
    """Only the newest value enters: keep β times the average so far."""
    return (1 - beta) * np.asarray(x)


@misconception("ewma")
def mixes_in_the_previous_value(x, beta):
    """β multiplies the value before: it belongs to the average before, which holds the whole past."""
    previous = np.concatenate([[0.0], x[:-1]])
    return beta * previous + (1 - beta) * x


@misconception("ewma")
def corrects_already(x, beta):
    """You have divided by 1−βᵗ already: that is a later exercise; here the average starts low."""
    averages, v = np.empty(len(x)), 0.0
    for t, theta in enumerate(x, start=1):
        v = beta * v + (1 - beta) * theta
        averages[t - 1] = v / (1 - beta**t)
    return averages


@misconception("ewma")
def truncates_whole_numbers(x, beta):
    """Your array has the type of `x`, so whole numbers lose their decimals: make it an array of floats."""
    averages, v = np.zeros_like(x), 0.0
    for t, theta in enumerate(x):
        v = beta * v + (1 - beta) * theta
        averages[t] = v
    return averages


@misconception("ewma")
def overwrites_the_series(x, beta):
    """The averages are written into `x`, the caller's own array: make a new array for them."""
    averages, v = x, 0.0
    for t, theta in enumerate(x):
        v = beta * v + (1 - beta) * theta
        averages[t] = v
    return averages


@misconception("ewma")
def turns_the_series_into_its_averages(x, beta):
    """The averages take the place of the values in `x`, which the caller still needs: make a new array."""
    x[0] = (1 - beta) * x[0]
    for t in range(1, len(x)):
        x[t] = beta * x[t - 1] + (1 - beta) * x[t]
    return x


@misconception("ewma_weights")
def puts_the_oldest_first(t, beta):
    """The order is reversed: the newest value comes first and has the largest weight."""
    return (1 - beta) * beta ** np.arange(t)[::-1]


@misconception("ewma_weights")
def makes_them_sum_to_one(t, beta):
    """You have made the weights sum to 1: v₀ = 0 holds the rest, so they sum to 1−βᵗ."""
    weights = (1 - beta) * beta ** np.arange(t)
    return weights / weights.sum()


@misconception("ewma_weights")
def leaves_out_one_minus_beta(t, beta):
    """The factor 1−β is missing: the newest value does not enter whole."""
    return beta ** np.arange(t)


@misconception("ewma_weights")
def is_one_short(t, beta):
    """One weight is missing: there are t values, from k = 0 to k = t−1."""
    return (1 - beta) * beta ** np.arange(t - 1)


@misconception("ewma_weights")
def is_one_too_long(t, beta):
    """There is one weight too many: there are t values, from k = 0 to k = t−1."""
    return (1 - beta) * beta ** np.arange(t + 1)


@misconception("ewma_weights")
def fades_the_newest_value(t, beta):
    """The exponents start at 1: the newest value has not faded yet, so its exponent is 0."""
    return (1 - beta) * beta ** np.arange(1, t + 1)


@misconception("ewma_weights")
def swaps_beta_in_the_weights(t, beta):
    """β and 1−β have changed places: what is raised to a power is what a step keeps."""
    return beta * (1 - beta) ** np.arange(t)


@misconception("ewma_weights")
def gives_the_rest_to_the_first_value(t, beta):
    """The oldest weight lacks its 1−β: these weights belong to an average that starts at θ₁ and not at 0."""
    weights = (1 - beta) * beta ** np.arange(t)
    weights[-1] = beta ** (t - 1)
    return weights


@misconception("ewma_weights")
def fades_in_a_straight_line(t, beta):
    """Your weights fall by the same amount each step: each has to be β times the one before it."""
    return (1 - beta) * (1 - (1 - beta) * np.arange(t))


@misconception("effective_window")
def divides_by_beta(beta, kind):
    """1/β shrinks as β grows: what the window depends on is 1−β, the share that is forgotten."""
    windows = {
        "e-folding": 1 / beta,
        "half-life": np.log(0.5) / np.log(beta),
        "variance": (1 + beta) / (1 - beta),
    }
    return windows[kind]


@misconception("effective_window")
def forgets_the_sign_of_the_logarithm(beta, kind):
    """Your half-life is negative: ln β is below zero, and so is ln ½."""
    windows = {
        "e-folding": 1 / (1 - beta),
        "half-life": np.log(2) / np.log(beta),
        "variance": (1 + beta) / (1 - beta),
    }
    return windows[kind]


@misconception("effective_window")
def gives_all_kinds_alike(beta, kind):
    """This is the e-folding window, whatever the kind: the three have three formulas."""
    return 1 / (1 - beta)


@misconception("effective_window")
def inverts_the_variance(beta, kind):
    """(1−β)/(1+β) is by how much the variance shrinks: the window is how many values do that."""
    windows = {
        "e-folding": 1 / (1 - beta),
        "half-life": np.log(0.5) / np.log(beta),
        "variance": (1 - beta) / (1 + beta),
    }
    return windows[kind]


@misconception("effective_window")
def halves_with_one_minus_beta(beta, kind):
    """The half-life is taken of 1−β: a step multiplies a weight by β, so ask when βʰ is ½."""
    windows = {
        "e-folding": 1 / (1 - beta),
        "half-life": np.log(0.5) / np.log(1 - beta),
        "variance": (1 + beta) / (1 - beta),
    }
    return windows[kind]


@misconception("effective_window")
def turns_the_half_life_over(beta, kind):
    """Your half-life is shorter the longer the memory: the fraction is upside down."""
    windows = {
        "e-folding": 1 / (1 - beta),
        "half-life": np.log(beta) / np.log(0.5),
        "variance": (1 + beta) / (1 - beta),
    }
    return windows[kind]


@misconception("effective_window")
def approximates_the_half_life(beta, kind):
    """This is ln 2 / (1−β), the half-life only as β nears 1: solve βʰ = ½ exactly."""
    windows = {
        "e-folding": 1 / (1 - beta),
        "half-life": np.log(2) / (1 - beta),
        "variance": (1 + beta) / (1 - beta),
    }
    return windows[kind]


@misconception("effective_window")
def solves_the_e_folding_exactly(beta, kind):
    """−1/ln β is where a weight is 1/e exactly: what is asked for is the rule of thumb 1/(1−β)."""
    windows = {
        "e-folding": -1 / np.log(beta),
        "half-life": np.log(0.5) / np.log(beta),
        "variance": (1 + beta) / (1 - beta),
    }
    return windows[kind]


@misconception("effective_window")
def rounds_to_whole_steps(beta, kind):
    """The window is rounded: it need not be a whole number."""
    windows = {
        "e-folding": 1 / (1 - beta),
        "half-life": np.log(0.5) / np.log(beta),
        "variance": (1 + beta) / (1 - beta),
    }
    return round(windows[kind])


@misconception("bias_corrected")
def counts_from_zero(v, beta):
    """Your t starts at 0, and 1−β⁰ is 0: the first average belongs to t = 1."""
    return v / (1 - beta ** np.arange(len(v)))


@misconception("bias_corrected")
def uses_the_last_power_for_all(v, beta):
    """Every entry is divided by the same number: the power of β has to grow with t."""
    return v / (1 - beta ** len(v))


@misconception("bias_corrected")
def multiplies(v, beta):
    """The averages are too small at the start, and this makes them smaller: divide."""
    return v * (1 - beta ** np.arange(1, len(v) + 1))


@misconception("bias_corrected")
def feeds_the_corrected_value_back(v, beta):
    """The corrected average went into the next one: v is complete already, correct each entry by itself."""
    corrected, previous = np.empty(len(v)), 0.0
    for t, value in enumerate(v, start=1):
        previous = (beta * previous + (1 - beta) * value) / (1 - beta**t)
        corrected[t - 1] = previous
    return corrected


@misconception("bias_corrected")
def divides_by_one_minus_beta(v, beta):
    """1−β is right for t = 1 alone: at step t the weights sum to 1−βᵗ."""
    return v / (1 - beta)


@misconception("bias_corrected")
def multiplies_beta_by_t(v, beta):
    """β times t stands where β to the power t belongs."""
    return v / (1 - beta * np.arange(1, len(v) + 1))


@misconception("bias_corrected")
def divides_by_the_missing_weight(v, beta):
    """βᵗ is the weight that v₀ = 0 holds: divide by what the values hold, the rest."""
    return v / beta ** np.arange(1, len(v) + 1)


@misconception("bias_corrected")
def overwrites_the_averages(v, beta):
    """`/=` changes the caller's array: write `v / …`, which makes a new one."""
    v /= 1 - beta ** np.arange(1, len(v) + 1)
    return v
