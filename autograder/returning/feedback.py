"""Feedback: one page a submission that holds all of it, needs no script and loads nothing."""

import functools
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from markupsafe import Markup
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from autograder.books import records
from autograder.books.courses import Course
from autograder.books.ledgers import Ledger
from autograder.books.records import Record, Score
from autograder.marking import rebuilding, verdicts
from autograder.returning import files, pages, templates

HEADING = re.compile(r"^#{2,6} +(.+?) *$", re.MULTILINE)
TITLE = re.compile(r"^# +(.+?) *$", re.MULTILINE)
HINT = re.compile(r"<details><summary>Hint.*?</details>\n*", re.DOTALL)  # for those who are at it
DOCSTRING = re.compile(r'<span class="sd">[^<]*</span>(?:\s*<span class="sd">[^<]*</span>)+')
BETWEEN = re.compile(r'</span>(\s*)<span class="sd">')
H = re.compile(r"(</?h)([1-6])")
PLAIN = re.compile(r'<span class="(?:n|p|o|w|nb|nn)">([^<]*)</span>')  # what has no color is most of it
CHUNK = 16  # submissions that a process takes at a time
PICTURES = {"image/png": "data:image/png;base64,"}


@dataclass
class Part:
    """One graded cell and what was answered.

    Attributes:
        name: Its grade id.
        title: The heading above it.
        score: What it earned.
        answers: "code" or "text", and HTML of the student's answer.
        printed: What the answers' cells printed.
        said: What the grader says.
        claims: Question → whether it holds.
        hint: The name of the misconception that was recognised, or "".
        advice: What the hint says.
        comments: What a marker says.
        rubric: HTML of model answer and rubric.
        pictures: `(source, alternative text)` of the figures below it.
    """

    name: str
    title: str
    score: Score
    answers: list[tuple[str, Markup]] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    said: str = ""
    claims: list[tuple[str, bool]] = field(default_factory=list)
    hint: str = ""
    advice: str = ""
    comments: list[str] = field(default_factory=list)
    rubric: Markup = field(default_factory=Markup)
    pictures: list[tuple[str, str]] = field(default_factory=list)

    @property
    def ended(self) -> str:
        """One of "right", "part", "wrong", "blank" and "waits", for a person to mark it."""
        if not self.answers:
            return "blank"
        if self.score.points is None:
            return "waits"
        if self.score.points >= self.score.max_points:
            return "right"
        return "part" if self.score.points > 0 else "wrong"


def page(notebook: dict, record: Record, title: str, next_title: str = "") -> str:
    """Write the feedback on one submission.

    Args:
        notebook: The graded notebook, a dict as in its file.
        record: What the gradebook has on it.
        title: The lesson's.
        next_title: That of the lesson which follows, or "".

    Returns:
        HTML, a whole page.
    """
    parts, prose = _read(notebook, record)
    right = sum(part.ended == "right" for part in parts)
    return templates.render(
        "feedback.html.j2",
        parts=parts,
        prose=prose,
        record=record,
        title=title,
        next_title=next_title,
        right=right,
        late=_late(record),
    )


def _read(notebook: dict, record: Record) -> tuple[list[Part], list[Markup]]:
    """Take a graded notebook apart: the graded cells, and the prose between them."""
    parts: list[Part] = []
    prose: list[Markup] = []
    heading, waiting = "", _Answers()
    for cell in notebook["cells"]:
        source, about = "".join(cell["source"]), cell["metadata"].get("nbgrader", {})
        grade_id, own = about.get("grade_id", ""), about.get("solution") or about.get("task")
        if own:
            waiting.add(cell, source, record)
        elif source.startswith(rebuilding.RUBRIC_HEADING) and parts:
            parts[-1].rubric = _markdown(source.removeprefix(rebuilding.RUBRIC_HEADING))
        elif cell["cell_type"] == "markdown":
            prose.append(Markup(H.sub(_one_lower, _markdown(HINT.sub("", source)))))
            heading = (HEADING.findall(source) or [heading])[-1]
        elif not about.get("grade") and parts:
            parts[-1].pictures += _pictures(cell)
        if about.get("grade") or about.get("task"):
            score = record.scores.get(grade_id, Score(None, float(about.get("points", 0))))
            title = grade_id.replace("-", " ").replace("_", " ").capitalize() if own else heading or grade_id
            parts.append(Part(grade_id, title, score, **vars(waiting)))
            if not own:
                _add_verdict(parts[-1], cell)
            waiting = _Answers()
    return parts, prose


@dataclass
class _Answers:
    """What was answered since the last graded cell."""

    answers: list[tuple[str, Markup]] = field(default_factory=list)
    printed: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)

    def add(self, cell: dict, source: str, record: Record) -> None:
        grade_id = cell["metadata"]["nbgrader"]["grade_id"]
        if grade_id not in record.unanswered:
            is_code = cell["cell_type"] == "code"
            self.answers.append(("code", _code(source)) if is_code else ("text", _markdown(source)))
        self.printed += ["".join(output["text"]) for output in cell.get("outputs", []) if "text" in output]
        self.comments += [record.comments[grade_id]] if grade_id in record.comments else []


def _add_verdict(part: Part, cell: dict) -> None:
    for output in cell.get("outputs", []):
        if output["output_type"] == "display_data":
            note = output["metadata"].get(verdicts.NOTE, {})
            part.claims, part.hint = note.get("claims", []), note.get("hint", "")
            part.said = "".join(output["data"].get("text/plain", ""))
            before, found, after = part.said.partition(f"\n\nHint ({part.hint}): ")
            if found:
                part.advice, _, rest = after.partition("\n\n")
                part.said = "\n\n".join(filter(None, [before, rest]))


def _pictures(cell: dict) -> Iterator[tuple[str, str]]:
    for output in cell.get("outputs", []):
        for kind, start in PICTURES.items():
            if kind in output.get("data", {}):
                alt = output["metadata"].get(kind, {}).get("alt", "")
                yield start + "".join(output["data"][kind]).replace("\n", ""), html.unescape(alt)


def _late(record: Record) -> str:
    """Say how late it was, or ""."""
    minutes = int(record.seconds_late // 60)
    if record.seconds_late <= 0:
        return ""
    days, hours, minutes = minutes // 1440, minutes // 60 % 24, minutes % 60
    units = ((days, "day"), (hours, "hour"), (minutes, "minute"))
    told = [f"{count} {unit}{'s' if count > 1 else ''}" for count, unit in units if count]
    return " and ".join(told[:2]) or "less than a minute"


def _markdown(source: str) -> Markup:
    return Markup(pages.markdown2html(source))


def _one_lower(tag: re.Match) -> str:
    """Return a heading's tag one level lower: the page has a title of its own."""
    return f"{tag.group(1)}{min(int(tag.group(2)) + 1, 6)}"


def _code(source: str) -> Markup:
    shown = highlight(source, PythonLexer(stripnl=False), HtmlFormatter(nowrap=True))
    in_one = DOCSTRING.sub(lambda lines: BETWEEN.sub(r"\1", lines.group()), PLAIN.sub(r"\1", shown))
    return Markup(in_one)


@dataclass
class Summary:
    """What became of a class's pages.

    Attributes:
        written: How many are new or have changed.
        unchanged: How many were there already, word for word.
        ungraded: `student, lesson` of what was handed in and is not graded yet.
        faults: What could not be written, a sentence each.
        folder: Where the pages are.
    """

    folder: str
    written: int = 0
    unchanged: int = 0
    ungraded: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Task:
    """One page to write: from which folder, into which, with what."""

    graded: Path
    returned: Path
    record: Record
    lesson: str
    titles: tuple[str, str]
    mode: int


def write(
    course: Course,
    lessons: Iterable[str],
    *,
    students: list[str] | None = None,
    workers: int = 1,
    progress: Callable[[], None] = lambda: None,
) -> Summary:
    """Write the feedback of all that is graded, and beside it what nbgrader's exchange needs to release it.

    Args:
        course: A `Course`.
        lessons: Their names.
        students: Only these, or None for all.
        workers: How many processes write.
        progress: Called after each page.

    Returns:
        A `Summary`.

    Raises:
        LessonError: If there is no gradebook yet.
    """
    summary = Summary(str(course.root / course.directory.feedback_directory))
    tasks = [task for lesson in lessons for task in _tasks(course, lesson, students, summary)]
    for task, ended in _each_done(tasks, workers):
        if ended == files.WRITTEN:
            summary.written += 1
        elif ended == files.UNCHANGED:
            summary.unchanged += 1
        else:
            summary.faults.append(f"{task.record.student}, {task.lesson}: {ended}")
        progress()
    return summary


def _tasks(course: Course, lesson: str, students: list[str] | None, summary: Summary) -> Iterator[Task]:
    with Ledger(course) as ledger:
        found = records.of_lesson(ledger.gradebook, lesson, students)
    both = titles(course, lesson)
    mode = 0o664 if course.directory.groupshared else 0o644
    for student in course.students(lesson) if students is None else students:
        graded = course.autograded(student, lesson)
        if student in found and (graded / f"{lesson}.ipynb").is_file():
            returned = course.returned(student, lesson)
            yield Task(graded, returned, found[student], lesson, both, mode)
        elif course.submitted(student, lesson).is_dir():
            summary.ungraded.append(f"{student}, {lesson}")


def _each_done(tasks: list[Task], workers: int) -> Iterator[tuple[Task, str]]:
    if min(workers, len(tasks)) <= 1:
        yield from map(_attempt, tasks)
        return
    templates.load("feedback.html.j2")  # once, before the fork
    with get_context("fork").Pool(min(workers, len(tasks))) as pool:
        yield from pool.imap_unordered(_attempt, tasks, chunksize=CHUNK)


def _attempt(task: Task) -> tuple[Task, str]:
    """Write one page; whatever is wrong with it must not stop the others."""
    try:
        return task, _write(task)
    except OSError as error:
        return task, f"its page cannot be written ({error.strerror})"
    except Exception as error:
        return task, f"its page cannot be made ({type(error).__name__}: {error})"


def _write(task: Task) -> str:
    notebook = json.loads((task.graded / f"{task.lesson}.ipynb").read_bytes())
    contents = {Path(f"{task.lesson}.html"): files.encoded(page(notebook, task.record, *task.titles))}
    for path in task.graded.rglob("*"):
        if path.is_file() and path.suffix != ".ipynb":
            contents[path.relative_to(task.graded)] = path.read_bytes()
    ended = [files.put(task.returned / name, content, task.mode) for name, content in contents.items()]
    return ended[0]


def titles(course: Course, lesson: str) -> tuple[str, str]:
    """Return the titles of a lesson and of the one that follows it, "" after the last."""
    names = course.lessons()
    following = names[names.index(lesson) + 1 :][:1]
    own, *later = [_title(course.solutions / name / f"{name}.ipynb") for name in [lesson, *following]]
    return own, later[0] if later else ""


@functools.cache
def _title(path: Path) -> str:
    cells = json.loads(path.read_bytes())["cells"]
    return (TITLE.findall("".join(cells[0]["source"])) or [path.stem])[0] if cells else path.stem
