"""Bring notebooks into the course's canonical form, so that a diff shows what an author changed.

No outputs, no execution counts; metadata reduced to the kernel, nbgrader's, tags and whether a cell's code is
folded away; cell ids kept.

    python tools/normalise_notebook.py solutions            # rewrite what is not canonical
    python tools/normalise_notebook.py --check solutions    # only name it, and exit with 1
"""

import argparse
import pathlib
import re
import sys

import nbformat

KERNEL = {
    "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
KEPT_CELL_METADATA = ("nbgrader", "tags")
# What nbgrader itself adds when it releases: it belongs to notebooks/, not to solutions/.
GENERATED_NBGRADER_KEYS = ("checksum", "cell_type")
CELL_ID = re.compile(r"[a-z0-9_-]{1,64}")


def canonical(text):
    """Return a notebook's text in canonical form.

    Args:
        text: the JSON of an .ipynb file, format 4.5.

    Returns:
        The JSON that the same notebook has in canonical form, with a newline at its end.

    Raises:
        ValueError: it is no notebook of format 4.5, or a cell's id is missing, unreadable or taken.

    Example:
        >>> cell = '{"cell_type": "markdown", "id": "title", "metadata": {"x": 1}, "source": "# Hello"}'
        >>> shorter = canonical('{"cells": [%s], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}' % cell)
        >>> '"x"' in shorter, canonical(shorter) == shorter
        (False, True)
    """
    try:
        # Not nbformat.reads, which repairs a missing or doubled id with a random one.
        notebook = nbformat.v4.reads(text)
        version = f"{notebook.nbformat}.{notebook.nbformat_minor}"
    except Exception as error:
        raise ValueError(f"is no notebook: {error!r}") from error
    if version != "4.5":
        raise ValueError(f"is of format {version}, not 4.5")
    notebook.metadata = nbformat.from_dict(KERNEL)
    notebook.cells = [canonical_cell(cell, index) for index, cell in enumerate(notebook.cells)]
    ids = [cell.id for cell in notebook.cells]
    if twice := sorted({name for name in ids if ids.count(name) > 1}):
        raise ValueError(f"has cells with the same id: {', '.join(twice)}")
    nbformat.validate(notebook)
    return nbformat.writes(notebook) + "\n"


def canonical_cell(cell, index):
    """Return a copy of one cell in canonical form.

    Args:
        cell: a notebook cell.
        index: its place in the notebook, 0 for the first, for the message.

    Returns:
        A new cell with the same id, kind, source and attachments.

    Raises:
        ValueError: the cell's id is missing or unreadable.
    """
    name = cell.get("id", "")
    if not CELL_ID.fullmatch(name):
        raise ValueError(f"has no readable id ([a-z0-9_-]) on cell {index + 1}, got {name!r}")
    kept = {key: cell.metadata[key] for key in KEPT_CELL_METADATA if cell.metadata.get(key)}
    if cell.metadata.get("jupyter", {}).get("source_hidden"):
        kept["jupyter"] = {"source_hidden": True}
    if "nbgrader" in kept:
        kept["nbgrader"] = {k: v for k, v in kept["nbgrader"].items() if k not in GENERATED_NBGRADER_KEYS}
    shorter = {
        "cell_type": cell.cell_type,
        "id": name,
        "metadata": kept,
        "source": cell.source.strip("\n"),
    }
    if cell.cell_type == "code":
        shorter |= {"execution_count": None, "outputs": []}
    if cell.get("attachments"):
        shorter["attachments"] = cell.attachments
    return nbformat.from_dict(shorter)


def notebooks_under(paths):
    """Return the notebooks that these files and folders hold, sorted, without Jupyter's checkpoints."""
    found = set()
    for path in map(pathlib.Path, paths):
        found |= set(path.rglob("*.ipynb")) if path.is_dir() else {path}
    return sorted(path for path in found if ".ipynb_checkpoints" not in path.parts)


def main(arguments=None):
    """Normalise, or check, the notebooks that the command line names; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("paths", nargs="+", help="notebooks, or folders that hold some")
    parser.add_argument(
        "--check", action="store_true", help="change nothing, exit with 1 if something would change"
    )
    options = parser.parse_args(arguments)
    failed = False
    for path in notebooks_under(options.paths):
        text = path.read_text(encoding="utf-8")
        try:
            better = canonical(text)
        except ValueError as error:
            print(f"{path} {error}", file=sys.stderr)
            failed = True
            continue
        if better != text and options.check:
            print(f"{path} is not in canonical form: `make normalise` brings it there", file=sys.stderr)
            failed = True
        elif better != text:
            path.write_text(better, encoding="utf-8")
            print(f"normalised {path}")
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
