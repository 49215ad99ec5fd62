"""The figures that a lesson's own cells draw with a student's functions: drawn in the seal, shown as PNG.

Not needed for any verdict, and drawn only when asked, after it. The worker sends pixels and a text; both are
an attacker's. Nothing of theirs is decoded here: an array of the right type and size is written as PNG by us.
"""

import base64
import html
import io
from collections.abc import Iterator
from typing import Any

import numpy as np

from autograder.marking import lessons, verdicts
from autograder.marking.lessons import Lesson
from autograder.marking.rebuilding import Rebuilt
from autograder.sealing.inside.drawing import MAX_SIDE
from autograder.sealing.remote import RemoteAnswerer
from autograder.sealing.sandboxes import Sandbox

SECONDS = 60.0
MAX_BYTES = 1024 * 1024
MAX_BYTES_IN_ALL = 8 * MAX_BYTES
MAX_ALT = 1_000


def draw(
    taught: Lesson, rebuilt: Rebuilt, sandbox: Sandbox, *, budget: float = SECONDS
) -> dict[int, dict[str, Any]]:
    """Run a notebook's cells in order, all but the graded ones, and collect the pictures they end in.

    Args:
        taught: A `Lesson`.
        rebuilt: A submission in the lesson's frame.
        sandbox: A `sandboxes.Sandbox` that draws.
        budget: Seconds for all of it; what is not drawn by then is left out.

    Returns:
        Position of a cell in the notebook → an output of type `display_data`. A cell that fails has none.

    Raises:
        SealError: If the sandbox is gone.
    """
    waiting, drawn, size = list(rebuilt.cells), {}, 0
    with RemoteAnswerer(sandbox, [], budget=budget, restarts=0) as answerer:
        for position, cell_id, source in _cells_to_run(taught, rebuilt.notebook["cells"]):
            if cell_id == taught.imports[0] or cell_id in taught.code_answers:
                while cell_id in dict(waiting):  # with what it needs from other cells, which are above it
                    answerer.run(*waiting.pop(0))
                continue
            page = picture(answerer.draw(cell_id, source).value)
            size += len(page["data"]["image/png"]) if page else 0
            if page and size <= MAX_BYTES_IN_ALL:
                drawn[position] = page
    return drawn


def _cells_to_run(taught: Lesson, cells: list[dict]) -> Iterator[tuple[int, str, str]]:
    """Yield position, id and source of the code cells that `check` and `grade` are not in."""
    imports_id, imports = taught.imports
    for position, cell in enumerate(cells):
        if cell["cell_type"] != "code":
            continue
        about, source = cell["metadata"].get("nbgrader", {}), lessons.joined(cell["source"])
        if about.get("solution"):
            yield position, about["grade_id"], source
        elif source == imports:
            yield position, imports_id, source
        elif not about.get("grade"):
            yield position, f"figure-{position}", source


def picture(value: Any) -> dict[str, Any] | None:
    """Make an output of what a worker sent as a picture.

    Args:
        value: Whatever it sent; a picture is a list of a uint8 array, shape (height, width, 3), and a text.

    Returns:
        An output of type `display_data` that holds a PNG, or None if it is no picture or a large one.
    """
    match value:
        case [np.ndarray() as pixels, str(alt)]:
            pass
        case _:
            return None
    if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
        return None
    if not all(1 <= side <= MAX_SIDE for side in pixels.shape[:2]):
        return None
    from PIL import Image  # here, since grading without figures does without

    page = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(page, format="png")
    if page.tell() > MAX_BYTES:
        return None
    alt = html.escape(verdicts.clipped(alt[:MAX_ALT]), quote=False)
    data = {"image/png": base64.b64encode(page.getvalue()).decode("ascii"), "text/plain": alt}
    return {"output_type": "display_data", "data": data, "metadata": {"image/png": {"alt": alt}}}


def write_outputs(notebook: dict, drawn: dict[int, dict[str, Any]]) -> None:
    """Put what `draw` returned below the cells that drew it."""
    for position, page in drawn.items():
        notebook["cells"][position]["outputs"] = [page]
