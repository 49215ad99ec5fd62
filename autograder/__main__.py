"""The command line: `autograder grade`, `autograder doctor`."""

import argparse
import importlib.metadata
import json
import os
import sys
from typing import Any

from autograder.errors import GRADED, LEFT_UNGRADED, REFUSED, AutograderError
from autograder.sealing import pools, probe, sandboxes


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
        print(f"Nothing more was graded: {error}", file=sys.stderr)
        return error.exit_code
    except Exception as error:
        if not _is_of_the_gradebook(error):
            raise
        print(f"Nothing more was graded: the gradebook cannot be used: {error}", file=sys.stderr)
        return REFUSED


def _is_of_the_gradebook(error: Exception) -> bool:
    from sqlalchemy.exc import OperationalError

    return isinstance(error, OperationalError)


def _version() -> str:
    try:
        return importlib.metadata.version("optimization-course")
    except importlib.metadata.PackageNotFoundError:
        return "of a folder that is not installed"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("autograder", description=__doc__)
    parser.add_argument("--version", action="version", version=f"%(prog)s {_version()}")
    commands = parser.add_subparsers(required=True)
    grade = commands.add_parser("grade", help="grade what was handed in", description=_grade.__doc__)
    grade.add_argument("lessons", nargs="*", metavar="LESSON", help="for example 06_momentum; all by default")
    grade.add_argument("--students", nargs="+", action="extend", metavar="NAME", help="only these")
    grade.add_argument("--force", action="store_true", help="grade again what has not changed")
    grade.add_argument(
        "--figures", action="store_true", help="draw the lesson's figures with the student's functions (slow)"
    )
    grade.add_argument("--dry-run", action="store_true", help="say what would be graded, and write nothing")
    grade.add_argument("--json", action="store_true", help="print the summary as JSON")
    grade.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="processes; all cores by default"
    )
    grade.add_argument("--course", default=".", help="the course's root; this directory by default")
    grade.add_argument(
        "--trusted-submissions",
        action="store_true",
        default=pools.trusted_submissions(),
        help="run student code WITHOUT the seal: it can read and write all that you can",
    )
    grade.set_defaults(run=_grade)
    doctor = commands.add_parser("doctor", help="probe the seal", description=_doctor.__doc__)
    doctor.set_defaults(run=_doctor)
    return parser


def _doctor(options: argparse.Namespace) -> int:
    """Probe the seal from inside and print what holds."""
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


def _grade(options: argparse.Namespace) -> int:
    """Grade all that was handed in and is new or changed, and record it in nbgrader's gradebook."""
    from autograder.books import courses
    from autograder.running import rounds

    course = courses.find(options.course)
    names = course.known_lessons(options.lessons)
    students = course.known_students(options.students)
    if options.trusted_submissions:
        print("Without the seal: student code can read and write all that you can.", file=sys.stderr)
    if options.dry_run:
        return _say_what_would_be_done(options, course, names, students)
    total = sum(name in (students or [name]) for lesson in names for name in course.students(lesson))
    with _bar(total, quiet=options.json) as bar:
        summary = rounds.grade(
            course,
            names,
            students=students,
            force=options.force,
            figures=options.figures,
            trusted=options.trusted_submissions,
            workers=max(1, min(options.workers, total)),
            progress=lambda student, lesson: bar.update(),
        )
    if options.json:
        print(json.dumps(summary.as_dict(), ensure_ascii=False, indent=1))
    else:
        _say_what_was_done(summary)
    return LEFT_UNGRADED if summary.faults else GRADED


def _bar(total: int, *, quiet: bool) -> Any:
    from tqdm import tqdm

    tqdm.monitor_interval = 0  # no thread beside ours: a process that has none can be forked
    return tqdm(total=total, unit="submission", disable=quiet or not sys.stderr.isatty())


def _say_what_would_be_done(
    options: argparse.Namespace, course: Any, names: list[str], students: list[str] | None
) -> int:
    """Plan, without the lock, and without a secret where there is none yet."""
    from autograder.books.ledgers import Ledger
    from autograder.running import rounds
    from autograder.running.jobs import Grader, Job

    with Ledger(course) as ledger:
        taught = rounds.taught(course, ledger, names)
        grader = Grader(taught, course.secret(make=False), figures=options.figures)
        planned = list(rounds.plan(course, ledger, grader, students=students, force=options.force))
    jobs = [one for one in planned if isinstance(one, Job)]
    if options.json:
        print(json.dumps([[job.student, job.lesson] for job in jobs], ensure_ascii=False))
        return GRADED
    for job in jobs:
        print(f"would grade {job.student}, {job.lesson}")
    print(f"{len(jobs)} to grade, {len(planned) - len(jobs)} unchanged")
    return GRADED


def _say_what_was_done(summary: Any) -> None:
    print(f"{summary.graded} graded in {summary.seconds:.1f} s, {summary.skipped} unchanged")
    if summary.endings:
        print(
            "Exercises: " + ", ".join(f"{count} {ending}" for ending, count in summary.endings.most_common())
        )
    if summary.hints:
        print("Misunderstood most, by all who are graded:")
    for hint, count in summary.hints.most_common(8):
        print(f"  {count} × {hint.replace('_', ' ')}")
    for heading, lines in (
        ("Could not be read (0 points):", summary.unreadable),
        ("Odd:", summary.notes),
        ("Ignored, since it lies where no lesson is looked for:", summary.ignored),
        ("LEFT UNGRADED, by a fault of ours:", summary.faults),
    ):
        if lines:
            print("\n".join([heading, *(f"  {line}" for line in lines)]))


if __name__ == "__main__":
    sys.exit(main())
