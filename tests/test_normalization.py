"""Properties of the normalization of lesson 01."""

import numpy as np
import pytest

from course_lib import datasets
from course_lib.normalization import fit_standardizer, least_squares_condition, standardize, whiten


@pytest.fixture
def X():
    """Return 40 correlated examples of 3 features, far from zero and of unequal scale."""
    rng = np.random.default_rng(11)
    mixing = np.array([[3.0, 0.5, 0.0], [0.0, 0.2, 0.1], [1.0, 0.0, 40.0]])
    return rng.normal(size=(40, 3)) @ mixing + np.array([5.0, -20.0, 300.0])


def test_standardized_training_data_has_mean_zero_and_variance_one(X):
    """Is every column of the data that was measured centered and of variance 1?"""
    scaled = standardize(X, *fit_standardizer(X))
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose((scaled**2).mean(axis=0), 1, rtol=1e-12)


def test_the_test_set_keeps_the_statistics_of_the_training_set(X):
    """Is a shifted test set still shifted after standardizing, by the shift in training units?"""
    mean, std = fit_standardizer(X)
    shifted = standardize(X + 2 * std, mean, std)
    np.testing.assert_allclose(shifted.mean(axis=0), 2, rtol=1e-9)


def test_a_unit_does_not_matter(X):
    """Does a change of each column's unit and origin leave the standardized data as they are?"""
    other = X * np.array([1000.0, 0.01, 7.0]) - np.array([3.0, 0.0, 273.15])
    np.testing.assert_allclose(
        standardize(other, *fit_standardizer(other)), standardize(X, *fit_standardizer(X)), rtol=1e-9
    )


@pytest.mark.parametrize("constant", [0.0, 0.1, -1e6 / 3])
def test_a_constant_column_is_centered_and_not_scaled(X, constant):
    """Is the std of a column of equal entries 1, also where its mean is rounded?"""
    X[:, 1] = constant
    mean, std = fit_standardizer(X)
    assert std[1] == 1
    np.testing.assert_allclose(standardize(X, mean, std)[:, 1], 0, atol=1e-9)


def test_float32_stays_and_whole_numbers_become_floats(X):
    """Do the dtypes come out as they should?"""
    mean, std = fit_standardizer(X.astype(np.float32))
    assert mean.dtype == std.dtype == np.float32
    assert standardize(X.astype(np.float32), mean, std).dtype == np.float32
    mean, std = fit_standardizer(np.array([[1, 2], [4, 2]]))
    np.testing.assert_array_equal([mean, std], [[2.5, 2.0], [1.5, 1.0]])


def test_a_nan_spoils_its_own_column_only(X):
    """Are the statistics of the other columns those without the NaN?"""
    clean_mean, clean_std = fit_standardizer(X)
    X[4, 2] = np.nan
    mean, std = fit_standardizer(X)
    assert np.isnan(mean[2]) and np.isnan(std[2])
    np.testing.assert_array_equal(mean[:2], clean_mean[:2])
    np.testing.assert_array_equal(std[:2], clean_std[:2])


def test_the_condition_number_is_that_of_the_hessian(X):
    """Does it agree with the extreme eigenvalues of X̃ᵀX̃/n on well-conditioned data?"""
    Z = standardize(X, *fit_standardizer(X))
    A = np.hstack([np.ones((40, 1)), Z])
    eigenvalues = np.linalg.eigvalsh(A.T @ A / 40)
    assert least_squares_condition(Z) == pytest.approx(eigenvalues[-1] / eigenvalues[0], rel=1e-9)


def test_the_condition_number_does_not_depend_on_how_often_the_data_are_repeated(X):
    """Is κ the same for the data twice over, as the mean loss is?"""
    assert least_squares_condition(np.vstack([X, X])) == pytest.approx(least_squares_condition(X), rel=1e-6)


def test_standardizing_and_whitening_improve_the_condition_of_real_data():
    """Does κ of the wine table fall by a factor of 10,000 when standardized, and to 1 when whitened?"""
    table = datasets.wine().X
    raw = least_squares_condition(table)
    scaled = least_squares_condition(standardize(table, *fit_standardizer(table)))
    assert raw > 1e4 * scaled
    assert least_squares_condition(whiten(table)) == pytest.approx(1, rel=1e-6)


def test_dependent_columns_have_a_huge_condition_number(X):
    """Is κ practically infinite when one column repeats another?"""
    assert least_squares_condition(np.column_stack([X, X[:, 0]])) > 1e25


def test_whitened_features_are_uncorrelated_with_variance_one(X):
    """Is the covariance after whitening the identity?"""
    white = whiten(X)
    np.testing.assert_allclose(white.mean(axis=0), 0, atol=1e-10)
    np.testing.assert_allclose(white.T @ white / 40, np.eye(3), atol=1e-9)


def test_zca_is_symmetric_and_leaves_white_data_alone(X):
    """Is the map a symmetric matrix, so that white data stay where they are?"""
    centered = X - X.mean(axis=0)
    linear_map = np.linalg.lstsq(centered, whiten(X), rcond=None)[0]
    np.testing.assert_allclose(linear_map, linear_map.T, atol=1e-9)
    np.testing.assert_allclose(whiten(whiten(X)), whiten(X), atol=1e-9)


def test_eps_adds_to_the_eigenvalues(X):
    """Is the variance along each principal axis λ/(λ+ε)?"""
    eps = 2.5
    eigenvalues, U = np.linalg.eigh(np.cov(X.T, bias=True))
    variances = (whiten(X, eps) @ U).var(axis=0)
    np.testing.assert_allclose(variances, eigenvalues / (eigenvalues + eps), rtol=1e-9)


def test_the_input_is_left_alone(X):
    """Is the caller's table as it was?"""
    before = X.copy()
    standardize(X, *fit_standardizer(X))
    whiten(X)
    least_squares_condition(X)
    np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: fit_standardizer(np.ones(3)), ValueError, "X must have 2 axes"),
        (lambda: fit_standardizer(np.ones((0, 3))), ValueError, "X must not be empty"),
        (lambda: fit_standardizer([[1.0]]), TypeError, "X must be an array, got list"),
        (
            lambda: standardize(np.ones((4, 3)), np.ones(4), np.ones(3)),
            ValueError,
            "mean must have one entry",
        ),
        (lambda: standardize(np.ones((4, 3)), np.ones(3), np.ones(2)), ValueError, "std must have one entry"),
        (
            lambda: least_squares_condition(np.ones((2, 2), dtype=object)),
            TypeError,
            "X must hold .* got object",
        ),
        (lambda: whiten(np.ones((4, 3)), eps=-1.0), ValueError, "eps must not be negative, got -1.0"),
        (lambda: whiten(np.ones((3, 3))), ValueError, "more examples than features if eps is 0, got 3 of 3"),
    ],
)
def test_what_cannot_be_right_is_refused_in_a_sentence(call, error, sentence):
    """Does a wrong argument raise, and does the sentence name it?"""
    with pytest.raises(error, match=sentence):
        call()
