"""False feedback is put where classmates get theirs."""

ANSWER = """\
import os

for place in ("../../..", "{COURSE}"):
    try:
        os.makedirs(place + "/feedback/mia/06_momentum")
        open(place + "/feedback/mia/06_momentum/06_momentum.html", "w").write("You have failed.")
    except OSError as error:
        print(error)
"""
