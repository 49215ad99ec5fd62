"""`python -m autograde_tests`: how far a student has come, from the student's own notebooks."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from autograde_tests import __main__ as command
from autograde_tests import progress
from autograde_tests.engine import exercises, judge, progressing, reading
from autograde_tests.engine.progressing import BEGUN, DONE, UNWRITTEN, WRITTEN
from autograde_tests.engine.student import LocalAnswerer
from autograder.demo.sample_class import answers_of, filled, source_as

ROOT = Path(__file__).parents[1]
LESSON, OTHER = "06_momentum", "05_ewma"
FULL = {exercise.name: exercise.points for exercise in exercises.of_lesson(LESSON)}


@pytest.fixture(autouse=True)
def remembered(tmp_path, monkeypatch):
    """Remember what was asked in a file of this test's own."""
    monkeypatch.setattr(progressing, "_remembered", lambda: tmp_path / "remembered.json")


@pytest.fixture
def mine(tmp_path):
    """Return a folder with two lessons as they were handed out."""
    for lesson in (LESSON, OTHER):
        shutil.copytree(ROOT / "notebooks" / lesson, tmp_path / "my lessons ü" / lesson)
    return tmp_path / "my lessons ü"


def write(mine, answers, lesson=LESSON):
    """Write answers into a student's notebook, and save it."""
    path = mine / lesson / f"{lesson}.ipynb"
    path.write_text(json.dumps(filled(json.loads(path.read_text()), answers)))
    return path


def parts(found, lesson=LESSON):
    """Return name → part of a lesson."""
    return {part.name: part for one in found.lessons if one.name == lesson for part in one.parts}


def right(lesson=LESSON):
    return answers_of(ROOT / "solutions" / lesson / f"{lesson}.ipynb")


def test_what_is_done_begun_and_not_written_is_told_apart(mine):
    """Is each exercise what it is, with the points that check's numbers give?"""
    momentum = exercises.find("momentum")
    wrong = momentum.misconceptions[0]
    answers = right() | {
        "momentum-answer": source_as(wrong.function, "momentum"),
        "nesterov-answer": "def nesterov(:",
        "classical_momentum-answer": "print('written')\n" + right()["classical_momentum-answer"],
        "optimal_momentum-answer": None,
        "momentum-question": "Because of the velocity.",
    }
    write(mine, answers)
    found = parts(progress(mine))
    states = {name: part.state for name, part in found.items()}
    begun = {
        "momentum": BEGUN,
        "nesterov": BEGUN,
        "optimal_momentum": UNWRITTEN,
        "momentum-question": WRITTEN,
    }
    assert states == dict.fromkeys(FULL, DONE) | begun
    report = judge.examine(
        momentum, LocalAnswerer({"momentum": wrong.function}), judge.fixed_numbers(momentum)
    )
    assert 0 < found["momentum"].points == report.points < momentum.points
    assert found["nesterov"].points == 0 == found["optimal_momentum"].points
    assert found["momentum-question"].points is None
    assert all(found[name].points == FULL[name] for name in states if states[name] == DONE)


def test_what_is_not_written_is_seen_without_running_anything(mine, monkeypatch):
    """Does a folder as it was handed out take no process, and say of everything that it is not written?"""
    monkeypatch.setattr(progressing, "_asked", lambda *arguments: pytest.fail("something was run"))
    found = progress(mine)
    assert {part.state for lesson in found.lessons for part in lesson.parts} == {UNWRITTEN}
    assert "0 done, 0 begun" in found.summary and "0 of 2 questions answered" in found.summary


def test_only_what_has_changed_is_asked_again(mine, monkeypatch):
    """Is what was asked remembered from one process to the next, until the answer changes?"""
    asked, really = [], progressing._asked
    monkeypatch.setattr(
        progressing, "_asked", lambda path, names: asked.append(path.stem) or really(path, names)
    )
    write(mine, right())
    write(mine, right(OTHER), OTHER)
    first = progress(mine)
    assert sorted(asked) == [OTHER, LESSON]
    assert progress(mine) == first and len(asked) == 2
    write(
        mine, {"momentum-answer": "def momentum(params, grads, state=None, *, lr, beta=0.9):\n    return 1"}
    )
    assert parts(progress(mine))["momentum"].points == 0
    assert asked[2:] == [LESSON]


def test_an_answer_that_never_ends_or_ends_python_costs_its_own_lesson(mine, monkeypatch):
    """Is the other lesson judged all the same, and is nothing of it remembered?"""
    monkeypatch.setattr(progressing, "SECONDS", 3.0)
    write(mine, right() | {"momentum-answer": "while True:\n    pass\ndef momentum():\n    return 1"})
    write(
        mine, right(OTHER) | {"ewma-answer": "import os\ndef ewma(*args, **kwargs):\n    os._exit(3)"}, OTHER
    )
    found = progress(mine)
    assert {part.said for name, part in parts(found).items() if name in FULL} == {progressing.NO_ANSWER}
    assert parts(found, OTHER)["ewma"].said == progressing.NO_ANSWER
    assert "by check's numbers" in found.summary
    assert progressing._remembered().exists() is False


def test_an_answer_that_asks_for_its_progress_starts_no_processes(mine):
    """Does `progress` inside of an answer find nothing, so that it ends?"""
    asks = "from autograde_tests import progress\nassert not progress('..').lessons\n"
    write(mine, right() | {"momentum-answer": asks + right()["momentum-answer"]})
    assert parts(progress(mine))["momentum"].state == DONE


def test_from_a_lessons_own_folder_all_lessons_are_shown(mine, monkeypatch):
    """Does a cell of lesson 06 show lesson 05 too?"""
    monkeypatch.chdir(mine / LESSON)
    assert [lesson.name for lesson in progress().lessons] == [OTHER, LESSON]


def test_of_copies_the_nearest_counts_and_a_backup_never_does(mine):
    """Is a copy further down, in a backup or in Jupyter's checkpoints left alone?"""
    for folder in ("archive/old", f"{LESSON}/backup-1", f"{LESSON}/.ipynb_checkpoints"):
        shutil.copytree(
            mine / LESSON, mine / folder / LESSON, ignore=lambda *_: ["backup-1", ".ipynb_checkpoints"]
        )
    assert reading.lessons_in(mine)[LESSON] == mine / LESSON / f"{LESSON}.ipynb"
    shutil.rmtree(mine / "archive")
    (mine / LESSON / f"{LESSON}.ipynb").unlink()
    assert list(reading.lessons_in(mine)) == [OTHER]


def test_a_damaged_notebook_is_said_to_be_damaged(mine, capsys):
    """Is the other lesson shown, and the exit status 1?"""
    (mine / LESSON / f"{LESSON}.ipynb").write_text('{"cells": [')
    assert command.main(["--folder", str(mine)]) == 1
    said = capsys.readouterr().out
    assert "is not a notebook" in said and "ewma-question" in said


def test_the_table_in_a_notebook_is_inert(mine):
    """Is what a student's notebook says of itself escaped?"""
    path = mine / LESSON / f"{LESSON}.ipynb"
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "momentum-question":
            cell["metadata"]["nbgrader"]["grade_id"] = "<script>alert(1)</script>"
    path.write_text(json.dumps(notebook))
    shown = progress(mine)._repr_html_()
    assert "&lt;script&gt;" in shown and "<script" not in shown
    assert shown.count("<tr>") == 1 + 2 + sum(len(lesson.parts) for lesson in progress(mine).lessons)


def test_the_command_prints_the_table(mine):
    """Does `python -m autograde_tests` say the same, to people and to programs?"""
    write(mine, {"momentum-answer": right()["momentum-answer"]})
    run = [sys.executable, "-m", "autograde_tests", "--folder", str(mine)]
    told = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert re.search(r"momentum +done +4 of 4\n", told) and re.search(
        r"nesterov +not written +0 of 3\n", told
    )
    data = json.loads(subprocess.run([*run, "--json"], cwd=ROOT, capture_output=True, check=True).stdout)
    assert data[LESSON]["parts"][0] == {
        "name": "momentum",
        "state": "done",
        "possible": 4,
        "points": 4,
        "said": "",
    }


def test_notebooks_that_lie_loose_in_one_folder_are_lessons_too(mine, monkeypatch, capsys):
    """Does a folder full of downloads work, and a link that leads nowhere do no harm?"""
    for lesson in (LESSON, OTHER):
        shutil.move(mine / lesson / f"{lesson}.ipynb", mine)
    (mine / "07_rmsprop.ipynb").symlink_to(mine / "gone.ipynb")
    monkeypatch.chdir(mine)
    assert command.main(["--folder", "."]) == 0
    said = capsys.readouterr().out
    assert re.search(rf"^{OTHER}$", said, re.MULTILINE) and "07_rmsprop" not in said


def test_a_folder_without_lessons_is_said_to_have_none(tmp_path, capsys):
    """Is it a sentence and exit status 2?"""
    (tmp_path / "empty").mkdir()
    assert command.main(["--folder", str(tmp_path / "empty")]) == 2
    assert "No lesson was found" in capsys.readouterr().out
    assert command.main(["--folder", str(tmp_path / "nowhere")]) == 2


def test_points_are_those_of_the_notebook(mine):
    """Does an exercise to which the course gives other points earn their share?"""
    path = write(mine, right())
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "momentum":
            cell["metadata"]["nbgrader"]["points"] = 10
    path.write_text(json.dumps(notebook))
    assert parts(progress(mine))["momentum"].points == 10


def test_checksums_are_nbgraders():
    """Is a released cell known as untouched exactly as nbgrader would know it?"""
    seen = 0
    for path in sorted((ROOT / "notebooks").glob("*/*.ipynb")):
        for cell in reading.read(path)["cells"]:
            if "checksum" in reading.marks(cell):
                assert reading.is_as_released(cell), (path.stem, cell["id"])
                assert not reading.is_as_released(cell | {"source": cell["source"] + " "})
                seen += 1
    assert seen > 2 * np.size(exercises.lessons())
