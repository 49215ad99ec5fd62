"""A small course with a class, made for the tests of the grader: real nbgrader, real lessons, no network.

The lesson is written from the references, in the form that the lessons of `solutions/` have: an imports cell,
and for each exercise a solution cell `<exercise>-answer` and a graded cell `<exercise>`.
"""

import inspect
import json
import os
import subprocess
import sys
import traceback
from pathlib import Path

import nbformat
import nbgrader

from autograde_tests.engine import exercises
from autograder.demo.sample_class import filled, source_as

ROOT = Path(__file__).parents[1]
LESSON = "06_momentum"
IMPORTS = """\
import matplotlib.pyplot as plt
import numpy as np
from ipywidgets import interact

from autograde_tests import check, grade
from course_lib import plotting
"""
GRADED = "check({0})\n### BEGIN HIDDEN TESTS\ngrade({0})\n### END HIDDEN TESTS"
ESSAY = "essay"
ESSAY_POINTS = 3
MODEL_ANSWER = "Because of the velocity.\n\n**Rubric, 3 points.** 3: the velocity."


def python():
    """Return the Python of the environment that nbgrader is installed in.

    It is not always the one that runs the tests: `.venv-oracles` only sees what is in `.venv`, and Jupyter's
    commands, kernels and templates are found beside the interpreter.
    """
    beside = Path(nbgrader.__file__).parents[4] / "bin" / "python"
    return str(beside) if beside.exists() else sys.executable


def solution_of(exercise):
    """Return an exercise's reference as a student would write it."""
    return source_as(inspect.unwrap(exercise.reference), exercise.name)


def stub_of(exercise):
    """Return the answer cell of a solutions notebook: the solution between nbgrader's marks."""
    lines = solution_of(exercise).split("\n")
    start = next(number for number, line in enumerate(lines) if line.startswith("def ")) + 1
    return "\n".join([*lines[:start], "    ### BEGIN SOLUTION", *lines[start:], "    ### END SOLUTION"])


def make_cell(kind, source, grade_id, **about):
    metadata = {"schema_version": 3, "grade_id": grade_id, "locked": False, "task": False, **about}
    new = nbformat.v4.new_code_cell if kind == "code" else nbformat.v4.new_markdown_cell
    cell = new(source, metadata={"nbgrader": metadata})
    cell["id"] = grade_id[:64]
    return cell


def solutions_notebook(lesson=LESSON):
    """Return a solutions notebook over the exercises of a lesson, with one free-response question."""
    cells = [nbformat.v4.new_markdown_cell(f"# {lesson}"), nbformat.v4.new_code_cell(IMPORTS)]
    for exercise in exercises.of_lesson(lesson):
        cells += [
            make_cell("code", stub_of(exercise), f"{exercise.name}-answer", grade=False, solution=True),
            make_cell(
                "code",
                GRADED.format(exercise.name),
                exercise.name,
                grade=True,
                solution=False,
                locked=True,
                points=exercise.points,
            ),
        ]
    about = {"grade": True, "solution": True, "points": ESSAY_POINTS}
    cells.append(
        make_cell("markdown", f"Why?\n\n### BEGIN SOLUTION\n{MODEL_ANSWER}\n### END SOLUTION", ESSAY, **about)
    )
    notebook = nbformat.v4.new_notebook(cells=cells)
    for position, cell in enumerate(notebook.cells):
        cell["id"] = cell["metadata"].get("nbgrader", {}).get("grade_id", f"cell-{position}")
    notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return notebook


def plain_configuration(text):
    """Return a course's configuration for nbgrader as it comes, without our grading."""
    return text.replace("autograder.configure(c)", "autograder.configure(c, grading=False)")


def run(directory, *command, check=True, **environment):
    """Run a Python module in a directory; return the completed process."""
    path = f"{Path(python()).parent}{os.pathsep}{os.environ['PATH']}"
    completed = subprocess.run(
        [python(), "-m", *command],
        cwd=directory,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
    )
    if check and completed.returncode:
        raise RuntimeError(f"{command} ended with {completed.returncode}:\n{completed.stderr[-4000:]}")
    return completed


def nbgrader_command(directory, *arguments, **environment):
    """Run a command of nbgrader's in a directory, in a process forked from this one.

    It is what `nbgrader` at the command line runs, without the seconds that its imports take.

    Raises:
        RuntimeError: If its exit status is not zero; what it said is on this process's error stream.
    """
    from nbgrader.apps.nbgraderapp import NbGraderApp

    pid = os.fork()
    if not pid:
        status = 1
        try:
            os.chdir(directory)
            os.environ.update(environment, PATH=f"{Path(python()).parent}{os.pathsep}{os.environ['PATH']}")
            NbGraderApp.launch_instance(list(arguments))
            status = 0
        except SystemExit as ended:
            status = int(bool(ended.code))
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    _, status = os.waitpid(pid, 0)
    if status:
        raise RuntimeError(f"nbgrader {' '.join(arguments)} ended with {os.waitstatus_to_exitcode(status)}")


class Classroom:
    """A course directory with nbgrader in it.

    Args:
        directory: Where to make it.
        lessons: Names of the lessons.
        plain: Use nbgrader as it comes, without our preprocessors.
    """

    def __init__(self, directory, lessons=(LESSON,), *, plain=False):
        self.directory = Path(directory)
        self.lessons = tuple(lessons)
        self.directory.mkdir(parents=True, exist_ok=True)
        configuration = (ROOT / "nbgrader_config.py").read_text(encoding="utf-8")
        if plain:
            configuration = plain_configuration(configuration)
        (self.directory / "nbgrader_config.py").write_text(configuration, encoding="utf-8")
        for lesson in self.lessons:
            folder = self.directory / "solutions" / lesson
            folder.mkdir(parents=True)
            nbformat.write(solutions_notebook(lesson), folder / f"{lesson}.ipynb")

    def run(self, *command, check=True, **environment):
        """Run a Python module in the course; return the completed process."""
        return run(self.directory, *command, check=check, **environment)

    def nbgrader(self, *arguments):
        """Run a command of nbgrader's in the course."""
        nbgrader_command(self.directory, *arguments)

    def release(self):
        """Generate the assignments; fills the gradebook."""
        self.run("nbgrader", "generate_assignment", "*", "--force")

    def submit(self, student, answers=(), lesson=LESSON, *, change=None, raw=None):
        """Hand in a notebook.

        Args:
            student: The student's name, a folder.
            answers: Grade id → source; `None` keeps the stub, what is not named is answered right.
            lesson: The lesson's name.
            change: Function that changes the notebook (a NotebookNode) before it is written.
            raw: Bytes to write in place of a notebook.

        Returns:
            The file's path.
        """
        folder = self.directory / "submitted" / student / lesson
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{lesson}.ipynb"
        if raw is not None:
            path.write_bytes(raw)
            return path
        notebook = nbformat.read(self.directory / "notebooks" / lesson / f"{lesson}.ipynb", as_version=4)
        right = {f"{exercise.name}-answer": solution_of(exercise) for exercise in exercises.of_lesson(lesson)}
        notebook = nbformat.from_dict(filled(notebook, right | dict(answers)))
        if change is not None:
            change(notebook)
        path.write_text(json.dumps(notebook, indent=1), encoding="utf-8")
        return path

    def scores(self, lesson=LESSON):
        """Return student → grade id → automatic score, from the gradebook."""
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.directory / 'gradebook.db'}", "optimization") as gradebook:
            return {
                submission.student.id: {
                    grade.name: grade.auto_score
                    for notebook in submission.notebooks
                    for grade in notebook.grades
                }
                for submission in gradebook.assignment_submissions(lesson)
            }
