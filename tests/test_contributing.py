"""The worked example of CONTRIBUTING.md, followed to the letter in a copy of the repository."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest

from tests.classroom import Classroom, python

ROOT = Path(__file__).resolve().parent.parent
LESSON = "05_ewma"
NOTEBOOK = Path("solutions", LESSON, f"{LESSON}.ipynb")
FENCE = re.compile(r"^```(python|markdown)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FEWEST = 39


def example():
    """Return the section's text, its blocks for files (path → text), and its cells (id → kind and source)."""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = text.partition("### An example\n")[2].partition("\n## ")[0]
    appended = re.findall(r"^In `([^`]+)`, at the end:\n\n```python\n(.*?)^```$", section, re.M | re.S)
    about_cells = section.partition("four cells;")[2]
    names = re.findall(r"called `([^`]+)`", about_cells)
    blocks = [(kind, source.rstrip("\n")) for kind, source in FENCE.findall(about_cells)]
    return dict(appended), dict(zip(names, blocks, strict=True))


def place_cells(notebook, cells):
    """Put the example's cells where it says, marked as "Create Assignment" marks them."""
    place = next(n for n, cell in enumerate(notebook.cells) if cell.id == "corrected-hints") + 1
    for position, (name, (kind, source)) in enumerate(cells.items()):
        make = nbformat.v4.new_code_cell if kind == "python" else nbformat.v4.new_markdown_cell
        cell = make(source, id=name)
        if kind == "python":
            graded = not name.endswith("-answer")
            about = {"grade_id": name, "grade": graded, "solution": not graded, "locked": graded}
            cell.metadata["nbgrader"] = {**about, "schema_version": 3, "task": False}
            cell.metadata["nbgrader"] |= {"points": 1} if graded else {}
        notebook.cells.insert(place + position, cell)


@pytest.fixture(scope="module")
def followed(tmp_path_factory):
    """Follow the example in a copy of what git keeps; returns the copy."""
    copy = tmp_path_factory.mktemp("contributing") / "course"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, listed.stdout.decode().split("\0")):
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    files, cells = example()
    for name, text in files.items():
        with (copy / name).open("a", encoding="utf-8") as file:
            file.write(f"\n\n{text}")
    notebook = nbformat.read(copy / NOTEBOOK, as_version=4)
    place_cells(notebook, cells)
    (copy / NOTEBOOK).write_text(json.dumps(notebook), encoding="utf-8")
    run(copy, "tools/normalise_notebook.py", "solutions")
    run(copy, "-m", "nbgrader", "generate_assignment", "[0-9]*", "--force")
    return copy


def run(copy, *arguments):
    """Run the Python that has nbgrader in the copy; return what it said."""
    path = f"{Path(python()).parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([python(), *arguments], cwd=copy, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    return done.stdout


def test_the_example_is_short():
    """Are so few lines written for it, but for what the answer cell repeats and all graded cells share?"""
    files, cells = example()
    texts = [*files.values(), *(source for name, (_, source) in cells.items() if name != "averaged_steps")]
    lines = [line.strip() for text in texts for line in text.splitlines() if line.strip()]
    repeated = set("\n".join(files.values()).replace(" ", "").splitlines())
    answer = cells["averaged_steps-answer"][1].splitlines()
    again = [line for line in answer if line.strip() and line.replace(" ", "") in repeated]
    assert len(lines) - len(again) == FEWEST < 40


@pytest.mark.slow
def test_the_example_holds_together(followed):
    """Do lint, the lesson's rules, its release, claims, misconceptions, honest answers and mutants pass?"""
    run(followed, "-m", "ruff", "check", "course_lib", "autograde_tests")
    run(followed, "-m", "ruff", "format", "--check", "course_lib", "autograde_tests")
    about = "averaged_steps or (05_ewma and not runs_without and not earn and not figures)"
    files = ("tests/test_notebooks.py", "tests/test_honest.py", "tests/test_mutants.py", "autograde_tests")
    said = run(followed, "-m", "pytest", "-q", "-p", "no:cacheprovider", *files, "-k", about)
    assert re.search(r"\b\d\d+ passed", said)


@pytest.mark.slow
def test_the_example_is_graded(followed):
    """Does a right answer to the new exercise earn its point, and the misconception its hint?"""
    _, cells = example()
    right = cells["averaged_steps-answer"][1]
    wrong = right.replace("1 / (1 - beta)", "1 / beta")
    for student, answer in (("ada", right), ("bob", wrong)):
        notebook = nbformat.read(followed / "notebooks" / LESSON / f"{LESSON}.ipynb", as_version=4)
        next(cell for cell in notebook.cells if cell.id == "averaged_steps-answer").source = answer
        path = followed / "submitted" / student / LESSON / f"{LESSON}.ipynb"
        path.parent.mkdir(parents=True)
        nbformat.write(notebook, path)
    said = run(followed, "-m", "autograder", "grade", LESSON)
    assert "1 × averaged steps: divides by the share that is kept" in said
    course = Classroom.__new__(Classroom)
    course.directory = followed
    assert {who: scores["averaged_steps"] for who, scores in course.scores(LESSON).items()} == {
        "ada": 1.0,
        "bob": 0.0,
    }


def without_block(path):
    """Undo what the example appends to a file."""

    def undo(copy):
        file = copy / path
        file.write_text(file.read_text(encoding="utf-8").replace(example()[0][path], ""), encoding="utf-8")

    return undo


def with_text(path, text, instead):
    """Change a piece of what the example appends to a file."""

    def undo(copy):
        file = copy / path
        block = example()[0][path]
        assert text in block
        changed = file.read_text(encoding="utf-8").replace(block, block.replace(text, instead))
        file.write_text(changed, encoding="utf-8")

    return undo


def with_cells(change):
    """Change the cells of the lesson."""

    def undo(copy):
        notebook = nbformat.read(copy / NOTEBOOK, as_version=4)
        change({cell.id: cell for cell in notebook.cells}, notebook)
        nbformat.write(notebook, copy / NOTEBOOK)

    return undo


def not_released(copy):
    """Take the lesson as it was released before."""
    path = Path("notebooks", LESSON, f"{LESSON}.ipynb")
    shutil.copy(ROOT / path, copy / path)


CLAIMS, WRONG, RIGHT = (
    f"autograde_tests/{LESSON}/{name}.py" for name in ("test_claims", "misconceptions", "honest")
)
KEEPS = "tests/test_notebooks.py::test_lesson_keeps"
FORGOTTEN = {
    "the claims": (
        without_block(CLAIMS),
        KEEPS,
        f"{NOTEBOOK}: the test cell averaged_steps is of no exercise",
    ),
    "the reference": (
        with_text(CLAIMS, "reference, points = averages.averaged_steps, 1", "points = 1"),
        "tests/test_honest.py",
        f"{CLAIMS}: TestAveragedSteps has no `reference`",
    ),
    "the points": (
        with_text(
            CLAIMS, "reference, points = averages.averaged_steps, 1", "reference = averages.averaged_steps"
        ),
        "tests/test_honest.py",
        f"{CLAIMS}: TestAveragedSteps has no `points`",
    ),
    "misconceptions": (
        without_block(WRONG),
        "autograde_tests/test_misconceptions.py",
        f"{WRONG}: averaged_steps has no misconception",
    ),
    "the exercise's right name": (
        with_text(WRONG, '@misconception("averaged_steps")', '@misconception("average_steps")'),
        "autograde_tests/test_misconceptions.py",
        "is of 'average_steps', and no exercise is called so",
    ),
    "honest answers": (
        without_block(RIGHT),
        "tests/test_honest.py",
        f"{RIGHT}: averaged_steps has 0 honest answers, and needs 3",
    ),
    "hints": (
        with_cells(lambda cells, notebook: notebook.cells.remove(cells["averaged-steps-hints"])),
        KEEPS,
        f"{NOTEBOOK}: averaged_steps has no hints (<details>) right below its test cell",
    ),
    "the answer's cell": (
        with_cells(lambda cells, notebook: notebook.cells.remove(cells["averaged_steps-answer"])),
        KEEPS,
        f"{NOTEBOOK}: averaged_steps has no answer cell",
    ),
    "the cell's points": (
        with_cells(lambda cells, notebook: cells["averaged_steps"].metadata.nbgrader.update(points=2)),
        KEEPS,
        f"{NOTEBOOK}: averaged_steps: the cell gives 2 points, the claims 1",
    ),
    "make normalise": (
        with_cells(lambda cells, notebook: cells["averaged_steps"].metadata.update(collapsed=True)),
        "tests/test_notebooks.py::test_notebook_is_canonical",
        f"{NOTEBOOK} is not canonical: run `make normalise`",
    ),
    "make release": (
        not_released,
        "tests/test_notebooks.py::test_release_is_up_to_date",
        f"notebooks/{LESSON}/{LESSON}.ipynb is not what solutions/ gives: run `make release`",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("step", FORGOTTEN)
def test_a_forgotten_step_is_a_sentence(followed, tmp_path, step):
    """Does `make check` name the file and what was forgotten?"""
    undo, tests, sentence = FORGOTTEN[step]
    copy = shutil.copytree(followed, tmp_path / "course")
    undo(copy)
    path = f"{Path(python()).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [
            python(),
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            tests,
            "-k",
            f"averaged_steps or {LESSON} or registered",
        ],
        cwd=copy,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode
    assert sentence in done.stdout, done.stdout[-4000:]
