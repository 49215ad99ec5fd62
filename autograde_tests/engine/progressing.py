"""How far a student has come: lessons and exercises, done or not, from the notebooks in a folder.

What is not written yet is seen in the text. What is written is asked as `check` asks, with `check`'s numbers,
in a process of its own for each lesson, and remembered until an answer or a claim changes. The browser has
neither processes nor threads: there the answers run where the question is asked, one lesson after the other.
"""

import contextlib
import functools
import hashlib
import html
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import autograde_tests
import course_lib
from autograde_tests.engine import asking, carrying, exercises, finding, reading

DONE, BEGUN, UNWRITTEN, WRITTEN = "done", "begun", "not written", "written"
SECONDS = 60.0  # for one lesson
INSIDE = "AUTOGRADE_TESTS_INSIDE_PROGRESS"  # an answer that asks for its own progress gets none
REMEMBERED = 200  # lessons, in the file of answers that were asked before
NO_ANSWER = "did not come back in time, or ended Python"
ENDINGS = {"error": "an exception is raised", "time": "does not come back in time"}


@dataclass(frozen=True)
class Part:
    """One exercise or question.

    Attributes:
        name: Its name; for a question its id.
        state: DONE, BEGUN or UNWRITTEN; of a question UNWRITTEN or WRITTEN.
        possible: Its points.
        points: What it earns by `check`'s numbers; None where a person marks it, or it could not be asked.
        said: What is worth saying, in a few words, or "".
    """

    name: str
    state: str
    possible: float
    points: float | None
    said: str = ""

    @property
    def shown(self) -> str:
        """The points in words."""
        return f"{'–' if self.points is None else f'{self.points:g}'} of {self.possible:g}"


@dataclass(frozen=True)
class LessonProgress:
    """One lesson.

    Attributes:
        name: For example "06_momentum".
        path: Its notebook.
        parts: Its exercises, then its questions.
        trouble: Why it cannot be read, or "".
    """

    name: str
    path: Path
    parts: tuple[Part, ...]
    trouble: str = ""

    @property
    def exercises(self) -> tuple[Part, ...]:
        """The parts that `check` gives points for."""
        return tuple(part for part in self.parts if part.points is not None or part.said == NO_ANSWER)


@dataclass(frozen=True)
class Progress:
    """All lessons of a folder; it shows itself as a table, in a terminal and in a notebook.

    Attributes:
        folder: Where they were looked for.
        lessons: A `LessonProgress` each.
    """

    folder: Path
    lessons: tuple[LessonProgress, ...]

    @property
    def summary(self) -> str:
        """All of it in a sentence."""
        if not self.lessons:
            return f"No lesson was found in {self.folder}: go to the folder that holds yours."
        asked = [part for lesson in self.lessons for part in lesson.exercises]
        by_hand = [part for lesson in self.lessons for part in lesson.parts if part not in lesson.exercises]
        counts = {state: sum(part.state == state for part in asked) for state in (DONE, BEGUN, UNWRITTEN)}
        earned, possible = sum(part.points or 0 for part in asked), sum(part.possible for part in asked)
        told = ", ".join(f"{count} {state}" for state, count in counts.items())
        text = f"{len(asked)} exercises: {told}; {earned:g} of {possible:g} points by check's numbers."
        answered = sum(part.state == WRITTEN for part in by_hand)
        return f"{text} {answered} of {len(by_hand)} questions answered; a person marks them."

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            lesson.name: {
                "notebook": str(lesson.path),
                "trouble": lesson.trouble,
                "parts": [vars(part) for part in lesson.parts],
            }
            for lesson in self.lessons
        }

    def _title(self, lesson: LessonProgress) -> str:
        """Return a lesson's heading, with its place where the lessons do not all lie in one."""
        scattered = len({one.path.parents[1] for one in self.lessons}) > 1
        return "   ".join(filter(None, [lesson.name, str(lesson.path) if scattered else "", lesson.trouble]))

    def __str__(self) -> str:
        parts = [part for lesson in self.lessons for part in lesson.parts]
        width = max((len(part.name) for part in parts), default=0)
        wide = max((len(part.shown) for part in parts), default=0)
        lines = []
        for lesson in self.lessons:
            lines.append(self._title(lesson))
            lines += [
                f"  {part.name:<{width}}   {part.state:<11}   {part.shown:>{wide}}   {part.said}".rstrip()
                for part in lesson.parts
            ]
        return "\n".join([*lines, "", self.summary] if lines else [self.summary])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        bodies = "".join(_rows(self._title(lesson), lesson.parts) for lesson in self.lessons)
        head = "".join(f'<th scope="col" style="{LEFT}">{name}</th>' for name in HEADINGS)
        table = f"<table><thead><tr>{head}</tr></thead>{bodies}</table>" if bodies else ""
        return f"{table}<p>{html.escape(self.summary)}</p>"


LEFT = "text-align: left"
HEADINGS = ("exercise", "state", "points", "what check says")


def _rows(title: str, parts: Iterable[Part]) -> str:
    cells = [
        (
            f'<th scope="row" style="{LEFT}; font-weight: normal">{html.escape(part.name)}</th>',
            *(f'<td style="{LEFT}">{html.escape(text)}</td>' for text in (part.state, part.shown, part.said)),
        )
        for part in parts
    ]
    rows = "".join(f"<tr>{''.join(row)}</tr>" for row in cells)
    head = f'<th scope="rowgroup" colspan="4" style="{LEFT}">{html.escape(title)}</th>'
    return f"<tbody><tr>{head}</tr>{rows}</tbody>"


def progress(folder: str | Path | None = None) -> Progress:
    """Look through the lessons in a folder: which exercises are done, begun, or not written yet?

    What counts is what is saved. Your answers are run on your machine, in processes that end after a while.

    Args:
        folder: Where your lessons are; by default this folder, and from a lesson's own folder all lessons
            beside it.

    Returns:
        A `Progress`, which shows itself as a table.
    """
    place = Path.cwd() if folder is None else Path(folder).resolve()
    if folder is None and (place / f"{place.name}.ipynb").exists():
        place = place.parent
    if os.environ.get(INSIDE):
        return Progress(place, ())
    # Code is parsed before any thread is there: two that parse at once can upset Python 3.11.
    looked_at = [_look_at(name, path) for name, path in reading.lessons_in(place).items()]
    with _many_at_once() as mapped, _memory() as memory:
        outcomes = mapped(lambda one: _outcomes(one.path, one.notebook, one.written, memory), looked_at)
        lessons = [_lesson(one, found) for one, found in zip(looked_at, outcomes, strict=True)]
    return Progress(place, tuple(lessons))


@contextlib.contextmanager
def _many_at_once() -> Iterator[Callable[..., Iterator[Any]]]:
    """Lend a `map` that waits for several processes at once, and in the browser the plain one."""
    if _in_the_browser():
        yield map
        return
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        yield pool.map


def _in_the_browser() -> bool:
    return sys.platform == "emscripten"


@dataclass(frozen=True)
class _LookedAt:
    """A lesson as it was read: its notebook, and the exercises that are written."""

    name: str
    path: Path
    notebook: dict[str, Any] = field(default_factory=lambda: {"cells": []})
    written: list[str] = field(default_factory=list)
    trouble: str = ""


def _look_at(name: str, path: Path) -> _LookedAt:
    try:
        notebook = reading.read(path)
    except reading.UnreadableNotebook as error:
        return _LookedAt(name, path, trouble=str(error))
    written = _written(notebook, [exercise.name for exercise in exercises.of_lesson(name)])
    return _LookedAt(name, path, notebook, written)


def _lesson(one: _LookedAt, outcomes: dict[str, list[Any]]) -> LessonProgress:
    if one.trouble:
        return LessonProgress(one.name, one.path, (), one.trouble)
    notebook = one.notebook
    points = {
        about.get("grade_id"): float(about["points"])
        for about in map(reading.marks, notebook["cells"])
        if about.get("grade") and isinstance(about.get("points"), int | float)
    }
    parts = [
        _part(exercise.name, points.get(exercise.name, exercise.points), one.written, outcomes)
        for exercise in exercises.of_lesson(one.name)
    ]
    return LessonProgress(one.name, one.path, (*parts, *_questions(notebook)))


def _written(notebook: dict[str, Any], names: list[str]) -> list[str]:
    """Return the exercises whose answer is more than the stub."""
    answers = finding.answers_of(reading.found(notebook), names)
    sources = {cell.name: cell.source for cell in answers.cells if cell.role == carrying.ANSWER}
    texts = {name: sources.get(f"{name}-answer", answers.texts.get(f"{name}-answer", "")) for name in names}
    return [name for name, text in texts.items() if text.strip() and not finding.is_stub(text, name)]


def _part(name: str, possible: float, written: list[str], outcomes: dict[str, list[Any]]) -> Part:
    if name not in written:
        return Part(name, UNWRITTEN, possible, 0.0)
    if name not in outcomes:
        return Part(name, BEGUN, possible, None, NO_ANSWER)
    ended, held, claims = outcomes[name]
    if ended == "missing":
        return Part(name, UNWRITTEN, possible, 0.0)
    if held == claims:
        return Part(name, DONE, possible, possible)
    said = "; ".join(filter(None, [f"{held} of {claims} claims hold", ENDINGS.get(ended, "")]))
    return Part(name, BEGUN, possible, round(possible * held / claims, 2), said)


def _questions(notebook: dict[str, Any]) -> Iterator[Part]:
    for cell in notebook["cells"]:
        about = reading.marks(cell)
        if about.get("grade") and about.get("solution") and cell["cell_type"] == "markdown":
            blank = reading.is_as_released(cell) or not cell["source"].strip()
            points = about.get("points")
            possible = float(points) if isinstance(points, int | float) else 0.0
            yield Part(str(about.get("grade_id")), UNWRITTEN if blank else WRITTEN, possible, None)


def _outcomes(
    path: Path, notebook: dict[str, Any], names: list[str], memory: dict[str, Any]
) -> dict[str, list[Any]]:
    """Return exercise → how it ended, claims that hold, claims; what never came back is not among them."""
    if not names:
        return {}
    code = [cell["source"] for cell in notebook["cells"] if cell["cell_type"] == "code"]
    key = hashlib.sha256(json.dumps([_claims(), path.stem, names, code]).encode()).hexdigest()
    if key not in memory:
        found = _asked(path, names)
        if len(found) < len(names):
            return found
        memory[key] = found
    memory[key] = memory.pop(key)  # the last one used is the last one forgotten
    return memory[key]


def _asked(path: Path, names: list[str]) -> dict[str, list[Any]]:
    """Ask a notebook's answers in a process of their own, as long as it takes but no longer than SECONDS."""
    if _in_the_browser():
        return _asked_here(path, names)
    home = str(Path(autograde_tests.__file__).parents[1])
    environment = os.environ | {
        INSIDE: "1",
        "PYTHONPATH": os.pathsep.join(filter(None, [home, os.environ.get("PYTHONPATH")])),
    }
    command = [sys.executable, "-m", "autograde_tests.engine.asking", str(path.resolve()), *names]
    try:
        told = subprocess.run(
            command,
            cwd=path.parent,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS,
            check=False,
        ).stdout
    except subprocess.TimeoutExpired as late:
        told = late.stdout or b""
    except OSError:
        return {}
    found = (json.loads(line) for line in told.decode().split("\n")[:-1])
    return {name: outcome for name, *outcome in found}


def _asked_here(path: Path, names: list[str]) -> dict[str, list[Any]]:
    """Ask a notebook's answers in this process, as long as it takes."""
    found: dict[str, list[Any]] = {}
    quiet = io.StringIO()
    os.environ[INSIDE] = "1"
    try:
        with (
            contextlib.chdir(path.parent),
            contextlib.redirect_stdout(quiet),
            contextlib.redirect_stderr(quiet),
        ):
            for name, outcome in asking.ask(path.resolve(), names):
                found[name] = outcome
    except (Exception, SystemExit):
        pass  # as where an answer ends its process: what it said before counts
    finally:
        del os.environ[INSIDE]
    return found


@functools.cache
def _claims() -> str:
    """Return a digest of all that the verdicts depend on, besides the answers."""
    text = hashlib.sha256()
    for package in (autograde_tests, course_lib):
        for path in sorted(Path(package.__file__ or "").parent.rglob("*.py")):
            text.update(path.read_bytes())
    return text.hexdigest()


@contextlib.contextmanager
def _memory() -> Iterator[dict[str, Any]]:
    """Lend what was asked before, from a file that any process may change and nobody needs."""
    path, memory = _remembered(), {}
    with contextlib.suppress(OSError, ValueError):
        loaded = json.loads(path.read_bytes())
        memory = loaded if isinstance(loaded, dict) else {}
    before = list(memory)
    yield memory
    if list(memory) != before:
        with contextlib.suppress(OSError):
            beside = path.with_name(f"{path.name}.{os.getpid()}")
            beside.write_text(json.dumps(dict(list(memory.items())[-REMEMBERED:])), encoding="utf-8")
            os.replace(beside, path)


def _remembered() -> Path:
    from IPython.paths import get_ipython_cache_dir

    return Path(get_ipython_cache_dir()) / "optimization-course-progress.json"
