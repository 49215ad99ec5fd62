"""What nbgrader itself offers a course, in a course of ours: each is run to its end, by both routes."""

import csv
import shutil
import sqlite3
import zipfile

import nbformat
import pytest
from nbgrader.api import Gradebook

from autograder import __main__ as command
from autograder import errors
from tests.classroom import ESSAY, LESSON, Classroom, make_cell
from tests.test_autograder_grade import FORGETS, FULL, rows

CONFIGURATION = r"""
c.LateSubmissionPlugin.penalty_method = "zero"
c.FileNameCollectorPlugin.named_regexp = (
    r".*/(?P<student_id>\w+)_attempt_(?P<timestamp>[0-9\-]+)_(?P<file_id>\w+)"
)
"""
MANUAL, TASK, READ_ONLY = "manual-code", "task", "read-only"
ESSAY_ANSWER = "Because of the past."


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A course whose lesson is released and due on 1 March 2026; nothing is handed in."""
    return _released(tmp_path_factory.mktemp("commands") / "course")


def _released(directory, *cells):
    classroom = Classroom(directory)
    with open(classroom.directory / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write(CONFIGURATION)
    path = classroom.directory / "solutions" / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.extend(cells)
    nbformat.write(notebook, path)
    classroom.nbgrader("generate_assignment", LESSON)
    with _database(classroom) as database:
        database.execute("UPDATE assignment SET duedate = '2026-03-01 00:00:00.000000'")
    return classroom


def _database(classroom):
    return sqlite3.connect(classroom.directory / "gradebook.db")


def _copy(classroom, directory):
    shutil.copytree(classroom.directory, directory)
    copy = Classroom.__new__(Classroom)
    copy.directory, copy.lessons = directory, classroom.lessons
    return copy


@pytest.fixture
def classroom(released, tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRADER_SECRET", "a secret of the tests")
    return _copy(released, tmp_path / "course")


def by_autograder(classroom):
    directory = str(classroom.directory)
    assert command.main(["grade", "--course", directory, "--workers", "1", "--force"]) == errors.GRADED


def by_nbgrader(classroom):
    classroom.nbgrader("autograde", LESSON, "--force")


def hand_in(classroom, student, answers, day):
    """Hand in at noon on a day of March 2026."""
    path = classroom.submit(student, {ESSAY: ESSAY_ANSWER, **answers})
    path.with_name("timestamp.txt").write_text(f"2026-03-{day:02} 12:00:00 UTC")


def by_hand(classroom):
    """Return what a person has given: extra credit, and comments."""
    with _database(classroom) as database:
        credit = database.execute("SELECT extra_credit FROM grade WHERE extra_credit IS NOT NULL").fetchall()
        said = database.execute("SELECT manual_comment FROM comment WHERE manual_comment IS NOT NULL")
        return sorted(credit), sorted(said)


def gradebook(classroom):
    return Gradebook(f"sqlite:///{classroom.directory / 'gradebook.db'}", "optimization")


def compare(classroom, directory, between=lambda classroom: None):
    """Grade by both routes, do something in both gradebooks, grade again; return our classroom's rows."""
    other = _copy(classroom, directory)
    for each, grade in ((classroom, by_autograder), (other, by_nbgrader)):
        grade(each)
        between(each)
        grade(each)
    assert rows(classroom.directory) == rows(other.directory)
    assert by_hand(classroom) == by_hand(other)
    return rows(classroom.directory)


def test_an_extension_is_counted_before_a_penalty(classroom, tmp_path):
    """Is late who is late after the extension, by both routes, and is it late with what was given by hand?"""
    hand_in(classroom, "ada", {}, day=3)
    hand_in(classroom, "bob", {"momentum-answer": FORGETS}, day=3)
    hand_in(classroom, "cyd", {}, day=9)
    hand_in(classroom, "dan", {}, day=1)

    def extend(each):
        with gradebook(each) as book:
            for student in ("ada", "cyd"):
                book.grant_extension(LESSON, student, days=5)

    _, _, submissions = compare(classroom, tmp_path / "other", extend)
    full = sum(FULL.values())
    penalties = {student: penalty for student, _, penalty in submissions}
    assert penalties == {"ada": None, "bob": full - 2.4, "cyd": full, "dan": full}


def test_what_is_given_by_hand_counts_and_survives_by_both_routes(classroom, tmp_path):
    """Do marks, extra credit and comments stay when all is graded again, and does a penalty count them?"""
    hand_in(classroom, "ada", {}, day=3)

    def mark(each):
        with gradebook(each) as book:
            essay = book.find_grade(ESSAY, LESSON, LESSON, "ada")
            essay.manual_score, essay.extra_credit, essay.needs_manual_grade = 2.5, 1.5, False
            book.find_comment(ESSAY, LESSON, LESSON, "ada").manual_comment = "Well said."
            book.db.commit()

    grades, _, [(_, _, penalty)] = compare(classroom, tmp_path / "other", mark)
    assert [row for row in grades if row[1] == ESSAY] == [("ada", ESSAY, None, 2.5, 1)]
    assert by_hand(classroom) == ([(1.5,)], [("Well said.",)])
    assert penalty == sum(FULL.values()) + 2.5 + 1.5
    classroom.nbgrader("export")
    with open(classroom.directory / "grades.csv", newline="") as file:
        [row] = csv.DictReader(file)
    assert (float(row["raw_score"]), float(row["score"])) == (penalty, 0.0)


def kinds():
    """Return a cell of each kind that the tests' lesson has not, a list for each."""
    locked = {"grade": False, "solution": False, "locked": True}
    stub = "### BEGIN SOLUTION\nfigure = 1\n### END SOLUTION"
    scheme = "Draw it.\n\n### BEGIN MARK SCHEME\n1: drawn\n### END MARK SCHEME"
    yield READ_ONLY, make_cell("markdown", "Read this.", READ_ONLY, **locked)
    yield MANUAL, make_cell("code", stub, MANUAL, grade=True, solution=True, points=2)
    yield TASK, make_cell("markdown", scheme, TASK, **{**locked, "task": True}, points=5)


@pytest.mark.parametrize(
    "cells",
    [
        pytest.param([cell for _, cell in kinds()], id="all"),
        *(pytest.param([cell], id=name, marks=pytest.mark.slow) for name, cell in kinds()),
    ],
)
def test_every_kind_of_cell_is_graded_alike_by_both_routes(cells, tmp_path, monkeypatch):
    """Are answered and untouched cells of each kind the same rows: what is due, what a person must mark?"""
    monkeypatch.setenv("AUTOGRADER_SECRET", "a secret of the tests")
    classroom = _released(tmp_path / "course", *cells)
    hand_in(classroom, "ada", {MANUAL: "figure = 2"}, day=1)
    hand_in(classroom, "bob", {"momentum-answer": None, ESSAY: None}, day=1)
    grades, _, _ = compare(classroom, tmp_path / "other")
    found = {(student, name): (auto, needs) for student, name, auto, _, needs in grades}
    assert {student for student, _ in found} == {"ada", "bob"}
    assert (found["ada", ESSAY], found["bob", ESSAY]) == ((None, 1), (0.0, 0))
    if ("ada", MANUAL) in found:
        assert (found["ada", MANUAL], found["bob", MANUAL]) == ((None, 1), (0.0, 0))
    if ("ada", TASK) in found:
        assert found["ada", TASK] == found["bob", TASK] == (None, 1)


def test_old_pages_stay_until_they_are_forced_or_the_submission_is_newer(classroom):
    """Does a page show marks by hand with --force alone, and a later submission's answers without it?"""
    hand_in(classroom, "ada", {}, day=1)
    by_autograder(classroom)
    classroom.nbgrader("generate_feedback", LESSON)
    page = classroom.directory / "feedback" / "ada" / LESSON / f"{LESSON}.html"
    with gradebook(classroom) as book:
        book.find_comment(ESSAY, LESSON, LESSON, "ada").manual_comment = "Well said."
        book.db.commit()
    classroom.nbgrader("generate_feedback", LESSON)
    assert "Well said." not in page.read_text()
    classroom.nbgrader("generate_feedback", LESSON, "--force")
    assert "Well said." in page.read_text()
    hand_in(classroom, "ada", {ESSAY: "Because of inertia."}, day=2)
    by_autograder(classroom)
    classroom.nbgrader("generate_feedback", LESSON)
    assert "Because of inertia." in page.read_text()


def test_zip_collect_fills_the_folder_that_is_graded(classroom, tmp_path):
    """Is a class that was downloaded as a zip file graded, with the time that its file names say?"""
    archive = classroom.directory / "downloaded" / LESSON / "archive"
    archive.mkdir(parents=True)
    handed_in = {student: classroom.submit(student, answers) for student, answers in
                 {"ada": {}, "bob": {"momentum-answer": FORGETS}}.items()}  # fmt: skip
    with zipfile.ZipFile(archive / "class.zip", "w") as file:
        for student, path in handed_in.items():
            file.write(path, f"{student}_attempt_2026-02-27-10-00-00_{LESSON}.ipynb")
    shutil.rmtree(classroom.directory / "submitted")
    classroom.nbgrader("zip_collect", LESSON)
    by_autograder(classroom)
    points = {student: scores["momentum"] for student, scores in classroom.scores().items()}
    assert points == {"ada": 4.0, "bob": 1.6}
    assert {(when[:10], penalty) for _, when, penalty in rows(classroom.directory)[2]} == {
        ("2026-02-27", None)
    }


def test_validate_says_what_is_not_done_and_when_all_is(classroom):
    """Does a student's `nbgrader validate` fail on the released lesson, and succeed on the solved one?"""
    unsolved = classroom.run("nbgrader", "validate", f"notebooks/{LESSON}/{LESSON}.ipynb").stdout
    assert f"VALIDATION FAILED ON {len(FULL) + 1} CELL(S)!" in unsolved  # the free answer is one of them
    assert "momentum: `momentum` is not written yet." in unsolved
    solved = classroom.submit("ada", {ESSAY: ESSAY_ANSWER}).relative_to(classroom.directory)
    said = classroom.run("nbgrader", "validate", str(solved)).stdout
    assert "Success! Your notebook passes all the tests." in said


def test_the_export_has_the_rows_of_nbgraders_own(classroom):
    """Are points, penalties and dates those that nbgrader's own exporter writes, with its options?"""
    hand_in(classroom, "ada", {}, day=1)
    hand_in(classroom, "bob", {"momentum-answer": FORGETS}, day=3)
    by_autograder(classroom)
    classroom.nbgrader("export", "--to", "ours.csv")
    classroom.nbgrader("export", "--to", "theirs.csv", "--exporter=nbgrader.plugins.CsvExportPlugin")
    classroom.nbgrader("export", "--to", "one.csv", "--student", "['ada']", "--assignment", f"['{LESSON}']")
    tables = {}
    for name in ("ours", "theirs", "one"):
        with open(classroom.directory / f"{name}.csv", newline="") as file:
            tables[name] = list(csv.DictReader(file))
    ours, theirs, one = tables.values()
    assert [row["student_id"] for row in ours] == ["ada", "bob"]
    assert ours == [{name: row[name] for name in ours[0]} for row in theirs]
    assert one == ours[:1]
