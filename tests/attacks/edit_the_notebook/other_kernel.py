"""The notebook asks for a kernel that is not there."""


def edit(notebook):
    notebook.metadata["kernelspec"] = {"name": "generous", "display_name": "Generous", "language": "python"}


STOPPED_BY_PLAIN = "nbgrader restores the name of the kernel; one that runs the notebook as it comes stops"
