"""Cells that are numbers, lists and empty dicts stand between the others."""


def edit(notebook):
    notebook.cells[1:1] = [3, [], {}, None, {"cell_type": 7, "metadata": [], "source": {}}]
