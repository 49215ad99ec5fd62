"""The instructor's notebook is overwritten."""

ANSWER = """\
for place in ("../../..", "{COURSE}"):
    try:
        open(place + "/solutions/06_momentum/06_momentum.ipynb", "a").write(" ")
    except OSError as error:
        print(error)
"""
