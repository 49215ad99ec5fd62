"""A module in a folder that the grader starts in, with the name of one that it imports."""

ANSWER = """\
for place in ("../../..", "{COURSE}", "/sealed", "/sealed/site"):
    try:
        open(place + "/tqdm.py", "w").write("raise SystemExit")
    except OSError as error:
        print(error)
"""
