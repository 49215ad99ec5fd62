"""Take the functions out of a notebook that its reader trusts: a student's own, or an instructor's."""

import json
import linecache


class UnreadableNotebook(ValueError):
    """The file is no notebook that can be graded."""


def read(path):
    """Read a notebook of any format version, as version 4.

    Raises:
        UnreadableNotebook: if the file is missing, no JSON or no notebook.
    """
    import nbformat  # here, since `check` does without

    try:
        return nbformat.read(path, as_version=4)
    except OSError as error:
        raise UnreadableNotebook(f"{path} cannot be opened: {error.strerror}") from error
    except (json.JSONDecodeError, UnicodeDecodeError, nbformat.reader.NotJSONError) as error:
        raise UnreadableNotebook(f"{path} is not a notebook: it holds no JSON") from error
    except Exception as error:
        raise UnreadableNotebook(f"{path} is not a notebook: {error}") from error


def answer_cells(notebook):
    """Return the code cells in which the student answers, in order."""
    return [
        cell
        for cell in notebook.cells
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution", False)
    ]


def functions_of(path):
    """Run a notebook's imports cell and answer cells, in this process.

    Only for a notebook that you trust: the code has every right that you have.

    Args:
        path: the notebook.

    Returns:
        name → function, and name of cell → the exception that running it raised.  The function that a cell
        should have defined then raises the same exception.

    Raises:
        UnreadableNotebook: if the file cannot be read.
    """
    notebook = read(path)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    answers = answer_cells(notebook)
    namespace, raised = {"__name__": "__submission__"}, {}
    for cell in [*code[:1], *(cell for cell in answers if cell is not code[0])]:
        name = cell.metadata.get("nbgrader", {}).get("grade_id", "imports")
        filename = f"<{name}>"
        linecache.cache[filename] = (len(cell.source), None, cell.source.splitlines(True), filename)
        try:
            exec(compile(cell.source, filename, "exec"), namespace)
        except Exception as error:
            raised[name] = error
    functions = {name.removesuffix("-answer"): _raising(error) for name, error in raised.items()}
    return functions | {name: value for name, value in namespace.items() if callable(value)}, raised


def _raising(error):
    def broken(*args, **kwargs):
        raise error

    return broken
