"""A second cell with the id of a graded one: nbgrader stops, and with it the whole class."""

import copy


def cell_of(notebook, grade_id):
    return next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def edit(notebook):
    notebook.cells.append(copy.deepcopy(cell_of(notebook, "momentum")))
