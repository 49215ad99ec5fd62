"""Bring a newer edition of the lessons into a student's own notebooks, which keep what the student wrote.

The lesson's cells become the new edition's. Answers, and cells that the student added, stay as they are, each
below the cell that it stood below. A copy of the file as it was lies beside it.
"""

import itertools
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from autograde_tests.engine import carrying, exercises, finding, reading
from autograde_tests.engine.reading import digest

HANDOUT = "handout"  # of a notebook's metadata: the edition, and what its cells were as they were handed out
HEADING = re.compile(r"^#{1,6} +(.+?) *$", re.MULTILINE)

Cell = dict[str, Any]


@dataclass(frozen=True)
class Updated:
    """What became of one lesson.

    Attributes:
        lesson: Its name.
        news: What the new edition changed, a sentence each; none if nothing is new.
        backup: The folder that holds what was there before, or None.
    """

    lesson: str
    news: tuple[str, ...]
    backup: Path | None = None


class NothingToUpdate(ValueError):
    """There is no lesson where one is looked for."""


def update(newer: str | Path, folder: str | Path = ".", *, dry_run: bool = False) -> list[Updated]:
    """Bring the lessons of a newer edition into a folder.

    Args:
        newer: The folder that the newer edition was unpacked into.
        folder: Where the student's lessons are.
        dry_run: Only say what is new.

    Returns:
        An `Updated` for each lesson of the newer edition.

    Raises:
        NothingToUpdate: if one of the two folders holds no lesson, both find the same one, or somebody has
            written answers into the newer edition.
        UnreadableNotebook: if a lesson cannot be read.
    """
    theirs, mine = reading.lessons_in(newer), reading.lessons_in(folder)
    for place, lessons in ((newer, theirs), (folder, mine)):
        if not lessons:
            raise NothingToUpdate(f"there is no lesson in {Path(place).resolve()}")
    if {path.resolve() for path in theirs.values()} & {path.resolve() for path in mine.values()}:
        raise NothingToUpdate("the newer edition must lie in a folder of its own, outside of your lessons'")
    for path in theirs.values():
        if any(_is_written(cell) for cell in reading.read(path)["cells"]):
            raise NothingToUpdate(f"somebody has written into {path}: unpack the newer edition once more")
    for path in mine.values():
        reading.read(path)
    home = _home(next(iter(mine.values())))
    return [
        _updated(path, mine[lesson], dry_run) if lesson in mine else _added(path, home, dry_run)
        for lesson, path in theirs.items()
    ]


def _is_written(cell: Cell) -> bool:
    return bool(reading.marks(cell).get("solution")) and not reading.is_as_released(cell)


def _home(path: Path) -> Path:
    """Return the folder that holds the lessons' folders."""
    return path.parent.parent if path.parent.name == path.stem else path.parent


def _added(theirs: Path, home: Path, dry_run: bool) -> Updated:
    if not dry_run:
        shutil.copytree(theirs.parent, home / theirs.stem, dirs_exist_ok=True)
    return Updated(theirs.stem, ("a new lesson",))


def _updated(theirs: Path, mine: Path, dry_run: bool) -> Updated:
    new, old = reading.read(theirs), reading.read(mine)
    changed = [
        path
        for path in _data(theirs)
        if not (there := mine.parent / path.relative_to(theirs.parent)).exists()
        or there.read_bytes() != path.read_bytes()
    ]
    notebook, news = merged(old, new)
    news += [f"its file {path.name} is the new edition's" for path in changed]
    same = notebook["cells"] == old["cells"]
    if same and not changed:
        return Updated(mine.stem, ())
    if dry_run:
        return Updated(mine.stem, tuple(news))
    backup = _fresh(mine.parent)
    for path in (mine, *(mine.parent / path.relative_to(theirs.parent) for path in changed)):
        if path.exists():
            kept = backup / path.relative_to(mine.parent)
            kept.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(path, kept)
    for path in changed:
        there = mine.parent / path.relative_to(theirs.parent)
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, there)
    reading.write(mine, notebook)
    return Updated(mine.stem, tuple(news), backup)


def _data(notebook: Path) -> list[Path]:
    """Return the other files of a lesson's own folder."""
    if notebook.parent.name != notebook.stem:
        return []
    found = (path for path in sorted(notebook.parent.rglob("*")) if path.is_file() and path != notebook)
    return [
        path
        for path in found
        if not any(part.startswith(".") for part in path.relative_to(notebook.parent).parts)
    ]


def _fresh(folder: Path) -> Path:
    """Make a folder for what was there before, of a name that is not taken."""
    for number in itertools.count(1):
        backup = folder / f"{reading.BACKUP}{number}"
        if not backup.exists():
            break
    backup.mkdir()
    return backup


def merged(mine: dict[str, Any], new: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Put what a student wrote into a newer edition of the lesson.

    Args:
        mine: The student's notebook, as `reading.read` returns it.
        new: The newer edition's.

    Returns:
        The notebook, and what is new in it, a sentence each.
    """
    released = mine["metadata"].get(HANDOUT, {}).get("cells", {})
    places = _matches(mine["cells"], new["cells"], released)
    below = _own_cells(mine["cells"], new["cells"], released, places)
    news: list[str] = []
    cells, heading = list(below.get(None, ())), ""
    for cell in new["cells"]:
        heading = (HEADING.findall(cell["source"]) or [heading])[0] if _is_prose(cell) else heading
        here = places.get(cell["id"])
        if here is None:
            cells.append(cell)
            news.append(f"new: {_named(cell, heading)}")
        else:
            chosen, said = _chosen(mine["cells"][here], cell, released)
            cells += chosen
            news += [f"{text}: {_named(cell, heading)}" for text in said]
        cells += below.get(cell["id"], ())
    metadata = {name: value for name, value in mine["metadata"].items() if name != HANDOUT}
    if HANDOUT in new["metadata"]:
        metadata[HANDOUT] = new["metadata"][HANDOUT]
    notebook = mine | {"cells": _with_own_ids(cells), "metadata": metadata, "nbformat_minor": 5}
    return notebook, list(dict.fromkeys(news))


def _is_prose(cell: Cell) -> bool:
    return cell["cell_type"] == "markdown" and not reading.marks(cell).get("solution")


def _named(cell: Cell, heading: str) -> str:
    if reading.marks(cell).get("solution"):
        return f"the answer cell {reading.marks(cell).get('grade_id')}"
    return f"in “{heading}”" if heading else "at the top"


def _matches(mine: list[Cell], new: list[Cell], released: dict[str, str]) -> dict[str, int]:
    """Return id of a new cell → place of the student's cell that it is the newer version of.

    By nbgrader's id, else by the cell's own, else by what an answer defines; last, where an editor has
    dropped or changed all ids, by its text.
    """
    found = reading.found({"cells": mine})
    named = {
        exercise.name for cell in new for exercise in _exercise(str(reading.marks(cell).get("grade_id", "")))
    }
    answers = _answers(found, sorted(named))
    places: dict[str, int] = {}
    for by in (_by_mark, _by_id, _by_answer, _by_text):
        taken = set(places.values())
        free = [at for at in range(len(mine)) if at not in taken]
        for cell in new:
            if cell["id"] in places:
                continue
            spots = [at for at in free if by(cell, mine[at], answers.get(at, ""), released)]
            if spots:  # of copies the one that is graded as the answer, else the one that was not pasted
                best = max(spots, key=lambda at: (at in answers, mine[at].get("id") == cell["id"]))
                places[cell["id"]] = best
                free.remove(best)
    return places


def _exercise(grade_id: str) -> Iterator[Any]:
    try:
        yield exercises.find(grade_id.removesuffix("-answer"))
    except LookupError:
        return


def _answers(found: list[finding.Found], names: list[str]) -> dict[int, str]:
    """Return place → id of the answer that it holds, as grading would find it."""
    code = [at for at, cell in enumerate(found) if cell.kind == "code"]
    cells = finding.answers_of(found, names).cells
    return {at: cell.name for at, cell in zip(code, cells, strict=True) if cell.role == carrying.ANSWER}


def _by_mark(new: Cell, mine: Cell, answer: str, released: dict[str, str]) -> bool:
    return bool(reading.marks(new)) and reading.marks(new).get("grade_id") == reading.marks(mine).get(
        "grade_id"
    )


def _by_id(new: Cell, mine: Cell, answer: str, released: dict[str, str]) -> bool:
    return new["id"] == mine.get("id")


def _by_answer(new: Cell, mine: Cell, answer: str, released: dict[str, str]) -> bool:
    return bool(answer) and reading.marks(new).get("grade_id") == answer


def _by_text(new: Cell, mine: Cell, answer: str, released: dict[str, str]) -> bool:
    same = digest(mine["source"]) in {digest(new["source"]), released.get(new["id"])}
    return same and mine["cell_type"] == new["cell_type"]


def _own_cells(
    mine: list[Cell], new: list[Cell], released: dict[str, str], places: dict[str, int]
) -> dict[str | None, list[Cell]]:
    """Return id of a new cell, or None for the top → the student's own cells that stood below it."""
    theirs, at_place = {cell["id"] for cell in new}, {at: cell_id for cell_id, at in places.items()}
    below: dict[str | None, list[Cell]] = {}
    above = None
    for at, cell in enumerate(mine):
        above = at_place.get(at, above)
        if at in at_place:
            continue
        handed_out = released.get(cell.get("id", ""))
        if handed_out != digest(cell["source"]):  # else a cell of the old edition that the new one has not
            below.setdefault(above, []).append(_without_id(cell) if cell.get("id") in theirs else cell)
    return below


def _chosen(mine: Cell, new: Cell, released: dict[str, str]) -> tuple[list[Cell], list[str]]:
    """Return what stands in the place of a lesson's cell, and what is to be said about it."""
    kept = mine | {"id": new["id"], "metadata": _metadata(mine, new)}
    before = released.get(new["id"])
    same = mine["source"] == new["source"] and mine["cell_type"] == new["cell_type"]
    mended = before is not None and before != digest(new["source"])
    if reading.marks(new).get("solution"):
        if same or not _is_untouched(mine, before):
            return [kept], ["what is asked has changed, your answer is kept"] if mended and not same else []
        return [new], ["mended"]
    if same:
        return [kept], []
    if (before is None and not reading.marks(mine)) or _is_untouched(mine, before):
        return [new], ["mended"]
    if not mended and not reading.marks(new):
        return [kept], []
    copy = _without_id(mine) | {"metadata": _metadata(mine, {"metadata": {}})}
    return [new, copy], ["put right, and what you changed there stands below it"]


def _is_untouched(mine: Cell, before: str | None) -> bool:
    """Say whether a cell is as it was handed out; without a record of that, nbgrader's checksum tells."""
    return digest(mine["source"]) == before or reading.is_as_released(mine)


def _metadata(mine: Cell, new: Cell) -> dict[str, Any]:
    """Return the student's metadata with nbgrader's from the new edition."""
    others = {name: value for name, value in mine["metadata"].items() if name != "nbgrader"}
    return others | ({"nbgrader": reading.marks(new)} if reading.marks(new) else {})


def _without_id(cell: Cell) -> Cell:
    return {name: value for name, value in cell.items() if name != "id"}


def _with_own_ids(cells: list[Cell]) -> list[Cell]:
    """Give every cell that has no id, or one that is taken, an id of its own."""
    taken: set[str] = set()
    lasting = {cell.get("id") for cell in cells}
    fresh = (text for number in itertools.count(1) if (text := f"own-{number}") not in lasting)
    out = []
    for cell in cells:
        name = cell.get("id")
        out.append(cell if name and name not in taken else cell | {"id": next(fresh)})
        taken.add(out[-1]["id"])
    return out
