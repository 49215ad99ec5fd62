"""What counts of a student's lessons, and what it adds up to."""

import datetime
import random

import pytest
from traitlets import TraitError
from traitlets.config import Config

from autograder.books import transcripts
from autograder.books.transcripts import (
    COUNTS,
    DROPPED,
    NOT_DUE,
    WEIGHS_NOTHING,
    GradePolicy,
    Lesson,
    Policy,
    Student,
    Submission,
)
from autograder.errors import CourseError

NOW = datetime.datetime(2026, 3, 1, 12)
DAY = datetime.timedelta(days=1)
PAST, FUTURE = NOW - DAY, NOW + DAY


def transcript(lessons, submissions, *, others=(), now=NOW, **policy):
    """Return ada's transcript; `submissions` is lesson → what she has, `others` what bob has."""
    students = [Student("ada"), Student("bob")]
    found = {("ada", name): one for name, one in submissions.items()}
    found |= {("bob", name): Submission() for name in others}
    return transcripts.of_class(students, lessons, found, Policy(**policy), now)[0]


def standings(found):
    return {one.lesson.name: one.standing for one in found.results}


def lessons(*possible, due=PAST):
    return [Lesson(f"{number:02}", due, points) for number, points in enumerate(possible)]


def points(*given):
    return {f"{number:02}": Submission(points=one) for number, one in enumerate(given)}


def test_without_a_policy_the_total_is_the_sum_of_the_points():
    """Is the total then what nbgrader itself adds up?"""
    found = transcript(lessons(10, 20), points(7, 5))
    assert (found.points, found.possible, found.share) == (12, 30, 0.4)


def test_a_lesson_that_was_not_handed_in_is_zero_points():
    """Does it count with its full points, once it is due?"""
    found = transcript(lessons(10, 20), points(7))
    assert (found.points, found.possible) == (7, 30)
    assert [one.score for one in found.results] == [7, 0.0]


def test_what_is_not_due_does_not_count_handed_in_or_not():
    """Does a lesson whose due date lies ahead stay out of the total, and still show its points?"""
    ahead = [Lesson("00", PAST, 10), Lesson("01", FUTURE, 10), Lesson("02", FUTURE, 10)]
    found = transcript(ahead, {"00": Submission(points=5), "01": Submission(points=10)})
    assert (found.points, found.possible) == (5, 10)
    assert standings(found) == {"00": COUNTS, "01": NOT_DUE, "02": NOT_DUE}
    assert [one.score for one in found.results] == [5, 10, None]


@pytest.mark.parametrize("late", [-1, 0, 1])
def test_a_lesson_counts_from_its_due_date_on(late):
    """Does it count at the due date and after it, and not a second before?"""
    due = NOW - datetime.timedelta(seconds=late)
    found = transcript([Lesson("00", due, 10)], {})
    assert standings(found) == {"00": COUNTS if late >= 0 else NOT_DUE}


def test_an_extension_moves_one_students_due_date():
    """Does a lesson count for who has no extension, and not yet for who has?"""
    extended = Submission(extension=2 * DAY, handed_in=False)
    assert standings(transcript(lessons(10), {"00": extended})) == {"00": NOT_DUE}
    assert standings(transcript(lessons(10), {"00": extended}, now=NOW + DAY)) == {"00": COUNTS}
    assert transcript(lessons(10), {"00": extended}, now=NOW + DAY).results[0].score == 0.0


def test_a_lesson_without_a_due_date_counts_from_the_first_submission_on():
    """Does it count for nobody before, for everybody after, whatever extension there is?"""
    undated = lessons(10, due=None)
    assert transcript(undated, {}).share is None
    assert transcript(undated, {}, others=["00"]).share == 0.0
    extended = Submission(extension=2 * DAY, handed_in=False)
    assert transcript(undated, {"00": extended}).share is None
    assert transcript(undated, {"00": extended}, others=["00"]).share == 0.0


def test_a_penalty_takes_no_more_than_there_is():
    """Is a lesson worth its points less the penalty, and never less than nothing?"""
    late = {"00": Submission(points=7, penalty=3), "01": Submission(points=2, penalty=9)}
    assert transcript(lessons(10, 10), late).points == 4


def test_the_lowest_shares_are_dropped():
    """Is it the share of a lesson's points that decides, not the points?"""
    found = transcript(lessons(5, 20, 10), points(4, 8, 9), drop_lowest=1)
    assert standings(found) == {"00": COUNTS, "01": DROPPED, "02": COUNTS}
    assert (found.points, found.possible) == (13, 15)


def test_of_equally_low_lessons_the_heaviest_is_dropped():
    """Does who has missed two lessons lose the one that costs more?"""
    found = transcript(lessons(5, 20, 10), points(5), drop_lowest=1)
    assert standings(found)["01"] == DROPPED
    found = transcript(lessons(5, 20, 10), points(5), drop_lowest=1, weights={"02": 3})
    assert standings(found)["02"] == DROPPED


def test_all_lessons_are_never_dropped():
    """Does the best one stay, early in a term?"""
    found = transcript(lessons(10, 10), points(3, 4), drop_lowest=5)
    assert (found.points, found.possible) == (4, 10)
    assert transcript([], {}, drop_lowest=5).share is None


def test_only_what_counts_can_be_dropped():
    """Is no drop spent on what is not due or weighs nothing?"""
    four = [*lessons(10, 10, 10), Lesson("03", FUTURE, 10)]
    found = transcript(four, points(0, 5, 9), drop_lowest=1, weights={"00": 0})
    assert standings(found) == {"00": WEIGHS_NOTHING, "01": DROPPED, "02": COUNTS, "03": NOT_DUE}


def test_a_weight_multiplies_a_lessons_points():
    """Does a lesson of weight 2 count as two of it would?"""
    found = transcript(lessons(10, 10), points(4, 9), weights={"01": 2.0})
    assert (found.points, found.possible) == (22, 30)


def test_a_lesson_without_points_does_not_count():
    """Does an ungraded lesson divide nothing by zero?"""
    assert standings(transcript(lessons(0, 10), points(0, 5), drop_lowest=1)) == {
        "00": WEIGHS_NOTHING,
        "01": COUNTS,
    }


def test_dropping_never_lowers_a_grade():
    """Is the share with one dropped at least what it is without, for many made-up students?"""
    rng = random.Random(3)
    for _ in range(300):
        full = [rng.randrange(1, 20) for _ in range(6)]
        given = [rng.randrange(most + 1) for most in full]
        shares = [transcript(lessons(*full), points(*given), drop_lowest=k).share for k in range(4)]
        assert shares == sorted(shares)


def test_the_configuration_is_read():
    """Are drops and weights what `nbgrader_config.py` says?"""
    c = Config()
    c.GradePolicy.drop_lowest = 2
    c.GradePolicy.weights = {"12_capstone": 2}
    assert GradePolicy(config=c).policy(["12_capstone"]) == Policy(2, {"12_capstone": 2.0})


@pytest.mark.parametrize(
    "settings", [{"drop_lowest": -1}, {"weights": {"00": -2}}, {"weights": {"00": "much"}}]
)
def test_what_is_no_policy_is_refused(settings):
    with pytest.raises(TraitError):
        GradePolicy(**settings)


@pytest.mark.parametrize("weight", [float("nan"), float("inf")])
def test_a_weight_that_is_no_number_is_refused(weight):
    with pytest.raises(CourseError, match="00"):
        GradePolicy(weights={"00": weight}).policy(["00"])


def test_a_lesson_that_is_not_there_is_named_and_stops_nobody(caplog):
    """Is a misspelt lesson told from the log, and may one be weighed before it is released?"""
    with caplog.at_level("WARNING"):
        assert GradePolicy(weights={"12_capston": 2}).policy(["12_capstone"]) == Policy(0, {"12_capston": 2})
    assert "there is no lesson 12_capston; did you mean 12_capstone?" in caplog.text
