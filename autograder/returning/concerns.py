"""Students who may need help, and why, in sentences: never a score."""

import statistics
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from autograder.returning.attempts import Attempt, Attempts, submissions

BLANK_SHARE, FEWEST_BLANK = 0.5, 2
FALL, FEWEST_BEFORE = 0.25, 2  # of a lesson's points, below what the student earned in lessons before it


@dataclass(frozen=True)
class Reason:
    """One thing that an instructor might ask a student about.

    Attributes:
        kind: "not handed in", "blank", "again" or "falling".
        lesson: The lesson that it is about.
        sentence: What is seen, without the student's name.
    """

    kind: str
    lesson: str
    sentence: str


@dataclass(frozen=True)
class Concern:
    """A student who may need help."""

    student: str
    reasons: tuple[Reason, ...]


def of_class(
    students: Collection[str],
    attempts: Attempts,
    handed_in: Mapping[str, Collection[str]],
    shares: Mapping[str, Mapping[str, float]],
    due: Collection[str],
) -> list[Concern]:
    """Return those who may need help, those with the most reasons first.

    Args:
        students: All students.
        attempts: What the journal says.
        handed_in: Lesson → who handed it in, graded or not.
        shares: Lesson → student → the share of the points earned.
        due: Lessons that everybody should have handed in by now.
    """
    means = {lesson: statistics.fmean(earned.values()) for lesson, earned in shares.items() if earned}
    found = []
    for student in sorted(students):
        theirs = {lesson: earned[student] for lesson, earned in shares.items() if student in earned}
        reasons = [
            Reason("not handed in", lesson, f"Has not handed in {lesson}.")
            for lesson in sorted(due)
            if student not in handed_in.get(lesson, ())
        ]
        for lesson in sorted(attempts):
            if student in attempts[lesson]:
                reasons += _of_lesson(lesson, student, attempts)
        reasons += _falling(theirs, means)
        if reasons:
            found.append(Concern(student, tuple(sorted(reasons, key=lambda one: one.lesson, reverse=True))))
    return sorted(found, key=lambda concern: -len(concern.reasons))


def about(concerns: list[Concern], lesson: str) -> list[Concern]:
    """Return what concerns one lesson."""
    found = [
        Concern(concern.student, tuple(reason for reason in concern.reasons if reason.lesson == lesson))
        for concern in concerns
    ]
    return sorted((one for one in found if one.reasons), key=lambda one: (-len(one.reasons), one.student))


def _of_lesson(lesson: str, student: str, attempts: Attempts) -> list[Reason]:
    """Return what the student's own answers say: blank ones, and a mistake that has been told before."""
    *before, newest = submissions(attempts[lesson][student])
    answers = newest.answers.values()
    reasons = []
    if all(answer.ended == "unreadable" for answer in answers):
        return [Reason("blank", lesson, f"Handed in a file for {lesson} that cannot be read.")]
    blank = sum(answer.ended == "missing" for answer in answers)
    if blank == len(answers) or blank >= max(FEWEST_BLANK, BLANK_SHARE * len(answers)):
        told = f"Left {blank} of {len(answers)} answers of {lesson} blank."
        reasons.append(Reason("blank", lesson, told))
    again = [
        f"{answer.exercise} ({answer.hint.replace('_', ' ')})"
        for answer in answers
        if answer.hint and any(_hint(attempt, answer.exercise) == answer.hint for attempt in before)
    ]
    if again:
        told = f"Handed in {lesson} again with what was told before: {', '.join(again)}."
        reasons.append(Reason("again", lesson, told))
    return reasons


def _hint(attempt: Attempt, exercise: str) -> str:
    return attempt.answers[exercise].hint if exercise in attempt.answers else ""


def _falling(theirs: Mapping[str, float], means: Mapping[str, float]) -> list[Reason]:
    """Say whether the newest lesson is far below those before it, and not because it is hard for all."""
    *before, newest = sorted(theirs) or [""]
    if len(before) < FEWEST_BEFORE:
        return []
    usual = statistics.fmean(theirs[lesson] for lesson in before)
    usual_beside_class = statistics.fmean(theirs[lesson] - means[lesson] for lesson in before)
    beside_class = theirs[newest] - means[newest]
    if theirs[newest] > usual - FALL or beside_class > usual_beside_class - FALL:
        return []
    told = f"Earned {theirs[newest]:.0%} of {newest}, after {usual:.0%} on average in the lessons before it."
    return [Reason("falling", newest, told)]
