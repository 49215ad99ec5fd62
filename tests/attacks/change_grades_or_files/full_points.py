"""The exercises' full points are raised."""

ANSWER = """\
import sqlite3

for path in ("../../../gradebook.db", "{COURSE}/gradebook.db"):
    try:
        with sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=20) as database:
            database.execute("UPDATE grade_cells SET max_score = 1000")
    except sqlite3.Error as error:
        print(error)
"""
