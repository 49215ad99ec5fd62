"""Properties of the experiments of lesson 12."""

import numpy as np
import pytest

from course_lib import optimizers
from course_lib.experiments import choose_setting, compare_paired, mean_and_interval, train_network


def test_training_equals_the_rule_by_hand():
    """Is the path that of the rule, step by step, with state and schedule?"""
    rng = np.random.default_rng(3)
    batches = [(rng.normal(size=(3, 2)), rng.normal(size=3)) for _ in range(4)]

    def gradient(w, X, y):
        return X.T @ (X @ w - y)

    def schedule(t):
        return 0.1 / (t + 1)

    path = train_network(optimizers.adam, gradient, np.ones(2), batches, schedule)
    w, state = np.ones(2), None
    for t, (X, y) in enumerate(batches):
        np.testing.assert_array_equal(path[t], w)
        w, state = optimizers.adam(w, gradient(w, X, y), state, lr=schedule(t))
    np.testing.assert_array_equal(path[-1], w)
    assert path.shape == (5, 2)


def test_no_batches_leave_the_start():
    """Is the path without batches the start alone?"""
    path = train_network(optimizers.sgd, np.add, np.ones(3), [], lambda t: 0.1)
    np.testing.assert_array_equal(path, np.ones((1, 3)))


def test_the_interval_covers_as_often_as_it_says():
    """Do 95 % of the intervals of five normal scores hold the true mean?"""
    draws = np.random.default_rng(0).normal(3.0, 2.0, size=(4000, 5))
    intervals = np.array([mean_and_interval(scores, 2.776) for scores in draws])
    covered = np.mean((intervals[:, 1] < 3.0) & (intervals[:, 2] > 3.0))
    assert abs(covered - 0.95) < 5 * np.sqrt(0.95 * 0.05 / 4000)


def test_pairing_sees_what_separate_intervals_hide():
    """Is a small difference on very different seeds decided, and its opposite the other way round?"""
    seeds = np.array([70.0, 80.0, 90.0, 75.0, 85.0])
    better = seeds + np.array([1.0, 1.2, 0.8, 1.1, 0.9])
    assert compare_paired(better, seeds, 2.776) == "first"
    assert compare_paired(seeds, better, 2.776) == "second"
    assert compare_paired(seeds, seeds[::-1].copy(), 2.776) == "undecided"
    assert compare_paired(seeds, seeds, 2.776) == "undecided"
    assert mean_and_interval(better, 2.776)[1] < mean_and_interval(seeds, 2.776)[2]


def test_every_candidate_gets_every_seed_once():
    """Is the budget equal: each pair tried once, and a diverged candidate never chosen?"""
    tried = []

    def validate(candidate, seed):
        tried.append((candidate, seed))
        return np.nan if candidate == 3 else -abs(candidate - 2) + 0.1 * seed

    best, means = choose_setting(validate, [1, 2, 3], [0, 1])
    assert best == 2 and sorted(tried) == [(c, s) for c in (1, 2, 3) for s in (0, 1)]
    np.testing.assert_allclose(means, [-0.95, 0.05, np.nan])


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: mean_and_interval([1.0], 2.0), ValueError, "scores must be at least two numbers in a row"),
        (lambda: mean_and_interval([1.0, 2.0], 0), ValueError, "quantile must be positive, got 0"),
        (lambda: compare_paired([1.0, 2.0], [1.0], 2.0), ValueError, "second must have the shape of first"),
        (lambda: choose_setting(max, [], [0]), ValueError, "candidates must not be an empty list"),
        (lambda: choose_setting(max, [0.1], 3), TypeError, "seeds must be a list, got int"),
        (
            lambda: train_network(1, np.add, np.ones(2), [], abs),
            TypeError,
            "rule must be a function, got int",
        ),
    ],
)
def test_what_cannot_be_right_is_refused_in_a_sentence(call, error, sentence):
    """Does a wrong argument raise, and does the sentence name it?"""
    with pytest.raises(error, match=sentence):
        call()
