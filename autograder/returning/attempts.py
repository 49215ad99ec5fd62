"""What the journal says of each student's attempts, kept small: a class's whole term fits into memory."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from autograder.books.journals import Entry
from autograder.marking.verdicts import Item

# Not of this answer's behaviour: what it printed, and what numpy said on the way.
ASIDE = "\nBy the way: "
BLANK = frozenset({"missing", "unreadable"})


class Answer(NamedTuple):
    """How one exercise ended in one attempt.

    Attributes:
        exercise: Its name.
        points: What it earned, or None where a fault of ours left it ungraded.
        max_points: What it could earn.
        ended: As in `Item`.
        hint: The misconception recognised, or "".
        claims: Pairs of a claim and whether it holds, in the order in which they were asked.
        behaviour: Digest of what the student was told; answers that behave alike share it. "" where all
            claims hold.
    """

    exercise: str
    points: float | None
    max_points: float
    ended: str
    hint: str
    claims: tuple[tuple[str, bool], ...]
    behaviour: str

    @property
    def is_written(self) -> bool:
        """Whether the student wrote an answer that could be read and judged."""
        return self.ended not in BLANK and self.points is not None

    @property
    def share(self) -> float:
        """The share of the points that it earned."""
        return (self.points or 0.0) / self.max_points if self.max_points else 0.0


class Attempt(NamedTuple):
    """One line of the journal.

    Attributes:
        time: When it was graded, in UTC.
        submission: Digest of what was handed in; "" in lines from before it was kept.
        answers: Exercise → `Answer`.
    """

    time: str
    submission: str
    answers: dict[str, Answer]


Attempts = dict[str, dict[str, list[Attempt]]]


def read(entries: Iterable[Entry]) -> Attempts:
    """Return lesson → student → attempts, oldest first.

    Args:
        entries: Of a journal, oldest first.
    """
    found: Attempts = {}
    known: dict[Answer, Answer] = {}  # most answers of a class are the same one
    for entry in entries:
        if not entry.items:
            continue
        answers = [_answer(item) for item in entry.items]
        attempt = Attempt(
            entry.time,
            entry.digests.get("submission", "")[:16],
            {answer.exercise: known.setdefault(answer, answer) for answer in answers},
        )
        found.setdefault(entry.lesson, {}).setdefault(entry.student, []).append(attempt)
    return found


def submissions(attempts: list[Attempt]) -> list[Attempt]:
    """Return the last attempt of each submission: grading the same work again is no attempt of the student's.

    Example:
        >>> first, again, second = (Attempt("", name, {}) for name in ("a", "a", "b"))
        >>> [attempt.submission for attempt in submissions([first, again, second])]
        ['a', 'b']
    """
    return [
        attempt
        for attempt, following in zip(attempts, [*attempts[1:], None], strict=True)
        if following is None or not is_same_work(attempt, following)
    ]


def is_same_work(one: Attempt, other: Attempt) -> bool:
    """Whether both are of the same submission; where the journal does not say, they are not."""
    return bool(one.submission) and one.submission == other.submission


def behaviour_of(told: str) -> str:
    """Return the digest of what a student was told about an answer: visible numbers are the same for all."""
    return hashlib.sha256(told.partition(ASIDE)[0].encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _answer(item: Item) -> Answer:
    claims = tuple((item.claims or {}).items())
    behaviour = "" if item.ended == "ok" else behaviour_of(item.text)
    return Answer(item.exercise, item.points, item.max_points, item.ended, item.hint, claims, behaviour)
