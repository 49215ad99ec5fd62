"""The answer cell never ends."""

ANSWER = """\
while True:
    pass
"""
PATIENCE = 5.0
