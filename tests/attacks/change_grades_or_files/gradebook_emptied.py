"""All students are deleted."""

ANSWER = """\
import sqlite3

for path in ("../../../gradebook.db", "{COURSE}/gradebook.db"):
    try:
        with sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=20) as database:
            database.execute("DELETE FROM student")
    except sqlite3.Error as error:
        print(error)
"""
