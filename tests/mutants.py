"""Print how good the claims are: exercise × misconception, honest answers, and mutants of the references.

python -m tests.mutants                  # all lessons
python -m tests.mutants 06_momentum      # one lesson
"""

import argparse
import functools
import random
import warnings
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from autograde_tests.engine import exercises, judge
from autograde_tests.engine.claims import difference
from autograde_tests.engine.mutation import mutants_of, pairs_of
from autograde_tests.engine.student import LocalAnswerer, replayed
from tests.equivalent_mutants import EQUIVALENT
from tests.wrong_answers import WRONG

PAIRS = 8  # of changes, a sample for each exercise
OTHER_NUMBERS = 3


def main():
    """Print the report for the lessons named on the command line, or for all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="for example 06_momentum; all if none")
    chosen = parser.parse_args().lessons or exercises.lessons()

    kinds = ("misconceptions", "honest answers", "mutants", "mutants with two changes")
    totals = {kind: [0, 0] for kind in kinds}
    hints = [0, 0, 0]
    for lesson in chosen:
        print(f"\n{lesson}")
        for exercise in exercises.of_lesson(lesson):
            print(f"  {exercise.name}: {len(exercise.claims)} claims, {exercise.points} points")
            for kind, (good, total) in {
                "misconceptions": _report_misconceptions(exercise),
                "honest answers": _report_honest(exercise),
                "mutants": _report_mutants(exercise),
                "mutants with two changes": _report_mutants(exercise, pairs_that_count(exercise), "pairs"),
            }.items():
                totals[kind][0] += good
                totals[kind][1] += total
            hints = [sum(pair) for pair in zip(hints, _report_hints(exercise), strict=True)]
    print("\nKilled and named: {} of {} misconceptions.".format(*totals["misconceptions"]))
    print("Full marks: {} of {} honest answers.".format(*totals["honest answers"]))
    print("Killed, or listed as equivalent: {} of {} mutants.".format(*totals["mutants"]))
    print("And of two changes: {} of {}.".format(*totals["mutants with two changes"]))
    print("Helped: {} of {} wrong answers of the corpus; {} hints are false.".format(*hints))


def survivors(exercise, mutants=None, numbers=judge.fixed_numbers, seconds=1.0):
    """Return the descriptions of the mutants that every claim lets pass, and how many there were."""
    mutants = mutants_of(exercise) if mutants is None else mutants
    alive = []
    for mutant in mutants:
        answerer = LocalAnswerer({exercise.name: mutant.function}, seconds=seconds)
        if judge.examine(exercise, answerer, numbers(exercise), name_misconceptions=False).passed:
            alive.append(mutant.description)
    return alive, len(mutants)


def corpus(exercise, pairs=PAIRS):
    """Return what hints are measured on: wrong answers as written, and some references with two changes."""
    natural = [wrong.function for wrong in WRONG if wrong.exercise == exercise.name]
    made = list(pairs_of(exercise))
    sample = random.Random(0).sample(made, min(pairs, len(made)))
    return [*natural, *(mutant.function for mutant in sample)]


class Hinted(NamedTuple):
    """What became of a wrong answer: whether it was helped, and whether its hint says what is not so."""

    function: Callable
    ended: str
    hint: str
    seen: str
    false: bool

    @property
    def helped(self):
        """Whether the message says more than that it is wrong: an exception names itself and its line."""
        return bool(self.hint or self.seen) or self.ended != "wrong"


@functools.cache
def hinted(exercise, function):
    """Put a wrong answer to `check`; return a `Hinted`, or None where every claim holds.

    A hint is false if the misconception and the answer part on other numbers than those it was given for.
    """
    answerer = LocalAnswerer({exercise.name: function}, seconds=1.0)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        report = judge.examine(exercise, answerer, judge.fixed_numbers(exercise))
        if report.passed:
            return None
        false = report.hint is not None and _parts(exercise, answerer, report.hint.name)
    return Hinted(function, report.ended, report.hint.name if report.hint else "", report.seen, false)


def _parts(exercise, answerer, name):
    known = next(wrong.function for wrong in exercise.misconceptions if wrong.name == name)
    theirs = LocalAnswerer({exercise.name: known}, seconds=1.0)
    for _ in range(OTHER_NUMBERS):
        report = judge.examine(exercise, answerer, judge.fresh_numbers(), name_misconceptions=False)
        for call in (call for made in report.calls for call in made if call.name == exercise.name):
            again = replayed(call, theirs)
            if call.outcome.ended != again.outcome.ended:
                return True
            if call.outcome.ended == "ok" and difference(call.outcome.value, again.outcome.value, rtol=1e-6):
                return True
    return False


def _examine(exercise, function):
    answerer = LocalAnswerer({exercise.name: function}, seconds=exercise.seconds)
    return judge.examine(exercise, answerer, judge.fixed_numbers(exercise))


def _report_misconceptions(exercise):
    good = 0
    for wrong in exercise.misconceptions:
        report = _examine(exercise, wrong.function)
        killers = [claim.name.removeprefix("test_") for claim in report.claims if not claim.passed]
        named = report.hint is not None and report.hint.name == wrong.name
        good += bool(killers) and named
        print(f"    ✗ {wrong.name}: {'named' if named else 'NOT NAMED'}; killed by {_listed(killers)}")
    return good, len(exercise.misconceptions)


def _report_honest(exercise):
    answers = exercise.honest_answers
    good = 0
    for answer in answers:
        report = _examine(exercise, answer.function)
        refused = [claim.name.removeprefix("test_") for claim in report.claims if not claim.passed]
        good += not refused
        print(f"    ✓ {answer.name}: {'REFUSED by ' + _listed(refused) if refused else 'all claims hold'}")
    return good, len(answers)


def pairs_that_count(exercise):
    """Return the references with two changes, but for those of which one alone changes nothing."""
    nothing = EQUIVALENT.get(exercise.name, {}).keys()
    return [mutant for mutant in pairs_of(exercise) if not nothing & set(mutant.parts)]


def _report_mutants(exercise, mutants=None, what="mutants"):
    alive, total = survivors(exercise, mutants)
    equivalent = EQUIVALENT.get(exercise.name, {})
    unexplained = [description for description in alive if description not in equivalent]
    print(f"    {what}: {total - len(alive)} of {total} killed")
    for description in alive:
        print(f"      alive: {description}: {equivalent.get(description, 'NOT EXPLAINED')}")
    return total - len(unexplained), total


def _report_hints(exercise):
    found = [one for one in (hinted(exercise, function) for function in corpus(exercise)) if one]
    for one in found:
        if one.false or not one.helped:
            print(f"    {'FALSE HINT' if one.false else 'no hint'}: {one.function.__name__} {one.hint}")
    return sum(one.helped for one in found), len(found), sum(one.false for one in found)


def _listed(names):
    return ", ".join(names) if names else "NOTHING"


if __name__ == "__main__":
    main()
