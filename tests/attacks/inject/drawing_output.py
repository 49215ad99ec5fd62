"""A cell displays a drawing with a script in it."""

ANSWER = """\
from IPython.display import SVG, display

display(SVG('<svg xmlns="http://www.w3.org/2000/svg"><script>pwned()</script></svg>'))
"""
STOPPED_BY_PLAIN = "nbconvert shows a drawing as an image, in which no script runs; it would work in a page"
