"""The course as nbgrader sees it: the whole repository is one nbgrader course.

`nbgrader` reads this file when it is started in the repository's root, and so do Formgrader and the toolbar.
"""

c = get_config()  # noqa: F821 (nbgrader puts it here)

c.CourseDirectory.course_id = "optimization"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
c.IncludeHeaderFooter.header = ""

# A stub is the signature and the docstring, which say everything, and one line that says what to do.
c.ClearSolutions.code_stub = {"python": 'raise NotImplementedError("write your answer here")'}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"

# A lesson runs in under 30 seconds as a whole, so a cell that takes as long will not end.
c.ExecutePreprocessor.timeout = 30
c.ExecutePreprocessor.iopub_timeout = 10
c.ExecutePreprocessor.shutdown_kernel = "immediate"
c.Execute.timeout = 30

# Sockets in the file system: no port is opened, and ipykernel does not warn about one.
c.KernelManager.transport = "ipc"

# Pages that are made here load nothing from elsewhere.
c.HTMLExporter.require_js_url = ""
c.HTMLExporter.jquery_url = ""
c.HTMLExporter.mathjax_url = ""
c.HTMLExporter.mermaid_js_url = ""

# --- Grading -----------------------------------------------------------------------------------------------
# The preprocessors Rebuild (nbgrader's sanitising pass) and Judge (its autograding pass) are set here.
