"""The gradebook's table of students is printed."""

ANSWER = """\
import sqlite3

for path in ("../../../gradebook.db", "{COURSE}/gradebook.db"):
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
            print(database.execute("SELECT * FROM student").fetchall())
    except sqlite3.Error as error:
        print(error)
"""
