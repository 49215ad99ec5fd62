"""The lessons as they are read: from `solutions/`, with the outputs that their cells have now.

A lesson runs again only when one of its code cells, `course_lib`, `autograde_tests` or what draws and counts
has changed; its outputs lie in `build/book/outputs` meanwhile.
"""

import hashlib
import importlib.metadata
import json
import os
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat

ROOT = Path(__file__).resolve().parents[2]
# Set in the kernels of a book build: `course_lib.plotting` then draws every stop of a slider.
FLAG = "COURSE_BOOK"
HIDDEN = re.compile(r"\n### BEGIN HIDDEN TESTS\n.*?### END HIDDEN TESTS", re.DOTALL)
LIBRARIES = ("ipykernel", "matplotlib", "numpy", "pillow")
SECONDS = 300  # that a cell may run
KERNELS = 2  # at the same time


class LessonFailed(Exception):
    """A lesson that cannot be shown: its name, its cell, and why."""


def paths(names=()):
    """Return the lessons' files by name, in order.

    Args:
        names: which lessons; all if empty.

    Raises:
        LessonFailed: a name is no lesson's.
    """
    found = {path.stem: path for path in sorted((ROOT / "solutions").glob("*/*.ipynb"))}
    if unknown := sorted(set(names) - set(found)):
        raise LessonFailed(f"there is no lesson {unknown[0]!r}: one of {', '.join(found)}")
    return {name: path for name, path in found.items() if not names or name in names}


def read(path):
    """Return a lesson's notebook without what is hidden from students in its graded cells."""
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = HIDDEN.sub("", cell.source)
    return notebook


def library_digest():
    """Return a digest of all that a lesson's outputs depend on, beside its own code cells."""
    digest = hashlib.sha256()
    for name in LIBRARIES:
        digest.update(f"{name} {importlib.metadata.version(name)}\n".encode())
    for folder in ("course_lib", "autograde_tests"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".py", ".gz"):
                digest.update(f"{path.relative_to(ROOT)}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def digest_of(notebook, library):
    """Return the digest of a lesson's code cells and of the library that they run on.

    Example:
        >>> cells = [nbformat.v4.new_code_cell("1 + 1"), nbformat.v4.new_markdown_cell("Two.")]
        >>> before = digest_of(nbformat.v4.new_notebook(cells=cells), "library")
        >>> cells[1].source = "It is two."
        >>> digest_of(nbformat.v4.new_notebook(cells=cells), "library") == before
        True
        >>> cells[0].source = "2 + 2"
        >>> digest_of(nbformat.v4.new_notebook(cells=cells), "library") == before
        False
    """
    code = [[cell.id, cell.source] for cell in notebook.cells if cell.cell_type == "code"]
    return hashlib.sha256(json.dumps([library, code]).encode()).hexdigest()


def run(name, notebook):
    """Run a lesson from its first cell to its last in a kernel of its own; its outputs stay in the notebook.

    Raises:
        LessonFailed: a cell raised, or took too long.
    """
    from nbclient import NotebookClient  # here, since reading lessons needs no kernel
    from nbclient.exceptions import CellTimeoutError, DeadKernelError

    from autograder.hooks.kernels import PrivateKernelManager

    started = []
    client = NotebookClient(
        notebook,
        timeout=SECONDS,
        kernel_manager_class=PrivateKernelManager,
        resources={"metadata": {"path": str(ROOT / "solutions" / name)}},
        on_cell_start=lambda cell, cell_index: started.append(cell),
    )
    settings = {FLAG: "1", "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error::DeprecationWarning:__main__"}
    try:
        client.execute(env=os.environ | settings)
    except CellTimeoutError:
        raise LessonFailed(f"{name}, cell {started[-1].id}: took longer than {SECONDS} s") from None
    except DeadKernelError:
        raise LessonFailed(f"{name}, cell {started[-1].id}: the kernel died") from None
    except Exception as error:
        why = f"{getattr(error, 'ename', type(error).__name__)}: {getattr(error, 'evalue', error)}"
        raise LessonFailed(f"{name}, cell {started[-1].id if started else '?'}: {why}") from error


def complaints(name, notebook):
    """Yield a sentence on each cell that wrote to stderr."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                yield f"{name}, cell {cell.id}: wrote to stderr: {output.text.strip().splitlines()[-1]}"


def executed(name, path, store, library):
    """Return a lesson's notebook with its outputs, from the store if nothing that they come from has changed.

    Args:
        name: the lesson's.
        path: its notebook.
        store: folder with the outputs of earlier runs, one file a lesson.
        library: `library_digest()`.

    Raises:
        LessonFailed: a cell raised, took too long or complained.
    """
    notebook = read(path)
    digest, kept = digest_of(notebook, library), store / f"{name}.json"
    outputs = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    if outputs.get("digest") != digest:
        run(name, notebook)
        outputs = {
            "digest": digest,
            "cells": {cell.id: cell.outputs for cell in notebook.cells if cell.cell_type == "code"},
        }
        store.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps(outputs), encoding="utf-8")
        print(f"{name}: ran", flush=True)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs = nbformat.from_dict(outputs["cells"][cell.id])
            cell.execution_count = None
    if said := list(complaints(name, notebook)):
        raise LessonFailed("\n".join(said))
    return notebook


def all_executed(names, store):
    """Return the lessons' notebooks with their outputs, by name; those that must run do so side by side.

    Raises:
        LessonFailed: one sentence for each lesson that did not run.
    """
    chosen, library = paths(names), library_digest()
    with ThreadPoolExecutor(KERNELS) as pool:
        running = {name: pool.submit(executed, name, path, store, library) for name, path in chosen.items()}
    failed = [future.exception() for future in running.values() if future.exception()]
    for error in failed:
        if not isinstance(error, LessonFailed):
            raise error
    if failed:
        raise LessonFailed("\n".join(map(str, failed)))
    return {name: future.result() for name, future in running.items()}
