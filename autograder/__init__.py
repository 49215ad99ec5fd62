"""How a class is graded: rebuild, sealed worker, judge, many at once. A course calls `configure`."""

from autograder.configuration import configure

__all__ = ["configure"]
