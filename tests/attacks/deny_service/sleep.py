"""The function sleeps instead of working."""

ANSWER = """\
import time

time.sleep(3600)
"""
PATIENCE = 5.0
