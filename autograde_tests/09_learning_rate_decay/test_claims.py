"""Claims of lesson 09: schedules, warm-up and the range test."""

import numpy as np

from autograde_tests.engine.claims import agrees
from course_lib import schedules


class TestStepDecay:
    """lr = lr0·factor^⌊t / every⌋."""

    reference, points = schedules.step_decay, 2

    def test_within_the_stairs(self, student, rng):
        """Early and late within a stair, is the rate lr0 times a whole power of the factor?"""
        lr0, factor = rng.uniform(0.1, 0.9, size=2)
        for t in (3, 11, 18, 32):
            agrees(student.step_decay(t, lr0, factor, 10), schedules.step_decay(t, lr0, factor, 10))

    def test_the_drop_is_on_time(self, student, rng):
        """Is the first drop at t = every, not an update sooner or later?"""
        lr0, factor, every = rng.uniform(0.1, 0.9), rng.uniform(0.2, 0.7), int(rng.integers(4, 9))
        agrees(student.step_decay(every - 1, lr0, factor, every), lr0)
        agrees(student.step_decay(every, lr0, factor, every), lr0 * factor)
        agrees(student.step_decay(3 * every, lr0, factor, every), lr0 * factor**3)

    def test_it_starts_at_lr0(self, student, rng):
        """Before the first update, and throughout the first stair, is the rate lr0?"""
        lr0, factor = rng.uniform(0.1, 0.9), rng.uniform(0.2, 0.7)
        for t in (0, 1, 6):
            agrees(student.step_decay(t, lr0, factor, 7), lr0)


class TestExponentialDecay:
    """lr = lr0·e^(−k·t)."""

    reference, points = schedules.exponential_decay, 2

    def test_along_the_way(self, student, rng):
        """At several t, does the rate agree with the formula?"""
        lr0, k = rng.uniform(0.1, 0.9), rng.uniform(0.01, 0.2)
        for t in (1, 4, 17, 30):
            agrees(student.exponential_decay(t, lr0, k), schedules.exponential_decay(t, lr0, k))

    def test_it_halves_in_equal_times(self, student, rng):
        """With k = ln 2 / 8, does the rate start at lr0 and halve every eight updates?"""
        lr0 = rng.uniform(0.1, 0.9)
        for halvings in (0, 1, 3):
            agrees(student.exponential_decay(8 * halvings, lr0, np.log(2) / 8), lr0 / 2**halvings)


class TestPowerDecay:
    """lr = lr0·base^epoch."""

    reference, points = schedules.power_decay, 1

    def test_along_the_way(self, student, rng):
        """At several epochs, does the rate agree with the formula?"""
        lr0, base = rng.uniform(0.1, 0.9), rng.uniform(0.6, 0.9)
        for epoch in (0, 1, 5, 12):
            agrees(student.power_decay(epoch, lr0, base), schedules.power_decay(epoch, lr0, base))

    def test_the_base_is_095_where_none_is_given(self, student, rng):
        """Without a base, does the rate lose five percent an epoch?"""
        lr0 = rng.uniform(0.1, 0.9)
        agrees(student.power_decay(2, lr0), 0.95 * 0.95 * lr0)


class TestInverseTimeDecay:
    """lr = lr0 / (1 + k·t)."""

    reference, points = schedules.inverse_time_decay, 2

    def test_along_the_way(self, student, rng):
        """At several t, does the rate agree with the formula?"""
        lr0, k = rng.uniform(0.1, 0.9), rng.uniform(0.05, 0.6)
        for t in (1, 3, 20, 90):
            agrees(student.inverse_time_decay(t, lr0, k), schedules.inverse_time_decay(t, lr0, k))

    def test_the_first_rate_is_lr0(self, student, rng):
        """At t = 0 is the rate lr0, whatever k is?"""
        lr0, k = rng.uniform(0.1, 0.9), rng.uniform(0.05, 0.6)
        agrees(student.inverse_time_decay(0, lr0, k), lr0)

    def test_it_halves_at_one_over_k(self, student, rng):
        """Has the rate fallen to a half at t = 1/k, and to a third at twice that?"""
        lr0, t = rng.uniform(0.1, 0.9), int(rng.integers(3, 30))
        agrees(student.inverse_time_decay(t, lr0, 1 / t), lr0 / 2)
        agrees(student.inverse_time_decay(2 * t, lr0, 1 / t), lr0 / 3)


class TestInverseSqrtDecay:
    """lr = k / √epoch · lr0, epochs from 1."""

    reference, points = schedules.inverse_sqrt_decay, 2

    def test_along_the_way(self, student, rng):
        """At several epochs, does the rate agree with the formula?"""
        lr0, k = rng.uniform(0.1, 0.9), rng.uniform(1.5, 3.0)
        for epoch in (2, 7, 30):
            agrees(student.inverse_sqrt_decay(epoch, lr0, k), schedules.inverse_sqrt_decay(epoch, lr0, k))

    def test_the_first_epoch_is_1(self, student, rng):
        """Has epoch 1 the rate k·lr0?"""
        lr0, k = rng.uniform(0.1, 0.9), rng.uniform(1.5, 3.0)
        agrees(student.inverse_sqrt_decay(1, lr0, k), k * lr0)

    def test_four_times_the_epochs_halve_the_rate(self, student, rng):
        """From k·lr0 in epoch 1, is the rate k·lr0/2 in epoch 4 and k·lr0/4 in epoch 16?"""
        lr0, k = rng.uniform(0.1, 0.9), rng.uniform(1.5, 3.0)
        agrees(student.inverse_sqrt_decay(4, lr0, k), k * lr0 / 2)
        agrees(student.inverse_sqrt_decay(16, lr0, k), k * lr0 / 4)


class TestCosineDecay:
    """lr = final + ½·(lr0 − final)·(1 + cos(π·t/total)), and final from t = total on."""

    reference, points = schedules.cosine_decay, 3

    def test_along_the_way(self, student, rng):
        """At several t before the end, does the rate agree with the formula?"""
        lr0, final = rng.uniform(0.4, 0.9), rng.uniform(0.05, 0.2)
        for t in (3, 11, 26):
            agrees(student.cosine_decay(t, 40, lr0, final), schedules.cosine_decay(t, 40, lr0, final))

    def test_it_ends_at_zero_where_no_final_is_given(self, student, rng):
        """Without a final rate, does it fall from lr0 over lr0/2 at half time to 0?"""
        lr0 = rng.uniform(0.4, 0.9)
        agrees(student.cosine_decay(0, 20, lr0), lr0)
        agrees(student.cosine_decay(10, 20, lr0), lr0 / 2)
        # cos(π) is −1 to rounding, so the last rate may be off by a rounding error of lr0.
        agrees(lr0 + student.cosine_decay(20, 20, lr0), lr0)

    def test_it_stays_at_the_end(self, student, rng):
        """From t = total on, does the rate stay at the final one?"""
        lr0, final = rng.uniform(0.4, 0.9), rng.uniform(0.05, 0.2)
        for t in (30, 31, 47, 75):
            agrees(student.cosine_decay(t, 30, lr0, final), final)


class TestWarmupCosine:
    """lr = peak·t/warmup while t < warmup; then half a cosine until t = total."""

    reference, points = schedules.warmup_cosine, 4

    def test_the_climb(self, student, rng):
        """During the warm-up, does the rate climb from 0 in a straight line?"""
        peak, final = rng.uniform(0.4, 0.9), rng.uniform(0.05, 0.2)
        for t in (3, 0, 7):
            agrees(student.warmup_cosine(t, 8, 40, peak, final), peak * t / 8)

    def test_no_jump_at_the_join(self, student, rng):
        """At t = warmup is the rate the peak, and does the cosine go on from there?"""
        peak, final = rng.uniform(0.4, 0.9), rng.uniform(0.05, 0.2)
        for t in (8, 9, 13):
            agrees(
                student.warmup_cosine(t, 8, 40, peak, final), schedules.warmup_cosine(t, 8, 40, peak, final)
            )

    def test_the_warm_up_counts_among_the_total(self, student, rng):
        """Is the fall half over midway between warmup and total, over at total, and flat beyond?"""
        peak, final = rng.uniform(0.4, 0.9), rng.uniform(0.05, 0.2)
        agrees(student.warmup_cosine(25, 10, 40, peak, final), (peak + final) / 2)
        for t in (40, 43, 66):
            agrees(student.warmup_cosine(t, 10, 40, peak, final), final)

    def test_without_a_warm_up_it_is_the_cosine(self, student, rng):
        """With warmup = 0, is it the cosine alone, from the peak to 0?"""
        peak = rng.uniform(0.4, 0.9)
        for t in (0, 1, 12):
            agrees(student.warmup_cosine(t, 0, 20, peak), schedules.cosine_decay(t, 20, peak))


def losses_like(shape, rng):
    """Losses of this shape, on a scale and at a height that are drawn; smoothing keeps their order."""
    return rng.uniform(20.0, 30.0) + rng.uniform(0.5, 2.0) * np.array(shape, dtype=float)


class TestLrRangeTest:
    """A tenth of the learning rate at the smallest smoothed loss, before the run diverged."""

    reference, points = schedules.lr_range_test, 4

    def test_a_lucky_batch_does_not_count(self, student, rng):
        """Does one low loss among high ones leave the answer where the smoothed losses are lowest?"""
        lrs = rng.uniform(1e-4, 1e-3) * 2.0 ** np.arange(12)
        losses = losses_like([9, 9, 0, 9, 8, 6, 4, 3, 2, 4, 8, 9], rng)
        agrees(student.lr_range_test(lrs, losses), lrs[7] / 10)

    def test_the_run_ends_where_it_diverges(self, student, rng):
        """Are the first NaN or infinite loss and all that follows it left out, however low it is?"""
        lrs = rng.uniform(1e-4, 1e-3) * 2.0 ** np.arange(14)
        losses = losses_like([9, 8, 6, 4, 3, 2, 5, 9, 0, 0, 0, 0.1, 0.2, 0.3], rng)
        for divergence in (np.nan, np.inf):
            losses[8] = divergence
            agrees(student.lr_range_test(lrs, losses), lrs[4] / 10)

    def test_ends_are_averaged_over_fewer(self, student, rng):
        """At either end, is the mean taken over the neighbors that there are?"""
        lrs = rng.uniform(1e-4, 1e-3) * 3.0 ** np.arange(9)
        agrees(student.lr_range_test(lrs, losses_like([0, 1, 2, 6, 7, 9, 9, 9, 9], rng)), lrs[0] / 10)
        agrees(student.lr_range_test(lrs, losses_like([9, 9, 9, 9, 8, 7, 6, 4, 2], rng)), lrs[8] / 10)
        lrs = rng.uniform(1e-4, 1e-3) * 2.0 ** np.arange(12)
        for shape in ([6, 0, 0, 3, 9, 9, *[2.2] * 5, 9], [0, 3, 3, 9, 9, 9, *[2.2] * 5, 9]):
            # Losses that are made up beyond the ends, one's own or mirrored, would win in the middle.
            agrees(student.lr_range_test(lrs, losses_like(shape, rng)), lrs[0] / 10)
            agrees(student.lr_range_test(lrs, losses_like(shape[::-1], rng)), lrs[11] / 10)

    def test_two_neighbors_on_either_side(self, student, rng):
        """Are five losses averaged: each, and two neighbors on either side?"""
        lrs = rng.uniform(1e-4, 1e-3) * 2.0 ** np.arange(12)
        for shape in (
            [9, 9, 1, 1, 9, 9, 4, 4, 4, 4, 4, 9],
            [9, 9, 9, 5, 0, 8, 9, 3, 5, 5, 3, 8],
        ):
            losses = losses_like(shape, rng)
            agrees(student.lr_range_test(lrs, losses), schedules.lr_range_test(lrs, losses))
