"""A file is put into the instructor's home."""

ANSWER = """\
import os

for home in (os.path.expanduser("~"), "{HOME}"):
    try:
        open(home + "/note.txt", "w").write("I was here.")
    except OSError as error:
        print(error)
"""
