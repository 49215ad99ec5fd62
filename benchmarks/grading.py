"""Grade one class in every way, and print what each costs.

    make bench-grading

The notebooks hold what both graders must run: the imports, the answers and the graded cells. Plain nbgrader
would also run a lesson's figures and experiments, which no verdict needs; they are left out, in its favor.
Nothing is unreadable and nothing is endless, for plain nbgrader stops there.

- plain nbgrader: its own Execute, the claims in the student's kernel
- nbgrader + ours: `nbgrader autograde` with the preprocessors of `nbgrader_config.py`
- autograder: `autograder grade` on one and on two workers
- floor: the same cells, claims and hints, in a warm interpreter forked for each: no seal, no gradebook

Each way grades the class and, just before, a tenth of it: the difference is what one more submission costs,
the rest is start-up. Processor time is what the whole machine has worked: let it do nothing else.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from autograder.demo import sample_class  # noqa: E402
from tests.classroom import Classroom, plain_configuration  # noqa: E402

LESSON = "06_momentum"

FLOOR = """
import gc, json, os, sys
from pathlib import Path
import numpy as np
from autograde_tests.engine import exercises, judge
from autograde_tests.engine.student import LocalAnswerer
from autograder.marking import verdicts

lesson, folder = sys.argv[1], Path(sys.argv[2])
taught = exercises.of_lesson(lesson)
[exercise.misconceptions for exercise in taught]
import matplotlib.pyplot, ipywidgets
gc.collect()
gc.freeze()
for path in sorted(folder.glob("*/*/*.ipynb")):
    pid = os.fork()
    if pid:
        if os.waitpid(pid, 0)[1]:
            raise SystemExit(f"{path} failed")
        continue
    cells = [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    answers = [cell for cell in cells if cell["metadata"].get("nbgrader", {}).get("solution")]
    namespace = {"__name__": "__main__"}
    for cell in [cells[0], *answers]:
        try:
            exec(compile("".join(cell["source"]), "<cell>", "exec"), namespace)
        except Exception:
            pass
    functions = {name: value for name, value in namespace.items() if callable(value)}
    for exercise in taught:
        answerer = LocalAnswerer(functions, exercise.seconds)
        hidden = judge.examine(exercise, answerer, judge.fresh_numbers(), name_misconceptions=False)
        if not hidden.passed:
            numbers = judge.fixed_numbers(exercise)
            shown = judge.examine(exercise, answerer, numbers, name_misconceptions=False)
            judge.recognised(shown, answerer, verdicts.SECONDS_TO_EXPLAIN)
    os._exit(0)
"""


@dataclass
class Cost:
    """What a command cost.

    Attributes:
        submissions: How many there were.
        wall: Milliseconds.
        processor: Milliseconds that all processors have worked.
        own: Milliseconds that the command has worked, and the processes that it has waited for.
        peak: MiB of its largest process.
        scores: What the gradebook has then, if it was asked.
    """

    submissions: int
    wall: float
    processor: float
    own: float
    peak: float
    scores: dict


@dataclass
class Way:
    """What one way of grading cost, for a few submissions and for the class."""

    name: str
    few: Cost
    whole: Cost

    @property
    def start(self):
        """Milliseconds before the first submission."""
        return self.few.wall - self.few.submissions * self.each("wall")

    def each(self, kind):
        """Return the milliseconds that one more submission costs; `kind` is "wall", "processor" or "own"."""
        more = self.whole.submissions - self.few.submissions
        return (getattr(self.whole, kind) - getattr(self.few, kind)) / more

    def with_start(self):
        """Return the milliseconds of wall time a submission, start-up and all."""
        return self.whole.wall / self.whole.submissions


def way(name, course, submissions, command, lesson, *, plain=False):
    """Grade a few submissions and then all in fresh copies of a course; return a `Way`."""
    costs = [
        measure(copy_of(course, f"{name} {size}", keep=size, plain=plain), size, command, lesson)
        for size in (max(submissions // 10, 1), submissions)
    ]
    return Way(name, *costs)


def measure(directory, submissions, command, lesson=None):
    """Run a command in a course and return its `Cost`, with the scores of a lesson."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    begun, busy = time.perf_counter(), processor_time()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, cwd=directory, env=environment, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        if status:
            output.seek(0)
            raise SystemExit(f"{directory.name} failed:\n{output.read().decode()[-3000:]}")
    processor = processor_time() - busy
    own = usage.ru_utime + usage.ru_stime
    scores = {}
    if lesson is not None:
        course = Classroom.__new__(Classroom)
        course.directory = Path(directory)
        scores = course.scores(lesson)
    return Cost(submissions, wall * 1000, processor * 1000, own * 1000, usage.ru_maxrss / 1024, scores)


def processor_time():
    """Return the seconds that this machine's processors have worked, for whatever process.

    A sealed worker is nobody's child once its sandbox has ended, so that no process is charged for it.
    """
    times = psutil.cpu_times()
    return times.user + times.system


def copy_of(directory, name, *, keep, plain=False):
    """Return a fresh copy of a course, with the first `keep` submissions."""
    copy = directory.with_name(name)
    shutil.copytree(directory, copy)
    if plain:
        configuration = (copy / "nbgrader_config.py").read_text()
        (copy / "nbgrader_config.py").write_text(plain_configuration(configuration))
    folders = sorted((copy / "submitted").iterdir())
    for folder in folders[keep:]:
        shutil.rmtree(folder)
    return copy


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=60)
    parser.add_argument("--lesson", default=LESSON)
    parser.add_argument("--plain", type=int, default=None, help="how many of them plain nbgrader grades; all")
    options = parser.parse_args()
    size, lesson = options.students, options.lesson
    nbgrader = [sys.executable, "-m", "nbgrader", "autograde", lesson]
    ours = [sys.executable, "-m", "autograder", "grade", lesson, "--workers"]
    floor = [sys.executable, "-c", FLOOR, lesson, "submitted"]
    with tempfile.TemporaryDirectory() as room:
        classroom = Classroom(Path(room) / "course", [lesson])
        classroom.release()
        sample_class.hand_in(classroom.directory, [lesson], size, broken=False)
        course, plain_size = classroom.directory, min(options.plain or size, size)
        ways = [
            way("floor", course, size, floor, lesson),
            way("autograder, 1 worker", course, size, [*ours, "1"], lesson),
            way("autograder, 2 workers", course, size, [*ours, "2"], lesson),
            way("nbgrader + ours", course, size, nbgrader, lesson),
            way("plain nbgrader", course, plain_size, nbgrader, lesson, plain=True),
        ]
    report(ways, lesson)


def report(ways, lesson):
    """Print the table and the ratios, and say whether all ways gave the same points."""
    floor, one, two, hooks, plain = ways
    counts = one.whole.submissions, plain.whole.submissions
    print("{}: {} submissions, {} for plain nbgrader; milliseconds\n".format(lesson, *counts))
    columns = ("start-up", "wall each", "cpu each", "with start", "peak MiB")
    print(f"{'':22}" + "".join(f"{column:>12}" for column in columns))
    for one_way in reversed(ways):
        times = (one_way.start, one_way.each("wall"), one_way.each("processor"), one_way.with_start())
        print(f"{one_way.name:22}" + "".join(f"{time:12.1f}" for time in (*times, one_way.whole.peak)))
    print(f"\n{'':36}{'each':>8}{'cpu each':>12}{'with start-up':>16}")
    for claim, slow, fast, goal in (
        ("one worker against plain nbgrader", plain, one, "20"),
        ("two workers against one", one, two, "1.8"),
        ("one worker against the floor", one, floor, "1.5 at most"),
    ):
        each, processor = (slow.each(kind) / fast.each(kind) for kind in ("wall", "processor"))
        in_all = slow.with_start() / fast.with_start()
        print(f"{claim:36}{each:7.2f}×{processor:11.2f}×{in_all:15.2f}×  (goal {goal})")
    same = all(other.whole.scores == one.whole.scores for other in (two, hooks))
    print(f"\nsame points in all our ways: {'yes' if same else 'NO'}")
    theirs, scores = plain.whole.scores, one.whole.scores
    differing = sum(theirs[student] != scores[student] for student in theirs)
    print(f"submissions that plain nbgrader scores otherwise: {differing} of {len(theirs)}")


if __name__ == "__main__":
    main()
