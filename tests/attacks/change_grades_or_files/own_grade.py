"""Full marks by hand are written into the gradebook, for everyone, and thus for oneself."""

ANSWER = """\
import sqlite3

for path in ("../../../gradebook.db", "{COURSE}/gradebook.db"):
    try:
        with sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=20) as database:
            database.execute("UPDATE grade SET manual_score = 4")
    except sqlite3.Error as error:
        print(error)
"""
