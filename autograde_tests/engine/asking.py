"""Ask one lesson's exercises in a process of their own.

    python -m autograde_tests.engine.asking NOTEBOOK EXERCISE …

Each exercise's outcome is a line of JSON, written as soon as it is known, so that what never ends costs only
what comes after it.
"""

import json
import os
import sys

from autograde_tests.engine import exercises, inert, judge, submission
from autograde_tests.engine.student import LocalAnswerer

# A verdict needs no figure, and matplotlib takes longer to import than all claims to ask.
NOT_NEEDED = ("matplotlib", "mpl_toolkits", "ipywidgets", "tqdm", "course_lib.plotting")


def main(path: str, names: list[str]) -> None:
    """Run the notebook's answers and put `check`'s questions to them, with `check`'s numbers."""
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what the answers print is not for the table
    inert.install(NOT_NEEDED)
    functions, _ = submission.functions_of(path)
    for exercise in map(exercises.find, names):
        answerer = LocalAnswerer(functions, seconds=exercise.seconds)
        report = judge.examine(exercise, answerer, judge.fixed_numbers(exercise), name_misconceptions=False)
        held = [claim.passed for claim in report.claims]
        told.write(json.dumps([exercise.name, report.ended, sum(held), len(held)]) + "\n")
        told.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
