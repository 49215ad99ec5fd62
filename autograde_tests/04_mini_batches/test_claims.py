"""Claims of lesson 04: mini-batches, an epoch of them, and how noisy they are."""

import numpy as np

from autograde_tests.engine.claims import agrees, holds
from course_lib import mini_batches


def seed(rng):
    """Return a seed from which student and reference each start a generator of their own."""
    return int(rng.integers(2**32))


def compare_batches(student, rng, X, y, batch_size):
    """Claim that the student cuts the same batches as the reference."""
    start = seed(rng)
    agrees(
        student.minibatches(X, y, batch_size, np.random.default_rng(start)),
        mini_batches.minibatches(X, y, batch_size, np.random.default_rng(start)),
    )


class TestMinibatches:
    """A shuffle of all examples, cut into batches; the last one may be short."""

    reference, points = mini_batches.minibatches, 4

    def test_batches_of_equal_size(self, student, rng):
        """Where B divides n, are there n/B batches, in the order of one permutation?"""
        compare_batches(student, rng, rng.normal(size=(6, 2)), rng.normal(size=6), 2)

    def test_a_short_last_batch(self, student, rng):
        """Where B does not divide n, does the last batch hold what is left?"""
        compare_batches(student, rng, rng.normal(size=(5, 2)), rng.normal(size=5), 4)

    def test_a_batch_size_beyond_n(self, student, rng):
        """If B is larger than n, is there one batch, of all examples?"""
        compare_batches(student, rng, rng.normal(size=(4, 1)), rng.normal(size=(4, 2)), 9)

    def test_every_example_comes_once_with_its_target(self, student, rng):
        """Over an epoch, does every example come exactly once, and beside its own target?"""
        X = np.arange(7.0)[:, None] + rng.uniform(0.1, 0.9)
        batches = student.minibatches(X, 10 * X[:, 0], 2, np.random.default_rng(seed(rng)))
        seen = np.concatenate([X_b[:, 0] for X_b, _ in batches])
        targets = np.concatenate([y_b for _, y_b in batches])
        holds(
            len(seen) == 7, "All batches together should have as many rows as X.", f"They hold {len(seen)}."
        )
        holds(np.array_equal(np.sort(seen), X[:, 0]), "Some examples come twice, others never.")
        agrees(targets, 10 * seen, because="(Each row of X should travel with its own y.)")
        holds(
            [len(y_b) for _, y_b in batches] == [2, 2, 2, 1],
            "Seven examples in batches of 2 should make batches of 2, 2, 2 and 1.",
        )


class TestMinibatchGradient:
    """Xᵀ(Xw − y)/B + l2·w."""

    reference, points = mini_batches.minibatch_gradient, 3

    def test_without_a_penalty(self, student, rng):
        """Without `l2`, is it the gradient of half the mean squared error?"""
        X, y, w = rng.normal(size=(4, 3)), rng.normal(size=4), rng.normal(size=3)
        agrees(student.minibatch_gradient(X, y, w), mini_batches.minibatch_gradient(X, y, w))

    def test_with_a_penalty(self, student, rng):
        """Is l2·w added, whole?"""
        X, y, w = rng.normal(size=(5, 2)), rng.normal(size=5), rng.normal(size=2)
        agrees(student.minibatch_gradient(X, y, w, l2=0.7), mini_batches.minibatch_gradient(X, y, w, l2=0.7))

    def test_the_batch_twice_over_changes_nothing(self, student, rng):
        """If the batch holds every example twice, is the gradient the same?"""
        X, y, w = rng.normal(size=(2, 3)), rng.normal(size=2), rng.normal(size=3)
        agrees(
            student.minibatch_gradient(np.vstack([X, X]), np.concatenate([y, y]), w, l2=0.3),
            mini_batches.minibatch_gradient(X, y, w, l2=0.3),
        )

    def test_of_one_example(self, student, rng):
        """Is a batch of one treated like any other?"""
        x, y, w = rng.normal(size=(1, 2)), rng.normal(size=1), rng.normal(size=2)
        agrees(student.minibatch_gradient(x, y, w, l2=0.2), (x[0] @ w - y[0]) * x[0] + 0.2 * w)


class TestTrainEpoch:
    """w ← w − lr·∇J_b(w) for each batch, and the mean loss on the way."""

    reference, points = mini_batches.train_epoch, 5

    def test_batches_of_equal_size(self, student, rng):
        """Over three batches of 2, do weights and mean loss agree with the formula?"""
        compare_epochs(student, rng, n=6, batch_size=2)

    def test_a_short_last_batch(self, student, rng):
        """If the last batch is short, does it count in the mean loss by its examples?"""
        compare_epochs(student, rng, n=5, batch_size=3)

    def test_one_example_at_a_time(self, student, rng):
        """With B = 1, does every example move the weights, and the next see where they went?"""
        compare_epochs(student, rng, n=4, batch_size=1)

    def test_one_batch_is_gradient_descent(self, student, rng):
        """With B = n, is it one step of gradient descent, and the loss that of before the step?"""
        X, y, w = rng.normal(size=(4, 2)), rng.normal(size=4), rng.normal(size=2)
        agrees(
            student.train_epoch(X, y, w, 0.3, 4, np.random.default_rng(seed(rng))),
            (w - 0.3 * mini_batches.minibatch_gradient(X, y, w), 0.5 * float(np.mean((X @ w - y) ** 2))),
        )


def compare_epochs(student, rng, *, n, batch_size):
    """Claim that an epoch of the student's ends where the reference's ends."""
    X, y, w = rng.normal(size=(n, 2)), rng.normal(size=n), rng.normal(size=2)
    start, lr = seed(rng), rng.uniform(0.05, 0.3)
    agrees(
        student.train_epoch(X, y, w, lr, batch_size, np.random.default_rng(start)),
        mini_batches.train_epoch(X, y, w, lr, batch_size, np.random.default_rng(start)),
    )


class TestUpdateRatio:
    """‖Δθ‖ / ‖θ‖."""

    reference, points = mini_batches.update_ratio, 3

    def test_of_vectors(self, student, rng):
        """Is it the length of the update over the length of the parameters?"""
        params, direction = rng.normal(size=(2, 4))
        update = 0.01 * direction
        agrees(student.update_ratio(params, update), np.linalg.norm(update) / np.linalg.norm(params))

    def test_of_matrices(self, student, rng):
        """For a matrix, are the lengths taken over all its entries?"""
        params, direction = rng.normal(size=(2, 2, 3))
        agrees(
            student.update_ratio(params, -0.1 * direction), mini_batches.update_ratio(params, 0.1 * direction)
        )

    def test_of_zero_parameters(self, student, rng):
        """From zero parameters, is any update infinitely large, and no update a ratio of 0?"""
        agrees(student.update_ratio(np.zeros(3), rng.normal(size=3)), np.inf)
        agrees(student.update_ratio(np.zeros(3), np.zeros(3)), 0.0)


class TestGradientNoiseScale:
    """tr(Σ)/‖G‖² from the squared gradients of two batch sizes."""

    reference, points = mini_batches.gradient_noise_scale, 3

    def test_it_recovers_what_was_put_in(self, student, rng):
        """From E‖g‖² = ‖G‖² + tr(Σ)/B at two sizes, does it find tr(Σ)/‖G‖²?"""
        signal, noise, b = rng.uniform(0.5, 2.0), rng.uniform(5.0, 50.0), rng.uniform(2.0, 9.0)
        big = b * rng.uniform(3.0, 8.0)
        agrees(student.gradient_noise_scale(signal + noise / b, signal + noise / big, b, big), noise / signal)

    def test_with_single_examples(self, student, rng):
        """May the smaller batch be a single example?"""
        signal, noise, big = rng.uniform(0.5, 2.0), rng.uniform(1.0, 4.0), int(rng.integers(10, 90))
        agrees(student.gradient_noise_scale(signal + noise, signal + noise / big, 1, big), noise / signal)

    def test_noisy_means_may_be_negative(self, student, rng):
        """If by bad luck the larger batch has the longer gradient, is the answer what the formula gives?"""
        small = rng.uniform(0.5, 1.0)
        big = small + rng.uniform(0.1, 0.5)
        agrees(
            student.gradient_noise_scale(small, big, 8, 32),
            mini_batches.gradient_noise_scale(small, big, 8, 32),
        )
