"""What nbgrader's assignment list needs to know. `install.sh` copies it to PREFIX/students/etc/jupyter/."""

from pathlib import Path

c = get_config()  # noqa: F821 (nbgrader puts it here)

c.CourseDirectory.course_id = "optimization"
c.Exchange.root = str(Path(__file__).resolve().parents[3] / "exchange")
c.ExecutePreprocessor.timeout = 30  # "Validate" runs the notebook: seconds a cell
