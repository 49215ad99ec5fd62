"""Show the whole course at work: release, hand in, grade, feedback, and what the class misunderstood.

    make demo

It works in `demo/`, a course of its own beside the real one; every run begins anew.
"""

import argparse
import functools
import logging
import os
import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tqdm import tqdm

from autograde_tests.engine import exercises
from autograder.books import courses
from autograder.demo import sample_class
from autograder.demo.sample_class import SampleClass
from autograder.returning import feedback, report_pages, reports
from autograder.running import local, rounds
from autograder.running.rounds import Summary

ROOT = Path(__file__).parents[2]
STUDENTS = 24


def main() -> int:
    """Run the demo; the exit status is 0 unless something was left ungraded."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--students", type=int, default=STUDENTS, help="size of the class")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes that grade")
    parser.add_argument("--folder", type=Path, default=ROOT / "demo", help="made anew")
    options = parser.parse_args()
    # nbgrader starts alembic by name.
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    begun = time.perf_counter()
    lessons = set_up(options.folder)
    print(f"A course of {len(lessons)} lessons in {_shown(options.folder)}.")
    _quietly(release, options.folder, lessons, doing="releasing")
    made = sample_class.hand_in(options.folder, lessons, options.students)
    print(f"{len(made.students)} students have handed in {len(made.students) * len(lessons)} notebooks.")
    summary = grade(options.folder, lessons, options.workers)
    write_feedback(options.folder, lessons, options.workers)
    report_pages.write(reports.make(courses.find(options.folder)), options.folder)
    print(f"\n{table(summary, made)}\n")
    print(misunderstood(summary))
    print(broken(summary, made))
    print(f"\nAll of it took {time.perf_counter() - begun:.0f} s, the grading {summary.seconds:.1f} s.")
    print(where(options.folder, made))
    return 1 if summary.faults else 0


def set_up(folder: Path) -> list[str]:
    """Make the demo's own course; return its lessons, those that have both a notebook and claims."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    lessons = [name for name in exercises.lessons() if (ROOT / "solutions" / name / f"{name}.ipynb").exists()]
    for name in lessons:
        shutil.copytree(ROOT / "solutions" / name, folder / "solutions" / name)
    return lessons


def release(folder: Path, name: str) -> None:
    """Make a lesson's student version, as `nbgrader generate_assignment` does."""
    from nbgrader.converters import GenerateAssignment

    found = courses.find(folder)
    found.directory.assignment_id = name
    converter = GenerateAssignment(coursedir=found.directory, config=found.config)
    converter.force = True
    converter.start()


def grade(folder: Path, lessons: list[str], workers: int) -> Summary:
    """Grade what was handed in, as `autograder grade` does; return its summary."""
    course = courses.find(folder)
    total = course.count(lessons)
    tqdm.monitor_interval = 0  # no thread beside ours: a process that has none can be forked
    with tqdm(total=total, desc="grading  ", unit="notebook", leave=False) as bar:
        run = functools.partial(local.run, workers=workers)
        return rounds.grade(course, lessons, run=run, progress=lambda student, lesson: bar.update())


def write_feedback(folder: Path, lessons: list[str], workers: int) -> None:
    """Write every student's pages, as `autograder feedback` does."""
    course = courses.find(folder)
    total = course.count(lessons)
    with tqdm(total=total, desc="feedback ", unit="page", leave=False) as bar:
        feedback.write(course, lessons, workers=workers, progress=bar.update)


def _quietly(action: Callable[[Path, str], None], folder: Path, lessons: list[str], *, doing: str) -> None:
    logging.getLogger("traitlets").setLevel(logging.ERROR)
    for name in tqdm(lessons, desc=doing, unit="lesson", leave=False):
        action(folder, name)


def table(summary: Summary, made: SampleClass) -> str:
    """Return the table student × lesson, in points."""
    names = [name.split("_", 1)[0] for name in made.lessons]
    full = [sum(exercise.points for exercise in exercises.of_lesson(name)) for name in made.lessons]
    width = max(map(len, made.students), default=8)
    lines = [" ".join([f"{'points':<{width}}", *(f"{name:>6}" for name in names), f"{'sum':>7}"])]
    lines.append(
        " ".join([f"{'possible':<{width}}", *(f"{points:>6g}" for points in full), f"{sum(full):>7g}"])
    )
    for student in made.students:
        earned = [summary.points.get(student, {}).get(name, 0.0) for name in made.lessons]
        row = [f"{student:<{width}}", *(f"{points:>6.1f}" for points in earned), f"{sum(earned):>7.1f}"]
        lines.append(" ".join(row))
    return "\n".join(lines)


def misunderstood(summary: Summary, most: int = 8) -> str:
    """Return the misconceptions that were recognised most often, by name and with their hints."""
    lines = ["What the class misunderstood most:"]
    for hint, count in summary.hints.most_common(most):
        exercise, name = hint.split(": ")
        text = next(wrong.hint for wrong in exercises.find(exercise).misconceptions if wrong.name == name)
        lines.append(f"  {count} × {exercise}: {name.replace('_', ' ')}\n      {text}")
    return "\n".join(lines)


def broken(summary: Summary, made: SampleClass) -> str:
    """Return what was said of the files that are broken."""
    lines = ["", "Broken files, and what became of them:"]
    lines += [f"  {student}, {lesson}: {fault}" for (student, lesson), fault in made.broken.items()]
    lines += ["The grader says:", *(f"  {line}" for line in [*summary.unreadable, *summary.notes])]
    return "\n".join(lines)


def where(folder: Path, made: SampleClass) -> str:
    """Return where the pages lie, and what to run next."""
    shown = _shown(folder)
    student, lesson = made.students[1], made.lessons[-1]
    return "\n".join(
        [
            f"What was understood:    {shown}/report/index.html",
            f"Feedback, a page each:  {shown}/feedback/{student}/{lesson}/{lesson}.html",
            f"The gradebook:          {shown}/gradebook.db   (cd {shown} && ../.venv/bin/nbgrader export)",
            f"Marking by hand:        cd {shown} && ../.venv/bin/jupyter lab   (menu Nbgrader, Formgrader)",
            f"Grading again:          cd {shown} && ../.venv/bin/autograder grade   (nothing has changed)",
            "Your own course:        make release, collect into submitted/NAME/LESSON/, autograder grade",
        ]
    )


def _shown(path: Path) -> str:
    return os.path.relpath(path)


if __name__ == "__main__":
    sys.exit(main())
