"""The stored text of the graded cells, which is put into the next notebook, is replaced."""

ANSWER = """\
import sqlite3

for path in ("../../../gradebook.db", "{COURSE}/gradebook.db"):
    try:
        with sqlite3.connect(f"file:{path}?mode=rw", uri=True, timeout=20) as database:
            database.execute("UPDATE source_cell SET source = '4.0' WHERE name = 'momentum'")
    except sqlite3.Error as error:
        print(error)
"""
