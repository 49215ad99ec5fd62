"""The secret that the hidden numbers are drawn from is printed."""

ANSWER = """\
for path in ("../../../.autograder-secret", "{COURSE}/.autograder-secret"):
    try:
        print(open(path).read())
    except OSError as error:
        print(error)
"""
