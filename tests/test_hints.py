"""What a wrong answer is told: never what is not so, and mostly something that helps."""

import itertools

import numpy as np
import pytest

from autograde_tests.engine import exercises, explaining, judge, messages
from autograde_tests.engine.student import LocalAnswerer
from course_lib import critical_points, optimizers, stability
from tests import wrong_answers
from tests.mutants import corpus, hinted
from tests.wrong_answers import WRONG

MOST_UNHELPED = 0.2
EXERCISES = [exercise for lesson in exercises.lessons() for exercise in exercises.of_lesson(lesson)]


def report_on(name, function):
    exercise = exercises.find(name)
    return judge.examine(exercise, LocalAnswerer({name: function}), judge.fixed_numbers(exercise))


# Look-alikes: each was once told what is not so.


def strictly_below(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    path, since = [np.array(params, float)], patience
    for _ in range(steps):
        here, since = path[-1], since + 1
        g = gradient(here)
        if np.linalg.norm(g) < threshold and since > patience:
            direction = rng.normal(size=np.shape(here))
            here = here + radius * direction / np.linalg.norm(direction)
            since = 0
            g = gradient(here)
        path.append(here - lr * g)
    return np.array(path)


def same_arrays(grads, max_norm):
    norm = float(np.sqrt(sum(np.sum(g**2) for g in grads)))
    return (grads if norm <= max_norm else [g * (max_norm / norm) for g in grads]), norm


def no_limit_where_anything_is_flat(hessian):
    eigenvalues = np.linalg.eigvalsh(hessian)
    return np.inf if (eigenvalues <= 0).any() else 2 / eigenvalues.max()


def tight_bound(lr, beta1, beta2):
    with np.errstate(invalid="ignore"):
        return lr * (1 - beta1) / np.sqrt((1 - beta2) * (1 - beta1**2 / beta2))


def one_late(x, beta):
    v = np.zeros(len(x))
    for t in range(1, len(x)):
        v[t] = beta * v[t - 1] + (1 - beta) * x[t]
    return v


def scales_in_place(grads, max_norm):
    norm = np.sqrt(sum((g**2).sum() for g in grads))
    for g in grads:
        if norm > max_norm:
            g *= max_norm / norm
    return grads, norm


def waits_for_one(t, lr0, k):
    return lr0 / max(1, k * t)


def remainder_for_quotient(t, lr0, factor, every):
    return lr0 * factor ** (t % every)


@pytest.mark.parametrize(
    ("name", "function", "not_so"),
    [
        ("clip_by_global_norm", scales_in_place, "safeguard"),
        ("inverse_time_decay", waits_for_one, "`t` were 0"),
        ("step_decay", remainder_for_quotient, "once an update"),
        ("max_stable_lr", no_limit_where_anything_is_flat, "a number were 1"),
        ("adam_update_bound", tight_bound, "is it used"),
        ("ewma", one_late, "one entry too many"),
        ("adagrad", wrong_answers.a_literal_epsilon, "eps is missing"),
        ("is_plateau", wrong_answers.spread_over_the_window, "whole run"),
        ("perturbed_gradient_descent", strictly_below, "plain gradient descent"),
        ("classify_critical_point", wrong_answers.bound_included, "saddle"),
        ("clip_by_global_norm", same_arrays, "caller"),
    ],
)
def test_a_look_alike_is_not_told_what_it_does_not_do(name, function, not_so):
    """Is a hint that once was false gone?"""
    report = report_on(name, function)
    assert not report.passed
    said = (report.hint.text if report.hint else "") + report.seen
    assert not_so not in said


def right_at_zero(params, grads, state=None, *, lr, beta=0.9):
    v = (1 - beta) * grads
    if params.all():
        return params - lr * v, v  # the old velocity is forgotten
    return optimizers.momentum(params, grads, state, lr=lr, beta=beta)


def test_a_hint_is_borne_out_where_the_claims_did_not_look():
    """Is a misconception that answers every claim alike, and other calls otherwise, not named?"""
    assert report_on("momentum", right_at_zero).hint is None


def test_what_rounding_decides_takes_no_hint_away():
    """Is a mistake named too where another way to compute it rounds otherwise, as another machine may?"""

    def by_singular_values(X):
        sizes = np.linalg.svd(np.column_stack([X, np.ones(len(X))]), compute_uv=False)
        return (sizes[-1] / sizes[0]) ** 2

    assert report_on("least_squares_condition", by_singular_values).hint.name == "inverts_the_ratio"


@pytest.mark.parametrize(
    "wrong", WRONG, ids=[f"{wrong.exercise}-{wrong.function.__name__}" for wrong in WRONG]
)
def test_no_hint_is_false(wrong):
    """Is each wrong answer wrong, and told nothing that other numbers disprove?"""
    found = hinted(exercises.find(wrong.exercise), wrong.function)
    assert found is not None, "every claim holds"
    assert not found.false, found.hint


def test_most_are_helped():
    """Do at least four of five get a hint that goes beyond "wrong"?"""
    found = [hinted(exercises.find(wrong.exercise), wrong.function) for wrong in WRONG]
    assert np.mean([not one.helped for one in found]) <= MOST_UNHELPED


@pytest.mark.slow
def test_hints_on_four_hundred_wrong_answers():
    """The same of these and of references with two changes."""
    found = [hinted(exercise, function) for exercise in EXERCISES for function in corpus(exercise)]
    found = [one for one in found if one is not None]
    assert len(found) >= 400
    assert [one for one in found if one.false] == []
    assert np.mean([not one.helped for one in found]) <= MOST_UNHELPED


# What was seen.


def with_beta_half(params, grads, state=None, *, lr, beta=0.9):
    return optimizers.momentum(params, grads, state, lr=lr, beta=beta / 2)


def twice_the_first_eigenvector(product, start, *, steps=100):
    value, vector = stability.power_iteration(product, start, steps=steps)
    return 3 * value, vector


def only_from_rest(params, grads, state=None, *, lr, mu=0.9):
    rule = optimizers.classical_momentum
    return rule(params, grads, state, lr=lr, mu=mu) if state is None else (params - lr * grads, mu * state**3)


@pytest.mark.parametrize(
    ("name", "function", "sentence"),
    [
        ("momentum", with_beta_half, "You answer as if `beta` were half as large."),
        ("power_iteration", twice_the_first_eigenvector, "You answer as if `eigenvalue` were three times"),
        ("classical_momentum", only_from_rest, "your answer is wrong wherever `state` is passed"),
        (
            "newton_step",
            lambda params, grads, hessian, damping=0.0: critical_points.newton_step(
                params, grads**2, hessian, 0.1
            ),
            "With another `damping` you answer the same: is it used?",
        ),
    ],
)
def test_what_was_seen_is_said(name, function, sentence):
    """Does the message say what the answer computes instead?"""
    text = messages.render(report_on(name, function))
    assert sentence in text


@pytest.mark.parametrize(
    "value", [10**400, "text", [[]], {"a": 1}, np.ones((0, 3)), 1e308, print, float("nan")]
)
@pytest.mark.parametrize("name", ["momentum", "max_stable_lr", "clip_by_global_norm", "verdict"])
def test_odd_values_are_survived(name, value):
    """Is nothing said, and nothing raised, of a value that is no answer at all?"""
    report = report_on(name, lambda *args, **kwargs: value)
    assert report.points == 0.0 or name == "verdict"
    assert messages.render(report)


def test_the_search_ends_in_time(monkeypatch):
    """Does a search that finds nothing end when its time is over?"""
    ticks = iter(range(10**6))
    monkeypatch.setattr(explaining.time, "process_time", lambda: next(ticks))
    exercise = exercises.find("momentum")
    odd = LocalAnswerer({"momentum": lambda params, *args, **kwargs: (np.sin(params), np.cos(params))})
    report = judge.examine(exercise, odd, judge.fixed_numbers(exercise), name_misconceptions=False)
    calls = [call for made in report.calls for call in made]
    explaining.explain(exercise, odd, calls, seconds=50)
    assert next(ticks) < 2000


def test_a_busy_machine_changes_no_hint(monkeypatch):
    """Is the search's time the processor's, so that what else runs does not change what is said?"""
    clock = itertools.count(step=3600)
    monkeypatch.setattr(explaining.time, "monotonic", lambda: next(clock))
    text = messages.render(report_on("momentum", with_beta_half))
    assert "You answer as if `beta` were half as large." in text


# Names.


@pytest.mark.parametrize(
    ("sentence", "results", "named"),
    [
        ("Item 0 of the result is off.", ("`lr`", "`mu`"), "`lr` is off."),
        ("Item 2 of item 0 of the result is off.", ("`clipped`", "`norm`"), "`clipped[2]` is off."),
        (
            "Item 1 of the result is off.",
            ("a", "the new cache"),
            "Item 1 of the result, the new cache, is off.",
        ),
        (
            "`m` of item 1 of the result is off.",
            ("a", "the b"),
            "`m` of item 1 of the result, the b, is off.",
        ),
        ("Item 4 of the result is off.", ("`lr`", "`mu`"), "Item 4 of the result is off."),
    ],
)
def test_items_bear_the_names_of_the_docstring(sentence, results, named):
    """Is an item of the value called as the docstring calls it?"""
    assert judge._with_names(sentence, results) == named


def test_a_message_names_the_item():
    """Does the message about a wrong second array say `clipped[1]`?"""

    def second_is_off(grads, max_norm):
        clipped, norm = stability.clip_by_global_norm(grads, max_norm)
        return [clipped[0], *(2 * array for array in clipped[1:])], norm

    assert "`clipped[1]` is not what the formula gives." in messages.render(
        report_on("clip_by_global_norm", second_is_off)
    )
