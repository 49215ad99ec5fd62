"""The recipes of CONTRIBUTING.md for a course of one's own, each followed to the letter."""

import re
import shlex
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest

from autograder import __main__ as command
from autograder import errors
from autograder.books import courses
from autograder.marking import private_claims
from tests.classroom import ROOT, Classroom, nbgrader_command
from tests.test_autograder_grade import FORGETS

LESSON = "06_momentum"
NOTEBOOK = Path("solutions", LESSON, f"{LESSON}.ipynb")
BLOCK = re.compile(r"^```(sh|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def recipe(title):
    """Return a recipe's text, and its blocks of one kind and another: kind → sources."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition(f"\n### {title}\n")[2].partition("\n### ")[0]
    blocks = {"sh": [], "python": []}
    for kind, source in BLOCK.findall(section):
        blocks[kind].append(source)
    return section, blocks


def follow(folder, block):
    """Run a shell block line by line in a folder, as in one terminal."""
    for line in block.splitlines():
        name, *arguments = shlex.split(line)
        if name == "cd":
            folder = folder / arguments[0]
        elif name == "nbgrader":
            nbgrader_command(folder, *arguments)
        else:
            subprocess.run(line, shell=True, cwd=folder, check=True)


def configure(course, block):
    """Put a block in the place of the configuration's last line."""
    path = course / "nbgrader_config.py"
    text = path.read_text(encoding="utf-8")
    assert text.endswith("\nautograder.configure(c)\n")
    path.write_text(text.removesuffix("autograder.configure(c)\n") + block, encoding="utf-8")


def run(course, name, *arguments):
    """Run a command of ours on one worker; return its exit status."""
    workers = ["--workers", "1"] if name in {"grade", "feedback"} else []
    return command.main([name, *arguments, "--course", str(course), *workers])


def submit(course, student, answers=()):
    """Hand in a lesson: what is not named is answered right."""
    room = Classroom.__new__(Classroom)
    room.directory = course
    return room.submit(student, answers, LESSON)


def scores(course):
    """Return student → grade id → points."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "my-course") as gradebook:
        return {
            submission.student.id: {grade.name: grade.auto_score for grade in submission.notebooks[0].grades}
            for submission in gradebook.assignment_submissions(LESSON)
        }


def pages(course):
    """Return student → feedback page."""
    return {path.parts[-3]: path.read_text("utf-8") for path in (course / "feedback").rglob("*.html")}


@pytest.fixture(scope="module")
def shorter(tmp_path_factory):
    """A course of two lessons, made in a folder that stands in for the repository's; copied for each test."""
    repository = tmp_path_factory.mktemp("recipes") / "repository"
    repository.mkdir()
    (repository / "solutions").symlink_to(ROOT / "solutions")
    section, blocks = recipe("Leave lessons out")
    (configuration,) = re.findall(r"^Write `([^`]+)`:$", section, re.M)
    follow(repository, blocks["sh"][0])
    (repository / configuration).write_text(blocks["python"][0], encoding="utf-8")
    follow(repository, blocks["sh"][1])
    return repository.parent / "my-course"


@pytest.fixture
def course(shorter, tmp_path):
    """A copy of the course of two lessons."""
    return shutil.copytree(shorter, tmp_path / "course")


def test_two_lessons_of_thirteen_are_a_course(course, capsys):
    """Are they released, graded, returned and reported on, and is a lesson that is left out unknown?"""
    assert sorted(path.name for path in (course / "notebooks").iterdir()) == ["05_ewma", LESSON]
    submit(course, "ada")
    submit(course, "Łukasz Żak", {"momentum-answer": FORGETS})
    assert run(course, "grade") == errors.GRADED
    assert (scores(course)["ada"]["momentum"], scores(course)["Łukasz Żak"]["momentum"]) == (4.0, 1.6)
    assert run(course, "feedback") == errors.GRADED
    assert "06 Momentum" in pages(course)["ada"] and "07 RMSprop" not in pages(course)["ada"]
    assert run(course, "report") == errors.GRADED
    assert (course / "report" / "index.html").exists()
    assert run(course, "similar", LESSON) == errors.GRADED
    assert run(course, "explain", "ada", LESSON, "momentum") == errors.GRADED
    assert run(course, "handout", "--out", str(course / "handout")) == errors.GRADED
    assert "2 lessons, 05_ewma, 06_momentum" in capsys.readouterr().out
    assert run(course, "grade", "07_rmsprop") == errors.REFUSED
    assert "there is no lesson 07_rmsprop" in capsys.readouterr().err


def give_points(course):
    """Follow the recipe up to its release: the cell and the points that it names."""
    section, blocks = recipe("Give other points")
    ((path, cell, points),) = re.findall(r"`(\S+\.ipynb)`, give the cell `(\w+)` (\d+) points", section)
    notebook = nbformat.read(course / path, as_version=4)
    (graded,) = [one for one in notebook.cells if one.id == cell]
    graded.metadata.nbgrader.points = int(points)
    nbformat.write(notebook, course / path)
    return blocks["sh"][0]


def test_other_points_are_given(course, capsys):
    """Does the exercise earn the share of its claims that hold, of ten points?"""
    submit(course, "bob", {"momentum-answer": FORGETS})  # handed out before the points were changed
    assert run(course, "grade") == errors.GRADED
    follow(course, give_points(course))
    capsys.readouterr()
    submit(course, "ada")
    assert run(course, "grade") == errors.GRADED
    assert "bob, 06_momentum, momentum: 1.6 → 4 (the lesson has changed)" in capsys.readouterr().out
    assert {who: found["momentum"] for who, found in scores(course).items()} == {"ada": 10.0, "bob": 4.0}
    assert run(course, "feedback") == errors.GRADED
    assert "partly right, 4 / 10" in pages(course)["bob"]
    assert run(course, "report") == errors.GRADED


def test_points_that_are_not_released_are_a_sentence(course, capsys):
    """Is a release that was forgotten said before anything is graded, with the command?"""
    submit(course, "ada")
    give_points(course)
    assert run(course, "grade") == errors.REFUSED
    said = capsys.readouterr().err
    assert "the cell momentum gives 10 points, in the release 4" in said
    assert f"nbgrader generate_assignment {LESSON} --force" in said
    assert not (course / "autograded").exists()


def test_a_cell_that_was_lost_is_a_sentence(course, capsys):
    """Is an answer cell that somebody deleted named before all students lose its points?"""
    submit(course, "ada")
    notebook = nbformat.read(course / NOTEBOOK, as_version=4)
    notebook.cells = [cell for cell in notebook.cells if cell.id != "momentum-answer"]
    nbformat.write(notebook, course / NOTEBOOK)
    assert run(course, "grade") == errors.REFUSED
    assert "its answer cell, momentum-answer, is gone" in capsys.readouterr().err
    assert not (course / "autograded").exists()


GERMAN = {
    "title": ("# 06 Momentum", "# 06 Schwung"),
    "momentum-task": ("### Exercise 1: momentum", "### Aufgabe 1: Schwung"),
    "momentum-answer": ("Take one step along a moving average", "Mach einen Schritt entlang eines Mittels"),
    "momentum-question": ("A question in your own words", "Eine Frage in eigenen Worten"),
}


def test_a_translated_lesson_is_a_lesson(course):
    """Do prose, docstring and stubs come in the other language, and is all graded as before?"""
    _, blocks = recipe("Translate a lesson")
    notebook = nbformat.read(course / NOTEBOOK, as_version=4)
    for cell in notebook.cells:
        if cell.id in GERMAN:
            assert GERMAN[cell.id][0] in cell.source
            cell.source = cell.source.replace(*GERMAN[cell.id])
    nbformat.write(notebook, course / NOTEBOOK)
    configure(course, blocks["python"][0])
    follow(course, recipe("Give other points")[1]["sh"][0])
    released = (course / "notebooks" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8")
    assert all(german in released for _, german in GERMAN.values())
    assert "schreib hier deine Antwort" in released and "DEINE ANTWORT HIER" in released
    assert "write your answer here" not in released

    submit(course, "ada")
    submit(course, "bob", {"momentum-answer": FORGETS})
    submit(course, "cyd", {"momentum-answer": None})
    assert run(course, "grade") == errors.GRADED
    assert {who: found["momentum"] for who, found in scores(course).items()} == {
        "ada": 4.0,
        "bob": 1.6,
        "cyd": 0.0,
    }
    assert run(course, "feedback") == errors.GRADED
    found = pages(course)
    assert "06 Schwung" in found["ada"] and "Aufgabe 1: Schwung" in found["ada"]
    assert "Hint: forgets the velocity." in found["bob"]
    assert "`momentum` is not written yet" in found["cyd"]
    assert run(course, "report") == errors.GRADED


STOPS = """\
def momentum(params, grads, state=None, *, lr, beta=0.9):
    v = np.zeros_like(params) if state is None else state
    if not np.any(grads):
        return params, v
    v = beta * v + (1 - beta) * grads
    return params - lr * v, v
"""


def test_a_private_claim_counts_and_is_not_told(course, capsys):
    """Does the exam's claim cost its share, and does only the instructor read what it asks?"""
    section, blocks = recipe("Ask private claims in an exam")
    (path,) = re.findall(r"named as the lesson:\s`([^`]+)`", section)
    (course / path).parent.mkdir()
    (course / path).write_text(blocks["python"][0], encoding="utf-8")
    configure(course, blocks["python"][1])
    submit(course, "ada")
    submit(course, "bob", {"momentum-answer": STOPS})
    assert run(course, "grade") == errors.GRADED
    assert {who: found["momentum"] for who, found in scores(course).items()} == {"ada": 4.0, "bob": 3.33}
    assert run(course, "feedback") == errors.GRADED
    (told,) = re.findall(r'only "(A\s+further question[^"]+)"', section)
    assert " ".join(told.split()) == private_claims.TOLD
    found = pages(course)
    assert private_claims.TOLD in found["bob"]
    for page in found.values():
        assert "gradient is zero, does" not in page and "rolls on over" not in page
    capsys.readouterr()
    assert run(course, "explain", "bob", LESSON, "momentum") == errors.GRADED
    assert "✗ Where the gradient is zero, does the velocity carry" in capsys.readouterr().out
    assert courses.find(course).private_claims == (course / path).resolve().parent
