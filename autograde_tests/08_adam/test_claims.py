"""Claims of lesson 08: Adam, AdamW, and how far they step."""

import numpy as np

from autograde_tests.engine.claims import agrees, holds
from course_lib import optimizers, step_sizes
from course_lib.optimizers import AdamState


def nonzero(rng, shape):
    """Draw gradients of both signs, none closer to zero than a tenth."""
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.1, 3.0, size=shape)


def running_state(rng, shape, t):
    """Draw the state of an Adam that has run for t steps."""
    return AdamState(t, rng.normal(size=shape), rng.uniform(0.5, 2.0, size=shape))


class TestAdam:
    """m and v are moving averages of g and g²; both are corrected; params ← params − lr·m̂ / (√v̂ + eps)."""

    reference, points = optimizers.adam, 8

    def test_one_step_from_a_running_state(self, student, rng):
        """Does one step from a running state, with a large eps, agree with the formula?"""
        params, grads = rng.normal(size=(2, 2, 3))
        state = running_state(rng, (2, 3), t=3)
        settings = {"lr": 0.1, "beta1": 0.7, "beta2": 0.9, "eps": 0.3}
        agrees(
            student.adam(params, grads, state, **settings), optimizers.adam(params, grads, state, **settings)
        )

    def test_the_first_step_has_length_lr(self, student, rng):
        """Does the first step move each entry by lr against its gradient's sign, whatever its size?"""
        params, grads = rng.normal(size=4), nonzero(rng, 4) * np.array([1e-2, 1.0, 1e2, 1e4])
        after, state = student.adam(params, grads, lr=0.2)
        agrees(params - after, 0.2 * np.sign(grads), rtol=1e-4, because="(This is params − new params.)")
        agrees(state, AdamState(1, 0.1 * grads, 0.001 * grads**2))

    def test_a_walk_of_five_steps_with_a_silent_entry(self, student, rng):
        """Do five steps with the usual settings arrive where the formula does, also after a silence?"""
        gradients = nonzero(rng, (5, 3))
        gradients[:4, 2] = 0.0
        params = expected = rng.normal(size=3)
        state = expected_state = None
        for grads in gradients:
            params, state = student.adam(params, grads, state)
            expected, expected_state = optimizers.adam(expected, grads, expected_state)
        holds(bool(np.all(np.isfinite(params))), "A gradient of 0 from the start gave nan: what is eps for?")
        agrees((params, state), (expected, expected_state))

    def test_under_a_constant_gradient_every_step_has_length_lr(self, student, rng):
        """Under a constant gradient, does the correction make each of the first six steps as long as lr?"""
        grads = nonzero(rng, 2)
        params, state, lengths = rng.normal(size=2), None, []
        for _ in range(6):
            before = params
            params, state = student.adam(params, grads, state, lr=0.1, beta1=0.8, beta2=0.98)
            lengths.append(float(np.max((before - params) * np.sign(grads))))
        agrees(np.array(lengths), np.full(6, 0.1), rtol=1e-5, because="(The six lengths.)")

    def test_the_unit_of_the_loss_cancels(self, student, rng):
        """If every gradient is 1000 times as large, and eps is 0, is the walk the same?"""
        gradients = nonzero(rng, (3, 2))
        params = expected = rng.normal(size=2)
        state = expected_state = None
        for grads in gradients:
            params, state = student.adam(params, 1e3 * grads, state, lr=0.1, beta1=0.6, eps=0.0)
            expected, expected_state = optimizers.adam(
                expected, grads, expected_state, lr=0.1, beta1=0.6, eps=0.0
            )
        agrees(params, expected)

    def test_float32_stays_float32(self, student, rng):
        """From float32 parameters and no state, do the parameters and both moments come back as float32?"""
        params, grads = rng.normal(size=(2, 2, 3)).astype(np.float32)
        agrees(student.adam(params, grads, lr=0.1, eps=0.2), optimizers.adam(params, grads, lr=0.1, eps=0.2))

    def test_eps_is_small_by_default(self, student, rng):
        """Is eps 1e-8 where none is given, so that gradients of that size make shorter steps?"""
        params, grads = rng.normal(size=3), 1e-8 * nonzero(rng, 3)
        agrees(student.adam(params, grads, lr=0.5), optimizers.adam(params, grads, lr=0.5))


class TestAdamw:
    """Adam's step, and beside it params shrink by lr·weight_decay·params."""

    reference, points = optimizers.adamw, 4

    def test_one_step_from_a_running_state(self, student, rng):
        """Does one step from a running state agree with the formula?"""
        params, grads = rng.normal(size=(2, 2, 3))
        state = running_state(rng, (2, 3), t=4)
        settings = {"lr": 0.1, "beta1": 0.8, "beta2": 0.95, "eps": 0.2, "weight_decay": 0.3}
        agrees(
            student.adamw(params, grads, state, **settings),
            optimizers.adamw(params, grads, state, **settings),
        )

    def test_without_gradient_all_weights_shrink_alike(self, student, rng):
        """Where the gradient is zero, is the weight multiplied by 1 − lr·weight_decay?"""
        params = nonzero(rng, 4)
        after, state = student.adamw(params, np.zeros(4), lr=0.2, weight_decay=0.5)
        agrees(after, 0.9 * params)
        agrees(state, AdamState(1, np.zeros(4), np.zeros(4)))

    def test_a_walk_of_four_steps(self, student, rng):
        """Do four steps, each fed the state of the one before, arrive where the formula does?"""
        gradients = nonzero(rng, (4, 3))
        params = expected = nonzero(rng, 3)
        state = expected_state = None
        for grads in gradients:
            params, state = student.adamw(params, grads, state, lr=0.1)
            expected, expected_state = optimizers.adamw(expected, grads, expected_state, lr=0.1)
        agrees((params, state), (expected, expected_state))

    def test_the_decay_does_not_enter_the_moments(self, student, rng):
        """With large weights and small gradients, are the moments those of the gradient alone?"""
        params, grads = 100.0 * nonzero(rng, 3), 0.01 * nonzero(rng, 3)
        state = running_state(rng, 3, t=2)
        after, moments = student.adamw(params, grads, state, weight_decay=0.1)
        expected, expected_moments = optimizers.adamw(params, grads, state, weight_decay=0.1)
        agrees(moments, expected_moments, because="(This is the new state.)")
        agrees(params - after, params - expected, rtol=1e-6, because="(This is params − new params.)")

    def test_eps_is_small_by_default(self, student, rng):
        """Is eps 1e-8 where none is given, so that gradients of that size make shorter steps?"""
        params, grads = rng.normal(size=3), 1e-8 * nonzero(rng, 3)
        agrees(student.adamw(params, grads, lr=0.5), optimizers.adamw(params, grads, lr=0.5))


class TestAdamStepRatio:
    """(1 − beta1ᵗ) / √(1 − beta2ᵗ)."""

    reference, points = step_sizes.adam_step_ratio, 3

    def test_the_formula(self, student, rng):
        """For a random step and random betas, is it (1 − beta1ᵗ)/√(1 − beta2ᵗ)?"""
        t, beta1, beta2 = int(rng.integers(2, 12)), rng.uniform(0.3, 0.9), rng.uniform(0.92, 0.99)
        agrees(student.adam_step_ratio(t, beta1, beta2), step_sizes.adam_step_ratio(t, beta1, beta2))

    def test_many_steps_at_once(self, student, rng):
        """Of an array of steps, is it the array of their ratios?"""
        t, beta1, beta2 = rng.integers(2, 40, size=5), rng.uniform(0.3, 0.9), rng.uniform(0.92, 0.99)
        agrees(student.adam_step_ratio(t, beta1, beta2), step_sizes.adam_step_ratio(t, beta1, beta2))

    def test_the_usual_betas(self, student, rng):
        """With 0.9 and 0.999, is it √10 at step 1, and does it rise until step 12?"""
        agrees(student.adam_step_ratio(1, 0.9, 0.999), np.sqrt(10))
        largest = student.adam_step_ratio(12, 0.9, 0.999)
        later = student.adam_step_ratio(int(rng.integers(20, 60)), 0.9, 0.999)
        holds(largest > max(later, np.sqrt(10)), "It should rise until step 12 and fall after it.")

    def test_uncorrected_moments_step_that_far(self, student, rng):
        """Do moments that start at zero and are not corrected give the quotient |m|/√v that you say?"""
        beta1, beta2 = rng.uniform(0.3, 0.9), rng.uniform(0.92, 0.99)
        m = v = 0.0
        for t in range(1, 6):
            m = beta1 * m + (1 - beta1) * 3.0
            v = beta2 * v + (1 - beta2) * 9.0
            agrees(student.adam_step_ratio(t, beta1, beta2), float(m / np.sqrt(v)))


class TestAdamUpdateBound:
    """lr·(1 − beta1)/√(1 − beta2) if 1 − beta1 > √(1 − beta2), else lr."""

    reference, points = step_sizes.adam_update_bound, 2

    def test_both_cases(self, student, rng):
        """Do betas of each case give the bound of that case?"""
        lr = rng.uniform(0.01, 0.5)
        for pair in [(0.7, 0.3), (0.9, 0.95), (0.99, 0.999), (0.9, 0.999), (0.5, 0.9)]:
            agrees(student.adam_update_bound(lr, *pair), step_sizes.adam_update_bound(lr, *pair))

    def test_the_first_gradient_after_a_long_silence(self, student, rng):
        """Is it the step that Adam takes when a gradient comes after a million steps without any?"""
        lr, beta1, beta2 = rng.uniform(0.01, 0.5), rng.uniform(0.5, 0.8), rng.uniform(0.97, 0.995)
        silent = AdamState(10**6, np.zeros(1), np.zeros(1))
        after, _ = optimizers.adam(
            np.zeros(1), nonzero(rng, 1), silent, lr=lr, beta1=beta1, beta2=beta2, eps=0.0
        )
        agrees(student.adam_update_bound(lr, beta1, beta2), float(np.abs(after[0])))

    def test_it_is_never_below_lr(self, student, rng):
        """Is it lr itself where 1 − beta1 is the smaller, and more than lr where it is the larger?"""
        lr = rng.uniform(0.01, 0.5)
        agrees(student.adam_update_bound(lr, 0.8, 0.99), 2 * lr)
        agrees(student.adam_update_bound(lr, 0.95, 0.99), lr)
