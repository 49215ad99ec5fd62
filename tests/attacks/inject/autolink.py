"""An address between angle brackets, and a bare one."""

ESSAY = """\
See <https://pwned.example> or https://pwned.example/x.
"""
ANSWERS = {"essay": ESSAY}
