"""What comes back to a student: the page says all of it, is dead, small, and the same by every route."""

import json
import shutil
import sqlite3
from html.parser import HTMLParser

import nbformat
import pytest

from autograde_tests.engine import exercises
from autograder import __main__ as command
from autograder import errors
from autograder.books.records import Record, Score
from autograder.marking import rebuilding
from autograder.returning import feedback
from tests import browser
from tests.classroom import LESSON, ROOT, Classroom
from tests.test_autograder_grade import EXPECTED, hand_in

MOST_BYTES = 60_000
LIVE = {"script", "iframe", "object", "embed", "form", "input", "link", "base", "video", "audio", "svg"}
HOSTILE = "<script>alert('x')</script><img src=https://a.example/x onerror=alert(1)>"


class Tags(HTMLParser):
    """The tags of a page, each with its attributes."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        """Keep a tag."""
        self.found.append((tag, dict(attrs)))


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class whose lesson is graded, late, marked by hand and commented on; copied for each test."""
    room = Classroom(tmp_path_factory.mktemp("feedback") / "course")
    room.release()
    with sqlite3.connect(room.directory / "gradebook.db") as database:
        database.execute("UPDATE assignment SET duedate = '2026-03-01 00:00:00.000000'")
        database.execute("INSERT INTO student (id, first_name, last_name) VALUES ('ada', 'Ada', '<b>Łukasz')")
    hand_in(room)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADER_SECRET", "a secret of the tests")
        assert command.main(["grade", "--course", str(room.directory)]) == errors.GRADED
    with sqlite3.connect(room.directory / "gradebook.db") as database:
        database.execute(
            "UPDATE submitted_notebook SET late_submission_penalty = 2.5 WHERE id = ?", notebook(database)
        )
        database.execute(
            "UPDATE comment SET manual_comment = ? WHERE notebook_id = ?", (HOSTILE, *notebook(database))
        )
        database.execute(
            "UPDATE grade SET manual_score = 2, extra_credit = 0.5, needs_manual_grade = 0 "
            "WHERE auto_score IS NULL AND notebook_id = ?",
            notebook(database),
        )
    return room.directory


def notebook(database, student="ada"):
    """Return the key of a student's notebook."""
    return database.execute(
        """SELECT notebook.id FROM submitted_notebook notebook
           JOIN submitted_assignment submission ON submission.id = notebook.assignment_id
           WHERE student_id = ?""",
        (student,),
    ).fetchone()


@pytest.fixture
def course(graded, tmp_path):
    """A copy of the graded course."""
    return shutil.copytree(graded, tmp_path / "course", symlinks=True)


def write(course, *arguments):
    """Run `autograder feedback`; return its exit status."""
    return command.main(["feedback", "--course", str(course), *arguments])


def pages(course):
    """Return student → page."""
    return {path.parts[-3]: path.read_text() for path in (course / "feedback").rglob("*.html")}


# What it says.


def test_a_page_says_what_was_right_wrong_blank_late_and_marked(course):
    """Does each page tell its story: claims, hint, own answer, comment, points, lateness, what is next?"""
    assert write(course) == errors.GRADED
    found = pages(course)
    assert set(found) == set(EXPECTED)
    bob, ada, cyd = found["bob"], found["ada"], found["cyd"]
    assert "Does one step from a velocity that is not zero agree with the formula?" in bob
    assert "Hint: forgets the velocity." in bob and "The old velocity is missing" in bob
    assert "partly right, 1.6 / 4" in bob
    assert "&lt;script&gt;alert(&#39;printed&#39;)" in bob  # what the answer's cell printed
    assert "not written, 0 / 4" in cyd and "SyntaxError" in cyd
    assert "17 <span" in ada  # 17 right, 2 + ½ by hand, 2½ off
    assert "2.5 points taken off" in ada and "1 day and 10 hours late" in ada
    assert "The marker says" in ada and "not marked yet" not in ada
    assert "is no notebook" in found["eve"]


def test_all_right_is_seen_at_once_with_what_comes_next():
    """Does a page on full marks say so, name the next lesson, and hide what need not be read?"""
    notebook, record = solved("06_momentum")
    page = feedback.page(notebook, record, "06 Momentum", "07 RMSprop and <Adagrad>")
    assert "All of it is right." in page and "Next comes <em>07 RMSprop and &lt;Adagrad&gt;</em>" in page
    assert "What was asked of it" not in page
    assert "through the whole course" in feedback.page(notebook, record, "12 Capstone")


def test_a_page_of_an_earlier_term_still_shows():
    """Is a notebook that was graded before claims stood in it still turned into a page?"""
    notebook, record = solved("06_momentum", note=False)
    assert "All 5 claims hold" not in feedback.page(notebook, record, "06 Momentum")


# The same by every route, and written only where it changes.


def test_nbgrader_writes_the_same_pages(course, tmp_path):
    """Do `autograder feedback` and `nbgrader generate_feedback` leave the same files, byte for byte?"""
    other = Classroom.__new__(Classroom)
    other.directory = shutil.copytree(course, tmp_path / "other", symlinks=True)
    assert write(course, "--workers", "2") == errors.GRADED
    other.nbgrader("generate_feedback", LESSON)
    ours, theirs = (
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (course / "feedback", other.directory / "feedback")
    )
    assert ours == theirs
    assert len(pages(course)) == len(EXPECTED)


def test_an_unchanged_page_is_not_written_again(course, capsys):
    """Is a page touched only when something on it has changed, a mark for instance?"""
    assert write(course, "--json") == errors.GRADED
    before = {path: path.stat().st_mtime_ns for path in (course / "feedback").rglob("*.html")}
    with sqlite3.connect(course / "gradebook.db") as database:
        database.execute("UPDATE grade SET manual_score = 3 WHERE manual_score = 2")
    capsys.readouterr()
    assert write(course, "--json") == errors.GRADED
    told = json.loads(capsys.readouterr().out)
    assert (told["written"], told["unchanged"]) == (1, len(EXPECTED) - 1)
    changed = [path.parts[-3] for path, time in before.items() if path.stat().st_mtime_ns != time]
    assert changed == ["ada"]


# Dead, whatever a student wrote.


def test_nothing_of_a_students_is_alive(course):
    """Is there no tag, attribute or address on a page that is not ours?"""
    assert write(course) == errors.GRADED
    for page in pages(course).values():
        for tag, attributes in Tags(page).found:
            assert tag not in LIVE
            assert not any(name.startswith("on") for name in attributes)
            for name in ("src", "href", "srcset", "action"):
                assert attributes.get(name, "#").startswith(("#", "data:image/png;base64,"))
    assert "&lt;script&gt;alert(&#39;x&#39;)" in pages(course)["ada"]


# Honest users, sloppily.


def test_what_is_not_graded_yet_is_said(course, capsys):
    """Is a student who has handed in and is not graded named, and the others' pages written?"""
    shutil.copytree(course / "submitted" / "bob", course / "submitted" / "Zoë Ångström")
    assert write(course) == errors.LEFT_UNGRADED
    said = capsys.readouterr().out
    assert "Not graded yet" in said and f"Zoë Ångström, {LESSON}" in said
    assert set(pages(course)) == set(EXPECTED)


def test_one_broken_notebook_does_not_stop_the_others(course, capsys):
    """Is a graded notebook that cannot be read named, and the others' pages written?"""
    path = course / "autograded" / "bob" / LESSON / f"{LESSON}.ipynb"
    path.chmod(0o644)
    path.write_text("{")
    assert write(course) == errors.LEFT_UNGRADED
    assert f"bob, {LESSON}: its page cannot be made" in capsys.readouterr().out
    assert set(pages(course)) == set(EXPECTED) - {"bob"}


def test_a_full_disk_leaves_the_old_page(course, monkeypatch, capsys):
    """Is a page that cannot be written named, and the one before it still there, whole?"""
    assert write(course, "--workers", "1") == errors.GRADED
    before = pages(course)
    monkeypatch.setattr(feedback.Path, "replace", full)
    monkeypatch.setattr(feedback, "page", lambda *about: "new")
    assert write(course, "--workers", "1") == errors.LEFT_UNGRADED
    assert "its page cannot be written (No space left on device)" in capsys.readouterr().out
    assert pages(course) == before
    assert not list((course / "feedback").rglob(".*"))


def full(*_):
    """Fail as a full disk does."""
    raise OSError(28, "No space left on device")


def test_before_a_release_nothing_is_made(course, capsys):
    """Is a course without a gradebook told what to do first, and left without one?"""
    (course / "gradebook.db").unlink()
    assert write(course) == errors.REFUSED
    assert "there is no gradebook yet" in capsys.readouterr().err
    assert not (course / "gradebook.db").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["06_momentun"], "did you mean 06_momentum?"), (["--students", "adda"], "did you mean ada?")],
)
def test_a_name_that_is_not_known_is_a_sentence(course, capsys, arguments, said):
    """Is a misspelled name told with the likeliest that is meant?"""
    assert write(course, *arguments) == errors.REFUSED
    assert said in capsys.readouterr().err


# Small, and readable by everyone.


def solved(lesson, *, note=True):
    """Return a graded notebook of a real lesson, all of it right, and its record."""
    notebook = nbformat.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb", as_version=4)
    scores = {}
    for cell in notebook.cells:
        about = cell.metadata.get("nbgrader", {})
        if about.get("grade"):
            scores[about.grade_id] = Score(about.points, about.points)
        if about.get("grade") and not about.get("solution"):
            claims = exercises.find(about.grade_id).claims
            told = {"claims": [[claim.question, True] for claim in claims], "hint": ""}
            text = f"✓ {about.grade_id}: all {len(claims)} claims hold."
            output = nbformat.v4.new_output(
                "display_data", {"text/plain": text}, metadata={"autograder": told} if note else {}
            )
            cell.outputs = [output]
        if about.get("grade") and about.get("solution"):
            model = nbformat.v4.new_markdown_cell(f"{rebuilding.RUBRIC_HEADING}\n\n{cell.source}")
            notebook.cells.insert(notebook.cells.index(cell) + 1, model)
    return notebook, Record("ada", "Ada Lovelace", None, 0.0, 0.0, scores)


@pytest.mark.parametrize("lesson", exercises.lessons())
def test_a_page_is_small(lesson):
    """Has a page on a whole lesson, answered in full, at most 60 kB?"""
    assert len(feedback.page(*solved(lesson), lesson, lesson).encode()) <= MOST_BYTES


@pytest.mark.slow
@pytest.mark.parametrize("settings", [{}, {"dark": True}, {"width": 500}], ids=str)
def test_nothing_hinders_a_reader(course, tmp_path, settings):
    """Does axe-core find nothing on a page, light, dark and narrow?"""
    assert write(course) == errors.GRADED
    for student in ("ada", "bob", "eve"):
        page = course / "feedback" / student / LESSON / f"{LESSON}.html"
        assert browser.hindrances(page, tmp_path, **settings) == []
