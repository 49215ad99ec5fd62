"""The gradebook is locked, and the lock is kept."""

ANSWER = """\
import sqlite3
import time

for path in ("../../../gradebook.db", "{COURSE}/gradebook.db"):
    database = sqlite3.connect(f"file:{path}?mode=rw", uri=True, isolation_level=None)
    database.execute("BEGIN EXCLUSIVE")
    time.sleep(40)
"""
