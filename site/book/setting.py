"""A Sphinx extension: what pages show beside their text, and docstrings as they read."""

import re

FORMULA = re.compile(r"^ *\S.*(?:←| = ).*[^.,;:]$", re.MULTILINE)
SECTION = re.compile(r"(?:Args|Returns|Raises|Attributes|Reference|Yields|Note):")


def find_pictures(app, config):
    """Take along what the pages' HTML shows by address, which Sphinx does not see."""
    config.html_extra_path = [str(app.srcdir / "extra")]


def name_folded_code(app, pagename, templatename, context, doctree):
    """Let the bar above folded code be named by what it shows, as those who hear it need it."""
    if "body" in context:
        context["body"] = context["body"].replace(' aria-label="Toggle hidden content"', "")


def plain_docstring(app, what, name, thing, options, lines):
    """Change a docstring, which is plain text, into what napoleon expects, so that it reads as it stands."""
    text, example, rest = "\n".join(lines).partition("\nExample:")
    text = re.sub(r"([|*_])", r"\\\1", text)
    text = re.sub(r"`([^`\n]+)`", lambda code: "``" + code[1].replace("\\", "") + "``", text)
    paragraphs = text.split("\n\n")
    for index, paragraph in enumerate(paragraphs):
        if what == "module" and paragraph.startswith("    "):
            paragraphs[index] = f"::\n\n{paragraph}".replace("\\", "")
        elif FORMULA.search(paragraph) and not SECTION.match(paragraph):
            paragraphs[index] = re.sub(r"^( *)(?=\S)", r"\1| ", paragraph, flags=re.MULTILINE)
    returned = next((index for index, each in enumerate(paragraphs) if each.startswith("Returns:")), None)
    if returned is not None and len(re.findall(r"^    [\w\\]+: ", paragraphs[returned], re.MULTILINE)) > 1:
        listed = re.sub(r"^ {8,}", " " * 6, paragraphs[returned], flags=re.MULTILINE)
        listed = re.sub(r"^    (?=[\w\\]+: )", "    * ", listed, flags=re.MULTILINE)
        paragraphs[returned] = listed.replace("Returns:", "Returns:\n    In this order\n", 1)
    lines[:] = ("\n\n".join(paragraphs) + example + rest).split("\n")


def setup(app):
    """Connect to Sphinx."""
    app.connect("config-inited", find_pictures)
    app.connect("autodoc-process-docstring", plain_docstring, priority=400)  # before napoleon
    app.connect("html-page-context", name_folded_code)
    return {"version": "1", "parallel_read_safe": False}
