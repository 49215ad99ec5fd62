"""nbgrader's exchange: a lesson is released, fetched, handed in, collected, and its feedback comes back."""

import os
import pwd
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest

from autograde_tests.engine import exercises
from autograder import __main__ as command
from autograder import errors
from autograder.books import courses
from tests.classroom import LESSON, Classroom, nbgrader_command, solution_of

FORGETS = """\
def momentum(params, grads, state=None, *, lr, beta=0.9):
    state = (1 - beta) * grads
    return params - lr * state, state
"""
CONFIGURATION = """
from pathlib import Path

c = get_config()
c.CourseDirectory.course_id = "optimization"
c.Exchange.root = str(Path(__file__).parents[1] / "exchange")
"""
TOLD_BOB = "is not written yet"
TOLD_ADA = "The old velocity is missing"


class Room:
    """A machine on which a course, its exchange and the students' homes lie side by side.

    Args:
        directory: Where they lie; `Path(__file__)` in the configurations keeps a copy of it together.
    """

    def __init__(self, directory):
        self.directory = Path(directory)
        self.course = Classroom.__new__(Classroom)
        self.course.directory, self.course.lessons = self.directory / "course", (LESSON,)

    def nbgrader(self, student, *arguments):
        """Run nbgrader as a student: another home, another folder, no configuration of the course's."""
        home = self.directory / student
        nbgrader_command(home, *arguments, HOME=str(home), JUPYTER_DATA_DIR=str(home / ".jupyter-data"))

    def inbound(self, student):
        """Return what the exchange holds of a student, oldest first."""
        return sorted((self.directory / "exchange" / "optimization" / "inbound").glob(f"{student}+*"))

    def pages(self, student):
        """Return the feedback pages in a student's own folder, the one of the oldest submission first."""
        folder = self.directory / student / LESSON / "feedback"
        return [path.read_text() for path in sorted(folder.glob(f"*/{LESSON}.html"))]


def write_answers(path, answers):
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = answers.get(grade_id, cell.source)
    nbformat.write(notebook, path)


@pytest.fixture(scope="module")
def handed_in(tmp_path_factory):
    """A room in which ada has handed in twice, bob once and mallory by hand; nothing is collected."""
    directory = tmp_path_factory.mktemp("exchange")
    (directory / "exchange").mkdir(mode=0o777)
    (directory / "exchange").chmod(0o777)
    course = Classroom(directory / "course")
    with open(course.directory / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write(CONFIGURATION)
    course.nbgrader("generate_assignment", LESSON)
    course.nbgrader("release_assignment", LESSON)
    room = Room(directory)
    right = {f"{exercise.name}-answer": solution_of(exercise) for exercise in exercises.of_lesson(LESSON)}
    for student, handed in {"ada": [{}, {**right, "momentum-answer": FORGETS}], "bob": [{}]}.items():
        home = directory / student
        home.mkdir()
        own = f'{CONFIGURATION}c.CourseDirectory.student_id = "{student}"\n'
        (home / "nbgrader_config.py").write_text(own, encoding="utf-8")
        room.nbgrader(student, "fetch_assignment", LESSON)
        for answers in handed:
            write_answers(home / LESSON / f"{LESSON}.ipynb", answers)
            room.nbgrader(student, "submit", LESSON)
    hand_in_by_hand(room)
    return directory


def hand_in_by_hand(room):
    """Put into the exchange what no `nbgrader submit` would write: forged and linked."""
    folder = room.inbound("bob")[0].with_name(f"mallory+{LESSON}+1999-01-01 00:00:00.000000 UTC+x")
    (folder / "timestamp.txt").mkdir(parents=True)
    shutil.copy(room.directory / "bob" / LESSON / f"{LESSON}.ipynb", folder)
    (folder / "submission_secret.txt").symlink_to(room.inbound("ada")[1] / "submission_secret.txt")
    (folder / "diary.txt").symlink_to(room.course.directory / "nbgrader_config.py")


@pytest.fixture
def room(handed_in, tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRADER_SECRET", "a secret of the tests")
    shutil.copytree(handed_in, tmp_path / "room", symlinks=True)
    return Room(tmp_path / "room")


def by_autograder(room):
    room.course.nbgrader("collect", LESSON)
    for step in ("grade", "feedback"):
        arguments = ["--course", str(room.course.directory), "--workers", "1"]
        assert command.main([step, *arguments]) == errors.GRADED
    room.course.nbgrader("release_feedback", LESSON)


def by_nbgrader(room):
    """Type the commands, each in an interpreter of its own."""
    for step in ("collect", "autograde", "generate_feedback", "release_feedback"):
        room.course.run("nbgrader", step, LESSON)


def by_formgrader(room):
    """Press the buttons of Formgrader's pages, in their order."""
    from nbgrader.apps import NbGraderAPI

    found = courses.find(room.course.directory)
    api = NbGraderAPI(found.directory, config=found.config)
    assert api.exchange_is_functional
    pressed = [api.collect(LESSON)]
    pressed += [api.autograde(LESSON, student) for student in sorted(api.get_submitted_students(LESSON))]
    pressed += [api.generate_feedback(LESSON), api.release_feedback(LESSON)]
    assert [one for one in pressed if not one["success"]] == []


ROUTES = [by_autograder, by_formgrader, pytest.param(by_nbgrader, marks=pytest.mark.slow)]


@pytest.mark.parametrize("route", ROUTES)
def test_from_release_to_the_page_in_the_students_own_folder(room, route):
    """Does each student get the page of the submission that was graded, and no other?"""
    route(room)
    for student in ("ada", "bob"):
        room.nbgrader(student, "fetch_feedback", LESSON)
    [ada], [bob] = room.pages("ada"), room.pages("bob")
    assert TOLD_ADA in ada
    assert TOLD_BOB not in ada
    assert TOLD_BOB in bob
    assert TOLD_ADA not in bob
    [dated] = (room.directory / "ada" / LESSON / "feedback").iterdir()
    assert dated.name == room.inbound("ada")[1].name.split("+")[2]


def test_the_page_of_a_later_submission_comes_beside_the_earlier_ones(room):
    """Are a third submission's collecting, grading and feedback on top of the second's as they should be?"""
    by_autograder(room)
    notebook = room.directory / "ada" / LESSON / f"{LESSON}.ipynb"
    write_answers(notebook, {"momentum-answer": solution_of(exercises.find("momentum"))})
    room.nbgrader("ada", "submit", LESSON)
    room.course.nbgrader("collect", LESSON, "--update")
    room.course.run("autograder", "grade", LESSON)
    room.course.nbgrader("generate_feedback", LESSON)
    room.course.nbgrader("release_feedback", LESSON)
    room.nbgrader("ada", "fetch_feedback", LESSON)
    second, third = room.pages("ada")
    assert TOLD_ADA in second
    assert TOLD_ADA not in third
    assert room.course.scores()["ada"]["momentum"] == exercises.find("momentum").points


def test_the_collector_believes_nothing_that_the_folder_says_of_itself(room):
    """Are time and secret of a folder that was made by hand not the student's, and no one's page replaced?"""
    room.course.nbgrader("collect", LESSON)
    submitted = {path.name: path / LESSON for path in (room.course.directory / "submitted").iterdir()}
    assert set(submitted) == {"ada", "bob", "mallory"}
    assert not (submitted["mallory"] / "diary.txt").exists()
    about = os.lstat(submitted["mallory"] / "timestamp.txt")
    assert (submitted["mallory"] / "timestamp.txt").read_text()[:4] != "1999"
    assert about.st_size < 100
    secrets = {name: (folder / "submission_secret.txt").read_text() for name, folder in submitted.items()}
    assert len(set(secrets.values())) == 3
    assert len(secrets["mallory"]) == len(secrets["ada"])
    assert secrets["ada"] == (room.inbound("ada")[1] / "submission_secret.txt").read_text()


def folder_of(room, name, *, answers=None):
    """Put a folder into the exchange by hand, with a lesson in it; return it."""
    folder = room.inbound("bob")[0].with_name(name)
    folder.mkdir()
    shutil.copy(room.directory / "bob" / LESSON / f"{LESSON}.ipynb", folder)
    if answers:
        write_answers(folder / f"{LESSON}.ipynb", answers)
    return folder


def collected(room):
    """Collect; return student → folder."""
    room.course.nbgrader("collect", LESSON)
    folders = (room.course.directory / "submitted").glob(f"*/{LESSON}")
    return {folder.parent.name: folder for folder in folders}


def test_a_link_in_place_of_a_folder_is_not_collected(room):
    """Is the instructor's own lesson, with its solutions, not collected as a student's answer?"""
    solutions = room.course.directory / "solutions" / LESSON
    later = f"+{LESSON}+2099-01-01 00:00:00.000000 UTC+x"
    for student in ("eve", "bob"):
        room.inbound("bob")[0].with_name(f"{student}{later}").symlink_to(solutions)
    found = collected(room)
    assert set(found) == {"ada", "bob", "mallory"}
    assert "YOUR ANSWER HERE" in (found["bob"] / f"{LESSON}.ipynb").read_text()


@pytest.mark.parametrize("name", [f"eve+{LESSON}+never+x", f"eve+{LESSON}+", f"+{LESSON}+2099-01-01+x"])
def test_a_name_that_was_made_up_stops_nobody(room, name):
    """Is all else collected?"""
    folder_of(room, name)
    assert set(collected(room)) == {"ada", "bob", "mallory"}


def test_a_folder_that_is_too_large_or_too_deep_stops_nobody(room):
    """Is all else collected?"""
    with open(room.course.directory / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write("c.CourseDirectory.max_dir_size = 1000\n")
    large = folder_of(room, f"eve+{LESSON}+2099-01-01 00:00:00.000000 UTC+x")
    with open(large / "large.bin", "wb") as file:
        file.truncate(2_000_000)
    deep = folder_of(room, f"dan+{LESSON}+2099-01-01 00:00:00.000000 UTC+x")
    place = os.getcwd()
    os.chdir(deep)
    for _ in range(600):
        os.mkdir("deeper")
        os.chdir("deeper")
    os.chdir(place)
    try:
        assert set(collected(room)) == {"ada", "bob", "mallory"}
    finally:
        subprocess.run(["rm", "-r", deep], check=True)  # too deep for pytest, which clears up


def test_a_link_that_takes_a_files_place_meanwhile_is_not_followed(room, monkeypatch):
    """Is what is opened looked at, and not what was there a moment earlier?"""
    folder = folder_of(room, f"eve+{LESSON}+2099-01-01 00:00:00.000000 UTC+x")
    notebook, walk = folder / f"{LESSON}.ipynb", os.fwalk

    def swapped(*arguments, **settings):
        for step in walk(*arguments, **settings):
            if f"{LESSON}.ipynb" in step[2] and not notebook.is_symlink():
                notebook.unlink()
                notebook.symlink_to(room.course.directory / "solutions" / LESSON / notebook.name)
            yield step

    monkeypatch.setattr(os, "fwalk", swapped)
    assert not (collected(room)["eve"] / notebook.name).exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file to somebody else")
def test_nobody_hands_in_for_somebody_else_where_accounts_are_the_systems(room):
    """With `owners_only`, is a folder its owner's alone, and a forged one in no true one's way?"""
    with open(room.course.directory / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write("c.Collect.owners_only = True\n")
    later = f"{LESSON}+2099-01-01 00:00:00.000000 UTC+x"
    genuine = folder_of(room, f"daemon+{LESSON}+2020-01-01 00:00:00.000000 UTC+x")
    os.chown(genuine, pwd.getpwnam("daemon").pw_uid, -1)
    (genuine / "genuine.txt").touch()
    folder_of(room, f"daemon+{later}")
    folder_of(room, f"games+{later}")
    found = collected(room)
    assert set(found) == {"daemon"}
    assert (found["daemon"] / "genuine.txt").exists()
