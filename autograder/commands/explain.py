"""`autograder explain`: one answer again, claim by claim, with the numbers that were used."""

import argparse
from typing import Any

from autograder.commands import showing
from autograder.errors import GRADED, CourseError, LeftUngradedError


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "explain",
        help="show how an answer came to its points",
        description=run.__doc__,
        epilog="for example: autograder explain ada 06_momentum nesterov",
    )
    parser.add_argument("student", metavar="STUDENT")
    parser.add_argument("lesson", metavar="LESSON")
    parser.add_argument("exercise", metavar="EXERCISE", nargs="?", help="all of the lesson by default")
    showing.add_course(parser)
    showing.add_trusted(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run an answer again in the seal; print each claim with its numbers, hidden ones too: for your eyes."""
    from autograder.books import courses
    from autograder.books.ledgers import Ledger
    from autograder.running import appeals, local, rounds
    from autograder.running.jobs import Grader

    course = courses.find(options.course)
    student, name = options.student, options.lesson
    course.known_students([student])
    course.known_lessons([name])
    if student not in course.students(name):
        raise CourseError(f"{student} has not handed in {name}")
    key = course.secret(make=False)
    if not key:
        raise LeftUngradedError("nothing was graded here yet, so there are no numbers to show")
    with Ledger(course) as ledger:
        taught = rounds.taught(course, ledger, [name])
    exercises = list(taught[name].exercises())
    courses.require("exercise", [options.exercise] if options.exercise else [], exercises)
    asked = [options.exercise] if options.exercise else exercises
    grader = Grader(taught, key, options.trusted_submissions)
    job = rounds.read(course, student, name, rounds.decides(taught[name], key))
    with local.Judges(grader) as judges:
        print(local.result_of(judges.ask(appeals.explain, job, asked)))
    return GRADED
