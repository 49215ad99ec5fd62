"""Every misconception must fail its exercise and be recognised: the mutation test of the claims."""

import pytest

from autograde_tests.engine import exercises, honest, judge, misconceptions
from autograde_tests.engine.student import LocalAnswerer

EXERCISES = [exercise for lesson in exercises.lessons() for exercise in exercises.of_lesson(lesson)]
WRONG = [(exercise, wrong) for exercise in EXERCISES for wrong in exercise.misconceptions]
OF_DOCTESTS = {"an_exercise", "an_honest_exercise"}
NUMBERS = {"check": judge.fixed_numbers, "grade": lambda exercise: judge.fresh_numbers()}


@pytest.mark.parametrize("numbers", NUMBERS)
@pytest.mark.parametrize(
    ("exercise", "wrong"), WRONG, ids=[f"{exercise.name}-{wrong.name}" for exercise, wrong in WRONG]
)
def test_misconception_fails_and_is_named(exercise, wrong, numbers):
    """Does a wrong version fail a claim, and does the hint bear its name?"""
    answerer = LocalAnswerer({exercise.name: wrong.function}, seconds=exercise.seconds)
    report = judge.examine(exercise, answerer, NUMBERS[numbers](exercise))
    file = f"autograde_tests/{exercise.lesson}/misconceptions.py"
    assert not report.passed, f"{file}: {wrong.name} fails no claim of {exercise.name}"
    told = [claim.message for claim in report.claims]
    assert report.hint is not None, f"{file}: {wrong.name} is not recognised: {told}"
    assert report.hint.name == wrong.name, f"{file}: {wrong.name} is taken for {report.hint.name}"


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_exercise_has_a_misconception(exercise):
    """Is a wrong version of each exercise known, so that there is a hint to give?"""
    file = f"autograde_tests/{exercise.lesson}/misconceptions.py"
    assert exercise.misconceptions, f"{file}: {exercise.name} has no misconception"


def test_what_is_registered_is_of_an_exercise():
    """Is every misconception and honest answer of an exercise that there is, its name spelled as that?"""
    ours = [one for exercise in EXERCISES for one in (*exercise.misconceptions, *exercise.honest_answers)]
    assert ours  # all files are imported now
    known = {exercise.name for exercise in EXERCISES} | OF_DOCTESTS
    for name in misconceptions.registered() | honest.registered():
        assert name in known, (
            f"a misconception or an honest answer is of {name!r}, and no exercise is called so"
        )


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
