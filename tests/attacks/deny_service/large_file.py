"""A file of a hundred megabytes is written."""

ANSWER = """\
with open("large", "wb") as file:
    for _ in range(100):
        file.write(bytes(10**6))
"""
