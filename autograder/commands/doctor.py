"""`autograder doctor`: does the seal hold on this machine, and is the course's gradebook quick?"""

import argparse
from pathlib import Path
from typing import Any

from autograder.commands import showing
from autograder.errors import GRADED, REFUSED, CourseError, told_by
from autograder.sealing import probe, sandboxes


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "doctor",
        help="probe the seal; say what the gradebook lacks",
        description=run.__doc__,
        epilog="for example: autograder doctor --fix",
    )
    parser.add_argument("--fix", action="store_true", help="create the gradebook's missing indexes")
    showing.add_course(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Say what the gradebook of a course lacks to be quick, probe the seal from inside, print what holds."""
    if options.fix or (Path(options.course) / "nbgrader_config.py").exists() or options.course != ".":
        _look_after_the_gradebook(options.course, fix=options.fix)
    print(f"  {'bubblewrap':<13} {sandboxes.find_bubblewrap()}")
    with sandboxes.Sandbox(["momentum"]) as sandbox:
        findings = probe.examine(sandbox)
    for finding in findings:
        said = f"   ({finding.said})" if finding.said else ""
        print(f"{'✓' if finding.holds else '✗'} {finding.name:<13} {finding.claim}{said}")
    holds = all(finding.holds for finding in findings)
    print(
        "\nThe seal holds." if holds else "\nThe seal does NOT hold: `autograder grade` refuses to work here."
    )
    return GRADED if holds else REFUSED


def _look_after_the_gradebook(root: str, *, fix: bool) -> None:
    from sqlalchemy.exc import DBAPIError

    from autograder.books import courses, indexes

    course = courses.find(root)
    url = course.directory.db_url
    if course.gradebook and not course.gradebook.exists():
        print("The gradebook is not there yet: the first release makes it.\n")
        return
    if fix:
        try:
            with course.journal():
                created = indexes.create(url)
        except DBAPIError as error:
            raise CourseError(f"the gradebook takes no new indexes: {told_by(error)}") from error
        made = f"has new indexes on {', '.join(created)}" if created else "has all its indexes already"
        print(f"The gradebook {made}.\n")
    elif lacking := indexes.missing(url):
        print(
            f"The gradebook has no index on {', '.join(lacking)}:\n"
            "Formgrader's lists are slow for a large class. `autograder doctor --fix` creates them,\n"
            "and so does the next `autograder grade`.\n"
        )
    else:
        print("The gradebook has the indexes that make Formgrader's lists quick.\n")
