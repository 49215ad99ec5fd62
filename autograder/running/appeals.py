"""A student's appeal: one answer asked again in the seal, each claim shown with the numbers used."""

from collections.abc import Iterable

from autograde_tests.engine import judge, messages
from autograder.marking import rebuilding, verdicts
from autograder.running.jobs import Grader, Job
from autograder.sealing import pools


def explain(grader: Grader, job: Job, names: Iterable[str]) -> str:
    """Say claim by claim what became of some exercises of a submission.

    Args:
        grader: What it is marked with.
        job: The submission.
        names: Of the exercises.

    Returns:
        Text that holds hidden numbers: for the instructor, to be shown when nobody can hand in any more.

    Raises:
        SealError: If the seal cannot be made or does not hold.
    """
    lesson = grader.lessons[job.lesson]
    rebuilt = rebuilding.rebuild(lesson, job.submission)
    found = pools.with_sandbox(
        lesson.sealed_names(),
        lambda sandbox: verdicts.reports(lesson, rebuilt, sandbox, grader.key, names),
        trusted=grader.trusted,
    )
    told = [f"Odd: {note}" for note in rebuilt.notes]
    for name, report in found.items():
        told.append(_told(report, lesson.points[name]) if isinstance(report, judge.Report) else report)
    return "\n\n".join(told)


def _told(report: judge.Report, full: float) -> str:
    lines = [f"{report.exercise.name}: {report.points_of(full):g} of {full:g} points", ""]
    lines.append(messages.render_claims(report))
    if report.hint:
        lines += ["", f"Hint ({report.hint.name.replace('_', ' ')}): {report.hint.text}"]
    return "\n".join(lines)
