"""Claims of lesson 10: curvature, saddles, plateaus and Newton's step."""

import numpy as np

from autograde_tests.engine.claims import agrees, holds
from course_lib import critical_points


def symmetric_matrix(rng, eigenvalues):
    """A matrix with these eigenvalues along axes that are drawn at random."""
    axes, _ = np.linalg.qr(rng.normal(size=(len(eigenvalues), len(eigenvalues))))
    matrix = axes @ np.diag(eigenvalues) @ axes.T
    return (matrix + matrix.T) / 2


class TestHessianVectorProduct:
    """H·v ≈ (∇J(params + h·v) − ∇J(params − h·v)) / (2h)."""

    reference, points = critical_points.hessian_vector_product, 3

    def test_on_a_quadratic_it_is_exact(self, student, rng):
        """Where the gradient is H·params, is the answer H·v, whatever the length of v?"""
        H = symmetric_matrix(rng, rng.uniform(0.5, 4.0, size=3) * [1, -1, 1])
        params, vector = rng.normal(size=3), rng.uniform(2.0, 3.0) * rng.normal(size=3)
        answer = student.hessian_vector_product(lambda at: H @ at, params, vector)
        agrees(answer, H @ vector, rtol=1e-6)

    def test_the_points_lie_on_both_sides(self, student, rng):
        """Where the Hessian changes from place to place, does the answer agree with the formula?"""
        params, vector = rng.uniform(0.5, 1.5, size=(2, 2, 3))
        for h in (0.3, 0.01):
            agrees(
                student.hessian_vector_product(np.exp, params, vector, h=h),
                critical_points.hessian_vector_product(np.exp, params, vector, h=h),
                rtol=1e-7,
            )

    def test_two_gradients_are_enough(self, student, rng):
        """Is the gradient asked for exactly twice, half a hop of h·v to either side?"""
        params, vector = rng.normal(size=(2, 4))
        visited = []

        def gradient(at):
            visited.append(at)
            return np.sinh(at)

        answer = student.hessian_vector_product(gradient, params, vector, h=0.1)
        holds(
            len(visited) == 2,
            "Two gradients give H·v: the Hessian itself is never needed.",
            f"You asked for {len(visited)}.",
        )
        agrees(answer, critical_points.hessian_vector_product(np.sinh, params, vector, h=0.1), rtol=1e-7)

    def test_the_hop_where_no_h_is_given(self, student, rng):
        """Without an h, is it 1e-5, on a gradient so wavy that the length of the hop shows?"""
        params, vector = rng.uniform(0.3, 0.9, size=(2, 3))
        agrees(
            student.hessian_vector_product(lambda at: np.sin(2e4 * at), params, vector),
            critical_points.hessian_vector_product(lambda at: np.sin(2e4 * at), params, vector),
            rtol=1e-6,
        )


class TestClassifyCriticalPoint:
    """All λ up: minimum; all down: maximum; both: saddle; else degenerate. |λ| ≤ tol counts as zero."""

    reference, points = critical_points.classify_critical_point, 3

    def test_signs_of_two(self, student, rng):
        """In two dimensions, are a minimum, a maximum and a saddle told apart?"""
        one, other = rng.uniform(0.5, 3.0, size=2)
        for signs, kind in (([1, 1], "minimum"), ([-1, -1], "maximum"), ([1, -1], "saddle")):
            agrees(
                student.classify_critical_point(symmetric_matrix(rng, [one, other] * np.array(signs))), kind
            )

    def test_slanting_axes(self, student, rng):
        """Where the diagonal is positive and the axes slant, are the eigenvalues still found?"""
        one, other = rng.uniform(0.5, 3.0, size=2)
        saddle = np.array([[one, one + other], [one + other, one]])
        agrees(student.classify_critical_point(saddle), "saddle")
        agrees(student.classify_critical_point(saddle + (one + other) * np.eye(2)), "minimum")

    def test_signs_of_three_and_more(self, student, rng):
        """With more axes, where a determinant or a trace can mislead, do the eigenvalues decide?"""
        for signs, kind in (
            ([-1, -1, 9], "saddle"),
            ([1, 1, 1], "minimum"),
            ([-1, -1, -1], "maximum"),
            ([1, -9, 1, -1], "saddle"),
        ):
            eigenvalues = rng.uniform(0.5, 1.0, size=len(signs)) * signs
            agrees(student.classify_critical_point(symmetric_matrix(rng, eigenvalues)), kind)

    def test_zero_up_to_rounding(self, student, rng):
        """Does an eigenvalue within tol count as zero, with tol = 1e-8 by default, and one beyond it not?"""
        size = rng.uniform(0.5, 3.0)
        for eigenvalues, kind in (
            ([size, 0.8e-8], "degenerate"),
            ([size, -0.8e-8], "degenerate"),
            ([-size, 0.8e-8], "degenerate"),
            ([size, 1.2e-8], "minimum"),
            ([size, -1.2e-8], "saddle"),
        ):
            agrees(student.classify_critical_point(symmetric_matrix(rng, eigenvalues)), kind)
        agrees(student.classify_critical_point(symmetric_matrix(rng, [size, -0.02]), tol=0.1), "degenerate")
        agrees(student.classify_critical_point(symmetric_matrix(rng, [-size, -0.02]), tol=0.01), "maximum")

    def test_both_signs_beat_a_zero(self, student, rng):
        """With a way up, a way down and a flat axis, is it a saddle, and with all flat, degenerate?"""
        up, down = rng.uniform(0.5, 3.0, size=2)
        agrees(student.classify_critical_point(symmetric_matrix(rng, [up, 0.0, -down])), "saddle")
        agrees(student.classify_critical_point(np.diag([0.0, up, -down])), "saddle")
        agrees(student.classify_critical_point(np.zeros((2, 2))), "degenerate")

    def test_a_tolerance_of_zero(self, student, rng):
        """With tol = 0, does an eigenvalue of exactly 0 still count as zero, and the smallest other not?"""
        size = rng.uniform(0.5, 3.0)
        agrees(student.classify_critical_point(np.diag([0.0, size]), tol=0.0), "degenerate")
        agrees(student.classify_critical_point(np.diag([-size, 0.0]), tol=0.0), "degenerate")
        agrees(student.classify_critical_point(np.diag([1e-12, size]), tol=0.0), "minimum")


class TestNewtonStep:
    """params ← params − p, where (H + damping·I)·p = g."""

    reference, points = critical_points.newton_step, 3

    def test_a_bowl_takes_one_step(self, student, rng):
        """In a quadratic bowl with slanting axes, does one step without damping reach the bottom?"""
        H = symmetric_matrix(rng, rng.uniform(0.5, 4.0, size=3))
        params, bottom = rng.normal(size=(2, 3))
        # Seen from a point far away: the bottom itself would be compared with rounding errors.
        agrees(student.newton_step(params, H @ (params - bottom), H) + 10, bottom + 10)

    def test_it_walks_into_a_saddle(self, student, rng):
        """On a saddle-shaped quadratic, does the bare step go to the saddle, uphill as gladly as down?"""
        H = symmetric_matrix(rng, [rng.uniform(1.0, 3.0), -rng.uniform(1.0, 3.0)])
        params, saddle = rng.normal(size=(2, 2))
        agrees(student.newton_step(params, H @ (params - saddle), H) + 10, saddle + 10)

    def test_damping_lifts_every_eigenvalue(self, student, rng):
        """With damping, does the step agree with the formula?"""
        H = symmetric_matrix(rng, [rng.uniform(1.0, 3.0), rng.uniform(0.5, 0.9), -rng.uniform(0.5, 1.0)])
        params, grads = rng.normal(size=(2, 3))
        for damping in (2.5, 40.0):
            agrees(
                student.newton_step(params, grads, H, damping=damping),
                critical_points.newton_step(params, grads, H, damping=damping),
            )


def distance_that_takes(steps, growth, radius):
    """The distance from which `steps` steps, a fraction, lead to `radius`."""
    return radius / growth**steps


class TestEscapeSteps:
    """⌈ln(radius/distance) / ln(1 − lr·λ)⌉, and 0 where the start is outside."""

    reference, points = critical_points.escape_steps, 3

    def test_counted_by_walking(self, student, rng):
        """Is it the number of steps after which distance·(1 − lr·λ)^t has reached the radius?"""
        for fraction in (rng.uniform(0.6, 0.85), rng.uniform(0.15, 0.4)):
            lr, curvature = rng.uniform(0.1, 0.3), -rng.uniform(1.0, 3.0)
            steps, radius = int(rng.integers(10, 40)), rng.uniform(0.5, 3.0)
            distance = distance_that_takes(steps - 1 + fraction, 1 - lr * curvature, radius)
            agrees(student.escape_steps(distance, lr, curvature, radius), steps)

    def test_the_radius_is_1_where_none_is_given(self, student, rng):
        """Without a radius, does a ten times smaller learning rate take about ten times the steps?"""
        curvature, steps = -rng.uniform(1.0, 3.0), int(rng.integers(10, 40))
        for lr in (0.2, 0.02):
            distance = distance_that_takes(steps - 0.7, 1 - lr * curvature, 1.0)
            agrees(student.escape_steps(distance, lr, curvature), steps)
        distance = distance_that_takes(steps - 0.3, 1 - 0.2 * curvature, 1.0)
        agrees(
            student.escape_steps(distance, 0.02, curvature),
            critical_points.escape_steps(distance, 0.02, curvature),
        )

    def test_outside_already(self, student, rng):
        """Does a start beyond the radius take 0 steps, and one a hair within it 1?"""
        lr, curvature, radius = 0.1, -rng.uniform(1.0, 3.0), rng.uniform(1.5, 3.0)
        agrees(student.escape_steps(radius * rng.uniform(20.0, 40.0), lr, curvature, radius), 0)
        agrees(student.escape_steps(radius * 0.99, lr, curvature, radius), 1)


def slope_of(curvatures):
    """The gradient of ½·Σ λ·x²."""
    return lambda at: curvatures * at


class TestPerturbedGradientDescent:
    """Gradient descent with a random step where ‖g‖ ≤ threshold, `patience` plain steps apart at least."""

    reference, points = critical_points.perturbed_gradient_descent, 5

    def test_far_from_saddles_it_is_gradient_descent(self, student, rng):
        """Where the gradient is never small, is the path that of gradient descent, the start included?"""
        curvatures, start = rng.uniform(0.5, 2.0, size=2), rng.uniform(1.0, 2.0, size=2)
        path = student.perturbed_gradient_descent(
            slope_of(curvatures), start, lr=0.1, steps=4, radius=0.5, rng=np.random.default_rng(0)
        )
        agrees(path, start * (1 - 0.1 * curvatures) ** np.arange(5)[:, None])

    def test_a_random_step_where_the_gradient_is_tiny(self, student, rng):
        """From the saddle itself, is the first step the random one, uniform in the ball, from your `rng`?"""
        seed, curvatures = int(rng.integers(2**31)), rng.uniform(0.5, 2.0, size=3) * [1, -1, -1]
        settings = {"lr": 0.2, "steps": 3, "radius": 0.3}
        agrees(
            student.perturbed_gradient_descent(
                slope_of(curvatures), np.zeros(3), rng=np.random.default_rng(seed), **settings
            ),
            critical_points.perturbed_gradient_descent(
                slope_of(curvatures), np.zeros(3), rng=np.random.default_rng(seed), **settings
            ),
        )

    def test_patience_between_two_random_steps(self, student, rng):
        """Are two random steps more than `patience` apart, on a slope just as steep as the threshold?"""
        seed, slope = int(rng.integers(2**31)), np.array([3.0, 4.0]) * 2.0 ** rng.integers(-3, 3)
        settings = {"lr": 0.1, "steps": 9, "radius": 0.1, "threshold": np.linalg.norm(slope), "patience": 3}
        start = rng.normal(size=2)
        agrees(
            student.perturbed_gradient_descent(
                lambda at: slope, start, rng=np.random.default_rng(seed), **settings
            ),
            critical_points.perturbed_gradient_descent(
                lambda at: slope, start, rng=np.random.default_rng(seed), **settings
            ),
        )

    def test_parameters_may_form_a_matrix(self, student, rng):
        """Is the norm that of all entries, the random step of the shape of the parameters, d their number?"""
        seed, curvatures = int(rng.integers(2**31)), rng.uniform(0.5, 2.0, size=(2, 3))
        settings = {"lr": 0.1, "steps": 6, "radius": 0.4, "threshold": 0.5, "patience": 2}
        start = 0.1 / curvatures
        agrees(
            student.perturbed_gradient_descent(
                slope_of(curvatures), start, rng=np.random.default_rng(seed), **settings
            ),
            critical_points.perturbed_gradient_descent(
                slope_of(curvatures), start, rng=np.random.default_rng(seed), **settings
            ),
        )

    def test_patience_and_threshold_where_none_are_given(self, student, rng):
        """Without them, is a gradient of norm 1e-3 the largest that counts as tiny, and patience 10?"""
        seed, curvatures = int(rng.integers(2**31)), rng.uniform(0.5, 1.0, size=2)
        settings = {"lr": 0.01, "steps": 24, "radius": 1e-5}
        for length in (0.95e-3, 1.2e-3):
            start = length * np.array([0.6, -0.8]) / curvatures
            agrees(
                student.perturbed_gradient_descent(
                    slope_of(curvatures), start, rng=np.random.default_rng(seed), **settings
                ),
                critical_points.perturbed_gradient_descent(
                    slope_of(curvatures), start, rng=np.random.default_rng(seed), **settings
                ),
                rtol=1e-8,
            )


class TestIsPlateau:
    """Over the last `window` steps 0 < ‖g‖ ≤ gradient_tol, and the loss moved by loss_tol at most."""

    reference, points = critical_points.is_plateau, 3

    def test_small_gradients_and_a_still_loss(self, student, rng):
        """Are both asked for: small gradients at every step of the window, and a loss that hardly moves?"""
        small, still = rng.uniform(1e-3, 5e-3, size=6), 2 + 1e-4 * rng.uniform(size=6)
        agrees(student.is_plateau(small, still, window=5), True)
        agrees(student.is_plateau(100 * small, still, window=5), False)
        one_large = small.copy()
        one_large[3] = 0.02
        agrees(student.is_plateau(one_large, still, window=5), False)
        agrees(student.is_plateau(small, still + 0.1 * np.arange(6), window=5), False)
        agrees(student.is_plateau(small, still - 0.1 * np.arange(6), window=5), False)

    def test_only_the_last_steps_count(self, student, rng):
        """Is only the end of the run looked at, and a run shorter than the window no plateau?"""
        norms = np.concatenate([rng.uniform(1.0, 2.0, size=4), rng.uniform(1e-3, 5e-3, size=4)])
        still = 2 + 1e-4 * rng.uniform(size=8)
        falling = np.concatenate([rng.uniform(5.0, 9.0, size=4), still[4:]])
        agrees(student.is_plateau(norms[::-1].copy(), falling[::-1].copy(), window=4), False)
        agrees(student.is_plateau(norms, falling, window=4), True)
        agrees(student.is_plateau(norms, still, window=5), False)
        agrees(student.is_plateau(norms[4:], falling[4:], window=5), False)

    def test_first_against_last_of_the_window(self, student, rng):
        """Is the last loss of the window compared with its first, whatever lies between?"""
        norms, scale = rng.uniform(1e-3, 5e-3, size=5), rng.uniform(1.0, 3.0)
        agrees(student.is_plateau(norms, scale * np.array([9.0, 2, 5, 1, 2]), window=4), True)
        agrees(student.is_plateau(norms, scale * np.array([2.0, 3, 2, 2, 2]), window=4), False)
        agrees(student.is_plateau(norms, scale * np.array([2.0, 2, 2, 2, 3]), window=4), False)
        agrees(student.is_plateau(norms, scale * np.array([1.0, 1, 900, 1, 1.05]), window=4), False)

    def test_a_critical_point_is_no_plateau(self, student, rng):
        """Is a gradient of exactly zero told from a small one?"""
        norms, losses = rng.uniform(1e-3, 5e-3, size=4), np.full(4, rng.uniform(1.0, 3.0))
        agrees(student.is_plateau(norms, losses, window=4), True)
        norms[int(rng.integers(4))] = 0.0
        agrees(student.is_plateau(norms, losses, window=4), False)

    def test_the_loss_is_compared_with_its_own_size(self, student, rng):
        """Is the change of the loss set in proportion to the loss, which may be negative?"""
        norms, shape = rng.uniform(1e-3, 5e-3, size=4), np.array([0.0, 1.0, 2.0, 3.0])
        agrees(student.is_plateau(norms, 1000 - 0.3 * shape, window=4), True)
        agrees(student.is_plateau(norms, 0.001 - 3e-5 * shape, window=4), False)
        agrees(student.is_plateau(norms, -1000 + 0.3 * shape, window=4), True)
        agrees(student.is_plateau(norms, -1 - 0.3 * shape, window=4), False)

    def test_the_change_is_a_share_of_the_first_loss(self, student, rng):
        """Is the change a share of the window's first loss, and not of its last?"""
        norms, first = rng.uniform(1e-3, 5e-3, size=4), rng.uniform(3.0, 5.0)
        falling, rising = first * np.array([1.0, 0.95, 0.85, 0.75]), first * np.array([1.0, 1.1, 1.2, 1.35])
        agrees(student.is_plateau(norms, falling, window=4, loss_tol=0.3), True)
        agrees(student.is_plateau(norms, rising, window=4, loss_tol=0.3), False)

    def test_the_settings_where_none_are_given(self, student, rng):
        """Are they 20 steps, norms up to 1e-2 and a change of the loss of up to a thousandth?"""
        small, still = rng.uniform(1e-3, 9e-3, size=20), np.full(20, rng.uniform(1.0, 3.0))
        agrees(student.is_plateau(small, still), True)
        agrees(student.is_plateau(small[1:], still[1:]), False)
        agrees(student.is_plateau(small * 0 + 0.0099, still), True)
        agrees(student.is_plateau(small * 0 + 0.0101, still), False)
        agrees(student.is_plateau(small, still * np.linspace(1, 1.0009, 20)), True)
        agrees(student.is_plateau(small, still * np.linspace(1, 1.0011, 20)), False)
        agrees(student.is_plateau(small * 50, still, gradient_tol=0.6), True)
        agrees(student.is_plateau(small, still * np.linspace(1, 1.2, 20), loss_tol=0.3), True)
        at_the_bounds = np.full(20, 0.5), np.linspace(4, 5, 20)
        agrees(student.is_plateau(*at_the_bounds, gradient_tol=0.5, loss_tol=0.25), True)
