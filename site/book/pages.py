"""A lesson's notebook as the page that readers get.

`STEPS` change the notebook one after the other; each is a function of the lesson's name and its notebook.
"""

import base64
import hashlib
import re

SOLUTION_MARKS = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION\n?", re.MULTILINE)
EMBEDDED = re.compile(r'data:image/(png|gif|webp|svg\+xml);base64,([^"]+)')
MODEL_ANSWER = re.compile(r"### BEGIN SOLUTION\n(.*)### END SOLUTION", re.DOTALL)


def solutions_without_marks(name, notebook):
    """Show each solution without the marks that tell nbgrader what to cut."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = SOLUTION_MARKS.sub("", cell.source).rstrip("\n")


def model_answers_folded(name, notebook):
    """Fold the model answer of a question away."""
    folded = r"<details><summary>A model answer, and what it is marked by</summary>\n\n\1\n</details>"
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            cell.source = MODEL_ANSWER.sub(folded, cell.source)


def code_folded(name, notebook):
    """Fold away the code that is folded away in JupyterLab."""
    for cell in notebook.cells:
        if cell.metadata.get("jupyter", {}).get("source_hidden"):
            cell.metadata["tags"] = [*cell.metadata.get("tags", []), "hide-input"]


STEPS = [solutions_without_marks, model_answers_folded, code_folded]


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
