"""What can stop a command of ours: one base class, a sentence each, an exit status each."""

GRADED, LEFT_UNGRADED, REFUSED = 0, 1, 2


class AutograderError(Exception):
    """A sentence for the instructor, with what to do about it.

    Attributes:
        exit_code: The exit status of a command that ends by it.
    """

    exit_code = REFUSED


class CourseError(AutograderError):
    """There is no such course, lesson or student."""


class LessonError(AutograderError):
    """The instructor's own part of a lesson cannot be graded with."""


class SealError(AutograderError):
    """The seal cannot be made, or does not hold, on this machine."""


class Busy(AutograderError):
    """Another grader is at work on this course."""


class ClusterError(AutograderError):
    """The machines that are to grade cannot be reached, are not as they must be, or would not be safe."""


class SecretError(AutograderError):
    """The secret that the numbers are drawn from cannot be read or made."""


class PageError(AutograderError):
    """A page for people to read cannot be written."""


class LeftUngradedError(AutograderError):
    """A fault of ours, or a killed process, left something ungraded; run again."""

    exit_code = LEFT_UNGRADED


def told_by(error: BaseException) -> str:
    """Return what a database says, on one line, without the statement and the values that it met."""
    said = str(getattr(error, "orig", None) or error)
    return " ".join(said.partition("\nLINE ")[0].split()).rstrip(".")
