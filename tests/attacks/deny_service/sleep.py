"""The function sleeps instead of working."""

ANSWER = """\
import time

time.sleep(3600)
"""
PATIENCE = 5.0
STOPPED_BY_PLAIN = "nbgrader has a time limit for a cell; it would work on one that waits"
