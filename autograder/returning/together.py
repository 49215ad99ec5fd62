"""Misconceptions that travel together: pairs that more students have than chance would give them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograder.returning.attempts import Answer

FEWEST = 3  # students who have both, and who have each
CHANCE = 0.05  # that even one pair of all that are looked at is shown by chance
MAX_PAIRS = 10


@dataclass(frozen=True)
class Misunderstood:
    """A misconception of an exercise."""

    lesson: str
    exercise: str
    hint: str


@dataclass(frozen=True)
class Pair:
    """Two misconceptions that travel together.

    Attributes:
        first: One, of the earlier exercise.
        second: The other.
        students: How many have both.
        expected: How many would have both by chance, if one said nothing about the other.
        of: How many answered both exercises.
    """

    first: Misunderstood
    second: Misunderstood
    students: int
    expected: float
    of: int


def pairs(answers: Mapping[str, Mapping[tuple[str, str], Answer]]) -> list[Pair]:
    """Return the pairs that are more frequent than chance would have them.

    Chance: among those who wrote both answers, whoever has the one misconception is as likely to have the
    other as anybody else. A pair is shown where the hypergeometric distribution gives so many students, or
    more, a probability below 5 % divided by the number of pairs that are looked at (Bonferroni).

    Args:
        answers: Student → (lesson, exercise) → the newest answer.

    Returns:
        `Pair`s, those with the most students beyond chance first.
    """
    exercises = sorted({key for found in answers.values() for key in found})
    made = sorted(
        {(*key, answer.hint) for found in answers.values() for key, answer in found.items() if answer.hint}
    )
    if not made:
        return []
    has, wrote = _tables(answers, exercises, made)
    both = (has.T @ has).astype(int)
    one = (has.T @ wrote).astype(int)  # of those who wrote the second answer too, how many have the first
    of = (wrote.T @ wrote).astype(int)
    first, second = _looked_at(made, one)
    counts = both[first, second], one[first, second], one[second, first], of[first, second]
    expected = counts[1] * counts[2] / counts[3]
    log_factorials = _log_factorials(len(answers))
    # One term of the tail is less than all of it, and rules nearly all pairs out at once.
    least = np.exp(_log_probability(*counts, log_factorials))
    likely = (counts[0] >= FEWEST) & (counts[0] > expected) & (least * len(first) < CHANCE)
    found = [
        Pair(
            Misunderstood(*made[first[place]]),
            Misunderstood(*made[second[place]]),
            int(counts[0][place]),
            round(float(expected[place]), 2),
            int(counts[3][place]),
        )
        for place in np.flatnonzero(likely)
        if probability(*(int(count[place]) for count in counts)) * len(first) < CHANCE
    ]
    return sorted(found, key=lambda pair: pair.expected - pair.students)


def _looked_at(made: list[tuple[str, str, str]], one: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the pairs, as places in `made`, of two exercises, each of whose misconceptions enough have."""
    exercises = {key[:2]: number for number, key in enumerate(made)}
    exercise = np.array([exercises[key[:2]] for key in made])
    first, second = np.triu_indices(len(made), 1)
    enough = np.minimum(one[first, second], one[second, first]) >= FEWEST
    chosen = enough & (exercise[first] != exercise[second])
    return first[chosen], second[chosen]


def _tables(
    answers: Mapping[str, Mapping[tuple[str, str], Answer]],
    exercises: list[tuple[str, str]],
    made: list[tuple[str, str, str]],
) -> tuple[np.ndarray, np.ndarray]:
    """Return students × misconceptions: who has it, and who wrote an answer to its exercise."""
    place = {key: column for column, key in enumerate(exercises)}
    column_of = {key: column for column, key in enumerate(made)}
    has = np.zeros((len(answers), len(made)), np.float32)
    wrote = np.zeros((len(answers), len(exercises)), np.float32)
    for row, found in enumerate(answers.values()):
        for key, answer in found.items():
            wrote[row, place[key]] = answer.is_written
            if answer.hint:
                has[row, column_of[*key, answer.hint]] = 1.0
    return has, wrote[:, [place[key[:2]] for key in made]]


def probability(both: int, first: int, second: int, total: int) -> float:
    """Compute the chance that so many, or more, have both: the hypergeometric distribution's upper tail.

    Args:
        both: Students who have both.
        first: Students who have the first.
        second: Students who have the second.
        total: Students.

    Returns:
        A probability.

    Example:
        >>> round(probability(2, 2, 2, 4), 6)
        0.166667
    """
    counts = np.arange(max(both, first + second - total), min(first, second) + 1)
    return float(np.exp(_log_probability(counts, first, second, total, _log_factorials(total))).sum())


def _log_factorials(largest: int) -> np.ndarray:
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, largest + 1)))])


def _log_probability(both: Any, first: Any, second: Any, total: Any, log_factorials: np.ndarray) -> Any:
    """Return the logarithm of the probability that exactly so many have both."""

    def log_ways(of: Any, chosen: Any) -> Any:
        return log_factorials[of] - log_factorials[chosen] - log_factorials[of - chosen]

    return log_ways(first, both) + log_ways(total - first, second - both) - log_ways(total, second)
