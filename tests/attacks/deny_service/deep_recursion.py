"""The limit of recursion is lifted, and the stack runs over."""

ANSWER = """\
import sys

sys.setrecursionlimit(10**9)


def deeper(level):
    return sorted([level], key=deeper)


deeper(0)
"""
