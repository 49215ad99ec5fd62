"""What lies in the home directory is printed: keys, tokens, histories."""

ANSWER = """\
import os

for home in (os.path.expanduser("~"), "{HOME}"):
    for folder, folders, files in os.walk(home):
        for name in files:
            try:
                print(open(os.path.join(folder, name), errors="replace").read(1000))
            except OSError as error:
                print(error)
"""
