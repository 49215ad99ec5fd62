"""The command line: `autograder grade`, `autograder doctor` and the others; `--help` lists them."""

import argparse
import importlib.metadata
import sys

from autograder.commands import doctor, explain, feedback, grade, handout, report, similar
from autograder.errors import LEFT_UNGRADED, REFUSED, AutograderError, told_by

COMMANDS = (handout, grade, feedback, report, similar, explain, doctor)


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return the exit status: 0 all graded, 1 something left ungraded, 2 refused."""
    options = _parser().parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):  # a folder's name need not be text
            stream.reconfigure(errors="backslashreplace")
    try:
        return options.run(options)
    except KeyboardInterrupt:
        print("\nStopped. What was finished is safe; run the same command again to go on.", file=sys.stderr)
        return LEFT_UNGRADED
    except AutograderError as error:
        print(f"Nothing more was done: {error}", file=sys.stderr)
        return error.exit_code
    except Exception as error:
        reason = _said_of_the_gradebook(error)
        if reason is None:
            raise
        print(f"Nothing more was done: the gradebook cannot be used: {reason}", file=sys.stderr)
        return REFUSED


def _said_of_the_gradebook(error: Exception) -> str | None:
    """Return what is wrong with the gradebook, or None if the error is no database's."""
    from sqlalchemy.exc import DBAPIError, NoSuchModuleError

    if isinstance(error, ModuleNotFoundError) and (error.name or "").startswith("psycopg"):
        return (
            "its driver is missing: pip install 'psycopg[binary]', and begin db_url with postgresql+psycopg"
        )
    return told_by(error) if isinstance(error, DBAPIError | NoSuchModuleError) else None


def _version() -> str:
    try:
        return importlib.metadata.version("optimization-course")
    except importlib.metadata.PackageNotFoundError:
        return "of a folder that is not installed"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("autograder", description=__doc__)
    parser.add_argument("--version", action="version", version=f"%(prog)s {_version()}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add(commands)
    return parser


if __name__ == "__main__":
    sys.exit(main())
