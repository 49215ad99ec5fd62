"""Slides as a page for reveal.js; formulas are set by KaTeX, code by Pygments, both at build time."""

import html
import itertools
import string
from pathlib import Path

from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from book.formulas import FormulaError, rendered
from book.lessons import LessonFailed
from slides import deck

PAGE = string.Template((Path(__file__).parent / "page.html").read_text(encoding="utf-8"))
INDEX = string.Template((Path(__file__).parent / "index.html").read_text(encoding="utf-8"))
COLORS = HtmlFormatter(nowrap=True, style="friendly")


def page(name, slides):
    """Return a lesson's slides as an HTML page.

    Args:
        name: the lesson's.
        slides: as `deck.slides` returns them.

    Raises:
        LessonFailed: a formula cannot be set.
    """
    try:
        sections = "\n".join(map(column, columns(slides)))
    except FormulaError as error:
        raise LessonFailed(f"{name}: a formula that cannot be set: {error}") from None
    title = html.escape(slides[0].title)
    return PAGE.substitute(title=title, slides=sections, colors=COLORS.get_style_defs(".reveal pre"))


def index(titles):
    """Return a page that lists the lessons' slides.

    Args:
        titles: of the lessons, by name.
    """
    entries = [f'<li><a href="{name}.html">{html.escape(title)}</a></li>' for name, title in titles.items()]
    return INDEX.substitute(entries="\n".join(entries))


def columns(slides):
    """Yield the slides that stand below one another, as lists."""
    for _, group in itertools.groupby(
        zip(slides, itertools.accumulate(slide.column for slide in slides), strict=True), lambda pair: pair[1]
    ):
        yield [slide for slide, _ in group]


def column(slides):
    """Return the HTML of a column of slides."""
    return f"<section>\n{''.join(map(section, slides))}</section>"


def section(slide):
    """Return the HTML of one slide."""
    kinds = [("now-you", slide.ours), ("title", slide.title[:2].isdigit())]
    classes = " ".join(kind for kind, holds in kinds if holds)
    turn = '<p class="turn">Now you</p>' if slide.ours else ""
    level = "h1" if "title" in classes else "h2"
    shown = "".join(
        show(kind, list(group)) for kind, group in itertools.groupby(slide.parts, lambda part: part.kind)
    )
    heading = f"<{level}>{markdown().renderInline(slide.title)}</{level}>"
    notes = markdown().render("\n\n".join(slide.told))
    told = f'<aside class="notes">{notes}</aside>'
    return f'<section class="{classes}">{turn}{heading}\n{shown}\n{told}</section>\n'


def show(kind, parts):
    """Return the HTML of parts of one kind that stand below each other."""
    if kind == "figure":
        # A swipe over a figure moves its slider, not the slides.
        return "".join(f'<div class="figure" data-prevent-swipe>{part.source}</div>' for part in parts)
    if kind in ("code", "output"):
        return "".join(pre(part) for part in parts)
    if kind == "table":
        return "".join(map(table, parts))
    between = "\n" if kind == "item" else "\n\n"
    return markdown().render(between.join(part.source for part in parts))


def pre(part):
    """Return the HTML of code, or of what it prints, in letters that let it fit."""
    text = part.source
    shown = highlight(text, PythonLexer(), COLORS) if part.kind == "code" else html.escape(text)
    return f'<pre class="{part.kind}" style="font-size: {part.letters:.1f}px">{shown.rstrip()}</pre>'


def table(part):
    """Return the HTML of a table, in letters that let it fit."""
    return f'<div style="font-size: {part.letters}px">{markdown().render(part.source)}</div>'


def markdown():
    """Return what makes HTML of a lesson's text."""
    parser = deck.markdown()
    for kind, display in [("math_inline", False), ("math_inline_double", True), ("math_block", True)]:
        parser.add_render_rule(kind, formula(display))
    return parser


def formula(display):
    """Return what makes HTML of a formula."""

    def render(renderer, tokens, index, options, environment):
        return rendered(tokens[index].content.strip(), display)

    return render
