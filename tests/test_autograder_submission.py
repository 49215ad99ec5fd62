"""Before student code runs: reading what was handed in, rebuilding the notebook, drawing the numbers."""

import dataclasses
import datetime
import json
import os
import re
from html.parser import HTMLParser
from pathlib import Path

import nbformat
import pytest
from nbconvert.filters.markdown_mistune import markdown2html_mistune

from autograde_tests.engine import exercises
from autograde_tests.engine.finding import Found
from autograder.books import journals
from autograder.errors import Busy
from autograder.hooks import exchange, export
from autograder.marking import rebuilding, seeds, submissions
from autograder.marking.lessons import Lesson

STUB = "def f():\n    raise NotImplementedError"


def cell(source, grade_id=None, kind="code", **more):
    metadata = {"nbgrader": {"grade_id": grade_id, "solution": True}} if grade_id else {}
    return {"cell_type": kind, "source": source, "metadata": metadata, **more}


def notebook(*cells, **more):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": list(cells), **more}


def submitted(*cells):
    """Return a submission of cells, each given as `(grade id, source)` and, if it is no code, its kind."""
    return submissions.Submission(
        tuple(Found(kind[0] if kind else "code", grade_id, "", text) for grade_id, text, *kind in cells)
    )


@pytest.fixture
def read(tmp_path):
    """Return a function that writes content and reads it as a submission."""

    def write_and_read(content):
        path = tmp_path / "notebook.ipynb"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return submissions.read(path)

    return write_and_read


@pytest.fixture
def lesson():
    released = notebook(
        cell("import numpy"),
        cell(STUB, "f-answer"),
        cell("check(f)", "f"),
        cell("YOUR ANSWER", "essay", "markdown"),
    )
    answers, rubrics = (("f-answer",), ("essay",)), {"essay": ""}
    return Lesson("00_x", released, ("i", "import numpy"), *answers, tuple(rubrics), rubrics, {"f": 2.0}, {})


def test_answers_are_found_by_their_id(read):
    found = read(notebook(cell("x = 1"), cell(["a\n", "b"], "f-answer"), cell("text", "essay", "markdown")))
    assert found == submitted(("", "x = 1"), ("f-answer", "a\nb"), ("essay", "text", "markdown"))


def test_the_rubric_stands_below_the_free_response_and_belongs_to_no_answer(lesson):
    forged = submitted(("essay", "mine", "markdown"), ("essay-rubric", "3 points for me", "markdown"))
    taught = dataclasses.replace(lesson, rubrics={"essay": "1 point for $a$, 1 for <b>b</b>."})
    *_, answer, rubric = rebuilding.rebuild(taught, forged).notebook["cells"]
    assert answer["source"] == "mine"
    assert rubric["id"] == "essay-rubric"
    assert "nbgrader" not in rubric["metadata"]
    assert rubric["source"] == f"{rebuilding.RUBRIC_HEADING}\n\n{taught.rubrics['essay']}"
    assert len(taught.fresh_notebook()["cells"]) == 4


def test_an_old_format_is_read(read):
    old = nbformat.v3.new_notebook(
        worksheets=[nbformat.v3.new_worksheet(cells=[nbformat.v3.new_code_cell("x = 1")])]
    )
    old["worksheets"][0]["cells"][0]["metadata"] = {"nbgrader": {"grade_id": "f-answer"}}
    assert read(nbformat.v3.writes_json(old).encode()) == submitted(("f-answer", "x = 1"))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{nope",
        b"\xff\xfe",
        b"[]",
        b"3",
        b"null",
        b"{}",
        b'{"nbformat": "4"}',
        b"[" * 100_000,
        b'{"nbformat": 2, "worksheets": 3}',
        b'{"nbformat": -1}',
        b'{"nbformat": 3, "nbformat_minor": 0, "worksheets": [{"cells": [3]}]}',
    ],
    ids=lambda content: repr(content[:40]),
)
def test_a_broken_file_is_unreadable_in_a_sentence(read, content):
    found = read(content)
    assert found.unreadable.endswith(".")
    assert found.cells == ()


@pytest.mark.parametrize(
    "content",
    [
        {**notebook(), "cells": None},
        {**notebook(), "cells": 3},
        notebook(3, None, []),
    ],
    ids=str,
)
def test_cells_of_a_wrong_shape_are_passed_over(read, content):
    assert read(content) == submissions.Submission()


@pytest.mark.parametrize("metadata", [3, {"nbgrader": []}, {"nbgrader": {"grade_id": ["f"]}}], ids=str)
def test_a_cell_with_marks_of_a_wrong_shape_has_none(read, metadata):
    assert read(notebook({"metadata": metadata, "source": "x", "id": 3})) == submitted(("", "x"))


@pytest.mark.parametrize(
    "source", [{}, 3, None, [1, 2], "x" * (submissions.MAX_SOURCE + 1)], ids=lambda s: str(s)[:9]
)
def test_a_source_that_is_no_text_is_empty(read, source):
    assert read(notebook(cell(source, "f-answer"))) == submitted(("f-answer", ""))


def test_a_lone_surrogate_does_not_travel(read):
    found = read(
        b'{"nbformat": 4, "cells": [{"metadata": {"nbgrader": {"grade_id": "f"}}, "source": "\\ud800"}]}'
    )
    assert found.cells[0].source.encode("utf-8") == b"?"


def test_links_devices_and_huge_files_are_not_read(tmp_path, monkeypatch):
    secret = tmp_path / "secret.ipynb"
    secret.write_text(json.dumps(notebook(cell("mine", "f-answer"))))
    link = tmp_path / "link.ipynb"
    link.symlink_to(secret)
    assert "links are not followed" in submissions.read(link).unreadable
    folder = tmp_path / "folder"
    folder.symlink_to(tmp_path)
    assert "links are not followed" in submissions.read(folder / "secret.ipynb").unreadable
    pipe = tmp_path / "pipe.ipynb"
    os.mkfifo(pipe)
    assert "regular" in submissions.read(pipe).unreadable
    assert submissions.read(tmp_path).unreadable
    assert "no file nothing.ipynb" in submissions.read(tmp_path / "lesson" / "nothing.ipynb").unreadable
    monkeypatch.setattr(submissions, "MAX_FILE", 10)
    assert "larger" in submissions.read(secret).unreadable


def test_what_the_exchange_puts_beside_a_notebook_is_read_within_bounds(tmp_path):
    """Are time and secret read as text, and neither a long file nor a link?"""
    stamp, secret = tmp_path / "timestamp.txt", tmp_path / "submission_secret.txt"
    stamp.write_text("2026-03-01 12:00:00 UTC")
    secret.write_bytes(b"\xff" + 128 * b"a")
    assert submissions.of_the_exchange(tmp_path) == {
        "timestamp.txt": "2026-03-01 12:00:00 UTC",
        "submission_secret.txt": "\ufffd" + 128 * "a",
    }
    secret.write_text(201 * "a")
    stamp.rename(tmp_path / "elsewhere")
    stamp.symlink_to(tmp_path / "elsewhere")
    assert submissions.of_the_exchange(tmp_path) == {}


def test_the_one_notebook_in_the_folder_is_read_whatever_its_name(tmp_path):
    other = tmp_path / "06 final (2).ipynb"
    other.write_text(json.dumps(notebook(cell("mine", "f-answer"))))
    (tmp_path / "link.ipynb").symlink_to(other)
    found = submissions.read(tmp_path / "06_momentum.ipynb")
    assert found.cells == submitted(("f-answer", "mine")).cells
    assert found.notes == ("The file is called '06 final (2).ipynb', not 06_momentum.ipynb.",)
    (tmp_path / "another.ipynb").write_text("{}")
    assert "no file 06_momentum.ipynb" in submissions.read(tmp_path / "06_momentum.ipynb").unreadable


def test_only_the_text_of_the_answers_enters(lesson):
    handed_in = submitted(("f-answer", "def f(): return 1"), ("f", "grade = 9"), ("extra", "evil()"))
    rebuilt = rebuilding.rebuild(lesson, handed_in)
    assert [one["source"] for one in rebuilt.notebook["cells"]] == [
        "import numpy",
        "def f(): return 1",
        "check(f)",
        "YOUR ANSWER",
    ]
    assert rebuilt.cells == (("i", "import numpy"), ("f-answer", "def f(): return 1"))
    assert rebuilt.notes == ("Cells are missing: essay.",)


def test_a_duplicated_cell_is_graded_once_the_last_that_was_written(lesson):
    answers = [("f-answer", text) for text in (STUB, "first", "second", STUB)]
    rebuilt = rebuilding.rebuild(lesson, submitted(*answers, ("essay", "YOUR ANSWER", "markdown")))
    assert rebuilt.cells[1] == ("f-answer", "second")
    assert rebuilt.notes == ("The cell f-answer is there 4 times; the last was graded.",)


def test_a_missing_cell_is_the_stub_and_the_next_submission_is_untouched(lesson):
    rebuilding.rebuild(lesson, submitted(("f-answer", "def f(): return 1")))
    rebuilt = rebuilding.rebuild(lesson, submissions.Submission(unreadable="It is no notebook."))
    assert rebuilt.cells[1] == ("f-answer", STUB)
    assert rebuilt.notes == ("The submitted file could not be graded. It is no notebook.",)


HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[x](javascript:alert(1))",
    "[x] (javascript:alert(1))",
    "[x][1]\n\n[1]: javascript:alert(1)",
    "![x](https://tracker.example/x.png)",
    "https://tracker.example",
    "<javascript:alert(1)>",
    r"$\href{javascript:alert(1)}{x}$",
    r"$\unicode{60}$ $\style{background:url(//x)}{x}$ $\require{html}$",
    r"$\def\x{\href}\x{javascript:alert(1)}{y}$",
    "`<script>alert(1)</script>`",
    "```\n</pre><script>alert(1)</script>\n```",
    "a\n<!-- <script> -->\n<style>body{display:none}</style>",
    "&lt;script&gt;&#60;script&#62;",
]
HARMLESS = {"p", "code", "pre", "span", "div", "br", "em", "strong"}


class Elements(HTMLParser):
    """Collects the names of elements."""

    def __init__(self):
        super().__init__()
        self.found = set()

    def handle_starttag(self, tag, attributes):
        self.found.add(tag)


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:30])
def test_nothing_in_a_free_answer_is_alive_in_a_browser(text):
    parser = Elements()
    safe = rebuilding.inert_markdown(text)
    parser.feed(markdown2html_mistune(safe))
    assert parser.found <= HARMLESS
    assert not any(macro in safe for macro in (r"\href", r"\style", r"\unicode", r"\require", r"\def"))


def test_those_answers_would_be_alive_as_they_come():
    parser = Elements()
    for text in HOSTILE:
        parser.feed(markdown2html_mistune(text))
    assert {"script", "img", "a", "style"} <= parser.found


def test_a_free_answer_without_tricks_stays_as_it_is():
    text = "Momentum *averages* $v_t = \\beta v_{t-1}$, so\n\n- it **damps**\n- `beta` near 1"
    assert rebuilding.inert_markdown(text) == text


def test_the_tests_that_security_names_exist():
    root = Path(__file__).parents[1]
    named = set(re.findall(r"`(test_\w+)`", (root / "SECURITY.md").read_text(encoding="utf-8")))
    tests = "\n".join(path.read_text(encoding="utf-8") for path in (root / "tests").glob("test_*.py"))
    assert len(named) > 8
    assert {name for name in named if f"def {name}(" not in tests} == set()


def test_the_secret_is_made_once_and_is_private(tmp_path, monkeypatch):
    monkeypatch.delenv(seeds.VARIABLE, raising=False)
    key = seeds.secret(tmp_path)
    assert seeds.secret(tmp_path) == key
    assert len(key) == 64
    assert (tmp_path / seeds.FILE).stat().st_mode & 0o777 == 0o600
    assert sorted(os.listdir(tmp_path)) == [seeds.FILE]
    monkeypatch.setenv(seeds.VARIABLE, "other")
    assert seeds.secret(tmp_path) == b"other"


def test_numbers_depend_on_secret_exercise_claim_and_round_and_on_nothing_else():
    one, other = exercises.of_lesson("06_momentum")[:2]

    def first(key, exercise, claim, round_):
        return seeds.numbers(key, exercise, round_)(claim).integers(2**62)

    base = first(b"key", one, "claim", "1")
    assert base == first(b"key", one, "claim", "1")
    others = {
        first(b"yek", one, "claim", "1"),
        first(b"key", other, "claim", "1"),
        first(b"key", one, "other", "1"),
        first(b"key", one, "claim", "2"),
    }
    assert len(others | {base}) == 5


def test_a_line_that_a_crash_cut_short_does_not_hurt_the_journal(tmp_path):
    entry = journals.Entry("ada", "06_momentum", {"submission": "1"})
    with journals.Journal(tmp_path) as journal:
        journal.append(entry)
    with open(tmp_path / journals.FOLDER / journals.FILE, "ab") as file:
        file.write(b'{"lesson": "06_mom')
    with journals.Journal(tmp_path) as journal:
        assert journals.newest(tmp_path) == {("06_momentum", "ada"): entry}  # read without the lock
        journal.append(dataclasses.replace(entry, student="bob"))
    assert [one.student for one in journals.entries(tmp_path)] == ["ada", "bob"]


def test_a_journal_of_another_version_is_read(tmp_path):
    """Is a line from before versions were counted read, and one of a later version as far as it is known?"""
    lines = [
        '{"student": "ada", "lesson": "06_momentum", "digests": {}, "items": [], "notes": ["odd"]}',
        '{"student": "bob", "lesson": "06_momentum", "version": 9, "items": [], "more": {}}',
        '{"student": "cyd"}',
    ]
    (tmp_path / journals.FOLDER).mkdir()
    (tmp_path / journals.FOLDER / journals.FILE).write_text("\n".join(lines) + "\n")
    found = [(entry.student, entry.version, entry.notes) for entry in journals.entries(tmp_path)]
    assert found == [("ada", 0, ("odd",)), ("bob", 9, ())]


def test_two_graders_do_not_work_at_once(tmp_path):
    with journals.Journal(tmp_path), pytest.raises(Busy):
        journals.Journal(tmp_path)
    with journals.Journal(tmp_path):
        pass


def test_the_time_of_handing_in_is_the_file_systems(tmp_path):
    folder = tmp_path / "inbound"
    folder.mkdir()
    (folder / "timestamp.txt").write_text("1999-01-01 00:00:00 UTC")
    os.utime(folder / "timestamp.txt", (0, 0))
    os.utime(folder, (0, 0))
    age = datetime.datetime.now(datetime.UTC) - exchange.last_change(folder)
    assert abs(age.total_seconds()) < 60


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\r=1"])
def test_no_exported_text_is_a_formula(text):
    assert export.safe(text).startswith("'")


def test_exported_numbers_and_names_stay():
    assert [export.safe(value) for value in (-1.5, 0, "Ada, O'Neill", None)] == [-1.5, 0, "Ada, O'Neill", ""]
