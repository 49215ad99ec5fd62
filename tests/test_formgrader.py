"""Formgrader with a large class: the indexes that nbgrader's tables lack, and what its lists cost."""

import contextlib
import json
import shutil
import sqlite3

import pytest
from nbgrader.apps.api import NbGraderAPI
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import ProgrammingError

from autograder import __main__ as command
from autograder.books import courses, indexes, journals
from autograder.commands import doctor
from autograder.errors import GRADED, REFUSED
from tests import large_class

LESSON_OF_MANY, STUDENT = large_class.LESSONS[6], "student00001"
LISTS = {
    "get_assignments": (),
    "get_students": (),
    "get_notebooks": (LESSON_OF_MANY,),
    "get_submissions": (LESSON_OF_MANY,),
    "get_notebook_submissions": (LESSON_OF_MANY, LESSON_OF_MANY),
    "get_notebook_submission_indices": (LESSON_OF_MANY, LESSON_OF_MANY),
    "get_student": (STUDENT,),
    "get_student_submissions": (STUDENT,),
    "get_student_notebook_submissions": (STUDENT, LESSON_OF_MANY),
}
ALL = [f"{table}.{column}" for table, column in indexes.WANTED]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A course of thirteen lessons and five students, as nbgrader makes its gradebook."""
    root = tmp_path_factory.mktemp("formgrader") / "course"
    large_class.make(root, 5, on_disk=True)
    return root


@pytest.fixture
def course(made, tmp_path):
    return courses.find(shutil.copytree(made, tmp_path / "course"))


@pytest.fixture
def unsealed(monkeypatch):
    """A doctor who does not probe the seal, which takes its time and is tested elsewhere."""
    monkeypatch.setattr(doctor.probe, "examine", lambda sandbox: [])
    monkeypatch.setattr(doctor.sandboxes, "Sandbox", lambda lessons: contextlib.nullcontext())


def schema(course):
    with sqlite3.connect(course.gradebook) as database:
        return database.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()


def content(course):
    with sqlite3.connect(course.gradebook) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(database.execute(f"SELECT * FROM {name}"), key=repr) for name in tables}


def lists(course):
    api = NbGraderAPI(course.directory, config=course.config)
    return {name: getattr(api, name)(*arguments) for name, arguments in LISTS.items()}


def test_nbgraders_tables_lack_all_of_them(course):
    """Is each index still one that nbgrader does not make by itself?"""
    assert indexes.missing(course.directory.db_url) == ALL


def test_they_are_created_once_and_nothing_else_changes(course):
    """Are rows, tables and lists the same before and after, and is a second time nothing to do?"""
    before, told, tables = content(course), lists(course), schema(course)
    assert indexes.create(course.directory.db_url) == ALL
    assert indexes.create(course.directory.db_url) == indexes.missing(course.directory.db_url) == []
    assert content(course) == before
    assert json.dumps(lists(course), default=str) == json.dumps(told, default=str)
    new = [row for row in schema(course) if row not in tables]
    assert sorted(name for name, _ in new) == sorted(f"autograder_{one.replace('.', '_')}" for one in ALL)


def test_an_index_that_somebody_else_made_is_not_made_again(course):
    """Is a column that an index begins with, under whatever name, left alone?"""
    with sqlite3.connect(course.gradebook) as database:
        database.execute("CREATE INDEX theirs ON grade (notebook_id, cell_id)")
    assert indexes.create(course.directory.db_url) == [one for one in ALL if one != "grade.notebook_id"]


@pytest.mark.parametrize(("table", "column"), indexes.WANTED)
def test_the_statement_is_one_that_postgresql_takes_too(table, column):
    """Is it plain SQL, the same in both dialects?"""
    statement = indexes.statement(table, column)
    plain = f"CREATE INDEX IF NOT EXISTS autograder_{table}_{column} ON {table} ({column})"
    assert str(statement.compile(dialect=postgresql.dialect())) == str(statement.compile()) == plain


def test_the_indexes_are_used(course):
    """Does the query that took minutes, one submission's points, no longer read the whole table?"""
    indexes.create(course.directory.db_url)
    with sqlite3.connect(course.gradebook) as database:
        plan = database.execute("EXPLAIN QUERY PLAN SELECT auto_score FROM grade WHERE notebook_id = 'x'")
        assert "autograder_grade_notebook_id" in str(plan.fetchall())


def test_the_doctor_names_what_is_missing_and_creates_it_when_asked(course, unsealed, monkeypatch, capsys):
    """Does `doctor` change nothing, `doctor --fix` create them, and the next `doctor` find nothing?"""
    monkeypatch.chdir(course.root)
    before = schema(course)
    assert command.main(["doctor"]) == GRADED
    said = capsys.readouterr().out
    assert all(one in said for one in ALL) and "--fix" in said
    assert schema(course) == before
    assert command.main(["doctor", "--fix"]) == GRADED
    said = capsys.readouterr().out
    assert all(one in said for one in ALL)
    assert indexes.missing(course.directory.db_url) == []
    assert command.main(["doctor"]) == command.main(["doctor", "--fix"]) == GRADED
    assert "no index" not in capsys.readouterr().out


def test_the_doctor_needs_no_course_unless_it_is_to_mend_one(tmp_path, unsealed, monkeypatch, capsys):
    """Is the seal probed anywhere, and a mistake a sentence?"""
    monkeypatch.chdir(tmp_path)
    assert command.main(["doctor"]) == GRADED
    assert "gradebook" not in capsys.readouterr().out
    for arguments in (["--fix"], ["--course", "nowhere"]):
        assert command.main(["doctor", *arguments]) == REFUSED
        assert "is no course" in capsys.readouterr().err
    (tmp_path / "nbgrader_config.py").write_text(large_class.CONFIGURATION)
    assert command.main(["doctor", "--fix"]) == GRADED
    assert "not there yet" in capsys.readouterr().out
    assert not (tmp_path / "gradebook.db").exists()


def test_the_doctor_waits_for_the_courses_lock(course, unsealed, capsys):
    """Does it touch no gradebook that a grader is at work on?"""
    with journals.Journal(course.state):
        assert command.main(["doctor", "--fix", "--course", str(course.root)]) == REFUSED
    assert "another autograder is at work" in capsys.readouterr().err
    assert indexes.missing(course.directory.db_url) == ALL


def test_the_doctor_says_so_when_the_gradebook_takes_none(course, unsealed, monkeypatch, capsys):
    """Is a gradebook that is locked or may not be changed a sentence?"""
    with sqlite3.connect(course.gradebook, isolation_level=None) as database:
        database.execute("CREATE INDEX autograder_half ON grade (cell_id)")
        database.execute("BEGIN EXCLUSIVE")
        monkeypatch.setattr(indexes, "create_engine", _impatient(indexes.create_engine))
        assert command.main(["doctor", "--fix", "--course", str(course.root)]) == REFUSED
    assert "locked" in capsys.readouterr().err


def test_the_doctor_says_so_when_the_right_to_change_tables_is_missing(course, unsealed, monkeypatch, capsys):
    """Is what a PostgreSQL server answers then a sentence?"""

    def refuse(url):
        raise ProgrammingError("CREATE INDEX", {}, Exception("must be owner of table grade"))

    monkeypatch.setattr(indexes, "create", refuse)
    assert command.main(["doctor", "--fix", "--course", str(course.root)]) == REFUSED
    assert "takes no new indexes: must be owner of table grade" in capsys.readouterr().err


def _impatient(create_engine):
    return lambda url: create_engine(url, connect_args={"timeout": 0.1})


@pytest.mark.slow
def test_the_lists_of_a_thousand_students_are_whole(tmp_path):
    """Does each of Formgrader's lists come back? `make bench-gradebook` says in what time."""
    large_class.make(tmp_path / "course", 1000, on_disk=True)
    course = courses.find(tmp_path / "course")
    indexes.create(course.directory.db_url)
    api = NbGraderAPI(course.directory, config=course.config)
    for name, arguments in LISTS.items():
        assert getattr(api, name)(*arguments), name
