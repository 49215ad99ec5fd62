"""A lesson's notebook as the page that readers get.

`STEPS` change the notebook one after the other; each is a function of the lesson's name and its notebook.
"""

import base64
import hashlib
import re

from nbformat.v4 import new_markdown_cell

from book import bibliography, cards, guesses
from lite import openings

SOLUTION_MARKS = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)
EMBEDDED = re.compile(r'data:image/(png|gif|webp|svg\+xml);base64,([^"]+)')
HEADING = re.compile(r"^(?P<marks>##?) (?P<words>.+)$", re.MULTILINE)
LABELS = {
    "The lesson in one picture": "picture",
    "What the notes get wrong": "wrong",
    "Going further": "further",
}
UNTOUCHED = re.compile(r"(`[^`]*`|\$\$.*?\$\$|\$[^$]*\$|\[[^]]*\]\([^)]*\))")
MENTION = re.compile(r"\b[Ll]esson (?P<lesson>\d\d)\b|(?<!\d{4}, )\b[Ss]ection (?P<section>\d+)\b(?!\.\d)")
# The spaces of 10 000 and 95 %, and around the sign of α = 0.5 where what follows is short.
TORN = re.compile(
    r"(?<=\d) (?=\d{3}\b|[%°])"
    r"|(?<=[^\s|]) (?=[=≈≤≥<>] [^\s|]{1,12}(?:\s|$))"
    r"|(?<=[^\s|] [=≈≤≥<>]) (?=[^\s|]{1,12}(?:\s|$))"
)
LONG_TABLE = 20  # rows
HOW_TO_READ = """\
This lesson is a notebook. In this page its cells have been run, with the exercises solved.
**Sliders** move here too, in longer strides; **exercises** are cards, whose hints, solution and usual
mistakes unfold; a **guess** is compared here and sent nowhere, and what was measured unfolds after it, or
after Skip. On a narrow screen wide figures, formulas, tables and code move sideways under the finger."""
MEASURED = re.compile(r'width="(\d+)" style="max-width: 100%"')


def solutions_without_marks(name, notebook):
    """Show each solution without the marks that tell nbgrader what to cut."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = SOLUTION_MARKS.sub("", cell.source).rstrip("\n")


def code_folded(name, notebook):
    """Fold away the code that is folded away in JupyterLab."""
    for cell in notebook.cells:
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]


def headings_labelled(name, notebook):
    """Give the lesson, its sections and its last pages names that other pages can link to."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = HEADING.sub(lambda heading: labelled(name[:2], heading), cell.source)


def labelled(number, heading):
    """Return a heading with its label above it, if it is one that others may name."""
    words = heading["words"]
    if heading["marks"] == "#":
        label = f"lesson-{number}"
    elif section := re.match(r"(\d+)\. ", words):
        label = f"lesson-{number}-section-{section[1]}"
    elif words in LABELS:
        label = f"lesson-{number}-{LABELS[words]}"
    else:
        return heading[0]
    return f"({label})=\n{heading[0]}"


def lessons_linked(name, notebook):
    """Make links of "lesson 05", and of "section 3" where this lesson has one."""
    text = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")
    sections = set(re.findall(r"^## (\d+)\. ", text, re.MULTILINE))
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and cell is not bibliography.further(notebook):
            cell.source = with_links(cell.source, name[:2], sections)


def with_links(text, number, sections):
    """Return a lesson's text in which it links to other lessons and to its own sections.

    Args:
        text: Markdown.
        number: of the lesson that it stands in, such as "06".
        sections: of this lesson, as words.

    Example:
        >>> with_links("As `lesson 05` said in lesson 05.", "06", {"1"})
        'As `lesson 05` said in [lesson 05](#lesson-05).'
        >>> with_links("Section 1 is here, and section 2.1 elsewhere (1998, section 1).", "06", {"1", "2"})
        '[Section 1](#lesson-06-section-1) is here, and section 2.1 elsewhere (1998, section 1).'
    """

    def link(match):
        if match["lesson"] and match["lesson"] <= "12":
            return f"[{match[0]}](#lesson-{match['lesson']})"
        if match["section"] in sections:
            return f"[{match[0]}](#lesson-{number}-section-{match['section']})"
        return match[0]

    return prose_changed(text, lambda part: MENTION.sub(link, part))


def what_belongs_together(name, notebook):
    """Keep short formulas, large numbers and percentages from being torn at the end of a line."""
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = prose_changed(cell.source, joined)


def joined(text):
    """Return a piece of prose with what belongs together on one line.

    Example:
        >>> joined("With α = 0.5 and 10 000 steps 95 % are left, or =").replace("\N{NO-BREAK SPACE}", "_")
        'With α_=_0.5 and 10_000 steps 95_% are left, or ='
    """
    return TORN.sub("\N{NO-BREAK SPACE}", text)


def prose_changed(text, change):
    """Return a lesson's text with its prose changed; headings, HTML, code, formulas and links stay.

    Args:
        text: Markdown.
        change: function from a piece of a line to what takes its place.

    Example:
        >>> prose_changed("# So\\n\\nSo `it` is.\\n$$a\\n= b$$", str.upper)
        '# So\\n\\nSO `it` IS.\\n$$a\\n= b$$'
    """
    lines, is_code, is_formula = [], False, False
    for line in text.split("\n"):
        # Indented text is code, unless it goes on with a paragraph.
        is_code = line.startswith("    ") and (is_code or not "".join(lines[-1:]).strip())
        opens_or_closes = line.count("$$") % 2 == 1
        if not (is_code or is_formula or opens_or_closes or line.startswith(("#", "<"))):
            parts = UNTOUCHED.split(line)
            parts[::2] = map(change, parts[::2])
            line = "".join(parts)
        is_formula ^= opens_or_closes
        lines.append(line)
    return "\n".join(lines)


def works_linked(name, notebook):
    """Link the works under "Going further"."""
    cell = bibliography.further(notebook)
    cell.source = bibliography.linked(cell.source)


def figures_measured(name, notebook):
    """Tell the style sheet how wide each figure is, so that on a phone it can stay readable."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                output.data["text/html"] = MEASURED.sub(r'style="--width: \1px"', output.data["text/html"])


def long_tables_folded(name, notebook):
    """Fold away what a cell lists at length."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            table = output.get("data", {}).get("text/html", "")
            if (rows := table.count("<tr")) > LONG_TABLE:
                summary = f"<summary>Show the table, {rows} rows</summary>"
                output.data["text/html"] = f'<details class="long-table">{summary}{table}</details>'


def how_to_read(name, notebook):
    """Say below the title how a notebook is read in a page, and where this one can be opened.

    Raises:
        AddressError: the file of addresses cannot be used.
    """
    ways = openings.openings(name, openings.read())
    links = " · ".join(f"[{label}]({address})" for label, address in ways)
    parts = ['<div class="how-to-read">', HOW_TO_READ, *([links] if links else []), "</div>"]
    notebook.cells.insert(1, new_markdown_cell("\n\n".join(parts), id="in-a-page"))


STEPS = [
    solutions_without_marks,
    long_tables_folded,
    guesses.guesses,
    code_folded,
    works_linked,
    lessons_linked,
    what_belongs_together,
    headings_labelled,
    figures_measured,
    cards.exercise_cards,  # after the links, which code must not get
    cards.question_cards,
    how_to_read,
]


def page(name, notebook):
    """Change a lesson's notebook into its page.

    Args:
        name: the lesson's.
        notebook: as `lessons.executed` returns it; it is changed.

    Returns:
        The notebook, and its pictures: file name to bytes.
    """
    for step in STEPS:
        step(name, notebook)
    return notebook, take_out_pictures(notebook)


def take_out_pictures(notebook):
    """Turn pictures that stand in the outputs' HTML into files, so that what repeats is sent once.

    Returns:
        File name to bytes; the page's addresses are relative to the folder of the lessons.
    """
    pictures = {}

    def take(match):
        data = base64.b64decode(match[2])
        file = f"{hashlib.sha256(data).hexdigest()[:16]}.{match[1].removesuffix('+xml')}"
        pictures[file] = data
        return f"../pictures/{file}"

    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                output.data["text/html"] = EMBEDDED.sub(take, output.data["text/html"])
    return pictures
