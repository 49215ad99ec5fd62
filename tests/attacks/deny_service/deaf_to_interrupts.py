"""An endless cell that catches every interrupt."""

ANSWER = """\
while True:
    try:
        while True:
            pass
    except BaseException:
        pass
"""
PATIENCE = 6.0
