"""Running again: what has not changed is not looked into, and nothing that has changed is passed over."""

import json
import os
import shutil
import tracemalloc

import pytest

from autograder import __main__ as command
from autograder import errors
from autograder.books import journals
from autograder.books.journals import Entry
from autograder.marking import submissions
from tests.classroom import LESSON, Classroom
from tests.test_autograder_grade import FORGETS


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A class that is graded; copied for each test."""
    room = Classroom(tmp_path_factory.mktemp("rereading") / "course")
    room.release()
    room.submit("ada")
    room.submit("bob", {"momentum-answer": FORGETS})
    assert command.main(["grade", "--course", str(room.directory)]) == errors.GRADED
    return room.directory


@pytest.fixture
def course(graded, tmp_path):
    """A copy of the graded course."""
    return shutil.copytree(graded, tmp_path / "course")


@pytest.fixture
def work(course):
    """The notebook that Ada handed in."""
    return course / "submitted" / "ada" / LESSON / f"{LESSON}.ipynb"


def would_grade(course, capsys):
    """Return the students whose work would be graded now."""
    capsys.readouterr()
    assert command.main(["grade", "--course", str(course), "--dry-run", "--json"]) == errors.GRADED
    return [student for student, _ in json.loads(capsys.readouterr().out)]


def test_what_has_not_changed_is_not_looked_into(course, capsys, monkeypatch):
    """Is a class that is as it was told unchanged, with its hints, although no notebook can be parsed?"""
    monkeypatch.setattr(submissions, "parsed", None)
    assert command.main(["grade", "--course", str(course), "--json"]) == errors.GRADED
    told = json.loads(capsys.readouterr().out)
    assert (told["graded"], told["skipped"]) == (0, 2)
    assert told["hints"] == {"momentum: forgets_the_velocity": 1}


def test_a_change_that_keeps_size_and_times_is_seen(course, work, capsys):
    """Is other work of the same size and with the same times graded?"""
    before, text = work.stat(), work.read_text()
    work.write_text(text.replace("return", "raise ", 1))
    os.utime(work, ns=(before.st_atime_ns, before.st_mtime_ns))
    after = work.stat()
    assert work.read_text() != text
    assert (after.st_size, after.st_mtime_ns) == (before.st_size, before.st_mtime_ns)
    assert would_grade(course, capsys) == ["ada"]


@pytest.mark.parametrize("seconds", [0, 4_000_000_000])
def test_a_clock_that_jumps_changes_nothing(course, work, capsys, monkeypatch, seconds):
    """Is work from 1970 or 2096 unchanged, and a change that a wrong clock dates before the verdict seen?"""
    monkeypatch.setattr("time.time", lambda: float(seconds))
    os.utime(work, (seconds, seconds))
    assert would_grade(course, capsys) == []
    work.write_text(work.read_text().replace("return", "raise ", 1))
    os.utime(work, (seconds, seconds))
    assert would_grade(course, capsys) == ["ada"]


def test_the_line_that_was_written_last_counts_whatever_its_time(tmp_path):
    """Does a verdict whose clock was behind replace the one before it?"""
    lines = [Entry("ada", LESSON, notes=(year,), time=f"{year}-01-01T00:00:00Z") for year in ("2096", "1970")]
    with journals.Journal(tmp_path) as journal:
        journal.append(*lines)
    assert journals.newest(tmp_path)[LESSON, "ada"] == lines[-1]


def test_saving_it_again_is_no_other_work(course, work, capsys):
    """Is the same text with outputs unchanged, in other bytes?"""
    notebook = json.loads(work.read_text())
    notebook["metadata"]["saved"] = "again"
    work.write_text(json.dumps(notebook))
    assert would_grade(course, capsys) == []


@pytest.mark.parametrize("name", submissions.OF_THE_EXCHANGE)
def test_what_the_exchange_puts_beside_it_is_seen(course, work, capsys, name):
    """Is a submission graded again whose time of handing in is another, or its secret?"""
    (work.parent / name).write_text("2026-03-02 10:00:00 UTC")
    assert would_grade(course, capsys) == ["ada"]


def test_another_name_is_seen(course, work, capsys):
    """Is a submission graded again that has the same bytes under another name, of which its owner is told?"""
    work.rename(work.with_name("mine.ipynb"))
    assert would_grade(course, capsys) == ["ada"]


def test_a_graded_notebook_that_is_gone_is_written_again(course, capsys):
    (course / "autograded" / "ada" / LESSON / f"{LESSON}.ipynb").unlink()
    assert would_grade(course, capsys) == ["ada"]


def test_a_journal_from_before_bytes_were_hashed_is_believed(course, capsys):
    """Is a class unchanged that was graded when the journal had no digest of the file?"""
    path = course / journals.FOLDER / journals.FILE
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    for line in lines:
        del line["digests"]["file"]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    assert would_grade(course, capsys) == []


# The journal, which is read a line at a time.


@pytest.mark.parametrize(
    "name", ["Ada", "Zoë van Dyk", 'Bobby "Tables"', "back\\slash", "line\nbreak", "\udcff", '"version": 1}']
)
def test_any_name_is_found_again(tmp_path, name):
    """Is the newest verdict on a student of any name what was written?"""
    first, second = (Entry(name, LESSON, {"submission": digest}) for digest in "ab")
    with journals.Journal(tmp_path) as journal:
        journal.append(first, Entry("other", LESSON), second)
    newest = journals.newest(tmp_path)
    assert newest[LESSON, name] == second and set(newest) == {(LESSON, name), (LESSON, "other")}
    assert newest == {(entry.lesson, entry.student): entry for entry in journals.entries(tmp_path)}


def test_a_long_journal_is_not_kept_in_memory(tmp_path):
    """Are 500 lines of 6 kB known by less than 1 kB each?"""
    with journals.Journal(tmp_path) as journal:
        journal.append(*(Entry(f"student{number}", LESSON, notes=("x" * 6000,)) for number in range(500)))
    tracemalloc.start()
    try:
        newest = journals.newest(tmp_path)
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert len(newest) == 500 and kept < 500 * 1000


@pytest.mark.parametrize("end", [30, 80, -3, -2])
def test_a_line_that_was_cut_short_leaves_the_one_before_it(tmp_path, end):
    """Does the earlier verdict count, wherever a crash has cut the later line?"""
    first, second = (Entry("ada", LESSON, {"submission": digest}) for digest in "ab")
    with journals.Journal(tmp_path) as journal:
        journal.append(first)
    with open(tmp_path / journals.FOLDER / journals.FILE, "ab") as file:
        file.write(second.line()[:end])
    with journals.Journal(tmp_path) as journal:
        journal.append(Entry("bob", LESSON))
    assert journals.newest(tmp_path)[LESSON, "ada"] == first


def test_a_line_with_a_hole_leaves_the_one_before_it(tmp_path):
    """Does the earlier verdict count where a crash has left zeros in the later line?"""
    first, second = (Entry("ada", LESSON, {"submission": digest * 64}) for digest in "ab")
    with journals.Journal(tmp_path) as journal:
        journal.append(first, second)
    path = tmp_path / journals.FOLDER / journals.FILE
    path.write_bytes(path.read_bytes().replace(b"b" * 64, bytes(64)))
    assert journals.newest(tmp_path)[LESSON, "ada"] == first


@pytest.mark.parametrize("damage", [b"\0", b"\xff", b'"'])
def test_a_line_that_is_damaged_in_its_middle_is_no_verdict(course, capsys, damage):
    """Is work graded again whose line cannot be read, and nobody else's?"""
    path = course / journals.FOLDER / journals.FILE
    first, second = path.read_bytes().splitlines(keepends=True)
    student = json.loads(first)["student"]
    middle = len(first) // 2
    path.write_bytes(first[:middle] + damage + first[middle + 1 :] + second)
    assert would_grade(course, capsys) == [student]
