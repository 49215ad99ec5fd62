"""A process that has left its parent, waits for the verdict and changes it."""

ANSWER = """\
import os
import time

if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        time.sleep(60)
    os._exit(0)
"""
