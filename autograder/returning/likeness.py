"""Work that is alike beyond what an exercise forces: pairs to look at, and no verdict.

Each submission becomes a set of marks: runs of code without names, comments and formatting; comments; unusual
names; texts; statements that do nothing; runs of words in free answers; rare misconceptions. What the lesson
gives, what the references and our own lists of right and wrong answers hold, and what many in the class share
is no mark of anybody's. Two students who share enough of what is rare are shown side by side.

A library that compares files pair by pair (copydetect does, by the same fingerprints of runs) takes hours for
a thousand students, and knows neither what a lesson gives nor that a short answer is alike by nature.
"""

import ast
import builtins
import hashlib
import io
import itertools
import keyword
import re
import token
import tokenize
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from markupsafe import Markup, escape

import autograde_tests
import course_lib
from autograder.books.courses import Course
from autograder.books.journals import Newest
from autograder.marking import submissions
from autograder.returning import templates

RUN = 20  # tokens of code that make one mark
WORDS = 8  # words of a free answer that make one mark
FEWEST_WEIGHT = 3.0
MOST_PAIRS = 100
RARE_SHARE, RARE_COUNT = 0.02, 3
SHORTEST_NAME = 4
LONG_COMMENT = 5  # words
LARGEST = 200_000  # characters of one submission that are looked at
CHUNK = 16
LAYOUT = {token.NEWLINE, token.INDENT, token.DEDENT, tokenize.NL, tokenize.ENCODING, token.ENDMARKER}
UNSEEN = {"(", ")", ",", ";"}  # which formatting adds and takes away

# What a shared mark weighs; a run of code or of words is one of many, most of which overlap.
WEIGHTS = {
    "code": 0.1,
    "words": 0.25,
    "comment": 1.0,
    "long comment": 2.0,
    "name": 1.0,
    "text": 1.0,
    "dead code": 2.0,
    "misconception": 1.0,
}

Mark = tuple[str, str]  # kind, what


@dataclass(frozen=True)
class Work:
    """What a student has written.

    Attributes:
        student: Name of the folder.
        code: Texts of the code cells that are not as they were released.
        prose: Texts of the free answers.
    """

    student: str
    code: tuple[str, ...]
    prose: tuple[str, ...]


@dataclass
class Pair:
    """Two students whose work shares what is rare in the class.

    Attributes:
        students: The two.
        weight: Of all that they share; only the order of the pairs means something.
        shared: The marks, most weighty first.
    """

    students: tuple[str, str]
    weight: float
    shared: list[Mark] = field(default_factory=list)

    def told(self) -> list[str]:
        """Say what is shared, a clause each."""
        count = Counter(kind for kind, _ in self.shared)
        lines = []
        if count["code"]:
            lines.append(f"code alike but for names and layout, {count['code'] + RUN - 1} tokens or more")
        if count["words"]:
            lines.append(f"{count['words'] + WORDS - 1} words or more of a free answer")
        for kind, what in self.shared:
            if kind not in {"code", "words"}:
                lines.append(f"the {kind} {what}")
        return lines


def pairs_of(marked: Iterable[tuple[str, frozenset[Mark]]]) -> tuple[list[Pair], int]:
    """Find the pairs in a class.

    Args:
        marked: For each student the marks of the work.

    Returns:
        `Pair`s, the weightiest first, `MOST_PAIRS` at most; and how many students were compared.
    """
    owners: dict[Mark, list[str]] = defaultdict(list)
    size = 0
    for student, own in marked:
        size += 1
        for mark in own:
            owners[mark].append(student)
    most = max(RARE_COUNT, RARE_SHARE * size)
    shared: dict[tuple[str, str], list[Mark]] = defaultdict(list)
    for mark, students in owners.items():
        if 2 <= len(students) <= most:
            for one, other in itertools.combinations(sorted(students), 2):
                shared[one, other].append(mark)
    found = [
        Pair(pair, sum(WEIGHTS[kind] for kind, _ in alike), sorted(alike, key=_weightiest_first))
        for pair, alike in shared.items()
    ]
    found = [pair for pair in found if pair.weight >= FEWEST_WEIGHT]
    return sorted(found, key=lambda pair: (-pair.weight, pair.students))[:MOST_PAIRS], size


def _weightiest_first(mark: Mark) -> tuple[float, Mark]:
    return -WEIGHTS[mark[0]], mark


# Marks.


@dataclass(frozen=True)
class Given:
    """What is nobody's own: marks and names of the lesson, the references and our lists of answers.

    Attributes:
        marks: Marks of all that code and prose.
        names: Names that occur in it.
        cells: The texts of the released cells.
    """

    marks: frozenset[Mark]
    names: frozenset[str]
    cells: frozenset[str]


KNOWN = frozenset({*dir(builtins), *dir(np), *dir(np.linalg), *dir(np.ndarray), *keyword.kwlist})


def given(course: Course, lesson: str) -> Given:
    """Collect what a lesson gives, what the references say, and how we have written it, right and wrong."""
    notebooks = [
        submissions.read(folder / lesson / f"{lesson}.ipynb").cells
        for folder in (course.solutions, course.root / course.directory.release_directory)
    ]
    homes = [Path(autograde_tests.__file__).parent / lesson, Path(course_lib.__file__).parent]
    code = [path.read_text(encoding="utf-8") for home in homes for path in sorted(home.glob("*.py"))]
    code += [cell.source for cells in notebooks for cell in cells if cell.kind == "code"]
    prose = [cell.source for cells in notebooks for cell in cells if cell.kind == "markdown"]
    names = frozenset(name for text in code for name in re.findall(r"[^\W\d]\w*", text))
    released = frozenset(cell.source for cell in notebooks[1])
    nothing = Given(frozenset(), names, frozenset())
    return Given(frozenset(marks(Work("", tuple(code), tuple(prose)), nothing)), names, released)


def work_of(course: Course, lesson: str, student: str, released: frozenset[str]) -> Work:
    """Read what a student has written for a lesson, what was released aside."""
    found = submissions.read(course.submitted(student, lesson) / f"{lesson}.ipynb").cells
    own = [cell for cell in found if cell.source not in released]
    room, kept = LARGEST, []
    for cell in own:
        kept.append((cell.kind, cell.source[: max(room, 0)]))
        room -= len(cell.source)
    code = tuple(text for kind, text in kept if kind == "code")
    return Work(student, code, tuple(text for kind, text in kept if kind != "code"))


def marks(work: Work, nobodys: Given) -> Iterator[Mark]:
    """Yield the marks of a work, those aside that are given."""
    found = itertools.chain(
        *(_of_code(text, nobodys.names) for text in work.code), *(_of_prose(text) for text in work.prose)
    )
    for mark, _ in found:
        if mark not in nobodys.marks:
            yield mark


def _of_code(text: str, names: frozenset[str]) -> Iterator[tuple[Mark, set[int]]]:
    """Yield the marks of one cell, each with the lines that it stands on."""
    plain: list[tuple[str, int]] = []
    tree, importing, before, depth = _parsed(text), False, "", 0
    own = _bound_names(tree)
    for piece, after in itertools.pairwise([*_tokens(text), _END]):
        line, string = piece.start[0], piece.string
        depth += (string in {"(", "[", "{"}) - (string in {")", "]", "}"})
        is_passed_by_name = depth > 0 and before in {"(", ","} and after.string == "="
        if piece.type == token.NEWLINE:
            importing = False
        if piece.type == tokenize.COMMENT:
            words = re.findall(r"\w+", string.lower())
            if len(words) > 1:
                kind = "long comment" if len(words) >= LONG_COMMENT else "comment"
                yield (kind, f"“{' '.join(words)}”"), {line}
        elif piece.type in LAYOUT or importing:
            continue
        elif piece.type == token.NAME and string in {"import", "from"} and _begins(piece):
            importing = True
        elif piece.type == token.STRING:
            words = re.findall(r"\w+", string.lower())
            if len(words) > 1 and len(words) < 40:  # a longer one is a docstring
                yield ("text", f"“{' '.join(words)}”"), {line}
            plain.append(("“”", line))
        elif (
            piece.type == token.NAME
            and before != "."  # of an attribute, whose name is not the student's to choose
            and (string not in KNOWN or (string in own and not is_passed_by_name))
        ):
            if string not in KNOWN and string not in names and len(string) >= SHORTEST_NAME:
                yield ("name", f"`{string}`"), {line}
            plain.append(("name", line))
        elif piece.type == token.NUMBER:
            plain.append((_number(string), line))
        elif string not in UNSEEN:
            plain.append((string, line))
        before = string
    for start in range(len(plain) - RUN + 1):
        run = plain[start : start + RUN]
        yield ("code", _digest(string for string, _ in run)), {line for _, line in run}
    yield from _dead(tree)


def _parsed(text: str) -> ast.Module:
    """Return the syntax tree of a cell, an empty one where it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ast.parse("")


def _bound_names(tree: ast.Module) -> set[str]:
    """Return the names that a cell binds: whatever they are called, they are one to us."""
    nodes = list(ast.walk(tree))
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and not _is_read(node)}
    return stored | {node.arg for node in nodes if isinstance(node, ast.arg)}


def _number(string: str) -> str:
    """Return a number as it is, however it is written."""
    try:
        return str(ast.literal_eval(string))
    except (ValueError, SyntaxError):
        return string


_END = tokenize.TokenInfo(token.ENDMARKER, "", (0, 0), (0, 0), "")


def _tokens(text: str) -> Iterator[tokenize.TokenInfo]:
    """Yield the tokens of a cell, up to where it stops being Python."""
    try:
        yield from tokenize.generate_tokens(io.StringIO(text).readline)
    except (tokenize.TokenError, SyntaxError, ValueError):
        return


def _begins(piece: tokenize.TokenInfo) -> bool:
    return not piece.line[: piece.start[1]].strip()


def _dead(tree: ast.Module) -> Iterator[tuple[Mark, set[int]]]:
    """Yield statements that nothing can reach or that compute what nothing uses."""
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and _is_read(node)}
        for node in ast.walk(function):
            body = getattr(node, "body", None)
            statements = body if isinstance(body, list) else []
            for before, after in itertools.pairwise(statements):
                if isinstance(before, ast.Return | ast.Raise | ast.Break | ast.Continue):
                    yield ("dead code", f"`{ast.unparse(after)[:80]}`"), {after.lineno}
            if isinstance(node, ast.Assign) and all(
                isinstance(target, ast.Name) and target.id not in used for target in node.targets
            ):
                yield ("dead code", f"`{ast.unparse(node)[:80]}`"), {node.lineno}


def _is_read(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Load)


def _of_prose(text: str) -> Iterator[tuple[Mark, set[int]]]:
    words = [
        (word.group().lower(), text.count("\n", 0, word.start()) + 1) for word in re.finditer(r"\w+", text)
    ]
    for start in range(len(words) - WORDS + 1):
        run = words[start : start + WORDS]
        yield ("words", _digest(word for word, _ in run)), {line for _, line in run}


def _digest(words: Iterable[str]) -> str:
    return hashlib.blake2b(" ".join(words).encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


# A class, and its page.


def find(
    course: Course, lesson: str, nobodys: Given, newest: Newest, *, workers: int = 1
) -> tuple[list[Pair], int]:
    """Find the pairs of a lesson.

    Args:
        course: A `Course`.
        lesson: Its name.
        nobodys: What `given` says of it.
        newest: The newest entries of the course's journal.
        workers: How many processes read.

    Returns:
        `Pair`s, and the number of students that were compared.
    """
    students = course.students(lesson)
    hints = {
        student: [f"{item.exercise}: {item.hint.replace('_', ' ')}" for item in entry.items if item.hint]
        for student in students
        if (entry := newest.get((lesson, student)))
    }
    reader = _Reader(course, lesson, nobodys, hints)
    if min(workers, len(students)) <= 1:
        return pairs_of(map(reader.marks_of, students))
    with get_context("fork").Pool(workers, _begin, (reader,)) as pool:
        return pairs_of(pool.imap_unordered(_marks_of, students, chunksize=CHUNK))


@dataclass(frozen=True)
class _Reader:
    """What a process needs to read any student's work."""

    course: Course
    lesson: str
    given: Given
    hints: Mapping[str, list[str]]

    def marks_of(self, student: str) -> tuple[str, frozenset[Mark]]:
        work = work_of(self.course, self.lesson, student, self.given.cells)
        own = frozenset(marks(work, self.given))
        return student, own | {("misconception", hint) for hint in self.hints.get(student, ())}


_reader: _Reader | None = None


def _begin(reader: _Reader) -> None:
    global _reader
    _reader = reader


def _marks_of(student: str) -> tuple[str, frozenset[Mark]]:
    assert _reader is not None
    return _reader.marks_of(student)


def page(course: Course, lesson: str, nobodys: Given, pairs: list[Pair], size: int) -> str:
    """Write a lesson's pairs as a page, both texts of each side by side."""
    shown = []
    for pair in pairs:
        works = [work_of(course, lesson, student, nobodys.cells) for student in pair.students]
        shared = set(pair.shared)
        shown.append((pair, [_marked(work, shared, nobodys) for work in works]))
    return templates.render("similar.html.j2", lesson=lesson, pairs=shown, size=size)


def _marked(work: Work, shared: set[Mark], nobodys: Given) -> list[Markup]:
    """Return the texts of a work that share something, with the lines marked that hold it."""
    found = []
    for text in (*work.code, *work.prose):
        of_text = _of_code(text, nobodys.names) if text in work.code else _of_prose(text)
        alike = {line for mark, lines in of_text if mark in shared for line in lines}
        if alike:
            lines = [escape(line) for line in text.split("\n")]
            found.append(
                Markup("\n").join(
                    Markup("<mark>{}</mark>").format(line) if number in alike else line
                    for number, line in enumerate(lines, start=1)
                )
            )
    return found
