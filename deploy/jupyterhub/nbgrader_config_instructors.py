"""Where an instructor's course lies. `install.sh` copies it to PREFIX/instructors/etc/jupyter/."""

from pathlib import Path

c = get_config()  # noqa: F821 (nbgrader puts it here)

COURSE = Path.home() / "optimization"

c.Exchange.root = str(Path(__file__).resolve().parents[3] / "exchange")
c.Collect.owners_only = True  # an account hands in for itself, and for nobody else
c.CourseDirectory.root = str(COURSE)
if (COURSE / "nbgrader_config.py").exists():
    load_subconfig("nbgrader_config.py", path=str(COURSE))  # noqa: F821 (and this)
