"""Every lesson: its notebook in solutions/, what students get of it in notebooks/, and both as they run."""

import atexit
import functools
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import warnings

import nbformat
import pytest
from nbclient import NotebookClient

from autograde_tests.engine import exercises
from tests import lesson_rules
from tests.lesson_rules import Lesson, pictures
from tools.normalise_notebook import canonical

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOLUTIONS, RELEASED = ROOT / "solutions", ROOT / "notebooks"
LESSONS = sorted(path.parent.name for path in SOLUTIONS.glob("*/*.ipynb"))

each_lesson = pytest.mark.parametrize("name", LESSONS)


def read(folder, name):
    """Return the notebook of one lesson."""
    return nbformat.read(folder / name / f"{name}.ipynb", as_version=4)


def file_in(folder, name):
    """Return where a lesson's notebook lies, for a complaint."""
    return f"{folder}/{name}/{name}.ipynb"


def contents(folder):
    """Return path → bytes of the files in a folder, without Jupyter's checkpoints."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".ipynb_checkpoints" not in path.parts
    }


def lesson_of(name):
    """Return one lesson as it stands in solutions/."""
    return Lesson(name, read(SOLUTIONS, name), exercises.of_lesson(name))


@functools.cache
def release():
    """Release all lessons anew, beside a gradebook that nobody keeps; return the folder and what was said."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="release-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    command = [
        *(sys.executable, "-m", "nbgrader", "generate_assignment", "[0-9]*", "--force"),
        f"--CourseDirectory.release_directory={folder}",
        f"--CourseDirectory.db_url=sqlite:///{folder / 'gradebook.db'}",
    ]
    # nbgrader calls alembic from PATH.
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", "")])
    done = subprocess.run(
        command, cwd=ROOT, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )
    return folder, done.stderr


@functools.cache
def executed(name):
    """Execute a lesson once from top to bottom, as a reader would; the tests share the result."""
    notebook = read(SOLUTIONS, name)
    with tempfile.TemporaryDirectory() as profile:
        client = NotebookClient(
            notebook,
            timeout=120,
            kernel_name="python3",
            allow_errors=True,
            resources={"metadata": {"path": str(SOLUTIONS / name)}},
        )
        with warnings.catch_warnings():
            # What a library of the client's says about itself is no warning of the lesson's.
            warnings.simplefilter("ignore")
            client.execute(env=os.environ | {"IPYTHONDIR": profile})
        return notebook


def everything(value, path=""):
    """Yield (path, dict) for each dict in a notebook, those that widgets keep included."""
    if isinstance(value, dict):
        yield path, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from everything(inner, f"{path}/{key}")


# The house: what lies where.


def test_each_lesson_is_released_and_has_claims():
    """Has each notebook in solutions/ its release in notebooks/ and its claims module, under one name?"""
    released = {path.parent.name for path in RELEASED.glob("*/*.ipynb")}
    asked = set(exercises.lessons())
    written = set(LESSONS)
    complaints = [f"solutions/{name} is not in notebooks/: run `make release`" for name in written - released]
    complaints += [
        f"notebooks/{name} is of no lesson in solutions/: delete it" for name in released - written
    ]
    complaints += [f"autograde_tests/{name} lacks: it holds the lesson's claims" for name in written - asked]
    complaints += [f"autograde_tests/{name} is of no lesson in solutions/" for name in asked - written]
    assert not complaints, "\n".join(sorted(complaints))


def test_exercises_have_names_of_their_own():
    """Is each exercise's name unique in the course?"""
    names = [exercise.name for lesson in exercises.lessons() for exercise in exercises.of_lesson(lesson)]
    assert len(names) == len(set(names))


@each_lesson
def test_lesson_folder_holds_one_notebook_of_its_name(name):
    """Is the folder's one notebook called as the lesson?"""
    assert [path.name for path in (SOLUTIONS / name).glob("*.ipynb")] == [f"{name}.ipynb"]


# The text.


@each_lesson
def test_notebook_is_canonical(name):
    """Is the notebook in the form that `make normalise` gives it?"""
    text = (SOLUTIONS / name / f"{name}.ipynb").read_text(encoding="utf-8")
    assert canonical(text) == text, f"{file_in('solutions', name)} is not canonical: run `make normalise`"


@each_lesson
@pytest.mark.parametrize("rule", lesson_rules.RULES, ids=lambda rule: rule.__name__)
def test_lesson_keeps(rule, name):
    """Does the lesson keep this rule?"""
    complaints = [f"{file_in('solutions', name)}: {complaint}" for complaint in rule(lesson_of(name))]
    assert not complaints, "\n".join(complaints)


@each_lesson
def test_imports_and_answers_define_every_exercise(name):
    """Do the imports and the solution cells, which alone are run in grading, define every exercise?"""
    lesson = lesson_of(name)
    namespace = {"__name__": "__main__"}
    for cell in [lesson.cells[1], *lesson.answers.values()]:
        exec(compile(cell.source, cell.id, "exec"), namespace)
    for exercise in lesson.exercises:
        assert callable(namespace[exercise.name])
        assert namespace[exercise.name] is not exercise.reference


# What students get.


@each_lesson
def test_release_is_up_to_date(name):
    """Does notebooks/ hold, byte for byte, what nbgrader makes of solutions/ now?"""
    folder, said = release()
    fresh, committed = folder / name, RELEASED / name
    assert fresh.is_dir(), said
    there, here = contents(fresh), contents(committed)
    stale = sorted(file for file in there.keys() | here.keys() if there.get(file) != here.get(file))
    complaints = [
        f"notebooks/{name}/{file} is not what solutions/ gives: run `make release`" for file in stale
    ]
    assert not stale, "\n".join(complaints)


@each_lesson
@pytest.mark.parametrize("rule", lesson_rules.RELEASE_RULES, ids=lambda rule: rule.__name__)
def test_released_lesson_keeps(rule, name):
    """Does what students get keep this rule?"""
    lesson = Lesson(name, read(RELEASED, name), exercises.of_lesson(name), source=read(SOLUTIONS, name))
    complaints = [f"{file_in('notebooks', name)}: {complaint}" for complaint in rule(lesson)]
    assert not complaints, "\n".join([*complaints, "run `make release`, if solutions/ is right"])


# The run.


@each_lesson
def test_lesson_runs_without_error_or_warning(name):
    """Does the notebook run from top to bottom with no error, nothing on stderr and no warning?"""
    for path, found in everything(executed(name)):
        assert found.get("output_type") != "error", f"{path}: {found['ename']}: {found['evalue']}"
        assert found.get("name") != "stderr", f"{path}: {found.get('text')}"


@each_lesson
def test_solutions_earn_every_point(name):
    """Does each test cell end in the exercise's points, as a float that nbgrader reads?"""
    tests = Lesson(name, executed(name), ()).tests
    for exercise in exercises.of_lesson(name):
        (result,) = [out for out in tests[exercise.name].outputs if out.output_type == "execute_result"]
        assert result.data["text/plain"] == repr(float(exercise.points))


@each_lesson
def test_figures_have_alt_text(name):
    """Does every figure of the executed lesson say in words what it shows?"""
    found = [
        (path, kind, alt)
        for path, value in everything(executed(name))
        if "output_type" in value
        for kind, alt in pictures([value])
    ]
    assert found, "the lesson shows no figure"
    assert not [(path, kind) for path, kind, alt in found if not alt]
