"""Which cell of a notebook answers which exercise, whatever an editor has dropped of its marks."""

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from autograde_tests.engine import carrying


class Found(NamedTuple):
    """One cell of a notebook, as plain values.

    Attributes:
        kind: "code" or "markdown".
        grade_id: nbgrader's id, or "".
        cell_id: The notebook format's id, or "".
        source: Its text.
    """

    kind: str
    grade_id: str
    cell_id: str
    source: str


@dataclass(frozen=True)
class Answers:
    """The answers of a notebook.

    Attributes:
        cells: `carrying.Cell`s of all code, in order.
        texts: Id of an answer → the text of the cell that holds it, as it was written.
        notes: How an answer was found where not by its mark, and what of it is not run, a sentence each.
    """

    cells: tuple[carrying.Cell, ...]
    texts: dict[str, str]
    notes: tuple[str, ...]


def answers_of(found: Iterable[Found], names: Sequence[str], imports: str | None = None) -> Answers:
    """Find the answers to some exercises.

    Args:
        found: `Found` cells in order.
        names: The exercises'.
        imports: Text of the imports cell that has been run already; by default, that of the first code cell.

    Returns:
        An `Answers`.
    """
    code = [cell for cell in found if cell.kind == "code"]
    read = [carrying.python_of(cell.source) for cell in code]
    graded = {at: name for name in names for at in _graded(code, name)}
    taken: dict[int, str]
    texts: dict[str, str]
    notes: list[str]
    taken, texts, notes = {}, {}, []
    for name in names:
        at, note = _answer(code, [python for python, _ in read], graded, name)
        if note:
            notes.append(note)
        if at is not None:
            texts[f"{name}-answer"] = code[at].source
            taken.setdefault(at, f"{name}-answer")
    cells = []
    for at, (cell, (python, dropped)) in enumerate(zip(code, read, strict=True)):
        role, name = carrying.OWN, cell.grade_id or cell.cell_id
        if at in graded:
            role, name = carrying.GRADED, graded[at]
        elif at in taken:
            role, name = carrying.ANSWER, taken[at]
            if dropped:
                notes.append(
                    f"Not run in the cell {name}: {', '.join(f'`{line[:80]}`' for line in dropped[:5])}."
                )
        elif imports is None and at == 0:
            role, name = carrying.IMPORTS, "imports"
        elif imports is not None and python.strip() == imports.strip():
            python = ""
        cells.append(carrying.Cell(role, name, python))
    return Answers(tuple(cells), texts, tuple(notes))


def _graded(code: list[Found], name: str) -> list[int]:
    """Return where the graded cells of an exercise are."""
    marked = [at for at, cell in enumerate(code) if cell.grade_id == name]
    marked = marked or [at for at, cell in enumerate(code) if cell.cell_id == name]
    return marked or [at for at, cell in enumerate(code) if cell.source.strip() == f"check({name})"]


def _answer(
    code: list[Found], python: list[str], graded: dict[int, str], name: str
) -> tuple[int | None, str]:
    """Return where an exercise is answered, or None, and a note on how it was found, or "".

    A cell that defines the function counts before one that does not; of several, the last above the check.
    """
    answer_id = f"{name}-answer"
    by_mark = [at for at, cell in enumerate(code) if cell.grade_id == answer_id]
    by_id = [at for at, cell in enumerate(code) if cell.cell_id == answer_id and at not in graded]
    marked = by_mark or by_id
    free = [at for at in range(len(code)) if at not in graded]
    others = [at for at in free if carrying.defines(python[at], name)]
    defining = [at for at in marked if at in others]
    begun = re.compile(rf"^(?:async )?def {re.escape(name)}\b", re.MULTILINE)
    spots = defining or others or marked or [at for at in free if begun.search(code[at].source)]
    if not spots:
        return None, ""
    end = min((at for at, checked in graded.items() if checked == name and at > spots[0]), default=len(code))
    written = [at for at in spots if code[at].source.strip() and not is_stub(python[at], name)] or spots
    at = [at for at in written if at < end or end < written[0]][-1]
    if len(marked) > 1 and spots in (defining, marked):
        place = "last" if at == written[-1] else "last above its check"
        return at, f"The cell {answer_id} is there {len(marked)} times; the {place} was graded."
    if at in by_mark:
        return at, ""
    if at in by_id:
        return at, f"The cell {answer_id} has lost nbgrader's mark; it was found by its id."
    return at, f"The answer to {name} is not in its own cell; it was found by the function's name."


def is_stub(python: str, name: str) -> bool:
    """Say whether a cell's text holds the stub of an exercise, and nothing else that binds its name."""
    return any(
        name in one.binds and carrying.is_stub(one.node) for one in carrying.statements_of(python)
    ) and not carrying.defines(python, name)


def text_answer(found: Sequence[Found], answer_id: str, stub: str, above: str) -> tuple[list[str], str]:
    """Find a free-text answer.

    Args:
        found: `Found` cells in order.
        answer_id: Its id.
        stub: The released text.
        above: The text of the released cell above it.

    Returns:
        The texts of the cells that may be it, and a note on how they were found, or "".
    """
    prose = [cell for cell in found if cell.kind == "markdown"]
    marked = [cell.source for cell in found if cell.grade_id == answer_id]
    if marked:
        return marked, ""
    by_id = [cell.source for cell in prose if cell.cell_id == answer_id]
    if by_id:
        return by_id, f"The cell {answer_id} has lost nbgrader's mark; it was found by its id."
    title = stub.strip().split("\n")[0]
    same = [cell.source for cell in prose if title.startswith("#") and cell.source.strip().startswith(title)]
    question = above.strip()
    below = [
        after.source
        for before, after in itertools.pairwise(found)
        if question and before.source.strip() == question and after.kind == "markdown"
    ]
    if same or below:
        return (same or below)[-1:], f"The cell {answer_id} was found by its place, below its question."
    return [], ""
