"""Grades as files: each is written by `nbgrader export`, and read as the system reads it that imports it."""

import csv
import datetime
import random
import shutil

import pytest
from nbgrader.api import Grade, SubmittedAssignment, SubmittedNotebook
from nbgrader.plugins import CsvExportPlugin
from sqlalchemy import event

from autograder.books import scores
from autograder.hooks import export
from tests import large_class
from tests.classroom import nbgrader_command

LONG_AGO, FAR_AHEAD = datetime.datetime(2020, 1, 1), datetime.datetime(2999, 1, 1)
START, NEXT, LAST = "00_start", "01_next", "02_last"
NAMES = {  # id → last name, first name, e-mail, number in the system
    "ada": ("Lovelace", "Ada", "ada@example.org", "4711"),
    "bob": (None, None, None, None),
    "zoé müller": ('Müller, "née" Å', "Zoé", "zoe@example.org", "12abc"),
    "eve": ('=HYPERLINK("http://x")', "+1", "@eve", None),
    "max": ("Points Possible", "Max", "max@example.org", None),
    "=1+1": ("Formula", "A", "formula@example.org", None),
    "0": ("Nought", "N", "nought@example.org", None),
}
EXPORTERS = {  # name → its file, and the lines of it that are not students'
    "CsvExport": ("grades.csv", 1),
    "TotalsExport": ("totals.csv", 1),
    "CanvasExport": ("canvas.csv", 2),
    "MoodleExport": ("moodle.csv", 1),
    "BlackboardExport": ("blackboard.csv", 1),
}
POLICY = "\nc.GradePolicy.drop_lowest = 1\nc.GradePolicy.weights = {'01_next': 2}\n"


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A course of three lessons of 10 points, the last of them not due yet."""
    root = tmp_path_factory.mktemp("exports") / "course"
    large_class.make_empty(root)
    with large_class.opened(root) as gradebook:
        for lesson, due in ((START, LONG_AGO), (NEXT, LONG_AGO), (LAST, FAR_AHEAD)):
            gradebook.add_assignment(lesson, duedate=due, course_id=large_class.COURSE)
            gradebook.add_notebook(lesson, lesson)
            gradebook.add_grade_cell("exercise", lesson, lesson, max_score=10, cell_type="code")
        for student, (last, first, email, number) in NAMES.items():
            about = {"last_name": last, "first_name": first, "email": email, "lms_user_id": number}
            gradebook.add_student(student, **about)
            hand_in(gradebook, student, START, 7.5)
        hand_in(gradebook, "ada", NEXT, 9, penalty=2)
        hand_in(gradebook, "ada", LAST, 10)
    return root


def hand_in(gradebook, student, lesson, points, *, penalty=None):
    gradebook.add_submission(lesson, student, timestamp=LONG_AGO)
    grade = gradebook.find_grade("exercise", lesson, lesson, student)
    grade.auto_score, grade.needs_manual_grade = points, False
    gradebook.find_submission_notebook(lesson, lesson, student).late_submission_penalty = penalty
    gradebook.db.commit()


@pytest.fixture
def course(made, tmp_path):
    return shutil.copytree(made, tmp_path / "course")


def configure(course, text):
    with open(course / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write(text)


def run(course, name, *arguments):
    nbgrader_command(course, "export", f"--exporter=autograder.hooks.export.{name}", *arguments)


def table(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.reader(file))


def canvas(path):
    """Read a file as Canvas does; return title → points possible, and (number, login) → title → score."""
    headings, *lines = table(path)
    assert "Student" in headings[0] and "ID" in headings[1]
    assert headings[2] == "SIS Login ID" and "Section" in headings[3]
    possible, people = {}, {}
    for line in lines:
        assert len(line) == len(headings)
        cells = dict(zip(headings[4:], line[4:], strict=True))
        if "Points Possible" in line[0]:
            possible = {title: float(cell) for title, cell in cells.items()}
        else:
            people[line[1], line[2]] = {title: float(cell) for title, cell in cells.items() if cell}
    return possible, people


def moodle(path, known):
    """Read a file as Moodle does, its first column mapped to the user; an unknown one ends the import."""
    headings, *lines = table(path)
    people, student = {}, None
    for line in lines:
        if line[0].strip() not in ("", "0"):
            student = line[0].strip()  # and otherwise it is still the one before
            assert student in known, "Moodle would import nothing"
        assert student not in people, "Moodle would give one student's points to another"
        cells = dict(zip(headings[3:], line[3:], strict=True))
        people[student] = {item: float(cell) for item, cell in cells.items() if cell.strip() != "-"}
        assert all(value <= 100 for value in people[student].values()), "Moodle would import nothing"
    return people


def blackboard(path):
    """Read a file as Blackboard does: every cell in quotes, students by Username."""
    text = path.read_text(encoding="utf-8")
    headings, *lines = table(path)
    assert text.count('"') >= 2 * len(headings) * (len(lines) + 1)
    name = headings.index("Username")
    return headings, {line[name]: dict(zip(headings[3:], line[3:], strict=True)) for line in lines}


def test_canvas_reads_the_points_back(course):
    """Does each student get their points by number or login, and no one the points that are possible?"""
    configure(course, POLICY)
    run(course, "CanvasExport")
    possible, people = canvas(course / "canvas.csv")
    assert possible == {START: 10, NEXT: 10, LAST: 10, export.TOTAL: 100}
    assert people["4711", "ada"] == {START: 7.5, NEXT: 7, LAST: 10, export.TOTAL: 75}
    others = {login for number, login in people if not number}
    assert others == {"bob", "zoé müller", "eve", "max", "0"}
    assert people["", "bob"] == people["", "max"] == {START: 7.5, NEXT: 0, export.TOTAL: 75}


def test_moodle_reads_the_points_back(course):
    """Does each student get their own points, and is what is not due yet no grade?"""
    configure(course, POLICY)
    run(course, "MoodleExport")
    people = moodle(course / "moodle.csv", NAMES)
    assert set(people) == set(NAMES) - {"=1+1", "0"}
    assert people["ada"] == {START: 7.5, NEXT: 7, LAST: 10, export.TOTAL: 75}
    assert people["bob"] == {START: 7.5, NEXT: 0, export.TOTAL: 75}


def test_moodle_is_told_who_by_one_column_that_is_never_empty(course):
    """With addresses, is who has none left out, instead of given to the student before?"""
    configure(course, "\nc.MoodleExport.identify_by = 'email'\n")
    run(course, "MoodleExport")
    known = {email for _, _, email, _ in NAMES.values() if email and email[0] != "@"}
    assert set(moodle(course / "moodle.csv", known)) == known
    assert table(course / "moodle.csv")[0][:3] == ["Email address", "First name", "Last name"]


def test_blackboard_reads_the_points_back(course):
    """Are the columns found by the number that Blackboard gave them, and students by their login?"""
    momentum = "Start [Total Pts: 10 Score] |664617"
    configure(course, f"{POLICY}c.BlackboardExport.headings = {{'{START}': '{momentum}', '{LAST}': ''}}\n")
    run(course, "BlackboardExport")
    headings, people = blackboard(course / "blackboard.csv")
    added = [f"{NEXT} [Total Pts: 10 Score]", f"{export.TOTAL} [Total Pts: 100 Score]"]
    assert headings == ["Last Name", "First Name", "Username", momentum, *added]
    assert set(people) == set(NAMES) - {"=1+1"}
    assert list(map(float, people["ada"].values())) == [7.5, 7, 75]


def test_the_totals_are_the_policys(course):
    """Does the total drop, weigh and leave out what the configuration says, and name what it dropped?"""
    configure(course, POLICY)
    run(course, "TotalsExport")
    rows = {row["student_id"]: row for row in csv.DictReader((course / "totals.csv").open(encoding="utf-8"))}
    kept = ("dropped", "points", "possible", "percent", LAST)
    assert [rows["ada"][name] for name in kept] == [NEXT, "7.5", "10.0", "75.0", "10.0"]
    assert [rows["bob"][name] for name in kept] == [NEXT, "7.5", "10.0", "75.0", ""]
    assert set(rows) == set(NAMES) - {"=1+1"} | {"'=1+1"}


@pytest.mark.parametrize(
    "name", ["CsvExport", "TotalsExport", "CanvasExport", "MoodleExport", "BlackboardExport"]
)
def test_no_cell_is_a_formula(course, name):
    """Is no text of any file one that a spreadsheet would run, and every name still readable?"""
    run(course, name, "--to", "grades.csv")
    cells = [cell for row in table(course / "grades.csv") for cell in row]
    texts = [cell for cell in cells if cell != "-" and not cell.replace(".", "").isdigit()]
    assert [text for text in texts if text.lstrip().startswith(("=", "+", "-", "@", "\t", "\r"))] == []
    assert any("Zoé" in text for text in texts)
    assert any('Müller, "née" Å' in text for text in texts)


def test_lessons_and_students_are_chosen_as_in_nbgraders_own(course):
    """Do the options leave out columns and lines, and the total none of its lessons?"""
    configure(course, POLICY)
    run(course, "CanvasExport", "--assignment", f"['{NEXT}']", "--student", "['bob']")
    possible, people = canvas(course / "canvas.csv")
    assert list(possible) == [NEXT, export.TOTAL]
    assert people == {("", "bob"): {NEXT: 0, export.TOTAL: 75}}


@pytest.mark.parametrize(
    ("setting", "arguments", "said"),
    [
        ("c.GradePolicy.drop_lowest = -1", (), "drop_lowest"),
        ("c.GradePolicy.weights = {'00_start': float('nan')}", (), "no number"),
        ("", ("--assignment", "['00_stat']"), "there is no lesson 00_stat; did you mean 00_start?"),
        ("", ("--student", "['adda']"), "there is no student adda; did you mean ada?"),
        ("", ("--to", "nowhere/grades.csv"), "nowhere/grades.csv"),
    ],
)
def test_a_mistake_is_a_sentence_and_no_file(course, setting, arguments, said, capfd):
    """Does the command fail without a traceback, and leave what was exported before as it was?"""
    configure(course, f"\n{setting}\n")
    (course / "canvas.csv").write_text("before")
    with pytest.raises(RuntimeError, match="ended with 1"):
        run(course, "CanvasExport", *arguments)
    heard = capfd.readouterr().err
    assert said in heard and "Nothing was exported" in heard and "Traceback" not in heard
    assert (course / "canvas.csv").read_text() == "before"


def test_who_is_left_out_and_what_is_not_final_is_said(course, capfd):
    """Does the log name who cannot be named there, and count what waits for marking by hand?"""
    with large_class.opened(course) as gradebook:
        gradebook.find_grade("exercise", START, START, "bob").needs_manual_grade = True
        gradebook.db.commit()
    run(course, "MoodleExport")
    heard = capfd.readouterr().err
    assert "2 students cannot be named there and are left out: '=1+1', '0'" in heard
    assert "1 submissions wait for being marked by hand" in heard


def test_an_extension_alone_is_no_submission(course):
    """Is a lesson with an extension, not handed in yet, an empty cell and not in the total?"""
    with large_class.opened(course) as gradebook:
        gradebook.add_submission(NEXT, "bob")
        gradebook.grant_extension(NEXT, "bob", weeks=52 * 900)
    run(course, "CanvasExport")
    _, people = canvas(course / "canvas.csv")
    assert people["", "bob"] == {START: 7.5, export.TOTAL: 75}
    assert people["", "eve"] == {START: 7.5, NEXT: 0, export.TOTAL: 37.5}


def test_a_time_without_points_is_a_submission(course):
    """Is a lesson handed in whose answers all wait for being marked?"""
    with large_class.opened(course) as gradebook:
        gradebook.add_submission(LAST, "bob", timestamp=LONG_AGO)
    run(course, "CanvasExport")
    people = canvas(course / "canvas.csv")[1]
    assert (people["", "bob"][LAST], LAST in people["", "eve"]) == (0, False)


@pytest.mark.parametrize("kind", ["auto_score", "manual_score"])
def test_points_without_a_time_are_a_submission(course, kind):
    """Is a lesson handed in that has points of either kind, where nobody noted when?"""
    with large_class.opened(course) as gradebook:
        gradebook.add_submission(LAST, "bob")
        setattr(gradebook.find_grade("exercise", LAST, LAST, "bob"), kind, 4)
        gradebook.db.commit()
    run(course, "CanvasExport")
    assert canvas(course / "canvas.csv")[1]["", "bob"][LAST] == 4


def test_an_empty_course_is_exported(tmp_path):
    """Is a course with nobody in it, half-way set up, a file with its heading?"""
    large_class.make_empty(tmp_path)
    for name, (file_name, lines) in EXPORTERS.items():
        run(tmp_path, name)
        assert len(table(tmp_path / file_name)) == lines


@pytest.fixture(scope="module")
def class_of_twelve(tmp_path_factory):
    """A class whose grades are of every kind: by hand, with extra credit, late, extended, not handed in."""
    root, rng = tmp_path_factory.mktemp("twelve") / "course", random.Random(7)
    large_class.make(root, 12)
    with large_class.opened(root) as gradebook:
        for grade in gradebook.db.query(Grade):
            grade.manual_score = rng.choice([None, None, 0.0, 1.7, 2.25])
            grade.extra_credit = rng.choice([None, None, None, 0.5])
        for notebook in gradebook.db.query(SubmittedNotebook):
            notebook.late_submission_penalty = rng.choice([None, None, 0.1, 3.3, 40.0])
        for submission in gradebook.db.query(SubmittedAssignment):
            submission.timestamp = rng.choice([None, large_class.DUE])
            submission.extension = rng.choice([None, None, datetime.timedelta(days=2, hours=1)])
        gradebook.db.commit()
        for student, lesson in [("student00003", "04_lesson"), ("student00007", "12_lesson")]:
            gradebook.remove_submission(lesson, student)
    return root


def test_the_rows_are_those_of_nbgraders_own_exporter(class_of_twelve, tmp_path):
    """Whatever there is in the gradebook, are our rows nbgrader's?"""
    with large_class.opened(class_of_twelve) as gradebook:
        export.CsvExport(to=str(tmp_path / "ours.csv")).export(gradebook)
        CsvExportPlugin(to=str(tmp_path / "theirs.csv")).export(gradebook)

    def read(name):
        rows = list(csv.DictReader((tmp_path / name).open(encoding="utf-8")))
        for row in rows:
            for column in ("raw_score", "late_submission_penalty", "score", "max_score"):
                row[column] = pytest.approx(float(row[column]), abs=1e-9)
        return sorted(rows, key=lambda row: (row["assignment"], row["student_id"]))

    assert len(read("ours.csv")) == 12 * len(large_class.LESSONS)
    assert read("ours.csv") == read("theirs.csv")


def test_the_gradebook_is_asked_as_often_for_few_as_for_many(class_of_twelve, made):
    """Does reading all points take five queries, for 7 students and for 12?"""
    for root in (made, class_of_twelve):
        with large_class.opened(root) as gradebook:
            asked = []
            event.listen(gradebook.engine, "before_cursor_execute", lambda *about: asked.append(about[2]))  # noqa: B023
            scores.read(gradebook)
            assert len(asked) == 5


@pytest.fixture(scope="module")
def ten_thousand(tmp_path_factory):
    """A course of 10,000 students; its gradebook has 440 MB and is not kept."""
    root = tmp_path_factory.mktemp("ten-thousand") / "course"
    large_class.make(root, 10_000)
    yield root
    shutil.rmtree(root)


@pytest.mark.slow
@pytest.mark.parametrize("exporter", [export.CsvExport, export.CanvasExport])
def test_ten_thousand_students_are_exported(exporter, ten_thousand, tmp_path):
    """Are 130,000 results read and written? `make bench-gradebook` says in what time."""
    with large_class.opened(ten_thousand) as gradebook:
        exporter(to=str(tmp_path / "out.csv")).export(gradebook)
    assert len(table(tmp_path / "out.csv")) > 10_000
