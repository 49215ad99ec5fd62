"""The free-response cell becomes a code cell that is graded by its own result."""


def cell_of(notebook, grade_id):
    return next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def edit(notebook):
    cell = cell_of(notebook, "essay")
    cell.update(cell_type="code", source="3.0", outputs=[], execution_count=None)
    cell.metadata["nbgrader"].update(cell_type="code", solution=True, grade=True, locked=False)


STOPPED_BY_PLAIN = "nbgrader restores what a cell is graded by; it would work on one that believes the file"
