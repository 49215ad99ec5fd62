"""Claims of lesson 07: a step length for every entry, from Adagrad's sum to RMSprop's average."""

import numpy as np

from autograde_tests.engine.claims import agrees, holds
from course_lib import optimizers, step_sizes


def nonzero(rng, shape):
    """Draw gradients of both signs, none closer to zero than a tenth."""
    return rng.choice([-1.0, 1.0], size=shape) * rng.uniform(0.1, 3.0, size=shape)


class TestAdagrad:
    """cache ← cache + g², then params ← params − lr·g / (√cache + eps)."""

    reference, points = optimizers.adagrad, 5

    def test_one_step_from_a_running_cache(self, student, rng):
        """Does one step from a cache that is not zero, with a large eps, agree with the formula?"""
        params, grads = rng.normal(size=(2, 2, 3))
        cache = rng.uniform(5.0, 9.0, size=(2, 3))
        agrees(
            student.adagrad(params, grads, cache, lr=0.1, eps=0.5),
            optimizers.adagrad(params, grads, cache, lr=0.1, eps=0.5),
        )

    def test_the_first_step_has_length_lr_in_every_entry(self, student, rng):
        """From no state, does each entry move by lr against its gradient's sign?"""
        params, grads = rng.normal(size=4), nonzero(rng, 4)
        after, cache = student.adagrad(params, grads, lr=0.3)
        agrees(cache, grads**2)
        agrees(params - after, 0.3 * np.sign(grads), rtol=1e-5, because="(This is params − new params.)")

    def test_an_entry_without_gradient_stays_put(self, student, rng):
        """In a walk of four steps, does the entry whose gradient is always zero stay where it is?"""
        gradients = nonzero(rng, (4, 3))
        gradients[:, 1] = 0.0
        params = expected = rng.normal(size=3)
        state = expected_state = None
        for grads in gradients:
            params, state = student.adagrad(params, grads, state, lr=0.2)
            expected, expected_state = optimizers.adagrad(expected, grads, expected_state, lr=0.2)
        holds(
            bool(np.all(np.isfinite(params))), "A gradient of 0 over a cache of 0 gave nan: what is eps for?"
        )
        agrees((params, state), (expected, expected_state))

    def test_equal_gradients_give_steps_of_lr_over_root_t(self, student, rng):
        """Under a constant gradient, is step t as long as lr/√t?"""
        grads = nonzero(rng, 2)
        params, state, lengths = rng.normal(size=2), None, []
        for _ in range(5):
            before = params
            params, state = student.adagrad(params, grads, state, lr=0.4)
            lengths.append(float(np.max((before - params) * np.sign(grads))))
        agrees(np.array(lengths), 0.4 / np.sqrt(np.arange(1, 6)), rtol=1e-5, because="(The five lengths.)")

    def test_float32_stays_float32(self, student, rng):
        """From float32 parameters and no state, do the parameters and the cache come back as float32?"""
        params, grads = rng.normal(size=(2, 2, 3)).astype(np.float32)
        agrees(
            student.adagrad(params, grads, lr=0.1, eps=0.2),
            optimizers.adagrad(params, grads, lr=0.1, eps=0.2),
        )

    def test_eps_is_small_by_default(self, student, rng):
        """Is eps 1e-8 where none is given, so that gradients of that size make shorter steps?"""
        params, grads = rng.normal(size=3), 1e-8 * nonzero(rng, 3)
        agrees(student.adagrad(params, grads, lr=0.5), optimizers.adagrad(params, grads, lr=0.5))


class TestRmsprop:
    """cache ← decay·cache + (1−decay)·g², then params ← params − lr·g / (√cache + eps)."""

    reference, points = optimizers.rmsprop, 6

    def test_one_step_from_a_running_cache(self, student, rng):
        """Does one step from a cache that is not zero, with a large eps, agree with the formula?"""
        params, grads = rng.normal(size=(2, 2, 3))
        cache = rng.uniform(2.0, 5.0, size=(2, 3))
        agrees(
            student.rmsprop(params, grads, cache, lr=0.1, decay=0.7, eps=0.5),
            optimizers.rmsprop(params, grads, cache, lr=0.1, decay=0.7, eps=0.5),
        )

    def test_the_first_step_starts_from_an_empty_cache(self, student, rng):
        """Before the first step, is the cache zero, so that it becomes (1−decay)·g²?"""
        params, grads = rng.normal(size=4), nonzero(rng, 4)
        after, cache = student.rmsprop(params, grads, lr=0.3, decay=0.84)
        agrees(cache, 0.16 * grads**2)
        agrees(params - after, 0.75 * np.sign(grads), rtol=1e-5, because="(This is params − new params.)")

    def test_a_walk_of_five_steps_with_a_silent_entry(self, student, rng):
        """Do five steps with the usual decay arrive where the formula does, also in an entry long silent?"""
        gradients = nonzero(rng, (5, 3))
        gradients[:4, 2] = 0.0
        params = expected = rng.normal(size=3)
        state = expected_state = None
        for grads in gradients:
            params, state = student.rmsprop(params, grads, state, lr=0.2)
            expected, expected_state = optimizers.rmsprop(expected, grads, expected_state, lr=0.2)
        holds(
            bool(np.all(np.isfinite(params))), "A gradient of 0 over a cache of 0 gave nan: what is eps for?"
        )
        agrees((params, state), (expected, expected_state))

    def test_a_long_constant_gradient_gives_steps_of_lr(self, student, rng):
        """After forty equal gradients, has the cache become g² and the step lr?"""
        grads = nonzero(rng, 3)
        params, state = rng.normal(size=3), None
        for _ in range(40):
            before = params
            params, state = student.rmsprop(params, grads, state, lr=0.1, decay=0.5)
        agrees(state, grads**2, because="(This is the cache after forty equal gradients.)")
        agrees(before - params, 0.1 * np.sign(grads), rtol=1e-5, because="(This is the last step.)")

    def test_the_unit_of_the_loss_cancels(self, student, rng):
        """If every gradient ever seen is 1000 times as large, and eps is 0, is the step the same?"""
        params, grads = rng.normal(size=3), nonzero(rng, 3)
        cache = rng.uniform(0.5, 2.0, size=3)
        after, _ = student.rmsprop(params, 1e3 * grads, 1e6 * cache, lr=0.1, decay=0.8, eps=0.0)
        agrees(after, optimizers.rmsprop(params, grads, cache, lr=0.1, decay=0.8, eps=0.0)[0])

    def test_float32_stays_float32(self, student, rng):
        """From float32 parameters and no state, do the parameters and the cache come back as float32?"""
        params, grads = rng.normal(size=(2, 2, 3)).astype(np.float32)
        agrees(
            student.rmsprop(params, grads, lr=0.1, decay=0.6, eps=0.2),
            optimizers.rmsprop(params, grads, lr=0.1, decay=0.6, eps=0.2),
        )


class TestEffectiveLr:
    """lr / (√cache + eps), entry by entry."""

    reference, points = step_sizes.effective_lr, 3

    def test_the_formula(self, student, rng):
        """With a large eps, does each entry get lr / (√cache + eps)?"""
        cache = rng.uniform(2.0, 9.0, size=(2, 3))
        agrees(student.effective_lr(cache, 0.2, eps=0.7), step_sizes.effective_lr(cache, 0.2, eps=0.7))

    def test_an_empty_cache_leaves_eps_alone(self, student, rng):
        """Where the cache is still zero, is it lr/eps?"""
        cache = np.array([0.0, rng.uniform(1.0, 4.0), 0.0])
        agrees(student.effective_lr(cache, 0.1), 0.1 / (np.sqrt(cache) + 1e-8))

    def test_four_times_the_cache_is_half_the_lr(self, student, rng):
        """With eps = 0, does four times the cache give half the learning rate, in float32 too?"""
        cache = rng.uniform(0.5, 3.0, size=4).astype(np.float32)
        agrees(
            student.effective_lr(4 * cache, 0.3, eps=0.0), 0.5 * step_sizes.effective_lr(cache, 0.3, eps=0.0)
        )


class TestRmspropFirstStep:
    """lr/√(1−decay)."""

    reference, points = step_sizes.rmsprop_first_step, 3

    def test_the_formula(self, student, rng):
        """For a random learning rate and decay, is it lr/√(1−decay)?"""
        lr, decay = rng.uniform(0.01, 0.5), rng.uniform(0.6, 0.99)
        agrees(student.rmsprop_first_step(lr, decay), lr / np.sqrt(1 - decay))

    def test_rmsprop_takes_that_step(self, student, rng):
        """Does the reference, run for one step from no state, move as far as you say?"""
        lr, decay = rng.uniform(0.01, 0.5), rng.uniform(0.6, 0.99)
        after, _ = optimizers.rmsprop(np.zeros(1), nonzero(rng, 1), lr=lr, decay=decay, eps=0.0)
        agrees(student.rmsprop_first_step(lr, decay), float(np.abs(after[0])))

    def test_the_usual_decays(self, student, rng):
        """For decays of 0.9, 0.99 and 0.999, is the first step √10, 10 and √1000 times lr?"""
        lr = rng.uniform(0.01, 0.5)
        for decay, factor in [(0.9, np.sqrt(10)), (0.99, 10.0), (0.999, np.sqrt(1000))]:
            agrees(student.rmsprop_first_step(lr, decay), lr * factor)
