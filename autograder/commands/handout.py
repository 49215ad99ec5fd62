"""`autograder handout`: make what students get."""

import argparse
import json
from typing import Any

from autograder.commands import showing
from autograder.errors import GRADED, CourseError


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "handout",
        help="make the zip that students get",
        description=run.__doc__,
        epilog="for example: autograder handout --without 03_gradient_checking "
        '--course-name "Deep learning I" --due "06_momentum=Friday 6 March, 18:00"',
    )
    showing.add_lessons(parser)
    parser.add_argument("--without", nargs="+", action="extend", metavar="LESSON", help="leave these out")
    parser.add_argument("--course-name", default="", metavar="NAME", help="what stands above each lesson")
    parser.add_argument(
        "--due",
        action="append",
        default=[],
        metavar="[LESSON=]WHEN",
        help="when a lesson, or all that are not named, must be handed in, in words; may be given again",
    )
    parser.add_argument("--out", default="build/handout", metavar="FOLDER", help="where to put it")
    parser.add_argument("--json", action="store_true", help="print what was made as JSON")
    showing.add_course(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make one zip for students: lessons, a wheel of what they and `check` need, and how to begin.

    Solutions, the grader and tests are not in it.
    """
    from autograder.books import courses
    from autograder.returning import handouts

    course = courses.find(options.course)
    left_out = course.known_lessons(options.without) if options.without else []
    chosen = course.known_lessons(options.lessons) if options.lessons else course.lessons()
    lessons = [name for name in dict.fromkeys(chosen) if name not in left_out]
    if not lessons:
        raise CourseError("there is no lesson to hand out")
    due = _deadlines(options.due, lessons, course.lessons())
    with showing.bar(len(lessons), "lesson", quiet=options.json) as bar:
        made = handouts.make(
            course, lessons, options.out, course_name=options.course_name, due=due, progress=bar.update
        )
    if options.json:
        print(json.dumps(vars(made), default=str, ensure_ascii=False, indent=1))
    else:
        print(f"Edition {made.edition}: {len(made.lessons)} lessons, {', '.join(made.lessons)}")
        print(f"For students:        {made.archive}   (START_HERE.md in it says how to begin)")
        print(f"For a hub, alone:    {made.wheel}   (it is in the zip too)")
    return GRADED


def _deadlines(given: list[str], lessons: list[str], known: list[str]) -> dict[str, str]:
    """Return lesson → its deadline, in the words that were given."""
    named = dict(text.split("=", 1) for text in given if "=" in text)
    for name in named:
        if name not in known:
            raise CourseError(f"--due names {name}, and there is no lesson of that name")
    for_all = [text for text in given if "=" not in text]
    return dict.fromkeys(lessons, for_all[-1]) | named if for_all else named
