"""What is asked of a student: claims, misconceptions, `check`, `grade`."""

from autograde_tests.engine.notebook import CheckFailed, check, grade

__all__ = ["CheckFailed", "check", "grade"]
