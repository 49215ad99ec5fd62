"""Through /proc, the parent's working directory and root are read."""

ANSWER = """\
import os

for process in (os.getppid(), "self", 1):
    for door in ("cwd", "root"):
        path = f"/proc/{process}/{door}{COURSE}/solutions/06_momentum/06_momentum.ipynb"
        if os.path.exists(path):
            print(open(path).read())
"""
