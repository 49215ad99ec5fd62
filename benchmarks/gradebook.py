"""Record a class, export a large one, and open Formgrader's lists of it; print what each takes.

    make bench-gradebook
    .venv/bin/python benchmarks/gradebook.py --record postgresql+psycopg://grader@/empty?host=/run/postgresql

The class is written straight into the gradebook: 13 lessons, each with five exercises and a free answer.
Without the indexes one list takes minutes for 1,000 students; `--after` leaves that out. `--record` with the
URL of an empty database measures nothing but the writing of graded submissions, into that one.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from nbgrader.apps.api import NbGraderAPI  # noqa: E402
from nbgrader.plugins import CsvExportPlugin  # noqa: E402

from autograder.books import courses, indexes  # noqa: E402
from autograder.books.ledgers import Ledger  # noqa: E402
from autograder.hooks import export  # noqa: E402
from autograder.marking.marked import Marked  # noqa: E402
from tests import large_class  # noqa: E402
from tests.test_formgrader import LISTS  # noqa: E402

OURS = (
    export.CsvExport,
    export.TotalsExport,
    export.CanvasExport,
    export.MoodleExport,
    export.BlackboardExport,
)


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=1000, help="for the lists and nbgrader's exporter")
    parser.add_argument("--many", type=int, default=10_000, help="for our exporters alone")
    parser.add_argument("--after", action="store_true", help="the lists with the indexes only")
    parser.add_argument("--record", metavar="URL", help="only write submissions, into an empty database")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as room:
        records(Path(room), options.record or f"sqlite:///{room}/gradebook.db", options.students)
    if options.record:
        return
    with tempfile.TemporaryDirectory() as room:
        course, many = Path(room) / "course", Path(room) / "many"
        large_class.make(course, options.students, on_disk=True)
        print(f"{'export':34}{'seconds':>9}{'processor':>11}")
        exports(course, [CsvExportPlugin, *OURS], options.students)
        large_class.make(many, options.many)
        exports(many, OURS, options.many)
        found = courses.find(course)
        before = None if options.after else lists(found)
        indexes.create(found.directory.db_url)
        after = lists(found)
        print(f"\n{f'Formgrader, {options.students} students':34}{'before':>9}{'indexed':>11}")
        for name, seconds in after.items():
            print(f"{name:34}{before[name] if before else float('nan'):9.2f}{seconds:11.2f}")


def records(root, url, students):
    """Write one lesson of a class in batches of several sizes, and print the milliseconds a submission."""
    large_class.make_empty(root)
    with open(root / "nbgrader_config.py", "a") as file:
        file.write(f"c.CourseDirectory.db_url = {url!r}\n")
    course, lesson = courses.find(root), large_class.LESSONS[0]
    large_class.make_lesson(url, lesson)
    indexes.create(url)
    scores = {**{f"exercise{number}": 1.0 for number in range(large_class.EXERCISES)}, "essay": None}
    marked = Marked((), "", scores, frozenset(), ())
    print(f"{'ms a submission':34}{'new':>9}{'again':>11}")
    with Ledger(course) as ledger:
        for size in (1, 8, 64):
            everyone = [(lesson, f"{size} {number}", large_class.DUE, marked) for number in range(students)]
            cost = []
            for _ in ("new", "again"):
                begun = time.perf_counter()
                for start in range(0, students, size):
                    ledger.record(everyone[start : start + size])
                cost.append((time.perf_counter() - begun) / students * 1000)
            print(f"{f'recorded {size} at a time':34}{cost[0]:9.2f}{cost[1]:11.2f}", flush=True)
    print()


def exports(root, exporters, students):
    """Write a class with each exporter, and print what it cost."""
    with large_class.opened(root) as gradebook:
        for exporter in exporters:
            begun, worked = time.perf_counter(), time.process_time()
            exporter(to=str(root / "grades.csv")).export(gradebook)
            cost = time.perf_counter() - begun, time.process_time() - worked
            print(f"{f'{exporter.__name__}, {students}':34}{cost[0]:9.2f}{cost[1]:11.2f}", flush=True)


def lists(course):
    """Open each of Formgrader's lists; return name → seconds."""
    api, seconds = NbGraderAPI(course.directory, config=course.config), {}
    for name, arguments in LISTS.items():
        begun = time.perf_counter()
        getattr(api, name)(*arguments)
        seconds[name] = time.perf_counter() - begun
    return seconds


if __name__ == "__main__":
    main()
