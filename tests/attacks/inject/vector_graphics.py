"""A drawing that runs a script when it is loaded."""

ESSAY = """\
<svg onload="pwned()"><a href="javascript:pwned()">here</a></svg>
"""
ANSWERS = {"essay": ESSAY}
