"""`autograder similar`: whose work is alike beyond what the exercises force?"""

import argparse
import json
from dataclasses import asdict
from typing import Any

from autograder.commands import showing
from autograder.errors import GRADED


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "similar",
        help="show pairs whose work is alike",
        description=run.__doc__,
        epilog="for example: autograder similar 06_momentum",
    )
    showing.add_lessons(parser)
    parser.add_argument("--json", action="store_true", help="print the pairs as JSON, and write no page")
    showing.add_workers(parser)
    showing.add_course(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Show pairs of students who share what is rare in the class, side by side; it is for you to judge."""
    from autograder.books import courses, journals
    from autograder.returning import files, likeness

    course = courses.find(options.course)
    lessons = course.known_lessons(options.lessons)
    found, newest = {}, journals.newest(course.state)
    with showing.bar(len(lessons), "lesson", quiet=options.json) as bar:
        for lesson in lessons:
            nobodys = likeness.given(course, lesson)
            pairs, size = likeness.find(course, lesson, nobodys, newest, workers=options.workers)
            found[lesson] = pairs
            if not options.json:
                path = course.root / "similar" / f"{lesson}.html"
                files.put_page(path, likeness.page(course, lesson, nobodys, pairs, size))
            bar.update()
    if options.json:
        told = {lesson: [asdict(pair) for pair in pairs] for lesson, pairs in found.items()}
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return GRADED
    for lesson, pairs in found.items():
        print(f"{lesson}: {len(pairs)} {'pair' if len(pairs) == 1 else 'pairs'} to look at")
    print(f"Both texts of each, side by side: {course.root / 'similar'}")
    return GRADED
