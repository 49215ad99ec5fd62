"""Figures that readers without a kernel can move: every state is drawn beforehand and packed with the page.

`plotting.interactive` and `plotting.animate` make them while a book is built. What they need in a page is
`site/static/live_figures.js` and `.css`; without the script a still picture stands there.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import math
import os
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import pairwise, product
from typing import Any

MOST_STATES = 75  # of one figure
MOST_STATES_AGAIN = 20  # of one with the texts of an earlier one
_FEW = 4  # stops of a scale; when states are made fewer, a scale keeps about as many
_NOISE = re.compile(r"<metadata>.*?</metadata>|(?<=<g) id=\"[^\"]*\"", re.DOTALL)
_LONG = re.compile(r"(?<![\d.])([1-9]\d+\.\d|[1-9]\.\d\d)\d+")  # scales below 1 keep their digits


def in_a_book() -> bool:
    """Say whether this kernel runs a lesson for a book, where nobody can ask it for another picture.

    Example:
        >>> in_a_book()
        False
    """
    return os.environ.get("COURSE_BOOK") == "1"


def thinned(
    choices: Mapping[str, Collection[Any]],
    named: Mapping[str, Collection[float]] | None = None,
    most: int = MOST_STATES,
) -> dict[str, list[Any]]:
    """Take every second value of the longest slider, until there are few enough states; scales come first.

    A scale is a slider of more than four numbers that are not counted one by one. First, middle and last
    values always stay, and those that are named.

    Args:
        choices: slider to the values that it can take, in order.
        named: slider to numbers that a text names; the value nearest to each stays.
        most: states, which are combinations of values, that may be left, if those that stay are not more.

    Returns:
        Slider to the values that are left.

    Example:
        >>> tenths = [n / 10 for n in range(9)]
        >>> thinned({"truth": tenths, "seeds": range(2, 7)}, named={"truth": [0.3]}, most=30)["truth"]
        [0.0, 0.2, 0.3, 0.4, 0.6, 0.8]
    """
    values = {name: list(given) for name, given in choices.items()}
    stay = {name: {0, len(given) // 2, len(given) - 1} for name, given in values.items()}
    for name, numbers in (named or {}).items():
        stay[name] |= {_nearest(values[name], number) for number in numbers}
    left = {name: list(range(len(given))) for name, given in values.items()}
    strides = dict.fromkeys(values, 1)
    while math.prod(map(len, left.values())) > most:
        longer = [name for name in left if len(left[name]) > len(stay[name])]
        if not longer:
            break
        name = max(longer, key=lambda each: (_is_scale(values[each], left[each]), len(left[each])))
        strides[name] *= 2
        count = len(values[name])
        left[name] = sorted(stay[name] | set(range(count // 2 % strides[name], count, strides[name])))
    return {name: [values[name][n] for n in left[name]] for name in left}


def _nearest(values: Sequence[float], number: float) -> int:
    """The place of the value that is nearest to a number."""
    return min(range(len(values)), key=lambda n: abs(values[n] - number))


def _is_scale(values: Sequence[Any], places: Sequence[int]) -> bool:
    """Whether these of a slider's values are a scale, not names or counts, which a text may ask for."""
    if len(places) <= _FEW or isinstance(values[0], str):
        return False
    return any(values[after] - values[before] != 1 for before, after in pairwise(places))


def parts(svg: str) -> list[str]:
    """Cut an SVG image at its groups, so that what stands still in a figure is equal from state to state.

    Args:
        svg: an SVG file as matplotlib writes it.

    Returns:
        Pieces that make the image when joined: without matplotlib's numbering, and lengths to 1/10 pt.

    Example:
        >>> parts('<?xml version="1.0"?><svg>\\n <g id="line_1"> <path d="M 1.23456 0.5"/> </g>\\n</svg>')
        ['<svg> ', '<g> <path d="M 1.23 0.5"/> </g> </svg>']
    """
    svg = _LONG.sub(r"\1", _NOISE.sub("", svg[svg.index("<svg") :].strip()))
    return re.split(r"(?=<g\b)", re.sub(r"\s+", " ", svg))


@dataclass(frozen=True)
class LiveFigure:
    """A still picture that a page's script makes live; elsewhere it prints as its alternative text."""

    still: str  # an HTML image
    alt: str
    name: str  # of its states, by their content
    states: str = ""  # compressed, base64; empty where an earlier figure of the page has them

    @property
    def tag(self) -> str:
        """The figure as an HTML element."""
        script = f'<script type="application/gzip" data-figure="{self.name}">{self.states}</script>'
        inside = self.still + (script if self.states else "")
        return f'<div class="live-figure" data-states="{self.name}">{inside}</div>'

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.tag, "text/plain": self.alt}

    def __repr__(self) -> str:
        return self.alt


@dataclass(frozen=True)
class Slider:
    """What a reader moves: its name, its values as they are shown, and the number of the first that is."""

    name: str
    values: tuple[str, ...]
    start: int


# What was drawn in this kernel, for one page: of each figure with sliders, each state's digest by its text.
_known: list[tuple[dict[str, str], LiveFigure]] = []


def most_states(alt: str) -> int:
    """Return how many states a figure may have: fewer if it looks like an earlier one of its page.

    Args:
        alt: alternative text of one of its states.

    Example:
        >>> most_states("A line that nobody has drawn.")
        75
    """
    return MOST_STATES_AGAIN if any(alt in digests for digests, _ in _known) else MOST_STATES


def live_figure(
    still: str,
    alts: Sequence[str],
    sliders: Sequence[Slider],
    draw: Callable[[int], str],
    *,
    seconds: float | None = None,
) -> LiveFigure:
    """Draw all states of a figure and pack them, once a page.

    A figure whose states are all among those of an earlier one is taken for it. A lesson's second picture,
    which has fewer stops, often is, since its functions are the solutions.

    Args:
        still: the picture that stands there without the script, as an HTML image: its first state.
        alts: alternative text of each state, which are all combinations of values, the last slider's first.
        sliders: what moves it.
        draw: function of a state's number that returns an SVG image.
        seconds: that a state lasts, if they play by themselves.

    Returns:
        The `LiveFigure`.

    Example:
        >>> sliders = [Slider("n", ("1", "2"), start=0)]
        >>> figure = live_figure("<img>", ["One.", "Two."], sliders, lambda n: f"<svg><g>{n}</g></svg>")
        >>> figure
        One.
        >>> figure.tag[:38]
        '<div class="live-figure" data-states="'
    """
    cut = cache(lambda n: parts(draw(n)))
    counts = [len(slider.values) for slider in sliders]
    for digests, figure in _known:
        if digests.keys() >= set(alts) and all(
            _digest(*cut(n)) == digests[alt] for n, alt in enumerate(alts)
        ):
            return replace(figure, still=still, states="")
    numbers: dict[str, int] = {}
    states = [[numbers.setdefault(part, len(numbers)) for part in cut(n)] for n in range(len(alts))]
    packed = {
        "sliders": [vars(slider) for slider in sliders],
        "seconds": seconds,
        "parts": list(numbers),
        "states": states,
        "alts": list(alts),
    }
    text = json.dumps(packed, ensure_ascii=False)
    data = base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode("ascii")
    alt = alts[_number([slider.start for slider in sliders], counts)]
    figure = LiveFigure(still, alt, _digest(text), data)
    if seconds is None:
        _known.append(({alt: _digest(*cut(n)) for n, alt in enumerate(alts)}, figure))
    return figure


def ends_and_middles(counts: Sequence[int]) -> list[int]:
    """Return the numbers of the states with each slider at its first, middle or last value.

    Args:
        counts: values of each slider.

    Example:
        >>> ends_and_middles([5, 2])
        [0, 1, 4, 5, 8, 9]
    """
    places = product(*(sorted({0, count // 2, count - 1}) for count in counts))
    return [_number(place, counts) for place in places]


def _number(place: Sequence[int], counts: Sequence[int]) -> int:
    """The number of the state with each slider at the value of that number."""
    number = 0
    for at, count in zip(place, counts, strict=True):
        number = number * count + at
    return number


def _digest(*pieces: str) -> str:
    """A name that equal contents share."""
    return hashlib.sha256("".join(pieces).encode()).hexdigest()[:16]
