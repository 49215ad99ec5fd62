"""A Sphinx extension: formulas are set by KaTeX at build time, and what cannot be shown stops the build."""

from docutils import nodes
from sphinx.util import logging
from sphinxcontrib import katex

LOGGER = logging.getLogger(__name__)


def find_pictures(app, config):
    """Take along what the pages' HTML shows by address, which Sphinx does not see."""
    config.html_extra_path = [str(app.srcdir / "extra")]


def check_formulas(app, doctree):
    """Warn of each formula that KaTeX cannot set; warnings are errors."""
    for node in doctree.findall(lambda node: isinstance(node, nodes.math | nodes.math_block)):
        try:
            katex.render_latex(node.astext(), {"throwOnError": True})
        except katex.KaTeXError as error:
            LOGGER.warning("a formula that cannot be set: %s", error, location=node)


def setup(app):
    """Connect to Sphinx."""
    app.connect("config-inited", find_pictures)
    app.connect("doctree-read", check_formulas)
    return {"version": "1", "parallel_read_safe": False}
