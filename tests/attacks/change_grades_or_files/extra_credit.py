"""Extra credit is written into the gradebook."""

ANSWER = """\
import sqlite3

for path in ("../../../gradebook.db", "{COURSE}/gradebook.db"):
    try:
        with sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=20) as database:
            database.execute("UPDATE grade SET extra_credit = 10")
    except sqlite3.Error as error:
        print(error)
"""
