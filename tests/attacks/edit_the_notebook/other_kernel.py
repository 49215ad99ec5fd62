"""The notebook asks for a kernel that is not there."""


def edit(notebook):
    notebook.metadata["kernelspec"] = {"name": "generous", "display_name": "Generous", "language": "python"}
