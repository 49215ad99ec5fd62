"""Print how good the claims are: exercise × misconception, honest answers, and mutants of the references.

python -m tests.mutants                  # all lessons
python -m tests.mutants 06_momentum      # one lesson
"""

import argparse

from autograde_tests.engine import exercises, judge
from autograde_tests.engine.student import LocalAnswerer
from tests.equivalent_mutants import EQUIVALENT
from tests.mutation import survivors


def main():
    """Print the report for the lessons named on the command line, or for all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help="for example 06_momentum; all if none")
    chosen = parser.parse_args().lessons or exercises.lessons()

    totals = {"misconceptions": [0, 0], "honest answers": [0, 0], "mutants": [0, 0]}
    for lesson in chosen:
        print(f"\n{lesson}")
        for exercise in exercises.of_lesson(lesson):
            print(f"  {exercise.name}: {len(exercise.claims)} claims, {exercise.points} points")
            for kind, (good, total) in {
                "misconceptions": _report_misconceptions(exercise),
                "honest answers": _report_honest(exercise),
                "mutants": _report_mutants(exercise),
            }.items():
                totals[kind][0] += good
                totals[kind][1] += total
    print("\nKilled and named: {} of {} misconceptions.".format(*totals["misconceptions"]))
    print("Full marks: {} of {} honest answers.".format(*totals["honest answers"]))
    print("Killed, or listed as equivalent: {} of {} mutants.".format(*totals["mutants"]))


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


def _report_mutants(exercise):
    alive, total = survivors(exercise)
    equivalent = EQUIVALENT.get(exercise.name, {})
    unexplained = [description for description in alive if description not in equivalent]
    print(f"    mutants: {total - len(alive)} of {total} killed")
    for description in alive:
        print(f"      alive: {description}: {equivalent.get(description, 'NOT EXPLAINED')}")
    return total - len(unexplained), total


def _listed(names):
    return ", ".join(names) if names else "NOTHING"


if __name__ == "__main__":
    main()
