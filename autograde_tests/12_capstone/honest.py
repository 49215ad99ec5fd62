"""Honest answers to lesson 12, written in other ways: each must get full marks."""

import math
import statistics
import warnings

import numpy as np

from autograde_tests.engine.honest import honest
from course_lib import training, training_logs


@honest("train_network")
def with_an_array_that_is_filled(rule, gradient, params, batches, schedule):
    """Make room for the path first."""
    batches = list(batches)
    path = np.empty((len(batches) + 1, *params.shape), dtype=params.dtype)
    path[0], state = params, None
    for t in range(len(batches)):
        X, y = batches[t]
        path[t + 1], state = rule(path[t], gradient(path[t], X, y), state, lr=schedule(t))
    return path


@honest("train_network")
def with_the_loop_of_the_course(rule, gradient, params, batches, schedule):
    """Wrap the course's own training loop, which asks the rule's signature."""

    def step(params, grads, state=None, *, lr):
        return rule(params, grads, state, lr=lr)

    return training.train(
        step, lambda w, X, y: (0.0, gradient(w, X, y)), params, batches, lr=schedule, keep_all=True
    ).params


@honest("train_network")
def with_a_counter(rule, gradient, params, batches, schedule):
    """Count by hand, stack at the end, print on the way."""
    theta, state, t, points = params.copy(), None, 0, [params.copy()]
    for batch in batches:
        theta, state = rule(theta, gradient(theta, *batch), state, lr=schedule(t))
        points.append(theta)
        t += 1
    print(t, "steps")
    return np.stack(points)


@honest("choose_setting")
def with_a_loop(validate, candidates, seeds):
    """Remember the best so far; the answer is a list for a tuple."""
    best, highest, means = candidates[0], -math.inf, []
    for candidate in candidates:
        mean = sum(validate(candidate, seed) for seed in seeds) / len(seeds)
        means.append(mean)
        if mean > highest:
            best, highest = candidate, mean
    return [best, np.array(means)]


@honest("choose_setting")
def seed_by_seed(validate, candidates, seeds):
    """Seeds in the outer loop, `nanargmax` over the means where one is a number."""
    scores = np.array([[validate(candidate, seed) for candidate in candidates] for seed in seeds])
    means = scores.mean(axis=0)
    return candidates[0 if np.isnan(means).all() else np.nanargmax(means)], means


@honest("choose_setting")
def with_sorting(validate, candidates, seeds):
    """Sort by mean, NaN last, with a warning where there is one."""
    means = [float(np.mean([validate(c, s) for s in seeds])) for c in candidates]
    if any(math.isnan(mean) for mean in means):
        warnings.warn("a run diverged", stacklevel=2)
    order = sorted(range(len(means)), key=lambda i: (math.isnan(means[i]), -means[i]))
    return candidates[order[0]], np.array(means)


@honest("mean_and_interval")
def with_the_standard_library(scores, quantile):
    """The module `statistics` divides by n − 1."""
    mean = statistics.fmean(scores)
    half = quantile * statistics.stdev(scores) / math.sqrt(len(scores))
    return [mean, mean - half, mean + half]


@honest("mean_and_interval")
def by_hand(scores, quantile):
    """Sums written out."""
    n, total = len(scores), 0.0
    for score in scores:
        total += score
    mean = total / n
    variance = sum((score - mean) ** 2 for score in scores) / (n - 1)
    return mean, mean - quantile * (variance / n) ** 0.5, mean + quantile * (variance / n) ** 0.5


@honest("mean_and_interval")
def as_an_array(scores, quantile):
    """Both ends at once."""
    error = np.sqrt(np.var(scores, ddof=1) / scores.size)
    low, high = np.mean(scores) + quantile * error * np.array([-1.0, 1.0])
    return np.mean(scores), low, high


@honest("compare_paired")
def with_a_t_statistic(first, second, quantile):
    """Compare the size of the mean with that of half the interval."""
    difference = np.asarray(first) - np.asarray(second)
    half = quantile * difference.std(ddof=1) / np.sqrt(difference.size)
    if abs(difference.mean()) <= half:
        return "undecided"
    return "first" if difference.mean() > 0 else "second"


@honest("compare_paired")
def with_the_standard_library(first, second, quantile):
    """Lists and `statistics`."""
    gaps = [float(a) - float(b) for a, b in zip(first, second, strict=True)]
    half = quantile * statistics.stdev(gaps) / math.sqrt(len(gaps))
    middle = statistics.fmean(gaps)
    print(middle, half)
    if middle - half > 0:
        return "first"
    if middle + half < 0:
        return "second"
    return "undecided"


@honest("compare_paired")
def with_a_dict(first, second, quantile):
    """The sign of whichever end decides."""
    gaps = first - second
    half = quantile * np.sqrt(np.sum((gaps - gaps.mean()) ** 2) / (len(gaps) - 1) / len(gaps))
    decided = int(gaps.mean() - half > 0) - int(gaps.mean() + half < 0)
    return {1: "first", 0: "undecided", -1: "second"}[decided]


@honest("diagnose_logs")
def in_another_order():
    """The keys the other way round."""
    return dict(reversed(list(training_logs.diagnose_logs().items())))


@honest("diagnose_logs")
def from_two_lists():
    """Zip names and diagnoses."""
    found = [
        "examples are not shuffled",
        "learning rate decays too soon",
        "weights start at zero",
        "gradient has the wrong sign",
        "validation images are scaled differently",
        "learning rate is too low",
        "one batch was spoiled, and gradients are not clipped",
        "labels do not belong to the images",
        "weights start too large",
        "learning rate is too high",
    ]
    return dict(zip("ABCDEFGHIJ", found, strict=True))


@honest("diagnose_logs")
def with_a_look_at_the_logs():
    """Look at one of the logs on the way."""
    print(training_logs.read("C").gradient_1.max())
    answers = {}
    answers.update(training_logs.diagnose_logs())
    return answers
