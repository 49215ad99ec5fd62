"""Print a notebook as plain text, for `git diff` (its textconv driver; `make diff` sets it up).

Each cell begins with a line that names it, its kind and what nbgrader does with it; the source follows.
"""

import contextlib
import json
import pathlib
import sys


def readable(notebook):
    """Return a notebook as text.

    Args:
        notebook: the dict that an .ipynb file holds.

    Returns:
        The text, one block a cell.

    Example:
        >>> cell = {"cell_type": "code", "id": "imports", "metadata": {}, "source": ["import numpy as np"]}
        >>> print(readable({"cells": [cell]}), end="")
        ── code imports
        import numpy as np
        <BLANKLINE>
    """
    return "".join(readable_cell(cell) for cell in notebook.get("cells", []))


def readable_cell(cell):
    """Return one cell as text: a line that names it, its source, and the text that it printed."""
    grading = cell.get("metadata", {}).get("nbgrader", {})
    roles = [role for role in ("solution", "grade", "locked") if grading.get(role)]
    if "points" in grading:
        roles.append(f"{grading['points']} points")
    title = " ".join(
        ["──", cell.get("cell_type", "?"), cell.get("id", "(no id)"), *(f"[{r}]" for r in roles)]
    )
    printed = ["".join(output.get("text", "")) for output in cell.get("outputs", [])]
    return "\n".join([title, "".join(cell.get("source", "")), *filter(None, printed), "", ""])


def main():
    """Print the notebook that the command line names; print a file that is none as it stands."""
    text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8", errors="replace")
    with contextlib.suppress(ValueError, AttributeError, TypeError):
        text = readable(json.loads(text))
    sys.stdout.write(text)


if __name__ == "__main__":
    main()
