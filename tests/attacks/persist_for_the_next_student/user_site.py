"""A module in site-packages of the user, which every Python of this user imports at its start."""

ANSWER = """\
import os
import sys

for home in (os.path.expanduser("~"), "{HOME}"):
    try:
        place = f"{home}/.local/lib/python3.{sys.version_info[1]}/site-packages"
        os.makedirs(place, exist_ok=True)
        open(place + "/usercustomize.py", "w").write("raise SystemExit")
    except OSError as error:
        print(error)
"""
