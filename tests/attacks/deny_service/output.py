"""Sixty megabytes are printed."""

ANSWER = """\
for _ in range(600):
    print("0123456789" * 10_000)
"""
