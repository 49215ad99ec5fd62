"""The instructor's notebook is printed."""

ANSWER = """\
for place in ("../../../solutions", "{COURSE}/solutions"):
    try:
        print(open(place + "/06_momentum/06_momentum.ipynb").read())
    except OSError as error:
        print(error)
"""
