"""Honest answers to lesson 01, written in other ways: each must get full marks."""

import warnings

import numpy as np

from autograde_tests.engine.honest import honest


@honest("fit_standardizer")
def with_a_mask(X):
    """Overwrite the zeros."""
    mean, std = X.mean(axis=0), X.std(axis=0)
    std[std == 0] = 1
    return mean, std


@honest("fit_standardizer")
def column_by_column(X):
    """Loop over columns and entries."""
    means, stds = [], []
    for column in X.T:
        mean = sum(column) / len(column)
        variance = sum((value - mean) ** 2 for value in column) / len(column)
        means.append(mean)
        stds.append(variance**0.5 or 1.0)
    return np.array(means), np.array(stds)


@honest("fit_standardizer")
def with_einsum_and_a_list(X):
    """Sum with einsum, and answer with a list."""
    mean = np.einsum("ij->j", X) / len(X)
    centered = X - mean
    variance = np.einsum("ij,ij->j", centered, centered) / len(X)
    return [mean, np.where(variance > 0, np.sqrt(variance), 1.0)]


@honest("fit_standardizer")
def with_the_spread(X):
    """Call a column constant where its range is 0, and print."""
    print(X.shape)
    return np.average(X, axis=0), np.where(np.ptp(X, axis=0) == 0, 1.0, np.var(X, axis=0) ** 0.5)


@honest("standardize")
def with_a_loop_over_rows(X, mean, std):
    """Loop over the examples."""
    return np.array([(row - mean) / std for row in X])


@honest("standardize")
def on_its_own_copy(X, mean, std):
    """Work in place, on a copy."""
    result = np.array(X, dtype=float)
    result -= mean
    result /= std
    return result


@honest("standardize")
def with_a_matrix(X, mean, std):
    """Multiply by a diagonal matrix, and warn."""
    warnings.warn("a matrix is more than is needed", stacklevel=1)
    return np.subtract(X, mean) @ np.diag(1 / std)


@honest("least_squares_condition")
def with_the_hessian(X):
    """Build H and divide its extreme eigenvalues."""
    with_bias = np.hstack([X, np.ones((X.shape[0], 1))])
    eigenvalues = np.linalg.eigvalsh(with_bias.T @ with_bias / X.shape[0])
    return eigenvalues[-1] / eigenvalues[0]


@honest("least_squares_condition")
def with_the_bias_in_front(X):
    """Put the ones in front."""
    with_bias = np.insert(X, 0, 1.0, axis=1)
    return np.linalg.cond(with_bias.T @ with_bias)


@honest("least_squares_condition")
def with_singular_values(X):
    """Square the ratio of the singular values."""
    singular = np.linalg.svd(np.c_[X, np.ones(len(X))], compute_uv=False)
    return float((singular.max() / singular.min()) ** 2)


@honest("whiten")
def with_the_inverse_root(X, eps=0.0):
    """Build the inverse root, from numpy's covariance."""
    centered = X - X.mean(axis=0)
    covariance = np.cov(X, rowvar=False, bias=True)
    eigenvalues, U = np.linalg.eigh(covariance)
    root = U @ np.diag((eigenvalues + eps) ** -0.5) @ U.T
    return centered @ root


@honest("whiten")
def with_singular_values_of_the_data(X, eps=0.0):
    """Rescale the singular values of the examples."""
    centered = X - np.mean(X, axis=0)
    left, singular, right = np.linalg.svd(centered, full_matrices=False)
    return (left * (singular / np.sqrt(singular**2 / len(X) + eps))) @ right


@honest("whiten")
def direction_by_direction(X, eps=0.0):
    """Add up the directions one by one, and print."""
    centered = X - np.mean(X, axis=0)
    eigenvalues, vectors = np.linalg.eig(np.einsum("ni,nj->ij", centered, centered) / len(X))
    white = np.zeros_like(centered)
    for eigenvalue, vector in zip(eigenvalues, vectors.T, strict=True):
        white += np.outer(centered @ vector, vector) / np.sqrt(eigenvalue + eps)
    print("whitened")
    return white
