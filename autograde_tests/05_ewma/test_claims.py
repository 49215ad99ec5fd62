"""Claims of lesson 05: exponentially weighted moving averages."""

import numpy as np

from autograde_tests.engine.claims import agrees
from course_lib import averages


class TestEwma:
    """v_t = βv_{t−1} + (1−β)θ_t, from v_0 = 0."""

    reference, points = averages.ewma, 5

    def test_every_average_follows_from_the_one_before(self, student, rng):
        """Is each average β times the one before it plus (1−β) times the new value?"""
        x = rng.normal(15.0, 4.0, size=5)
        agrees(student.ewma(x, beta=0.7), averages.ewma(x, beta=0.7))

    def test_it_starts_at_zero(self, student, rng):
        """On days that are all alike, do the averages climb from 0 as (1−βᵗ) times the value?"""
        value = rng.uniform(5.0, 25.0)
        agrees(student.ewma(np.full(4, value), beta=0.8), value * (1 - 0.8 ** np.arange(1, 5)))

    def test_one_hot_day_fades(self, student, rng):
        """Does one value among zeros enter on its own day with weight 1−β, and fade by β a day?"""
        height = rng.uniform(5.0, 25.0)
        x = np.array([0.0, 0.0, height, 0.0, 0.0])
        agrees(student.ewma(x, beta=0.6), 0.4 * height * np.array([0.0, 0.0, 1.0, 0.6, 0.36]))

    def test_whole_numbers_are_averaged_too(self, student, rng):
        """Do whole numbers, as many thermometers show them, have averages with decimals?"""
        x = rng.integers(1, 30, size=5)
        agrees(student.ewma(x, beta=0.9), averages.ewma(x, beta=0.9))

    def test_below_zero(self, student, rng):
        """Are values below zero, and a β near 1, averaged by the same rule?"""
        x = rng.normal(-3.0, 2.0, size=6)
        agrees(student.ewma(x, beta=0.98), averages.ewma(x, beta=0.98))


class TestEwmaWeights:
    """(1−β)β^k for k = 0 … t−1, the newest value's weight first."""

    reference, points = averages.ewma_weights, 4

    def test_the_weights(self, student, rng):
        """Is the weight of the value from k steps ago (1−β)·βᵏ, the newest first?"""
        t, beta = int(rng.integers(4, 7)), rng.uniform(0.6, 0.9)
        agrees(student.ewma_weights(t, beta), averages.ewma_weights(t, beta))

    def test_they_give_the_average(self, student, rng):
        """Do the values, newest first, times your weights add up to the moving average?"""
        x = rng.normal(15.0, 4.0, size=5)
        agrees(student.ewma_weights(5, 0.7) @ x[::-1], averages.ewma(x, 0.7)[-1])

    def test_one_value_has_one_weight(self, student, rng):
        """After the first value, is there one weight, 1−β?"""
        beta = rng.uniform(0.6, 0.9)
        agrees(student.ewma_weights(1, beta), np.array([1 - beta]))

    def test_what_they_sum_to(self, student, rng):
        """Do t weights add up to 1−βᵗ, and not to 1?"""
        t, beta = int(rng.integers(3, 7)), rng.uniform(0.6, 0.9)
        agrees(np.sum(student.ewma_weights(t, beta)), 1 - beta**t)


class TestEffectiveWindow:
    """1/(1−β), ln ½ / ln β and (1+β)/(1−β)."""

    reference, points = averages.effective_window, 4

    def test_the_e_folding_window(self, student, rng):
        """Is the e-folding window 1/(1−β)?"""
        beta = rng.uniform(0.6, 0.95)
        agrees(student.effective_window(beta, "e-folding"), 1 / (1 - beta))

    def test_the_half_life(self, student, rng):
        """Is the half-life the number h with βʰ = ½?"""
        half_life = rng.uniform(2.0, 9.0)
        agrees(student.effective_window(0.5 ** (1 / half_life), "half-life"), half_life)

    def test_the_variance_window(self, student, rng):
        """Is the variance window (1+β)/(1−β)?"""
        beta = rng.uniform(0.6, 0.95)
        agrees(student.effective_window(beta, "variance"), (1 + beta) / (1 - beta))

    def test_a_long_memory(self, student, rng):
        """With β close to 1, are all three windows right, so that none is an approximation?"""
        beta = rng.uniform(0.99, 0.999)
        kinds = ("e-folding", "half-life", "variance")
        agrees(
            [student.effective_window(beta, kind) for kind in kinds],
            [averages.effective_window(beta, kind) for kind in kinds],
        )


class TestBiasCorrected:
    """v̂_t = v_t / (1−β^t), for t = 1 … T."""

    reference, points = averages.bias_corrected, 4

    def test_the_formula(self, student, rng):
        """Is the average of step t divided by 1−βᵗ, with t = 1 for the first?"""
        v = rng.normal(10.0, 3.0, size=5)
        agrees(student.bias_corrected(v, beta=0.8), averages.bias_corrected(v, beta=0.8))

    def test_a_constant_comes_back(self, student, rng):
        """On days that are all alike, is every corrected average that day's value, the first included?"""
        value = rng.uniform(5.0, 25.0)
        v = averages.ewma(np.full(4, value), beta=0.9)
        agrees(student.bias_corrected(v, beta=0.9), np.full(4, value))

    def test_it_is_a_weighted_mean(self, student, rng):
        """Is the corrected average a mean of the values, with weights β² : β : 1?"""
        x = rng.normal(15.0, 4.0, size=3)
        mean = [x[0], (0.7 * x[0] + x[1]) / 1.7, (0.49 * x[0] + 0.7 * x[1] + x[2]) / 2.19]
        agrees(student.bias_corrected(averages.ewma(x, beta=0.7), beta=0.7), np.array(mean))

    def test_a_long_memory(self, student, rng):
        """With β = 0.999, as Adam has it, are the tiny first averages brought to full size?"""
        v = averages.ewma(rng.normal(-3.0, 1.0, size=4), beta=0.999)
        agrees(student.bias_corrected(v, beta=0.999), averages.bias_corrected(v, beta=0.999))
