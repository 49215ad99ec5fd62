"""Put an exercise's claims to a student, and name the misconception behind what fails."""

import dataclasses
import functools
import re
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograde_tests.engine import explaining
from autograde_tests.engine.claims import ClaimFailed, difference
from autograde_tests.engine.exercises import Claim, Exercise
from autograde_tests.engine.explaining import SECONDS_OF_A_REPLAY
from autograde_tests.engine.misconceptions import Misconception
from autograde_tests.engine.student import (
    Call,
    CallFailed,
    LocalAnswerer,
    Student,
    calls_of,
    raise_unless_fresh,
    replayed,
)


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
        seen: where none is, what the answer computes instead, in a sentence or two, or "".
        printed: what the student's function printed.
        warned: the warnings it gave.
        calls: of each claim that was asked, what it called.
    """

    exercise: Exercise
    claims: tuple[ClaimResult, ...]
    hint: Hint | None = None
    seen: str = ""
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
        return self.points_of(self.exercise.points)

    def points_of(self, full: float) -> float:
        """What the share of claims that hold earns where all of them earn `full`, and never more."""
        share = sum(claim.passed for claim in self.claims) / len(self.claims)
        return min(round(float(full * share), 2), float(full))

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
    return recognised(report, answerer) if name_misconceptions else report


def recognised(report: Report, answerer: Any = None, seconds: float = explaining.SECONDS) -> Report:
    """Return a report with the misconception behind what fails; where it is no known one, with what was seen.

    Args:
        report: a `Report`.
        answerer: what answered, and can be asked further; without it, only the calls that were made count.
        seconds: how long to look for what was seen.
    """
    hint = _recognise(report, answerer)
    seen = ""
    if answerer is not None and hint is None and not report.passed:
        calls = [call for made in report.calls for call in made if call.name == report.exercise.name]
        seen = explaining.explain(report.exercise, answerer, calls, seconds)
    return dataclasses.replace(report, hint=hint, seen=seen)


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
        if any(call.outcome is None for call in calls_of(student)):
            raise  # nobody answered: that is neither the student's fault nor the claim's
        problem, ended = _blame(exercise, claim, rng_for, calls_of(student), raised), "wrong"
    calls = calls_of(student)
    if problem is not None and any(problem.whole is call.outcome.value for call in calls if call.outcome):
        problem.sentence = _with_names(problem.sentence, exercise.results)
    last = calls[-1] if calls else None
    return ClaimResult(claim.name, claim.question, problem is None, ended, problem, last), calls


def _with_names(sentence: str, results: tuple[str, ...]) -> str:
    """Say of which item a sentence speaks, by the names that the docstring gives.

    Example:
        >>> _with_names("Item 2 of item 0 of the result should be None.", ("`clipped`", "`norm`"))
        '`clipped[2]` should be None.'
    """

    def named(match: re.Match[str]) -> str:
        inner, place = match[1] or "", int(match[2])
        if place >= len(results):
            return match[0]
        if not results[place].startswith("`"):
            return f"{match[0]}, {results[place]},"
        steps = "".join(f"[{index}]" for index in reversed(re.findall(r"\d+", inner)))
        return f"`{results[place].strip('`')}{steps}`"

    return re.sub(r"((?:item \d+ of )*)item (\d+) of the result", named, sentence, flags=re.IGNORECASE)


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
            again = replayed(call, _reference_answerer(exercise))
            problem = difference(call.outcome.value, again.outcome.value)
            if problem is not None:
                return problem
    return ClaimFailed(f"The value that came back could not be used ({type(raised).__name__}: {raised}).")


def _reference_answerer(exercise: Exercise) -> LocalAnswerer:
    return LocalAnswerer({exercise.name: exercise.reference}, seconds=60.0)


def _recognise(report: Report, answerer: Any) -> Hint | None:
    """Return the misconception that answers every call as the student did, and further ones too."""
    exercise = report.exercise
    everything = [call for made in report.calls for call in made]
    if report.passed or any(call.outcome.ended in {"missing", "time"} for call in everything if call.outcome):
        return None
    evidence = [call for call in everything if call.name == exercise.name and call.outcome]
    if all(call.outcome.ended == "error" for call in evidence if call.outcome):
        return None  # the type of an exception alone says too little
    answers = _Answers(exercise, answerer, evidence)
    for touches in (True, False):
        if not touches and all(map(answers.is_right, evidence)):
            return (
                None  # the ill is what is touched, and a mistake in the value would be none of this answer's
            )
        for wrong in exercise.misconceptions:
            if all(answers.alike(wrong, call, touches) for call in evidence) and answers.bear_out(wrong):
                return Hint(wrong.name, wrong.hint)
    return None


class _Answers:
    """Replay recorded calls on misconceptions, at most once on each; ask the student further ones."""

    def __init__(self, exercise: Exercise, answerer: Any, evidence: list[Call]) -> None:
        self._exercise, self._answerer, self._evidence = exercise, answerer, evidence
        self._replays: dict[tuple[str, int], Call] = {}

    def alike(self, wrong: Misconception, call: Call, touches: bool = True) -> bool:
        """Whether a misconception answers this call as the student did.

        Args:
            wrong: the misconception.
            call: a call of the student's.
            touches: whether both must do the same to what is not theirs: arguments, memory, random state.
                Otherwise the misconception must do nothing to it, so that its hint is about the value.
        """
        key = (wrong.name, id(call))
        if key not in self._replays:
            theirs = LocalAnswerer({call.name: wrong.function}, SECONDS_OF_A_REPLAY)
            self._replays[key] = replayed(call, theirs)
        again = self._replays[key]
        if not touches:
            return not _touches(again, self._exercise.fresh) and _same_value(call, again)
        same = _touches(call, self._exercise.fresh) == _touches(again, self._exercise.fresh)
        return same and _alike(call, again)

    def is_right(self, call: Call) -> bool:
        """Whether the value that came back is the one that is asked."""
        ours = LocalAnswerer({call.name: self._exercise.reference}, SECONDS_OF_A_REPLAY)
        return _same_value(call, replayed(call, ours))

    def bear_out(self, wrong: Misconception) -> bool:
        """Whether student and misconception also answer further calls alike.

        Calls whose answer hangs on how the machine rounds say nothing: two machines would not agree.
        """
        if self._answerer is None:
            return True
        theirs = LocalAnswerer({self._exercise.name: wrong.function}, SECONDS_OF_A_REPLAY)
        for call in self._further:
            expected = replayed(call, theirs)
            if not _same_value(replayed(call, self._answerer), expected):
                nudged = replayed(explaining.nudged(self._exercise, call), theirs)
                if _same_value(nudged, expected):
                    return False
        return True

    @functools.cached_property
    def _further(self) -> list[Call]:
        return [further for _, _, further in explaining.variations(self._exercise, self._evidence)]


def _touches(call: Call, fresh: bool) -> tuple[Any, ...]:
    """Return what a call did to what is not its own; a tuple of nothing if it did nothing."""
    outcome = call.outcome
    found = (outcome.changed, outcome.touched_global_rng, outcome.shared if fresh else ()) if outcome else ()
    return found if any(found) else ()


def _alike(one: Call, other: Call) -> bool:
    evaluations = [{name: len(points) for name, points in call.evaluations.items()} for call in (one, other)]
    return _same_value(one, other) and (one.outcome.ended != "ok" or evaluations[0] == evaluations[1])


def _same_value(one: Call, other: Call) -> bool:
    first, second = one.outcome, other.outcome
    if first is None or second is None or first.ended != second.ended:
        return False
    if first.ended != "ok":
        return bool(first.error and second.error and first.error.type_name == second.error.type_name)
    return explaining.same_value(second.value, first.value)
