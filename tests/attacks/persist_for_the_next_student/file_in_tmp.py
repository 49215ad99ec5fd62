"""A file in /tmp, for an accomplice who is graded later."""

ANSWER = """\
open("/tmp/left-by-a-student", "w").write("momentum: see here")
"""
