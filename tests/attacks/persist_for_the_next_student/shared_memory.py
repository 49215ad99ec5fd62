"""A file in shared memory, which outlives the process."""

ANSWER = """\
open("/dev/shm/left-by-a-student", "w").write("momentum: see here")
"""
