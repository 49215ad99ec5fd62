"""The pages' templates: everything that is put into one is escaped, unless it is marked as HTML of ours."""

import functools
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template

SHARE = Path(__file__).parent / "share"


@functools.cache
def load(name: str) -> Template:
    """Return a template of `share/`, made ready once."""
    return _environment().get_template(name)


def render(name: str, **about: Any) -> str:
    """Return a page."""
    return load(name).render(**about)


@functools.cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader([SHARE, SHARE / "report"]),
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
    return environment


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
