"""A cell of the student's own, before the graded ones, redefines `grade`."""

import nbformat


def edit(notebook):
    notebook.cells.insert(3, nbformat.v4.new_code_cell("grade = lambda function: 4.0\ncheck = print"))
