"""Five thousand files are written."""

ANSWER = """\
for number in range(5000):
    open(f"file-{number}", "w").close()
"""
