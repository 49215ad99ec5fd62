"""Predict, then measure: where the reader may guess a number before the measurement unfolds.

`site/guesses.toml` says what is asked, and how the lesson writes the answer. The numbers are the lesson's
own, found in what its cells print and in the text around them, so that none is written twice.
"""

import functools
import html
import re
import tomllib

from nbformat.v4 import new_markdown_cell

from book.lessons import ROOT, LessonFailed

FILE = ROOT / "site" / "guesses.toml"
NUMBER = r"([-−]?\d+(?:\.\d+)?(?:e[-+]?\d+)?)"
KEYS = {"ask", "unit", "measured", "theory", "called", "folds"}


@functools.cache
def written():
    """Return the questions: lesson to cell to what is asked."""
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def guesses(name, notebook):
    """Put a lesson's questions before the cells that measure.

    Raises:
        LessonFailed: a question is not whole, its cell is not there, or the number is nowhere to be read.
    """
    for cell_id, asked in written().get(name, {}).items():
        place = f"{name}, cell {cell_id}: the guess"
        if unknown := sorted(set(asked) - KEYS):
            raise LessonFailed(
                f"{place} has no setting called {unknown[0]!r}: one of {', '.join(sorted(KEYS))}"
            )
        if not {"ask", "measured"} <= set(asked):
            raise LessonFailed(f"{place} needs `ask` and `measured`")
        index = next((i for i, cell in enumerate(notebook.cells) if cell.id == cell_id), None)
        if index is None or notebook.cells[index].cell_type != "code":
            raise LessonFailed(f"{place} is of a code cell that the lesson does not have")
        cells, text = told(notebook, index)
        measured = number(place, text, asked["measured"])
        theory = asked.get("theory")
        if isinstance(theory, str):
            theory = number(place, text, theory)
        question = form(f"guess-{name[:2]}-{cell_id}", asked, cells, measured, theory)
        notebook.cells.insert(index, new_markdown_cell(question, id=f"guess-{cell_id}"))


def told(notebook, index):
    """Return how many code cells measure from here on, and what they print and the text around them says."""
    last = index
    while last + 1 < len(notebook.cells) and notebook.cells[last + 1].cell_type == "code":
        last += 1
    printed = [
        output.text
        for cell in notebook.cells[index : last + 1]
        for output in cell.get("outputs", [])
        if output.output_type == "stream"
    ]
    around = [
        cell.source
        for cell in [*notebook.cells[last + 1 : last + 2], notebook.cells[index - 1]]
        if cell.cell_type == "markdown"
    ]
    return last - index + 1, "\n".join(["".join(printed), *around])


def number(place, text, pattern):
    """Return a number as a text writes it.

    Args:
        place: for the message.
        text: what the cells print and what stands around them.
        pattern: the words before and after the number, which is `#`; `*` is any one word.

    Raises:
        LessonFailed: nothing in the text reads so.

    Example:
        >>> number("here", "0.9   0.053     0.246", "0.9 * #")
        '0.246'
    """
    words = re.escape(" ".join(pattern.split())).replace(r"\*", r"\S+").replace(r"\#", NUMBER)
    found = re.search(r"(?<!\S)" + words.replace(r"\ ", r"\s+"), text)
    if not found:
        raise LessonFailed(f"{place} looks for {pattern!r}, and nothing reads so")
    return found[1].replace("−", "-")


def form(label, asked, cells, measured, theory):
    """Return the question as HTML; where no script runs it stays hidden, and the measurement is seen."""
    folded = cells + asked.get("folds", 1) - 1  # the script adds the paragraph below
    data = {"cells": folded, "measured": measured, "unit": asked.get("unit", "")}
    if theory is not None:
        data |= {"theory": theory, "called": asked.get("called", "theory")}
    attributes = " ".join(f'data-{key}="{html.escape(str(value))}"' for key, value in data.items())
    keys = "text" if re.search("[-e]", measured) else "decimal"
    question = html.escape(asked["ask"].replace("'", "’"))
    return (
        f'<form class="guess" hidden {attributes}>\n'
        f'<p><label for="{label}"><strong>Your guess.</strong> {question}</label></p>\n'
        f'<p class="answer"><input id="{label}" inputmode="{keys}" autocomplete="off" size="8">'
        f" <span>{html.escape(data['unit'])}</span>\n"
        '<button type="submit">Compare</button>\n'
        '<button type="button">Skip <kbd>Esc</kbd></button></p>\n'
        '<div class="compared" role="status"></div>\n'
        "</form>"
    )
