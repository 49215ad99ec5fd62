"""Twenty processes are started, which sleep."""

ANSWER = """\
import os
import time

for _ in range(20):
    if os.fork() == 0:
        os.setsid()
        time.sleep(60)
        os._exit(0)
"""
