"""A link in Markdown that runs a script."""

ESSAY = """\
See [my derivation](javascript:pwned).
"""
ANSWERS = {"essay": ESSAY}
