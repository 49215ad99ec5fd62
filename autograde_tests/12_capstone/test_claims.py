"""Claims of lesson 12: training, choosing, comparing, diagnosing."""

import numpy as np

from autograde_tests.engine.claims import agrees, holds
from course_lib import experiments as reference
from course_lib import optimizers, training_logs


def slope(w, X, y):
    """The gradient of ½ mean squared error, which is linear in w."""
    return X.T @ (X @ w - y) / len(y)


def some_batches(rng, count):
    """A list of `count` pairs `(X, y)` of two examples with two features."""
    return [(rng.normal(size=(2, 2)), rng.normal(size=2)) for _ in range(count)]


class TestTrainNetwork:
    """For each batch one gradient and one update, with the learning rate of its step."""

    reference, points, fresh = reference.train_network, 5, True

    def test_plain_steps(self, student, rng):
        """With the plainest rule and a constant learning rate, is the path that of the formulas?"""
        params, batches, lr = rng.normal(size=2), some_batches(rng, 3), rng.uniform(0.05, 0.2)
        agrees(
            student.train_network(optimizers.sgd, slope, params, batches, lambda t: lr),
            reference.train_network(optimizers.sgd, slope, params, batches, lambda t: lr),
        )

    def test_the_state_is_handed_on(self, student, rng):
        """With a rule that remembers, does each step get the state that the last one returned?"""
        params, batches = rng.normal(size=2), some_batches(rng, 4)
        for rule in (optimizers.momentum, optimizers.adam):
            agrees(
                student.train_network(rule, slope, params, batches, lambda t: 0.1),
                reference.train_network(rule, slope, params, batches, lambda t: 0.1),
            )

    def test_the_schedule_is_asked_at_every_step(self, student, rng):
        """Is the learning rate of step t that of schedule(t), with t = 0 at the first?"""
        params, batches, lrs = rng.normal(size=2), some_batches(rng, 4), rng.uniform(0.05, 0.4, size=9)
        agrees(
            student.train_network(optimizers.sgd, slope, params, batches, lambda t: float(lrs[t])),
            reference.train_network(optimizers.sgd, slope, params, batches, lambda t: float(lrs[t])),
        )

    def test_one_gradient_a_step_at_the_newest_parameters(self, student, rng):
        """Is the gradient asked for once a step, where the path has arrived, on the batch of that step?"""
        params, batches, asked = rng.normal(size=2), some_batches(rng, 3), []

        def gradient(w, X, y):
            asked.append((w, X, y))
            return slope(w, X, y)

        path = student.train_network(optimizers.sgd, gradient, params, batches, lambda t: 0.1)
        holds(len(asked) == 3, "Three batches take three gradients.", f"You asked for {len(asked)}.")
        agrees(path, reference.train_network(optimizers.sgd, slope, params, batches, lambda t: 0.1))
        agrees([list(one) for one in asked], [[w, *b] for w, b in zip(path[:3], batches, strict=True)])

    def test_parameters_of_any_shape(self, student, rng):
        """Does a matrix of parameters in float32 give a path of its shape and type?"""
        params, batches = rng.normal(size=(1, 2)).astype(np.float32), some_batches(rng, 2)

        def gradient(w, X, y):
            return (w * X[0]).astype(np.float32)

        agrees(
            student.train_network(optimizers.rmsprop, gradient, params, batches, lambda t: 0.1),
            reference.train_network(optimizers.rmsprop, gradient, params, batches, lambda t: 0.1),
        )


def table_of(rng, candidates, seeds):
    """A score for each pair of candidate and seed, and the function that looks it up."""
    scores = {(c, s): float(rng.uniform(0.1, 0.9)) for c in candidates for s in seeds}
    return scores, lambda candidate, seed: scores[candidate, seed]


class TestChooseSetting:
    """The candidate with the highest mean score over the seeds; NaN never wins."""

    reference, points = reference.choose_setting, 4

    def test_the_highest_mean_wins(self, student, rng):
        """Is the candidate with the highest mean chosen, and are the means returned in order?"""
        candidates, seeds = [0.01, 0.1, 1.0], [3, 5]
        _, validate = table_of(rng, candidates, seeds)
        agrees(
            student.choose_setting(validate, candidates, seeds),
            reference.choose_setting(validate, candidates, seeds),
        )

    def test_neither_the_luckiest_run_nor_the_steadiest(self, student, rng):
        """Is it the mean that counts, where the best single run and the best worst run are others'?"""
        shift = float(rng.uniform(0.0, 0.05))
        scores = {1: [0.95, 0.1, 0.2, 0.3], 2: [0.8, 0.85, 0.3, 0.75], 3: [0.6, 0.62, 0.61, 0.6]}
        validate = lambda candidate, seed: scores[candidate][seed] + shift  # noqa: E731
        agrees(
            student.choose_setting(validate, [3, 1, 2], [0, 1, 2, 3]),
            reference.choose_setting(validate, [3, 1, 2], [0, 1, 2, 3]),
        )

    def test_a_diverged_run_never_wins(self, student, rng):
        """Is one NaN enough to lose, even against negative scores? Where all are NaN, does the first win?"""
        candidates, seeds = [0.1, 0.2, 0.4], [0, 1]
        scores, _ = table_of(rng, candidates, seeds)
        for low in (0.0, 2.0):
            validate = lambda c, s, low=low: np.nan if (c, s) == (0.2, 1) else scores[c, s] - low  # noqa: E731
            agrees(
                student.choose_setting(validate, candidates, seeds),
                reference.choose_setting(validate, candidates, seeds),
            )
        agrees(
            student.choose_setting(lambda c, s: np.nan, candidates, seeds),
            reference.choose_setting(lambda c, s: np.nan, candidates, seeds),
        )

    def test_every_candidate_gets_every_seed_once(self, student, rng):
        """Is the budget equal: each candidate tried once on each seed, and on no other?"""
        candidates, seeds, tried = ["small", "large"], [int(s) for s in rng.choice(99, 3, replace=False)], []
        _, look_up = table_of(rng, candidates, seeds)

        def validate(candidate, seed):
            tried.append((candidate, int(seed)))
            return look_up(candidate, seed)

        answer = student.choose_setting(validate, candidates, seeds)
        pairs = sorted((candidate, seed) for candidate in candidates for seed in seeds)
        holds(sorted(tried) == pairs, "Each candidate should be tried once on each of the seeds.")
        agrees(answer, reference.choose_setting(look_up, candidates, seeds))


class TestMeanAndInterval:
    """mean ± quantile·s/√n, with n − 1 in s."""

    reference, points = reference.mean_and_interval, 3

    def test_five_seeds(self, student, rng):
        """For five scores and the quantile 2.776, are mean, low and high what the formula gives?"""
        scores = rng.uniform(85.0, 95.0, size=5)
        agrees(student.mean_and_interval(scores, 2.776), reference.mean_and_interval(scores, 2.776))

    def test_two_scores(self, student, rng):
        """For two scores and the quantile 12.706 of one degree of freedom?"""
        scores = rng.uniform(0.1, 0.9, size=2)
        agrees(student.mean_and_interval(scores, 12.706), reference.mean_and_interval(scores, 12.706))

    def test_another_quantile(self, student, rng):
        """For ten scores, some negative, and a quantile for 99 %?"""
        scores = rng.normal(size=10)
        agrees(student.mean_and_interval(scores, 3.25), reference.mean_and_interval(scores, 3.25))


class TestComparePaired:
    """Decide only if 0 lies outside the interval of the differences."""

    reference, points = reference.compare_paired, 3

    def test_a_small_difference_on_every_seed(self, student, rng):
        """Where seeds differ widely and one rule is a little better on each, is it found, both ways?"""
        seeds = rng.permutation([70.0, 75.0, 80.0, 85.0, 90.0])
        better = seeds + rng.uniform(0.9, 1.1, size=5)
        agrees(student.compare_paired(better, seeds, 2.776), "first")
        agrees(student.compare_paired(seeds, better, 2.776), "second")

    def test_a_higher_mean_is_not_enough(self, student, rng):
        """Where the differences scatter about their mean, is nothing decided, whichever mean is higher?"""
        seeds = rng.uniform(80.0, 90.0, size=6)
        other = seeds + rng.permutation([-1.0, -0.9, -0.8, 0.5, 1.8, 3.0]) + rng.uniform(-0.1, 0.1)
        agrees(student.compare_paired(seeds, other, 2.571), "undecided")
        agrees(student.compare_paired(other, seeds, 2.571), "undecided")
        steady = seeds + 1.0
        agrees(student.compare_paired(steady, seeds, 2.571), "first")

    def test_the_quantile_decides(self, student, rng):
        """Are the same differences decided with a small quantile and undecided with a large one?"""
        seeds = rng.uniform(80.0, 90.0, size=3)
        other = seeds - rng.permutation([0.5, 1.0, 1.5])  # mean/(s/√3) = 3.46
        agrees(student.compare_paired(seeds, other, 2.92), "first")
        agrees(student.compare_paired(other, seeds, 2.92), "second")
        agrees(student.compare_paired(seeds, other, 4.303), "undecided")
        agrees(student.compare_paired(seeds, other, 3.9), "undecided")  # with n for n − 1 it would be 4.24

    def test_equal_scores(self, student, rng):
        """Where all differences are 0, or cancel, is nothing decided?"""
        scores = rng.uniform(80.0, 90.0, size=4)
        agrees(student.compare_paired(scores, scores, 3.182), "undecided")
        agrees(student.compare_paired(scores + 1.0, scores, 3.182), "first")


LOOK_AT = {
    "A": "Look at the losses of twenty steps in a row, which are one epoch, and at the next twenty.",
    "B": "When does the loss stop falling, and which other column has changed by then?",
    "C": "Look at the gradients of the three layers, and at the first loss.",
    "D": "Look at the validation losses of the first epochs, and at the update ratios.",
    "E": "Is there anything wrong with the loss, the gradients and the training accuracy?",
    "F": "How large are the update ratios, beside the 1e-3 of lesson 04?",
    "G": "Something happens between two steps. What went before it, and what comes after?",
    "H": "How do training and validation accuracy part, and from where do they start?",
    "I": "What should the first loss be, if the network only guesses?",
    "J": "Look at the update ratios of the first steps, and at the gradients of the last ones.",
}


def _diagnosed(student, name):
    """Fail, with where to look and without the answer, unless the log has its diagnosis."""
    answers = student.diagnose_logs()
    holds(isinstance(answers, dict), "The answer should be a dict, as {'A': ..., 'B': ..., ..., 'J': ...}.")
    holds(set(answers) == set(training_logs.NAMES), "The keys of the dict should be 'A' to 'J'.")
    strange = [text for text in answers.values() if text not in training_logs.DIAGNOSES]
    holds(not strange, "Some diagnoses are none of the twelve: copy them from the docstring.", f"{strange}")
    same = [letter for letter in training_logs.NAMES if answers[letter] == answers[name]]
    holds(same == [name], f"{' and '.join(same)} have the same diagnosis, and no two logs do.")
    right = answers[name] == training_logs.diagnose_logs()[name]
    holds(right, f"{answers[name]!r} is not what went wrong in log {name}. {LOOK_AT[name]}")


class TestDiagnoseLogs:
    """What went wrong in each of ten runs."""

    reference, points = training_logs.diagnose_logs, 5

    def test_log_a(self, student):
        """Is the diagnosis of log A right?"""
        _diagnosed(student, "A")

    def test_log_b(self, student):
        """Is the diagnosis of log B right?"""
        _diagnosed(student, "B")

    def test_log_c(self, student):
        """Is the diagnosis of log C right?"""
        _diagnosed(student, "C")

    def test_log_d(self, student):
        """Is the diagnosis of log D right?"""
        _diagnosed(student, "D")

    def test_log_e(self, student):
        """Is the diagnosis of log E right?"""
        _diagnosed(student, "E")

    def test_log_f(self, student):
        """Is the diagnosis of log F right?"""
        _diagnosed(student, "F")

    def test_log_g(self, student):
        """Is the diagnosis of log G right?"""
        _diagnosed(student, "G")

    def test_log_h(self, student):
        """Is the diagnosis of log H right?"""
        _diagnosed(student, "H")

    def test_log_i(self, student):
        """Is the diagnosis of log I right?"""
        _diagnosed(student, "I")

    def test_log_j(self, student):
        """Is the diagnosis of log J right?"""
        _diagnosed(student, "J")
