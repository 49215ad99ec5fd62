"""An image whose failure runs a script."""

ESSAY = """\
<img src="pwned" onerror="pwned()">
"""
ANSWERS = {"essay": ESSAY}
