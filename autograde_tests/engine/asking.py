"""Ask one lesson's exercises in a process of their own.

    python -m autograde_tests.engine.asking NOTEBOOK EXERCISE …

Each exercise's outcome is a line of JSON, written as soon as it is known, so that what never ends costs only
what comes after it.
"""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from autograde_tests.engine import exercises, inert, judge, submission
from autograde_tests.engine.student import LocalAnswerer

# A verdict needs no figure, and matplotlib takes longer to import than all claims to ask.
NOT_NEEDED = ("matplotlib", "mpl_toolkits", "ipywidgets", "tqdm", "course_lib.plotting")


def ask(path: str | Path, names: list[str]) -> Iterator[tuple[str, list[Any]]]:
    """Run a notebook's answers here and put `check`'s questions to them, with `check`'s numbers.

    Yields:
        An exercise's name, and how it ended, claims that hold, claims.
    """
    functions, _ = submission.functions_of(path)
    for exercise in map(exercises.find, names):
        answerer = LocalAnswerer(functions, seconds=exercise.seconds)
        report = judge.examine(exercise, answerer, judge.fixed_numbers(exercise), name_misconceptions=False)
        held = [claim.passed for claim in report.claims]
        yield exercise.name, [report.ended, sum(held), len(held)]


def main(path: str, names: list[str]) -> None:
    """Print what becomes of each exercise of a notebook."""
    told = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what the answers print is not for the table
    inert.install(NOT_NEEDED)
    for name, outcome in ask(path, names):
        told.write(json.dumps([name, *outcome]) + "\n")
        told.flush()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
