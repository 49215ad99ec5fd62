"""The marks of everyone else are lowered."""

ANSWER = """\
import sqlite3

for path in ("../../../gradebook.db", "{COURSE}/gradebook.db"):
    try:
        with sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=20) as database:
            database.execute("UPDATE grade SET manual_score = 0")
    except sqlite3.Error as error:
        print(error)
"""
