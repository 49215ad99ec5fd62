"""Classmates' graded notebooks are printed."""

ANSWER = """\
import glob

for pattern in ("../../*/*/*.ipynb", "{COURSE}/autograded/*/*/*.ipynb"):
    for path in glob.glob(pattern):
        print(open(path).read())
"""
