"""Whatever file the process has inherited open is read."""

ANSWER = """\
import os

secret = os.open("{COURSE}/.autograder-secret", os.O_RDONLY) if os.path.exists("{COURSE}") else None
for descriptor in range(3, 256):
    try:
        if not os.path.isfile(f"/dev/fd/{descriptor}") and descriptor != secret:
            continue
        print(os.pread(descriptor, 100_000, 0))
    except OSError:
        pass
"""
