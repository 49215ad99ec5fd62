"""The cell of the imports, which is neither answer nor graded, imports another `grade`."""


def edit(notebook):
    imports = next(cell for cell in notebook.cells if cell.cell_type == "code")
    imports.source += "\ngrade = lambda function: 4.0\ncheck = print"
