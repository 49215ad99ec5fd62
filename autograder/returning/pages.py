"""Feedback and marking pages that load nothing: formulas become MathML when the page is written.

nbgrader's pages would fetch MathJax from a server elsewhere and run it in the reader's browser.
"""

import functools
import html
import re

from latex2mathml.converter import convert
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

NAMESPACE = ' xmlns="http://www.w3.org/1998/Math/MathML"'  # which HTML does without
LONE = re.compile(r"<mrow>(<(m[ino])>[^<]*</\2>)</mrow>")  # a row of one, which is one without a row
WHOLE = re.compile(r"(<math[^>]*>)<mrow>(.*)</mrow>(</math>)")  # a formula is a row by itself
CODE = re.compile(r"&#x([0-9A-F]+);")


class Renderer(IPythonRenderer):
    """Render Markdown as nbconvert does, with formulas as MathML."""

    def inline_math(self, body: str) -> str:
        """Render a formula within a line."""
        return _mathml(body, "inline")

    def block_math(self, body: str) -> str:
        """Render a formula on a line of its own."""
        return _mathml(body, "block")

    def latex_environment(self, name: str, body: str) -> str:
        """Render a LaTeX environment, such as `align`."""
        return _mathml(f"\\begin{{{name}}}{body}\\end{{{name}}}", "block")


@functools.cache  # a class's pages hold the same prose
def markdown2html(source: str) -> str:
    r"""Render Markdown with formulas as HTML that needs no script.

    Args:
        source: Markdown; HTML in it is kept, so what comes from a student must be inert already.

    Returns:
        HTML.

    Example:
        >>> "<mi>α</mi>" in markdown2html(r"the rate $\alpha$")
        True
    """
    return MarkdownWithMath(renderer=Renderer(escape=False, exclude_anchor_links=True)).render(source)


def _mathml(body: str, display: str) -> str:
    try:
        formula = convert(body, display=display).replace(NAMESPACE, "").replace(' display="inline"', "")
        return WHOLE.sub(r"\1\2\3", LONE.sub(r"\1", CODE.sub(_letter, formula)))
    except Exception:  # not a formula that the converter knows: its source is better than a failed page
        return f"<code>{html.escape(body)}</code>"


def _letter(code: re.Match) -> str:
    """Return the letter itself, which is shorter, unless HTML would read it as markup."""
    letter = chr(int(code.group(1), 16))
    return code.group() if letter in "<>&\"'" else letter
