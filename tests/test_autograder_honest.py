"""Honest work scores in the sealed worker what `check` and `grade` give it at home.

Plain nbgrader's score is what `grade` returns in the student's kernel, which examines the student's function
in its own process. So the two are compared on the same numbers: every reference, misconception and honest
answer of every lesson.
"""

import json

import pytest

from autograde_tests.engine import exercises, judge
from autograde_tests.engine.student import LocalAnswerer
from autograder.demo.sample_class import source_as
from autograder.marking.lessons import Lesson
from autograder.sealing import sandboxes
from autograder.sealing.remote import RemoteAnswerer
from tests.classroom import IMPORTS, LESSON, ROOT, solution_of


def answers_to(exercise):
    """Yield name and source of every version of an answer that the course knows."""
    yield "reference", solution_of(exercise)
    for wrong in exercise.misconceptions:
        yield wrong.name, source_as(wrong.function, exercise.name)
    for right in exercise.honest_answers:
        yield right.name, source_as(right.function, exercise.name)


def summary(report):
    return (report.points, report.ended, report.hint, [(claim.name, claim.ended) for claim in report.claims])


@pytest.fixture(scope="module")
def sandbox():
    """A sealed worker with a whole course_lib: some misconceptions are written by means of a reference."""
    with sandboxes.Sandbox([]) as sandbox:
        yield sandbox


def at_home(cells):
    """Return an answerer that runs the cells in this process."""
    namespace = {"__name__": "__main__"}
    for cell_id, source in cells:
        exec(compile(source, f"<{cell_id}>", "exec"), namespace)
    return LocalAnswerer({name: value for name, value in namespace.items() if callable(value)})


def one_now_the_others_when_there_is_time():
    return [
        pytest.param(lesson, marks=() if lesson == LESSON else pytest.mark.slow)
        for lesson in exercises.lessons()
    ]


@pytest.mark.parametrize("lesson", one_now_the_others_when_there_is_time())
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


def written_lessons():
    return [
        path.stem
        for path in sorted((ROOT / "solutions").glob("*/*.ipynb"))
        if path.stem in exercises.lessons()
    ]


@pytest.mark.parametrize("lesson", written_lessons())
def test_imports_and_answers_of_a_lesson_are_all_that_a_verdict_needs(lesson):
    """Do a lesson's own solutions get full points in the seal, where nothing else of the notebook runs?"""
    notebook = json.loads((ROOT / "solutions" / lesson / f"{lesson}.ipynb").read_text(encoding="utf-8"))
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    answers = [cell for cell in code if cell["metadata"].get("nbgrader", {}).get("solution")]
    cells = [("imports", "".join(code[0]["source"]))]
    cells += [(cell["metadata"]["nbgrader"]["grade_id"], "".join(cell["source"])) for cell in answers]
    taught = exercises.of_lesson(lesson)
    known = Lesson(lesson, notebook, cells[0], (), (), (), {}, {}, {})
    with (
        sandboxes.Sandbox(known.sealed_names()) as sealed,
        RemoteAnswerer(sealed, cells) as answerer,
    ):
        for exercise in taught:
            answerer.seconds = exercise.seconds
            report = judge.examine(exercise, answerer, judge.fixed_numbers(exercise))
            assert report.points == exercise.points, [claim.message for claim in report.claims]
        assert {outcome.ended for outcome in answerer.cells.values()} == {"ok"}, answerer.cells
