"""After the deadline: a claim is corrected and the class graded again; one student appeals."""

import json
import shutil
import sqlite3

import pytest

from autograde_tests.engine import exercises
from autograder import __main__ as command
from autograder import errors
from autograder.books import changes, journals
from autograder.books.journals import Entry
from autograder.marking.verdicts import Item
from autograder.running import rounds
from tests.classroom import ESSAY, LESSON, Classroom
from tests.test_autograder_grade import ENDLESS, FORGETS, rows

MARK = "Well argued, but see section 3."


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class that is graded and marked by hand; copied for each test."""
    room = Classroom(tmp_path_factory.mktemp("regrading") / "course")
    room.release()
    room.submit("ada", {ESSAY: "Because of the velocity."})
    room.submit("bob", {"momentum-answer": FORGETS})
    room.submit("eve", {"momentum-answer": ENDLESS})
    assert grade(room.directory) == errors.GRADED
    with sqlite3.connect(room.directory / "gradebook.db") as database:
        database.execute("UPDATE grade SET manual_score = 2, needs_manual_grade = 0 WHERE auto_score IS NULL")
        database.execute(f"UPDATE comment SET manual_comment = '{MARK}'")
    return room.directory


@pytest.fixture
def course(graded, tmp_path):
    """A copy of the graded course."""
    return shutil.copytree(graded, tmp_path / "course", symlinks=True)


@pytest.fixture
def corrected(monkeypatch):
    """Correct a claim; return its name."""
    return correct(monkeypatch)


def correct(monkeypatch):
    """Correct a claim that `momentum` failed: from now on it holds. The library's digest changes with it."""
    run = exercises.Claim.run
    claim = next(claim.name for claim in exercises.find("momentum").claims if "five" in claim.question)
    monkeypatch.setattr(
        exercises.Claim, "run", lambda self, *about: None if self.name == claim else run(self, *about)
    )
    decides = rounds.decides
    monkeypatch.setattr(rounds, "decides", lambda *about: {**decides(*about), "library": "corrected"})
    return claim


def grade(course, *arguments):
    """Run `autograder grade` on one worker; return its exit status."""
    return command.main(["grade", "--course", str(course), "--workers", "1", *arguments])


def contents(course):
    """Return all files of a course, the gradebook's journal aside."""
    return {path: path.read_bytes() for path in course.rglob("*") if path.is_file()}


def marks(course):
    """Return what a person has written into the gradebook."""
    with sqlite3.connect(course / "gradebook.db") as database:
        scores = database.execute("SELECT id, manual_score FROM grade WHERE manual_score IS NOT NULL")
        comments = database.execute("SELECT id, manual_comment FROM comment WHERE manual_comment IS NOT NULL")
        return sorted(scores), sorted(comments)


# A claim is corrected.


def test_a_rehearsal_shows_whose_points_would_change_and_writes_nothing(course, corrected, capsys):
    """Does `--dry-run --force` name student, exercise, points and claim, and leave every file as it was?"""
    before = contents(course)
    assert grade(course, "--dry-run", "--force") == errors.GRADED
    said = capsys.readouterr().out
    assert f"bob, {LESSON}, momentum: 1.6 → 2.4 (" in said
    assert "holds now; the references, the claims or the grader have changed)" in said
    assert "nothing written" in said
    assert "ada" not in said
    assert contents(course) == before


def test_a_corrected_claim_changes_points_and_no_mark(course, corrected, capsys):
    """Are points recorded, the change told, and marks and comments given by hand as they were?"""
    by_hand = marks(course)
    assert all(by_hand)
    assert grade(course, "--force", "--json") == errors.GRADED
    told = json.loads(capsys.readouterr().out)["changes"]
    assert [(one["student"], one["exercise"], one["before"], one["after"]) for one in told] == [
        ("bob", "momentum", 1.6, 2.4)
    ]
    assert told[0]["claims"] == {corrected: [False, True]}
    assert marks(course) == by_hand
    [(_, _, points, *_)] = [row for row in rows(course)[0] if row[:2] == ("bob", "momentum")]
    assert points == 2.4
    before, after = [entry for entry in journals.entries(course) if entry.student == "bob"]
    assert [change.after for change in changes.between(before, after)] == [2.4]  # as a report will find it


def test_what_has_not_changed_is_not_told(course, capsys):
    """Is nothing said where all is graded again with the same outcome?"""
    assert grade(course, "--force") == errors.GRADED
    assert "Other points" not in capsys.readouterr().out


def test_other_work_is_no_other_verdict():
    """Is a second hand-in with other points left out, since nobody was judged anew?"""
    first, second = (
        Entry("ada", LESSON, {"submission": digest}, (Item("momentum", points, 4.0, "ok", ""),))
        for digest, points in (("one", 4.0), ("two", 2.0))
    )
    assert list(changes.between(first, second)) == []


# A student appeals.


def explain(course, *about):
    """Run `autograder explain`; return its exit status."""
    return command.main(["explain", "--course", str(course), *about])


def test_an_answer_is_explained_with_the_numbers_that_were_used(course, capsys):
    """Is each claim there, with its call and its outcome, the same each time, and the points as recorded?"""
    before = contents(course)
    said = []
    for _ in range(2):
        assert explain(course, "bob", LESSON, "momentum") == errors.GRADED
        said.append(capsys.readouterr().out)
    assert said[0] == said[1]
    assert "momentum: 1.6 of 4 points" in said[0]
    for claim in exercises.find("momentum").claims:
        assert claim.question in said[0]
    assert said[0].count("called     momentum(") == len(exercises.find("momentum").claims)
    assert "Hint (forgets the velocity)" in said[0]
    assert "classical_momentum" not in said[0]
    assert contents(course) == before


def test_all_of_a_lesson_is_explained_endless_answers_too(course, capsys):
    """Is every exercise told, one whose answer never comes back included?"""
    assert explain(course, "eve", LESSON) == errors.GRADED
    said = capsys.readouterr().out
    assert "momentum: 0 of 4 points" in said and "nesterov: 3 of 3 points" in said
    assert "did not come back" in said


@pytest.mark.parametrize(
    ("about", "said"),
    [
        (("bop", LESSON), "there is no student bop; did you mean bob?"),
        (("bob", "06_momentun"), "did you mean 06_momentum?"),
        (("bob", LESSON, "nestorov"), "there is no exercise nestorov; did you mean nesterov?"),
        (("bob", "07_rmsprop"), "there is no lesson 07_rmsprop"),
    ],
)
def test_a_name_that_is_not_known_is_a_sentence(course, capsys, about, said):
    """Is a misspelled name told with the likeliest that is meant?"""
    assert explain(course, *about) == errors.REFUSED
    assert said in capsys.readouterr().err


def test_before_anything_is_graded_there_is_nothing_to_explain(course, capsys):
    """Is a course without a secret left without one?"""
    (course / ".autograder-secret").unlink()
    assert explain(course, "bob", LESSON) == errors.LEFT_UNGRADED
    assert "nothing was graded here yet" in capsys.readouterr().err
    assert not (course / ".autograder-secret").exists()
