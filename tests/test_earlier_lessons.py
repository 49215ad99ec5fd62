"""What a student wrote in earlier lessons, brought into the capstone."""

import json
import pathlib

import pytest

from autograde_tests import check
from course_lib import optimizers
from course_lib.earlier_lessons import bring

SOLUTIONS = pathlib.Path(__file__).resolve().parent.parent / "solutions"
MOMENTUM = {"06_momentum": [optimizers.momentum, optimizers.nesterov]}
RIGHT = """
def momentum(params, grads, state=None, *, lr, beta=0.9):
    v = beta * (np.zeros_like(params) if state is None else state) + (1 - beta) * grads
    return params - lr * v, v
"""


def lesson(folder, *answers, imports="import numpy as np"):
    """Write a notebook of lesson 06 with these answers, and return the folder of lessons."""
    cells = [{"cell_type": "code", "metadata": {}, "source": imports}]
    for index, source in enumerate(answers):
        grading = {"solution": True, "grade_id": f"answer-{index}"}
        cells.append(
            {"cell_type": "code", "metadata": {"nbgrader": grading}, "source": source.splitlines(True)}
        )
    cells.append({"cell_type": "code", "metadata": {}, "source": "raise SystemExit('never run')"})
    path = folder / "06_momentum" / "06_momentum.ipynb"
    path.parent.mkdir()
    path.write_text(json.dumps({"cells": cells}), encoding="utf-8")
    return folder


def test_a_finished_function_is_the_students(tmp_path, capsys):
    """Is what passes its check taken, what is missing replaced, and both said?"""
    tools = bring(check, MOMENTUM, folder=lesson(tmp_path, RIGHT))
    assert tools.momentum is not optimizers.momentum and tools.nesterov is optimizers.nesterov
    assert capsys.readouterr().out == (
        "06_momentum: your momentum; the course's nesterov (yours is not finished)\n"
    )


def own_cells(folder, *sources):
    """Put cells of the student's own above the answers."""
    path = folder / "06_momentum" / "06_momentum.ipynb"
    notebook = json.loads(path.read_text())
    notebook["cells"][1:1] = [{"cell_type": "code", "metadata": {}, "source": text} for text in sources]
    path.write_text(json.dumps(notebook))


def test_what_an_answer_needs_from_other_cells_is_brought(tmp_path, capsys):
    """Do imports, functions and constants of other cells go along, each failing alone, and no magic?"""
    answer = RIGHT.replace("(1 - beta) * grads", "rest(beta) * grads")
    folder = lesson(tmp_path, "%matplotlib inline\n" + answer)
    constants = "import absent\nONE = 2\nONE -= 1\nbroken = undefined"
    own_cells(folder, constants, "!ls\ndef rest(beta):\n    return ONE - beta", "raise SystemExit")
    tools = bring(check, MOMENTUM, folder=folder)
    assert tools.momentum is not optimizers.momentum


def test_a_lambda_is_brought(tmp_path, capsys):
    """Is a function known by the name that it was given?"""
    answer = RIGHT.replace("def momentum", "def mine") + "\nmomentum = lambda *a, **k: mine(*a, **k)"
    assert bring(check, MOMENTUM, folder=lesson(tmp_path, answer)).momentum is not optimizers.momentum


@pytest.mark.parametrize(
    "answer",
    [
        RIGHT.replace("params - lr", "params + lr"),
        "def momentum(params, grads, state=None, *, lr, beta=0.9):\n    raise NotImplementedError",
        "def momentum(:",
        "momentum = 3",
        "raise ValueError('no')",
        "from course_lib.optimizers import momentum",
    ],
)
def test_an_unfinished_function_is_the_courses(tmp_path, capsys, answer):
    """Is a wrong, unwritten, broken or borrowed answer replaced by the course's?"""
    tools = bring(check, MOMENTUM, folder=lesson(tmp_path, answer))
    assert tools.momentum is optimizers.momentum
    assert "the course's momentum, nesterov (yours is not finished)" in capsys.readouterr().out


@pytest.mark.parametrize("text", ["no JSON", "[]", '{"cells": [{}]}', '{"cells": 3}'])
def test_an_unreadable_notebook_is_said(tmp_path, capsys, text):
    """Does a file that is no notebook stop nobody?"""
    lesson(tmp_path)
    (tmp_path / "06_momentum" / "06_momentum.ipynb").write_text(text)
    assert bring(check, MOMENTUM, folder=tmp_path).momentum is optimizers.momentum
    assert "cannot be read" in capsys.readouterr().out


def test_without_other_lessons_everything_is_the_courses(tmp_path, capsys):
    """Does a folder that holds no other lesson work?"""
    assert bring(check, MOMENTUM, folder=tmp_path).nesterov is optimizers.nesterov
    assert "no notebook there" in capsys.readouterr().out


def test_nothing_is_run_while_nbgrader_grades(tmp_path, capsys, monkeypatch):
    """Under autograding, where `check` raises nothing, is nothing taken from other notebooks?"""
    monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
    assert bring(check, MOMENTUM, folder=lesson(tmp_path, RIGHT)).momentum is optimizers.momentum


def test_the_solutions_are_all_brought(capsys):
    """Do the answers of the solutions notebooks pass when they are brought?"""
    tools = bring(check, MOMENTUM, folder=SOLUTIONS)
    assert tools.momentum is not optimizers.momentum and tools.nesterov is not optimizers.nesterov
    assert capsys.readouterr().out == "06_momentum: your momentum, nesterov\n"
