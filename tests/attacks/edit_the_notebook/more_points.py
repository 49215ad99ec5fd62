"""The metadata say that the exercise is worth a thousand points, and that everyone gets them."""


def cell_of(notebook, grade_id):
    return next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def edit(notebook):
    for cell in notebook.cells:
        cell.metadata.get("nbgrader", {}).update(points=1000)


STOPPED_BY_PLAIN = "nbgrader takes the points from its gradebook; it would work on one that believes the file"
