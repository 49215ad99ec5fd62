"""A class graded while its processes are killed ends as if nobody had been; see `tests/soak.py`."""

import dataclasses
import itertools
import random
import subprocess
import sys
from collections import Counter

import psutil
import pytest

from autograder.books.journals import Entry
from tests import soak
from tests.classroom import LESSON, ROOT
from tests.soak import Books, Memory

ADA, BOB = (LESSON, "ada"), (LESSON, "bob")
PEACEFUL = Books(
    ([("ada", "momentum", 4.0), ("bob", "momentum", 1.6)], [], []),
    {ADA: Entry("ada", LESSON), BOB: Entry("bob", LESSON)},
    Counter({ADA: 1, BOB: 1}),
    0,
    {"autograded/ada/06_momentum.ipynb": "digest"},
    {"course/gradebook.db"},
)


@pytest.mark.slow
def test_a_class_graded_while_processes_are_killed_ends_as_undisturbed():
    """Are books, notebooks and files the same, is nothing left, and does no memory grow?"""
    command = [sys.executable, "-m", "tests.soak", "--submissions", "96", "--kills", str(len(soak.VICTIMS))]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "as undisturbed; nothing is left" in done.stdout


# Would it be seen?


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({}, []),
        ({"rows": ([("ada", "momentum", 4.0)], [], [])}, ["gradebook: 1, ('bob', 'momentum', 1.6)"]),
        ({"rows": (PEACEFUL.rows[0], [("ada", "essay", "No response.")], [])}, ["gradebook: 1, "]),
        ({"entries": {ADA: PEACEFUL.entries[ADA]}}, [f"entries: 1, {BOB}"]),
        (
            {"entries": PEACEFUL.entries | {BOB: Entry("bob", LESSON, notes=("Odd.",))}},
            [f"entries: 1, {BOB}"],
        ),
        ({"files": {"autograded/ada/06_momentum.ipynb": "other"}}, ["files: 1, autograded/ada"]),
        ({"paths": {"course/gradebook.db", "course/autograded/ada/.06_momentum-x"}}, ["left or lost: 1, "]),
        ({"lines": Counter({ADA: 2, BOB: 1})}, [f"graded twice, by the journal: 1, {ADA}"]),
        ({"cut": 1}, []),
        ({"cut": 2}, ["2 lines of the journal are damaged"]),
    ],
)
def test_what_differs_is_told(change, told):
    """Is each a sentence, and a line that one killed grader has cut short none?"""
    found = list(soak.differences(dataclasses.replace(PEACEFUL, **change), PEACEFUL, graders_killed=1))
    assert len(found) == len(told)
    assert all(one.startswith(beginning) for one, beginning in zip(found, told, strict=True))


def test_memory_that_grows_is_told(monkeypatch):
    """Is a role whose last third needs more than its first named, and one that has had a peak before not?"""
    memory = Memory(90)
    memory.held = {
        "judge": ([100.0, 100.0], [100.0], [100.0, 140.0]),
        "worker": ([140.0], [100.0], [100.0]),
        "sealed parent": ([9.0] * 9, [], [*[9.0] * 9, 400.0]),  # a value that comes and goes
        "grader": ([], [], [9.0]),
    }
    assert list(memory.complaints()) == ["judge: 100 MiB in the first third, 140 in the last"]
    looked = []
    monkeypatch.setattr(soak, "roles", lambda *of: looked.append(of) or {"grader": [psutil.Process()]})
    memory = Memory(90)
    memory.look("local", 1, 89)
    memory.look("local", 1, 89)
    assert looked == [("local", 1)]
    [(role, first, last)] = memory.thirds()
    assert (role, first) == ("grader (local)", 0) and 0 < last <= memory.peaks[role]


def test_everybody_is_killed_somewhere_within_the_class():
    """Is each role hit, each stretch ended by what ends a round, and each moment in a part of its own?"""
    kills = soak.kills_of(20, 10_000, random.Random(1))
    assert {(kill.door, kill.victim) for kill in kills} == set(soak.VICTIMS)
    assert [kill.recorded // 425 for kill in kills] == list(range(20))
    assert kills == soak.kills_of(20, 10_000, random.Random(1)) != soak.kills_of(20, 10_000, random.Random(2))
    ends = {soak.GRADER, soak.SCHEDULER, (soak.LOCAL, soak.JUDGE)}
    for kill, following in itertools.pairwise([*soak.VICTIMS, soak.VICTIMS[0]]):
        assert kill[0] == following[0] or ends & {kill[1], kill}
