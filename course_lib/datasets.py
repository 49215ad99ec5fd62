"""Real data, small and offline.

`digits`: E. Alpaydin and C. Kaynak (1998), "Optical recognition of handwritten digits", UCI Machine Learning
Repository, doi:10.24432/C50P49, CC BY 4.0. `wine`: S. Aeberhard and M. Forina (1992), "Wine", UCI Machine
Learning Repository, doi:10.24432/C5PC7J, CC BY 4.0. `seattle_temperatures`: National Oceanic and Atmospheric
Administration (NOAA), public domain. `data/README.md` says how they came here.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from course_lib._arguments import checked, generator, share
from course_lib._types import Array, Floats, Integers

_DATA = Path(__file__).parent / "data"


class Digits(NamedTuple):
    """Images of handwritten digits."""

    X: Floats
    """Gray values from 0 (paper) to 1 (ink), one image a row, shape `(1797, 64)`."""
    y: Integers
    """The digit 0 … 9 of each image, int64, shape `(1797,)`."""


class Wine(NamedTuple):
    """Chemical measurements of wines, in columns of very different scale."""

    X: Floats
    """The measurements, one wine a row, shape `(178, 13)`."""
    y: Integers
    """The cultivar 0, 1 or 2 of each wine, int64, shape `(178,)`."""
    columns: tuple[str, ...]
    """The names of the 13 columns."""


class Temperatures(NamedTuple):
    """Air temperatures of consecutive days."""

    day: NDArray[np.datetime64]
    """The days, datetime64[D], shape `(1461,)`."""
    highest: Floats
    """The highest temperature of each day in °C, shape `(1461,)`."""
    lowest: Floats
    """The lowest temperature of each day in °C, shape `(1461,)`."""


class Split(NamedTuple):
    """Examples divided in two parts."""

    X_train: Array
    """Examples to train on, one a row."""
    y_train: Array
    """Their targets."""
    X_test: Array
    """Examples held back, one a row."""
    y_test: Array
    """Their targets."""


def digits() -> Digits:
    """Load 1797 handwritten digits of 13 writers, 8 × 8 pixels each.

    Returns:
        A `Digits`: `X` of shape `(1797, 64)`, float64 from 0 to 1, and `y` of shape `(1797,)`.

    Example:
        >>> X, y = digits()
        >>> X.shape, float(X.max()), y[:5]
        ((1797, 64), 1.0, array([0, 1, 2, 3, 4]))

    Reference:
        E. Alpaydin and C. Kaynak (1998), "Optical recognition of handwritten digits", UCI Machine Learning
        Repository, test set.
    """
    table = _read("digits.csv.gz")
    pixels = table[:, :-1].astype(float) / 16  # each counts the inked dots in a square of 4 × 4
    return Digits(pixels, table[:, -1].astype(np.int64))


def wine() -> Wine:
    """Load thirteen chemical measurements of 178 wines from three cultivators.

    Returns:
        A `Wine`: `X` of shape `(178, 13)`, `y` of shape `(178,)` and the 13 `columns`. Their standard
        deviations go from about 0.12 (nonflavanoid phenols) to about 314 (proline).

    Example:
        >>> X, y, columns = wine()
        >>> X.shape, columns[-1], float(X[0, -1])
        ((178, 13), 'proline', 1065.0)

    Reference:
        S. Aeberhard and M. Forina (1992), "Wine", UCI Machine Learning Repository.
    """
    table = _read("wine.csv.gz")
    return Wine(table[:, :-1].astype(float), table[:, -1].astype(np.int64), _header("wine.csv.gz")[:-1])


def seattle_temperatures() -> Temperatures:
    """Load four years of daily temperatures in Seattle, 2012 to 2015.

    Returns:
        A `Temperatures`: `day`, `highest` and `lowest`, each of shape `(1461,)`; no day is missing.

    Example:
        >>> day, highest, lowest = seattle_temperatures()
        >>> print(day[0], highest[0], lowest[0])
        2012-01-01 12.8 5.0

    Reference:
        National Oceanic and Atmospheric Administration (NOAA), daily weather, as in `vega_datasets`.
    """
    table = _read("seattle_temperatures.csv.gz")
    return Temperatures(
        table[:, 0].astype("datetime64[D]"), table[:, 1].astype(float), table[:, 2].astype(float)
    )


@checked(rng=generator, test_share=share)
def split(X: Array, y: Array, rng: np.random.Generator, *, test_share: float = 0.25) -> Split:
    """Divide examples at random in a part to train on and a part to test on.

    Args:
        X: examples, one a row, shape `(n, d)`.
        y: their targets, shape `(n,)` or `(n, k)`.
        rng: a generator; the same seed gives the same split.
        test_share: the share of examples held back, in (0, 1); their number is rounded.

    Returns:
        A `Split` of copies: `X_train`, `y_train`, `X_test`, `y_test`.

    Raises:
        TypeError: if `rng` is no generator or `test_share` no number.
        ValueError: if `X` and `y` differ in length, or a part would be empty.

    Example:
        >>> X, y = digits()
        >>> parts = split(X, y, np.random.default_rng(0))
        >>> parts.X_train.shape, parts.y_test.shape
        ((1348, 64), (449,))
    """
    if len(X) != len(y):
        raise ValueError(f"X and y must have as many rows, got {len(X)} and {len(y)}")
    n_test = round(test_share * len(X))
    if not 0 < n_test < len(X):
        raise ValueError(f"test_share {test_share} of {len(X)} examples leaves a part empty")
    order = rng.permutation(len(X))
    test, train = order[:n_test], order[n_test:]
    return Split(X[train], y[train], X[test], y[test])


def _read(name: str) -> NDArray[np.str_]:
    """Read the rows below the header as text, shape `(rows, columns)`."""
    return np.loadtxt(_DATA / name, delimiter=",", skiprows=1, dtype="U24")


def _header(name: str) -> tuple[str, ...]:
    """Read the names of the columns."""
    with gzip.open(_DATA / name, "rt", encoding="utf-8") as lines:
        return tuple(next(lines).rstrip("\n").split(","))
