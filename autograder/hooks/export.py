"""Grades as CSV: quoted where they must be, and no cell that a spreadsheet would run as a formula."""

import csv
from typing import Any

from nbgrader.api import MissingEntry
from nbgrader.plugins import ExportPlugin

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


class CsvExport(ExportPlugin):
    """nbgrader's CSV export, same columns and rows, safe to open."""

    def export(self, gradebook: Any) -> None:
        """Write all grades to `self.to`, by default grades.csv."""
        target = self.to or "grades.csv"
        self.log.info("Exporting grades to %s", target)
        with open(target, "w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(COLUMNS)
            for assignment in gradebook.assignments:
                for student in gradebook.students:
                    if self._wanted(assignment, student):
                        writer.writerow(map(safe, _row(gradebook, assignment, student)))

    def _wanted(self, assignment: Any, student: Any) -> bool:
        students, assignments = map(str, self.student), map(str, self.assignment)
        return (not self.student or student.id in students) and (
            not self.assignment or assignment.name in assignments
        )


def _row(gradebook: Any, assignment: Any, student: Any) -> list[Any]:
    start = [assignment.name, assignment.duedate]
    person = [student.id, student.last_name, student.first_name, student.email]
    try:
        submission = gradebook.find_submission(assignment.name, student.id)
    except MissingEntry:
        return [*start, "", *person, 0.0, 0.0, 0.0, assignment.max_score]
    penalty = submission.late_submission_penalty
    score = max(0.0, submission.score - penalty)
    return [*start, submission.timestamp, *person, submission.score, penalty, score, assignment.max_score]


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
