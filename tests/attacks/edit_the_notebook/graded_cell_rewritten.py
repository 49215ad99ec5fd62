"""The graded cell says 4.0, and is no longer locked."""


def cell_of(notebook, grade_id):
    return next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def edit(notebook):
    cell = cell_of(notebook, "momentum")
    cell.source = "4.0"
    cell.metadata["nbgrader"].update(locked=False, solution=True, checksum="")
