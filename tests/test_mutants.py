"""Does every change of a reference that changes its answers fail a claim?"""

import pytest

from autograde_tests.engine import exercises
from autograde_tests.engine.mutation import Mutant, mutants_of
from tests.equivalent_mutants import EQUIVALENT
from tests.mutants import pairs_that_count, survivors

EXERCISES = [exercise for lesson in exercises.lessons() for exercise in exercises.of_lesson(lesson)]


def assert_explained(exercise, alive, listed):
    """Fail, naming file and change, unless exactly the listed changes survive."""
    claims = f"autograde_tests/{exercise.lesson}/test_claims.py"
    complaints = [f"{claims}: no claim of {exercise.name} fails for {one}" for one in {*alive} - {*listed}]
    complaints += [
        f"tests/equivalent_mutants.py: {exercise.name} has no surviving {one}" for one in {*listed} - {*alive}
    ]
    assert not complaints, "\n".join(sorted(complaints))


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_mutants_are_killed_or_explained(exercise):
    """Are the survivors exactly those that are listed, each with its reason?"""
    alive, _ = survivors(exercise)
    listed = EQUIVALENT.get(exercise.name, {})
    assert_explained(exercise, alive, [one for one in listed if "; line" not in one])


@pytest.mark.slow
@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_two_changes_are_killed_or_explained(exercise):
    """The same of references with two changes."""
    alive, _ = survivors(exercise, pairs_that_count(exercise))
    listed = EQUIVALENT.get(exercise.name, {})
    assert_explained(exercise, alive, [one for one in listed if "; line" in one])


def test_only_exercises_are_explained():
    """Does the list name no exercise that is gone?"""
    assert EQUIVALENT.keys() <= {exercise.name for exercise in EXERCISES}


def test_mutation_changes_one_thing():
    """Is each mutant of a known formula the formula with one change, and is none of them the formula?"""
    mutants = mutants_of(exercises.find("momentum"))
    descriptions = [mutant.description for mutant in mutants]
    assert "line 2: beta * v + (1 - beta) * grads → beta * v - (1 - beta) * grads" in descriptions
    assert "default: 0.9 → 1.35" in descriptions
    assert len(set(descriptions)) == len(mutants) > 10
    assert all(isinstance(mutant, Mutant) and callable(mutant.function) for mutant in mutants)
