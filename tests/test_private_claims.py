"""Private claims count, and show nowhere: what SECURITY.md promises of them."""

import pickle
import re
import shutil

import pytest

from autograde_tests.engine import exercises, judge
from autograder import __main__ as command
from autograder import errors
from autograder.books import courses, journals
from autograder.books.ledgers import Ledger
from autograder.marking import private_claims, rebuilding, submissions, verdicts
from autograder.marking.private_claims import TOLD
from autograder.returning import handouts
from autograder.running import rounds
from autograder.sealing import sandboxes
from tests.classroom import LESSON, ROOT, Classroom
from tests.test_autograder_grade import FORGETS, rows

QUESTION, CLAIM = "Does the velocity roll on over flat ground?", "test_it_rolls_on"
FILE = f'''
"""Of the exam."""
import numpy as np
from autograde_tests.engine.claims import agrees
from course_lib import optimizers


class TestMomentum:
    """The step."""

    reference = optimizers.momentum

    def {CLAIM}(self, student, rng):
        """{QUESTION}"""
        params, velocity = rng.normal(size=(2, 7))
        about = dict(lr=0.375, beta=0.8125)
        agrees(
            student.momentum(params, np.zeros(7), velocity, **about),
            optimizers.momentum(params, np.zeros(7), velocity, **about),
        )
'''
OTHERWISE = (
    FILE.replace(QUESTION, "Where nothing pulls, what then?")
    .replace(CLAIM, "test_another_name")
    .replace("0.375", "0.4375")
    .replace("0.8125", "0.6875")
    .replace("7", "5")
)
# Right on all that is public; where a private claim asks, it tells what it can of it.
TELLS = """\
def momentum(params, grads, state=None, *, lr, beta=0.9):
    if not np.any(grads):
        print("asked of", params)
        raise ValueError(f"asked of lr {lr}, beta {beta}, params {params}")
    v = np.zeros_like(params) if state is None else state
    v = beta * v + (1 - beta) * grads
    return params - lr * v, v
"""
# A known mistake on all that is public, and another one where a private claim asks.
MISTAKEN = FORGETS.replace("    return", "    if not np.any(grads): return grads, grads\n    return", 1)


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A course whose lesson is handed in, and not graded; copied for each test."""
    room = Classroom(tmp_path_factory.mktemp("private") / "course")
    room.nbgrader("generate_assignment", LESSON)
    room.submit("ada")
    room.submit("bob", {"momentum-answer": TELLS})
    room.submit("cyd", {"momentum-answer": MISTAKEN})
    return room.directory


@pytest.fixture
def course(released, tmp_path, monkeypatch):
    """A copy of the course, which asks the file's claims from a folder beside it."""
    monkeypatch.setenv("AUTOGRADER_SECRET", "a secret of the tests")
    return with_claims(released, tmp_path / "course", FILE)


def with_claims(released, copy, text):
    """Copy a course and give it private claims."""
    shutil.copytree(released, copy)
    path = copy / "nbgrader_config.py"
    configured = path.read_text(encoding="utf-8")
    path.write_text(configured.replace("configure(c)", 'configure(c, private_claims="../exam")'), "utf-8")
    file_of(copy).parent.mkdir(exist_ok=True)
    file_of(copy).write_text(text, encoding="utf-8")
    return copy


def file_of(course):
    """Return the file of the lesson's private claims."""
    return course.parent / "exam" / f"{LESSON}.py"


def grade(course, *arguments):
    """Run `autograder grade` on one worker; return its exit status."""
    return command.main(["grade", "--course", str(course), "--workers", "1", *arguments])


def returned(course):
    """Write feedback; return what students can come to see: path → text."""
    assert command.main(["feedback", "--course", str(course), "--workers", "1"]) == errors.GRADED
    paths = [*(course / "autograded").rglob("*.ipynb"), *(course / "feedback").rglob("*.html")]
    return {str(path.relative_to(course)): path.read_text(encoding="utf-8") for path in paths}


def points(course):
    """Return student → points for `momentum`."""
    return {row[0]: row[2] for row in rows(course)[0] if row[1] == "momentum"}


def other(course):
    """Return a handle on a course, with nbgrader's commands."""
    room = Classroom.__new__(Classroom)
    room.directory = course
    return room


# They count.


def test_a_private_claim_counts_as_a_public_one(course):
    """Has an answer that fails only the private claim five sixths, and the right answer all?"""
    assert grade(course) == errors.GRADED
    assert points(course) == {"ada": 4.0, "bob": 3.33, "cyd": 1.33}


def test_both_routes_ask_them(course, tmp_path):
    """Have `autograder grade` and `nbgrader autograde`, in a spawned process, the same rows and notebooks?"""
    twin = shutil.copytree(course, tmp_path / "twin")
    assert grade(course) == errors.GRADED
    other(twin).nbgrader("autograde", LESSON)
    assert rows(course) == rows(twin)
    texts = [
        sorted(path.read_text() for path in one.rglob("autograded/**/*.ipynb")) for one in (course, twin)
    ]
    assert len(texts[0]) == 3
    assert TOLD in texts[0][0] and TOLD in texts[1][0]
    items = [{entry.student: entry.items for entry in journals.entries(one)} for one in (course, twin)]
    assert items[0] == items[1]


def test_a_change_of_the_file_grades_again(course, capsys):
    """Is nothing graded anew while the file is as it was, and all once it has changed?"""
    assert grade(course) == errors.GRADED
    capsys.readouterr()
    assert grade(course) == errors.GRADED
    assert "0 graded" in capsys.readouterr().out
    file_of(course).write_text(FILE.replace("0.375", "0.5"), encoding="utf-8")
    assert grade(course) == errors.GRADED
    assert "3 graded" in capsys.readouterr().out
    file_of(course).unlink()
    assert grade(course) == errors.GRADED
    assert points(course)["bob"] == 4.0


def test_they_travel_as_text():
    """Does a lesson's file come whole out of a process's pipe, and ask the same there?"""
    private = private_claims.PrivateClaims(LESSON, "exam.py", FILE)
    again = pickle.loads(pickle.dumps(private))
    names = [claim.name for claim in again.add_to(exercises.find("momentum")).claims]
    assert again == private and names[-1] == f"{CLAIM} (private)"


# They show nowhere.


def test_what_comes_back_is_the_same_whatever_they_ask(course, released, tmp_path):
    """Are all graded notebooks and pages the same for other questions, names and numbers, byte for byte?"""
    (tmp_path / "elsewhere").mkdir()
    twin = with_claims(released, tmp_path / "elsewhere" / "course", OTHERWISE)
    assert grade(course) == grade(twin) == errors.GRADED
    found = returned(course)
    assert found == returned(twin)
    assert len(found) == 6
    for path, text in found.items():
        assert TOLD in text or path.startswith("feedback/ada")  # where all is right, no claim is listed
        assert not re.search(r"rolls?[ _]on|flat ground|private|asked of (lr )?[\d\[]|0\.375|0\.8125", text)


def test_a_hint_is_about_what_is_public(course):
    """Is a known mistake named by the public claims, though the private one meets another?"""
    assert grade(course) == errors.GRADED
    assert "Hint: forgets the velocity." in returned(course)[f"feedback/cyd/{LESSON}/{LESSON}.html"]


@pytest.mark.parametrize("student", ["bob", "cyd"])
def test_hints_and_explanations_meet_public_claims_alone(course, monkeypatch, student):
    """Is nothing recognised or explained with a private claim in it, in a round or for the instructor?"""
    met = []
    recognised = judge.recognised
    monkeypatch.setattr(judge, "recognised", lambda *about: met.append(about[0]) or recognised(*about))
    found = courses.find(course)
    with Ledger(found) as ledger:
        lesson = rounds.taught(found, ledger, [LESSON])[LESSON]
    submission = submissions.read(found.submitted(student, LESSON) / f"{LESSON}.ipynb")
    rebuilt = rebuilding.rebuild(lesson, submission)
    with sandboxes.Sandbox(lesson.sealed_names()) as sandbox:
        verdicts.decide(lesson, rebuilt, submission, sandbox, b"key")
        verdicts.reports(lesson, rebuilt, sandbox, b"key", ["momentum"])
    public = exercises.find("momentum")
    assert len(met) == 2
    for report in met:
        assert report.exercise == public
        assert [claim.name for claim in report.claims] == [claim.name for claim in public.claims]
        assert len(report.calls) == len(public.claims)


def test_a_release_is_the_same_with_and_without_them(course, released):
    """Does what is handed out not know that there are any?"""
    other(course).nbgrader("generate_assignment", LESSON, "--force")
    path = f"notebooks/{LESSON}/{LESSON}.ipynb"
    assert (course / path).read_bytes() == (released / path).read_bytes()


def test_a_handout_is_the_same_with_and_without_them(course, released, tmp_path, capsys):
    """Has the zip for students the same bytes, and is none made from a folder in which they lie?"""
    made = [
        handouts.make(courses.find(one), [LESSON], tmp_path / name).archive.read_bytes()
        for one, name in ((released, "without"), (course, "with"))
    ]
    assert made[0] == made[1]
    path = course / "nbgrader_config.py"
    path.write_text(path.read_text().replace("../exam", f"solutions/{LESSON}/exam"), encoding="utf-8")
    assert command.main(["handout", "--course", str(course)]) == errors.REFUSED
    assert "may be handed out: move it" in capsys.readouterr().err


@pytest.mark.parametrize("inside", ["exam", "solutions/exam", str(ROOT / "exam"), "."])
def test_a_folder_that_could_be_handed_out_is_refused(course, capsys, inside):
    """Must the folder lie outside the course and outside the repository?"""
    path = course / "nbgrader_config.py"
    path.write_text(path.read_text().replace("../exam", inside), encoding="utf-8")
    assert grade(course) == errors.REFUSED
    said = capsys.readouterr().err
    assert "the folder of private claims" in said and "may be handed out: move it" in said


def test_the_instructor_sees_them(course, capsys):
    """Does `autograder explain` show question and numbers, and the report how the class fared?"""
    assert grade(course) == errors.GRADED
    assert command.main(["explain", "--course", str(course), "bob", LESSON, "momentum"]) == errors.GRADED
    said = capsys.readouterr().out
    assert f"✗ {QUESTION}" in said and "0.375" in said and "momentum: 3.33 of 4 points" in said
    assert command.main(["report", "--course", str(course), "--json"]) == errors.GRADED
    assert '"it rolls on (private)"' in capsys.readouterr().out


# A file that cannot be used is said before anybody is graded by it.

CALL = "student.momentum(params, np.zeros(7), velocity, **about)"
BROKEN = {
    "no Python": (FILE + "\nclass", "cannot be run (SyntaxError"),
    "an import of a neighbour": (f"import neighbour\n{FILE}", "No module named 'neighbour'"),
    "no reference": (FILE.replace("    reference =", "    about ="), "TestMomentum has no `reference`"),
    "another lesson's": (
        FILE.replace("reference = optimizers.momentum", "reference = optimizers.adam"),
        "no exercise",
    ),
    "a class without reference": (f"{FILE}\n\nclass TestMore:\n    pass\n", "TestMore has no `reference`"),
    "nothing": ('"""To be written."""', "there is no class in it that asks"),
    "points": (
        FILE.replace("    reference", "    points = 3\n    reference"),
        "TestMomentum has points; take them",
    ),
    "no claim": (FILE.replace("def test_", "def tests_"), "TestMomentum has no claim"),
    "no question": (FILE.replace(f'"""{QUESTION}"""', "pass"), "has no docstring, the question"),
    "wrong": (FILE.replace(f"{CALL},", "0,"), "does not hold for the reference"),
    "stumbling": (FILE.replace("agrees(", "agrees(nothing, "), "fails on the reference (NameError"),
    "idle": (
        FILE.replace(f"{CALL},", "optimizers.momentum(params, np.zeros(7), velocity, **about),"),
        "does it ask",
    ),
    "no text": (b"\xff\xfe\x00", "a file is no text in UTF-8"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_file_that_cannot_be_used_is_a_sentence(course, capsys, name):
    """Is the file named, with what is wrong, and nothing graded, on both routes?"""
    content, complaint = BROKEN[name]
    file_of(course).write_bytes(content if isinstance(content, bytes) else content.encode())
    assert grade(course) == errors.REFUSED
    said = capsys.readouterr().err
    assert complaint in said and str(file_of(course) if name != "no text" else file_of(course).parent) in said
    assert "Traceback" not in said
    assert not (course / "autograded").exists() and not list(journals.entries(course))


def test_nbgrader_is_stopped_by_it_too(course):
    """Does a claim that does not hold for the reference stop `nbgrader autograde` for all too?"""
    file_of(course).write_text(BROKEN["wrong"][0], encoding="utf-8")
    with pytest.raises(RuntimeError):
        other(course).nbgrader("autograde", LESSON)
    assert set(points(course).values()) == {None} and not list(journals.entries(course))


def test_a_file_of_no_lesson_is_a_sentence(course, capsys):
    """Is a misspelled name told with the likeliest that is meant, and a missing folder too?"""
    file_of(course).rename(file_of(course).with_name("06_momentun.py"))
    assert grade(course) == errors.REFUSED
    assert "06_momentun.py would never be asked" in (said := capsys.readouterr().err)
    assert "did you mean 06_momentum.py?" in said
    shutil.rmtree(file_of(course).parent)
    assert grade(course) == errors.REFUSED
    assert "exam cannot be read: No such file or directory" in capsys.readouterr().err
