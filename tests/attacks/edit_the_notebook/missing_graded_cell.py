"""The graded cell is deleted: what is not there cannot be wrong."""


def cell_of(notebook, grade_id):
    return next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def edit(notebook):
    notebook.cells.remove(cell_of(notebook, "momentum"))


STOPPED_BY_PLAIN = "nbgrader gives no points where it finds no cell; one that counts only mistakes would"
