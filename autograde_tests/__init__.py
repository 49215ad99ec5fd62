"""What is asked of a student: claims, misconceptions, `check`, `grade`, and how far all of it has come."""

from autograde_tests.engine.notebook import CheckFailed, check, grade
from autograde_tests.engine.progressing import progress

__all__ = ["CheckFailed", "check", "grade", "progress"]
