"""The gradebook on a PostgreSQL server: the same rows and pages, and what comes of it when one refuses."""

import contextlib
import datetime
import io
import itertools
import json
import os
import random
import re
import shutil
import signal
import sys
import time
from pathlib import Path

import pytest
from nbgrader import api
from nbgrader.apps.api import NbGraderAPI
from sqlalchemy import event

from autograder import __main__ as command
from autograder import errors
from autograder.books import courses, indexes, journals
from autograder.books.ledgers import Ledger
from autograder.marking.marked import Marked
from autograder.running import rounds
from tests import large_class
from tests.classroom import LESSON, ROOT, Classroom
from tests.postgresql import PASSWORD, Server
from tests.test_autograder_grade import FORGETS, begin, end, hand_in, notebooks

SECRET = "a secret of the tests"
README = ROOT / "deploy" / "postgresql" / "README.md"
LISTS = {
    "get_assignments": (),
    "get_students": (),
    "get_notebooks": (LESSON,),
    "get_submissions": (LESSON,),
    "get_notebook_submissions": (LESSON, LESSON),
    "get_student_submissions": ("ada",),
    "get_student_notebook_submissions": ("ada", LESSON),
}
numbers = itertools.count()


@pytest.fixture(scope="module")
def server():
    with Server() as running:
        yield running


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def course(request, tmp_path):
    """A course of one lesson in an empty gradebook, without notebooks: what a ledger needs."""
    (tmp_path / "nbgrader_config.py").write_text(large_class.CONFIGURATION)
    if request.param == "postgresql":
        url = request.getfixturevalue("server").database(f"ledger{next(numbers)}")
        configure(tmp_path, url)
    found = courses.find(tmp_path)
    large_class.make_lesson(found.directory.db_url, LESSON)
    with opened(found) as gradebook:
        gradebook.add_task_cell("task", LESSON, LESSON, max_score=5, cell_type="markdown")
        gradebook.add_notebook("appendix", LESSON)
        gradebook.add_grade_cell("other", "appendix", LESSON, max_score=1, cell_type="code")
    return found


def configure(directory, url):
    """Say in a course's configuration where the gradebook is."""
    with open(Path(directory) / "nbgrader_config.py", "a") as file:
        file.write(f"\nc.CourseDirectory.db_url = {url!r}\n")


def opened(course):
    return api.Gradebook(course.directory.db_url, course.directory.course_id)


def rows(course):
    """Return all that the gradebook says about submissions."""
    with opened(course) as gradebook:
        return {
            submission.student_id: (
                submission.timestamp,
                {
                    notebook.name: (
                        notebook.late_submission_penalty,
                        {
                            grade.name: (grade.auto_score, grade.manual_score, grade.needs_manual_grade)
                            for grade in notebook.grades
                        },
                        {comment.name: comment.auto_comment for comment in notebook.comments},
                    )
                    for notebook in submission.notebooks
                },
            )
            for submission in gradebook.db.query(api.SubmittedAssignment)
        }


# The ledger, on both databases.

SCORES = {f"exercise{number}": float(number) for number in range(large_class.EXERCISES)} | {"essay": None}
ON_TIME, LATE = large_class.DUE - datetime.timedelta(1), large_class.DUE + datetime.timedelta(1)


def handed_in(student, timestamp=ON_TIME, scores=SCORES):
    return LESSON, student, timestamp, Marked((), "", scores, frozenset({"essay"}), ())


def test_a_batch_leaves_the_rows_that_its_submissions_leave_one_by_one(course):
    """Are new, known and late submissions, written together, as if each were written alone?"""
    course.config.LateSubmissionPlugin.penalty_method = "zero"
    batch = [handed_in("ada"), handed_in("bob", LATE), handed_in("cyd", None)]
    with Ledger(course) as ledger:
        for one in batch:
            assert ledger.record([one]) == [None]
        alone = rows(course)
        with opened(course) as gradebook:
            for student in ("ada", "bob", "cyd"):
                gradebook.remove_student(student)
        assert ledger.record(batch) == [None] * 3
        assert rows(course) == alone
        assert ledger.record(batch) == [None] * 3
        assert rows(course) == alone
    timestamp, pages = alone["bob"]
    penalty, grades, comments = pages[LESSON]
    assert (timestamp, penalty, alone["ada"][1][LESSON][0]) == (LATE, 10.0, None)
    assert {name: auto for name, (auto, _, _) in grades.items()} == {**SCORES, "task": None}
    assert {name for name, (*_, waits) in grades.items() if waits} == {"essay", "task"}
    assert {name for name, said in comments.items() if said} == {"essay"}
    assert pages["appendix"] == (None, {"other": (None, None, True)}, {})


def test_a_batch_takes_no_more_statements_than_two_submissions_do(course):
    """Does what is asked of the database, new or again, not grow with the submissions?"""
    told = []
    with Ledger(course) as ledger:
        event.listen(ledger.gradebook.engine, "before_cursor_execute", lambda *about: told.append(about[2]))
        ledger.record([handed_in("first")])  # what the lesson is, is read once
        counts = []
        for size in (2, 40):
            batch = [handed_in(f"student{size}.{number}", LATE) for number in range(size)]
            for _ in ("new", "again"):
                told.clear()
                assert ledger.record(batch) == [None] * size
                counts.append(len(told))
    assert counts[:2] == counts[2:]


def test_marks_given_by_hand_stay_and_ask_for_a_second_look(course):
    """Handed in again, is what a person gave kept, a task left alone, and the rest renewed?"""
    with Ledger(course) as ledger:
        ledger.record([handed_in("ada")])
        with opened(course) as gradebook:
            for name, points in (("exercise1", 2.5), ("task", 4.0)):
                grade = gradebook.find_grade(name, LESSON, LESSON, "ada")
                grade.manual_score, grade.needs_manual_grade = points, False
            gradebook.db.commit()
        ledger.record([handed_in("ada", scores=dict.fromkeys(SCORES, 1.0))])
    _, grades, _ = rows(course)["ada"][1][LESSON]
    assert grades["exercise1"] == (1.0, 2.5, True)
    assert grades["task"] == (None, 4.0, False)
    assert grades["exercise2"] == (1.0, None, False)


def test_an_exercise_that_a_lesson_gains_gets_its_points(course):
    """Is there a row for what was released after the first submission?"""
    with Ledger(course) as ledger:
        ledger.record([handed_in("ada")])
    with opened(course) as gradebook:
        gradebook.add_grade_cell("new", LESSON, LESSON, max_score=2, cell_type="code")
    with Ledger(course) as ledger:
        assert ledger.record([handed_in("ada", scores={**SCORES, "new": 2.0})]) == [None]
    assert rows(course)["ada"][1][LESSON][1]["new"] == (2.0, None, False)


def test_the_indexes_are_made_and_named(course, capsys, monkeypatch):
    """Does the doctor name what is missing, and create it when asked?"""
    monkeypatch.setattr("autograder.commands.doctor.sandboxes.Sandbox", contextlib.nullcontext)
    monkeypatch.setattr("autograder.commands.doctor.probe.examine", lambda sandbox: [])
    wanted = [f"{table}.{column}" for table, column in indexes.WANTED]
    assert command.main(["doctor", "--course", str(course.root)]) == errors.GRADED
    said = capsys.readouterr().out
    assert all(one in said for one in wanted)
    assert command.main(["doctor", "--fix", "--course", str(course.root)]) == errors.GRADED
    said = capsys.readouterr().out
    assert all(one in said for one in wanted)
    assert indexes.missing(course.directory.db_url) == []


# What is refused before any server is asked.


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql+psycopg://grader:hush@hush@db/optimization", "write @ as %40"),
        ("gradebook.db", "is no URL of a database"),
        ("postgresql+psycopg://grader:hush@db:hush/optimization", "is no URL of a database"),
        ("nothing://grader:hush@db/optimization", "nothing"),
    ],
)
def test_what_is_no_url_is_a_sentence_without_the_password(tmp_path, capsys, url, said):
    """Is nothing of a password repeated where the configuration is wrong?"""
    (tmp_path / "nbgrader_config.py").write_text(large_class.CONFIGURATION)
    (tmp_path / "solutions" / LESSON).mkdir(parents=True)
    (tmp_path / "solutions" / LESSON / f"{LESSON}.ipynb").touch()
    configure(tmp_path, url)
    assert command.main(["grade", LESSON, "--course", str(tmp_path)]) == errors.REFUSED
    told = capsys.readouterr().err
    assert said in told and "hush" not in told
    assert len(told.splitlines()) == 1


def test_without_the_driver_it_says_what_to_install(tmp_path, capsys, monkeypatch):
    (tmp_path / "nbgrader_config.py").write_text(large_class.CONFIGURATION)
    (tmp_path / "solutions" / LESSON).mkdir(parents=True)
    (tmp_path / "solutions" / LESSON / f"{LESSON}.ipynb").touch()
    configure(tmp_path, "postgresql+psycopg://grader@db/optimization")
    monkeypatch.setitem(sys.modules, "psycopg", None)
    assert command.main(["grade", LESSON, "--course", str(tmp_path)]) == errors.REFUSED
    told = capsys.readouterr().err
    assert "pip install" in told and "postgres" in told
    assert len(told.splitlines()) == 1


# A class on a server.


@pytest.fixture(scope="module")
def released(server, tmp_path_factory):
    """A course on the server and the same on SQLite, released and handed in; copied for each test."""
    kept = tmp_path_factory.mktemp("released")
    for kind in ("sqlite", "postgresql"):
        classroom = Classroom(kept / kind)
        with open(classroom.directory / "nbgrader_config.py", "a") as file:
            file.write('c.LateSubmissionPlugin.penalty_method = "zero"\n')
        if kind == "postgresql":
            configure(classroom.directory, server.database("released"))
        (classroom.directory / "students.csv").write_text(
            "id,first_name,last_name\nada,Ada,Lovelace\nbob,Bob,\nzoe,Zoé,abel\n"
        )
        for arguments in (
            ("generate_assignment", "*", "--force"),
            ("db", "assignment", "add", LESSON, "--duedate=2026-03-01"),
            ("db", "student", "import", "students.csv"),
            ("db", "student", "add", "eve", "--last-name=Abel"),
        ):
            classroom.nbgrader(*arguments)
        hand_in(classroom)
    return kept


@pytest.fixture
def room(server, released, tmp_path, monkeypatch):
    """Return a course of its own on the server."""
    monkeypatch.setenv("AUTOGRADER_SECRET", SECRET)
    monkeypatch.setattr(rounds, "RECORD_SECONDS", 0)  # one by one, so that there is a middle
    return machine(server, released, tmp_path / "course")


def machine(server, released, directory, name=None):
    """Copy the course, to a database of its own if none is named."""
    if name is None:
        name = f"course{next(numbers)}"
        server.sql(f"CREATE DATABASE {name} TEMPLATE released OWNER grader")
    shutil.copytree(released / "postgresql", directory, symlinks=True)
    configure(directory, server.url(name))
    return courses.find(directory)


def database(course):
    """Return the name of a course's database."""
    return re.search(r"/(\w+)\?", course.directory.db_url)[1]


def grade(course, *options):
    return command.main(["grade", "--course", str(course.root), *options])


def said(*arguments):
    """Run a command; return its exit status and what it printed."""
    with contextlib.redirect_stdout(io.StringIO()) as out, contextlib.redirect_stderr(io.StringIO()) as told:
        status = command.main(list(arguments))
    return status, out.getvalue(), told.getvalue()


def undisturbed(server, released, tmp_path):
    """Grade the class in peace; return its rows and notebooks."""
    other = machine(server, released, tmp_path / "undisturbed")
    assert grade(other) == errors.GRADED
    return rows(other), notebooks(other.root)


OF_THE_DAY = {"seconds", "folder", "written", "began"}


def plain(told):
    """Return what a command says, without what differs each time: when, how long, where, who came first."""
    if isinstance(told, dict):
        return {name: plain(value) for name, value in told.items() if name not in OF_THE_DAY}
    return sorted(map(plain, told), key=repr) if isinstance(told, list) else told


def through_everything(course):
    """Run a class through all commands; return what each has made."""
    root, made = Path(course.root), {}
    classroom = Classroom.__new__(Classroom)
    classroom.directory, classroom.lessons = root, (LESSON,)
    assert grade(course) == errors.GRADED
    classroom.submit("bob", {"momentum-answer": FORGETS, "nesterov-answer": None})
    classroom.nbgrader("autograde", LESSON, "--student", "bob", "--force")
    with opened(course) as gradebook:
        mark = gradebook.find_grade("essay", LESSON, LESSON, "ada")
        mark.manual_score, mark.needs_manual_grade = 2.0, False
        gradebook.db.commit()
    made["rows"], made["notebooks"] = rows(course), notebooks(root)
    where = ("--course", str(root))
    for name, arguments in {
        "again": ("grade", *where, "--json"),
        "rehearsed": ("grade", *where, "--json", "--dry-run", "--force"),
        "feedback": ("feedback", *where, "--json"),
        "report": ("report", *where, "--json"),
        "explained": ("explain", *where, "bob", LESSON),
        "similar": ("similar", *where, "--json"),
    }.items():
        status, out, _ = said(*arguments)
        made[name] = status, plain(json.loads(out)) if "--json" in arguments else out
    classroom.nbgrader("generate_feedback", LESSON, "--force")
    made["pages"] = {
        str(path.relative_to(root)): path.read_text() for path in sorted(root.glob("feedback/**/*.html"))
    }
    for exporter in ("CsvExport", "TotalsExport", "CanvasExport"):
        classroom.nbgrader("export", f"--exporter=autograder.hooks.export.{exporter}", "--to=to.csv")
        made[exporter] = (root / "to.csv").read_text()
    lists = NbGraderAPI(course.directory, config=course.config)
    for name, arguments in LISTS.items():
        found = getattr(lists, name)(*arguments)
        for each in found:
            for by_lot in ("id", "index"):
                each.pop(by_lot, None)
        made[name] = sorted(json.dumps(each, default=str, sort_keys=True) for each in found)
    return made


@pytest.mark.slow
def test_a_class_comes_out_the_same_on_both_databases(server, released, tmp_path, monkeypatch):
    """Are rows, pages, exports and lists the same, whatever the order in which a database sorts?"""
    monkeypatch.setenv("AUTOGRADER_SECRET", SECRET)
    shutil.copytree(released / "sqlite", tmp_path / "sqlite" / "course", symlinks=True)
    on_file = through_everything(courses.find(tmp_path / "sqlite" / "course"))
    on_server = through_everything(machine(server, released, tmp_path / "postgresql" / "course"))
    for name, made in on_file.items():
        assert on_server[name] == made, name
    assert len(on_file["pages"]) == len(on_file["rows"]) == 7


@pytest.mark.slow
def test_two_machines_with_one_gradebook_exclude_one_another(server, released, room, tmp_path, capsys):
    """With folders of their own, does only one grade, and is the lock free when the other is killed?"""
    other = machine(server, released, tmp_path / "other", database(room))
    ready, tells = os.pipe()
    pid = os.fork()
    if not pid:
        with other.journal():
            forked = os.fork()  # what it has started lives on, and must not keep the lock
            if forked:
                os.write(tells, str(forked).encode())
            time.sleep(600)
        os._exit(0)
    forked = int(os.read(ready, 20))
    try:
        for arguments in (["grade"], ["doctor", "--fix"]):
            assert command.main([*arguments, "--course", str(room.root)]) == errors.REFUSED
            assert "perhaps on another machine" in capsys.readouterr().err
        assert rows(room) == {}
        with pytest.raises(RuntimeError):
            Classroom.nbgrader(_classroom(room), "autograde", LESSON)
        assert rows(room)["ada"][1][LESSON][1]["momentum"] == (None, None, True)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    try:
        wait_for(lambda: not server.sql("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'"))
        assert grade(room) == errors.GRADED
    finally:
        os.kill(forked, signal.SIGKILL)


def _classroom(course):
    classroom = Classroom.__new__(Classroom)
    classroom.directory, classroom.lessons = Path(course.root), (LESSON,)
    return classroom


def wait_for(holds):
    for _ in range(300):
        if holds():
            return
        time.sleep(0.1)
    raise AssertionError("it never came about")


@pytest.mark.slow
def test_a_forked_process_neither_keeps_the_lock_nor_ends_it(server, room):
    """Is the lock there as long as its holder, whatever comes of a process that was forked meanwhile?"""
    begun, tells = os.pipe()
    with room.journal() as journal:
        for lives in (False, True):
            pid = os.fork()
            if not pid:
                journal.__exit__(None, None, None)
                os.write(tells, b"!")
                if lives:
                    time.sleep(600)
                os._exit(0)
            os.read(begun, 1)
            if not lives:
                os.waitpid(pid, 0)
        journal.append(journals.Entry("ada", LESSON))  # which asks the server for the lock
        holder = server.sql("SELECT pid FROM pg_locks WHERE locktype = 'advisory'")
    try:
        assert len(holder) == 1
        wait_for(lambda: not server.sql("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'"))
        with room.journal():
            pass
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


@pytest.mark.slow
def test_killed_at_any_moment_it_ends_as_if_it_had_not_been(server, released, room, tmp_path):
    expected, rng, interrupted = undisturbed(server, released, tmp_path), random.Random(7), 0
    for _ in range(12):
        pid = begin(room.root)
        time.sleep(rng.uniform(0, 3))
        os.kill(pid, signal.SIGKILL)
        interrupted += end(pid) == -signal.SIGKILL
        wait_for(lambda: not server.sql("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'"))
    assert interrupted
    assert grade(room) == errors.GRADED
    assert (rows(room), notebooks(room.root)) == expected


# What a server refuses, or what becomes of it meanwhile.


def after_the_second(monkeypatch, happens):
    """Let something happen when two submissions have been recorded."""
    append, counted = journals.Journal.append, itertools.count(1)

    def counting(journal, *new):
        append(journal, *new)
        if next(counted) == 2:
            happens()

    monkeypatch.setattr(journals.Journal, "append", counting)


def one_sentence(told):
    """Return what was said, one line without the password."""
    [line] = told.strip().splitlines()
    assert PASSWORD not in line and "Traceback" not in line
    return line


@pytest.mark.slow
def test_a_connection_that_is_cut_is_made_anew(server, released, room, tmp_path, monkeypatch):
    """When the gradebook's connection ends in mid-run, is all graded as if it had not?"""
    expected = undisturbed(server, released, tmp_path)
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{}' AND pid NOT IN "
    locks = "(SELECT pid FROM pg_locks WHERE locktype = 'advisory')"
    after_the_second(monkeypatch, lambda: server.sql(cut.format(database(room)) + locks))
    assert grade(room, "--workers", "1") == errors.GRADED
    assert (rows(room), notebooks(room.root)) == expected
    assert len(list(journals.entries(room.state))) == 7


@pytest.mark.slow
@pytest.mark.parametrize("ends", ["the lock's connection", "the server", "the disk's room"])
def test_what_ends_in_mid_run_stops_it_and_nothing_is_lost(
    server, released, room, tmp_path, monkeypatch, capsys, ends
):
    """Is it one sentence and exit status 1, and does the same command go on from there?"""
    expected, name = undisturbed(server, released, tmp_path), database(room)
    locks = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'"
    full = """CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'No space left on device' USING ERRCODE = 'disk_full'; END $$;
        CREATE TRIGGER full_disk BEFORE INSERT ON grade EXECUTE FUNCTION full_disk()"""
    happens, mended, words = {
        "the lock's connection": (lambda: server.sql(locks), lambda: None, "lock was lost"),
        "the server": (server.stop, server.start, "takes nothing more"),
        "the disk's room": (
            lambda: server.sql(full, name),
            lambda: server.sql("DROP TRIGGER full_disk ON grade", name),
            "No space left on device",
        ),
    }[ends]
    with monkeypatch.context() as patch:
        after_the_second(patch, happens)
        capsys.readouterr()
        assert grade(room, "--workers", "1") == errors.LEFT_UNGRADED
    mended()
    line = one_sentence(capsys.readouterr().err)
    assert words in line and "run the same command again" in line
    assert len(list(journals.entries(room.state))) == 2
    assert grade(room) == errors.GRADED
    assert (rows(room), notebooks(room.root)) == expected


def by_loopback(server, name, password):
    return f"postgresql+psycopg://grader:{password}@127.0.0.1:{server.port}/{name}"


REFUSALS = {
    "wrong password": (
        lambda server, name: by_loopback(server, name, "wr0ng"),
        "password authentication failed",
    ),
    "no such database": (lambda server, name: server.url("nowhere"), 'database "nowhere" does not exist'),
    "no such role": (lambda server, name: server.url(name, "nobody"), 'role "nobody" does not exist'),
    "nothing listens": (
        lambda server, name: "postgresql+psycopg://grader:hush@127.0.0.1:9/optimization",
        "Connection refused",
    ),
    "no such host": (
        lambda server, name: "postgresql+psycopg://grader:hush@nowhere.invalid/optimization",
        "nowhere.invalid",
    ),
    "may only read": (lambda server, name: server.url(name, "reader"), "permission denied"),
    "only reads": (
        lambda server, name: server.url(name) + "&options=-cdefault_transaction_read_only%3Don",
        "read-only transaction",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("what", REFUSALS)
def test_a_server_that_refuses_is_a_sentence(server, room, capsys, what):
    """Is nothing graded, nothing written down, and no password said?"""
    url, words = REFUSALS[what]
    name = database(room)
    with contextlib.suppress(Exception):
        server.sql("CREATE ROLE reader LOGIN")
    server.sql("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader", name)
    before = rows(room)
    configure(room.root, url(server, name))
    assert grade(courses.find(room.root)) == errors.REFUSED
    line = one_sentence(capsys.readouterr().err)
    assert words in line
    assert not re.search("hush|wr0ng|SELECT|INSERT", line)
    assert (rows(room), list(journals.entries(room.state))) == (before, [])
    assert not (Path(room.root) / "autograded").exists()


@pytest.mark.slow
def test_the_password_comes_from_the_environment_or_from_a_file(server, room, monkeypatch, tmp_path):
    """Does the configuration of the guide, which names none, reach a server that asks for one?"""
    guide = README.read_text(encoding="utf-8")
    [snippet] = re.findall(r"```python\n(c\.CourseDirectory\.db_url = .*?)```", guide, re.DOTALL)
    there = f"127.0.0.1:{server.port}/{database(room)}"
    snippet = snippet.replace("db.example.org/optimization", there)
    assert there in snippet
    with open(Path(room.root) / "nbgrader_config.py", "a") as file:
        file.write(f"\n{snippet}")
    course = courses.find(room.root)
    assert PASSWORD not in course.directory.db_url
    assert grade(course, "--students", "ada", "--dry-run") == errors.REFUSED
    with monkeypatch.context() as patch:
        patch.setenv("PGPASSWORD", PASSWORD)
        assert grade(course, "--students", "ada") == errors.GRADED
    kept = tmp_path / "pgpass"
    kept.write_text(f"127.0.0.1:{server.port}:*:grader:{PASSWORD}\n")
    kept.chmod(0o600)
    monkeypatch.setenv("PGPASSFILE", str(kept))
    assert grade(course, "--students", "bob") == errors.GRADED
    assert set(rows(room)) == {"ada", "bob"}


# Two folders, one gradebook.


@pytest.mark.slow
def test_another_secret_does_not_grade_into_the_same_gradebook(
    server, released, room, tmp_path, monkeypatch, capsys
):
    """Is a folder with other numbers refused, by both routes, until it has the secret or grades all anew?"""
    assert grade(room, "--students", "ada", "bob") == errors.GRADED
    before = rows(room)
    other = machine(server, released, tmp_path / "other", database(room))
    with monkeypatch.context() as patch:
        patch.delenv("AUTOGRADER_SECRET")
        capsys.readouterr()
        assert grade(other) == errors.REFUSED
        assert ".autograder-secret" in one_sentence(capsys.readouterr().err)
        with pytest.raises(RuntimeError):
            _classroom(other).nbgrader("autograde", LESSON, "--student", "ada", "--force")
        assert rows(other)["bob"] == before["bob"]
        assert list(journals.entries(other.state)) == []
        (Path(other.root) / ".autograder-secret").write_text(SECRET)
        assert grade(other, "--students", "cyd") == errors.GRADED
    monkeypatch.setenv("AUTOGRADER_ROUND", "2")
    assert grade(room) == errors.REFUSED
    assert grade(room, "--force", "--students", "ada") == errors.REFUSED
    assert grade(room, "--force") == errors.GRADED
    assert grade(room) == errors.GRADED
    monkeypatch.delenv("AUTOGRADER_ROUND")
    assert grade(other) == errors.REFUSED


@pytest.mark.slow
def test_what_nbgrader_upgrades_on_a_server_and_what_it_does_not(server, released, tmp_path):
    """Is an older gradebook upgraded while it is empty, and left as it was when it has lessons?"""
    older = (
        "ALTER TABLE student DROP COLUMN lms_user_id; ALTER TABLE assignment DROP COLUMN course_id; "
        "DROP TABLE course; UPDATE alembic_version SET version_num = '167914646830'"
    )
    with_lessons = machine(server, released, tmp_path / "lessons")
    empty = machine(server, released, tmp_path / "empty")
    server.sql("TRUNCATE assignment, student CASCADE", database(empty))
    for course in (with_lessons, empty):
        server.sql(older, database(course))
    _classroom(empty).nbgrader("db", "upgrade")
    _classroom(empty).nbgrader("generate_assignment", "*", "--force")
    assert grade(empty) == errors.GRADED
    with pytest.raises(RuntimeError):
        _classroom(with_lessons).nbgrader("db", "upgrade")
    version = "SELECT version_num FROM alembic_version"
    assert server.sql(version, database(with_lessons)) == [("167914646830",)]
    assert server.sql("SELECT count(*) FROM assignment", database(with_lessons)) == [(1,)]
