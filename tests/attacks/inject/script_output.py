"""A cell displays a script."""

ANSWER = """\
from IPython.display import Javascript, display

display(Javascript("pwned()"))
"""
