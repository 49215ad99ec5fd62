"""`autograder handout`: what students get, installed and used as they would."""

import json
import os
import re
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import numpy as np
import pytest

from autograde_tests.engine import exercises, reading
from autograder import __main__ as command
from autograder.books import courses
from autograder.demo.__main__ import release
from autograder.demo.sample_class import answers_of, filled, source_as
from autograder.marking.lessons import Marks
from autograder.returning import handouts
from autograder.running import rounds
from tests.classroom import LESSON, Classroom, python

ROOT = Path(__file__).parents[1]
DUE = "Freitag, 6. März, 18:00"
OFFLINE = """
import json, socket, sys

def refuse(*arguments, **settings):
    raise OSError("this laptop is offline")

socket.socket.connect = socket.create_connection = socket.getaddrinfo = refuse
from IPython.core.interactiveshell import InteractiveShell

shell = InteractiveShell.instance()
for cell in json.load(open(sys.argv[1], encoding="utf-8"))["cells"]:
    about = cell["metadata"].get("nbgrader")
    if cell["cell_type"] == "code" and (about or cell["id"] == "imports"):
        print("RAN", cell["id"], shell.run_cell("".join(cell["source"])).success)
"""


@pytest.fixture(scope="module")
def handout(tmp_path_factory):
    """Make a handout of all lessons of this course."""
    course = courses.find(ROOT)
    return handouts.make(
        course, course.lessons(), tmp_path_factory.mktemp("out"), course_name="Kurs ü", due={LESSON: DUE}
    )


@pytest.fixture(scope="module")
def unpacked(handout, tmp_path_factory):
    """Unpack it where a student would."""
    folder = tmp_path_factory.mktemp("Eigene Dateien")
    with zipfile.ZipFile(handout.archive) as archive:
        archive.extractall(folder)
    return folder / "optimization-course"


def run(python, *arguments, cwd):
    """Run Python as on a laptop that has no other program, and knows nothing of the checkout."""
    away = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(
        [str(python), *map(str, arguments)], cwd=cwd, env=away | {"PATH": ""}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-1000:]
    return done.stdout


@pytest.fixture(scope="module")
def laptop(unpacked):
    """Install the wheel into an empty environment, from no index; its dependencies are lent by this one."""
    venv.create(unpacked / ".venv", symlinks=os.name != "nt")
    python = unpacked / ".venv" / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    (wheel,) = unpacked.glob("*.whl")
    pip = (
        "-m",
        "pip",
        "--python",
        python,
        "install",
        "--quiet",
        "--no-index",
        "--no-deps",
        f"./{wheel.name}",
    )
    run(sys.executable, *pip, cwd=unpacked)
    (site,) = (unpacked / ".venv").rglob("site-packages")
    (site / "lent.pth").write_text(sysconfig.get_path("purelib"))
    return python


def test_the_zip_holds_lessons_and_no_solution(handout, unpacked):
    """Are there lessons, a wheel and how to begin, and of what students must write themselves nothing?"""
    names = {path.relative_to(unpacked).parts[0] for path in unpacked.iterdir()} - {".venv"}
    wheel = handout.wheel.name
    assert names == {"LICENSE", "LICENSE-TEXT", "START_HERE.md", "notebooks", wheel}
    assert sorted(reading.lessons_in(unpacked)) == courses.find(ROOT).lessons() == list(handout.lessons)
    marks = Marks()
    for lesson, path in reading.lessons_in(unpacked).items():
        text = "\n".join(cell["source"] for cell in reading.read(path)["cells"])
        assert not re.search(r"### (BEGIN|END)|HIDDEN TESTS|^grade\(", text, re.MULTILINE), lesson
        for cell in reading.read(ROOT / "solutions" / lesson / f"{lesson}.ipynb")["cells"]:
            answer = marks.model_answer(cell["source"]).strip()
            if reading.marks(cell).get("solution"):
                assert answer and answer not in text, (lesson, cell["id"])


def test_the_wheel_holds_what_check_needs_and_no_grader(handout):
    """Are there two packages, without right answers, tests, commands, and the grader's dependencies?"""
    with zipfile.ZipFile(handout.wheel) as archive:
        names = archive.namelist()
        about = archive.read(next(name for name in names if name.endswith("METADATA"))).decode()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"course_lib", "autograde_tests"}
    unwanted = [
        r"/\d\d_\w+/honest\.py",
        r"conftest",
        r"/test_misconceptions",
        r"entry_points",
        r"pycache",
        r"\.ipynb",
    ]
    assert not [name for name in names if any(re.search(one, name) for one in unwanted)]
    needed = {line.partition(": ")[2] for line in about.splitlines() if line.startswith("Requires-Dist")}
    assert {re.match(r"\w+", one)[0] for one in needed} == {
        *("ipykernel", "ipywidgets", "jupyterlab", "matplotlib", "numpy", "pillow")
    }


def test_a_lesson_is_worked_through_offline(laptop, unpacked, tmp_path):
    """Do right and wrong answers get what they deserve, with neither network nor a program besides Python?"""
    right = answers_of(ROOT / "solutions" / LESSON / f"{LESSON}.ipynb")
    wrong = exercises.find("momentum").misconceptions[0]
    answers = right | {"momentum-answer": source_as(wrong.function, "momentum"), "nesterov-answer": None}
    released = json.loads((unpacked / "notebooks" / LESSON / f"{LESSON}.ipynb").read_text(encoding="utf-8"))
    path = tmp_path / LESSON / f"{LESSON}.ipynb"
    path.parent.mkdir()
    path.write_text(json.dumps(filled(released, answers)), encoding="utf-8")
    script = tmp_path / "lesson.py"
    script.write_text(OFFLINE)
    said = run(laptop, script, path, cwd=path.parent)
    ran = dict(re.findall(r"RAN (\S+) (True|False)", said))
    names = [exercise.name for exercise in exercises.of_lesson(LESSON)]
    assert {name: ran[name] for name in names} == {name: "True" for name in names} | {
        "momentum": "False",
        "nesterov": "False",
    }
    assert f"Hint ({wrong.name.replace('_', ' ')})" in said and "`nesterov` is not written yet" in said
    table = json.loads(run(laptop, "-m", "autograde_tests", "--json", cwd=tmp_path))
    states = {part["name"]: part["state"] for part in table[LESSON]["parts"]}
    assert [states[name] for name in ("momentum", "nesterov", "nesterov_lookahead")] == [
        *("begun", "not written", "done")
    ]


def test_the_laptop_has_no_grader(laptop, unpacked):
    """Does the environment of the test above hold the two packages alone, and those from the wheel?"""
    script = (
        "import importlib.util as u, course_lib, autograde_tests, importlib.metadata as m;"
        "assert u.find_spec('autograder') is None; assert '.venv' in course_lib.__file__;"
        "from autograde_tests.engine import exercises;"
        "print(sum(bool(e.misconceptions) for l in exercises.lessons() for e in exercises.of_lesson(l)));"
        "print(m.version('optimization-course'))"
    )
    count, version = run(laptop, "-c", script, cwd=unpacked.parent).split()
    assert int(count) == sum(len(exercises.of_lesson(lesson)) for lesson in exercises.lessons())
    assert re.fullmatch(r"\d+\.\d+\.\d+\+e[0-9a-f]{8}", version)


def test_it_says_in_five_lines_how_to_begin(handout, unpacked):
    """Has each of the five places five steps, with the names of the files that are there?"""
    text = (unpacked / "START_HERE.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (.+?)\n\n((?:\d\. .*\n)+)", text, re.MULTILINE))
    places = ["Windows", "macOS", "Linux", "A hub (JupyterHub)"]
    assert list(sections)[:4] == places and "hosted notebook service" in list(sections)[4]
    assert all(re.findall(r"^(\d)\.", steps, re.MULTILINE) == list("12345") for steps in sections.values())
    assert all(handout.wheel.name in steps for steps in sections.values())
    assert handout.archive.name in sections["A hub (JupyterHub)"] and "$" not in text
    assert not re.search(r"\bmake\b|gcc|git clone", text)


def test_the_same_course_gives_the_same_bytes(tmp_path, monkeypatch):
    """Are zip and wheel equal when made again elsewhere, and of another name when anything differs?"""
    monkeypatch.delenv("SOURCE_DATE_EPOCH", raising=False)
    course = courses.find(ROOT)
    one, two = (handouts.make(course, [LESSON], tmp_path / name) for name in ("one", "two"))
    assert one.archive.name == two.archive.name and one.archive.read_bytes() == two.archive.read_bytes()
    assert one.wheel.name == two.wheel.name and one.wheel.read_bytes() == two.wheel.read_bytes()
    for path in (one.archive, one.wheel):
        with zipfile.ZipFile(path) as archive:
            assert {entry.date_time for entry in archive.infolist()} == {(2020, 2, 2, 0, 0, 0)}
    later = handouts.make(course, [LESSON], tmp_path / "one", due={LESSON: DUE})
    assert later.edition != one.edition and later.wheel.name == one.wheel.name


def test_a_header_is_a_cell_of_its_own_where_it_is_asked_for(unpacked):
    """Does a lesson begin with the course's name, and with the deadline where it has one?"""
    first = {name: reading.read(path)["cells"][0] for name, path in reading.lessons_in(unpacked).items()}
    assert first[LESSON]["source"] == f"**Kurs ü** · due {DUE}"
    assert first["05_ewma"]["source"] == "**Kurs ü**"
    assert not any(reading.marks(cell) for cell in first.values())


def test_what_is_made_from_it_is_graded_as_ever(tmp_path, monkeypatch):
    """Do the same answers, handed in from the handout and from the plain release, earn the same?"""
    classroom = Classroom(tmp_path / "course")
    monkeypatch.setenv("PATH", os.pathsep.join([str(Path(python()).parent), os.environ["PATH"]]))
    release(classroom.directory, LESSON)
    (classroom.directory / "solutions" / LESSON / "table.csv").write_text("1,2\n")
    course = courses.find(classroom.directory)
    made = handouts.make(course, [LESSON], tmp_path / "out", course_name="Kurs ü", due={LESSON: DUE})
    with zipfile.ZipFile(made.archive) as archive:
        inside = f"optimization-course/notebooks/{LESSON}"
        notebook = json.loads(archive.read(f"{inside}/{LESSON}.ipynb"))
        assert archive.read(f"{inside}/table.csv") == b"1,2\n"
    wrong = {"momentum-answer": source_as(exercises.find("momentum").misconceptions[0].function, "momentum")}
    plain = json.loads(classroom.submit("ada", wrong).read_text())
    sources = {cell["id"]: cell["source"] for cell in plain["cells"]}
    for cell in notebook["cells"]:
        cell["source"] = sources.get(cell["id"], cell["source"])
    classroom.submit("Zoë van Dyk", raw=json.dumps(notebook).encode())
    summary = rounds.grade(course, [LESSON])
    scores = classroom.scores()
    assert scores["ada"] == scores["Zoë van Dyk"] and 0 < scores["ada"]["momentum"] < 4
    assert not summary.notes and not summary.faults


def test_the_command_makes_it_and_says_where(tmp_path, capsys):
    """Are left-out lessons left out, and is a lesson that is none refused in a sentence?"""
    out = ["--course", str(ROOT), "--out", str(tmp_path / "out"), "--json"]
    asked = [
        "handout",
        "05_ewma",
        LESSON,
        "--without",
        "05_ewma",
        "--due",
        "tomorrow",
        "--due",
        f"{LESSON}=today",
    ]
    assert command.main([*asked, *out]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["lessons"] == [LESSON]
    with zipfile.ZipFile(said["archive"]) as archive:
        lesson = json.loads(archive.read(f"optimization-course/notebooks/{LESSON}/{LESSON}.ipynb"))
    assert lesson["cells"][0]["source"] == ["due today"]
    for wrong in (
        ["06_momentun"],
        ["--without", "06_momentun"],
        ["--due", "06=today"],
        [LESSON, "--without", LESSON],
    ):
        assert command.main(["handout", *wrong, *out]) == 2
    assert "did you mean 06_momentum?" in capsys.readouterr().err


def test_a_lesson_that_cannot_be_released_stops_it_in_a_sentence(tmp_path, capsys):
    """Is a solution without its end refused, and no zip left?"""
    classroom = Classroom(tmp_path / "course")
    path = classroom.directory / "solutions" / LESSON / f"{LESSON}.ipynb"
    path.write_text(path.read_text().replace("### END SOLUTION", "### THE END"))
    out = tmp_path / "out"
    assert command.main(["handout", "--course", str(classroom.directory), "--out", str(out)]) == 2
    assert f"{LESSON} cannot be released" in capsys.readouterr().err
    assert not out.exists()


def test_inert_names_are_all_that_a_lesson_imports(tmp_path):
    """Would a sealed worker import every public name, whatever a lesson's first cell takes?"""
    from autograder.sealing import sandboxes

    sandboxes.furnish(tmp_path, ["momentum"])
    script = (
        "from autograde_tests import CheckFailed, check, grade, progress; print(progress()._repr_html_())"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert "inert" in done.stdout.lower() and np.size(done.stdout)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="follows what is said for Linux")
def test_what_it_says_for_linux_works(handout, tmp_path):
    """Do its commands, as they stand there, end in a JupyterLab that starts and lessons that are found?"""
    with zipfile.ZipFile(handout.archive) as archive:
        archive.extractall(tmp_path)
    unpacked = tmp_path / "optimization-course"
    text = (unpacked / "START_HERE.md").read_text(encoding="utf-8")
    steps = re.findall(r"^\d\. `(.+?)`", text.partition("## Linux")[2].partition("\n## ")[0], re.MULTILINE)
    away = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    told = ""
    for step in [*steps[:-1], f"{steps[-1]} --version", ".venv/bin/python -m autograde_tests"]:
        done = subprocess.run(step, shell=True, cwd=unpacked, env=away, capture_output=True, text=True)
        assert done.returncode == 0, f"{step}\n{done.stderr[-2000:]}"
        told = done.stdout
    assert len(steps) == 3 and "0 done" in told
