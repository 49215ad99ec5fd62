"""What the bundled data must be."""

from pathlib import Path

import numpy as np
import pytest

from course_lib import datasets


def test_digits_are_images_of_all_ten_digits():
    """Are there 1797 images, gray values in [0, 1], and every digit more than 170 times?"""
    X, y = datasets.digits()
    assert X.shape == (1797, 64) and X.dtype == np.float64 and y.dtype == np.int64
    assert X.min() == 0 and X.max() == 1
    assert np.bincount(y).shape == (10,) and np.bincount(y).min() > 170


def test_a_mean_image_knows_its_digit():
    """Do labels belong to images: does the nearest mean image name the digit nine times in ten?"""
    X, y = datasets.digits()
    means = np.array([X[y == digit].mean(axis=0) for digit in range(10)])
    nearest = np.argmin(((X[:, None] - means) ** 2).sum(axis=2), axis=1)
    assert np.mean(nearest == y) > 0.9


def test_wine_has_columns_of_very_different_scale():
    """Do the standard deviations of the named columns differ by more than a thousand?"""
    X, y, columns = datasets.wine()
    assert X.shape == (178, len(columns)) == (178, 13)
    np.testing.assert_array_equal(np.bincount(y), [59, 71, 48])
    scale = dict(zip(columns, X.std(axis=0), strict=True))
    assert max(scale, key=scale.get) == "proline"
    assert min(scale, key=scale.get) == "nonflavanoid_phenols"
    assert scale["proline"] > 1000 * scale["nonflavanoid_phenols"]


def test_temperatures_are_consecutive_days_with_summers():
    """Is no day missing, every high at or above its low, and July warmer than January?"""
    day, highest, lowest = datasets.seattle_temperatures()
    assert day.shape == highest.shape == lowest.shape == (1461,)
    assert set(np.diff(day).astype(int)) == {1}
    assert np.all(highest >= lowest)
    month = day.astype("datetime64[M]").astype(int) % 12
    assert highest[month == 6].mean() > highest[month == 0].mean() + 10


def test_a_split_keeps_every_example_once_and_with_its_target():
    """Is each example in exactly one part, beside its own target?"""
    X = np.arange(21.0).reshape(7, 3)
    y = X[:, 0] / 3
    parts = datasets.split(X, y, np.random.default_rng(1), test_share=0.3)
    assert len(parts.X_test) == 2
    np.testing.assert_array_equal(np.sort(np.concatenate([parts.y_train, parts.y_test])), y)
    np.testing.assert_array_equal(parts.X_train[:, 0], 3 * parts.y_train)
    np.testing.assert_array_equal(parts.X_test[:, 0], 3 * parts.y_test)


def test_a_split_depends_on_the_generator_alone():
    """Does a seed give the same split twice, and another seed another one?"""
    X, y = datasets.digits()
    one, two, other = (datasets.split(X, y, np.random.default_rng(seed)) for seed in (4, 4, 5))
    np.testing.assert_array_equal(one.X_train, two.X_train)
    assert not np.array_equal(one.X_train, other.X_train)


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"y": np.ones(6)}, ValueError, "X and y must have as many rows, got 7 and 6"),
        ({"test_share": 1.0}, ValueError, "test_share must lie in"),
        ({"test_share": 0.01}, ValueError, "leaves a part empty"),
        ({"rng": 3}, TypeError, "rng must be a numpy.random.Generator, got int"),
    ],
)
def test_what_cannot_be_split_is_refused_in_a_sentence(change, error, sentence):
    """Does a wrong argument raise, and does the sentence name it?"""
    arguments = {"X": np.ones((7, 2)), "y": np.ones(7), "rng": np.random.default_rng(0)} | change
    with pytest.raises(error, match=sentence):
        datasets.split(**arguments)


def test_every_file_is_small_and_has_its_license_named():
    """Is each data file below 200 kB and listed in the table beside it?"""
    folder = Path(datasets.__file__).parent / "data"
    table = (folder / "README.md").read_text(encoding="utf-8")
    files = sorted(folder.glob("*.gz"))
    assert len(files) == 4
    for file in files:
        assert file.stat().st_size < 200_000
        (row,) = [line for line in table.splitlines() if f"`{file.name}`" in line]
        assert row.endswith(("| CC BY 4.0 |", "| public domain |"))
