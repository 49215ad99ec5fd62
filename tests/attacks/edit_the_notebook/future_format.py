"""A notebook format of the future."""


def edit(notebook):
    notebook.nbformat = 9
