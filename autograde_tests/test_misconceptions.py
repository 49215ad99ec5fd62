"""Every misconception must fail its exercise and be recognised: the mutation test of the claims."""

import pytest

from autograde_tests.engine import exercises, judge
from autograde_tests.engine.student import LocalAnswerer

EXERCISES = [exercise for lesson in exercises.lessons() for exercise in exercises.of_lesson(lesson)]
WRONG = [(exercise, wrong) for exercise in EXERCISES for wrong in exercise.misconceptions]
NUMBERS = {"check": judge.fixed_numbers, "grade": lambda exercise: judge.fresh_numbers()}


@pytest.mark.parametrize("numbers", NUMBERS)
@pytest.mark.parametrize(
    ("exercise", "wrong"), WRONG, ids=[f"{exercise.name}-{wrong.name}" for exercise, wrong in WRONG]
)
def test_misconception_fails_and_is_named(exercise, wrong, numbers):
    """Does a wrong version fail a claim, and does the hint bear its name?"""
    answerer = LocalAnswerer({exercise.name: wrong.function}, seconds=exercise.seconds)
    report = judge.examine(exercise, answerer, NUMBERS[numbers](exercise))
    assert not report.passed, "no claim fails"
    assert report.hint is not None, f"not recognised: {[claim.message for claim in report.claims]}"
    assert report.hint.name == wrong.name


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_reference_holds_for_other_numbers(exercise):
    """Does every claim hold on the reference for thirty other draws?"""
    answerer = LocalAnswerer({exercise.name: exercise.reference}, seconds=60.0)
    for _ in range(30):
        report = judge.examine(exercise, answerer, judge.fresh_numbers())
        assert report.passed, [claim.message for claim in report.claims if not claim.passed]


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_blank_answers_earn_nothing(exercise):
    """Do a stub, `return None`, zero and the first argument come back without points?"""

    def unwritten(*args, **kwargs):
        raise NotImplementedError

    blanks = [unwritten, lambda *args, **kwargs: None, lambda *args, **kwargs: 0.0]
    blanks += [lambda *args, **kwargs: args[0] if args else 1, lambda *args, **kwargs: args]
    for blank in blanks:
        answerer = LocalAnswerer({exercise.name: blank}, seconds=exercise.seconds)
        report = judge.examine(exercise, answerer, judge.fresh_numbers(), name_misconceptions=False)
        assert report.points == 0.0
