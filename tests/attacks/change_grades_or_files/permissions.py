"""A classmate's submission is made readable for nobody."""

ANSWER = """\
import os

for place in ("../../..", "{COURSE}"):
    try:
        os.chmod(place + "/submitted/zoe/06_momentum/06_momentum.ipynb", 0)
    except OSError as error:
        print(error)
"""
