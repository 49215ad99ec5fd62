"""The course as nbgrader sees it: the whole repository is one nbgrader course.

`nbgrader` reads this file when it is started in the repository's root, and so do Formgrader and the toolbar.
"""

import atexit
import os
import shutil
import tempfile

import autograder

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

# Kernels talk over sockets in a folder that only this user may enter, so that no port is opened.
# Jupyter chooses such an address after it has asked for it, so both names are set here.
runtime = tempfile.mkdtemp(prefix="nbgrader-")
atexit.register(shutil.rmtree, runtime, ignore_errors=True)
c.KernelManager.transport = "ipc"
c.KernelManager.ip = os.path.join(runtime, "kernel")
c.KernelManager.connection_file = os.path.join(runtime, "kernel.json")

# Pages that are made here load nothing from elsewhere: formulas become MathML, without a script.
pages = os.path.join(os.path.dirname(autograder.__file__), "returning", "share")
os.environ["JUPYTER_PATH"] = os.pathsep.join(filter(None, [pages, os.environ.get("JUPYTER_PATH")]))
c.HTMLExporter.filters = {"markdown2html": "autograder.returning.pages.markdown2html"}
c.HTMLExporter.require_js_url = ""
c.HTMLExporter.jquery_url = ""
c.HTMLExporter.mathjax_url = ""

# --- Grading -----------------------------------------------------------------------------------------------
# A submission is rebuilt in the instructor's frame and judged in a sealed worker: see SECURITY.md. What
# nbgrader itself would do in these two passes trusts the student's file and the student's kernel.
c.Autograde.exporter_class = "autograder.hooks.preprocessors.Reader"
c.Autograde.sanitize_preprocessors = ["autograder.hooks.preprocessors.Rebuild"]
c.Autograde.autograde_preprocessors = [
    "autograder.hooks.preprocessors.Judge",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# What the student's folder says of itself is not believed, and no cell of the export is a formula.
c.ExchangeFactory.collect = "autograder.hooks.exchange.Collect"
c.ExportApp.plugin_class = "autograder.hooks.export.CsvExport"
