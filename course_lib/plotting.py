"""The look of the course's figures. The only module that imports matplotlib; it returns and never shows.

A cell with a figure ends in `picture(figure, "alt text")`, `animate(...)` or `interactive(...)`; what they
return is an image with alternative text, which Jupyter displays and which prints as that text elsewhere. In
a book, where there is no kernel to ask, all that can be seen is drawn beforehand: see `live_figures`.
"""

from __future__ import annotations

import base64
import html
import io
import itertools
import sys
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

import matplotlib
import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.colors import BoundaryNorm, LinearSegmentedColormap
from matplotlib.contour import ContourSet
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.path import Path
from matplotlib.ticker import MaxNLocator
from matplotlib.transforms import Bbox, Transform
from numpy.typing import ArrayLike
from PIL import Image

from course_lib._types import Floats, Schedule
from course_lib.live_figures import (
    LiveFigure,
    Slider,
    ends_and_middles,
    in_a_book,
    live_figure,
    most_states,
    thinned,
)
from course_lib.objectives import Objective

# One look per rule, all course long: colors from Okabe and Ito (2008) and Tol (2021), which are told apart
# with any common color vision; line and marker tell the rules apart without color.
RULE_LOOKS: dict[str, dict[str, Any]] = {
    "sgd": {"color": "#808080", "linestyle": "-", "marker": "o"},
    "momentum": {"color": "#0072B2", "linestyle": "-", "marker": "s"},
    "classical_momentum": {"color": "#56B4E9", "linestyle": (0, (5, 1)), "marker": "D"},
    "nesterov": {"color": "#009E73", "linestyle": (0, (6, 1, 1, 1)), "marker": "^"},
    "nesterov_lookahead": {"color": "#009E73", "linestyle": (0, (6, 1, 1, 1)), "marker": "^"},
    "adagrad": {"color": "#CC79A7", "linestyle": (0, (3, 1)), "marker": "v"},
    "rmsprop": {"color": "#E69F00", "linestyle": (0, (3, 1, 1, 1, 1, 1)), "marker": "P"},
    "adam": {"color": "#D55E00", "linestyle": "-", "marker": "X"},
    "adamw": {"color": "#882255", "linestyle": (0, (1, 1)), "marker": "p"},
}
RULE_COLORS = {name: look["color"] for name, look in RULE_LOOKS.items()}
PREDICTION: dict[str, Any] = {"color": "black", "linestyle": (0, (3, 3)), "linewidth": 1.4, "zorder": 5}
INK, PAPER = "#222222", "white"

_LANDSCAPE = LinearSegmentedColormap.from_list("landscape", ["#f9fcff", "#e7eff6", "#d0dde9"])
_STYLE: dict[Any, Any] = {
    "figure.figsize": (6.4, 4.0),
    "figure.dpi": 100,
    "figure.constrained_layout.use": True,
    "figure.facecolor": PAPER,
    "font.size": 10.5,
    "axes.titlesize": 11,
    "axes.titlelocation": "left",
    "axes.labelcolor": INK,
    "axes.edgecolor": "#888888",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.formatter.useoffset": False,
    "date.converter": "concise",
    "axes.prop_cycle": plt.cycler(color=["#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#56B4E9"]),
    "grid.color": "#e6e6e6",
    "grid.linewidth": 0.8,
    "image.cmap": "cividis",
    "legend.edgecolor": "none",
    "legend.framealpha": 0.85,
    "lines.linewidth": 1.8,
    "lines.markersize": 4,
    "xtick.color": INK,
    "ytick.color": INK,
}


def use_course_style() -> None:
    """Give all figures that follow the look of the course.

    Example:
        >>> use_course_style()
        >>> plt.rcParams["axes.grid"]
        True
    """
    matplotlib.rcParams.update(_STYLE)


def rule_look(rule: str | Callable[..., Any], **changes: Any) -> dict[str, Any]:
    """Look up the color, line and marker of a rule.

    Args:
        rule: an update rule or its name; one that the course does not know gets the look of `sgd`.
        **changes: matplotlib properties to set besides or instead.

    Returns:
        A dict of matplotlib properties, the rule's name as its label.

    Example:
        >>> rule_look("adam", marker="")["color"]
        '#D55E00'
    """
    name = rule if isinstance(rule, str) else rule.__name__
    return {"label": name.replace("_", " "), **RULE_LOOKS.get(name, RULE_LOOKS["sgd"]), **changes}


def contours(
    objective: Objective,
    xlim: tuple[float, float],
    ylim: tuple[float, float],
    *,
    ax: Axes | None = None,
    levels: int = 14,
    points: int = 161,
) -> Axes:
    """Draw the level lines of an objective of two parameters.

    Levels lie at equal ratios of the height above the minimum; where the objective has none, at equal
    distances.

    Args:
        objective: a `course_lib.objectives.Objective`.
        xlim: the range of the first parameter, `(low, high)`.
        ylim: the range of the second.
        ax: the axes to draw on; new ones if None.
        levels: how many level lines.
        points: points of the grid along each axis.

    Returns:
        The axes.

    Example:
        >>> from course_lib import objectives
        >>> ax = contours(objectives.rosenbrock, xlim=(-2, 2), ylim=(-1, 3))
        >>> ax.get_title(loc="left"), ax.get_xlim()
        ("Rosenbrock's valley", (np.float64(-2.0), np.float64(2.0)))
        >>> plt.close(ax.figure)
    """
    ax = plt.subplots()[1] if ax is None else ax
    x, y = np.linspace(*xlim, points), np.linspace(*ylim, points)
    height = objective.value(np.stack(np.meshgrid(x, y)))
    if objective.minimizer is None:
        at = np.linspace(height.min(), height.max(), levels)
    else:
        height = height - objective.value(objective.minimizer)
        at = np.geomspace(height.max() * 1e-4, height.max(), levels)
    steps = [min(height.min(), at[0]) - 1e-12, *at[1:]]
    ax.contourf(x, y, height, levels=steps, cmap=_LANDSCAPE, norm=BoundaryNorm(steps, _LANDSCAPE.N))
    ax.contour(x, y, height, levels=at, colors="#8fa3b5", linewidths=0.7, linestyles="solid")
    if objective.minimizer is not None:
        ax.plot(*objective.minimizer, marker="*", color=INK, markersize=11, linestyle="none", zorder=6)
    ax.set(xlim=xlim, ylim=ylim, xlabel=r"$\theta_1$", ylabel=r"$\theta_2$")
    ax.set_title(objective.name, loc="left")
    ax.grid(False)
    return ax


def path(ax: Axes, params: ArrayLike, rule: str | Callable[..., Any], **changes: Any) -> Line2D:
    """Draw the path of a rule, every point of it, from its start.

    Args:
        ax: axes, usually from `contours`.
        params: the points, shape (T+1, 2), as in the `params` of a trace.
        rule: the rule or its name, which gives color, line and marker.
        **changes: matplotlib properties to set instead.

    Returns:
        The line; `line.set_data(*params[:t].T)` moves it in an animation.

    Example:
        >>> ax = plt.subplots()[1]
        >>> path(ax, np.array([[0.0, 1.0], [1.0, 1.0]]), "sgd").get_color()
        '#808080'
        >>> plt.close(ax.figure)
    """
    limits = ax.get_xlim(), ax.get_ylim()
    look = rule_look(rule, markersize=3.5, markeredgewidth=0, linewidth=1.4, zorder=4) | changes
    (line,) = ax.plot(*_drawable(params).T, **look)
    if ax.collections:  # over a landscape the view stays, however far the path leaves it
        ax.set(xlim=limits[0], ylim=limits[1])
    return line


def error_curve(
    ax: Axes,
    errors: ArrayLike,
    rule: str | Callable[..., Any] | None = None,
    *,
    steps: ArrayLike | None = None,
    **changes: Any,
) -> Line2D:
    """Draw an error per step on a logarithmic axis; what is zero or not finite is left out.

    Args:
        ax: the axes.
        errors: the error before the first step and after each, shape (T+1,).
        rule: the rule or its name, for the look; None for the next color.
        steps: the step of each error, shape (T+1,); 0, 1, 2, ... if None.
        **changes: matplotlib properties to set instead.

    Returns:
        The line.

    Example:
        >>> ax = plt.subplots()[1]
        >>> error_curve(ax, np.array([1.0, 0.1, 0.0]), "adam").get_ydata()
        array([1. , 0.1, nan])
        >>> ax.get_yscale()
        'log'
        >>> plt.close(ax.figure)
    """
    errors = _drawable(errors)
    steps = np.arange(len(errors)) if steps is None else np.asarray(steps)
    look = {} if rule is None else rule_look(rule, markevery=max(1, len(errors) // 12))
    (line,) = ax.plot(steps, np.where(errors > 0, errors, np.nan), **(look | changes))
    ax.set_yscale("log")
    ax.set_xlabel(ax.get_xlabel() or "step $t$")
    ax.set_ylabel(ax.get_ylabel() or "error")
    ax.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    return line


def prediction(ax: Axes, x: ArrayLike, y: ArrayLike, label: str = "predicted", **changes: Any) -> Line2D:
    """Draw a predicted line over what was measured: thin, black and dashed, all course long.

    Args:
        ax: the axes.
        x: where, shape (n,).
        y: the prediction, shape (n,).
        label: for the legend.
        **changes: matplotlib properties to set instead.

    Returns:
        The line.

    Example:
        >>> ax = plt.subplots()[1]
        >>> prediction(ax, np.array([0, 1]), np.array([1.0, 0.5])).get_label()
        'predicted'
        >>> plt.close(ax.figure)
    """
    (line,) = ax.plot(x, _drawable(y), **({"label": label} | PREDICTION | changes))
    return line


def schedule_gallery(schedules: Mapping[str, Schedule], steps: int, *, columns: int = 4) -> Figure:
    """Draw schedules side by side, each in its own small frame, on common axes.

    Args:
        schedules: name to schedule, a function of t.
        steps: t runs from 0 to `steps`.
        columns: frames in a row.

    Returns:
        The figure.

    Example:
        >>> schedules = {"constant": lambda t: 0.1, "linear": lambda t: 0.1 - t / 1000}
        >>> figure = schedule_gallery(schedules, steps=100)
        >>> [ax.get_title(loc="left") for ax in figure.axes]
        ['constant', 'linear']
        >>> plt.close(figure)
    """
    rows = -(-len(schedules) // columns)
    columns = min(columns, len(schedules))
    figure, frames = plt.subplots(
        rows, columns, sharex=True, sharey=True, squeeze=False, figsize=(2.3 * columns, 1.5 * rows + 0.5)
    )
    t = np.arange(steps + 1)
    for ax, (name, schedule) in zip(frames.flat, schedules.items(), strict=False):
        ax.plot(t, [schedule(int(step)) for step in t], drawstyle="steps-post", color=RULE_COLORS["momentum"])
        ax.set_title(name, fontsize=10, loc="left")
    for ax in frames.flat[len(schedules) :]:
        ax.remove()
    for ax in figure.axes[-columns:]:
        ax.tick_params(labelbottom=True)
    figure.supxlabel("updates made so far $t$", fontsize=10.5)
    figure.supylabel(r"learning rate $\alpha$", fontsize=10.5)
    return figure


def histogram_row(
    layers: Sequence[ArrayLike],
    *,
    limits: tuple[float, float] | None = None,
    bins: int = 41,
    titles: Sequence[str] | None = None,
) -> Figure:
    """Draw one histogram for each layer in a row, on common axes.

    Args:
        layers: one array of any shape for each layer.
        limits: `(low, high)` of the values; the range of the middle 99.8 % of all of them if None.
        bins: bins between the limits; values beyond are counted in the outermost.
        titles: one for each layer; number and standard deviation if None.

    Returns:
        The figure.

    Example:
        >>> figure = histogram_row([np.array([-1.0, 1.0]), np.array([0.0, 0.5])], limits=(-2, 2))
        >>> figure.axes[1].get_title(loc="left")
        'layer 2\\nstd 0.25'
        >>> plt.close(figure)
    """
    values = [_drawable(layer).ravel() for layer in layers]
    low, high = np.nanquantile(np.concatenate(values), [0.001, 0.999]) if limits is None else limits
    edges = np.linspace(low, high if high > low else low + 1, bins + 1)
    figure, frames = plt.subplots(
        1, len(values), sharex=True, sharey=True, squeeze=False, figsize=(max(1.3 * len(values), 3), 2.1)
    )
    for number, (ax, layer) in enumerate(zip(frames.flat, values, strict=True), start=1):
        share = np.full(layer.size, 1 / max(layer.size, 1))
        ax.hist(np.clip(layer, low, high), bins=edges, weights=share, color=RULE_COLORS["momentum"])
        title = f"layer {number}\nstd {np.std(layer):.2g}" if titles is None else titles[number - 1]
        ax.set_title(title, fontsize=9.5, loc="left")
        ax.grid(False)
    frames[0, 0].set_ylabel("share")
    return figure


@dataclass(frozen=True)
class Picture:
    """An image with alternative text, as Jupyter displays it."""

    data: bytes
    alt: str
    format: str  # "png", "gif", or in a book "webp"
    width: int  # in the page's pixels
    still: bytes = b""  # of what moves: a PNG for readers whose system asks for less motion

    @property
    def tag(self) -> str:
        """The image as an HTML element that holds all of it."""
        source, alt = _source(self.data, self.format), html.escape(self.alt)
        image = f'<img src="{source}" alt="{alt}" width="{self.width}" style="max-width: 100%">'
        if not self.still:
            return image
        still = f'<source media="(prefers-reduced-motion: reduce)" srcset="{_source(self.still, "png")}">'
        return f"<picture>{still}{image}</picture>"

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, str]:
        return {"text/html": self.tag, "text/plain": self.alt}

    def __repr__(self) -> str:
        return self.alt


def picture(figure: Figure | Axes, alt: str) -> Picture:
    """Turn a figure into a picture with alternative text, and close it.

    Args:
        figure: a figure, or axes of it.
        alt: what the figure shows, in one or two sentences, for those who do not see it.

    Returns:
        The `Picture`; as the last expression of a cell, Jupyter displays it.

    Example:
        >>> picture(plt.figure(), "An empty page.")
        An empty page.
    """
    figure = _whole(figure)
    page = io.BytesIO()
    if in_a_book():
        kind, sharpness, settings = "webp", 2.0, {"lossless": True, "quality": 20}  # a seventh larger, quick
    else:
        kind, sharpness, settings = "png", 1.5, {}
    figure.savefig(page, format=kind, dpi=sharpness * figure.dpi, pil_kwargs=settings)
    plt.close(figure)
    return Picture(page.getvalue(), alt, kind, _width(figure))


def animate(
    figure: Figure | Axes,
    draw: Callable[[Any], Any],
    frames: Iterable[Any],
    alt: str,
    *,
    frames_per_second: float = 10,
    colors: int = 64,
) -> Picture | LiveFigure:
    """Turn a figure into an animation with alternative text, and close it.

    Args:
        figure: a figure, or axes of it, with all that stays.
        draw: function of one frame that changes the figure. If it returns a list of what it changed, lines
            and texts, only these are drawn anew for each frame, over the rest: many times faster.
        frames: what `draw` is called with, in order; 30 to 60 of them.
        alt: what is seen to happen, in one or two sentences.
        frames_per_second: speed; the last frame stays two seconds longer.
        colors: colors in the image; fewer make it smaller.

    Returns:
        The `Picture`, a GIF that repeats; where the reader's system asks for less motion, its last frame.
        In a book the `LiveFigure` that plays all frames.

    Example:
        >>> figure, ax = plt.subplots(figsize=(2, 1))
        >>> dot = ax.plot([0], [0], "o")[0]
        >>> film = animate(figure, lambda x: dot.set_xdata([x]), [0.0, 0.5, 1.0], "A dot moves right.")
        >>> film, film.data[:6]
        (A dot moves right., b'GIF89a')
    """
    figure = _whole(figure)
    if in_a_book():
        return _film(figure, draw, frames, alt, 1 / frames_per_second)
    pages = list(_pages(figure, draw, frames))
    plt.close(figure)
    # One palette for all frames, from the last and fullest, without dithering: what stands still stays equal
    # from frame to frame. The rules' own colors are always in it, and one index that shows what was there.
    rules = bytes.fromhex("".join(RULE_COLORS.values()).replace("#", ""))
    room = colors - len(rules) // 3 - 1
    fullest = _palette(pages[-1].quantize(room, dither=Image.Dither.NONE))
    palette = Image.new("P", (1, 1))
    palette.putpalette(bytes(fullest[: 3 * room]) + rules)
    pages = [page.quantize(palette=palette, dither=Image.Dither.NONE) for page in pages]
    pause = round(1000 / frames_per_second)
    film = io.BytesIO()
    pages[0].save(
        film,
        format="GIF",
        save_all=True,
        append_images=_changes(pages, unchanged=colors - 1),
        duration=[pause] * (len(pages) - 1) + [pause + 2000],
        loop=0,
        optimize=False,
        transparency=colors - 1,
        disposal=1,
    )
    still = io.BytesIO()
    pages[-1].save(still, format="PNG", optimize=True)
    return Picture(film.getvalue(), alt, "gif", _width(figure), still.getvalue())


def _pages(figure: Any, draw: Callable[[Any], Any], frames: Iterable[Any]) -> Iterator[Image.Image]:
    """Draw the frames of an animation, one image each."""
    background, moving = None, []
    for frame in frames:
        changed = draw(frame)
        if background is None:
            moving = list(changed or [])
            for artist in moving:
                artist.set_animated(True)  # left out when the rest is drawn
            figure.canvas.draw()
            figure.set_layout_engine("none")  # as the first frame had it: laying out costs more than drawing
            background = figure.canvas.copy_from_bbox(figure.bbox)
        elif moving:
            figure.canvas.restore_region(background)
        else:
            figure.canvas.draw()
        for artist in moving:
            figure.draw_artist(artist)
        yield Image.fromarray(np.asarray(figure.canvas.buffer_rgba())[..., :3].copy())


def _palette(page: Image.Image) -> list[int]:
    """The colors of an image that has a palette."""
    return page.getpalette() or []


def _changes(pages: Sequence[Image.Image], unchanged: int) -> list[Image.Image]:
    """Return all images but the first, with one index wherever nothing changed: a tenth of the size."""
    entries = [np.asarray(page) for page in pages]
    changes = []
    for page, before, now in zip(pages[1:], entries[:-1], entries[1:], strict=True):
        change = Image.fromarray(np.where(now == before, np.uint8(unchanged), now))
        change.putpalette(_palette(page))
        changes.append(change)
    return changes


def interactive(
    draw: Callable[..., Figure | Axes],
    alt: str,
    *,
    named: Mapping[str, Collection[float]] | None = None,
    **choices: Collection[Any],
) -> Any:
    """Make a figure with sliders; a still picture where nobody can move them.

    Args:
        draw: function of one keyword argument for each slider that returns a figure or axes.
        alt: what the figure shows, in one or two sentences; the sliders' values are added to it.
        named: argument to values that the text names, which stay where a book has fewer.
        **choices: argument to the values it can take, in order; each slider starts in the middle of them.

    Returns:
        A widget, in a notebook that someone is working in; in a book the `LiveFigure` of some dozen
        combinations of values; else the `Picture` for the starting values.

    Example:
        >>> def draw(slope):
        ...     figure, ax = plt.subplots()
        ...     ax.plot([0, 1], [0, slope])
        ...     return figure
        >>> interactive(draw, "A rising line.", slope=[0.5, 1.0, 2.0])
        A rising line. Here slope = 1.
    """
    middle = {name: list(values)[len(values) // 2] for name, values in choices.items()}

    def told(values: Mapping[str, Any]) -> str:
        settings = ", ".join(f"{name} = {_short(value)}" for name, value in values.items())
        return f"{alt} Here {settings}."

    def page(values: Mapping[str, Any]) -> Picture:
        return picture(draw(**values), told(values))

    if in_a_book():
        return _all_stops(draw, told, middle, thinned(choices, named, most_states(told(middle))))
    if not _someone_is_there():
        return page(middle)

    import ipywidgets  # here, since the sealed worker and the book do without

    image = ipywidgets.HTML(page(middle).tag)
    sliders = {
        name: ipywidgets.SelectionSlider(
            options=[(_short(value), value) for value in values],
            value=middle[name],
            description=name,
            layout=ipywidgets.Layout(width="min(560px, 100%)"),
        )
        for name, values in choices.items()
    }

    def redraw(change: object) -> None:
        image.value = page({name: slider.value for name, slider in sliders.items()}).tag

    for slider in sliders.values():
        slider.observe(redraw, names="value")
    return ipywidgets.VBox([*sliders.values(), image])


def _all_stops(
    draw: Callable[..., Figure | Axes],
    told: Callable[[Mapping[str, Any]], str],
    start: Mapping[str, Any],
    choices: Mapping[str, list[Any]],
) -> LiveFigure:
    """Draw a figure with sliders for every combination of values."""
    states = [dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values())]
    counts = [len(values) for values in choices.values()]
    places = _common_places(_whole(draw(**states[number])) for number in ends_and_middles(counts))

    def drawn(values: Mapping[str, Any]) -> Figure:
        figure = _whole(draw(**values))
        figure.set_layout_engine("none")
        for ax, place in zip(figure.axes, places, strict=True):
            ax.set_position(place)
        return figure

    def svg(number: int) -> str:
        figure = drawn(states[number])
        image = _svg(figure)
        plt.close(figure)
        return image

    still = picture(drawn(start), told(start))
    sliders = [
        Slider(name, tuple(map(_short, values)), values.index(start[name]))
        for name, values in choices.items()
    ]
    return live_figure(still.tag, [told(values) for values in states], sliders, svg)


def _common_places(figures: Iterable[Figure]) -> list[Bbox]:
    """Where each of some figures' axes has room in all of them, with its labels; the figures are closed.

    So panels stand still while a slider moves; and laying out each picture costs as much as drawing it.
    """
    boxes = []
    for figure in figures:
        layout = figure.get_layout_engine()
        if layout is not None:
            layout.execute(figure)
        boxes.append([ax.get_position(original=True).extents for ax in figure.axes])
        plt.close(figure)
    corners = np.array(boxes)  # (figures, axes, left bottom right top)
    low, high = corners[..., :2].max(axis=0), corners[..., 2:].min(axis=0)
    return [Bbox([*pair]) for pair in zip(low, high, strict=True)]


def _film(
    figure: Figure, draw: Callable[[Any], Any], frames: Iterable[Any], alt: str, seconds: float
) -> LiveFigure:
    """Draw an animation for a page that can play it, stop it, and go through it frame by frame."""
    svgs = []
    for frame in frames:
        draw(frame)
        svgs.append(_svg(figure))
        figure.set_layout_engine("none")  # as the first frame had it
    count = len(svgs)
    slider = Slider("frame", tuple(f"{n} of {count}" for n in range(1, count + 1)), count - 1)
    still = picture(figure, alt).tag
    return live_figure(still, [alt] * count, [slider], svgs.__getitem__, seconds=seconds)


def _simplify_contours(figure: Figure) -> None:
    """Leave out what nobody sees: level lines turn at every line of their grid, mostly by nothing."""
    for ax in figure.axes:
        for levels in ax.collections:
            if isinstance(levels, ContourSet):
                levels.set_paths([_simplified(line, ax.transData) for line in levels.get_paths()])


def _simplified(line: Path, to_pixels: Transform) -> Path:
    """A path without the points that lie nearly straight between their neighbors."""
    simple = to_pixels.transform_path(line).cleaned(simplify=True)
    ended = Path(simple.vertices[:-1], simple.codes[:-1])  # type: ignore[index]  # the last only says: stop
    return to_pixels.inverted().transform_path(ended)


def _svg(figure: Figure) -> str:
    """Draw a figure as an SVG image; equal figures give equal texts."""
    _simplify_contours(figure)
    page, dpi = io.StringIO(), figure.dpi
    figure.dpi = 2 * dpi  # of what an SVG image cannot draw by lines
    with matplotlib.rc_context({"svg.hashsalt": "course"}):
        FigureCanvasSVG(figure).print_svg(page)
    figure.dpi = dpi
    return page.getvalue()


def _someone_is_there() -> bool:
    """Whether the kernel's client could answer `input()`: a person at a notebook can, a converter cannot."""
    if sys.platform == "emscripten":  # a kernel in the browser is a reader's own, and does not say so
        return True
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    return bool(getattr(getattr(get_ipython(), "kernel", None), "_allow_stdin", False))


def _short(value: Any) -> str:
    """A value as a slider shows it.

    Example:
        >>> _short(0.7616), _short(1000.0), _short(1e-12)
        ('0.762', '1000', '1e-12')
    """
    if isinstance(value, str | int | np.integer):
        return str(value)
    return f"{value:.0f}" if 1000 <= abs(value) < 1e6 else f"{value:.3g}"


def _drawable(values: ArrayLike) -> Floats:
    """Values as floats, NaN where they are not finite or too large for matplotlib's own arithmetic."""
    values = np.asarray(values, dtype=float)
    return np.where(np.abs(values) < 1e100, values, np.nan)


def _source(data: bytes, image_format: str) -> str:
    """An image as an address that holds all of it."""
    return f"data:image/{image_format};base64,{base64.b64encode(data).decode('ascii')}"


def _whole(figure: Any) -> Figure:
    """The figure that axes belong to, or the figure itself."""
    return cast(Figure, getattr(figure, "figure", figure))


def _width(figure: Figure) -> int:
    """The width of a figure in the page's pixels."""
    return round(figure.get_figwidth() * 100)
