"""The command line: `autograder grade`, `autograder doctor`."""

import argparse
import concurrent.futures
import difflib
import importlib.metadata
import json
import os
import sys

from autograder.sealing import pools, probe, sandboxes

GRADED, LEFT_UNGRADED, REFUSED = 0, 1, 2


def main(arguments=None):
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
    except concurrent.futures.BrokenExecutor:
        print(
            "A judging process was killed (for want of memory?). Run the same command again.", file=sys.stderr
        )
        return LEFT_UNGRADED
    except (sandboxes.SealError, *_refusals()) as error:
        print(f"Nothing more was graded: {error}", file=sys.stderr)
        return REFUSED


def _refusals():
    from sqlalchemy.exc import OperationalError

    from autograder.books.journals import Busy
    from autograder.marking.lessons import LessonError

    return (Busy, LessonError, FileNotFoundError, OperationalError)


def _version():
    try:
        return importlib.metadata.version("optimization-course")
    except importlib.metadata.PackageNotFoundError:
        return "of a folder that is not installed"


def _parser():
    parser = argparse.ArgumentParser("autograder", description=__doc__)
    parser.add_argument("--version", action="version", version=f"%(prog)s {_version()}")
    commands = parser.add_subparsers(required=True)
    grade = commands.add_parser("grade", help="grade what was handed in", description=_grade.__doc__)
    grade.add_argument("lessons", nargs="*", metavar="LESSON", help="for example 06_momentum; all by default")
    grade.add_argument("--students", nargs="+", metavar="NAME", help="only these")
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


def _doctor(options):
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


def _grade(options):
    """Grade all that was handed in and is new or changed, and record it in nbgrader's gradebook."""
    from autograder.books import courses, journals, ledgers
    from autograder.running import local

    found = courses.find(options.course)
    names = options.lessons or [name for name in found.lessons() if found.students(name)]
    _require("lesson", names, found.lessons())
    _require("student", options.students or (), found.everyone())
    if options.trusted_submissions:
        print("Without the seal: student code can read and write all that you can.", file=sys.stderr)
    with journals.Journal(found.state) as book, ledgers.Ledger(found) as gradebook:
        lessons, jobs, skipped = local.plan(
            found,
            gradebook,
            book,
            names,
            students=options.students,
            force=options.force,
            figures=options.figures,
        )
        if options.dry_run:
            return _say_what_would_be_done(options, jobs, skipped)
        with _bar(len(jobs), quiet=options.json) as bar:
            summary = local.grade_all(
                found,
                gradebook,
                book,
                lessons,
                jobs,
                workers=options.workers,
                trusted=options.trusted_submissions,
                figures=options.figures,
                progress=lambda graded: bar.update(),
            )
    summary.skipped = len(skipped)
    for entry in skipped:  # what the class misunderstood is asked of all, not of the newcomers alone
        summary.count_hints(entry["items"])
    summary.ignored = found.misplaced()
    if options.json:
        print(json.dumps(summary.as_dict(), ensure_ascii=False, indent=1))
    else:
        _say_what_was_done(summary)
    return LEFT_UNGRADED if summary.faults else GRADED


def _require(kind, names, known):
    """Refuse a name that is not known, with the likeliest that is meant."""
    for name in names:
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise FileNotFoundError(f"there is no {kind} {name}{meant}")


def _bar(total, *, quiet):
    from tqdm import tqdm

    return tqdm(total=total, unit="submission", disable=quiet or not sys.stderr.isatty())


def _say_what_would_be_done(options, jobs, skipped):
    if options.json:
        print(json.dumps([[job.student, job.lesson] for job in jobs], ensure_ascii=False))
        return GRADED
    for job in jobs:
        print(f"would grade {job.student}, {job.lesson}")
    print(f"{len(jobs)} to grade, {len(skipped)} unchanged")
    return GRADED


def _say_what_was_done(summary):
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
