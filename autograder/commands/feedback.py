"""`autograder feedback`: write a page for each student."""

import argparse
import json
from typing import Any

from autograder.commands import showing
from autograder.errors import GRADED, LEFT_UNGRADED


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "feedback",
        help="write what comes back to the students",
        description=run.__doc__,
        epilog="for example: autograder feedback 06_momentum --students ada bob",
    )
    showing.add_lessons(parser)
    showing.add_students(parser)
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    showing.add_workers(parser)
    showing.add_course(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write a page of feedback on all that is graded; `nbgrader release_feedback` hands it out."""
    from autograder.books import courses
    from autograder.returning import feedback

    course = courses.find(options.course)
    lessons, students = course.known_lessons(options.lessons), course.known_students(options.students)
    total = course.count(lessons, students)
    with showing.bar(total, "page", quiet=options.json) as bar:
        summary = feedback.write(
            course, lessons, students=students, workers=options.workers, progress=bar.update
        )
    if options.json:
        print(json.dumps(vars(summary), ensure_ascii=False, indent=1))
    else:
        print(f"{summary.written} pages written, {summary.unchanged} unchanged, in {summary.folder}")
        showing.lists(
            {
                "Not graded yet (run `autograder grade`):": summary.ungraded,
                "NOT WRITTEN, by a fault of ours:": summary.faults,
            }
        )
    return LEFT_UNGRADED if summary.faults or summary.ungraded else GRADED
