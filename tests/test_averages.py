"""Properties of the exponentially weighted moving averages of lesson 05."""

import numpy as np
import pytest

from course_lib.averages import bias_corrected, effective_window, ewma, ewma_weights

BETAS = [0.0, 0.3, 0.9, 0.98]


@pytest.fixture
def series():
    """Return 41 values around 15, never zero."""
    return 15 + np.random.default_rng(5).normal(size=41)


@pytest.mark.parametrize("beta", BETAS)
def test_an_average_is_the_weighted_sum_of_all_values(series, beta):
    """Do the recursion and the closed form give the same numbers?"""
    averages = ewma(series, beta)
    for t in (1, 2, 17, 41):
        np.testing.assert_allclose(averages[t - 1], ewma_weights(t, beta) @ series[:t][::-1], rtol=1e-13)


@pytest.mark.parametrize("beta", BETAS)
def test_correction_keeps_a_constant_series(beta):
    """Is the corrected average of a constant that constant, from the first step on?"""
    np.testing.assert_allclose(bias_corrected(ewma(np.full(30, -7.5), beta), beta), -7.5, rtol=1e-13)


@pytest.mark.parametrize("beta", BETAS)
def test_a_corrected_average_lies_between_the_extremes(series, beta):
    """Is the corrected average a mean, so never outside the values seen so far?"""
    corrected = bias_corrected(ewma(series, beta), beta)
    slack = 1e-12
    assert np.all(corrected <= np.maximum.accumulate(series) + slack)
    assert np.all(corrected >= np.minimum.accumulate(series) - slack)


def test_beta_zero_copies_the_series(series):
    """Does an average without memory return the values themselves?"""
    np.testing.assert_array_equal(ewma(series, 0.0), series)
    np.testing.assert_array_equal(bias_corrected(series, 0.0), series)


@pytest.mark.parametrize("beta", BETAS)
@pytest.mark.parametrize("t", [1, 2, 13])
def test_weights_sum_to_one_minus_beta_to_the_t(t, beta):
    """Is the sum of the weights what bias correction divides by?"""
    weights = ewma_weights(t, beta)
    assert weights.shape == (t,)
    assert weights[0] == 1 - beta
    np.testing.assert_allclose(weights.sum(), 1 - beta**t, rtol=1e-13)


def test_correction_leaves_the_lag_behind_a_trend():
    """Does the average of a straight line stay β/(1−β) steps behind, corrected or not?"""
    beta, line = 0.9, np.arange(1.0, 401.0)
    for late in (ewma(line, beta), bias_corrected(ewma(line, beta), beta)):
        assert line[-1] - late[-1] == pytest.approx(beta / (1 - beta), rel=1e-9)


@pytest.mark.parametrize("beta", [0.5, 0.9, 0.99])
def test_a_weight_halves_over_the_half_life(beta):
    """Is β to the half-life one half?"""
    assert beta ** effective_window(beta, "half-life") == pytest.approx(0.5)


def test_a_weight_falls_to_one_over_e_over_the_window():
    """Is β^(1/(1−β)) near 1/e, and the nearer the larger β?"""
    gaps = [abs(beta ** effective_window(beta, "e-folding") - np.exp(-1)) for beta in (0.9, 0.98, 0.999)]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[0] < 0.02 and gaps[-1] < 2e-4


@pytest.mark.parametrize("beta", [0.5, 0.9, 0.99])
def test_the_variance_window_is_one_over_the_sum_of_squared_weights(beta):
    """Does a plain mean of that many independent values have the same variance?"""
    weights = ewma_weights(4000, beta)
    assert effective_window(beta, "variance") == pytest.approx(1 / np.sum(weights**2))


def test_a_nan_stays():
    """Is every average from the first NaN on NaN, and none before?"""
    averages = ewma(np.array([1.0, 2.0, np.nan, 3.0]), 0.5)
    np.testing.assert_array_equal(np.isnan(averages), [False, False, True, True])


def test_whole_numbers_are_averaged_as_floats():
    """Is the average of whole numbers not cut to whole numbers?"""
    np.testing.assert_array_equal(ewma(np.array([1, 2]), 0.5), [0.5, 1.25])


def test_the_input_is_left_alone(series):
    """Do both functions leave the caller's array as it was?"""
    before = series.copy()
    bias_corrected(ewma(series, 0.9), 0.9)
    bias_corrected(series, 0.9)
    np.testing.assert_array_equal(series, before)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: ewma(np.ones(3), 1.0), ValueError, r"beta must lie in \[0, 1\), got 1.0"),
        (lambda: ewma(np.ones(3), -0.1), ValueError, r"beta must lie in \[0, 1\), got -0.1"),
        (lambda: ewma(np.ones((3, 2)), 0.9), ValueError, "x must have 1 axis"),
        (lambda: ewma(3.0, 0.9), TypeError, "x must be an array"),
        (lambda: bias_corrected(np.ones(3), "0.9"), TypeError, "beta must be a number"),
        (lambda: ewma_weights(0, 0.9), ValueError, "t must be at least 1, got 0"),
        (lambda: ewma_weights(2.5, 0.9), TypeError, "t must be a whole number, got 2.5"),
        (lambda: effective_window(0.0, "half-life"), ValueError, r"beta must lie in \(0, 1\)"),
        (lambda: effective_window(0.9, "halflife"), ValueError, "kind must be one of"),
    ],
)
def test_what_cannot_be_right_is_refused_in_a_sentence(call, error, sentence):
    """Does a wrong argument raise, and does the sentence name it?"""
    with pytest.raises(error, match=sentence):
        call()
