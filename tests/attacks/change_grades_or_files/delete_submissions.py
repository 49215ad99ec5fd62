"""Classmates' submissions are deleted."""

ANSWER = """\
import glob
import shutil

for pattern in ("../../../submitted/*/*", "{COURSE}/submitted/*/*"):
    for path in glob.glob(pattern):
        if "/m-" not in path:
            shutil.rmtree(path)
"""
