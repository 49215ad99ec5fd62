"""`autograder report`: what the class has understood, lesson by lesson and over the term."""

import argparse
import json
import os
from typing import Any

from autograder.commands import showing
from autograder.errors import GRADED


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "report",
        help="say what the class has understood",
        description=run.__doc__,
        epilog="for example: autograder report 06_momentum",
    )
    showing.add_lessons(parser, "all that are graded by default")
    parser.add_argument("--json", action="store_true", help="print the report as JSON, and write no page")
    showing.add_course(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write pages for the instructor into report/: one a lesson, and one for the term.

    They may be made at any time, also while a grader is at work.
    """
    from autograder.books import courses, journals
    from autograder.returning import reports

    course = courses.find(options.course)
    names = course.known_lessons(options.lessons) if options.lessons else []
    with showing.bar(None, "submission", quiet=options.json) as bar:
        entries = showing.counted(journals.entries(course.state), bar)
        report = reports.make(course, names, entries=entries)
    if options.json:
        print(json.dumps(report.as_dict(), ensure_ascii=False, indent=1))
        return GRADED
    from autograder.returning import report_pages  # matplotlib takes a second to come

    with showing.bar(len(report.lessons), "page", quiet=options.json) as bar:
        written = report_pages.write(report, course.root, progress=lambda lesson: bar.update())
    _say(report, [os.path.relpath(path) for path in written])
    return GRADED


def _say(report: Any, pages: list[str]) -> None:
    notes = sum(len(exercise.notes) for lesson in report.lessons for exercise in lesson.exercises)
    print(f"The term:  {pages[0]}")
    for lesson, page in zip(report.lessons, pages[1:], strict=True):
        print(f"{lesson.overview.lesson}:  {page}")
    print(f"{len(report.concerns)} of {report.students} students may need help")
    print(f"{notes} findings deserve a second look")
