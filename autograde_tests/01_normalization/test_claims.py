"""Claims of lesson 01: standardization, the condition it mends, and whitening."""

import numpy as np

from autograde_tests.engine.claims import agrees, holds
from course_lib import normalization

# Four examples, two features, uncorrelated, mean 0, standard deviation 1: what can be said of them by hand.
SQUARE = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])


def measurements(rng, n, d):
    """Return examples whose columns have means away from 0 and very different spreads, and are correlated."""
    X = rng.normal(size=(n, d)) * rng.uniform(0.5, 3.0, size=d)
    X[:, 0] += 0.5 * X[:, -1]
    return X + rng.uniform(1.0, 4.0, size=d)


class TestFitStandardizer:
    """Mean and population standard deviation of each column, 1 for a constant one."""

    reference, points = normalization.fit_standardizer, 4

    def test_of_random_columns(self, student, rng):
        """Are mean and standard deviation those of each column, divided by n?"""
        X = measurements(rng, 4, 3)
        agrees(student.fit_standardizer(X), normalization.fit_standardizer(X))

    def test_a_constant_column_gets_one(self, student, rng):
        """Does a column whose entries are all the same get 1, and its neighbors what they had?"""
        X = measurements(rng, 4, 3)
        X[:, 1] = rng.integers(2, 9)
        agrees(student.fit_standardizer(X), normalization.fit_standardizer(X))

    def test_other_units(self, student, rng):
        """In units a thousand times smaller, are both numbers of that column a thousand times larger?"""
        X = measurements(rng, 5, 2)
        mean, std = normalization.fit_standardizer(X)
        units = np.array([1.0, 1000.0])
        agrees(student.fit_standardizer(X * units), (mean * units, std * units))

    def test_of_one_example(self, student, rng):
        """Is one example its own mean, and nothing scaled?"""
        X = measurements(rng, 1, 3)
        agrees(student.fit_standardizer(X), (X[0], np.ones(3)))


class TestStandardize:
    """(X − mean) / std with statistics that were measured elsewhere."""

    reference, points = normalization.standardize, 3

    def test_with_statistics_of_other_data(self, student, rng):
        """With a mean and a standard deviation from elsewhere, does each entry agree with the formula?"""
        X, mean, std = measurements(rng, 2, 3), rng.normal(size=3), rng.uniform(0.2, 5.0, size=3)
        agrees(student.standardize(X, mean, std), (X - mean) / std)

    def test_of_one_example(self, student, rng):
        """Is a single new example treated like any other?"""
        mean, std = rng.uniform(2.0, 9.0, size=4), rng.uniform(1.5, 5.0, size=4)
        scores = rng.normal(size=(1, 4))
        agrees(student.standardize(mean + std * scores, mean, std), scores)

    def test_it_undoes_units(self, student, rng):
        """Do the same examples in two units come out the same?"""
        X, mean, std = measurements(rng, 3, 2), rng.normal(size=2), rng.uniform(0.2, 5.0, size=2)
        grams, degrees = rng.uniform(10.0, 1000.0), rng.uniform(0.1, 2.0)
        units, zero = np.array([grams, degrees]), np.array([0.0, 32.0])
        agrees(student.standardize(X * units + zero, mean * units + zero, std * units), (X - mean) / std)


class TestLeastSquaresCondition:
    """λmax / λmin of X̃ᵀX̃/n, where X̃ is X with a column of ones."""

    reference, points = normalization.least_squares_condition, 4

    def test_of_random_columns(self, student, rng):
        """Does the number agree with the formula?"""
        X = measurements(rng, 5, 2)
        agrees(student.least_squares_condition(X), normalization.least_squares_condition(X))

    def test_of_independent_columns(self, student, rng):
        """For uncorrelated columns of mean 0 and standard deviations s > 1 and 1/s, is it s⁴?"""
        s = rng.uniform(2.0, 3.0)
        agrees(student.least_squares_condition(SQUARE * [s, 1 / s]), s**4)

    def test_of_a_column_far_from_zero(self, student, rng):
        """Does a mean far from zero count, through the column of ones?"""
        X = measurements(rng, 4, 2) + np.array([0.0, 20.0])
        agrees(student.least_squares_condition(X), normalization.least_squares_condition(X), rtol=1e-7)

    def test_copies_of_the_examples_change_nothing(self, student, rng):
        """If every example is there twice, is the number the same?"""
        X = measurements(rng, 4, 1)
        agrees(student.least_squares_condition(np.vstack([X, X])), normalization.least_squares_condition(X))


class TestWhiten:
    """(X − μ)·U·(Λ + ε)^(−½)·Uᵀ."""

    reference, points = normalization.whiten, 6

    def test_without_eps(self, student, rng):
        """With ε = 0, do the whitened examples agree with the formula?"""
        X = measurements(rng, 6, 3)
        agrees(student.whiten(X), normalization.whiten(X), rtol=1e-6)

    def test_with_a_large_eps(self, student, rng):
        """Does a large ε damp every direction as the formula says?"""
        X = measurements(rng, 4, 3)
        agrees(student.whiten(X, eps=0.8), normalization.whiten(X, eps=0.8), rtol=1e-6)

    def test_the_covariance_becomes_the_identity(self, student, rng):
        """With ε = 0, is the covariance of the result the identity?"""
        white = student.whiten(measurements(rng, 6, 2))
        # First of all: the square of a long row would fill the memory of whoever grades.
        holds(np.shape(white) == (6, 2), "The result should have the shape of X.")
        agrees(white.T @ white / 6, np.eye(2), rtol=1e-6)

    def test_of_uncorrelated_columns_it_is_standardization(self, student, rng):
        """Where the columns are uncorrelated already, is each only shifted and scaled?"""
        std, mean = rng.uniform([2.0, 0.3], [3.0, 0.6]), rng.normal(size=2)
        agrees(student.whiten(SQUARE * std + mean), SQUARE, rtol=1e-6)
