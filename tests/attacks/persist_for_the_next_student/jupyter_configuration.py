"""A configuration file in the home directory that every Jupyter program executes."""

ANSWER = """\
import os

for home in (os.path.expanduser("~"), "{HOME}"):
    try:
        os.makedirs(home + "/.jupyter", exist_ok=True)
        open(home + "/.jupyter/jupyter_config.py", "w").write("raise SystemExit")
    except OSError as error:
        print(error)
"""
