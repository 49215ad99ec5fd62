"""Claims of lesson 06: momentum, and Nesterov's two faces."""

import numpy as np

from autograde_tests.engine.claims import agrees, holds
from course_lib import conditioning, optimizers


class TestMomentum:
    """v ← βv + (1−β)g, then params ← params − lr·v."""

    reference, points = optimizers.momentum, 4

    def test_one_step_from_a_running_velocity(self, student, rng):
        """Does one step from a velocity that is not zero agree with the formula?"""
        params, grads, velocity = rng.normal(size=(3, 2, 3))
        agrees(
            student.momentum(params, grads, velocity, lr=0.1, beta=0.7),
            optimizers.momentum(params, grads, velocity, lr=0.1, beta=0.7),
        )

    def test_the_first_step_starts_from_rest(self, student, rng):
        """Is the velocity zero before the first step, so that v₁ = (1−β)g₁, with β = 0.9 by default?"""
        params, grads = rng.normal(size=(2, 3))
        after, velocity = student.momentum(params, grads, lr=0.5)
        agrees(velocity, 0.1 * grads)
        agrees(after, params - 0.05 * grads)

    def test_a_walk_of_five_steps(self, student, rng):
        """Do five steps, each fed the state of the one before, arrive where the formula arrives?"""
        gradients = rng.normal(size=(5, 3))
        params = expected = rng.normal(size=3)
        state = expected_state = None
        for grads in gradients:
            params, state = student.momentum(params, grads, state, lr=0.3, beta=0.9)
            expected, expected_state = optimizers.momentum(expected, grads, expected_state, lr=0.3, beta=0.9)
        agrees((params, state), (expected, expected_state))

    def test_without_memory_it_is_gradient_descent(self, student, rng):
        """With β = 0, is the step params − lr·g, and the velocity the gradient?"""
        params, grads, velocity = rng.normal(size=(3, 4))
        agrees(student.momentum(params, grads, velocity, lr=0.2, beta=0.0), (params - 0.2 * grads, grads))

    def test_float32_stays_float32(self, student, rng):
        """Do float32 parameters come back as float32, with the velocity?"""
        params, grads, velocity = rng.normal(size=(3, 2, 3)).astype(np.float32)
        agrees(
            student.momentum(params, grads, velocity, lr=0.1, beta=0.6),
            optimizers.momentum(params, grads, velocity, lr=0.1, beta=0.6),
        )
        agrees(
            student.momentum(params, grads, lr=0.1, beta=0.6),
            optimizers.momentum(params, grads, lr=0.1, beta=0.6),
        )


class TestClassicalMomentum:
    """v ← μv − lr·g, then params ← params + v."""

    reference, points = optimizers.classical_momentum, 2

    def test_one_step_from_a_running_velocity(self, student, rng):
        """Does one step from a velocity that is not zero agree with the formula?"""
        params, grads, velocity = rng.normal(size=(3, 3, 2))
        agrees(
            student.classical_momentum(params, grads, velocity, lr=0.3, mu=0.6),
            optimizers.classical_momentum(params, grads, velocity, lr=0.3, mu=0.6),
        )

    def test_the_first_step_is_one_of_gradient_descent(self, student, rng):
        """From rest, is the first step −lr·g, whatever μ is?"""
        params, grads = rng.normal(size=(2, 4))
        agrees(
            student.classical_momentum(params, grads, lr=0.4, mu=0.9), (params - 0.4 * grads, -0.4 * grads)
        )

    def test_the_velocity_remembers_the_lr_of_its_day(self, student, rng):
        """If lr falls between two steps, does the old velocity keep the lr that it was made with?"""
        params, first, second = rng.normal(size=(3, 3))
        middle, velocity = student.classical_momentum(params, first, lr=0.5)
        agrees(
            student.classical_momentum(middle, second, velocity, lr=0.05),
            optimizers.classical_momentum(params - 0.5 * first, second, -0.5 * first, lr=0.05),
        )


class TestNesterovLookahead:
    """v ← μv − lr·∇J(params + μv), then params ← params + v."""

    reference, points = optimizers.nesterov_lookahead, 3

    def test_one_step_on_a_bowl(self, student, rng):
        """On a quadratic bowl, from a running velocity, does one step agree with the formula?"""
        params, velocity = rng.normal(size=(2, 3))
        curvature = rng.uniform(0.5, 4.0, size=3)
        agrees(
            student.nesterov_lookahead(params, lambda point: curvature * point, velocity, lr=0.1, mu=0.7),
            optimizers.nesterov_lookahead(params, lambda point: curvature * point, velocity, lr=0.1, mu=0.7),
        )

    def test_the_gradient_is_asked_once_and_ahead(self, student, rng):
        """Is the gradient evaluated exactly once, at params + μv?"""
        params, velocity = rng.normal(size=(2, 4))
        visited = []

        def gradient(point):
            visited.append(point)
            return np.tanh(point)

        answer = student.nesterov_lookahead(params, gradient, velocity, lr=0.2, mu=0.5)
        holds(len(visited) == 1, f"The gradient was evaluated {len(visited)} times; once is enough.")
        agrees(visited[0], params + 0.5 * velocity, because="(This is where you asked for the gradient.)")
        agrees(answer, optimizers.nesterov_lookahead(params, np.tanh, velocity, lr=0.2, mu=0.5))

    def test_a_walk_of_four_steps(self, student, rng):
        """Do four steps from rest arrive where the formula arrives?"""
        params = expected = rng.normal(size=2)
        state = expected_state = None
        for _ in range(4):
            params, state = student.nesterov_lookahead(params, np.sinh, state, lr=0.1)
            expected, expected_state = optimizers.nesterov_lookahead(
                expected, np.sinh, expected_state, lr=0.1
            )
        agrees((params, state), (expected, expected_state))


class TestNesterov:
    """v ← μv_prev − lr·g, then params ← params − μ·v_prev + (1+μ)·v."""

    reference, points = optimizers.nesterov, 3

    def test_one_step_from_a_running_velocity(self, student, rng):
        """Does one step from a velocity that is not zero agree with the formula?"""
        params, grads, velocity = rng.normal(size=(3, 2, 4))
        agrees(
            student.nesterov(params, grads, velocity, lr=0.2, mu=0.6),
            optimizers.nesterov(params, grads, velocity, lr=0.2, mu=0.6),
        )

    def test_the_first_step_is_longer(self, student, rng):
        """From rest, is the first step −(1+μ)·lr·g, with μ = 0.9 by default?"""
        params, grads = rng.normal(size=(2, 4))
        agrees(student.nesterov(params, grads, lr=0.1), (params - 1.9 * 0.1 * grads, -0.1 * grads))

    def test_it_walks_where_the_lookahead_looks(self, student, rng):
        """Are your parameters the points params + μv that the look-ahead form asks the gradient at?"""
        curvature = rng.uniform(0.5, 3.0, size=3)
        start = rng.normal(size=3)
        ahead, state = start, None
        params, velocity = start, np.zeros(3)
        for _ in range(4):
            ahead, state = student.nesterov(ahead, curvature * ahead, state, lr=0.1, mu=0.8)
            params, velocity = optimizers.nesterov_lookahead(
                params, lambda point: curvature * point, velocity, lr=0.1, mu=0.8
            )
        agrees(ahead, params + 0.8 * velocity)


class TestMomentumRadius:
    """The largest |root| of z² − (1 + μ − lr·λ)z + μ."""

    reference, points = conditioning.momentum_radius, 3

    def test_where_the_roots_are_complex(self, student, rng):
        """Where the velocity swings (complex roots), is the radius √μ?"""
        mu = rng.uniform(0.5, 0.95)
        agrees(student.momentum_radius(1.0, mu, 1.0), np.sqrt(mu))

    def test_where_the_roots_are_real(self, student, rng):
        """Where it creeps (two positive roots), is the radius the larger of them?"""
        slow, fast = rng.uniform(0.75, 0.95), rng.uniform(0.1, 0.5)
        agrees(student.momentum_radius((1 - slow) * (1 - fast), slow * fast, 1.0), slow)

    def test_where_a_root_is_negative(self, student, rng):
        """Where lr·λ is so large that the roots are negative, is the radius still a size?"""
        mu = rng.uniform(0.1, 0.5)
        lr = 2 * (1 + mu) / 3.0 + rng.uniform(0.1, 0.5)
        agrees(student.momentum_radius(lr, mu, 3.0), conditioning.momentum_radius(lr, mu, 3.0))


class TestOptimalMomentum:
    """lr = (2/(√λmax + √λmin))², μ = ((√κ − 1)/(√κ + 1))²."""

    reference, points = conditioning.optimal_momentum, 2

    def test_the_pair(self, student, rng):
        """Are lr and μ Polyak's optimal pair?"""
        smallest = rng.uniform(0.2, 2.0)
        largest = smallest * rng.uniform(4.0, 80.0)
        agrees(student.optimal_momentum(smallest, largest), conditioning.optimal_momentum(smallest, largest))

    def test_both_ends_shrink_alike(self, student, rng):
        """With your pair, does the error shrink by √μ a step along the flattest and the steepest axis?"""
        smallest = rng.uniform(0.2, 2.0)
        largest = smallest * rng.uniform(4.0, 80.0)
        lr, mu = student.optimal_momentum(smallest, largest)
        rate = (np.sqrt(largest) - np.sqrt(smallest)) / (np.sqrt(largest) + np.sqrt(smallest))
        agrees(np.sqrt(mu), rate, rtol=1e-6)
        # Both ends have a double root there, where a rounding error of u moves the radius by √u.
        ends = [conditioning.momentum_radius(lr, mu, curvature) for curvature in (smallest, largest)]
        agrees(np.array(ends), np.array([rate, rate]), rtol=1e-5)
