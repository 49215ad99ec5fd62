"""The tag "raises-exception" on a graded cell, and a result before it fails."""


def cell_of(notebook, grade_id):
    return next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def edit(notebook):
    cell_of(notebook, "momentum").metadata["tags"] = ["raises-exception"]
    cell_of(notebook, "momentum-answer").source = "def grade(function):\n    raise SystemExit"


STOPPED_BY_PLAIN = "nbgrader counts an error as 0 whatever the tags say; one that goes by the exit would not"
