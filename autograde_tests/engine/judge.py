"""Put an exercise's claims to a student, and name the misconception behind what fails."""

import copy
import dataclasses
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograde_tests.engine.claims import ClaimFailed, difference
from autograde_tests.engine.exercises import Claim, Exercise
from autograde_tests.engine.misconceptions import Misconception
from autograde_tests.engine.student import (
    Call,
    CallFailed,
    LocalAnswerer,
    Student,
    calls_of,
    play,
    raise_unless_fresh,
)

# A replay must agree with the student's answer more closely than a wrong formula would by chance.
SAME_ANSWER = 1e-6
SECONDS_OF_A_REPLAY = 1.0


class JudgeError(RuntimeError):
    """A claim that fails on the reference itself: the course's fault, never the student's."""


@dataclass(frozen=True)
class Hint:
    """A misconception that answers as the student did, everywhere."""

    name: str
    text: str


@dataclass(frozen=True)
class ClaimResult:
    """What became of one claim.

    Attributes:
        name: the claim's.
        question: its docstring.
        passed: whether it holds.
        ended: "ok", "wrong", "error", "time", "memory", "crash", "protocol", "missing" or "skipped".
        problem: the `ClaimFailed`, or None.
        call: the last call that the claim made, or None.
    """

    name: str
    question: str
    passed: bool
    ended: str
    problem: ClaimFailed | Any = None
    call: Call | None = None

    @property
    def message(self) -> str:
        """What was wrong, with its numbers; empty where the claim holds."""
        return str(self.problem) if self.problem else ""


@dataclass(frozen=True)
class Report:
    """What became of an exercise.

    Attributes:
        exercise: which.
        claims: a `ClaimResult` each.
        hint: the misconception recognised, or None.
        printed: what the student's function printed.
        warned: the warnings it gave.
        calls: of each claim that was asked, what it called.
    """

    exercise: Exercise
    claims: tuple[ClaimResult, ...]
    hint: Hint | None = None
    printed: str = ""
    warned: tuple[str, ...] = ()
    calls: tuple[list[Call], ...] = ()

    @property
    def passed(self) -> bool:
        """Whether every claim holds."""
        return all(claim.passed for claim in self.claims)

    @property
    def points(self) -> float:
        """The exercise's points times the share of claims that hold, to two decimals."""
        share = sum(claim.passed for claim in self.claims) / len(self.claims)
        return round(float(self.exercise.points * share), 2)

    @property
    def ended(self) -> str:
        """How the first claim that does not hold ended; "ok" where all hold."""
        return next((claim.ended for claim in self.claims if not claim.passed), "ok")


def fixed_numbers(exercise: Exercise) -> Callable[[str], np.random.Generator]:
    """Return the numbers of `check`: the same ones every time, so that a student can follow them."""

    def rng_for(claim_name: str) -> np.random.Generator:
        return np.random.default_rng(zlib.crc32(f"{exercise.lesson}/{exercise.name}/{claim_name}".encode()))

    return rng_for


def fresh_numbers() -> Callable[[str], np.random.Generator]:
    """Return the numbers of `grade`: other ones every time."""
    entropy: Any = np.random.SeedSequence().entropy

    def rng_for(claim_name: str) -> np.random.Generator:
        return np.random.default_rng([entropy % 2**64, zlib.crc32(claim_name.encode())])

    return rng_for


def examine(
    exercise: Exercise,
    answerer: Any,
    rng_for: Callable[[str], np.random.Generator],
    *,
    name_misconceptions: bool = True,
) -> Report:
    """Ask every claim of an exercise.

    Args:
        exercise: an `Exercise`.
        answerer: has `call(name, args, kwargs)` → `Outcome`.
        rng_for: claim's name → the Generator that the claim draws from.
        name_misconceptions: whether to look for the misconception behind what fails.

    Returns:
        A `Report`.

    Raises:
        JudgeError: if a claim fails on the reference itself.
    """
    results: list[ClaimResult]
    calls: list[list[Call]]
    results, calls = [], []
    for claim in exercise.claims:
        if results and results[-1].ended in {"missing", "time", "skipped"}:
            unasked = ClaimFailed("Not asked: an earlier call did not come back with an answer.")
            results.append(ClaimResult(claim.name, claim.question, False, "skipped", unasked))
            continue
        result, made = _ask(exercise, claim, answerer, rng_for)
        results.append(result)
        calls.append(made)
    outcomes = [call.outcome for made in calls for call in made if call.outcome is not None]
    report = Report(
        exercise=exercise,
        claims=tuple(results),
        printed="".join(outcome.printed for outcome in outcomes),
        warned=tuple(dict.fromkeys(text for outcome in outcomes for text in outcome.warned)),
        calls=tuple(calls),
    )
    return recognised(report) if name_misconceptions else report


def recognised(report: Report) -> Report:
    """Return a report with the misconception behind what fails, if it is a known one."""
    failed = [made for result, made in zip(report.claims, report.calls, strict=False) if not result.passed]
    everything = [call for made in report.calls for call in made]
    return dataclasses.replace(report, hint=_recognise(report.exercise, everything, failed))


def student_for(exercise: Exercise, answerer: Any) -> Student:
    """Return the `Student` that an exercise's claims are put to."""
    return Student(answerer, fresh=(exercise.name,) if exercise.fresh else ())


def _ask(
    exercise: Exercise, claim: Claim, answerer: Any, rng_for: Callable[[str], np.random.Generator]
) -> tuple[ClaimResult, list[Call]]:
    student = student_for(exercise, answerer)
    problem: ClaimFailed | None
    problem, ended = None, "ok"
    try:
        claim.run(student, rng_for(claim.name))
        raise_unless_fresh(student)
    except CallFailed as raised:
        problem, ended = raised, raised.ended
    except ClaimFailed as raised:
        problem, ended = raised, "wrong"
    except MemoryError:
        problem, ended = ClaimFailed("What came back is too large to be compared."), "memory"
    except Exception as raised:
        problem, ended = _blame(exercise, claim, rng_for, calls_of(student), raised), "wrong"
    calls = calls_of(student)
    last = calls[-1] if calls else None
    return ClaimResult(claim.name, claim.question, problem is None, ended, problem, last), calls


def _blame(
    exercise: Exercise,
    claim: Claim,
    rng_for: Callable[[str], np.random.Generator],
    calls: list[Call],
    raised: Exception,
) -> ClaimFailed:
    """A claim stumbled: over the student's value, or over its own fault?"""
    try:
        claim.run(Student(_reference_answerer(exercise)), rng_for(claim.name))
    except MemoryError:
        raise  # of what the student has filled, too little is left
    except Exception as fault:
        raise JudgeError(f"the claim {claim.name} of {exercise.name} fails on the reference") from fault
    for call in calls:
        if call.name == exercise.name and call.outcome.ended == "ok":
            again = copy.copy(call)
            play(again, _reference_answerer(exercise))
            problem = difference(call.outcome.value, again.outcome.value)
            if problem is not None:
                return problem
    return ClaimFailed(f"The value that came back could not be used ({type(raised).__name__}: {raised}).")


def _reference_answerer(exercise: Exercise) -> LocalAnswerer:
    return LocalAnswerer({exercise.name: exercise.reference}, seconds=60.0)


def _recognise(exercise: Exercise, calls: list[Call], failed: list[list[Call]]) -> Hint | None:
    """The misconception that answers every call as the student did; failing that, every call that failed."""
    if not failed or any(call.outcome.ended in {"missing", "time"} for call in calls):
        return None
    answers = _Answers(exercise)
    everywhere = [call for call in calls if call.name == exercise.name]
    where_it_failed = [call for made in failed for call in made if call.name == exercise.name]
    for evidence in (everywhere, where_it_failed):
        if all(call.outcome.ended == "error" for call in evidence):
            continue  # the type of an exception alone says too little
        for wrong in exercise.misconceptions if evidence else ():
            if all(answers.alike(wrong, call) for call in evidence):
                return Hint(wrong.name, wrong.hint)
    return None


class _Answers:
    """Replay recorded calls on misconceptions, each call at most once on each."""

    def __init__(self, exercise: Exercise) -> None:
        self._exercise = exercise
        self._known: dict[tuple[str, int], bool] = {}

    def alike(self, wrong: Misconception, call: Call) -> bool:
        """Whether a misconception answers this call as the student did."""
        key = (wrong.name, id(call))
        if key not in self._known:
            answerer = LocalAnswerer({self._exercise.name: wrong.function}, seconds=SECONDS_OF_A_REPLAY)
            again = copy.copy(call)
            play(again, answerer)
            same_memory = call.outcome.shared == again.outcome.shared or not self._exercise.fresh
            self._known[key] = same_memory and _alike(call, again)
        return self._known[key]


def _alike(one: Call, other: Call) -> bool:
    first, second = one.outcome, other.outcome
    if (first.ended, first.changed, first.touched_global_rng) != (
        second.ended,
        second.changed,
        second.touched_global_rng,
    ):
        return False
    if first.ended != "ok":
        return bool(first.error and second.error and first.error.type_name == second.error.type_name)
    if {name: len(points) for name, points in one.evaluations.items()} != {
        name: len(points) for name, points in other.evaluations.items()
    }:
        return False
    return (
        difference(first.value, second.value, rtol=SAME_ANSWER) is None
        and difference(second.value, first.value, rtol=SAME_ANSWER) is None
    )
