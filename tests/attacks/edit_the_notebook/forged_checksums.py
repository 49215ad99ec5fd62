"""Every checksum is forged, so that no cell seems to have been changed."""


def cell_of(notebook, grade_id):
    return next(
        cell for cell in notebook.cells if cell.metadata.get("nbgrader", {}).get("grade_id") == grade_id
    )


def edit(notebook):
    for cell in notebook.cells:
        if "nbgrader" in cell.metadata:
            cell.metadata["nbgrader"]["checksum"] = "0" * 32
    cell_of(notebook, "essay").source = "I think so."


STOPPED_BY_PLAIN = "nbgrader computes checksums itself; it would work on one that believes the file"
