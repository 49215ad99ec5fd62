"""`autograder grade`: grade what was handed in."""

import argparse
import functools
import json
import sys
from typing import Any

from autograder.commands import showing
from autograder.errors import GRADED, LEFT_UNGRADED, ClusterError


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser(
        "grade",
        help="grade what was handed in",
        description=run.__doc__,
        epilog="for example: autograder grade 06_momentum --students ada bob",
    )
    showing.add_lessons(parser)
    showing.add_students(parser)
    parser.add_argument("--force", action="store_true", help="grade again what has not changed")
    parser.add_argument(
        "--figures", action="store_true", help="draw the lesson's figures with the student's functions (slow)"
    )
    parser.add_argument(
        "--dry-run",
        action="store_true",
        help="say what would be graded, with --force also whose points would change, and write nothing",
    )
    parser.add_argument("--json", action="store_true", help="print the summary as JSON")
    showing.add_workers(parser)
    _add_cluster(parser)
    showing.add_course(parser)
    showing.add_trusted(parser)
    parser.set_defaults(run=run)


def _add_cluster(parser: argparse.ArgumentParser) -> None:
    cluster = parser.add_argument_group("on a cluster", "deploy/cluster/README.md says how to start one")
    cluster.add_argument("--scheduler", metavar="ADDRESS", help="Dask's, for example tls://host:8786")
    cluster.add_argument("--tls-ca-file", metavar="FILE", help="the authority of the cluster's certificates")
    cluster.add_argument("--tls-cert", metavar="FILE", help="this machine's certificate")
    cluster.add_argument("--tls-key", metavar="FILE", help="its key")
    cluster.add_argument(
        "--insecure-scheduler",
        action="store_true",
        help="allow tcp:// to other machines: the course's secret and all submissions travel in clear",
    )


def run(options: argparse.Namespace) -> int:
    """Grade all that was handed in and is new or changed, and record it in nbgrader's gradebook."""
    from autograder.books import courses
    from autograder.running import rounds

    course = courses.find(options.course)
    names = course.known_lessons(options.lessons)
    students = course.known_students(options.students)
    if options.trusted_submissions:
        print("Without the seal: student code can read and write all that you can.", file=sys.stderr)
    if options.dry_run and not options.force:
        return _say_what_would_be_done(options, course, names, students)
    total = course.count(names, students)
    door = _door(options, total)
    with showing.bar(total, "submission", quiet=options.json) as bar:
        about: dict[str, Any] = {
            "students": students,
            "trusted": options.trusted_submissions,
            "run": door,
            "progress": lambda student, lesson: bar.update(),
        }
        if options.dry_run:
            summary = rounds.rehearse(course, names, **about)
        else:
            summary = rounds.grade(course, names, force=options.force, figures=options.figures, **about)
    if options.json:
        print(json.dumps(summary.as_dict(), ensure_ascii=False, indent=1))
    else:
        _say_what_was_done(summary, written=not options.dry_run)
    return LEFT_UNGRADED if summary.faults else GRADED


def _door(options: argparse.Namespace, total: int) -> Any:
    """Return what marks: processes of this machine, or a cluster."""
    from autograder.running import local

    if options.scheduler is None:
        return functools.partial(local.run, workers=max(1, min(options.workers, total)))
    if options.trusted_submissions:
        raise ClusterError(
            "a cluster always seals: leave out --trusted-submissions (or AUTOGRADER_TRUSTED_SUBMISSIONS)"
        )
    from autograder.running import cluster

    certificates = options.tls_ca_file, options.tls_cert, options.tls_key
    scheduler = cluster.Scheduler(options.scheduler, *certificates, insecure=options.insecure_scheduler)
    return functools.partial(cluster.run, scheduler=scheduler)


def _say_what_would_be_done(
    options: argparse.Namespace, course: Any, names: list[str], students: list[str] | None
) -> int:
    """Plan, without the lock, and without a secret where there is none yet."""
    from autograder.books import journals
    from autograder.books.ledgers import Ledger
    from autograder.running import rounds
    from autograder.running.jobs import Grader, Job

    with Ledger(course) as ledger:
        taught = rounds.taught(course, ledger, names)
        grader = Grader(taught, course.secret(make=False), figures=options.figures)
        newest = journals.newest(course.state)
        planned = list(rounds.plan(course, ledger, grader, newest, students=students))
    jobs = [one for one in planned if isinstance(one, Job)]
    if options.json:
        print(json.dumps([[job.student, job.lesson] for job in jobs], ensure_ascii=False))
        return GRADED
    for job in jobs:
        print(f"would grade {job.student}, {job.lesson}")
    print(f"{len(jobs)} to grade, {len(planned) - len(jobs)} unchanged")
    return GRADED


def _say_what_was_done(summary: Any, *, written: bool) -> None:
    done = f"{summary.graded} graded in {summary.seconds:.1f} s"
    print(f"{done}, {summary.skipped} unchanged" if written else f"{done}, and nothing written")
    if summary.endings:
        print(
            "Exercises: " + ", ".join(f"{count} {ending}" for ending, count in summary.endings.most_common())
        )
    if summary.hints:
        print("Misunderstood most, by all who are graded:")
    for hint, count in summary.hints.most_common(8):
        print(f"  {count} × {hint.replace('_', ' ')}")
    showing.lists(
        {
            "Other points than before:": [str(change) for change in summary.changes],
            "Could not be read (0 points):": summary.unreadable,
            "Odd:": summary.notes,
            "Ignored, since it lies where no lesson is looked for:": summary.ignored,
            "LEFT UNGRADED, by a fault of ours:": summary.faults,
        }
    )
