"""A lesson as slides: what is shown, and what the speaker reads.

The structure of a lesson suffices: `##` begins a column of slides, `###` a slide. Headings, formulas, lists,
tables, figures, what is printed and the exercises' tasks are shown; of longer prose the sentences that ask,
that lead to what is shown, or that have words in bold. The notes hold all of the prose.
"""

import dataclasses
import math
import re

from book import cards

ROOM = 550  # pixels that a slide of 720 has below its heading
LINE, WIDTH = 38, 92  # of text: pixels, and characters
FIGURE = 370  # that a figure has at least, with its sliders
LARGEST, SMALL, MANY = 22, 18, 14  # pixels of code's letters: in up to so many lines, and else
CODE_WIDTH, CODE_LINE = 1140, 1.3  # pixels, and its lines beside its letters
TABLE = [24, 20, 18, 16, 14]  # pixels of a table's letters: the first with which it has room
BETWEEN_COLUMNS = re.compile(r"(?<!\\)\|")
SHORT = 130  # characters of a paragraph that is shown whole
STATEMENT = 230  # and of a list's item
SOLUTION = re.compile(r"### BEGIN SOLUTION\n.*?### END SOLUTION\n?", re.DOTALL)
TITLE = re.compile(r"\*\*[^*]+\*\*")  # a paragraph's, in a line of its own
LEADING = re.compile(r"^(.*?[.?!])\s+(?=[A-Z(*])", re.DOTALL)
COMMAND = re.compile(r"\\[A-Za-z]+|[{}$\\^_*`]")


@dataclasses.dataclass
class Part:
    """One thing of a lesson.

    Attributes:
        kind: heading, text, item, formula, table, code, output or figure; "" if it is told alone.
        source: Markdown; of code and output the text, of a figure its HTML.
        told: Markdown for the notes.
        leads: whether it leads to what follows, so that both stand on one slide.
    """

    kind: str
    source: str = ""
    told: str = ""
    leads: bool = False

    @property
    def letters(self):
        """Pixels of the letters in which code, what it prints, or a table fits."""
        if self.kind == "table":
            return next((size for size in TABLE if table_height(self.source, size) <= ROOM), TABLE[-1])
        lines = self.source.splitlines()
        largest = LARGEST if self.kind == "code" and len(lines) <= MANY else SMALL
        size = min(largest, CODE_WIDTH / 0.61 / max(map(len, lines)))
        return min(size, (ROOM - 26) / CODE_LINE / len(lines))

    @property
    def height(self):
        """Pixels that it needs, about."""
        if self.kind in ("code", "output"):
            return CODE_LINE * self.letters * len(self.source.splitlines()) + 26
        if self.kind == "formula":
            return 96 + 48 * self.source.count(r"\\")
        if self.kind == "table":
            return table_height(self.source, self.letters)
        if self.kind == "figure":
            return FIGURE
        inside = 60 * (self.source.count("$$") // 2)
        lines = math.ceil(len(COMMAND.sub("", self.source)) / WIDTH)
        return LINE * lines + inside + (10 if self.kind == "item" else 16)


@dataclasses.dataclass
class Slide:
    """What stands on one slide.

    Attributes:
        title: Markdown.
        column: whether a new column of slides begins.
        ours: whether it is the students' turn.
        parts: what is shown.
        told: what the speaker reads, Markdown.
    """

    title: str
    column: bool = False
    ours: bool = False
    parts: list = dataclasses.field(default_factory=list)
    told: list = dataclasses.field(default_factory=list)

    @property
    def height(self):
        """Pixels that its parts need, about."""
        return sum(part.height for part in self.parts)


def table_height(source, size):
    """Return the pixels that a table needs, about, if its columns are equally wide.

    Args:
        source: Markdown.
        size: pixels of its letters.
    """
    rows = [BETWEEN_COLUMNS.split(line.strip().strip("|")) for line in source.splitlines()]
    del rows[1]  # the line below the head
    width = CODE_WIDTH / (0.55 * size * len(rows[0]))  # of a column, in characters
    lines = [max(math.ceil(len(COMMAND.sub("", cell).strip()) / width) for cell in row) for row in rows]
    return sum(1.35 * size * max(count, 1) + 11 for count in lines) + 14


def markdown():
    """Return what parses a lesson's text, as Jupyter does."""
    from markdown_it import MarkdownIt  # here, since both come with Sphinx, and the rest needs neither
    from mdit_py_plugins.dollarmath import dollarmath_plugin

    return MarkdownIt("commonmark").enable("table").use(dollarmath_plugin, double_inline=True)


def slides(name, notebook):
    """Return a lesson's slides.

    Args:
        name: the lesson's.
        notebook: as `book.lessons.executed` returns it.
    """
    made = []
    for part in parts(name, notebook):
        place(made, part)
    shown = []
    for slide, following in zip(made, [*made[1:], None], strict=True):
        if slide.parts:
            shown.append(slide)
        elif following is not None:  # only told
            following.told[:0] = slide.told
            following.column |= slide.column
    return shown


def place(made, part):
    """Put a part onto the last slide, or onto a new one where that is full."""
    if part.kind == "heading":
        marks, title = part.source.split(" ", 1)
        made.append(Slide(title, column=len(marks) < 3, ours=theirs(part.source)))
        return
    slide = made[-1]
    if part.kind == "figure":
        led = []
        while slide.parts and (slide.parts[-1].leads or slide.parts[-1].kind == "output"):
            if sum(each.height for each in [*led, slide.parts[-1], part]) > ROOM:
                break
            led.insert(0, slide.parts.pop())
        if slide.parts:
            slide = Slide(slide.title, ours=slide.ours)
            made.append(slide)
        slide.parts += led
    elif part.kind and slide.parts and slide.height + part.height > ROOM:
        led = leading(slide, part)
        slide = Slide(slide.title, ours=slide.ours, parts=led)
        made.append(slide)
    if part.kind:
        slide.parts.append(part)
    if part.told:
        slide.told.append(part.told)


def theirs(heading):
    """Say whether it is the students' turn below a heading.

    Example:
        >>> theirs("### Exercise 1: the step"), theirs("## 7. A question in your own words")
        (True, True)
        >>> theirs("## Summary")
        False
    """
    return heading.startswith("### Exercise ") or "in your own words" in heading


def leading(slide, part):
    """Take what leads to a part off a full slide, if both fit the next one and others stay."""
    last = slide.parts[-1]
    if (
        (last.leads or (last.kind, part.kind) == ("code", "output"))
        and len(slide.parts) > 1
        and last.height + part.height <= ROOM
    ):
        return [slide.parts.pop()]
    return []


def parts(name, notebook):
    """Yield what a lesson has, in order."""
    below_a_figure = below_a_test = False
    section = ""
    for index, cell in enumerate(notebook.cells):
        grading = cell.metadata.get("nbgrader", {})
        following = notebook.cells[index + 1] if index + 1 < len(notebook.cells) else None
        if cell.cell_type == "markdown":
            found = list(written(cell.source, below_a_test, bool(grading)))
            if below_a_test:
                found.insert(1, Part("heading", f"### {section}"))  # the students have had their turn
            if below_a_figure:
                seen(found)
            if following is not None and draws(following):
                look_for(found)
            for part in found:
                if part.kind == "heading" and not theirs(part.source):
                    section = part.source.lstrip("# ")
                yield part
            below_a_figure = below_a_test = False
        elif grading.get("solution"):
            yield Part("code", cards.released(name)[cell.id].strip())
        elif grading.get("grade"):
            below_a_test = True
        elif cell.id != "imports":
            yield from computed(cell)
            below_a_figure = draws(cell)


def draws(cell):
    """Say whether a cell shows a figure."""
    return any("<img" in output.get("data", {}).get("text/html", "") for output in cell.get("outputs", []))


def computed(cell):
    """Yield the code of a cell and what it prints and draws; code that only draws is told, not shown."""
    folded = cell.metadata.get("jupyter", {}).get("source_hidden")
    printed = "".join(output.text for output in cell.outputs if output.output_type == "stream").rstrip()
    figures = [
        output.data["text/html"]
        for output in cell.outputs
        if "<img" in output.get("data", {}).get("text/html", "")
    ]
    code = cards.code(cell.source)
    if folded or figures:
        yield Part("", told=code)
    else:
        yield Part("code", cell.source.strip(), code)
    if printed:
        yield Part("output", printed)
    for figure in figures:
        yield Part("figure", figure)


def seen(found):
    """Show the first sentence below a figure, which says what it shows."""
    if found and not found[0].kind and found[0].told:
        found[0].kind, found[0].source = "text", found[0].told.splitlines()[0]


def look_for(found):
    """Show the last sentence above a figure, which says what to look for."""
    last = found[-1]
    if last.kind in ("", "text") and last.told and "$$" not in last.told:
        line = next((each for each in reversed(last.told.splitlines()) if not each.startswith("(")), "")
        above = [each for each in last.source.splitlines() if each != line]
        last.kind, last.source = ("text" if above else ""), "\n".join(above)
        last.leads = False
        found.append(Part("text" if line else "", line, leads=bool(line)))


def written(source, below_a_test, whole):
    """Yield the parts of a cell of text.

    Args:
        source: Markdown.
        below_a_test: whether what unfolds at its top are an exercise's hints, which are told alone.
        whole: whether all of it is shown, as a question to the students is.
    """
    source = SOLUTION.sub("", source)
    if below_a_test:
        hints = cards.HINTS.match(source)
        told = (
            [f"**{title}** {text.strip()}" for title, text in cards.HINT.findall(hints[0])] if hints else []
        )
        yield Part("", told="\n\n".join(told))
        source = source[hints.end() :] if hints else source
    asked = cards.HINT.findall(source)
    lines = cards.HINT.sub("", source).splitlines()
    tokens = [token for token in markdown().parse("\n".join(lines)) if token.map]
    for index, token in enumerate(tokens):
        text = "\n".join(lines[slice(*token.map)]).strip()
        if token.level == 0 and token.type == "heading_open":
            whole = whole or theirs(text)
            yield Part("heading", text)
        elif token.level == 0 and token.type == "math_block":
            yield Part("formula", text, text)
        elif token.level == 0 and token.type == "table_open":
            yield Part("table", text, text)
        elif token.level == 0 and token.type == "paragraph_open":
            # The tokens of a paragraph are two that have a place.
            leads = text.endswith(":") or [each.type for each in tokens[index + 2 : index + 3]] == [
                "math_block"
            ]
            shown = text if whole else sentences(text, leads)
            yield Part("text" if shown else "", shown, text, leads=leads and bool(shown))
        elif token.level == 1 and token.type == "list_item_open":
            yield Part("item", text if whole else statement(text), text)
        elif token.level == 0 and token.type in ("fence", "code_block"):
            yield Part("code", token.content.rstrip(), text)
    for question, answer in asked:
        yield Part("item", f"- {question}", f"**{question}**\n\n{answer.strip()}")


def sentences(text, leads=False):
    """Return what is shown of a paragraph, which has a sentence a line.

    Args:
        text: Markdown.
        leads: whether it leads to a formula or a list.

    Example:
        >>> sentences("It is long." + " And longer." * 12 + "\\n**Here** it turns.\\nIs it so?")
        '**Here** it turns.\\nIs it so?'
        >>> sentences("Apply it to the gradients:")
        'Apply it to the gradients:'
        >>> sentences("(More of it in lesson 07.)")
        ''
    """
    if text.startswith("("):
        return ""
    if len(text) <= SHORT or "$$" in text:
        return text
    lines = text.splitlines()
    shown = [
        line
        for above, line in zip(["", *lines], lines, strict=False)
        if "**" in line or line.endswith("?") or TITLE.fullmatch(above) or (leads and line == lines[-1])
    ]
    return "\n".join(shown)


def statement(text):
    """Return what is shown of a list's item: all of it, or its first sentence if it is long.

    Example:
        >>> statement("- One. Two.")
        '- One. Two.'
        >>> statement("- One. " + "And so on, at length. " * 20)
        '- One.'
    """
    if len(text) <= STATEMENT or "$$" in text:
        return text
    first = LEADING.match(text)
    return first[1] if first and len(first[1]) > 5 else text
