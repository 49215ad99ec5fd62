"""The process that started this one is killed."""

ANSWER = """\
import os
import signal

os.kill(os.getppid(), signal.SIGKILL)
"""
