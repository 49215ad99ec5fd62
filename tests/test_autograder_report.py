"""The class report: what the journal and the gradebook say of a class, and the pages that tell it."""

import ast
import dataclasses
import datetime
import html.parser
import itertools
import json
import math
import random
import re
import shutil
import sqlite3
import subprocess
import sys

import numpy as np
import pytest

from autograde_tests.engine import exercises, judge, messages
from autograde_tests.engine.student import LocalAnswerer
from autograder import __main__ as command
from autograder import errors
from autograder.books import courses, journals
from autograder.books.journals import Entry, Journal
from autograder.marking.verdicts import Item
from autograder.returning import (
    attempts,
    behaviours,
    charts,
    concerns,
    report_pages,
    reports,
    templates,
    together,
)
from autograder.returning.attempts import Answer
from tests.classroom import ESSAY, LESSON, ROOT, Classroom

HOSTILE = "<img src=x onerror=alert(1)>"
ODD = '''\
# {0} wrote this
SHARE = 1.25
def momentum(params, grads, state=None, *, lr, beta=0.9):
    """By {0}."""
    by = "{0}"
    v = 0.0 if state is None else state  # {0}
    v = beta ** 3 * v + (1 - beta) * grads * SHARE
    return params - lr * v, v
'''
FORGETS = """\
def momentum(params, grads, state=None, *, lr, beta=0.9):
    state = (1 - beta) * grads
    return params - lr * state, state
"""
ALIKE = ("Zoë van Dyk", "Søren", "Leïla B", "Kwame")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    """A course with one lesson, handed in and graded; copied for each test that writes."""
    classroom = Classroom(tmp_path_factory.mktemp("report") / "course")
    classroom.nbgrader("generate_assignment", LESSON)
    stubs = {f"{exercise.name}-answer": None for exercise in exercises.of_lesson(LESSON)}
    for student in ALIKE:
        classroom.submit(student, {"momentum-answer": ODD.format(student)})
    classroom.submit("Ada", {ESSAY: "Because."})
    classroom.submit("Bo", {"momentum-answer": FORGETS})
    classroom.submit("Cy", stubs)
    classroom.submit("eve", raw=b"{this is no JSON")
    classroom.submit(HOSTILE, stubs | {"momentum-answer": FORGETS, "nesterov-answer": "def nesterov(:"})
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTOGRADER_SECRET", "a secret of the tests")
        assert command.main(["grade", "--course", str(classroom.directory)]) == errors.GRADED
    return classroom.directory


@pytest.fixture
def directory(graded, tmp_path):
    shutil.copytree(graded, tmp_path / "course")
    return tmp_path / "course"


def report(directory, *options):
    return command.main(["report", "--course", str(directory), *options])


def on(graded, entries):
    """Return the report on the lesson of a course, by another journal."""
    return reports.make(courses.find(graded), [LESSON], entries=entries).lessons[0]


def item(exercise="momentum", claims="11111", *, hint="", ended=None, text="", points=None):
    """Return how an exercise ended, by what became of its claims, a digit each."""
    known = exercises.find(exercise)
    held = {claim.name: digit == "1" for claim, digit in zip(known.claims, claims, strict=False)}
    ended = ended or ("ok" if all(held.values()) else "wrong")
    earned = known.points * sum(held.values()) / len(held) if points is None else points
    return Item(exercise, earned, known.points, ended, text or f"{ended} {hint} {claims}", hint, held)


def entry(student, *items, lesson=LESSON, at="2026-03-01T10:00:00Z", work="a"):
    return Entry(student, lesson, {"submission": work}, tuple(items), time=at)


class Page(html.parser.HTMLParser):
    """What matters of a page: its elements in order, its headings, ids and links."""

    def __init__(self, text):
        super().__init__()
        self.elements, self.ids, self.values = [], [], []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements.append(tag)
        self.ids += [value for name, value in attributes if name == "id"]
        self.values += [(tag, name, value or "") for name, value in attributes]


def test_the_command_writes_pages_and_says_where(directory, capsys, monkeypatch):
    """Does `autograder report` write a page a lesson and one for the term, and name them?"""
    monkeypatch.chdir(directory)
    assert command.main(["report"]) == errors.GRADED
    said = capsys.readouterr().out
    assert f"report/{LESSON}.html" in said and "report/index.html" in said
    assert sorted(path.name for path in (directory / "report").iterdir()) == [f"{LESSON}.html", "index.html"]
    page = (directory / "report" / f"{LESSON}.html").read_text(encoding="utf-8")
    for told in (
        "forgets the velocity",
        "keep β times it in the new one",
        "4 answers behave alike",
        "<bdi>Cy</bdi>",
    ):
        assert told in page
    assert f'href="{LESSON}.html"' in (directory / "report" / "index.html").read_text(encoding="utf-8")


def test_a_page_is_whole_in_itself_and_nothing_of_a_student_lives_in_it(directory):
    """Is there no script, no request, no element of a student's, each id once, no heading skipped?"""
    assert report(directory) == errors.GRADED
    for path in (directory / "report").glob("*.html"):
        text = path.read_text(encoding="utf-8")
        page = Page(text)
        assert not {"script", "img", "link", "iframe", "object", "base", "form"} & set(page.elements)
        assert HOSTILE not in text
        fetched = [
            value
            for tag, name, value in page.values
            if name in {"src", "href", "xlink:href"} and not re.match(r"#|[\w%.-]+\.html$", value)
        ]
        assert not fetched and "url(http" not in text and "@import" not in text
        assert not [name for _, name, _ in page.values if name.startswith("on")]
        assert len(page.ids) == len(set(page.ids))
        levels = [int(tag[1]) for tag in page.elements if re.fullmatch(r"h[1-6]", tag)]
        assert levels[0] == 1 and levels.count(1) == 1
        assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert "&lt;img src=x onerror=alert(1)&gt;" in text + (directory / "report" / "index.html").read_text()


def test_an_example_has_no_name(graded):
    """Is the code of an answer shown without its writer's name, in comment, docstring or text?"""
    lesson = on(graded, journals.entries(graded))
    (group,) = lesson.exercises[0].behaviours
    assert group.students == len(ALIKE) and "beta ** 3" in group.code
    for name in (word for student in ALIKE for word in student.split() if len(word) > 2):
        assert name not in group.code + group.stub


def test_a_stub_is_a_misconception_that_answers_alike(graded):
    """Does the stub run where it is pasted, and behave as the answers that it was made from?"""
    (group,) = on(graded, journals.entries(graded)).exercises[0].behaviours
    assert group.stub.count("@misconception(") == 1
    made = []
    namespace = {"np": np, "misconception": lambda exercise: lambda function: made.append(function)}
    exec(compile(ast.parse(group.stub), "misconceptions.py", "exec"), namespace)
    exercise = exercises.find("momentum")
    told = judge.examine(exercise, LocalAnswerer({"momentum": made[0]}), judge.fixed_numbers(exercise))
    assert made[0].__doc__ and messages.render(told).splitlines()[:10] == group.told.splitlines()[:10]


@pytest.mark.parametrize("code", ["def momentum(:  # Ada\n", "(" * 5_000 + "# Ada", "x = 1\n" * 9_000])
def test_an_answer_that_cannot_be_parsed_is_shown_without_comments(code):
    """Does code that no parser takes end in a bounded text, without a stub?"""
    one = behaviours.example("momentum", code, "", "Ada")
    assert "Ada" not in one.code and len(one.code) < 4_000 and not one.stub


def test_an_example_is_of_what_the_journal_speaks_of(graded):
    """Is a notebook that was graded otherwise since then not shown as an example?"""
    other = [entry(name, item(claims="00000", text="otherwise")) for name in ALIKE]
    (group,) = on(graded, other).exercises[0].behaviours
    assert (group.students, group.code, group.stub) == (len(ALIKE), "", "")


def test_difficulty_claims_and_endings_are_counted(graded):
    """Do blank answers count as 0 of the points, and in no claim?"""
    found = on(
        graded,
        [
            entry("a", item()),
            entry("b", item(claims="11000")),
            entry("c", item(claims="10000", hint="swaps_beta")),
            entry("d", item(claims="00000", ended="missing")),
            entry("e", item(claims="01000", ended="time")),
            entry("f", dataclasses.replace(item(), points=None, ended="fault"), item("nesterov", "111")),
        ],
    ).exercises[0]
    assert found.endings == {"partly": 2, "ok": 1, "missing": 1, "time": 1, "fault": 1}
    assert found.students == 5
    first, second = (exercises.find("momentum").claims[place].question for place in (0, 1))
    by_question = {claim.question: (claim.held, claim.asked) for claim in found.claims}
    assert by_question[first] == (3, 4) and by_question[second] == (2, 3)
    shares = [claim.held / claim.asked for claim in found.claims]
    assert shares == sorted(shares, reverse=True)
    assert found.difficulty == pytest.approx((1 + 0.4 + 0.2 + 0 + 0.2) / 5, abs=1e-4)
    assert [(wrong.name, wrong.students) for wrong in found.misconceptions] == [("swaps_beta", 1)]
    assert found.misconceptions[0].hint.startswith("β and 1−β have changed places")


@pytest.mark.parametrize(("students", "reliable"), [(29, False), (30, True)])
def test_discrimination_is_the_correlation_with_the_rest(graded, students, reliable):
    """Is it numpy's correlation, and called unreliable below 30 students?"""
    rng = random.Random(0)
    table = [[rng.choice(["11111", "11000", "00000"]), rng.choice(["111", "100"])] for _ in range(students)]
    found = on(
        graded,
        [
            entry(f"s{row}", item(claims=one), item("nesterov", other), item("momentum_radius", "000"))
            for row, (one, other) in enumerate(table)
        ],
    )
    one, other = np.array([[a.count("1"), b.count("1")] for a, b in table]).T
    exercise = found.exercises[0]
    assert exercise.discrimination == pytest.approx(np.corrcoef(one, other)[0, 1], abs=1e-4)
    assert (exercise.students, exercise.reliable) == (students, reliable)
    page = report_pages.of_lesson(reports.make(courses.find(graded), [LESSON]), found)
    assert ("unreliable: 29 students" in page) is not reliable
    constant = next(exercise for exercise in found.exercises if exercise.name == "momentum_radius")
    assert constant.discrimination is None


def test_a_claim_that_nearly_all_fail_is_doubted(graded):
    """Is a claim that nine of ten fail noted, and one that eight of ten fail not?"""
    lines = [entry(f"s{n}", item(claims=f"{int(n < 1)}{int(n < 2)}111", text=str(n))) for n in range(10)]
    (note,) = on(graded, lines).exercises[0].notes
    first = exercises.find("momentum").claims[0].question
    assert note.startswith(f"9 of 10 written answers fail “{first}”") and "at fault" in note


def test_a_frequent_wrong_answer_that_nothing_explains_is_noted(graded):
    """Is it noted where three share it, and not where a misconception explains it?"""
    lines = [entry(f"s{n}", item(claims="11000", text="alike")) for n in range(3)]
    lines += [entry(f"t{n}", item(claims="10100", text="known", hint="climbs")) for n in range(3)]
    lines += [entry("u", item(claims="00011", text="alone"))]
    found = on(graded, lines).exercises[0]
    assert [group.students for group in found.behaviours] == [3] and found.alone == 1
    assert len(found.notes) == 1 and "no misconception explains it" in found.notes[0]


def test_what_an_answer_printed_is_not_its_behaviour():
    """Do two answers that differ only in what they print behave alike?"""
    told = "✗ momentum: 0 of 5 claims hold."
    assert attempts.behaviour_of(f"{told}\n\nBy the way: your function printed 'x'.") == (
        attempts.behaviour_of(f"{told}\n\nBy the way: your function printed 'y'.")
    )
    assert attempts.behaviour_of(told) != attempts.behaviour_of(told.replace("0", "1"))


def answer(hint="", ended=None):
    return Answer("x", 0.0, 1.0, ended or ("wrong" if hint else "ok"), hint, (), "")


def test_misconceptions_that_travel_together_are_found_and_others_are_not():
    """Is a planted pair found with what chance would give, and no other among a hundred random ones?"""
    rng = random.Random(1)
    keys = [("00", f"exercise {n}") for n in range(12)]
    found = {f"s{n}": {key: answer(rng.choice(["a", "b", "", ""])) for key in keys} for n in range(200)}
    for n in range(0, 200, 4):
        found[f"s{n}"] |= {("01", "one"): answer("p"), ("02", "two"): answer("q")}
    for n in range(1, 200, 4):
        found[f"s{n}"] |= {("01", "one"): answer(), ("02", "two"): answer()}
    (pair,) = together.pairs(found)
    assert (pair.first.hint, pair.second.hint, pair.students, pair.of) == ("p", "q", 50, 100)
    assert pair.expected == pytest.approx(50 * 50 / 100)


def test_blank_answers_tie_no_two_mistakes_together():
    """Are those who left either answer blank left out, so that half-empty notebooks are no evidence?"""
    blank = answer(ended="missing")
    found = {f"s{n}": {("0", "a"): answer("p"), ("0", "b"): answer("q")} for n in range(20)}
    found |= {f"t{n}": {("0", "a"): blank, ("0", "b"): blank} for n in range(80)}
    assert together.pairs(found) == []


@pytest.mark.parametrize(("both", "first", "second", "total"), [(3, 5, 6, 20), (0, 4, 4, 9), (7, 9, 8, 11)])
def test_the_probability_is_counted(both, first, second, total):
    """Is the tail what counting all ways gives?"""
    ways = sum(
        math.comb(first, k) * math.comb(total - first, second - k)
        for k in range(both, min(first, second) + 1)
    )
    assert together.probability(both, first, second, total) == pytest.approx(ways / math.comb(total, second))


def test_students_who_may_need_help_are_told_with_reasons_and_no_score(graded):
    """Is each reason found, for those whom it fits and nobody else?"""
    right = [item(), item("nesterov", "111")]
    wrong = [item(claims="00000", hint="climbs"), item("nesterov", "111")]
    blank = [item(claims="00000", ended="missing"), item("nesterov", "000", ended="missing")]
    names = ["04_mini_batches", "05_ewma", LESSON]
    lines = [entry(f"good {n}", *right, lesson=name) for name in names for n in range(5)]
    lines += [entry("again", *wrong, work="a"), entry("again", *wrong, work="b")]
    lines += [entry("regraded", *wrong, work="a"), entry("regraded", *wrong, work="a")]
    lines += [entry("mended", *wrong, work="a"), entry("mended", *right, work="b")]
    lines += [entry(name, *right, lesson=lesson) for name in ("falls", "blank") for lesson in names[:2]]
    lines += [entry("falls", *wrong), entry("blank", *blank)]
    found = {one.student: one for one in concerns_of(lines)}
    kinds = {name: sorted({reason.kind for reason in one.reasons}) for name, one in found.items()}
    assert kinds.pop("blank") == ["blank", "falling"]
    assert kinds.pop("falls") == ["falling"]
    assert kinds.pop("again") == ["again", "not handed in"]
    assert kinds == {"regraded": ["not handed in"], "mended": ["not handed in"]}
    told = {reason.sentence for one in found.values() for reason in one.reasons}
    assert f"Handed in {LESSON} again with what was told before: momentum (climbs)." in told
    assert f"Left 2 of 2 answers of {LESSON} blank." in told
    assert f"Earned 43% of {LESSON}, after 100% on average in the lessons before it." in told
    assert [field.name for field in dataclasses.fields(concerns.Concern)] == ["student", "reasons"]


def concerns_of(lines):
    found = attempts.read(lines)
    shares = {
        lesson: {
            student: sum(one.points for one in tried[-1].answers.values())
            / sum(one.max_points for one in tried[-1].answers.values())
            for student, tried in students.items()
        }
        for lesson, students in found.items()
    }
    everyone = {line.student for line in lines}
    return concerns.of_class(everyone, found, found, shares, found.keys())


def test_a_hard_lesson_makes_nobody_fall(graded):
    """Is nobody named for points that fell for all?"""
    right, wrong = item(), item(claims="00000")
    names = ["04_mini_batches", "05_ewma", LESSON]
    lines = [
        entry(f"s{n}", wrong if name == LESSON else right, lesson=name) for name in names for n in range(9)
    ]
    assert concerns_of(lines) == []


def test_a_lesson_is_missed_only_when_it_is_due(directory):
    """Half-way through a term, is nobody told to have missed what is not due, or hardly begun?"""
    lines = [entry(f"s{n}", item(), lesson="05_ewma") for n in range(30)] + [entry("early", item())]
    found = reports.make(courses.find(directory), entries=lines)
    missing = {(one.student, reason.lesson) for one in found.concerns for reason in one.reasons}
    assert ("early", "05_ewma") in missing and ("s1", LESSON) not in missing
    for date, named in (("2999-01-01 00:00:00", False), ("2020-01-01 00:00:00", True)):
        with sqlite3.connect(directory / "gradebook.db") as database:
            database.execute("UPDATE assignment SET duedate = ?", (f"{date}.000000",))
        found = reports.make(courses.find(directory), entries=lines)
        missing = {(one.student, reason.lesson) for one in found.concerns for reason in one.reasons}
        assert (("s1", LESSON) in missing) is named


def test_what_changed_says_who_changed_it(graded):
    """After a corrected claim, are points and claims told as ours; after a resubmission, as the student's?"""
    early, late = "2026-03-01T10:00:00Z", "2026-03-02T09:00:00Z"
    lines = [
        entry("regraded", item(claims="01111"), at=early),
        entry("again", item(claims="11111"), at=early),
        entry("old", item(claims="01111"), at="2026-02-01T10:00:00Z"),
        entry("old", item(claims="11111"), at=early, work="b"),
        entry("regraded", item(claims="11111"), at=late),
        entry("again", item(claims="11011"), at=late, work="b"),
        entry("new", item(), at=late),
        entry("same", item(), at=early),
        entry("same", item(), at=late),
    ]
    lesson = on(graded, lines)
    last, questions = lesson.last_round, [claim.question for claim in exercises.find("momentum").claims]
    assert (last.began, last.first, last.resubmitted, last.regraded) == (late, 1, 1, 2)
    ours, theirs = last.changes
    assert (ours.student, ours.same_work, ours.gained, ours.lost) == ("regraded", True, (questions[0],), ())
    assert (theirs.student, theirs.same_work, theirs.lost) == ("again", False, (questions[2],))
    assert (ours.before, ours.after, ours.better, theirs.worse) == (3.2, 4.0, True, True)
    assert lesson.days == {"2026-02-01": (1, 0), "2026-03-01": (3, 1), "2026-03-02": (1, 3)}
    assert [(one.number, one.students) for one in lesson.tries] == [(1, 5), (2, 2)]
    page = report_pages.of_lesson(reports.make(courses.find(graded), [LESSON]), lesson)
    assert "Graded otherwise, the same answer" in page and f"✓ {html.escape(questions[0])}" in page


def test_points_are_the_gradebooks(directory):
    """Do a person's marks count, penalties too, and what waits for a person for nobody?"""
    course = courses.find(directory)
    before = reports.make(course).overviews[0]
    full = sum(exercise.points for exercise in exercises.of_lesson(LESSON))
    assert before.left_out == {ESSAY: 1} and before.max_points == full and max(before.points) == full
    with sqlite3.connect(directory / "gradebook.db") as database:
        cells = "(SELECT id FROM base_cell WHERE name = '{}')"
        theirs = (
            "notebook_id IN (SELECT notebook.id FROM submitted_notebook notebook JOIN submitted_assignment"
            " submission ON submission.id = notebook.assignment_id WHERE student_id = '{}')"
        )
        database.execute(
            f"UPDATE grade SET manual_score = 2.5, needs_manual_grade = 0 WHERE cell_id IN"
            f" {cells.format(ESSAY)} AND {theirs.format('Ada')}"
        )
        database.execute(
            f"UPDATE grade SET manual_score = 4.0 WHERE cell_id IN {cells.format('momentum')}"
            f" AND {theirs.format('Bo')}"
        )
        database.execute(
            "UPDATE submitted_notebook SET late_submission_penalty = 1.5 WHERE assignment_id IN"
            " (SELECT id FROM submitted_assignment WHERE student_id = 'Bo')"
        )
        database.execute("UPDATE assignment SET duedate = '2026-01-01 00:00:00.000000'")
        database.execute(
            "UPDATE submitted_assignment SET timestamp = '2026-01-02 00:00:00.000000' WHERE student_id = 'Bo'"
        )
    report = reports.make(course)
    after = report.overviews[0]
    assert after.left_out == {} and after.max_points == full + 3
    assert after.points[-2:] == (full - 1.5, full + 2.5)[:2] and after.late == 1 and after.penalties == 1.5
    assert report.lessons[0].due == "2026-01-01T00:00:00Z"
    assert report.lessons[0].handed_in == ("2026-01-02T00:00:00Z",)
    page = report_pages.of_lesson(report, report.lessons[0])
    assert "hours after the lesson was due" in page and "at 1.5 points in all" in page


def test_a_report_is_made_while_a_grader_works(directory):
    """Is the course's lock not asked for, and a line that is being written passed over?"""
    with Journal(directory):
        with open(directory / ".autograder" / "journal.jsonl", "ab") as file:
            file.write(b'{"student": "half", "les')
        assert report(directory) == errors.GRADED


def test_a_journal_of_earlier_versions_is_read(directory):
    """Do lines without digests, claims, hints and time, of lessons that are gone, do no harm?"""
    old = {"exercise": "gone", "points": 1.0, "max_points": 2.0, "ended": "wrong", "text": "x"}
    with open(directory / ".autograder" / "journal.jsonl", "ab") as file:
        for lesson in (LESSON, "99_left_out"):
            for student in ("Ada", "old", "odd \ud800\u202e"):
                blank = {**old, "ended": "missing"} if student.startswith("odd") else old
                line = {
                    "student": student,
                    "lesson": lesson,
                    "items": [blank],
                    "colour": "of a later version",
                }
                file.write(json.dumps(line).encode() + b"\n")
        file.write(b'{"student": "empty", "lesson": "06_momentum", "items": []}\n[1, 2]\n\xff\n')
    assert report(directory) == errors.GRADED
    page = (directory / "report" / "99_left_out.html").read_text(encoding="utf-8")
    assert "<bdi>odd ??</bdi>" in page and "a time that is not known" in page


def test_json_is_what_the_pages_say(directory, capsys):
    """Is all of it printed as JSON, for a script, and no page written?"""
    assert report(directory, "--json", LESSON) == errors.GRADED
    found = json.loads(capsys.readouterr().out)
    assert found["lessons"][0]["exercises"][0]["behaviours"][0]["students"] == len(ALIKE)
    assert found["overviews"][0]["students"] == 9 and not (directory / "report").exists()


@pytest.mark.parametrize(
    ("names", "said"),
    [
        (["06_momentun"], "there is no lesson 06_momentun; did you mean 06_momentum?"),
        ([LESSON], f"{LESSON} is not graded yet: run `autograder grade {LESSON}` first"),
        ([], "nothing is graded yet: run `autograder grade` first"),
    ],
)
def test_a_mistake_ends_in_a_sentence(directory, names, said, capsys):
    """Are a mistyped lesson, one that is not graded, and an empty class told, with an exit status?"""
    (directory / ".autograder" / "journal.jsonl").unlink()
    assert report(directory, *names) == errors.REFUSED
    assert said in capsys.readouterr().err


def test_a_page_that_cannot_be_written_ends_in_a_sentence(directory, capsys):
    """Is the reason told, and is a page of before still there?"""
    (directory / "report").write_text("a file")
    assert report(directory) == errors.REFUSED
    assert "cannot be written" in capsys.readouterr().err
    assert (directory / "report").read_text() == "a file"


def test_a_page_appears_whole_or_not_at_all(directory, monkeypatch):
    """Where writing fails in the middle, is the page of before still whole, and no draft left?"""
    assert report(directory) == errors.GRADED
    before = {path.name: path.read_text() for path in (directory / "report").iterdir()}

    def fails(path, content):
        with open(path, "wb") as file:
            file.write(content[:100])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(report_pages.Path, "write_bytes", fails)
    monkeypatch.setattr(reports.journals, "now", lambda: "2030-01-01T00:00:00Z")  # so that the page is new
    assert report(directory) == errors.REFUSED
    assert {path.name: path.read_text() for path in (directory / "report").iterdir()} == before


FIGURES = {
    "points": lambda: charts.points([1.0, 2.5, 10.0], 10.0),
    "due": lambda: charts.handing_in(["2026-03-01T10:00:00Z"], "2026-03-01T12:00:00Z"),
    "dates": lambda: charts.handing_in(["2026-03-01T10:00:00Z", "2026-03-04T10:00:00Z"], ""),
    "endings": lambda: charts.endings({"a $x_1$ <b>": {"ok": 2, "time": 1, "fault": 1}, "c": {}}),
    "attempts": lambda: charts.attempts({"2026-03-01": (1, 2)}),
    "term": lambda: charts.term({"00_a": (0.1, 0.5, 0.9)}),
}


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_has_its_text_as_text_and_the_colors_of_the_page(name):
    """Is it SVG with text, an alternative, and no color or font of its own?"""
    drawn = FIGURES[name]()
    assert drawn.startswith("<svg") and "<text" in drawn and 'role="img" aria-label="' in drawn
    assert not re.search(r"#[0-9a-fA-F]{6}\b|font-family|<b>", drawn) and "currentColor" in drawn
    assert FIGURES[name]() == drawn


def test_the_templates_are_in_the_package():
    """Do the pages find their templates beside the code, where a wheel has them too?"""
    found = {path.name for path in (templates.SHARE / "report").iterdir()}
    assert found >= {"lesson.html.j2", "term.html.j2"}
    assert templates.SHARE.is_relative_to(ROOT / "autograder")


LARGE = """
import sys, time
from pathlib import Path
from autograder import __main__ as command
begun = time.perf_counter()
assert command.main(["report", "--course", sys.argv[1]]) == 0
status = Path("/proc/self/status").read_text()  # `getrusage` tells the peak of who has started us, too
peak = int(status.split("VmHWM:")[1].split()[0]) / 1024
print(f"{time.perf_counter() - begun:.1f} {time.process_time():.1f} {peak:.0f}")
"""


@pytest.mark.slow
def test_a_large_journal_is_reported_in_a_gibibyte(directory):
    """Is a journal of 100,000 lines, with a gradebook as large, read and told? It prints the seconds, too."""
    fill(directory, students=7_693)
    done = subprocess.run(
        [sys.executable, "-c", LARGE, str(directory)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    seconds, cpu, mebibytes = map(float, done.stdout.split("\n")[-2].split())
    print(f"{seconds} s, {cpu} s of processor time, {mebibytes} MiB")
    assert mebibytes < 1024


def fill(directory, students):
    """Write a journal and a gradebook of a large class, 13 lessons each, a third of the answers wrong."""
    rng = random.Random(0)
    text = "✗ {}: 1 of 4 claims hold.\n\n" + "  expected   [[ 0.64402 -1.13642 -0.23302]]\n" * 18
    database = sqlite3.connect(directory / "gradebook.db")
    (course,) = database.execute("SELECT course_id FROM assignment").fetchone()
    folder = directory / ".autograder"
    people = [f"student {n}" for n in range(students)]
    database.executemany("INSERT INTO student (id) VALUES (?)", [(name,) for name in people])
    with open(folder / "journal.jsonl", "wb") as file:
        for number, lesson in enumerate(exercises.lessons()):
            asked = exercises.of_lesson(lesson)
            key = f"a{number}"
            if lesson == LESSON:
                database.execute("DELETE FROM assignment")
            database.execute(
                "INSERT INTO assignment (id, name, course_id) VALUES (?, ?, ?)", (key, lesson, course)
            )
            database.execute(
                "INSERT INTO notebook (id, name, assignment_id) VALUES (?, ?, ?)", (f"n{key}", lesson, key)
            )
            for one in asked:
                cell = f"{key}{one.name}"
                database.execute(
                    "INSERT INTO base_cell (id, name, notebook_id, type) VALUES (?, ?, ?, 'GradeCell')",
                    (cell, one.name, f"n{key}"),
                )
                database.execute(
                    "INSERT INTO grade_cells (id, max_score, cell_type) VALUES (?, ?, 'code')",
                    (cell, one.points),
                )
            at = datetime.datetime(2026, 3, 1) + datetime.timedelta(days=7 * number)
            rows = []
            for person, name in enumerate(people):
                items = []
                for one in asked:
                    fate = rng.random()
                    if fate < 0.6:
                        items.append(item(one.name, "1" * len(one.claims), text=f"✓ {one.name}"))
                        continue
                    known = rng.choice(one.misconceptions).name if fate < 0.85 else ""
                    told = text.format(one.name) + known + (str(rng.randrange(10**9)) if fate > 0.9 else "")
                    items.append(item(one.name, "1" + "0" * (len(one.claims) - 1), hint=known, text=told))
                when = (at + datetime.timedelta(seconds=person)).strftime("%Y-%m-%dT%H:%M:%SZ")
                file.write(entry(name, *items, lesson=lesson, at=when, work=f"{name}{lesson}").line())
                submission = f"{key}s{person}"
                rows.append((submission, key, name, f"{at:%Y-%m-%d %H:%M:%S}.000000"))
                database.executemany(
                    "INSERT INTO grade (id, cell_id, notebook_id, auto_score, needs_manual_grade)"
                    " VALUES (?, ?, ?, ?, 0)",
                    [
                        (f"{submission}{it.exercise}", f"{key}{it.exercise}", f"n{submission}", it.points)
                        for it in items
                    ],
                )
            database.executemany(
                "INSERT INTO submitted_assignment (id, assignment_id, student_id, timestamp)"
                " VALUES (?, ?, ?, ?)",
                rows,
            )
            database.executemany(
                "INSERT INTO submitted_notebook (id, notebook_id, assignment_id) VALUES (?, ?, ?)",
                [(f"n{row[0]}", f"n{key}", row[0]) for row in rows],
            )
    database.commit()
    database.close()
