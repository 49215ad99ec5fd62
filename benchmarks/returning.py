"""Bring a class's work back in both ways, and print what each step costs: grade, feedback, export, report.

    make bench-feedback

Each step is timed for a tenth of the class and for all of it: the difference is what one more submission
costs, the rest is start-up. nbgrader's own steps work on the same graded notebooks; its grading is timed for
fewer. It has no report. Let the machine do nothing else.
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from autograder.demo import sample_class  # noqa: E402
from benchmarks.grading import LESSON, Way, copy_of, measure  # noqa: E402
from tests.classroom import Classroom  # noqa: E402

PYTHON = (sys.executable, "-m")


def step(name, courses, command, *, plain=False):
    """Run a step in fresh copies of a small and a large class; return a `Way`."""
    costs = []
    for number, (course, size) in enumerate(courses):
        copy = copy_of(course, f"{name} {number}", keep=size, plain=plain)
        costs.append(measure(copy, size, [*PYTHON, *command], LESSON))
    return Way(name, *costs)


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=100)
    parser.add_argument("--plain", type=int, default=10, help="how many plain nbgrader grades")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as room:
        classroom = Classroom(Path(room) / "course", [LESSON])
        shutil.rmtree(classroom.directory / "solutions" / LESSON)
        shutil.copytree(ROOT / "solutions" / LESSON, classroom.directory / "solutions" / LESSON)
        classroom.release()
        sample_class.hand_in(classroom.directory, [LESSON], options.students, broken=False)
        new = [
            (copy_of(classroom.directory, f"new {size}", keep=size), size)
            for size in (max(options.students // 10, 1), options.students)
        ]
        few = [
            (copy_of(classroom.directory, f"few {size}", keep=size), size)
            for size in (max(options.plain // 5, 1), options.plain)
        ]
        graded = []
        for course, size in new:
            copy = copy_of(course, f"graded {size}", keep=size)
            measure(copy, size, [*PYTHON, "autograder", "grade"], LESSON)
            graded.append((copy, size))
        ours = [
            step("grade", new, ["autograder", "grade"]),
            step("feedback", graded, ["autograder", "feedback"]),
            step("export", graded, ["nbgrader", "export"]),
            step("report", graded, ["autograder", "report"]),
        ]
        one = step("feedback, one core", graded, ["autograder", "feedback", "--workers", "1"])
        theirs = [
            step("grade, plain", few, ["nbgrader", "autograde", LESSON], plain=True),
            step("feedback, plain", graded, ["nbgrader", "generate_feedback", LESSON], plain=True),
            step("export, plain", graded, ["nbgrader", "export"], plain=True),
        ]
        pages = (graded[1][0].with_name("feedback 1") / "feedback").rglob("*.html")
        largest = max(page.stat().st_size for page in pages)
    report(ours, theirs, one, largest)


def report(ours, theirs, one, largest):
    """Print the table and the ratios."""
    print(f"{LESSON}: {ours[0].whole.submissions} submissions; milliseconds\n")
    columns = ("start-up", "wall each", "cpu each", "in all")
    print(f"{'':22}" + "".join(f"{column:>12}" for column in columns))
    for way in (*ours, one, *theirs):
        times = (way.start, way.each("wall"), way.each("processor"), way.whole.wall)
        print(f"{way.name:22}" + "".join(f"{time:12.1f}" for time in times))
    for name, mine, plain in (("feedback", one, theirs[1]), ("export", ours[2], theirs[2])):
        each = plain.each("wall") / mine.each("wall")
        print(
            f"\n{name}: {each:.1f} times nbgrader's own, a submission, start-up aside (ours on one core)",
            end="",
        )
    mine, plain = (sum(way.each("wall") for way in ways) for ways in (ours, theirs))
    times = f"ours {mine:.1f} ms with a report, nbgrader's {plain:.1f} ms: {plain / mine:.1f} times"
    print(f"\na round, a submission: {times}")
    print(f"the largest page: {largest / 1000:.1f} kB")


if __name__ == "__main__":
    main()
