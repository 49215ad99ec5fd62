"""The process is ended in the middle of a cell: a submission that cannot be graded keeps its old points."""

ANSWER = """\
import os

os._exit(0)
"""
