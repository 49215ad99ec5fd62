"""Export plugins: grades as CSV, and as the files that Canvas, Moodle and Blackboard import.

    nbgrader export                                                          # all points, as grades.csv
    nbgrader export --exporter=autograder.hooks.export.TotalsExport          # a line a student, as totals.csv
    nbgrader export --exporter=autograder.hooks.export.CanvasExport          # canvas.csv
    nbgrader export --exporter=autograder.hooks.export.MoodleExport          # moodle.csv
    nbgrader export --exporter=autograder.hooks.export.BlackboardExport      # blackboard.csv

What counts, and how much, is the course's `GradePolicy`: `autograder.books.transcripts` says how.
"""

import csv
from collections.abc import Iterable, Iterator
from typing import Any

from nbgrader.plugins import ExportPlugin
from traitlets import Dict, Enum, TraitError, Unicode

from autograder.books import courses, scores
from autograder.books.scores import Scores
from autograder.books.transcripts import DROPPED, GradePolicy, Lesson, Result, Student, Transcript
from autograder.errors import REFUSED, AutograderError

COLUMNS = (
    "assignment",
    "duedate",
    "timestamp",
    "student_id",
    "last_name",
    "first_name",
    "email",
    "raw_score",
    "late_submission_penalty",
    "score",
    "max_score",
)
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
TOTAL = "Course total"
FULL = 100.0  # the total is exported in percent, whatever the points add up to
DIGITS = 4
MOST_NAMED = 20


class Table(ExportPlugin):
    """What the exporters share: everything is read at once, and a table is written."""

    file_name = "grades.csv"
    quoting: Any = csv.QUOTE_MINIMAL

    def export(self, gradebook: Any) -> None:
        """Write the grades to `self.to`, or else to a file of the exporter's own name.

        Raises:
            SystemExit: If the configuration or a name is wrong, or the file cannot be written.
        """
        target = self.to or self.file_name
        self.log.info("Exporting grades to %s", target)
        try:
            found = scores.read(gradebook)
            rows = list(self.rows(found, self._students(found), self._lessons(found)))
            with open(target, "w", newline="", encoding="utf-8") as file:
                csv.writer(file, quoting=self.quoting).writerows(rows)
        except AutograderError as error:
            self.log.error("Nothing was exported: %s", error)
            raise SystemExit(error.exit_code) from error
        except (TraitError, OSError) as error:
            self.log.error("Nothing was exported: %s", error)
            raise SystemExit(REFUSED) from error

    def rows(self, found: Scores, students: list[Student], lessons: list[Lesson]) -> Iterable[list[Any]]:
        """Return the rows of the table, with its heading.

        Args:
            found: All points of the course.
            students: Those to export.
            lessons: Those to export.
        """
        raise NotImplementedError

    def _students(self, found: Scores) -> list[Student]:
        wanted = _wanted("student", self.student, [one.id for one in found.students])
        return [one for one in found.students if one.id in wanted]

    def _lessons(self, found: Scores) -> list[Lesson]:
        wanted = _wanted("lesson", self.assignment, [one.name for one in found.lessons])
        return [one for one in found.lessons if one.name in wanted]

    def transcripts(self, found: Scores, students: list[Student]) -> list[Transcript]:
        """Return the transcripts of some students, over all lessons, and say what is not final."""
        wanted = {one.id for one in students}
        kept = [one for one in found.transcripts(GradePolicy(parent=self)) if one.student.id in wanted]
        waiting = sum(
            one.submission is not None and one.submission.is_waiting for each in kept for one in each.results
        )
        if waiting:
            self.log.warning("%d submissions wait for being marked by hand: their points may change", waiting)
        return kept


class CsvExport(Table):
    """nbgrader's CSV export, same columns and rows, safe to open."""

    def rows(self, found: Scores, students: list[Student], lessons: list[Lesson]) -> Iterator[list[Any]]:
        """Yield a row for each lesson of each student."""
        yield list(COLUMNS)
        people = [(one.id, [safe(value) for value in one[:4]]) for one in students]
        for lesson in lessons:
            start, possible = [safe(lesson.name), str(lesson.due or "")], lesson.possible
            for name, person in people:
                one = found.submissions.get((name, lesson.name))
                if one is None:
                    yield [*start, "", *person, 0.0, 0.0, 0.0, possible]
                else:
                    points = one.points, one.penalty, one.score
                    yield [*start, safe(one.timestamp), *person, *points, possible]


class TotalsExport(Table):
    """A line a student: each lesson's points, and the total by the course's policy.

    A lesson that was not handed in and is not due yet is an empty cell; those that were dropped are named.
    """

    file_name = "totals.csv"

    def rows(self, found: Scores, students: list[Student], lessons: list[Lesson]) -> Iterator[list[Any]]:
        """Yield a row for each student."""
        names = [safe(one.name) for one in lessons]
        yield [*COLUMNS[3:7], *names, "dropped", "points", "possible", "percent"]
        for one in self.transcripts(found, students):
            person = [safe(value) for value in one.student[:4]]
            dropped = " ".join(result.lesson.name for result in one.results if result.standing == DROPPED)
            points = [_rounded(result.score) for result in _of(one, lessons)]
            total = [_rounded(one.points), _rounded(one.possible), _percent(one)]
            yield [*person, *points, safe(dropped), *total]


class ImportFile(Table):
    """A file that a learning management system imports: a line a student, one column that says who it is.

    Whoever cannot be named there is left out, and the log says who: a system that finds an empty or unknown
    name may stop, or take the line for another student's.
    """

    headings = Dict(
        key_trait=Unicode(),
        value_trait=Unicode(),
        help="Lesson → heading of the column that it has there already; its own name where it is not named. "
        f"The total's name here is {TOTAL!r}; an empty heading leaves a column out.",
    ).tag(config=True)
    blank = ""

    def heading(self, name: str, possible: float) -> str:
        """Return the heading of a column that is not there yet."""
        return name

    def who(self, student: Student) -> str | None:
        """Return what the system knows a student by."""
        return student.id

    def about(self, student: Student) -> list[str]:
        """Return the cells that stand before the points."""
        raise NotImplementedError

    def start(self, columns: dict[str, str], lessons: list[Lesson]) -> Iterator[list[Any]]:
        """Yield the rows that stand before the students'."""
        raise NotImplementedError

    def rows(self, found: Scores, students: list[Student], lessons: list[Lesson]) -> Iterator[list[Any]]:
        """Yield the heading and a row for each student who can be named."""
        for sentence in courses.unknown(
            "lesson", self.headings, [one.name for one in found.lessons] + [TOTAL]
        ):
            self.log.warning("headings: in the gradebook %s", sentence)
        possible = {one.name: one.possible for one in lessons} | {TOTAL: FULL}
        columns = {
            name: self.headings.get(name, safe(self.heading(name, points)))
            for name, points in possible.items()
        }
        columns = {name: heading for name, heading in columns.items() if heading}
        lessons = [one for one in lessons if one.name in columns]
        yield from self.start(columns, lessons)
        left_out = []
        for one in self.transcripts(found, students):
            name = self.who(one.student)
            if not name or safe(name) != name:
                left_out.append(one.student.id)
                continue
            points = [self.points(result.score) for result in _of(one, lessons)]
            if TOTAL in columns:
                points.append(self.points(_percent(one)))
            yield [*map(safe, self.about(one.student)), *points]
        if left_out:
            some = ", ".join(map(repr, left_out[:MOST_NAMED])) + ", …" * (len(left_out) > MOST_NAMED)
            self.log.warning("%d students cannot be named there and are left out: %s", len(left_out), some)

    def points(self, score: float | None) -> float | str:
        """Return a score as it is written."""
        return self.blank if score is None else round(score, DIGITS)


class CanvasExport(ImportFile):
    """Canvas: Grades, Import.

    The columns are those of Canvas's own export: Student, ID, SIS Login ID, Section, then the assignments,
    and a second line with the points possible. A student is found by Canvas's number (`lms_user_id` in the
    gradebook, where it is one), else by the login, which is nbgrader's student id. An assignment that Canvas
    does not have by its title is offered as a new one. An empty cell changes nothing.

    Reference: "How do I import grades in the Gradebook?" of the Canvas Instructor Guide;
    instructure/canvas-lms, `lib/gradebook_importer.rb` (`row_has_student_headers?`, `process_pp`,
    `process_student`).
    """

    file_name = "canvas.csv"

    def start(self, columns: dict[str, str], lessons: list[Lesson]) -> Iterator[list[Any]]:
        """Yield the headings and the points possible."""
        yield ["Student", "ID", "SIS Login ID", "Section", *columns.values()]
        possible = [one.possible for one in lessons] + [FULL] * (TOTAL in columns)
        yield ["    Points Possible", "", "", "", *possible]

    def about(self, student: Student) -> list[str]:
        """Return name, number, login and section; a name cannot pass for the line of points."""
        name = (_sortable_name(student) or student.id).replace("Points Possible", "Points possible")
        number = student.lms_user_id or ""
        return [name, number if number.isascii() and number.isdigit() else "", student.id, ""]


class MoodleExport(ImportFile):
    """Moodle: Grades, Import, CSV file; map the first column to the user, each lesson to its grade item.

    Exactly one column says who a student is: with an empty cell there Moodle would give the line to the
    student before, and with an unknown name it imports nothing at all. What is not due yet is "-", Moodle's
    own sign for no grade; Moodle refuses grades above 100 unless its administrator allows them.

    Reference: docs.moodle.org, "Grade import", CSV import; moodle/moodle,
    `grade/import/csv/classes/load_data.php` (`map_user_data_with_value`, `import_new_grade_item`,
    `insert_grade_record`).
    """

    file_name = "moodle.csv"
    blank = "-"
    identify_by = Enum(
        ("username", "email", "idnumber"),
        "username",
        help="What Moodle finds a student by: nbgrader's student id, the e-mail address, or lms_user_id.",
    ).tag(config=True)

    def who(self, student: Student) -> str | None:
        """Return what Moodle knows a student by; "0" is empty to it."""
        fields = {"username": student.id, "email": student.email, "idnumber": student.lms_user_id}
        name = (fields[self.identify_by] or "").strip()
        return None if name == "0" else name

    def start(self, columns: dict[str, str], lessons: list[Lesson]) -> Iterator[list[Any]]:
        """Yield the headings."""
        who = {"username": "Username", "email": "Email address", "idnumber": "ID number"}[self.identify_by]
        yield [who, "First name", "Last name", *columns.values()]

    def about(self, student: Student) -> list[str]:
        """Return who it is, and the names, which Moodle does not read."""
        return [self.who(student) or "", student.first_name or "", student.last_name or ""]


class BlackboardExport(ImportFile):
    """Blackboard: Grade Center, Work Offline, Upload, with "comma" as the delimiter.

    A student is found by the Username, which is nbgrader's student id; names are not read. A column is found
    by the number that Blackboard gave it, as in its own download: set `c.BlackboardExport.headings =
    {"06_momentum": "Momentum [Total Pts: 17 Score] |664617"}`. Without a number Blackboard makes a new
    column, of text and without points possible. Every cell is quoted, as it asks of files delimited by
    commas. Its help does not name an encoding; this is UTF-8.

    Reference: Blackboard Help, "Work Offline with Grade Data", formatting external files; its form of
    headings as in nbeaver/offline-grades-upload.
    """

    file_name = "blackboard.csv"
    quoting = csv.QUOTE_ALL

    def heading(self, name: str, possible: float) -> str:
        """Return a heading as in Blackboard's own download, without the number."""
        return f"{name} [Total Pts: {possible:g} Score]"

    def start(self, columns: dict[str, str], lessons: list[Lesson]) -> Iterator[list[Any]]:
        """Yield the headings."""
        yield ["Last Name", "First Name", "Username", *columns.values()]

    def about(self, student: Student) -> list[str]:
        """Return names and login."""
        return [student.last_name or "", student.first_name or "", student.id]


def safe(value: Any) -> Any:
    """Return a cell that no spreadsheet takes for a formula.

    Example:
        >>> safe("=HYPERLINK(1)"), safe(-1.5), safe(None)
        ("'=HYPERLINK(1)", -1.5, '')
    """
    if value is None:
        return ""
    if isinstance(value, str) and value.lstrip(" ").startswith(FORMULA_STARTS):
        return f"'{value}"
    return value


def _wanted(kind: str, names: Iterable[Any], known: list[str]) -> set[str]:
    """Return the names that are asked for, or all.

    Raises:
        CourseError: If the gradebook has none of a name.
    """
    asked = set(map(str, names))
    courses.require(kind, asked, set(known))
    return asked or set(known)


def _of(transcript: Transcript, lessons: list[Lesson]) -> list[Result]:
    return [one for one in transcript.results if one.lesson in lessons]


def _percent(transcript: Transcript) -> float | None:
    share = transcript.share
    return None if share is None else _rounded(FULL * share)


def _rounded(score: float | None) -> float | None:
    return None if score is None else round(score, DIGITS)


def _sortable_name(student: Student) -> str:
    return ", ".join(filter(None, [student.last_name, student.first_name]))
