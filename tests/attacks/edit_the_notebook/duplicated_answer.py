"""The answer cell is there twice, as after copy and paste."""

import copy


def cell_of(notebook, grade_id):
    return next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def edit(notebook):
    notebook.cells.append(copy.deepcopy(cell_of(notebook, "momentum-answer")))
