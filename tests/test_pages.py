"""Feedback and marking pages: formulas without a script, nothing fetched from elsewhere."""

import json
import pathlib

import pytest

from autograder.returning.pages import markdown2html

LESSONS = sorted((pathlib.Path(__file__).parents[1] / "solutions").glob("*/*.ipynb"))


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)
def test_every_formula_of_a_lesson_is_written_out(path):
    """Is each formula of the lesson converted, so that none is left as source?"""
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown" and "$" in source:
            page = markdown2html(source)
            assert page.count("<math") >= 1 and "$" not in page.replace("\\$", ""), cell["id"]


def test_what_is_no_formula_is_shown_and_not_run():
    """Does a formula that cannot be converted, or that holds HTML, stay dead text?"""
    page = markdown2html(r"$\begin{nonsense} <img src=x onerror=alert(1)>$ and $$<script>alert(1)</script>$$")
    assert "<img" not in page and "<script" not in page


def test_the_template_loads_no_script():
    """Is the macro that would fetch MathJax empty?"""
    folder = (
        pathlib.Path(__file__).parents[1]
        / "autograder"
        / "returning"
        / "share"
        / "nbconvert"
        / "templates"
        / "base"
    )
    assert "<" not in (folder / "mathjax.html.j2").read_text(encoding="utf-8")
