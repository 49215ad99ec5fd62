"""Honest work scores in the sealed worker what `check` and `grade` give it at home.

Plain nbgrader's score is what `grade` returns in the student's kernel, which examines the student's function
in its own process. So the two are compared on the same numbers: every reference, misconception and honest
answer of every lesson.
"""

import pytest

from autograde_tests import exercises, judge
from autograde_tests.student import LocalAnswerer
from autograder import seal
from autograder.remote import RemoteAnswerer
from tests import honest
from tests.classroom import IMPORTS, cell_of, solution_of

honest.lessons()


def answers_to(exercise):
    """Yield name and source of every version of an answer that the course knows."""
    yield "reference", solution_of(exercise)
    for wrong in exercise.misconceptions:
        yield wrong.name, cell_of(wrong.function, exercise.name)
    for right in honest.of_exercise(exercise.name):
        yield right.name, cell_of(right.function, exercise.name)


def summary(report):
    return (report.points, report.ended, report.hint, [(claim.name, claim.ended) for claim in report.claims])


@pytest.fixture(scope="module")
def sandbox():
    """A sealed worker with a whole course_lib: some misconceptions are written by means of a reference."""
    with seal.Sandbox([]) as sandbox:
        yield sandbox


def at_home(cells):
    """Return an answerer that runs the cells in this process."""
    namespace = {"__name__": "__main__"}
    for cell_id, source in cells:
        exec(compile(source, f"<{cell_id}>", "exec"), namespace)
    return LocalAnswerer({name: value for name, value in namespace.items() if callable(value)})


@pytest.mark.parametrize("lesson", exercises.lessons())
def test_sealed_and_local_verdicts_are_equal(lesson, sandbox):
    """Are points, endings and hints the same on both sides of the wire?"""
    taught = exercises.of_lesson(lesson)
    # What an answer calls by name is the student's own: the other exercises are answered right.
    solutions = {exercise.name: solution_of(exercise) for exercise in taught}
    compared, different = 0, []
    for exercise in taught:
        numbers = judge.fixed_numbers(exercise)
        for name, source in answers_to(exercise):
            answers = solutions | {exercise.name: source}
            cells = [("imports", IMPORTS), *((f"{key}-answer", text) for key, text in answers.items())]
            local = judge.examine(exercise, at_home(cells), numbers)
            with RemoteAnswerer(sandbox, cells) as answerer:
                sealed = judge.examine(exercise, answerer, numbers)
            compared += 1
            if summary(local) != summary(sealed):
                different.append((exercise.name, name, summary(local), summary(sealed)))
    assert different == []
    assert compared > len(taught)
