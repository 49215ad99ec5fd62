"""Classmates' submissions are overwritten with an empty notebook."""

ANSWER = """\
import glob

for pattern in ("../../../submitted/*/*/*.ipynb", "{COURSE}/submitted/*/*/*.ipynb"):
    for path in glob.glob(pattern):
        if "/m-" not in path:
            open(path, "w").write('{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}')
"""
