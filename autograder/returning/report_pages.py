"""The class report as pages: one for each lesson, one for the term; self-contained, without a script."""

from collections.abc import Callable
from pathlib import Path

from autograder.returning import charts, files, reports, templates
from autograder.returning.reports import LessonReport, Report

FOLDER = "report"
MOST_CHANGES = 200


def write(report: Report, root: Path, progress: Callable[[str], None] | None = None) -> list[Path]:
    """Write a report's pages; each appears at once, over the one before.

    Args:
        report: A `Report`.
        root: The course's root; the pages go to `report/` in it.
        progress: Function called with the name of each lesson that is written.

    Returns:
        The pages' files, the term's first.

    Raises:
        PageError: If they cannot be written.
    """
    folder = root / FOLDER
    written = []
    for lesson in report.lessons:
        written.append(folder / f"{lesson.overview.lesson}.html")
        files.put_page(written[-1], of_lesson(report, lesson))
        if progress:
            progress(lesson.overview.lesson)
    pages = {path.stem for path in folder.glob("*.html")}
    files.put_page(folder / "index.html", of_term(report, pages))
    return [folder / "index.html", *written]


def of_lesson(report: Report, lesson: LessonReport) -> str:
    """Return the page of a lesson, HTML."""
    by_exercise = {exercise.name: exercise.endings for exercise in lesson.exercises}
    overview = lesson.overview
    figures = {
        "points": charts.points(overview.points, overview.max_points) if overview.max_points else "",
        "endings": charts.endings(by_exercise),
        "handing_in": charts.handing_in(lesson.handed_in, lesson.due) if lesson.handed_in else "",
        "attempts": charts.attempts(lesson.days) if lesson.days else "",
    }
    return templates.render(
        "lesson.html.j2",
        report=report,
        lesson=lesson,
        figures=figures,
        endings={label: kinds for label, (kinds, _, _) in charts.ENDINGS.items()},
        reliable=reports.RELIABLE,
        most_changes=MOST_CHANGES,
    )


def of_term(report: Report, pages: set[str]) -> str:
    """Return the page of the term, HTML.

    Args:
        report: A `Report`.
        pages: Lessons that have a page to lead to.
    """
    shares = {
        one.lesson: tuple(cut / one.max_points for cut in one.quartiles)
        for one in report.overviews
        if one.quartiles and one.max_points
    }
    figures = {"term": charts.term(shares) if shares else ""}
    return templates.render("term.html.j2", report=report, pages=pages, figures=figures)
