"""Grade one class in every way, and print what each costs.

    make bench-grading

The notebooks hold what both graders must run: the imports, the answers and the graded cells. Plain nbgrader
would also run a lesson's figures and experiments, which no verdict needs; they are left out, in its favor.
Nothing is unreadable and nothing is endless, for plain nbgrader stops there.

- plain nbgrader: its own Execute, the claims in the student's kernel
- nbgrader + ours: `nbgrader autograde` with the preprocessors of `nbgrader_config.py`
- autograder: `autograder grade` on one and on two workers
- floor: the same cells and claims, in a warm interpreter forked for each submission: no seal, no gradebook
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from autograde_tests import exercises  # noqa: E402
from tests.classroom import Classroom, cell_of, solution_of  # noqa: E402

LESSON = "06_momentum"
HABITS = ("right", "wrong", "blank")
SHARES = (0.55, 0.27, 0.18)

FLOOR = """
import gc, json, os, sys
from pathlib import Path
import numpy as np
from autograde_tests import exercises, judge
from autograde_tests.student import LocalAnswerer

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
        judge.examine(exercise, LocalAnswerer(functions, exercise.seconds), judge.fresh_numbers())
    os._exit(0)
"""


@dataclass
class Cost:
    """What a command cost: milliseconds of wall and processor time a submission, and its largest process."""

    name: str
    submissions: int
    wall: float
    processor: float
    peak: float
    scores: dict


def hand_in(classroom, size, lesson, seed=0):
    """Hand in a class with a seeded mix of right answers, misconceptions and blanks."""
    rng = np.random.default_rng(seed)
    for number in range(size):
        answers = {}
        for exercise in exercises.of_lesson(lesson):
            habit = rng.choice(HABITS, p=SHARES)
            wrong = exercise.misconceptions[rng.integers(len(exercise.misconceptions))]
            cell_id = f"{exercise.name}-answer"
            answers[cell_id] = {
                "right": solution_of(exercise),
                "wrong": cell_of(wrong.function, exercise.name),
                "blank": None,
            }[habit]
        written = {cell_id: source for cell_id, source in answers.items() if source is not None}
        blank = [cell_id for cell_id, source in answers.items() if source is None]
        stubs = _stubs(classroom, lesson)
        classroom.submit(f"s{number:04}", written | {cell_id: stubs[cell_id] for cell_id in blank}, lesson)


def _stubs(classroom, lesson):
    notebook = json.loads((classroom.directory / "notebooks" / lesson / f"{lesson}.ipynb").read_text())
    return {
        cell["metadata"]["nbgrader"]["grade_id"]: "".join(cell["source"])
        for cell in notebook["cells"]
        if "nbgrader" in cell["metadata"]
    }


def measure(name, directory, submissions, command, lesson=LESSON):
    """Run a command in a course and return its `Cost`."""
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
    }
    begun = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, cwd=directory, env=environment, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        if status:
            output.seek(0)
            raise SystemExit(f"{name} failed:\n{output.read().decode()[-3000:]}")
    processor = usage.ru_utime + usage.ru_stime
    course = Classroom.__new__(Classroom)
    course.directory = Path(directory)
    scores = course.scores(lesson)
    each = 1000 / submissions
    return Cost(name, submissions, wall * each, processor * each, usage.ru_maxrss / 1024, scores)


def copy_of(directory, name, *, keep=None, plain=False):
    """Return a fresh copy of a course, with the first `keep` submissions."""
    copy = directory.with_name(name)
    shutil.copytree(directory, copy)
    if plain:
        configuration = (copy / "nbgrader_config.py").read_text()
        (copy / "nbgrader_config.py").write_text(configuration.partition("# --- Grading")[0])
    folders = sorted((copy / "submitted").iterdir())
    for folder in folders[len(folders) if keep is None else keep :]:
        shutil.rmtree(folder)
    return copy


def main():
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=60)
    parser.add_argument("--lesson", default=LESSON)
    parser.add_argument("--plain", type=int, default=None, help="how many of them plain nbgrader grades; all")
    options = parser.parse_args()
    plain_size = min(options.plain or options.students, options.students)
    nbgrader = [sys.executable, "-m", "nbgrader", "autograde", options.lesson]
    ours = [sys.executable, "-m", "autograder", "grade", options.lesson, "--workers"]
    with tempfile.TemporaryDirectory() as room:
        classroom = Classroom(Path(room) / "course", [options.lesson])
        classroom.release()
        hand_in(classroom, options.students, options.lesson)
        course, size = classroom.directory, options.students
        costs = [
            measure(
                "floor",
                copy_of(course, "floor"),
                size,
                [sys.executable, "-c", FLOOR, options.lesson, "submitted"],
                options.lesson,
            ),
            measure("autograder, 1 worker", copy_of(course, "one"), size, [*ours, "1"], options.lesson),
            measure("autograder, 2 workers", copy_of(course, "two"), size, [*ours, "2"], options.lesson),
            measure("nbgrader + ours", copy_of(course, "hooks"), size, nbgrader, options.lesson),
            measure(
                "plain nbgrader",
                copy_of(course, "plain", keep=plain_size, plain=True),
                plain_size,
                nbgrader,
                options.lesson,
            ),
        ]
    report(costs, options.lesson)


def report(costs, lesson):
    """Print the table and the ratios, and say whether all ways gave the same points."""
    floor, one, two, _, plain = costs
    print(f"{lesson}: {one.submissions} submissions, {plain.submissions} for plain nbgrader; with start-up\n")
    print(f"{'':24}{'wall ms':>10}{'cpu ms':>10}{'peak MiB':>10}{'faster':>9}")
    for cost in reversed(costs):
        ratio = plain.wall / cost.wall
        print(f"{cost.name:24}{cost.wall:10.1f}{cost.processor:10.1f}{cost.peak:10.0f}{ratio:8.1f}×")
    print(f"\none worker against plain nbgrader  {plain.wall / one.wall:5.1f} × (goal 20)")
    print(f"two workers against one            {one.wall / two.wall:5.2f} × (goal 1.8)")
    print(f"one worker against the floor       {one.wall / floor.wall:5.2f} × (goal 1.5 at most)")
    same = [cost.scores == one.scores for cost in (two, costs[3])]
    print(f"\nsame points in all our ways: {'yes' if all(same) else 'NO'}")
    differing = sum(plain.scores[student] != one.scores[student] for student in plain.scores)
    print(f"submissions that plain nbgrader scores otherwise: {differing} of {len(plain.scores)}")


if __name__ == "__main__":
    main()
