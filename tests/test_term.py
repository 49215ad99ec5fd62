"""A whole term, from the release to the exported points, as an instructor and a class would go through it."""

import csv
import datetime
import json
import shutil
import zipfile

import numpy as np
import pytest
from nbgrader.api import Gradebook

from autograde_tests.engine import exercises
from autograder import __main__ as command
from autograder import errors
from autograder.demo.sample_class import answers_of, filled
from tests.classroom import LESSON, ROOT, Classroom
from tests.test_autograder_grade import FORGETS
from tests.test_regrading import correct
from tests.test_similar import OWN, renamed

LESSONS = ("05_ewma", LESSON)
DUE = datetime.datetime(2026, 3, 1, 18)
ESSAY = "The step of the average stays as it is, that of the heavy ball grows tenfold, by 1/(1 − μ)."
COMMENT = "Right, and the run-up? See section 2."


@pytest.fixture
def room(tmp_path, monkeypatch):
    """A course of two lessons, as an instructor begins it."""
    monkeypatch.setenv("AUTOGRADER_SECRET", "a secret of the tests")
    room = Classroom(tmp_path / "course", [])
    for lesson in LESSONS:
        shutil.copytree(ROOT / "solutions" / lesson, room.directory / "solutions" / lesson)
    return room


def autograder(room, *arguments):
    """Run a command as an instructor does; it must end well."""
    assert command.main([arguments[0], "--course", str(room.directory), *arguments[1:]]) == errors.GRADED


def hand_in(room, handed_out, student, lesson, answers, *, when="2026-03-01 10:00:00"):
    """Hand in a lesson of the handout, all of it right but for `answers`."""
    released = json.loads((handed_out / "notebooks" / lesson / f"{lesson}.ipynb").read_text())
    right = answers_of(room.directory / "solutions" / lesson / f"{lesson}.ipynb")
    folder = room.directory / "submitted" / student / lesson
    folder.mkdir(parents=True)
    (folder / f"{lesson}.ipynb").write_text(json.dumps(filled(released, {**right, **answers})))
    (folder / "timestamp.txt").write_text(f"{when} UTC")


def opened(room):
    """Return the gradebook."""
    return Gradebook(f"sqlite:///{room.directory / 'gradebook.db'}", "optimization")


@pytest.mark.slow
def test_a_whole_term(room, tmp_path, monkeypatch, capsys):
    """Does everything that a term asks for work, one after the other, on what the step before has left?"""
    with open(room.directory / "nbgrader_config.py", "a") as file:
        file.write('c.LateSubmissionPlugin.penalty_method = "zero"\nc.GradePolicy.weights = {"05_ewma": 2}\n')
    for lesson in LESSONS:
        room.nbgrader("generate_assignment", lesson)
    with opened(room) as gradebook:
        for lesson in LESSONS:
            gradebook.update_or_create_assignment(lesson, duedate=DUE)

    # Students get it, work, and hand in.
    autograder(room, "handout", "--course-name", "Deep learning I", "--out", str(tmp_path / "out"))
    [archive] = (tmp_path / "out").glob("*.zip")
    with zipfile.ZipFile(archive) as files:
        files.extractall(tmp_path / "laptop")
    [handed_out] = (tmp_path / "laptop").iterdir()
    for lesson in LESSONS:
        for number in range(6):
            hand_in(room, handed_out, f"other {number}", lesson, {})
    hand_in(room, handed_out, "Zoë d'Ünal", LESSON, {"momentum-answer": FORGETS, "momentum-question": ESSAY})
    hand_in(room, handed_out, "ada", LESSON, {"nesterov-answer": OWN})
    copied = renamed(OWN, np.random.default_rng(0))
    hand_in(room, handed_out, "bob", LESSON, {"nesterov-answer": copied}, when="2026-03-02 10:00:00")

    # Graded, one of them marked by hand, and given back.
    autograder(room, "grade", "--workers", "2")
    with opened(room) as gradebook:
        grade = gradebook.find_grade("momentum-question", LESSON, LESSON, "Zoë d'Ünal")
        assert grade.needs_manual_grade
        grade.manual_score, grade.needs_manual_grade = 2.0, False
        gradebook.find_comment("momentum-question", LESSON, LESSON, "Zoë d'Ünal").manual_comment = COMMENT
        gradebook.db.commit()
    autograder(room, "feedback")
    page = room.directory / "feedback" / "Zoë d'Ünal" / LESSON / f"{LESSON}.html"
    assert COMMENT in page.read_text() and "Hint: forgets the velocity." in page.read_text()
    late = (page.parents[2] / "bob" / LESSON / f"{LESSON}.html").read_text()
    assert "16 hours late" in late and "0 <span" in late

    # A claim was wrong, and is mended.
    capsys.readouterr()
    correct(monkeypatch)
    autograder(room, "grade", "--dry-run", "--force", LESSON)
    assert f"Zoë d'Ünal, {LESSON}, momentum: 1.6 → 2.4" in capsys.readouterr().out
    autograder(room, "grade", "--force", LESSON)
    capsys.readouterr()
    autograder(room, "feedback", "--json")
    assert json.loads(capsys.readouterr().out)["written"] == 1
    assert COMMENT in page.read_text() and "partly right, 2.4 / 4" in page.read_text()
    autograder(room, "explain", "Zoë d'Ünal", LESSON, "momentum")
    assert "momentum: 2.4 of 4 points" in capsys.readouterr().out

    # What the class has understood, who worked together, and all points.
    autograder(room, "report")
    report = (room.directory / "report" / f"{LESSON}.html").read_text()
    assert "forgets the velocity" in report and (room.directory / "report" / "index.html").exists()
    autograder(room, "similar", LESSON)
    assert "<h2>ada and bob</h2>" in (room.directory / "similar" / f"{LESSON}.html").read_text()
    room.nbgrader("export", "--exporter=autograder.hooks.export.TotalsExport", "--to=totals.csv")
    with open(room.directory / "totals.csv", newline="", encoding="utf-8") as file:
        lines = {line["student_id"]: line for line in csv.DictReader(file)}
    assert set(lines) == {*(f"other {number}" for number in range(6)), "ada", "bob", "Zoë d'Ünal"}
    points = sum(exercise.points for exercise in exercises.of_lesson(LESSON))
    assert float(lines["Zoë d'Ünal"][LESSON]) == points - 4 + 2.4 + 2.0
    assert float(lines["bob"][LESSON]) == 0.0
    capsys.readouterr()
    autograder(room, "report", "--json")
    totals = {one["student"]: one for one in json.loads(capsys.readouterr().out)["totals"]}
    assert {name: one["points"] for name, one in totals.items()} == {
        name: float(line["points"]) for name, line in lines.items()
    }
    assert totals["ada"]["possible"] == float(lines["ada"]["possible"])
    assert "Totals so far" in (room.directory / "report" / "index.html").read_text()
