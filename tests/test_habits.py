"""When `check` is content, so is the grader: whole notebooks as students leave them, judged both ways."""

import contextlib
import copy
import io
import json
import re
import sys

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.utils.text import SList

from autograde_tests.engine import exercises
from autograder.marking import lessons, rebuilding, submissions, verdicts
from autograder.sealing import sandboxes
from tests.classroom import ESSAY, LESSON, solution_of, solutions_notebook
from tests.habits import HABITS, HEAVY, RIGHT, answer, between

SOLUTION = re.compile(r"### BEGIN SOLUTION.*### END SOLUTION", re.DOTALL)
EXERCISES = ("momentum", "classical_momentum", "nesterov")
WARNING = "But when it is graded:"


def lesson_of(name, names):
    """Return a lesson as it is handed out, with some of its exercises."""
    notebook = json.loads(json.dumps(solutions_notebook(name)))
    for cell in notebook["cells"]:
        cell["source"] = SOLUTION.sub('raise NotImplementedError("write your answer here")', cell["source"])
        cell["source"] = lessons.Marks().released(cell["source"]).rstrip()
    kept = {f"{exercise}{end}" for exercise in names for end in ("", "-answer")} | {"cell-1", ESSAY}
    notebook["cells"] = [cell for cell in notebook["cells"] if cell["id"] in kept]
    answers = tuple(f"{exercise}-answer" for exercise in names)
    points = {exercise: exercises.find(exercise).points for exercise in names}
    imports = ("cell-1", notebook["cells"][0]["source"])
    return lessons.Lesson(name, notebook, imports, answers, (ESSAY,), (ESSAY,), {ESSAY: ""}, points, {})


@pytest.fixture(scope="module")
def lesson():
    """Lesson 06 with three of its exercises."""
    return lesson_of(LESSON, EXERCISES)


@pytest.fixture(scope="module")
def handed_out(lesson):
    """The notebook that students begin with, two of its exercises answered."""
    notebook = lesson.fresh_notebook()
    answer(notebook, RIGHT)
    answer(notebook, HEAVY, "classical_momentum")
    return notebook


@pytest.fixture(scope="module")
def sandbox(lesson):
    with sandboxes.Sandbox(lesson.sealed_names()) as sandbox:
        yield sandbox


@pytest.fixture(scope="module")
def shell():
    """A Jupyter kernel's insides, without a shell behind `!` and with somebody who types."""
    InteractiveShell.clear_instance()
    main = sys.modules["__main__"]
    shell = InteractiveShell.instance()  # which makes its own namespace the main module
    shell.system = lambda command: None
    shell.register_magic_function(lambda line: None, "line", "matplotlib")
    shell.getoutput = lambda command, **settings: SList(["1"])
    yield shell
    InteractiveShell.clear_instance()
    sys.modules["__main__"] = main


def at_home(notebook, shell, monkeypatch):
    """Run a notebook from top to bottom; return what `check` is content with, and all that was said."""
    monkeypatch.setattr("builtins.input", lambda prompt="": "1")
    monkeypatch.setenv("MPLBACKEND", "agg")
    shell.reset(new_session=True)
    cells = notebook.get("cells") or notebook["worksheets"][0]["cells"]
    said, content = io.StringIO(), set()
    for cell in cells:
        if cell["cell_type"] != "code":
            continue
        source = "".join(cell.get("source", cell.get("input", "")))
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            result = shell.run_cell(source, store_history=True)
        for line in source.splitlines():
            if line.startswith("check(") and result.success:
                content.add(line.removeprefix("check(").rstrip(")"))
            elif line.startswith("check("):
                content.discard(line.removeprefix("check(").rstrip(")"))
    return content, said.getvalue()


def in_the_seal(path, lesson, sandbox):
    """Return which exercises get full points, and the notes."""
    read = submissions.read(path)
    rebuilt = rebuilding.rebuild(lesson, read)
    decided = verdicts.decide(lesson, rebuilt, read, sandbox, b"key")
    assert not decided.faults
    return {item.exercise for item in decided.items if item.points == item.max_points}, decided, rebuilt


def write(folder, notebook, name):
    path = folder / LESSON / f"{LESSON}.ipynb"
    path.parent.mkdir()
    text = json.dumps(notebook).encode()
    if name == "bom":
        text = b"\xef\xbb\xbf" + text
    (path.with_name(name) if name.endswith("ipynb") else path).write_bytes(text)
    return path


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.edit.__name__)
def test_when_check_is_content_the_grader_is_too(
    habit, handed_out, lesson, sandbox, shell, tmp_path, monkeypatch
):
    """Do both say the same of this notebook, or has `check` said why not?"""
    notebook = copy.deepcopy(handed_out)
    habit.edit(notebook)
    path = write(tmp_path, notebook, habit.name)
    content, said = at_home(notebook, shell, monkeypatch)
    full, decided, rebuilt = in_the_seal(path, lesson, sandbox)
    about = (said[-3000:], [item.text for item in decided.items], rebuilt.cells, rebuilt.notes)
    assert content == set(habit.content), about
    if not habit.lost:
        assert WARNING not in said, about
        assert content <= full, about
    else:
        assert WARNING in said and not content <= full, about
    if not habit.kinder:
        assert full <= content, about
    else:
        assert full > content, about


@pytest.mark.parametrize("name", ["05_ewma", "07_rmsprop"])
def test_other_lessons_are_no_exception(name, shell, tmp_path, monkeypatch):
    """Do answers in new cells, below stubs, without marks and with a helper each, get full points?"""
    names = [exercise.name for exercise in exercises.of_lesson(name)]
    taught = lesson_of(name, names)
    notebook = taught.fresh_notebook()
    for exercise in exercises.of_lesson(name):
        helper, plain = f"def plain_{exercise.name}", solution_of(exercise)
        between(notebook, plain.replace(f"def {exercise.name}", helper), exercise.name)
        between(notebook, f"{exercise.name} = plain_{exercise.name}", exercise.name)
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    path = write(tmp_path, notebook, "")
    content, said = at_home(notebook, shell, monkeypatch)
    with sandboxes.Sandbox(taught.sealed_names()) as sandbox:
        full, decided, rebuilt = in_the_seal(path, taught, sandbox)
    assert content == full == set(names), (said, decided, rebuilt.notes)


def test_there_are_many_habits():
    """Are there as many as the course promises, each with a name of its own and a sentence?"""
    assert len({habit.edit.__name__ for habit in HABITS}) == len(HABITS) >= 80
    assert all(habit.edit.__doc__ for habit in HABITS)
