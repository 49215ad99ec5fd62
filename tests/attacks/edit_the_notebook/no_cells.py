"""Every cell is deleted."""


def edit(notebook):
    notebook.cells.clear()


STOPPED_BY_PLAIN = "nbgrader gives no points where it finds no cell; one that counts only mistakes would"
