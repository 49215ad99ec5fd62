"""`python -m autograde_tests update`: a newer edition of a lesson comes into what a student has written."""

import copy
import json
import random
from pathlib import Path

import nbformat
import pytest
from nbgrader.utils import compute_checksum

from autograde_tests import __main__ as command
from autograde_tests.engine import reading, submission, updating
from autograde_tests.engine.reading import digest
from autograder.demo.sample_class import answers_of

ROOT = Path(__file__).parents[1]
LESSON = "05_ewma"
ESSAY = "ewma-question"
RIGHT = answers_of(ROOT / "solutions" / LESSON / f"{LESSON}.ipynb")
HELPER = "RATE = 0.9  # mine"


def released():
    """Return the lesson as it is released."""
    return reading.read(ROOT / "notebooks" / LESSON / f"{LESSON}.ipynb")


def handed_out(notebook, edition):
    """Return a notebook as a handout holds it: it knows what its cells were."""
    for cell in notebook["cells"]:
        if about := reading.marks(cell):
            about["checksum"] = compute_checksum(nbformat.from_dict(cell))
    cells = {cell["id"]: digest(cell["source"]) for cell in notebook["cells"]}
    notebook["metadata"][updating.HANDOUT] = {"edition": edition, "cells": cells}
    return notebook


def first_edition():
    return handed_out(released(), "first")


def cell_of(notebook, name):
    return next(cell for cell in notebook["cells"] if cell.get("id") == name)


def without_marks(cell):
    """Return a cell without what nbgrader, whose books are the new edition's, has written on it."""
    return cell | {"metadata": {key: value for key, value in cell["metadata"].items() if key != "nbgrader"}}


def own(source, kind="code", **others):
    about = {"outputs": [], "execution_count": None} if kind == "code" else {}
    return {"cell_type": kind, "metadata": {}, "source": source, **about, **others}


def second_edition():
    """Return the lesson with a mended text, two mended stubs, a new cell, and one that is gone."""
    notebook = released()
    cell_of(notebook, "title")["source"] += "\n\nMended in the second edition."
    for name in ("ewma-answer", "bias_corrected-answer"):
        cell_of(notebook, name)["source"] = cell_of(notebook, name)["source"].replace(
            "Args:", "Args, mended:", 1
        )
    notebook["cells"].insert(2, own("A new paragraph.", "markdown", id="new-paragraph"))
    notebook["cells"].remove(cell_of(notebook, "summary"))
    return handed_out(notebook, "second")


def worked_on():
    """Return the first edition as a student has it half-way: answers, an essay, cells of her own, outputs."""
    notebook = first_edition()
    answer = cell_of(notebook, "ewma-answer")
    answer["source"] = RIGHT["ewma-answer"].replace("return", "return 1 *", 1)
    answer["metadata"]["collapsed"] = False
    cell_of(notebook, ESSAY)["source"] = "Because the average reaches far back: Zoë's own words."
    place = notebook["cells"].index(answer)
    notebook["cells"].insert(place, own(HELPER, id="3f2a"))
    notebook["cells"].insert(place + 2, own("My note: **why** 0.9?", "markdown", id="77aa"))
    imports = cell_of(notebook, "imports")
    imports["outputs"] = [{"output_type": "stream", "name": "stdout", "text": ["seen\n"]}]
    return notebook


def on_disk(folder, notebook, lesson=LESSON):
    path = folder / "notebooks" / lesson / f"{lesson}.ipynb"
    path.parent.mkdir(parents=True)
    reading.write(path, notebook)
    return path


@pytest.fixture
def folders(tmp_path):
    """Return the student's folder and that of the newer edition."""
    on_disk(tmp_path / "Zoë's course", worked_on())
    on_disk(tmp_path / "newer", second_edition())
    return tmp_path / "Zoë's course", tmp_path / "newer"


def test_prose_is_the_new_editions_and_work_is_the_students():
    """Is all that was written kept, where it stood, and all else as in the new edition?"""
    mine, new = worked_on(), second_edition()
    merged, news = updating.merged(mine, new)
    for name in ("ewma-answer", ESSAY, "3f2a", "77aa", "imports"):
        assert without_marks(cell_of(merged, name)) == without_marks(cell_of(mine, name)), name
    order = [cell["id"] for cell in merged["cells"]]
    at = order.index("ewma-answer")
    assert order[at - 1] == "3f2a" and order[at + 1] == "77aa"
    assert [name for name in order if name not in ("3f2a", "77aa")] == [cell["id"] for cell in new["cells"]]
    assert "Mended in the second" in cell_of(merged, "title")["source"] and "summary" not in order
    assert "Args, mended:" in cell_of(merged, "bias_corrected-answer")["source"]
    assert merged["metadata"][updating.HANDOUT]["edition"] == "second"
    told = "\n".join(news)
    assert "what is asked has changed, your answer is kept: the answer cell ewma-answer" in told
    assert "mended: the answer cell bias_corrected-answer" in told and "new: " in told
    assert ESSAY not in told


def test_twice_is_as_once():
    """Is nothing new in what is up to date?"""
    once, _ = updating.merged(worked_on(), second_edition())
    assert updating.merged(once, second_edition()) == (once, [])
    untouched, news = updating.merged(first_edition(), first_edition())
    assert untouched == first_edition() and not news


def test_what_a_student_changed_in_the_lessons_own_cells_is_not_lost():
    """Does an edit stay where the cell was not mended, and stand below it where it was?"""
    mine, new = worked_on(), second_edition()
    cell_of(mine, "title")["source"] += "\nMy note on the title."
    unmended = next(cell for cell in mine["cells"][5:] if cell["cell_type"] == "markdown")
    unmended["source"] += "\nMy note further down."
    merged, news = updating.merged(mine, new)
    assert cell_of(merged, unmended["id"]) == unmended
    assert cell_of(merged, "title") == cell_of(new, "title")
    assert merged["cells"][1]["source"] == cell_of(mine, "title")["source"]
    assert any("what you changed there stands below it" in text for text in news)


def test_a_check_that_was_changed_is_put_right():
    """Is a graded cell always the new edition's, and what was written into it a plain cell below?"""
    mine = worked_on()
    cell_of(mine, "ewma")["source"] = "check(ewma)\nprint('mine')"
    merged, _ = updating.merged(mine, second_edition())
    assert cell_of(merged, "ewma")["source"] == "check(ewma)"
    below = merged["cells"][merged["cells"].index(cell_of(merged, "ewma")) + 1]
    assert below["source"] == "check(ewma)\nprint('mine')" and not reading.marks(below)


def colab(notebook):
    """Drop what some editors drop: ids, and nbgrader's marks."""
    for cell in notebook["cells"]:
        cell.pop("id", None)
        cell["metadata"] = {}
    return notebook


def other_ids(notebook):
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"renamed-{number}"
    return notebook


def no_record(notebook):
    """Forget the edition, as in lessons that came by another way than a handout."""
    del notebook["metadata"][updating.HANDOUT]
    return notebook


@pytest.mark.parametrize("habit", [colab, other_ids, no_record])
def test_an_editor_that_drops_marks_costs_no_answer_and_doubles_no_text(habit):
    """Are answers found by what they define, and the lesson's text by itself?"""
    mine, new = habit(worked_on()), second_edition()
    merged, _ = updating.merged(copy.deepcopy(mine), new)
    sources = [cell["source"] for cell in merged["cells"]]
    for source in (cell_of(worked_on(), name)["source"] for name in ("ewma-answer", "3f2a", "77aa", ESSAY)):
        assert sources.count(source) == 1
    once = [source for source in sources if source.strip()]
    assert len(once) == len(set(once))
    assert reading.marks(cell_of(merged, "ewma-answer"))["grade_id"] == "ewma-answer"
    assert cell_of(merged, "ewma-answer")["source"] == cell_of(worked_on(), "ewma-answer")["source"]
    assert len({cell["id"] for cell in merged["cells"]}) == len(merged["cells"])


def test_a_cell_that_was_pasted_with_its_id_takes_it_from_no_other():
    """Does the lesson's own cell keep the id that grading may need?"""
    mine = worked_on()
    mine["cells"].insert(0, own("pasted = 1", id="ewma-answer"))
    merged, _ = updating.merged(mine, second_edition())
    assert cell_of(merged, "ewma-answer")["source"] == cell_of(worked_on(), "ewma-answer")["source"]
    assert merged["cells"][0]["source"] == "pasted = 1"


@pytest.mark.parametrize("seed", range(40))
def test_whatever_a_student_did_no_work_is_lost(seed):
    """Is every answer and every cell of one's own still there, once, after random editing?"""
    chance = random.Random(seed)
    mine, new = first_edition(), second_edition()
    work = []
    for step in range(12):
        cells = mine["cells"]
        cell, place = chance.choice(cells), chance.randrange(len(cells))
        match chance.choice(["answer", "add", "delete", "paste", "move", "forget"]):
            case "answer" if reading.marks(cell).get("solution") and cell["source"] not in work:
                cell["source"] += f"\n# work of step {step}"
                work.append(cell["source"])
            case "add":
                cells.insert(place, own(f"x_{step} = {step}", **chance.choice([{}, {"id": f"mine-{step}"}])))
                work.append(cells[place]["source"])
            case "delete" if cell["source"] not in work:
                cells.remove(cell)
            case "paste":
                cells.insert(place, copy.deepcopy(cell) | {"id": f"pasted-{step}"})
                cells[place]["source"] += f"\n# pasted in step {step}"
                work.append(cells[place]["source"])
            case "move":
                cells.remove(cell)
                cells.insert(place, cell)
            case "forget":
                cell.pop("id", None)
    merged, _ = updating.merged(copy.deepcopy(mine), new)
    sources = [cell["source"] for cell in merged["cells"]]
    assert [source for source in work if sources.count(source) != 1] == []
    assert {cell["id"] for cell in new["cells"]} <= {cell["id"] for cell in merged["cells"]}
    assert len({cell["id"] for cell in merged["cells"]}) == len(merged["cells"])


def test_the_answers_run_as_before(folders):
    """Does the updated file give the functions that the old one gave?"""
    mine, newer = folders
    path = mine / "notebooks" / LESSON / f"{LESSON}.ipynb"
    before, _ = submission.functions_of(path)
    assert command.main(["update", str(newer), "--folder", str(mine)]) == 0
    after, raised = submission.functions_of(path)
    assert after["ewma"].__code__.co_code == before["ewma"].__code__.co_code
    assert after.keys() == before.keys() and not raised


def test_the_command_says_what_is_new_and_keeps_what_was(folders, capsys):
    """Does a backup hold the old bytes, where nothing takes it for a lesson, and is one enough?"""
    mine, newer = folders
    path = mine / "notebooks" / LESSON / f"{LESSON}.ipynb"
    old = path.read_bytes()
    assert command.main(["update", str(newer), "--folder", str(mine), "--dry-run"]) == 0
    assert path.read_bytes() == old and len(list(path.parent.iterdir())) == 1
    assert command.main(["update", str(newer), "--folder", str(mine)]) == 0
    backup = path.parent / "backup-1" / path.name
    assert backup.read_bytes() == old and reading.lessons_in(mine) == {LESSON: path}
    said = capsys.readouterr().out
    assert "the answer cell ewma-answer" in said and str(backup.parent) in said
    assert command.main(["update", str(newer), "--folder", str(mine)]) == 0
    assert "nothing new" in capsys.readouterr().out and not (path.parent / "backup-2").exists()


def test_a_new_lesson_and_new_data_come_along(folders, capsys):
    """Is a lesson that was not there put beside the others, and a file that a lesson reads replaced?"""
    mine, newer = folders
    other = on_disk(newer, released(), "06_momentum")
    (other.parent / "table.csv").write_text("1\n")
    (newer / "notebooks" / LESSON / "logs.csv").write_text("new\n")
    (mine / "notebooks" / LESSON / "logs.csv").write_text("old\n")
    assert command.main(["--folder", str(mine / "notebooks"), "update", str(newer)]) == 0
    assert (mine / "notebooks" / "06_momentum" / "table.csv").read_text() == "1\n"
    assert (mine / "notebooks" / LESSON / "logs.csv").read_text() == "new\n"
    assert (mine / "notebooks" / LESSON / "backup-1" / "logs.csv").read_text() == "old\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere"],
        ["newer", "--folder", "empty"],
        ["mine", "--folder", "mine"],
        ["mine/notebooks", "--folder", "mine"],
        [".", "--folder", "mine"],
        ["written", "--folder", "mine"],
    ],
)
def test_folders_that_cannot_be_meant_are_refused_in_a_sentence(tmp_path, monkeypatch, capsys, arguments):
    """Is nothing changed where there is no lesson, the folders are one, or the newer holds answers?"""
    path = on_disk(tmp_path / "mine", worked_on())
    on_disk(tmp_path / "newer", second_edition())
    on_disk(tmp_path / "written", worked_on())
    (tmp_path / "empty").mkdir()
    old = path.read_bytes()
    monkeypatch.chdir(tmp_path)
    assert command.main(["update", *arguments]) == 2
    assert "Nothing was changed:" in capsys.readouterr().err and path.read_bytes() == old


def test_a_damaged_notebook_is_left_alone(folders, capsys):
    """Is a file that is cut off neither overwritten nor a traceback, and nothing done by halves?"""
    mine, newer = folders
    path = mine / "notebooks" / LESSON / f"{LESSON}.ipynb"
    path.write_text(path.read_text()[:500])
    sound = on_disk(mine, first_edition(), "04_mini_batches")
    on_disk(newer, second_edition(), "04_mini_batches")
    before = sound.read_bytes()
    assert command.main(["update", str(newer), "--folder", str(mine)]) == 1
    assert "is not a notebook" in capsys.readouterr().err and len(path.read_text()) == 500
    assert sound.read_bytes() == before


def test_what_is_written_is_a_notebook(folders):
    """Is the file valid, and written as Jupyter writes it?"""
    mine, newer = folders
    updating.update(newer, mine)
    path = mine / "notebooks" / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    assert json.loads(nbformat.writes(notebook)) == json.loads(path.read_text(encoding="utf-8"))
