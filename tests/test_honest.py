"""No false alarms: a right answer written another way gets full marks."""

import pytest

from autograde_tests.engine import exercises, judge, messages
from autograde_tests.engine.student import LocalAnswerer

FEWEST = 3
EXERCISES = [exercise for lesson in exercises.lessons() for exercise in exercises.of_lesson(lesson)]
ANSWERS = [(exercise, answer) for exercise in EXERCISES for answer in exercise.honest_answers]
NUMBERS = {"check": judge.fixed_numbers, "grade": lambda exercise: judge.fresh_numbers()}


@pytest.mark.parametrize("numbers", NUMBERS)
@pytest.mark.parametrize(
    ("exercise", "answer"), ANSWERS, ids=[f"{exercise.name}-{answer.name}" for exercise, answer in ANSWERS]
)
def test_honest_answer_gets_full_marks(exercise, answer, numbers):
    """Does every claim hold on a right answer that is written in another way?"""
    answerer = LocalAnswerer({exercise.name: answer.function}, seconds=exercise.seconds)
    report = judge.examine(exercise, answerer, NUMBERS[numbers](exercise))
    assert report.points == exercise.points, messages.render(report)


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_exercise_has_enough_honest_answers(exercise):
    """Are there at least three other ways to write each exercise?"""
    found = len(exercise.honest_answers)
    assert found >= FEWEST, (
        f"autograde_tests/{exercise.lesson}/honest.py: {exercise.name} has {found} honest answers, "
        f"and needs {FEWEST}"
    )


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_what_stands_in_a_lessons_folder_is_about_that_lesson(exercise):
    """Does everything registered for an exercise come from its lesson's own folder?"""
    home = f"autograde_tests.{exercise.lesson}."
    registered = [*exercise.misconceptions, *exercise.honest_answers]
    assert [one.name for one in registered if not one.function.__module__.startswith(home)] == []
