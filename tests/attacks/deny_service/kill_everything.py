"""Every process that may be killed is killed."""

ANSWER = """\
import os
import signal

os.kill(-1, signal.SIGKILL)
"""
