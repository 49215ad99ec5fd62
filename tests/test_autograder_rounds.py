"""A round of grading: who is done first is taken first, what decides is hashed, nothing else is touched."""

import dataclasses
import gc
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import nbformat
import pytest
from traitlets.config import Config

from autograder import __main__ as command
from autograder import errors
from autograder.books import courses, journals
from autograder.errors import LeftUngradedError
from autograder.marking import lessons
from autograder.marking.lessons import Lesson
from autograder.marking.submissions import Submission
from autograder.running import digests, local, rounds
from autograder.running.jobs import Failed, Grader, Job
from tests.classroom import LESSON, ROOT, Classroom, python, run
from tests.test_autograder_grade import FORGETS, FULL

SLOW, KILLED = "slow", "killed"


class Telling(Grader):
    """Marks nothing: tells in its reason what a judging process is like."""

    def attempt(self, job):
        """Return a `Failed` whose reason is process, memory limit, and number of signals ignored."""
        if job.student == SLOW:
            time.sleep(1.5)
        if job.student == KILLED:
            os.kill(os.getpid(), 9)
        return Failed(job.student, job.lesson, f"{os.getpid()} {resource.getrlimit(resource.RLIMIT_AS)[0]}")


def job(student):
    return Job(student, LESSON, Submission())


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    classroom = Classroom(tmp_path_factory.mktemp("rounds") / "course")
    classroom.release()
    classroom.submit("ada")
    classroom.submit("bob", {"momentum-answer": FORGETS})
    return classroom.directory


@pytest.fixture
def classroom(released, tmp_path, monkeypatch):
    monkeypatch.delenv("AUTOGRADER_SECRET", raising=False)
    shutil.copytree(released, tmp_path / "course")
    copy = Classroom.__new__(Classroom)
    copy.directory, copy.lessons = tmp_path / "course", (LESSON,)
    return copy


def grade(classroom, *options):
    return command.main(["grade", "--course", str(classroom.directory), *options])


def contents(folder):
    return {path: path.read_bytes() for path in Path(folder).rglob("*") if path.is_file()}


def test_a_slow_submission_stalls_nobody():
    """Do all others come back before the one that takes long, which was begun first?"""
    students = [SLOW, *(f"s{number}" for number in range(30))]
    order = [one.student for one in local.run(map(job, students), Telling({}, b""), workers=2)]
    assert sorted(order) == sorted(students)
    assert order[-1] == SLOW


@pytest.mark.parametrize("workers", [1, 2])
def test_even_one_alone_is_judged_in_a_process_with_limits(workers):
    """Is the judge another process than ours, with its own limit of memory, for one job too?"""
    with local.Judges(Telling({}, b""), workers) as judges:
        process, limit = judges.mark(job("ada")).reason.split()
    assert int(process) != os.getpid()
    assert int(limit) == local.MEMORY_OF_A_JUDGE
    assert resource.getrlimit(resource.RLIMIT_AS)[0] != local.MEMORY_OF_A_JUDGE


PINNED = []


def leaves_a_hole(grader):
    """Take a hundred MiB in small pieces and keep the last, for which the C library keeps all of it."""
    pieces = [bytes(2000) for _ in range(50_000)]
    PINNED.append(pieces[-1])


class LeavesAHole:
    """An answer that does it on its way, when it is sent."""

    def __reduce__(self):
        leaves_a_hole(None)
        return (int, ())


def sends_what_leaves_a_hole(grader):
    """Return such an answer."""
    return LeavesAHole()


def held(grader):
    """Return the bytes that the judging process has."""
    return local._held()


@pytest.mark.parametrize("large", [leaves_a_hole, sends_what_leaves_a_hole])
def test_what_a_large_value_took_is_given_back(large):
    """Does a judging process hold no more afterwards, though something small was made last and is kept?"""
    with local.Judges(None) as judges:
        before = judges.ask(held).result()
        judges.ask(large).result()
        judges.ask(held).result()
        assert judges.ask(held).result() - before < local.MUCH


def test_a_caller_finds_its_process_as_it_was():
    """Is nothing frozen for the caller's own collector, after a run?"""
    before = gc.get_freeze_count()
    list(local.run([job("ada")], Telling({}, b"")))
    assert gc.get_freeze_count() == before == 0


def test_a_killed_judge_is_no_verdict():
    with pytest.raises(LeftUngradedError, match="judging process was killed"):
        list(local.run([job(KILLED)], Telling({}, b"")))
    assert LeftUngradedError.exit_code == errors.LEFT_UNGRADED


def test_a_worker_with_another_library_refuses():
    result = Grader({}, b"", library="of another day").attempt(job("ada"))
    assert isinstance(result, Failed)
    assert "another version" in result.reason


def test_the_lessons_digest_is_of_its_content(tmp_path):
    """Does a changed data file change it, and a moved course not?"""
    lesson = Lesson(LESSON, {"cells": []}, ("i", ""), (), (), (), {}, {}, {"data.csv": b"1,2"})
    assert digests.of_lesson(lesson) == digests.of_lesson(dataclasses.replace(lesson))
    others = [dataclasses.replace(lesson, files={"data.csv": b"1,3"}), dataclasses.replace(lesson, files={})]
    others += [dataclasses.replace(lesson, rubrics={"essay": "new"})]
    assert digests.of_lesson(lesson) not in {digests.of_lesson(other) for other in others}


def test_files_beside_a_lesson_are_read_as_content(classroom):
    from nbgrader.api import Gradebook

    folder = classroom.directory / "solutions" / LESSON
    (folder / "data").mkdir()
    (folder / "data" / "wine.csv").write_bytes(b"1,2")
    (folder / ".ipynb_checkpoints").mkdir()
    (folder / ".ipynb_checkpoints" / "old.csv").write_bytes(b"0")
    with Gradebook(f"sqlite:///{classroom.directory / 'gradebook.db'}", "optimization") as gradebook:
        assert lessons.load(gradebook, LESSON, folder.parent).files == {"data/wine.csv": b"1,2"}


@pytest.mark.parametrize(
    ("changed", "regrades"),
    [
        ("marking/verdicts.py", True),
        ("sealing/inside/worker.py", True),
        ("demo/__main__.py", False),
        ("returning/pages.py", False),
        ("books/journals.py", False),
    ],
)
def test_what_decides_a_verdict_regrades_and_nothing_else(changed, regrades, tmp_path, monkeypatch):
    package = tmp_path / "autograder"
    shutil.copytree(ROOT / "autograder", package)
    monkeypatch.setattr(digests, "autograder", SimpleNamespace(__file__=str(package / "__init__.py")))
    before = digests.of_library.__wrapped__()
    with open(package / changed, "a") as file:
        file.write("# another word\n")
    assert (digests.of_library.__wrapped__() != before) == regrades


def test_another_secret_or_round_is_graded_again(classroom, monkeypatch, capsys):
    assert grade(classroom) == errors.GRADED
    assert "0 to grade, 2 unchanged" in said(classroom, capsys)
    monkeypatch.setenv("AUTOGRADER_ROUND", "2")
    assert "2 to grade, 0 unchanged" in said(classroom, capsys)


def said(classroom, capsys):
    capsys.readouterr()
    assert grade(classroom, "--dry-run") == errors.GRADED
    return capsys.readouterr().out


def test_a_dry_run_writes_nothing(classroom):
    """Is every file as it was, and is there none that was not, when something would be graded?"""
    before = contents(classroom.directory)
    assert grade(classroom, "--dry-run") == errors.GRADED
    assert contents(classroom.directory) == before


def test_without_a_gradebook_it_says_what_to_do(classroom, capsys):
    (classroom.directory / "gradebook.db").unlink()
    assert grade(classroom, "--dry-run") == errors.REFUSED
    assert "nbgrader generate_assignment" in capsys.readouterr().err
    assert not (classroom.directory / "gradebook.db").exists()


def test_one_place_decides_on_the_secret(classroom, tmp_path):
    """With the gradebook elsewhere, do both routes draw the numbers from one secret, beside it?"""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.move(classroom.directory / "gradebook.db", elsewhere / "gradebook.db")
    with open(classroom.directory / "nbgrader_config.py", "a") as file:
        file.write(f'\nc.CourseDirectory.db_url = "sqlite:///{elsewhere / "gradebook.db"}"\n')
    assert grade(classroom, "--students", "ada") == errors.GRADED
    secret = (elsewhere / ".autograder-secret").read_text()
    classroom.run("nbgrader", "autograde", LESSON, "--student", "bob")
    assert (elsewhere / ".autograder-secret").read_text() == secret
    assert not (classroom.directory / ".autograder-secret").exists()
    entries = {entry.student: entry for entry in journals.entries(elsewhere)}
    assert (entries["ada"].route, entries["bob"].route) == ("autograder", "nbgrader")
    theirs = {"submission", "file"}
    decides = {name: digest for name, digest in entries["ada"].digests.items() if name not in theirs}
    assert decides.items() <= entries["bob"].digests.items()
    assert grade(classroom, "--json") == errors.GRADED
    assert len(list(journals.entries(elsewhere))) == 2, "what the other route has graded is graded already"


def test_a_hostile_time_stamp_costs_nobody_the_round(classroom, capsys):
    folder = classroom.directory / "submitted" / "ada" / LESSON
    (folder / "timestamp.txt").write_text("2020-01-01 00:00:00 /proc/self/mem")
    assert grade(classroom) == errors.GRADED
    assert sum(classroom.scores()["ada"][name] for name in FULL) == sum(FULL.values())
    classroom.run("nbgrader", "autograde", LESSON, "--force", check=False)
    assert classroom.scores()["bob"]["momentum"] == 1.6


@pytest.mark.parametrize(
    "text", ["", "soon", "2026-03-01", "2026-13-01 10:00:00", "2026-03-01 10:00:00 CET", "9" * 1000, "\0"]
)
def test_a_time_stamp_of_another_form_is_none(text):
    assert courses.moment(text) is None


def test_what_cannot_be_read_by_a_fault_of_ours_ends_no_round(classroom, monkeypatch, capsys):
    read = rounds.read

    def faulty(course, student, *more):
        if student == "ada":
            raise OSError("Input/output error")
        return read(course, student, *more)

    monkeypatch.setattr(rounds, "read", faulty)
    assert grade(classroom) == errors.LEFT_UNGRADED
    assert "ada, 06_momentum: it could not be read" in capsys.readouterr().out
    assert set(classroom.scores()) == {"bob"}


def test_a_full_disk_loses_nothing(classroom, monkeypatch, capsys):
    """Is a notebook that cannot be written no end of the round, and what was there still there?"""
    assert grade(classroom) == errors.GRADED
    before = contents(classroom.directory / "autograded")

    def full(*given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert grade(classroom, "--force") == errors.LEFT_UNGRADED
    monkeypatch.undo()
    assert "cannot be written" in capsys.readouterr().out
    assert contents(classroom.directory / "autograded") == before
    assert grade(classroom) == errors.GRADED


def test_the_marks_that_a_course_has_chosen_are_honoured():
    config = Config()
    config.ClearHiddenTests.begin_test_delimeter = "VERSTECKT AN"
    config.ClearHiddenTests.end_test_delimeter = "VERSTECKT AUS"
    config.ClearSolutions.begin_solution_delimeter = "ANTWORT AN"
    config.ClearSolutions.end_solution_delimeter = "ANTWORT AUS"
    marks = lessons.Marks(config)
    assert marks.released("check(f)\n# VERSTECKT AN\ngrade(f)\n# VERSTECKT AUS") == "check(f)"
    assert marks.model_answer("Why?\n### ANTWORT AN\nSo.\n### ANTWORT AUS") == "So."
    assert lessons.Marks().model_answer("### BEGIN MARK SCHEME\n2: so.\n### END MARK SCHEME") == "2: so."


def test_reading_a_course_changes_nothing(classroom):
    """Are the environment, the temporary folder and the modules as they were?"""
    before = dict(os.environ), sorted(os.listdir(tempfile.gettempdir()))
    courses.find(classroom.directory)
    assert (dict(os.environ), sorted(os.listdir(tempfile.gettempdir()))) == before
    assert [name for name, module in sys.modules.items() if module is None and "rfc" in name] == []


def test_grading_leaves_the_temporary_folder_as_it_was(classroom, tmp_path):
    room = tmp_path / "temporary"
    room.mkdir()
    classroom.run("autograder", "grade", TMPDIR=str(room))
    classroom.run("nbgrader", "autograde", LESSON, "--force", TMPDIR=str(room))
    classroom.run("nbgrader", "generate_feedback", LESSON, TMPDIR=str(room))
    assert os.listdir(room) == []


def test_validating_leaves_no_kernel_behind(classroom):
    """Is the folder that a kernel talks in gone with it?"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1 + 1")])
    path = classroom.directory / "one.ipynb"
    nbformat.write(notebook, path)
    with tempfile.TemporaryDirectory() as room:  # a socket's path must be short, and pytest's folders are not
        said = run(classroom.directory, "nbgrader", "validate", str(path), TMPDIR=room).stdout
        assert "passes all the tests" in said
        assert os.listdir(room) == []


@pytest.mark.slow
def test_the_demo_leaves_the_temporary_folder_as_it_was(tmp_path):
    room = tmp_path / "temporary"
    room.mkdir()
    demo = [python(), "-m", "autograder.demo", "--students", "4", "--folder", str(tmp_path / "demo")]
    environment = {**os.environ, "TMPDIR": str(room)}
    subprocess.run(demo, cwd=ROOT, env=environment, check=True, capture_output=True)
    assert os.listdir(room) == []


def test_pages_load_no_script(classroom):
    """Is there no script in a feedback page, nor in Formgrader's, as its extension sets itself up?"""
    from nbconvert.exporters import HTMLExporter
    from nbgrader.server_extensions.formgrader.formgrader import FormgradeExtension

    assert grade(classroom) == errors.GRADED
    classroom.run("nbgrader", "generate_feedback", LESSON)
    page = (classroom.directory / "feedback" / "bob" / LESSON / f"{LESSON}.html").read_text()
    assert "<script" not in page.lower()
    extension = FormgradeExtension()
    extra = extension.build_extra_config()
    extra.merge(courses.find(classroom.directory).config)  # as its `initialize` does
    graded = classroom.directory / "autograded" / "bob" / LESSON / f"{LESSON}.ipynb"
    exporter = HTMLExporter(config=extra)
    assert [path for path in exporter.template_paths if "autograder" in path] != []
    source, _, _ = exporter.environment.loader.get_source(exporter.environment, "mathjax.html.j2")
    assert "<script" not in source
    assert json.loads(graded.read_text())["cells"]


def test_the_lock_does_not_last_as_long_as_a_process_that_was_forked_meanwhile(tmp_path):
    begun, tells = os.pipe()
    with journals.Journal(tmp_path):
        pid = os.fork()
        if not pid:
            os.write(tells, b"!")
            time.sleep(60)
            os._exit(0)
        os.read(begun, 1)
    try:
        with journals.Journal(tmp_path):
            pass
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(begun)
        os.close(tells)
