"""A script in the free-response answer."""

ESSAY = """\
Because <script>pwned()</script> of it.
"""
ANSWERS = {"essay": ESSAY}
