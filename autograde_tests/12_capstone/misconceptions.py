"""Misconceptions of lesson 12: wrong versions that students write."""

import numpy as np

from autograde_tests.engine.misconceptions import misconception
from course_lib.experiments import mean_and_interval, train_network


@misconception("train_network")
def forgets_the_state(rule, gradient, params, batches, schedule):
    """Every step starts without a memory: hand the state that the rule returned to the next step."""
    path = [params]
    for t, (X, y) in enumerate(batches):
        params, _ = rule(params, gradient(params, X, y), None, lr=schedule(t))
        path.append(params)
    return np.array(path)


@misconception("train_network")
def keeps_the_first_learning_rate(rule, gradient, params, batches, schedule):
    """The schedule is asked once, before the loop: ask it at every step."""
    lr = schedule(0)
    return train_network(rule, gradient, params, batches, lambda t: lr)


@misconception("train_network")
def counts_steps_from_one(rule, gradient, params, batches, schedule):
    """The schedule counts the updates made so far: that is 0 at the first step, not 1."""
    return train_network(rule, gradient, params, batches, lambda t: schedule(t + 1))


@misconception("train_network")
def asks_for_gradients_where_it_started(rule, gradient, params, batches, schedule):
    """All gradients are taken at the first parameters: take each at the newest."""
    return train_network(rule, lambda w, X, y: gradient(params, X, y), params, batches, schedule)


@misconception("train_network")
def uses_the_first_batch_only(rule, gradient, params, batches, schedule):
    """Every step sees the first batch: go through all of them."""
    batches = list(batches)
    return train_network(rule, gradient, params, batches[:1] * len(batches), schedule)


@misconception("train_network")
def leaves_the_start_out(rule, gradient, params, batches, schedule):
    """The path begins before the first step: T steps have T + 1 points."""
    return train_network(rule, gradient, params, batches, schedule)[1:]


@misconception("train_network")
def leaves_the_end_out(rule, gradient, params, batches, schedule):
    """The parameters after the last step are missing: T steps have T + 1 points."""
    return train_network(rule, gradient, params, batches, schedule)[:-1]


@misconception("train_network")
def returns_the_end_alone(rule, gradient, params, batches, schedule):
    """These are the last parameters: the whole path is wanted, from before the first step on."""
    return train_network(rule, gradient, params, batches, schedule)[-1]


@misconception("train_network")
def takes_the_gradient_twice(rule, gradient, params, batches, schedule):
    """You ask for two gradients a step: one is enough, and each costs a pass through the network."""

    def twice(w, X, y):
        gradient(w, X, y)
        return gradient(w, X, y)

    return train_network(rule, twice, params, batches, schedule)


@misconception("train_network")
def returns_the_steps(rule, gradient, params, batches, schedule):
    """These are the changes from step to step: the parameters themselves are wanted."""
    return np.diff(train_network(rule, gradient, params, batches, schedule), axis=0)


def _means(validate, candidates, seeds):
    return np.array([np.mean([validate(candidate, seed) for seed in seeds]) for candidate in candidates])


@misconception("choose_setting")
def lets_nan_win(validate, candidates, seeds):
    """`np.argmax` takes NaN for the largest of all: a run that diverged has won."""
    means = _means(validate, candidates, seeds)
    return candidates[int(np.argmax(means))], means


@misconception("choose_setting")
def takes_nan_for_zero(validate, candidates, seeds):
    """NaN becomes 0, and 0 beats a negative score: a diverged run should lose to everything."""
    means = _means(validate, candidates, seeds)
    return candidates[int(np.argmax(np.nan_to_num(means)))], means


@misconception("choose_setting")
def cannot_choose_where_all_diverged(validate, candidates, seeds):
    """`np.nanargmax` raises an error where every mean is NaN: there the first candidate is the answer."""
    means = _means(validate, candidates, seeds)
    return candidates[int(np.nanargmax(means))], means


@misconception("choose_setting")
def overlooks_the_diverged_run(validate, candidates, seeds):
    """You leave the NaN out of its mean, so that the candidate is judged by the runs that went well."""
    scores = np.array([[validate(candidate, seed) for seed in seeds] for candidate in candidates])
    means = np.nanmean(scores, axis=1)
    return candidates[int(np.argmax(means))], means


@misconception("choose_setting")
def takes_the_lowest(validate, candidates, seeds):
    """You choose the lowest mean: these are scores, and higher is better."""
    means = _means(validate, candidates, seeds)
    return candidates[int(np.nanargmin(means))], means


@misconception("choose_setting")
def rewards_the_luckiest_run(validate, candidates, seeds):
    """You take each candidate's best run: with enough seeds luck wins. Take the mean."""
    best = np.array([max(validate(candidate, seed) for seed in seeds) for candidate in candidates])
    return candidates[int(np.argmax(np.where(np.isnan(best), -np.inf, best)))], best


@misconception("choose_setting")
def looks_at_the_worst_run(validate, candidates, seeds):
    """You take each candidate's worst run: the mean is asked for."""
    worst = np.array([min(validate(candidate, seed) for seed in seeds) for candidate in candidates])
    return candidates[int(np.argmax(np.where(np.isnan(worst), -np.inf, worst)))], worst


@misconception("choose_setting")
def takes_the_median(validate, candidates, seeds):
    """That is the median: the mean is asked for."""
    means = np.array([np.median([validate(c, seed) for seed in seeds]) for c in candidates])
    return candidates[int(np.argmax(np.where(np.isnan(means), -np.inf, means)))], means


@misconception("choose_setting")
def tries_one_seed_only(validate, candidates, seeds):
    """You try the first seed alone: one run says little. Use all of them."""
    means = _means(validate, candidates, seeds[:1])
    return candidates[int(np.argmax(np.where(np.isnan(means), -np.inf, means)))], means


@misconception("choose_setting")
def returns_the_place(validate, candidates, seeds):
    """You return where the candidate stands in the list: return the candidate."""
    means = _means(validate, candidates, seeds)
    return int(np.argmax(np.where(np.isnan(means), -np.inf, means))), means


@misconception("choose_setting")
def returns_the_best_mean_alone(validate, candidates, seeds):
    """The means of all candidates are wanted, not the best one."""
    means = _means(validate, candidates, seeds)
    best = int(np.argmax(np.where(np.isnan(means), -np.inf, means)))
    return candidates[best], float(means[best])


@misconception("choose_setting")
def runs_the_winner_again(validate, candidates, seeds):
    """The winner is tried once more for its score: that is one run more than the others had."""
    means = _means(validate, candidates, seeds)
    best = int(np.argmax(np.where(np.isnan(means), -np.inf, means)))
    validate(candidates[best], seeds[0])
    return candidates[best], means


def _interval(scores, half_width):
    mean = float(np.mean(scores))
    return mean, float(mean - half_width), float(mean + half_width)


@misconception("mean_and_interval")
def divides_by_n(scores, quantile):
    """Your s divides by n: the mean was taken from the same scores, so divide by n − 1 (`ddof=1`)."""
    return _interval(scores, quantile * np.std(scores) / np.sqrt(len(scores)))


@misconception("mean_and_interval")
def forgets_the_root_of_n(scores, quantile):
    """You give the spread of single scores: the mean of n of them spreads by √n less."""
    return _interval(scores, quantile * np.std(scores, ddof=1))


@misconception("mean_and_interval")
def divides_the_spread_by_n(scores, quantile):
    """The spread of a mean is s/√n, not s/n."""
    return _interval(scores, quantile * np.std(scores, ddof=1) / len(scores))


@misconception("mean_and_interval")
def uses_the_normal_quantile(scores, quantile):
    """You have 1.96 in it, which is for very many scores: use the quantile that is passed in."""
    return _interval(scores, 1.96 * np.std(scores, ddof=1) / np.sqrt(len(scores)))


@misconception("mean_and_interval")
def leaves_the_quantile_out(scores, quantile):
    """That is the standard error: multiply it by the quantile."""
    return _interval(scores, np.std(scores, ddof=1) / np.sqrt(len(scores)))


@misconception("mean_and_interval")
def uses_the_variance(scores, quantile):
    """That is the variance: s is its root."""
    return _interval(scores, quantile * np.var(scores, ddof=1) / np.sqrt(len(scores)))


@misconception("mean_and_interval")
def halves_the_interval(scores, quantile):
    """The quantile goes to both sides of the mean, whole: no half is missing."""
    return _interval(scores, 0.5 * quantile * np.std(scores, ddof=1) / np.sqrt(len(scores)))


@misconception("mean_and_interval")
def takes_smallest_and_largest(scores, quantile):
    """That is the range of the scores, which grows with every seed: the interval shrinks."""
    return float(np.mean(scores)), float(np.min(scores)), float(np.max(scores))


@misconception("mean_and_interval")
def returns_the_half_width(scores, quantile):
    """You return mean and half width: mean, low end and high end are wanted."""
    return float(np.mean(scores)), float(quantile * np.std(scores, ddof=1) / np.sqrt(len(scores)))


@misconception("mean_and_interval")
def centers_on_the_median(scores, quantile):
    """The middle of the interval is the mean, not the median."""
    half_width = quantile * np.std(scores, ddof=1) / np.sqrt(len(scores))
    middle = float(np.median(scores))
    return middle, float(middle - half_width), float(middle + half_width)


@misconception("compare_paired")
def compares_two_intervals(first, second, quantile):
    """You ask whether two intervals overlap, and the seeds' common luck widens both: take differences."""
    _, low_1, high_1 = mean_and_interval(first, quantile)
    _, low_2, high_2 = mean_and_interval(second, quantile)
    if low_1 > high_2:
        return "first"
    return "second" if low_2 > high_1 else "undecided"


@misconception("compare_paired")
def compares_the_means(first, second, quantile):
    """You compare the means alone: how far they scatter decides whether the difference says anything."""
    difference = np.mean(first) - np.mean(second)
    return "first" if difference > 0 else "second" if difference < 0 else "undecided"


@misconception("compare_paired")
def subtracts_the_wrong_way_round(first, second, quantile):
    """The winner and the loser are exchanged: first − second above 0 speaks for the first."""
    _, low, high = mean_and_interval(second - first, quantile)
    return "first" if low > 0 else "second" if high < 0 else "undecided"


@misconception("compare_paired")
def always_decides(first, second, quantile):
    """You have no "undecided": an interval that holds 0 leaves it open."""
    mean, _, _ = mean_and_interval(first - second, quantile)
    return "first" if mean > 0 else "second"


@misconception("compare_paired")
def forgets_the_second(first, second, quantile):
    """The second rule can win too: look at the other end of the interval."""
    _, low, _ = mean_and_interval(first - second, quantile)
    return "first" if low > 0 else "undecided"


@misconception("compare_paired")
def mixes_up_the_ends(first, second, quantile):
    """You look whether the interval's *upper* end is above 0: all of it should be."""
    _, low, high = mean_and_interval(first - second, quantile)
    return "first" if high > 0 else "second" if low < 0 else "undecided"


@misconception("compare_paired")
def counts_the_seeds_won(first, second, quantile):
    """You count on how many seeds each wins: by how much counts too, and chance wins often."""
    won, lost = int(np.sum(first > second)), int(np.sum(first < second))
    return "first" if won > lost else "second" if lost > won else "undecided"


@misconception("compare_paired")
def divides_the_squares_by_n(first, second, quantile):
    """`np.std` divides by n unless it is told otherwise: the spread of a sample needs `ddof=1`."""
    difference = first - second
    half_width = quantile * np.std(difference) / np.sqrt(len(difference))
    mean = np.mean(difference)
    return "first" if mean > half_width else "second" if mean < -half_width else "undecided"


@misconception("compare_paired")
def uses_the_spread_of_single_differences(first, second, quantile):
    """The interval is that of single differences: the mean of n spreads by √n less."""
    difference = first - second
    half_width = quantile * np.std(difference, ddof=1)
    mean = np.mean(difference)
    return "first" if mean > half_width else "second" if mean < -half_width else "undecided"


def _diagnoses(**exchanged):
    return {
        "A": "examples are not shuffled",
        "B": "learning rate decays too soon",
        "C": "weights start at zero",
        "D": "gradient has the wrong sign",
        "E": "validation images are scaled differently",
        "F": "learning rate is too low",
        "G": "one batch was spoiled, and gradients are not clipped",
        "H": "labels do not belong to the images",
        "I": "weights start too large",
        "J": "learning rate is too high",
    } | exchanged


@misconception("diagnose_logs")
def takes_a_rising_loss_for_a_high_learning_rate():
    """D and J are exchanged: too long steps jump to and fro; which of the two *climbs* from the start?"""
    return _diagnoses(D="learning rate is too high", J="gradient has the wrong sign")


@misconception("diagnose_logs")
def takes_a_vanishing_learning_rate_for_a_low_one():
    """B and F are exchanged: one of them learns well until it stops; its `lr` column says why."""
    return _diagnoses(B="learning rate is too low", F="learning rate decays too soon")


@misconception("diagnose_logs")
def takes_zero_gradients_for_a_low_learning_rate():
    """C and F are exchanged: both are flat; in one of them the gradients are exactly 0."""
    return _diagnoses(C="learning rate is too low", F="weights start at zero")


@misconception("diagnose_logs")
def takes_wrong_labels_for_too_few_examples():
    """H is not overfitted: that begins by learning something that serves on unseen digits too."""
    return _diagnoses(H="too few training examples")


@misconception("diagnose_logs")
def takes_another_scale_for_too_few_examples():
    """E is not overfitted: a validation loss that is bad from the first epoch on never had a good time."""
    return _diagnoses(E="too few training examples")


@misconception("diagnose_logs")
def takes_waves_for_momentum():
    """A swings, but with a period of exactly one epoch: what comes back every twenty steps?"""
    return _diagnoses(A="momentum is too large")


@misconception("diagnose_logs")
def takes_one_accident_for_a_high_learning_rate():
    """G and J are exchanged: one is healthy for 97 steps, the other has ratios of 0.3 from the start."""
    return _diagnoses(G="learning rate is too high", J="one batch was spoiled, and gradients are not clipped")


@misconception("diagnose_logs")
def takes_large_weights_for_a_high_learning_rate():
    """I and J are exchanged: one has a first loss of 360, before any step could do harm."""
    return _diagnoses(I="learning rate is too high", J="weights start too large")


@misconception("diagnose_logs")
def takes_wrong_labels_for_another_scale():
    """E and H are exchanged: which of the two has learned its *training* digits well?"""
    return _diagnoses(E="labels do not belong to the images", H="validation images are scaled differently")
