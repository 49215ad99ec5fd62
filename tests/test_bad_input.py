"""What nobody can help: no scheduler, a full disk, a wrong clock. A sentence each, and nothing is lost."""

import itertools
import multiprocessing
import os
import random
import shutil
import subprocess
import time

import pytest

from autograder import __main__ as command
from autograder import errors
from autograder.books import journals
from autograder.errors import LeftUngradedError
from autograder.marking.submissions import Submission
from autograder.running import local
from autograder.running.jobs import Job
from autograder.sealing import sandboxes
from autograder.sealing.remote import RemoteAnswerer
from tests.classroom import LESSON, Classroom
from tests.cluster import until
from tests.test_autograder_grade import FORGETS, notebooks, rows
from tests.test_autograder_rounds import KILLED, Telling

STUDENTS = 8
KILOBYTE = 1024


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A class, and beside it the same graded in peace."""
    room = Classroom(tmp_path_factory.mktemp("bad") / "course")
    room.release()
    for number in range(STUDENTS):
        room.submit(f"s{number}", {"momentum-answer": FORGETS} if number % 2 else {})
    undisturbed = shutil.copytree(room.directory, room.directory.with_name("undisturbed"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADER_SECRET", "a secret of the tests")
        assert grade(undisturbed) == errors.GRADED
    return room.directory


@pytest.fixture
def course(released, tmp_path, monkeypatch):
    monkeypatch.setenv("AUTOGRADER_SECRET", "a secret of the tests")
    return shutil.copytree(released, tmp_path / "course")


def grade(course, *options):
    return command.main(["grade", "--course", str(course), *options])


def ends_as_undisturbed(course, released):
    """Grade what is left; are the books as if nothing had been?"""
    assert grade(course) == errors.GRADED
    other = released.with_name("undisturbed")
    assert rows(course) == rows(other)
    assert notebooks(course) == notebooks(other)
    lines = [entry.student for entry in journals.entries(course)]
    assert sorted(lines) == [f"s{number}" for number in range(STUDENTS)]


def one_sentence(told):
    """Return what was said: one line."""
    [line] = told.strip().splitlines()
    assert line.startswith("Nothing more was done: ")
    return line


# Nobody there


def test_without_a_scheduler_nothing_is_lost(course, released, monkeypatch, capsys):
    from autograder.running import cluster

    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 0.4)
    assert grade(course, "--scheduler", "tcp://127.0.0.1:1") == errors.REFUSED
    assert "no scheduler answers at tcp://127.0.0.1:1" in one_sentence(capsys.readouterr().err)
    assert list(journals.entries(course)) == []
    ends_as_undisturbed(course, released)


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        (lambda path: path.write_bytes(b"this is no database" * 100), "file is not a database"),
        (lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]), "malformed"),
        pytest.param(lambda path: path.write_bytes(b""), "does not know the lesson", marks=pytest.mark.slow),
    ],
)
def test_a_gradebook_that_is_damaged_is_a_sentence(course, capsys, harm, words):
    """Is nothing graded, and is what may yet be rescued of it left as it is?"""
    path = course / "gradebook.db"
    harm(path)
    before = path.read_bytes()
    assert grade(course) == errors.REFUSED
    assert words in one_sentence(capsys.readouterr().err)
    assert list(journals.entries(course)) == [] and not (course / "autograded").exists()
    assert path.read_bytes() == before or not before


# A process that is killed


@pytest.mark.parametrize(
    "calls", [30, 44, *(pytest.param(calls, marks=pytest.mark.slow) for calls in range(20, 80, 3))]
)
def test_a_sealed_parent_that_is_killed_costs_nobody_anything(course, released, monkeypatch, calls):
    """Killed before any call of a submission, is all of it judged again at once, and recorded once?"""
    call, counted, killed = RemoteAnswerer.call, itertools.count(), course / "killed"

    def counting(answerer, *about):
        if next(counted) == calls:
            answerer._sandbox._process.kill()
            answerer._sandbox._process.wait()
            killed.touch()
        return call(answerer, *about)

    with monkeypatch.context() as patch:
        patch.setattr(RemoteAnswerer, "call", counting)
        assert grade(course, "--workers", "1", "--students", "s0", "s1") == errors.GRADED
    assert killed.exists()
    assert {item.ended for entry in journals.entries(course) for item in entry.items} == {"ok", "wrong"}
    ends_as_undisturbed(course, released)


def test_a_judge_that_is_killed_before_the_next_submission_is_handed_to_it_is_a_sentence():
    """Is it the same sentence as for one that is killed at work?"""
    others = set(multiprocessing.active_children())

    def jobs():
        yield Job(KILLED, LESSON, Submission())
        until(lambda: others.issuperset(multiprocessing.active_children()), "the end of the judge")
        yield Job("ada", LESSON, Submission())

    with pytest.raises(LeftUngradedError, match="judging process was killed"):
        list(local.run(jobs(), Telling({}, b"")))


# A clock that jumps


def test_a_clock_that_jumps_back_and_forth_loses_nothing(course, released, monkeypatch):
    """Is the class graded once, and then unchanged, although each look at the clock tells another century?"""
    rng, gmtime = random.Random(3), time.gmtime
    monkeypatch.setattr(time, "time", lambda: rng.uniform(0, 4e9))
    monkeypatch.setattr(time, "gmtime", lambda *seconds: gmtime(*seconds or [rng.uniform(0, 4e9)]))
    assert grade(course, "--students", "s0", "s1") == errors.GRADED
    assert len({entry.time for entry in journals.entries(course)}) > 1
    ends_as_undisturbed(course, released)


@pytest.mark.parametrize("now", [0.0, 4e9])
def test_a_wrong_clock_removes_nothing_of_a_grader_at_work(now, tmp_path, monkeypatch):
    """Does what a living grader has in the temporary folder stay, when the hour seems to be over?"""
    monkeypatch.setattr(sandboxes.tempfile, "tempdir", str(tmp_path))
    room = tmp_path / f"{sandboxes.ROOM}{os.getpid()}-x"
    room.mkdir()
    monkeypatch.setattr(time, "time", lambda: now)
    sandboxes.remove_rooms_of_the_dead()
    assert room.exists()


# A full disk


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 8 MiB of its own."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(disk)]
    if os.geteuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("no disk can be mounted here: that needs root")
    yield disk
    subprocess.run(["umount", "--lazy", str(disk)], check=True)


def fill(disk, free):
    """Leave so many bytes free; return the file that takes the others."""
    ballast, about = disk / "ballast", os.statvfs(disk)
    ballast.write_bytes(bytes(max(0, about.f_bavail * about.f_frsize - free)))
    return ballast


@pytest.mark.slow
@pytest.mark.parametrize("free", [0, 20, 150])
def test_a_full_disk_is_a_sentence_and_nothing_is_lost(released, small_disk, monkeypatch, capsys, free):
    """Whatever is written when the room is out: does the same command go on when there is room again?"""
    monkeypatch.setenv("AUTOGRADER_SECRET", "a secret of the tests")
    course = shutil.copytree(released, small_disk / "course")
    ballast = fill(small_disk, free * KILOBYTE)
    assert grade(course) == errors.LEFT_UNGRADED
    told = capsys.readouterr()
    assert "No space left on device" in told.out or "is full" in one_sentence(told.err)
    recorded = len(list(journals.entries(course)))
    assert recorded < STUDENTS
    ballast.unlink()
    ends_as_undisturbed(course, released)


@pytest.mark.slow
def test_a_disk_that_is_full_between_gradebook_and_journal_costs_nothing(
    released, small_disk, monkeypatch, capsys
):
    """Is what the journal could not take graded again, into the same rows, with one line of each?"""
    monkeypatch.setenv("AUTOGRADER_SECRET", "a secret of the tests")
    course, append = shutil.copytree(released, small_disk / "course"), journals.Journal.append

    def too_late(journal, *new):
        fill(small_disk, 0)
        append(journal, *new)

    with monkeypatch.context() as patch:
        patch.setattr(journals.Journal, "append", too_late)
        assert grade(course, "--workers", "1") == errors.LEFT_UNGRADED
    line = one_sentence(capsys.readouterr().err)
    assert "the journal takes nothing more: No space left on device" in line
    assert rows(course)[0]
    (small_disk / "ballast").unlink()
    ends_as_undisturbed(course, released)


@pytest.mark.slow
def test_a_temporary_folder_that_is_full_is_a_sentence(course, released, small_disk, monkeypatch, capsys):
    monkeypatch.setattr(sandboxes.tempfile, "tempdir", str(small_disk))
    ballast = fill(small_disk, 0)
    assert grade(course) == errors.REFUSED
    assert "No space left on device" in one_sentence(capsys.readouterr().err)
    ballast.unlink()
    ends_as_undisturbed(course, released)
