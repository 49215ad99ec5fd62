"""The ids of two answers are exchanged, so that each is graded as the other."""


def cell_of(notebook, grade_id):
    return next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def edit(notebook):
    first, second = (cell_of(notebook, f"{name}-answer") for name in ("momentum", "nesterov"))
    first.source, second.source = "def momentum(:", "grade = lambda function: 3.0"
    one, other = first.metadata["nbgrader"], second.metadata["nbgrader"]
    one["grade_id"], other["grade_id"] = other["grade_id"], one["grade_id"]
