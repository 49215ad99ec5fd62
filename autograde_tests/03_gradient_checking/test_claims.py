"""Claims of lesson 03: finite differences, two measures of error, and four networks to examine."""

import numpy as np

from autograde_tests.engine.claims import agrees, holds
from course_lib import broken_networks
from course_lib import gradient_checking as reference


class TestNumericalGradient:
    """∂f/∂θ_i ≈ (f(θ + h·e_i) − f(θ − h·e_i)) / (2h)."""

    reference, points = reference.numerical_gradient, 4

    def test_a_matrix_of_parameters(self, student, rng):
        """Is each entry of a matrix moved alone, h to both sides?"""
        weights, params = rng.normal(size=(2, 2, 3))

        def f(theta):
            # The product couples the entries: whoever moves two of them at once gets another answer.
            return float(np.sum(weights * theta**3) + np.prod(theta + 2.0))

        agrees(
            student.numerical_gradient(f, params, h=0.5),
            reference.numerical_gradient(f, params, h=0.5),
            rtol=1e-7,
        )

    def test_a_cubic_is_off_by_h_squared(self, student, rng):
        """Does the central difference of θ³ give 3θ² + h², to rounding?"""
        params, h = rng.uniform(0.5, 2.0, size=4), rng.uniform(0.1, 0.5)
        got = student.numerical_gradient(lambda theta: float(np.sum(theta**3)), params, h=h)
        agrees(got, 3 * params**2 + h**2, rtol=1e-7)

    def test_small_steps_by_default(self, student, rng):
        """With h left at 1e-5, does the gradient of Σ sin θ come out as cos θ?"""
        params = rng.uniform(-1.0, 1.0, size=5)
        agrees(
            student.numerical_gradient(lambda theta: float(np.sum(np.sin(theta))), params),
            np.cos(params),
            rtol=1e-7,
        )

    def test_two_evaluations_an_entry(self, student, rng):
        """Is f evaluated exactly twice an entry, at points that differ from θ in that entry alone?"""
        params = rng.normal(size=(3, 2))
        visited = []

        def f(theta):
            visited.append(np.array(theta))
            return float(np.sum(np.exp(theta)))

        got = student.numerical_gradient(f, params, h=0.25)
        holds(len(visited) == 12, f"With 6 entries, f was evaluated {len(visited)} times: 12 are enough.")
        moved = {int(np.sum(theta != params)) for theta in visited if theta.shape == params.shape}
        holds(moved == {1}, "One entry at a time should move; the others stay where they are in θ.")
        agrees(got, np.exp(params) * np.sinh(0.25) / 0.25, rtol=1e-7)

    def test_whole_numbers_move_too(self, student, rng):
        """Is a step of h possible from a point given in whole numbers?"""
        params = rng.integers(1, 9, size=3) * np.array([1, -1, 1])
        agrees(
            student.numerical_gradient(lambda theta: 0.37 * float(np.sum(theta**2)), params, h=0.25),
            params * 0.74,
            rtol=1e-7,
        )

    def test_a_lone_number(self, student, rng):
        """Does an array of shape (), a single number, have a slope of shape ()?"""
        point = np.array(rng.uniform(0.5, 2.0))
        agrees(
            student.numerical_gradient(lambda theta: float(np.sum(theta**3)), point, h=0.25),
            np.array(3 * point**2 + 0.25**2),
            rtol=1e-7,
        )

    def test_float32_stays_float32(self, student, rng):
        """Does a float32 point give a float32 gradient?"""
        params = (rng.uniform(0.5, 2.0, size=3) * np.array([1, -1, 1])).astype(np.float32)

        def f(theta):
            return np.sum(theta**2)

        agrees(
            student.numerical_gradient(f, params, h=0.25),
            reference.numerical_gradient(f, params, h=0.25),
            rtol=1e-4,
        )

    def test_h_is_small_by_default(self, student):
        """Is h = 1e-5 where none is given, so that θ³ at 0 has the numerical slope h² = 1e-10?"""
        slopes = student.numerical_gradient(lambda theta: float(np.sum(theta**3)), np.zeros(2))
        agrees(slopes, np.full(2, 1e-10), rtol=1e-6)


class TestRelativeError:
    """max |a_i − b_i| / max(|a_i|, |b_i|), where 0/0 counts as 0."""

    reference, points = reference.relative_error, 3

    def test_two_matrices(self, student, rng):
        """Is it the largest of the entries' relative errors?"""
        a = rng.uniform(0.5, 3.0, size=(2, 3)) * rng.choice([-1.0, 1.0], size=(2, 3))
        b = a * rng.uniform(0.6, 1.4, size=(2, 3))
        agrees(student.relative_error(a, b), reference.relative_error(a, b))

    def test_opposite_signs(self, student, rng):
        """Does an entry with the wrong sign count as off by 1 and more, up to 2?"""
        a = rng.uniform(0.5, 2.0, size=4) * np.array([1.0, -1.0, 1.0, -1.0])
        b = a * np.array([1.0, 1.0, -rng.uniform(0.5, 0.9), -rng.uniform(0.1, 0.4)])
        agrees(student.relative_error(a, b), reference.relative_error(a, b))

    def test_the_order_does_not_matter(self, student, rng):
        """Is the error the same with a and b swapped, and 1 where one of the two is zero?"""
        a = rng.uniform(0.5, 2.0, size=3)
        b = a * rng.uniform(1.1, 1.9)
        agrees(student.relative_error(a, b), reference.relative_error(b, a))
        agrees(student.relative_error(b, a), reference.relative_error(b, a))
        a[1] = 0.0
        agrees(student.relative_error(a, b), 1.0)

    def test_a_small_entry_counts_as_much_as_a_large_one(self, student, rng):
        """Does an error in an entry of size 1e-9 show beside one of size 1000?"""
        a = np.array([1e3, 1e-9, 1.0]) * rng.uniform(1.0, 2.0, size=3)
        b = a * np.array([1.0, rng.uniform(0.3, 0.7), 1.0])
        agrees(student.relative_error(a, b), reference.relative_error(a, b))

    def test_zero_beside_zero_is_no_error(self, student, rng):
        """Does an entry that is 0 in both count as 0, also where all are 0?"""
        a, b = rng.uniform(0.5, 1.0, size=4), rng.uniform(1.1, 2.0, size=4)
        a[2] = b[2] = 0.0
        agrees(student.relative_error(a, b), reference.relative_error(a, b))
        agrees(
            student.relative_error(np.zeros(3), np.zeros(3)), 0.0, because="Here both arrays are all zeros."
        )

    def test_nan_is_not_hidden(self, student, rng):
        """Is the error NaN where an entry is NaN?"""
        a = rng.uniform(0.5, 2.0, size=3)
        b = a * rng.uniform(0.5, 0.9)
        b[rng.integers(3)] = np.nan
        agrees(student.relative_error(a, b), np.nan, because="A gradient that holds a NaN must not pass.")


class TestFlatten:
    """Arrays laid end to end, row by row, and their shapes."""

    reference, points, fresh = reference.flatten, 2, True

    def test_a_layer(self, student, rng):
        """Do a weight matrix and a bias give one vector, rows first, and the shapes (2, 3) and (3,)?"""
        arrays = [rng.normal(size=(2, 3)), rng.normal(size=3)]
        agrees(student.flatten(arrays), reference.flatten(arrays))

    def test_numbers_and_three_axes(self, student, rng):
        """Does a number keep the shape (), be it Python's or NumPy's, and an array of three axes its own?"""
        arrays = [np.array(rng.normal()), rng.normal(size=(2, 1, 2)), float(rng.normal())]
        agrees(student.flatten(arrays), reference.flatten(arrays))

    def test_columns_in_memory_are_still_read_by_rows(self, student, rng):
        """Is a transposed matrix, which lies in memory column by column, read row by row?"""
        arrays = [rng.normal(size=(3, 2)).T, rng.normal(size=2)]
        agrees(student.flatten(arrays), reference.flatten(arrays))

    def test_float32_stays_float32(self, student, rng):
        """Do float32 arrays give a float32 vector?"""
        arrays = [rng.normal(size=(2, 2)).astype(np.float32), rng.normal(size=3).astype(np.float32)]
        agrees(student.flatten(arrays), reference.flatten(arrays))


class TestUnflatten:
    """The vector cut back into the arrays that flatten laid end to end."""

    reference, points, fresh = reference.unflatten, 2, True

    def test_a_layer(self, student, rng):
        """Does a vector of nine become a weight matrix (2, 3) and a bias (3,)?"""
        vector, shapes = rng.normal(size=9), [(2, 3), (3,)]
        agrees(student.unflatten(vector, shapes), reference.unflatten(vector, shapes))

    def test_it_undoes_flatten(self, student, rng):
        """Do arrays of unequal shapes, a number among them, come back as they were?"""
        arrays = [rng.normal(size=shape) for shape in [(3, 2), (), (1, 2), (1,)]]
        arrays[1] = np.array(arrays[1])
        vector, shapes = reference.flatten(arrays)
        agrees(student.unflatten(vector, shapes), arrays)

    def test_one_array(self, student, rng):
        """Does a single shape give a list of one array, a copy?"""
        vector = rng.normal(size=6)
        agrees(student.unflatten(vector, [(3, 2)]), reference.unflatten(vector, [(3, 2)]))

    def test_float32_stays_float32(self, student, rng):
        """Does a float32 vector give float32 arrays?"""
        vector, shapes = rng.normal(size=6).astype(np.float32), [(2,), (2, 2)]
        agrees(student.unflatten(vector, shapes), reference.unflatten(vector, shapes))


class TestGradientCheck:
    """‖a − n‖ / (‖a‖ + ‖n‖), and 0 where both are all zeros."""

    reference, points = reference.gradient_check, 3

    def test_right_and_upside_down(self, student, rng):
        """Is the error tiny for the right gradient, and 1 for its negative?"""
        params = rng.uniform(0.5, 2.0, size=4)

        def loss(theta):
            return float(np.sum(np.sin(theta)) + np.sum(theta**2))

        def gradient(theta):
            return np.cos(theta) + 2 * theta

        error = student.gradient_check(loss, gradient, params)
        holds(
            0 <= error < 1e-7,
            f"The gradient is right, and the error should be below 1e-7; it is {error:.2g}.",
        )
        agrees(student.gradient_check(loss, lambda theta: -gradient(theta), params), 1.0, rtol=1e-6)

    def test_a_gradient_that_is_too_long(self, student, rng):
        """Does a gradient c > 1 times as long as it should be give the error (c − 1)/(c + 1)?"""
        params, factor = rng.normal(size=(2, 3)), rng.uniform(1.5, 4.0)
        error = student.gradient_check(
            lambda theta: float(np.sum(theta**2)), lambda theta: 2 * factor * theta, params
        )
        agrees(error, (factor - 1) / (factor + 1), rtol=1e-6)

    def test_one_wrong_entry_among_six(self, student, rng):
        """Does one wrong entry weigh as the root of the sum of squares says?"""
        params = rng.uniform(0.5, 2.0, size=(3, 2))
        mask = np.ones((3, 2))
        mask[1, 1] = rng.uniform(-1.0, 0.5)

        def loss(theta):
            return float(np.sum(theta**3))

        def gradient(theta):
            return 3 * theta**2 * mask

        agrees(
            student.gradient_check(loss, gradient, params, h=0.1),
            reference.gradient_check(loss, gradient, params, h=0.1),
            rtol=1e-6,
        )

    def test_h_is_passed_on(self, student, rng):
        """Does a coarse h show as the error that a central difference of that h has?"""
        params, h = rng.uniform(0.5, 1.0, size=3), rng.uniform(0.4, 0.8)
        error = student.gradient_check(
            lambda theta: float(np.sum(theta**3)), lambda theta: 3 * theta**2, params, h=h
        )
        exact = 3 * params**2
        agrees(error, np.sqrt(3) * h**2 / (np.linalg.norm(exact) + np.linalg.norm(exact + h**2)), rtol=1e-6)

    def test_h_is_small_by_default(self, student):
        """Is h = 1e-5 where none is given, so that θ³ at 0 has the numerical slope h² = 1e-10?"""
        error = student.gradient_check(
            lambda theta: float(np.sum(theta**3)), lambda theta: np.full(3, 2e-10), np.zeros(3)
        )
        agrees(error, 1 / 3, rtol=1e-6)

    def test_zeros(self, student, rng):
        """Is the error 1 where only the gradient is zero, and 0 where the loss is flat as well?"""
        params = rng.uniform(0.5, 2.0, size=3)
        agrees(
            student.gradient_check(lambda theta: float(np.sum(theta**2)), lambda theta: np.zeros(3), params),
            1.0,
            because="The loss has a slope here, and the gradient to check is all zeros.",
        )
        agrees(
            student.gradient_check(lambda theta: 3.0, lambda theta: np.zeros(3), params),
            0.0,
            because="Here the loss is constant and both gradients are all zeros.",
        )


class TestVerdict:
    """wrong above 1e-2, good up to 1e-7; between them the kinks decide."""

    reference, points = reference.verdict, 2

    def test_a_smooth_objective(self, student, rng):
        """Without kinks, is everything between 1e-7 and 1e-2 suspicious?"""
        for low, high, expected in [
            (-9, -7, "good"),
            (-7, -4, "suspicious"),
            (-4, -2, "suspicious"),
            (-2, 0, "wrong"),
        ]:
            for exponent in (low + 0.05, rng.uniform(low, high), high - 0.05):
                agrees(student.verdict(10**exponent, has_kinks=False), expected)

    def test_an_objective_with_kinks(self, student, rng):
        """With kinks, is an error between 1e-7 and 1e-4 ok?"""
        for low, high, expected in [
            (-9, -7, "good"),
            (-7, -4, "ok"),
            (-4, -2, "suspicious"),
            (-2, 0, "wrong"),
        ]:
            for exponent in (low + 0.05, rng.uniform(low, high), high - 0.05):
                agrees(student.verdict(10**exponent, has_kinks=True), expected)

    def test_the_boundaries_belong_to_the_better_side(self, student):
        """Is 1e-2 not yet wrong, 1e-4 ok with kinks, and 1e-7 good?"""
        for error, expected in [(1e-2, "suspicious"), (1e-4, "ok"), (1e-7, "good")]:
            agrees(student.verdict(error, has_kinks=True), expected)

    def test_nan_is_wrong(self, student):
        """Is an error that is NaN wrong, and an error of 0 good?"""
        agrees(student.verdict(0.0, has_kinks=False), "good")
        agrees(student.verdict(float("nan"), has_kinks=True), "wrong", because="NaN is not at most 1e-2.")
        agrees(student.verdict(float("nan"), has_kinks=False), "wrong", because="NaN is not at most 1e-2.")


def _diagnosed(student, network, experiment):
    """Fail, with an experiment to make and without the answer, unless the network has its diagnosis."""
    answers = student.planted_bugs()
    holds(
        isinstance(answers, dict), "The answer should be a dict, as {'A': ..., 'B': ..., 'C': ..., 'D': ...}."
    )
    holds(set(answers) == set("ABCD"), "The keys of the dict should be 'A', 'B', 'C' and 'D'.")
    choices = ", ".join(map(repr, broken_networks.DIAGNOSES))
    for key, word in answers.items():
        holds(
            isinstance(word, str) and word in broken_networks.DIAGNOSES,
            f"{repr(word)[:60]}, your answer for {key}, is none of {choices}.",
        )
    # Whoever gives one answer four times is right once, and has found nothing.
    each_once = set(answers.values()) == set(broken_networks.DIAGNOSES)
    holds(each_once, f"The answers should be {choices}, each once.")
    right = answers[network] == reference.planted_bugs()[network]
    holds(right, f"{answers[network]!r} is not what ails network {network}. {experiment}")


class TestPlantedBugs:
    """What is wrong with the backward pass of each network."""

    reference, points = reference.planted_bugs, 4

    def test_network_a(self, student):
        """Is the diagnosis of network A right?"""
        _diagnosed(student, "A", "Check it again with dropout switched off: keep=1.0.")

    def test_network_b(self, student):
        """Is the diagnosis of network B right?"""
        _diagnosed(student, "B", "Check it again on a single example: n_examples=1.")

    def test_network_c(self, student):
        """Is the diagnosis of network C right?"""
        _diagnosed(student, "C", "What is its error, piece by piece?")

    def test_network_d(self, student):
        """Is the diagnosis of network D right?"""
        _diagnosed(student, "D", "Check it again without the penalty: l2=0.0. And which pieces are off?")
