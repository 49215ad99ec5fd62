"""The report's figures: SVG for a page, its text as text, its colors those of the page in light and dark."""

import datetime
import io
import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter, date2num
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

WIDTH = 4.6  # inches: narrow enough to be read on a phone
INK, FAINT = "#010101", "#020202"
SERIES = {
    "#010201": "--good",
    "#010202": "--partly",
    "#010203": "--wrong",
    "#010204": "--odd",
    "#010205": "--none",
}
GOOD, PARTLY, WRONG, ODD, NONE = SERIES
# What the page decides, not matplotlib: it knows whether it is dark.
ON_THE_PAGE = {
    INK: "currentColor",
    FAINT: "var(--faint)",
    **{color: f"var({name})" for color, name in SERIES.items()},
}
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none",
    "svg.hashsalt": "report",
    "font.family": "sans-serif",
    "font.size": 10,
    "text.color": INK,
    "axes.edgecolor": INK,
    "axes.labelcolor": INK,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": True,
    "grid.color": FAINT,
    "grid.linewidth": 0.6,
    "xtick.color": INK,
    "ytick.color": INK,
    "legend.frameon": False,
    "legend.fontsize": 9,
    "hatch.linewidth": 0.7,
    "text.parse_math": False,
}
ENDINGS = {  # what is told apart in the figure → endings, color, hatching
    "all of it right": (("ok",), GOOD, ""),
    "partly right": (("partly",), PARTLY, ""),
    "wrong": (("wrong",), WRONG, ""),
    "did not come back with a value": (("error", "time", "memory", "crash", "protocol"), ODD, ""),
    "blank or unreadable": (("missing", "unreadable"), NONE, ""),
    "left ungraded": (("fault",), FAINT, ""),
}


def points(earned: Sequence[float], full: float) -> str:
    """Draw how many students have earned how many points.

    Args:
        earned: Points of each.
        full: What can be earned.

    Returns:
        SVG.
    """
    with matplotlib.rc_context(STYLE):
        figure, ax = _axes(2.3)
        top = max(full, *earned)
        ax.hist(earned, bins=np.linspace(0.0, top, 11).tolist(), color=GOOD, rwidth=0.92)
        ax.set(xlabel=f"points, of {full:g}", ylabel="students", xlim=(0.0, top))
        return _svg(figure, ax, f"Students by points, of {full:g}")


def handing_in(stamps: Sequence[str], due: str) -> str:
    """Draw when students handed in, in hours before the lesson was due, or by date where it is not.

    Args:
        stamps: Moments in ISO format.
        due: A moment, or "".

    Returns:
        SVG.
    """
    moments = [datetime.datetime.fromisoformat(stamp) for stamp in stamps]
    with matplotlib.rc_context(STYLE):
        figure, ax = _axes(2.3)
        if due:
            end = datetime.datetime.fromisoformat(due)
            hours = np.array([(moment - end).total_seconds() / 3600 for moment in moments])
            scale, unit = (24.0, "days") if np.ptp(hours) > 96 else (1.0, "hours")
            low, high = min(np.floor(hours.min() / scale), -1.0), max(np.ceil(hours.max() / scale), 1.0)
            # The deadline is an edge: whoever is late is in no bar with those who are not.
            width = max(1.0, np.ceil((high - low) / 24))
            edges = np.arange(np.floor(low / width), np.ceil(high / width) + 1) * width
            counts, _ = np.histogram(hours / scale, edges)
            colors = [WRONG if left >= 0 else GOOD for left in edges[:-1]]
            ax.bar(edges[:-1], counts, width * 0.92, align="edge", color=colors)
            ax.axvline(0.0, color=INK, linewidth=1.2)
            ax.set(xlabel=f"{unit} after the lesson was due", ylabel="students")
        else:
            ax.hist(date2num(moments), bins=24, color=GOOD, rwidth=0.92)
            _dated(ax)
            ax.set(ylabel="students")
        return _svg(figure, ax, "Students by time of handing in")


def endings(by_exercise: Mapping[str, Mapping[str, int]]) -> str:
    """Draw how the answers to each exercise ended.

    Args:
        by_exercise: Exercise → ending → how many.

    Returns:
        SVG.
    """
    with matplotlib.rc_context(STYLE):
        figure, ax = _axes(0.9 + 0.34 * len(by_exercise))
        left = np.zeros(len(by_exercise))
        for label, (kinds, color, hatch) in ENDINGS.items():
            counts = np.array([sum(found.get(kind, 0) for kind in kinds) for found in by_exercise.values()])
            if counts.any():
                places = range(len(by_exercise))
                ax.barh(places, counts, 0.7, left, color=color, hatch=hatch, label=label)
                left += counts
        ax.set_yticks(range(len(by_exercise)), list(by_exercise))
        ax.invert_yaxis()
        ax.grid(False, axis="y")
        ax.set(xlabel="students")
        figure.legend(loc="outside lower left", ncols=2, handlelength=1.0, columnspacing=1.2)
        return _svg(figure, ax, "How the answers to each exercise ended", axis="x")


def attempts(days: Mapping[str, Sequence[int]]) -> str:
    """Draw how many submissions were graded on each day, for the first time and again.

    Args:
        days: Day in ISO format → graded for the first time, graded again.

    Returns:
        SVG.
    """
    dates = date2num([datetime.date.fromisoformat(day) for day in days])
    first, again = np.array(list(days.values())).T
    with matplotlib.rc_context(STYLE):
        figure, ax = _axes(2.3)
        ax.bar(dates, first, 0.85, color=GOOD, label="for the first time")
        ax.bar(dates, again, 0.85, first, color=PARTLY, label="again")
        middle, reach = (dates[0] + dates[-1]) / 2, max(3.0, np.ptp(dates) / 2 + 1)
        ax.set_xlim(middle - reach, middle + reach)
        _dated(ax)
        ax.set(ylabel="graded")
        figure.legend(loc="outside lower left", ncols=2, handlelength=1.0)
        return _svg(figure, ax, "Submissions graded on each day")


def term(quartiles: Mapping[str, Sequence[float]]) -> str:
    """Draw the share of points in each lesson: the middle half of the class, and its median.

    Args:
        quartiles: Lesson → lower quartile, median, upper quartile, as shares of the points.

    Returns:
        SVG.
    """
    with matplotlib.rc_context(STYLE):
        figure, ax = _axes(0.8 + 0.3 * len(quartiles))
        lower, median, upper = np.array(list(quartiles.values())).T
        places = range(len(quartiles))
        ax.barh(places, upper - lower, 0.55, lower, color=GOOD)
        ax.plot(median, places, linestyle="none", marker="|", markersize=16, markeredgewidth=2.5, color=INK)
        ax.set_yticks(places, [name.replace("_", " ") for name in quartiles])
        ax.invert_yaxis()
        ax.grid(False, axis="y")
        ax.set(xlim=(0.0, 1.0), xlabel="share of the points")
        ax.xaxis.set_major_formatter(PercentFormatter(1.0))
        return _svg(figure, ax, "The middle half of the class in each lesson", axis="x")


def _axes(height: float) -> tuple[Figure, Axes]:
    figure = Figure((WIDTH, height), layout="constrained")
    FigureCanvasSVG(figure)
    return figure, figure.add_subplot()


def _dated(ax: Axes) -> None:
    locator = AutoDateLocator(minticks=3, maxticks=7)
    ax.xaxis.set_major_locator(locator)
    ax.xaxis.set_major_formatter(ConciseDateFormatter(locator))


def _svg(figure: Figure, ax: Axes, label: str, axis: str = "y") -> str:
    """Return a figure as SVG that stands in a page beside others: no id twice, nothing that is fetched."""
    counted = ax.yaxis if axis == "y" else ax.xaxis
    if ax.get_xlabel() != "share of the points":
        counted.set_major_locator(MaxNLocator(integer=True, nbins=5, min_n_ticks=1))
    ax.grid(False, axis="x" if axis == "y" else "y")
    figure.patch.set_visible(False)
    ax.patch.set_visible(False)
    file = io.StringIO()
    figure.savefig(file, format="svg", metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")))
    text = file.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>|<defs>\s*<style.*?</style>\s*</defs>", "", text, flags=re.DOTALL)
    prefix = f"f{zlib.crc32(text.encode()):08x}-"
    text = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}", text)
    for color, on_the_page in ON_THE_PAGE.items():
        text = text.replace(color, on_the_page)
    text = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font-size: \1px", text)
    text = re.sub(r" font-family: [^;\"]*;", "", text)
    return text.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)
