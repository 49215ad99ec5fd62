"""The sealed copy of `course_lib`: helpers whole; exercises of this lesson and of later ones without bodies.

It is made from the syntax tree and written into a directory that the worker sees instead of the real
package. What is not there cannot be called, read, disassembled or found by the garbage collector.
"""

import ast
from collections.abc import Collection
from pathlib import Path

PLOTTING = "plotting"
EMPTIED = "is taught in a later lesson or asked here"


def strip(source: str, exercises: Collection[str]) -> str:
    """Return module source in which the named functions only raise.

    Args:
        source: Text of a Python module.
        exercises: Names of the functions to empty, wherever in the module they are defined.

    Returns:
        Text of the stripped module, without comments.

    Example:
        >>> print(strip("def sgd(params, *, lr):\\n    return params - lr", {"sgd"}))
        def sgd(params, *, lr):
            raise NotImplementedError('sgd is taught in a later lesson or asked here: it has no body')
    """
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name in exercises:
            sentence = f"{node.name} {EMPTIED}: it has no body"
            node.body = ast.parse(f"raise NotImplementedError({sentence!r})").body
            node.decorator_list = []
    return ast.unparse(tree)


def write(
    package: str | Path, exercises: Collection[str], directory: str | Path, *, figures: bool = False
) -> Path:
    """Write the sealed copy of a package.

    Args:
        package: Directory of the real `course_lib`.
        exercises: Names of the functions to empty.
        directory: Where the copy goes; made if missing. `data` in it is left empty, to be mounted over.
        figures: Whether the copy draws.

    Returns:
        The `course_lib` directory that was written.
    """
    package, copy = Path(package), Path(directory) / "course_lib"
    (copy / "data").mkdir(parents=True, exist_ok=True)
    for path in sorted(package.glob("*.py")):
        if path.stem == PLOTTING and not figures:
            text = '"""Draws nothing here."""\nfrom inert import __getattr__\n'
        else:
            text = strip(path.read_text(encoding="utf-8"), exercises)
        (copy / path.name).write_text(text, encoding="utf-8")
    return copy
