"""A cell displays HTML with a script."""

ANSWER = """\
from IPython.display import HTML, display

display(HTML("<script>pwned()</script><img src=x onerror=pwned()>"))
"""
