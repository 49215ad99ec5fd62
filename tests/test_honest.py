"""No false alarms: a right answer written another way gets full marks."""

import pytest

from autograde_tests import exercises, judge, messages
from autograde_tests.student import LocalAnswerer
from tests import honest

FEWEST = 3
EXERCISES = [exercise for lesson in honest.lessons() for exercise in exercises.of_lesson(lesson)]
ANSWERS = [(exercise, answer) for exercise in EXERCISES for answer in honest.of_exercise(exercise.name)]
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
    assert len(honest.of_exercise(exercise.name)) >= FEWEST


@pytest.mark.parametrize("lesson", honest.lessons())
def test_honest_answers_belong_to_the_lesson(lesson):
    """Is each answer of a module one to an exercise of its lesson?"""
    asked = {exercise.name for exercise in exercises.of_lesson(lesson)}
    assert honest.exercises_of(lesson) <= asked
