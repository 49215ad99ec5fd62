"""What a course's `nbgrader_config.py` calls, so that no course copies what is in here."""

from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parent / "returning" / "share" / "nbconvert" / "templates"
STUB = 'raise NotImplementedError("write your answer here")'


def configure(
    c: Any,
    *,
    grading: bool = True,
    code_stub: str = STUB,
    text_stub: str = "YOUR ANSWER HERE",
    seconds: int = 30,
    private_claims: str | None = None,
) -> None:
    """Set up nbgrader for a course of ours. Nothing but `c` is changed: no file, no environment.

    Args:
        c: nbgrader's configuration, as `get_config()` returns it.
        grading: Rebuild and judge submissions in the sealed worker, and collect and export with our plugins.
            Without it, nbgrader trusts the student's file and the student's kernel, as it comes.
        code_stub: The line that stands in a released answer cell in place of the solution.
        text_stub: The same for free answers.
        seconds: How long nbgrader lets one cell run where it executes a notebook (`nbgrader validate`).
        private_claims: A folder outside the course, for example "../exam", whose file `06_momentum.py` asks
            claims of that lesson that students are never told; they count as the public ones do.

    Example:
        >>> from traitlets.config import Config
        >>> c = Config()
        >>> configure(c, grading=False)
        >>> c.ExecutePreprocessor.timeout
        30
    """
    c.IncludeHeaderFooter.header = ""
    c.ClearSolutions.code_stub = {"python": code_stub}
    c.ClearSolutions.text_stub = text_stub
    _configure_kernels(c, seconds)
    _configure_pages(c)
    if private_claims:
        c.Autograder.private_claims = private_claims
    if grading:
        _configure_grading(c)


def _configure_kernels(c: Any, seconds: int) -> None:
    c.ExecutePreprocessor.timeout = seconds
    c.ExecutePreprocessor.iopub_timeout = 10
    c.ExecutePreprocessor.shutdown_kernel = "immediate"
    c.Execute.timeout = seconds
    c.NotebookClient.kernel_manager_class = "autograder.hooks.kernels.PrivateKernelManager"


def _configure_pages(c: Any) -> None:
    """Pages that are made here load nothing from elsewhere: formulas become MathML, without a script."""
    import nbgrader

    theirs = Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"
    c.HTMLExporter.extra_template_basedirs = [str(theirs), str(TEMPLATES)]
    c.HTMLExporter.filters = {"markdown2html": "autograder.returning.pages.markdown2html"}
    c.HTMLExporter.require_js_url = ""
    c.HTMLExporter.jquery_url = ""
    c.HTMLExporter.mathjax_url = ""


def _configure_grading(c: Any) -> None:
    """Grade by `mark`, in nbgrader's first pass; its second finds everything done.

    What nbgrader itself would do there trusts the student's file and the student's kernel.
    """
    c.Autograde.exporter_class = "autograder.hooks.preprocessors.Reader"
    c.Autograde.sanitize_preprocessors = [
        "autograder.hooks.preprocessors.Mark",
        "nbgrader.preprocessors.SaveAutoGrades",
        "nbgrader.preprocessors.AssignLatePenalties",
        "autograder.hooks.preprocessors.Record",
    ]
    c.Autograde.autograde_preprocessors = []
    c.GenerateFeedback.exporter_class = "autograder.hooks.feedback.Page"
    c.GenerateFeedback.preprocessors = []
    # What the student's folder says of itself is not believed, and no cell of the export is a formula.
    c.ExchangeFactory.collect = "autograder.hooks.exchange.Collect"
    c.ExportApp.plugin_class = "autograder.hooks.export.CsvExport"
