"""A class graded from end to end, by `nbgrader autograde` with our preprocessors and by `autograder`."""

import contextlib
import csv
import json
import os
import random
import shutil
import signal
import sqlite3
import time
import traceback
from pathlib import Path

import nbformat
import pytest

from autograde_tests.engine import judge
from autograder import __main__ as command
from autograder import errors
from autograder.books import courses, indexes, journals, ledgers
from autograder.errors import Busy, SealError
from autograder.marking import rebuilding
from autograder.marking.marked import Marked
from autograder.running import rounds
from tests.classroom import ESSAY, LESSON, MODEL_ANSWER, Classroom

FORGETS = """\
def momentum(params, grads, state=None, *, lr, beta=0.9):
    print("<script>alert('printed')</script>")
    state = (1 - beta) * grads
    return params - lr * state, state
"""
ENDLESS = "def momentum(params, grads, state=None, *, lr, beta=0.9):\n    while True:\n        pass"
FULL = {
    "momentum": 4.0,
    "classical_momentum": 2.0,
    "nesterov_lookahead": 3.0,
    "nesterov": 3.0,
    "momentum_radius": 3.0,
    "optimal_momentum": 2.0,
}


def duplicate(notebook):
    """Copy the first answer cell to the end, as Jupyter's copy and paste does; what was checked is above."""
    cell = next(cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("solution"))
    notebook.cells.append({**cell, "source": FORGETS, "id": "copied"})


def hand_in(classroom):
    """Hand in a class: right, wrong, blank, odd and broken."""
    classroom.submit("ada", {ESSAY: "Because <script>alert('essay')</script>."})
    classroom.submit("bob", {"momentum-answer": FORGETS})
    classroom.submit("cyd", {"momentum-answer": None, "nesterov-answer": "def nesterov(:"})
    classroom.submit("dora d'Ünal", {f"{name}-answer": None for name in FULL})
    classroom.submit("eve", raw=b"{this is no JSON")
    classroom.submit("fay", change=duplicate)
    classroom.submit("gus", change=lambda notebook: notebook.cells.clear())
    folder = classroom.directory / "submitted" / "ada" / LESSON
    (folder / "timestamp.txt").write_text("2026-03-02 10:00:00 UTC")
    (folder / "extra.py").write_text("evil = True")
    (folder / "passwords").symlink_to("/etc/passwd")
    (classroom.directory / "submitted" / "link").symlink_to(classroom.directory / "submitted" / "ada")


EXPECTED = {
    "ada": {**FULL, ESSAY: None},
    "bob": {**FULL, "momentum": 1.6, ESSAY: 0.0},
    "cyd": {**FULL, "momentum": 0.0, "nesterov": 0.0, ESSAY: 0.0},
    "dora d'Ünal": {**dict.fromkeys(FULL, 0.0), ESSAY: 0.0},
    "eve": {**dict.fromkeys(FULL, 0.0), ESSAY: 0.0},
    "fay": {**FULL, ESSAY: 0.0},
    "gus": {**dict.fromkeys(FULL, 0.0), ESSAY: 0.0},
}


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A course whose lesson is released and handed in, due on 1 March 2026; copied for each test."""
    classroom = Classroom(tmp_path_factory.mktemp("grading") / "course")
    with open(classroom.directory / "nbgrader_config.py", "a") as file:
        file.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
    classroom.release()
    with sqlite3.connect(classroom.directory / "gradebook.db") as database:
        database.execute("UPDATE assignment SET duedate = '2026-03-01 00:00:00.000000'")
    hand_in(classroom)
    return classroom.directory


@pytest.fixture
def classroom(released, tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRADER_SECRET", "a secret of the tests")
    directory = tmp_path / "course"
    shutil.copytree(released, directory, symlinks=True)
    copy = Classroom.__new__(Classroom)
    copy.directory, copy.lessons = directory, (LESSON,)
    return copy


def rows(directory):
    """Return all that the gradebook says about submissions."""
    with sqlite3.connect(directory / "gradebook.db") as database:
        grades = database.execute(
            """SELECT submission.student_id, cell.name, auto_score, manual_score, needs_manual_grade
               FROM grade JOIN base_cell cell ON cell.id = grade.cell_id
               JOIN submitted_notebook notebook ON notebook.id = grade.notebook_id
               JOIN submitted_assignment submission ON submission.id = notebook.assignment_id"""
        )
        comments = database.execute(
            """SELECT submission.student_id, cell.name, auto_comment
               FROM comment JOIN base_cell cell ON cell.id = comment.cell_id
               JOIN submitted_notebook notebook ON notebook.id = comment.notebook_id
               JOIN submitted_assignment submission ON submission.id = notebook.assignment_id"""
        )
        submissions = database.execute(
            """SELECT student_id, timestamp, late_submission_penalty FROM submitted_assignment submission
               JOIN submitted_notebook notebook ON notebook.assignment_id = submission.id"""
        )
        return sorted(grades), sorted(comments, key=str), sorted(submissions)


def notebooks(directory):
    """Return what the graded notebooks show, and every file beside them."""
    folder = directory / "autograded"
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".ipynb":
            cells = nbformat.read(path, as_version=4).cells
            shown = [(cell.source, json.dumps(cell.get("outputs"), sort_keys=True)) for cell in cells]
            found[str(path.relative_to(folder))] = shown
        elif path.is_file():
            found[str(path.relative_to(folder))] = path.read_text()
    return found


def grade(classroom, *options):
    return command.main(["grade", "--course", str(classroom.directory), *options])


def test_both_ways_write_the_same_and_what_is_due(classroom, tmp_path):
    other = tmp_path / "other"
    shutil.copytree(classroom.directory, other, symlinks=True)
    assert grade(classroom) == errors.GRADED
    assert classroom.scores() == EXPECTED
    theirs = Classroom.__new__(Classroom)
    theirs.directory = other
    (other / "submitted" / "link").unlink()  # nbgrader follows it
    theirs.run("nbgrader", "autograde", LESSON)
    assert theirs.scores() == EXPECTED
    assert rows(other) == rows(classroom.directory)
    assert notebooks(other) == notebooks(classroom.directory)
    penalties = {student: penalty for student, _, penalty in rows(other)[2]}
    assert penalties["ada"] == sum(FULL.values())
    assert "extra.py" not in str(notebooks(other).keys())


def test_formgraders_button_uses_the_same_judge(classroom):
    from nbgrader.apps import NbGraderAPI

    from autograder.hooks import preprocessors

    found = courses.find(classroom.directory)
    result = NbGraderAPI(found.directory, config=found.config).autograde(LESSON, "bob")
    preprocessors.close_judges()
    assert result["success"], result
    assert classroom.scores() == {"bob": EXPECTED["bob"]}
    assert [(entry.student, entry.route) for entry in journals.entries(found.state)] == [("bob", "nbgrader")]


def test_feedback_tells_the_mistake_and_holds_no_live_text_and_no_hidden_number(classroom):
    assert grade(classroom) == errors.GRADED
    classroom.run("nbgrader", "generate_feedback", LESSON)
    pages = {path.parts[-3]: path.read_text() for path in (classroom.directory / "feedback").rglob("*.html")}
    assert set(pages) == set(EXPECTED)
    for page in pages.values():
        assert "<script>alert" not in page
        assert "HIDDEN TESTS" not in page
        assert "grade(momentum)" not in page
    assert "&lt;script&gt;alert" in pages["ada"]
    assert "The old velocity is missing" in pages["bob"]
    assert "is no notebook" in pages["eve"]
    assert "is not written yet" in pages["cyd"]


def test_model_answer_and_rubric_are_shown_after_grading_and_not_before(classroom):
    assert grade(classroom, "--students", "ada") == errors.GRADED
    [graded] = notebooks(classroom.directory)[f"ada/{LESSON}/{LESSON}.ipynb"][-1:]
    assert graded[0] == f"{rebuilding.RUBRIC_HEADING}\n\n{MODEL_ANSWER}"
    classroom.run("nbgrader", "generate_feedback", LESSON)
    assert "3: the velocity." in (classroom.directory / f"feedback/ada/{LESSON}/{LESSON}.html").read_text()
    released = (classroom.directory / f"notebooks/{LESSON}/{LESSON}.ipynb").read_text()
    assert "Why?" in released
    assert "Because of the velocity" not in released


def test_nothing_is_graded_twice_but_what_has_changed(classroom, capsys):
    assert grade(classroom, "--dry-run") == errors.GRADED
    assert "7 to grade, 0 unchanged" in capsys.readouterr().out
    assert not (classroom.directory / "autograded").exists()
    assert classroom.scores() == {}

    assert grade(classroom, "--students", "bob", "eve", "--json") == errors.GRADED
    summary = json.loads(capsys.readouterr().out)
    assert (summary["graded"], summary["skipped"]) == (2, 0)
    assert summary["hints"] == {"momentum: forgets_the_velocity": 1}
    assert "is no notebook" in summary["unreadable"][0]

    assert grade(classroom, LESSON, "--workers", "1", "--json") == errors.GRADED
    assert json.loads(capsys.readouterr().out)["skipped"] == 2
    classroom.submit("bob")
    assert grade(classroom, "--json") == errors.GRADED
    assert json.loads(capsys.readouterr().out)["points"] == {"bob": {LESSON: 17.0}}
    assert grade(classroom, "--force", "--json") == errors.GRADED
    assert json.loads(capsys.readouterr().out)["graded"] == 7
    shutil.rmtree(classroom.directory / "autograded" / "ada")
    assert grade(classroom, "--json") == errors.GRADED
    assert json.loads(capsys.readouterr().out)["graded"] == 1


def test_the_journal_says_how_each_item_ended(classroom):
    grade(classroom)
    entries = {entry.student: entry for entry in journals.entries(classroom.directory)}
    assert set(entries) == set(EXPECTED)
    assert set(entries["bob"].digests) == {"submission", "file", "lesson", "library", "numbers"}
    first = entries["bob"].items[0]
    assert (first.exercise, first.ended, first.hint) == ("momentum", "wrong", "forgets_the_velocity")
    assert sum(first.claims.values()) == 2
    assert {item.ended for item in entries["eve"].items} == {"unreadable"}
    assert "there 2 times" in entries["fay"].notes[0]


def test_an_endless_answer_costs_its_own_exercise(classroom):
    classroom.submit("bob", {"momentum-answer": ENDLESS})
    assert grade(classroom, "--students", "bob") == errors.GRADED
    assert classroom.scores()["bob"] == {**FULL, "momentum": 0.0, ESSAY: 0.0}


def test_marks_given_by_hand_survive_a_regrade(classroom):
    grade(classroom, "--students", "ada")
    with sqlite3.connect(classroom.directory / "gradebook.db") as database:
        database.execute(
            "UPDATE grade SET manual_score = 2.5, needs_manual_grade = 0"
            " WHERE cell_id IN (SELECT id FROM base_cell WHERE name = ?)",
            [ESSAY],
        )
    grade(classroom, "--students", "ada", "--force")
    ours = [row for row in rows(classroom.directory)[0] if row[:2] == ("ada", ESSAY)]
    assert ours == [("ada", ESSAY, None, 2.5, 1)]


def test_a_fault_of_ours_leaves_that_item_ungraded_and_says_so(classroom, monkeypatch, capsys):
    examine = judge.examine

    def faulty(exercise, *others, **settings):
        if exercise.name == "nesterov":
            raise judge.JudgeError("a claim fails on the reference")
        return examine(exercise, *others, **settings)

    monkeypatch.setattr(judge, "examine", faulty)
    assert grade(classroom, "--students", "ada", "--workers", "1") == errors.LEFT_UNGRADED
    assert "ada, 06_momentum: nesterov could not be graded" in capsys.readouterr().out
    assert classroom.scores()["ada"] == {**FULL, "nesterov": None, ESSAY: None}
    monkeypatch.setattr(judge, "examine", examine)
    assert grade(classroom, "--students", "ada") == errors.GRADED
    assert classroom.scores()["ada"] == EXPECTED["ada"]


def test_a_fault_in_one_submission_does_not_stop_the_others(classroom, monkeypatch, capsys):
    put_together = rebuilding.rebuild

    def faulty(taught, read):
        if any("alert('essay')" in cell.source for cell in read.cells):
            raise OSError("no space left")
        return put_together(taught, read)

    monkeypatch.setattr(rebuilding, "rebuild", faulty)
    assert grade(classroom) == errors.LEFT_UNGRADED
    assert "ada, 06_momentum: it could not be graded (OSError: no space left)" in capsys.readouterr().out
    others = {student: points for student, points in EXPECTED.items() if student != "ada"}
    assert classroom.scores() == others


def test_what_the_gradebook_refuses_does_not_harm_what_is_recorded_with_it(classroom):
    scores = EXPECTED["bob"]
    names = ("bob", "cyd", "fay")
    with ledgers.Ledger(courses.find(classroom.directory)) as ledger:
        marked = {name: Marked((), "", {} if name == "cyd" else scores, frozenset(), ()) for name in names}
        refusals = ledger.record([(LESSON, name, None, marked[name]) for name in names])
    assert [type(error) for error in refusals] == [type(None), KeyError, type(None)]
    assert classroom.scores() == {"bob": scores, "fay": scores}


def test_without_a_seal_nothing_is_graded(classroom, monkeypatch, capsys):
    from autograder.sealing import sandboxes

    def missing():
        raise SealError("bubblewrap is missing")

    monkeypatch.setattr(sandboxes, "find_bubblewrap", missing)
    assert grade(classroom, "--workers", "1") == errors.REFUSED
    assert "bubblewrap is missing" in capsys.readouterr().err
    assert classroom.scores() == {}


def test_trusted_submissions_are_graded_without_a_seal_and_it_says_so(classroom, monkeypatch, capsys):
    from autograder.sealing import sandboxes

    monkeypatch.setattr(sandboxes, "sealed_command", None)
    assert grade(classroom, "--workers", "1", "--students", "bob", "--trusted-submissions") == errors.GRADED
    assert "Without the seal" in capsys.readouterr().err
    assert classroom.scores() == {"bob": EXPECTED["bob"]}


def test_a_lesson_that_is_not_released_is_refused(classroom, capsys):
    assert grade(classroom, "13_unknown") == errors.REFUSED
    assert "13_unknown" in capsys.readouterr().err


def test_grading_makes_a_gradebook_quick_without_being_asked(classroom):
    """Has a gradebook all its indexes after `autograder grade`, and after `--dry-run` not yet?"""
    url = courses.find(classroom.directory).directory.db_url
    assert grade(classroom, "--students", "ada", "--dry-run") == errors.GRADED
    assert len(indexes.missing(url)) == len(indexes.WANTED)
    assert grade(classroom, "--students", "ada") == errors.GRADED
    assert indexes.missing(url) == []


def test_the_export_is_safe_to_open(classroom):
    classroom.submit("=1+1")
    grade(classroom, "--students", "ada", "=1+1")
    classroom.run("nbgrader", "export")
    with open(classroom.directory / "grades.csv", newline="") as file:
        table = {row["student_id"]: row for row in csv.DictReader(file)}
    assert set(table) == {"ada", "'=1+1"}
    assert (table["ada"]["raw_score"], table["ada"]["score"]) == ("17.0", "0.0")


HAS_GRADED, WAS_BUSY, HAD_NOTHING_TO_DO = 10, 11, 12


def begin(directory):
    """Start grading in a forked process, whose exit status says how it ended; return its pid."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        summary = rounds.grade(courses.find(directory), [LESSON])
        status = HAS_GRADED if summary.graded else HAD_NOTHING_TO_DO
    except Busy:
        status = WAS_BUSY
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


def end(pid):
    """Wait for a process; return its exit status, negative if a signal ended it."""
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


@pytest.mark.parametrize("times", [5, pytest.param(60, marks=pytest.mark.slow)])
def test_killed_at_any_moment_it_ends_as_if_it_had_not_been(classroom, tmp_path, times):
    other = tmp_path / "undisturbed"
    shutil.copytree(classroom.directory, other, symlinks=True)
    begun = time.monotonic()
    assert end(begin(other)) == HAS_GRADED
    whole = time.monotonic() - begun
    rng = random.Random(5)
    interrupted = 0
    for _ in range(times):
        pid = begin(classroom.directory)
        time.sleep(rng.uniform(0, whole))
        os.kill(pid, signal.SIGKILL)
        status = end(pid)
        assert status in (-signal.SIGKILL, HAS_GRADED, HAD_NOTHING_TO_DO)
        interrupted += status == -signal.SIGKILL
        if status != -signal.SIGKILL or rng.random() < 0.3:  # begin again: every part of the work is hit
            shutil.rmtree(classroom.directory / "autograded", ignore_errors=True)
    assert interrupted >= times // 4
    assert grade(classroom) == errors.GRADED
    assert rows(classroom.directory) == rows(other)
    assert notebooks(classroom.directory) == notebooks(other)


class Killed(BaseException):
    """Stands for the end of a process: nothing of ours may catch it."""


@pytest.mark.parametrize("moment", ["record", "_penalize"])
def test_killed_while_it_records_it_has_written_all_of_a_submission_or_nothing(
    classroom, moment, monkeypatch
):
    """Handed in again: are the old rows whole until the new ones are, and is it graded again afterwards?"""
    assert grade(classroom, "--students", "bob", "--students", "ada") == errors.GRADED
    before = rows(classroom.directory)
    classroom.submit("bob", {"momentum-answer": None})
    (classroom.directory / "submitted" / "bob" / LESSON / "timestamp.txt").write_text(
        "2026-02-20 10:00:00 UTC"
    )

    def dies(*arguments):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(ledgers.Ledger, moment, dies)
        with pytest.raises(Killed):
            rounds.grade(courses.find(classroom.directory), [LESSON], students=["bob"])
    assert rows(classroom.directory) == before
    assert grade(classroom, "--students", "bob") == errors.GRADED
    assert classroom.scores()["bob"] == {**FULL, "momentum": 0.0, ESSAY: 0.0}


def test_two_graders_at_once_do_no_harm(classroom):
    """Does one of three that begin at once grade the class, while the others are turned away?"""
    pids = [begin(classroom.directory) for _ in range(3)]
    endings = [end(pid) for pid in pids]
    assert set(endings) == {HAS_GRADED, WAS_BUSY}
    assert grade(classroom) == errors.GRADED
    assert classroom.scores() == EXPECTED
    assert len(list(journals.entries(classroom.directory))) == len(EXPECTED)


def sealed_parents():
    """Return the parents of sealed workers that run on this machine: pid → the pids of their ancestors."""
    parent_of, sealed = {}, set()
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            parent_of[int(path.name)] = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            if b"/sealed/zygote.py" in (path / "cmdline").read_bytes():
                sealed.add(int(path.name))
    return {pid: set(_ancestors(pid, parent_of)) for pid in sealed}


def _ancestors(pid, parent_of):
    while pid := parent_of.get(pid):
        yield pid


def test_an_interrupted_seal_leaves_no_process_behind(classroom):
    """Is a sealed worker that was seen at work gone when its grader has been killed?"""
    pid, sealed = begin(classroom.directory), set()
    deadline = time.monotonic() + 30
    while not sealed and time.monotonic() < deadline:
        sealed = {one for one, ancestors in sealed_parents().items() if pid in ancestors}
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    assert end(pid) == -signal.SIGKILL
    assert sealed
    deadline = time.monotonic() + 5
    while sealed & sealed_parents().keys() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert sealed & sealed_parents().keys() == set()
