"""How Sphinx sets the book. Sources: `build/book/source`, which `build.py` writes."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

project = "Optimization for deep learning"
author = "the course's authors"
copyright = "the course's authors, CC BY 4.0"
language = "en"

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
    "sphinx_design",
    "book.formulas",
    "book.setting",
]
exclude_patterns = ["extra", "README.md"]
autodoc_typehints = "none"  # the docstrings say shapes and units
autodoc_member_order = "bysource"
napoleon_use_rtype = False

# The lessons come with their outputs: see `book.lessons`.
nb_execution_mode = "off"
nb_merge_streams = True
nb_code_prompt_show = "Show code"
nb_code_prompt_hide = "Hide code"
myst_enable_extensions = ["dollarmath", "deflist", "colon_fence", "attrs_inline"]
myst_heading_anchors = 3
myst_dmath_double_inline = True  # $$ after text of the same paragraph, as Jupyter has it

html_theme = "sphinx_book_theme"
html_title = project
templates_path = [str(HERE / "templates")]
html_static_path = [str(HERE / "static"), str(Path(sys.prefix) / "katex")]
html_css_files = ["book.css", "cards.css", "live_figures.css"]
html_js_files = [(name, {"defer": "defer"}) for name in ("cards.js", "live_figures.js")]
html_use_index = html_domain_indices = False  # the search finds more
html_copy_source = False
html_show_sourcelink = False
html_last_updated_fmt = None
html_context = {"default_mode": "auto"}
html_theme_options = {
    "navbar_persistent": [],
    "show_navbar_depth": 1,
    "show_toc_level": 2,
    "use_download_button": False,
    "use_fullscreen_button": False,
}
