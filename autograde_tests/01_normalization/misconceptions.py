"""Misconceptions of lesson 01: wrong versions that students write."""

import numpy as np

from autograde_tests.engine.misconceptions import misconception


def _one_for_zero(std):
    return np.where(std == 0, 1.0, std)


@misconception("fit_standardizer")
def measures_the_rows(X):
    """You measure the examples: rows are examples, and each column, a feature, gets its own two numbers."""
    return np.mean(X, axis=1), _one_for_zero(np.std(X, axis=1))


@misconception("fit_standardizer")
def divides_by_n_minus_one(X):
    """You divide by n − 1: this course divides by n, so that scaled columns have standard deviation 1."""
    with np.errstate(invalid="ignore", divide="ignore"):
        std = np.sqrt(np.sum((X - np.mean(X, axis=0)) ** 2, axis=0) / (len(X) - 1))
    return np.mean(X, axis=0), _one_for_zero(std)


@misconception("fit_standardizer")
def forgets_to_center(X):
    """This is the root of the mean of x²: it is the standard deviation only after the mean was subtracted."""
    return np.mean(X, axis=0), _one_for_zero(np.sqrt(np.mean(X**2, axis=0)))


@misconception("fit_standardizer")
def returns_the_variance(X):
    """This is the variance σ²: the standard deviation is its root."""
    return np.mean(X, axis=0), _one_for_zero(np.var(X, axis=0))


@misconception("fit_standardizer")
def returns_the_variance_with_its_zeros(X):
    """This is the variance σ²: take the root first, and then see to the columns that are constant."""
    return np.mean(X, axis=0), np.var(X, axis=0)


@misconception("fit_standardizer")
def takes_one_mean_for_all(X):
    """One mean and one spread for the whole table: every column has units of its own."""
    d = X.shape[1]
    return np.full(d, np.mean(X)), _one_for_zero(np.full(d, np.std(X)))


@misconception("fit_standardizer")
def forgets_the_axis(X):
    """Without `axis`, numpy averages over the whole table: every column should get a number of its own."""
    return np.mean(X), np.std(X)


@misconception("fit_standardizer")
def leaves_a_zero_to_divide_by(X):
    """A constant column has standard deviation 0, and dividing by it gives nan: it gets 1 instead."""
    return np.mean(X, axis=0), np.std(X, axis=0)


@misconception("fit_standardizer")
def adds_a_small_number(X):
    """A small number is added to every column: put 1 where a column is constant, nothing elsewhere."""
    return np.mean(X, axis=0), np.std(X, axis=0) + 1e-8


@misconception("fit_standardizer")
def swaps_the_two(X):
    """The two have changed places: the mean comes first."""
    return _one_for_zero(np.std(X, axis=0)), np.mean(X, axis=0)


@misconception("fit_standardizer")
def measures_the_range(X):
    """This is the distance from smallest to largest: the standard deviation is wanted."""
    return np.mean(X, axis=0), _one_for_zero(np.max(X, axis=0) - np.min(X, axis=0))


@misconception("standardize")
def measures_the_data_it_is_given(X, mean, std):
    """You measure X again: use the `mean` and `std` that are passed in, which come from the training set."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return (X - np.mean(X, axis=0)) / np.std(X, axis=0)


@misconception("standardize")
def divides_by_the_variance(X, mean, std):
    """You divide by the square of σ: the units cancel only when you divide by σ itself."""
    return (X - mean) / std**2


@misconception("standardize")
def divides_by_the_root_of_std(X, mean, std):
    """You divide by √σ: σ is the standard deviation, its root has been taken already."""
    return (X - mean) / np.sqrt(std)


@misconception("standardize")
def divides_before_it_subtracts(X, mean, std):
    """The mean is subtracted after the division: it is in the units of X, so it goes first."""
    return X / std - mean


@misconception("standardize")
def scales_the_mean_alone(X, mean, std):
    """Division comes before subtraction here: parentheses around `X - mean` are missing."""
    return X - mean / std


@misconception("standardize")
def changes_the_examples_in_place(X, mean, std):
    """`-=` and `/=` change the caller's table: compute a new one."""
    X -= mean
    X /= std
    return X


@misconception("standardize")
def multiplies_by_std(X, mean, std):
    """A wide column should become narrower: divide by σ."""
    return (X - mean) * std


@misconception("standardize")
def forgets_the_mean(X, mean, std):
    """The columns are scaled but not shifted: subtract the mean first."""
    return X / std


@misconception("standardize")
def forgets_the_scale(X, mean, std):
    """The columns are shifted but not scaled: divide by σ as well."""
    return X - mean


@misconception("standardize")
def adds_a_small_number_to_std(X, mean, std):
    """A small number is added to σ: `fit_standardizer` has taken care of zeros, divide by σ as it is."""
    return (X - mean) / (std + 1e-8)


def _with_bias(X):
    return np.column_stack([X, np.ones(len(X))])


@misconception("least_squares_condition")
def forgets_to_square(X):
    """This is the condition number of X̃ itself: that of X̃ᵀX̃ is its square."""
    return np.linalg.cond(_with_bias(X))


@misconception("least_squares_condition")
def forgets_the_bias(X):
    """The column of ones is missing: the bias is a parameter too, and H has d + 1 rows."""
    return np.linalg.cond(X.T @ X / len(X))


@misconception("least_squares_condition")
def centers_first(X):
    """You subtract the means first: how far they are from zero is part of what is measured here."""
    return np.linalg.cond(_with_bias(X - np.mean(X, axis=0))) ** 2


@misconception("least_squares_condition")
def inverts_the_ratio(X):
    """The largest eigenvalue goes above the line: a condition number is 1 or more."""
    eigenvalues = np.linalg.eigvalsh(_with_bias(X).T @ _with_bias(X) / len(X))
    return eigenvalues[0] / eigenvalues[-1]


@misconception("least_squares_condition")
def scales_all_but_the_bias(X):
    """Only the columns of X are divided by √n, and the ones are not: the 1/n belongs to the whole of X̃ᵀX̃."""
    n = len(X)
    with_bias = np.column_stack([X / np.sqrt(n), np.ones(n)])
    return np.linalg.cond(with_bias) ** 2


@misconception("least_squares_condition")
def compares_the_variances(X):
    """You compare the widest column with the narrowest: H knows of correlations and means, too."""
    variances = np.var(X, axis=0)
    return np.max(variances) / np.min(variances)


@misconception("least_squares_condition")
def compares_the_diagonal(X):
    """You compare entries of H's diagonal: its eigenvalues are wanted."""
    diagonal = np.mean(_with_bias(X) ** 2, axis=0)
    return np.max(diagonal) / np.min(diagonal)


@misconception("least_squares_condition")
def returns_the_largest_eigenvalue(X):
    """This is λmax alone: the condition number divides it by λmin."""
    return np.linalg.eigvalsh(_with_bias(X).T @ _with_bias(X) / len(X))[-1]


@misconception("least_squares_condition")
def trusts_the_order_of_eig(X):
    """`np.linalg.eig` sorts nothing, so first and last are no extremes: take the largest and the smallest."""
    eigenvalues = np.linalg.eig(_with_bias(X).T @ _with_bias(X) / len(X))[0]
    return eigenvalues[0] / eigenvalues[-1]


@misconception("least_squares_condition")
def trusts_the_order_of_eig_backwards(X):
    """`np.linalg.eig` sorts nothing, so last and first are no extremes: take the largest and the smallest."""
    eigenvalues = np.linalg.eig(_with_bias(X).T @ _with_bias(X) / len(X))[0]
    return eigenvalues[-1] / eigenvalues[0]


@misconception("least_squares_condition")
def squares_once_too_often(X):
    """The condition number of X̃ᵀX̃ is the square of X̃'s already: no further square is needed."""
    return np.linalg.cond(_with_bias(X).T @ _with_bias(X)) ** 2


def _decomposed(X):
    centered = X - np.mean(X, axis=0)
    eigenvalues, U = np.linalg.eigh(centered.T @ centered / len(X))
    return centered, np.maximum(eigenvalues, 1e-15), U


@misconception("whiten")
def divides_by_the_eigenvalues(X, eps=0.0):
    """You divide by λ, which is a variance: divide by its root."""
    centered, eigenvalues, U = _decomposed(X)
    return centered @ (U / (eigenvalues + eps)) @ U.T


@misconception("whiten")
def never_centers(X, eps=0.0):
    """The mean is never subtracted: XᵀX/n is the covariance only after that."""
    eigenvalues, U = np.linalg.eigh(X.T @ X / len(X))
    return X @ (U / np.sqrt(np.maximum(eigenvalues, 1e-15) + eps)) @ U.T


@misconception("whiten")
def turns_the_uncentered_examples(X, eps=0.0):
    """The covariance is right, but you turn X, whose mean is still there: turn the centered examples."""
    _, eigenvalues, U = _decomposed(X)
    return X @ (U / np.sqrt(eigenvalues + eps)) @ U.T


@misconception("whiten")
def does_not_turn_back(X, eps=0.0):
    """This is PCA whitening, in the axes of U: one more factor, Uᵀ, turns the result back to the features."""
    centered, eigenvalues, U = _decomposed(X)
    return centered @ (U / np.sqrt(eigenvalues + eps))


@misconception("whiten")
def adds_eps_outside_the_root(X, eps=0.0):
    """Here ε stands inside the root, added to the eigenvalue: √(λ + ε)."""
    centered, eigenvalues, U = _decomposed(X)
    return centered @ (U / (np.sqrt(eigenvalues) + eps)) @ U.T


@misconception("whiten")
def ignores_eps(X, eps=0.0):
    """`eps` is not used: add it to the eigenvalues."""
    centered, eigenvalues, U = _decomposed(X)
    return centered @ (U / np.sqrt(eigenvalues)) @ U.T


@misconception("whiten")
def forgets_to_divide_by_n(X, eps=0.0):
    """The covariance is a mean: divide the sum of products by n."""
    centered, eigenvalues, U = _decomposed(X)
    return centered @ (U / np.sqrt(len(X) * eigenvalues + eps)) @ U.T


@misconception("whiten")
def divides_the_covariance_by_n_minus_one(X, eps=0.0):
    """Your covariance divides by n − 1 (`np.cov` does): this course divides by n."""
    centered, eigenvalues, U = _decomposed(X)
    return centered @ (U / np.sqrt(eigenvalues * len(X) / (len(X) - 1) + eps)) @ U.T


@misconception("whiten")
def only_standardizes(X, eps=0.0):
    """Each column is scaled alone, and correlations stay: the eigenvectors of the covariance remove them."""
    centered = X - np.mean(X, axis=0)
    return centered / np.sqrt(np.var(X, axis=0) + eps)


@misconception("whiten")
def multiplies_by_the_roots(X, eps=0.0):
    """You multiply by √λ, which stretches wide directions more: divide by it."""
    centered, eigenvalues, U = _decomposed(X)
    return centered @ (U * np.sqrt(eigenvalues + eps)) @ U.T


@misconception("whiten")
def scales_the_rows_of_u(X, eps=0.0):
    """Each √λ belongs to a column of U, its eigenvector: your division scales the rows."""
    centered, eigenvalues, U = _decomposed(X)
    return centered @ (U / np.sqrt(eigenvalues + eps)[:, None]) @ U.T


@misconception("whiten")
def forgets_the_transpose(X, eps=0.0):
    """The last factor is Uᵀ, which turns back: U turns a second time."""
    centered, eigenvalues, U = _decomposed(X)
    return centered @ (U / np.sqrt(eigenvalues + eps)) @ U


@misconception("whiten")
def swaps_u_and_its_transpose(X, eps=0.0):
    """U and Uᵀ have changed places: an example is a row here, and U turns a row to the eigenvectors."""
    centered, eigenvalues, U = _decomposed(X)
    return centered @ (U.T / np.sqrt(eigenvalues + eps)) @ U


@misconception("whiten")
def whitens_by_cholesky(X, eps=0.0):
    """This is white, but turned: of all white versions, ZCA is the one closest to X, by U on both sides."""
    centered, _, _ = _decomposed(X)
    covariance = centered.T @ centered / len(X) + eps * np.eye(X.shape[1])
    return np.linalg.solve(np.linalg.cholesky(covariance), centered.T).T
