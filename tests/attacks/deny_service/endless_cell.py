"""The answer cell never ends."""

ANSWER = """\
while True:
    pass
"""
PATIENCE = 5.0
STOPPED_BY_PLAIN = "nbgrader has a time limit for a cell; it would work on one that waits"
