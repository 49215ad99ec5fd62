"""Values that no honest function returns: the judge ends soon, without an exception, and gives no points.

They come from inside the judge's own process here; what the wire refuses already is not among them.
"""

import contextlib
import resource
import subprocess
import sys
import time

import numpy as np
import pytest

from autograde_tests.engine import exercises, judge, messages
from autograde_tests.engine.student import Outcome
from tests.classroom import ROOT

SECONDS = 5.0
MEMORY = 300 * 1024  # KiB
NEST = [[[[[[[[[[]]]]]]]]]]
VALUES = {
    "a long row": np.ones((1, 20_000)),
    "a long column": np.ones((20_000, 1)),
    "a long vector": np.ones(10**6),
    "a large square": np.ones((1000, 1000)),
    "many dimensions": np.ones((1,) * 32),
    "an empty array": np.ones((0, 3)),
    "a huge integer": 2**250,
    "a large count": 10**9,
    "minus one": -1,
    "a large float": 1e308,
    "infinity": float("-inf"),
    "a complex number": complex("inf"),
    "text": "x" * 100_000,
    "many values": [0] * 100_000,
    "a nest": NEST,
    "a dict": {"ended": "ok", 3: None},
    "None": None,
}


class Hostile:
    """Answers with one value, or with the reference's answer in which it stands in place of every number.

    The functions that a claim passes in are called with the value as well.
    """

    def __init__(self, value, inside):
        self.value, self.inside = value, inside

    def call(self, name, args, kwargs):
        """Return an `Outcome` that says all is well."""
        for argument in [*args, *kwargs.values()]:
            if callable(argument):
                with contextlib.suppress(Exception):
                    argument(self.value)
        if not self.inside:
            return Outcome(value=self.value)
        try:
            answer = exercises.find(name).reference(*args, **kwargs)
        except Exception:
            answer = None  # the claim has passed on what it was given before
        return Outcome(value=self._put_into(answer))

    def _put_into(self, answer):
        if isinstance(answer, tuple) and hasattr(answer, "_fields"):
            return type(answer)(*map(self._put_into, answer))
        if isinstance(answer, tuple | list):
            return type(answer)(map(self._put_into, answer))
        if isinstance(answer, dict):
            return {key: self._put_into(item) for key, item in answer.items()}
        return self.value


def problems_of(lesson):
    """Return what is wrong with the verdicts on hostile values, a sentence each."""
    return [
        f"{exercise.name}, {name}{' inside' * inside}: {problem}"
        for exercise in exercises.of_lesson(lesson)
        for name, value in VALUES.items()
        for inside in (False, True)
        for problem in _problems(exercise, Hostile(value, inside))
    ]


def _problems(exercise, answerer):
    begun, memory = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        report = judge.examine(exercise, answerer, judge.fixed_numbers(exercise))
        messages.render(report)
        messages.render(report, inputs=False)
    except Exception as error:
        return [f"{type(error).__name__}: {error}"]
    seconds = time.process_time() - begun  # ours, however busy the machine is
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    problems = [f"{report.points} points" for _ in [0] if report.points]
    problems += [f"{seconds:.1f} s" for _ in [0] if seconds > SECONDS]
    return problems + [f"{grown // 1024} MiB" for _ in [0] if grown > MEMORY]


@pytest.mark.parametrize(
    "lesson",
    [
        pytest.param(lesson, marks=() if lesson == "06_momentum" else pytest.mark.slow)
        for lesson in exercises.lessons()
    ],
)
def test_the_judge_survives_hostile_values(lesson):
    """In a process whose memory is bounded, does every verdict come soon, and with no points?"""
    program = (
        f"from tests import test_hostile_values as t; print(*t.problems_of({lesson!r}), sep='\\n', end='')"
    )
    completed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=ROOT,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30)),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (completed.returncode, completed.stdout) == (0, ""), completed.stderr[-2000:]
