"""Claims of lesson 00: the step of gradient descent, its limit and its speed."""

import numpy as np

from autograde_tests.engine.claims import agrees, holds
from course_lib import conditioning, optimizers


def bowl(rng, eigenvalues):
    """Return a symmetric matrix with these eigenvalues, turned at random: none of them is on the diagonal."""
    directions, _ = np.linalg.qr(rng.normal(size=(len(eigenvalues), len(eigenvalues))))
    hessian = directions @ np.diag(eigenvalues) @ directions.T
    return (hessian + hessian.T) / 2


class TestSgd:
    """params ← params − lr·g."""

    reference, points = optimizers.sgd, 5

    def test_one_step(self, student, rng):
        """Does one step agree with the formula, entry by entry?"""
        params, grads = rng.normal(size=(2, 2, 3))
        agrees(student.sgd(params, grads, lr=0.3), (params - 0.3 * grads, None))

    def test_a_long_gradient_makes_a_long_step(self, student, rng):
        """Is the step as long as lr times the gradient: long on a steep slope, nothing on a flat one?"""
        params, grads = rng.normal(size=(2, 4))
        steep, _ = student.sgd(params, 20.0 * grads, lr=0.1)
        agrees(steep, params - 2.0 * grads)
        flat, _ = student.sgd(params, np.zeros(4), lr=0.1)
        agrees(flat, params)

    def test_a_walk_into_a_bowl(self, student, rng):
        """Do four steps down a bowl, with lr falling, arrive where the formula arrives?"""
        curvature = rng.uniform(0.5, 3.0, size=3)
        params = expected = rng.normal(size=3)
        for lr in (0.4, 0.3, 0.2, 0.1):
            params, _ = student.sgd(params, curvature * params, lr=lr)
            expected = expected * (1 - lr * curvature)
        agrees(params, expected)

    def test_float32_stays_float32(self, student, rng):
        """Do float32 parameters come back as float32?"""
        params, grads = rng.normal(size=(2, 3, 2)).astype(np.float32)
        agrees(student.sgd(params, grads, lr=0.7), optimizers.sgd(params, grads, lr=0.7))


class TestMaxStableLr:
    """2 / λmax, infinity where no eigenvalue is positive."""

    reference, points = conditioning.max_stable_lr, 6

    def test_of_a_bowl(self, student, rng):
        """For a bowl that lies askew, is the limit 2/λmax?"""
        eigenvalues = rng.uniform([0.5, 2.0, 5.0], [1.5, 4.0, 9.0])
        agrees(student.max_stable_lr(bowl(rng, eigenvalues)), 2 / eigenvalues[-1])

    def test_it_divides_shrinking_from_growing(self, student, rng):
        """Does the error shrink at a tenth below your limit, and grow at a tenth above it?"""
        hessian = bowl(rng, rng.uniform([0.5, 3.0], [1.0, 6.0]))
        lr = student.max_stable_lr(hessian)
        below, above = (conditioning.convergence_rate(hessian, factor * lr) for factor in (0.9, 1.1))
        holds(below < 1, f"At a tenth below your limit the error should shrink, but it grows by {below:.3g}.")
        holds(above > 1, f"At a tenth above your limit the error should grow, but it shrinks by {above:.3g}.")

    def test_of_a_saddle(self, student, rng):
        """Where the steepest curvature bends downwards, is the limit that of the gentle walls?"""
        eigenvalues = rng.uniform([-9.0, 0.05, 0.3], [-6.0, 0.2, 0.8])
        agrees(student.max_stable_lr(bowl(rng, eigenvalues)), 2 / eigenvalues[-1])

    def test_of_a_dome(self, student, rng):
        """Where no curvature is positive, is the limit infinite, and that of the dome turned over finite?"""
        dome = bowl(rng, rng.uniform([-6.0, -2.0], [-4.0, -1.0]))
        agrees(student.max_stable_lr(dome), np.inf)
        agrees(student.max_stable_lr(-dome), conditioning.max_stable_lr(-dome))
        agrees(student.max_stable_lr(np.zeros((2, 2))), np.inf, because="(This is the flat plane.)")


class TestConvergenceRate:
    """The largest |1 − lr·λ| over the eigenvalues."""

    reference, points = conditioning.convergence_rate, 6

    def test_with_a_cautious_lr(self, student, rng):
        """For a small lr, is it the flattest direction that sets the pace?"""
        eigenvalues = rng.uniform([0.5, 2.0, 5.0], [1.5, 4.0, 9.0])
        lr = 0.5 / eigenvalues[-1]
        agrees(student.convergence_rate(bowl(rng, eigenvalues), lr), 1 - lr * eigenvalues[0])

    def test_beyond_the_limit(self, student, rng):
        """For an lr above 2/λmax, is it the steepest direction, and the rate above 1?"""
        eigenvalues = rng.uniform([0.5, 2.0, 5.0], [1.5, 4.0, 9.0])
        hessian = bowl(rng, eigenvalues)
        far = 2.5 / eigenvalues[0]  # beyond the limit of every direction: all factors are negative
        agrees(student.convergence_rate(hessian, far), far * eigenvalues[-1] - 1)
        agrees(student.convergence_rate(hessian, 2.5 / eigenvalues[-1]), 1.5)

    def test_on_a_saddle(self, student, rng):
        """Along a direction that bends downwards, does the rate say that the distance grows?"""
        eigenvalues = rng.uniform([-3.0, 0.5, 3.0], [-2.0, 1.0, 4.0])
        lr = 0.25 / eigenvalues[-1]
        agrees(student.convergence_rate(bowl(rng, eigenvalues), lr), 1 - lr * eigenvalues[0])

    def test_at_the_best_lr(self, student, rng):
        """At lr = 2/(λmin + λmax), is the rate (κ−1)/(κ+1), and worse a little above it?"""
        smallest, largest = rng.uniform([0.5, 4.0], [1.0, 9.0])
        hessian = bowl(rng, np.array([smallest, 0.9 * smallest + 0.1 * largest, largest]))
        best = 2 / (smallest + largest)
        agrees(student.convergence_rate(hessian, best), (largest - smallest) / (largest + smallest))
        agrees(student.convergence_rate(hessian, 1.05 * best), 1.05 * best * largest - 1)
