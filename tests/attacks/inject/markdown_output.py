"""A cell displays Markdown with HTML in it."""

ANSWER = """\
from IPython.display import Markdown, display

display(Markdown("<script>pwned()</script>"))
"""
