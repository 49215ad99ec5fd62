"""Bring classes of several sizes through a round: does each submission cost the same in all?

    make bench-scale

Each class is graded on this machine's cores, graded again with nothing changed, and given feedback, an export
and a report; then it is graded anew by a Dask scheduler and one worker with as many judging processes, on
loopback. "Each" is what one more submission costs between one size and the next; the rest is start-up. What a
command works itself is, on Dask, what reads and records. Let the machine do nothing else.
"""

import argparse
import contextlib
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from nbgrader.api import Gradebook  # noqa: E402

from autograder.books import scores  # noqa: E402
from autograder.demo import sample_class  # noqa: E402
from benchmarks.grading import LESSON, Cost, Way, measure  # noqa: E402
from tests.classroom import Classroom  # noqa: E402

PYTHON = (sys.executable, "-m")
LOCAL, DASK = "grade", "grade, Dask"
STEPS = {  # in the order of a term
    LOCAL: ("autograder", "grade"),
    "grade, nothing new": ("autograder", "grade"),
    "feedback": ("autograder", "feedback"),
    "export": ("nbgrader", "export"),
    "report": ("autograder", "report"),
}
KEPT = ("submitted", "autograded", "feedback", "gradebook.db", ".autograder")
SECONDS_TO_START = 60
LARGE = (100_000, 1_000_000)
CORES = (2, 8, 32)


def class_of(released: Path, name: str, size: int) -> Path:
    """Return a copy of a released course in which a class has handed in."""
    course = released.with_name(name)
    shutil.copytree(released, course)
    sample_class.hand_in(course, [LESSON], size, broken=False)
    return course


def costs_of(course: Path, size: int) -> dict[str, Cost]:
    """Bring a class through all steps; return step → `Cost`."""
    return {step: measure(course, size, [*PYTHON, *command]) for step, command in STEPS.items()}


@contextlib.contextmanager
def cluster(room: Path, cores: int) -> Iterator[tuple[str, psutil.Process]]:
    """Start a scheduler and a worker on loopback; yield the scheduler's address and the worker."""
    place = room / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": room}
    quiet["env"] = {**os.environ, "PYTHONPATH": str(ROOT)}
    loopback = ("--host", "127.0.0.1", "--no-dashboard")
    scheduler = [*PYTHON, "dask", "scheduler", *loopback, "--port", "0", "--scheduler-file", str(place)]
    worker = [*PYTHON, "dask", "worker", *loopback, "--scheduler-file", str(place), "--no-nanny"]
    worker += ["--nthreads", str(cores), "--preload", "autograder.running.worker"]
    with contextlib.ExitStack() as started:
        processes = []
        for command in (scheduler, worker):
            processes.append(started.enter_context(subprocess.Popen(command, **quiet)))
            started.callback(processes[-1].terminate)
            until = time.monotonic() + SECONDS_TO_START
            while not place.exists() and time.monotonic() < until:
                time.sleep(0.1)
        yield json.loads(place.read_text())["address"], psutil.Process(processes[-1].pid)


def peak_of(process: psutil.Process) -> float:
    """Return MiB of the largest process of a tree, at its largest."""
    peaks = []
    for one in (process, *process.children(recursive=True)):
        with contextlib.suppress(OSError):
            status = Path(f"/proc/{one.pid}/status").read_text()
            peaks += [int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmHWM")]
    return max(peaks)


def points_of(course: Path) -> dict:
    """Return what the gradebook has of every submission."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}", "optimization") as gradebook:
        return scores.read(gradebook).submissions


def bytes_of(path: Path) -> int:
    """Return the bytes of a file, or of all files in a folder."""
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(one.stat().st_size for one in files if one.is_file())


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[100, 1000, 10_000])
    parser.add_argument("--without-dask", action="store_true", help="leave the cluster out")
    options = parser.parse_args()
    costs: dict[str, list[Cost]] = {}
    sizes, kept, same, worker_peaks = sorted(options.sizes), {}, True, []
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as started:
        room = Path(folder)
        if os.environ.pop("PYTHONDONTWRITEBYTECODE", None):  # as where Python keeps what it has compiled
            os.environ["PYTHONPYCACHEPREFIX"] = str(room / "compiled")
        released = release(room)
        costs_of(class_of(released, "warm", 10), 10)
        if not options.without_dask:
            cores = os.cpu_count() or 1
            address, worker = started.enter_context(cluster(room, cores))
            dask = [*PYTHON, "autograder", "grade", "--scheduler", address]
            measure(class_of(released, "warm, Dask", 10), 10, dask)
        for size in sizes:
            course = class_of(released, f"{size}", size)
            for step, cost in costs_of(course, size).items():
                costs.setdefault(step, []).append(cost)
            if not options.without_dask:
                other = class_of(released, f"{size}, Dask", size)
                costs.setdefault(DASK, []).append(measure(other, size, dask))
                worker_peaks.append(peak_of(worker))
                same = same and points_of(course) == points_of(other)
                shutil.rmtree(other)
            kept[size] = {name: bytes_of(course / name) for name in KEPT}
            shutil.rmtree(course)
            report(costs, kept, worker_peaks)
    if DASK in costs:
        if len(sizes) > 1:
            foretell(costs, kept)
        print(f"\nsame points by Dask: {'yes' if same else 'NO'}")


def release(room: Path) -> Path:
    """Return a course with the lesson as it is, released, and nobody in it."""
    classroom = Classroom(room / "released", [LESSON])
    shutil.copytree(
        ROOT / "solutions" / LESSON, classroom.directory / "solutions" / LESSON, dirs_exist_ok=True
    )
    classroom.release()
    return classroom.directory


def report(costs: dict[str, list[Cost]], kept: dict[int, dict[str, int]], worker_peaks: list[float]) -> None:
    """Print what all sizes up to now cost."""
    sizes = list(kept)
    print(f"\n{LESSON}, {os.cpu_count()} cores: {', '.join(map(str, sizes))} submissions")
    print(f"\n{'seconds in all':22}" + "".join(f"{size:>12}" for size in sizes))
    for step, found in costs.items():
        print(f"{step:22}" + "".join(f"{cost.wall / 1000:12.1f}" for cost in found))
    print(f"\n{'MiB at most':22}" + "".join(f"{size:>12}" for size in sizes))
    for step, found in costs.items():
        print(f"{step:22}" + "".join(f"{cost.peak:12.0f}" for cost in found))
    if worker_peaks:
        print(f"{'the worker of Dask':22}" + "".join(f"{peak:12.0f}" for peak in worker_peaks))
    print(f"\n{'kB kept, each':22}" + "".join(f"{size:>12}" for size in sizes))
    for name in KEPT:
        print(f"{name:22}" + "".join(f"{kept[size][name] / size / 1000:12.1f}" for size in sizes))
    if len(sizes) == 1:
        return
    columns = "".join(f"{f'to {size}':>12}" for size in sizes[1:])
    for kind, title in (
        ("wall", "ms, each"),
        ("processor", "ms of all cores, each"),
        ("own", "ms it works, each"),
    ):
        print(f"\n{title:22}{columns}{'last / first':>14}")
        for step, found in costs.items():
            each = each_of(step, found, kind)
            print(f"{step:22}" + "".join(f"{one:12.2f}" for one in each) + f"{each[-1] / each[0]:13.2f}×")
    if DASK in costs:
        pairs = zip(each_of(DASK, costs[DASK], "wall"), each_of(LOCAL, costs[LOCAL], "wall"), strict=True)
        more = "".join(f"{dask - local:12.2f}" for dask, local in pairs)
        print(f"\n{'Dask over local, ms':22}{more}  (goal 3 at most)")
    rerun = costs["grade, nothing new"][-1]
    print(
        f"nothing new in {rerun.submissions}: {rerun.wall / 1000:.1f} s  (goal 3 at most in 10,000)",
        flush=True,
    )


def foretell(costs: dict[str, list[Cost]], kept: dict[int, dict[str, int]]) -> None:
    """Print what the largest size measured says of larger ones: the same for each, and nothing else.

    The parent reads and records one after the other, while the cluster judges on N cores: a round takes as
    long as the slower of the two.
    """
    parent = each_of(DASK, costs[DASK], "own")[-1]
    judging = each_of(DASK, costs[DASK], "processor")[-1] - parent
    print(f"\nby arithmetic: the parent works {parent:.2f} ms on each, the rest of the cluster")
    print(f"{judging:.2f} ms; it keeps {judging / parent:.0f} cores busy, and more do not help")
    print(f"\n{'hours':22}" + "".join(f"{size:>12,}" for size in LARGE))
    for cores in CORES:
        each = max(parent, judging / cores)
        name = f"grade, {cores} cores"
        print(f"{name:22}" + "".join(f"{each * size / 3.6e6:12.2f}" for size in LARGE))
    for step, found in costs.items():
        if step not in (LOCAL, DASK):
            each = each_of(step, found, "wall")[-1]
            print(f"{step:22}" + "".join(f"{each * size / 3.6e6:12.2f}" for size in LARGE))
    print(f"\n{'GB of memory':22}" + "".join(f"{size:>12,}" for size in LARGE))
    for step, found in costs.items():
        few, many = found[-2:]
        each = (many.peak - few.peak) / (many.submissions - few.submissions) / 1024
        print(f"{f'in {step}':22}" + "".join(f"{max(each, 0) * size:12.2f}" for size in LARGE))
    last = max(kept)
    print(f"\n{'GB on disk':22}" + "".join(f"{size:>12,}" for size in LARGE))
    for name in KEPT:
        print(f"{name:22}" + "".join(f"{kept[last][name] / last * size / 1e9:12.2f}" for size in LARGE))


def each_of(step: str, found: list[Cost], kind: str) -> list[float]:
    """Return what one more submission costs, from each size to the next."""
    return [Way(step, few, many).each(kind) for few, many in itertools.pairwise(found)]


if __name__ == "__main__":
    main()
