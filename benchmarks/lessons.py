"""Run each lesson from top to bottom, as a reader would, and print how long that takes.

    make bench-lessons

A reader's patience is 30 seconds: a lesson that takes longer on a laptop has too much in it.
"""

import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.test_notebooks import LESSONS, executed

PATIENCE = 30.0


def main():
    """Measure and print."""
    for name in sys.argv[1:] or LESSONS:
        begun = time.perf_counter()
        executed(name)
        seconds = time.perf_counter() - begun
        print(f"{name:28}{seconds:6.1f} s{'  too long' if seconds > PATIENCE else ''}")


if __name__ == "__main__":
    main()
