"""The process reads from where there is no memory."""

ANSWER = """\
import ctypes

ctypes.string_at(0)
"""
