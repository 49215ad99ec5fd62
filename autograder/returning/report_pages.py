"""The class report as pages: one for each lesson, one for the term; self-contained, without a script."""

import contextlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from autograder.errors import PageError
from autograder.returning import charts, reports
from autograder.returning.reports import LessonReport, Report

TEMPLATES = Path(__file__).parent / "share" / "report"
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
    with contextlib.suppress(OSError):  # where it cannot be made, the first page says why
        folder.mkdir(exist_ok=True)
    written = []
    for lesson in report.lessons:
        written.append(folder / f"{lesson.overview.lesson}.html")
        _write(written[-1], of_lesson(report, lesson))
        if progress:
            progress(lesson.overview.lesson)
    pages = {path.stem for path in folder.glob("*.html")}
    _write(folder / "index.html", of_term(report, pages))
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
    return _rendered(
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
    return _rendered("term.html.j2", report=report, pages=pages, figures=figures)


def _rendered(template: str, **values: Any) -> str:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "counted": _counted,
        "moment": _moment,
        "percent": _percent,
        "points": _points,
        "printable": printable,
        "spelled": _spelled,
    }
    return environment.get_template(template).render(**values)


def printable(text: str) -> str:
    r"""Return a text without characters that do not print, or that turn the text around them.

    Example:
        >>> printable("Zo\u00eb\u202egnp \ud800")
        'Zoë?gnp ?'
    """
    return "".join(sign if sign.isprintable() or sign in "\n\t" else "?" for sign in text)


def _counted(endings: Mapping[str, int], kinds: tuple[str, ...]) -> int:
    return sum(endings.get(kind, 0) for kind in kinds)


def _moment(time: str) -> str:
    return f"{time[:10]} {time[11:16]} UTC" if time else "a time that is not known"


def _percent(share: float) -> str:
    return f"{share:.0%}"


def _points(points: float | None) -> str:
    return "–" if points is None else f"{round(points, 2):g}"


def _spelled(name: str) -> str:
    return printable(name.replace("_", " "))


def _write(path: Path, text: str) -> None:
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    try:
        draft.write_text(text, encoding="utf-8", errors="backslashreplace")
        os.replace(draft, path)
    except OSError as error:
        raise PageError(f"{path} cannot be written ({error.strerror})") from error
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
