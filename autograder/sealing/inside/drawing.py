"""Runs a lesson's own cell and takes the picture that it ends in. Lives inside a worker that may draw.

What crosses the wire is raw pixels: whoever receives them has nothing to decode.
"""

import ast
import io
from typing import Any

import numpy as np

MAX_SIDE = 1600  # of an image, in pixels; a larger one is made smaller, so that it fits into a message
FIGURE = """
from course_lib import plotting
from matplotlib import pyplot as plt
plotting.use_course_style()
figure, ax = plt.subplots()
ax.plot([1, 10], [1, 10], label=r"$\\theta_1$")
ax.set(xscale="log", title="warm-up")
ax.legend()
plotting.picture(figure, "A line.")
"""


def warm_up() -> None:
    """Draw one figure before any fork, so that every child finds matplotlib and its fonts loaded."""
    run(FIGURE, "<warm-up>", {})


def run(source: str, filename: str, names: dict[str, Any]) -> list[Any] | None:
    """Execute a cell in a namespace; return the pixels and the text of the picture it ends in, or None."""
    tree = ast.parse(source, filename)
    last: Any = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, filename, "exec"), names)
    return _plain(eval(compile(ast.Expression(last.value), filename, "eval"), names)) if last else None


def _plain(value: Any) -> list[Any] | None:
    """Return the RGB pixels of a `Picture`, shape (height, width, 3), and its text; else None."""
    from course_lib.plotting import Picture, plt

    plt.close("all")
    if not isinstance(value, Picture):
        return None
    from PIL import Image

    image = Image.open(io.BytesIO(value.still or value.data)).convert("RGB")
    image.thumbnail((MAX_SIDE, MAX_SIDE))
    return [np.array(image), value.alt]
