"""The environments of all processes that can be seen are printed."""

ANSWER = """\
import glob

for path in glob.glob("/proc/[0-9]*/environ") + glob.glob("/proc/[0-9]*/cmdline"):
    try:
        print(open(path).read())
    except OSError as error:
        print(error)
"""
