"""What the commands share: arguments, a progress bar, lists of sentences."""

import argparse
import os
import sys
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from autograder.sealing import pools

Thing = TypeVar("Thing")


def bar(total: int | None, unit: str, *, quiet: bool = False) -> Any:
    """Return a progress bar on the terminal; none where nobody watches.

    Args:
        total: How many there will be, or None where nobody knows.
        unit: What they are called.
        quiet: Show none.
    """
    from tqdm import tqdm

    tqdm.monitor_interval = 0  # no thread beside ours: a process that has none can be forked
    return tqdm(total=total, unit=unit, disable=quiet or not sys.stderr.isatty())


def counted(things: Iterable[Thing], bar: Any) -> Iterator[Thing]:
    """Yield things, and move a bar by one for each."""
    for thing in things:
        yield thing
        bar.update()


def add_course(parser: argparse.ArgumentParser) -> None:
    """Add `--course`, which every command on a course has."""
    parser.add_argument("--course", default=".", help="the course's root; this directory by default")


def add_lessons(parser: argparse.ArgumentParser, default: str = "all by default") -> None:
    """Add the names of lessons."""
    parser.add_argument("lessons", nargs="*", metavar="LESSON", help=f"for example 06_momentum; {default}")


def add_students(parser: argparse.ArgumentParser) -> None:
    """Add `--students`."""
    parser.add_argument("--students", nargs="+", action="extend", metavar="NAME", help="only these")


def add_workers(parser: argparse.ArgumentParser) -> None:
    """Add `--workers`."""
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="processes; all cores by default"
    )


def add_trusted(parser: argparse.ArgumentParser) -> None:
    """Add `--trusted-submissions`."""
    parser.add_argument(
        "--trusted-submissions",
        action="store_true",
        default=pools.trusted_submissions(),
        help="run student code WITHOUT the seal: it can read and write all that you can",
    )


def lists(found: dict[str, list[str]]) -> None:
    """Print each heading with its lines, if there are any."""
    for heading, lines in found.items():
        if lines:
            print("\n".join([heading, *(f"  {line}" for line in lines)]))
