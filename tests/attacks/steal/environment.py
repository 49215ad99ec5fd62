"""The environment variables are printed: tokens are often kept there."""

ANSWER = """\
import os

print(dict(os.environ))
"""
