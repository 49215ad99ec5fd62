"""What a student asks for at a command line: `python -m autograde_tests`, and `… update FOLDER`."""

import argparse
import json
import sys

from autograde_tests.engine import updating
from autograde_tests.engine.progressing import progress
from autograde_tests.engine.reading import UnreadableNotebook

FAILED, MISUSED = 1, 2


def main(arguments: list[str] | None = None) -> int:
    """Run a command; the exit status is 0, 1 if a notebook cannot be read, 2 if there is no lesson."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a terminal may have no ✓
            stream.reconfigure(errors="backslashreplace")
    try:
        return options.run(options)
    except KeyboardInterrupt:
        print("\nStopped.", file=sys.stderr)
        return FAILED
    except updating.NothingToUpdate as error:
        print(f"Nothing was changed: {error}.", file=sys.stderr)
        return MISUSED
    except (UnreadableNotebook, OSError) as error:
        print(f"Nothing more was done: {error}", file=sys.stderr)
        return FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m autograde_tests",
        description="Say how far you have come: which exercises are done, begun, or not written yet.",
        epilog="for example: python -m autograde_tests --folder notebooks",
    )
    parser.add_argument("--folder", help="where your lessons are; this folder by default")
    parser.add_argument("--json", action="store_true", help="print it as JSON")
    parser.set_defaults(run=_show_progress)
    commands = parser.add_subparsers(metavar="COMMAND")
    newer = commands.add_parser(
        "update",
        help="bring a newer edition of the lessons into yours",
        description="Bring a newer edition of the lessons into yours. Your answers and your own cells stay "
        "as they are; of every notebook that changes, a copy of how it was is kept beside it.",
        epilog="for example: python -m autograde_tests update ../optimization-course-new",
    )
    newer.add_argument("newer", metavar="FOLDER", help="where you unpacked the newer edition")
    newer.add_argument("--folder", default=argparse.SUPPRESS, help="where your lessons are, as above")
    newer.add_argument("--dry-run", action="store_true", help="say what is new, and change nothing")
    newer.set_defaults(run=_update)
    return parser


def _show_progress(options: argparse.Namespace) -> int:
    found = progress(options.folder)
    print(json.dumps(found.as_dict(), ensure_ascii=False, indent=1) if options.json else found)
    if not found.lessons:
        return MISUSED
    return FAILED if any(lesson.trouble for lesson in found.lessons) else 0


def _update(options: argparse.Namespace) -> int:
    for one in updating.update(options.newer, options.folder or ".", dry_run=options.dry_run):
        print(f"{one.lesson}: {'nothing new' if not one.news and not one.backup else ''}".rstrip())
        for text in one.news:
            print(f"  {text}")
        if one.backup:
            print(f"  as it was: {one.backup}")
    if options.dry_run:
        print("Nothing was changed.")
    else:
        print("Your answers and your own cells are as they were.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
