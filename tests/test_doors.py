"""Who may import what: a room's door opens one way only."""

import ast
import pathlib
import sys

import nbformat
import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
OURS = {"course_lib", "autograde_tests", "autograder", "tools", "tests", "benchmarks", "site"}
STANDARD = set(sys.stdlib_module_names)
BELOW = {  # room of the grader → the rooms that it may open
    "sealing": set(),
    "marking": {"sealing"},
    "books": {"marking"},
    "returning": {"books", "marking"},
    "running": {"books", "marking", "sealing"},
    "hooks": {"books", "marking", "running", "returning"},
    "demo": {"books", "marking", "running", "returning"},
    "commands": {"books", "marking", "running", "returning", "sealing"},
}
RULES_AND_SCHEDULES = {"course_lib.optimizers", "course_lib.schedules"}


def modules(folder):
    """Return the Python files of one of our packages."""
    return sorted((ROOT / folder).rglob("*.py"))


def notebooks():
    """Return the lessons."""
    return sorted((ROOT / "solutions").glob("*/*.ipynb"))


def imported(source, package=""):
    """Return the modules that Python source imports, as dotted names.

    Args:
        source: the text.
        package: the package that relative imports start from.

    Example:
        >>> sorted(imported("import numpy as np\\nfrom course_lib import losses\\nfrom . import x", "tests"))
        ['course_lib', 'course_lib.losses', 'numpy', 'tests', 'tests.x']
    """
    found = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*parents, *filter(None, [node.module])])
            # `from course_lib import losses` opens course_lib.losses, if that is a module.
            found |= {module} | {f"{module}.{alias.name}" for alias in node.names}
    return found


def imported_by(path):
    """Return what a file of ours imports."""
    package = ".".join(path.relative_to(ROOT).parent.parts)
    return imported(path.read_text(encoding="utf-8"), package)


def tops(names):
    """Return the distributions' import names, without the standard library."""
    return {name.partition(".")[0] for name in names} - STANDARD


def named(path):
    """Return a file's name for a test's id."""
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("path", modules("course_lib"), ids=named)
def test_library_imports_numpy_alone(path):
    """Does course_lib import numpy, the standard library and itself, and only plotting draw?"""
    allowed = {"numpy", "course_lib"}
    if path.name == "plotting.py":
        allowed |= {"matplotlib", "ipywidgets", "IPython", "PIL"}
    assert tops(imported_by(path)) <= allowed


@pytest.mark.parametrize("path", modules("course_lib"), ids=named)
def test_topics_know_no_training_and_no_plotting(path):
    """Does nothing but the lessons' own tools, training and plotting, import training or plotting?"""
    if path.name not in ("training.py", "plotting.py"):
        assert not imported_by(path) & {"course_lib.training", "course_lib.plotting"}


def test_training_knows_no_rule():
    """Does the training loop take its rule and its schedule as arguments?"""
    assert not imported_by(ROOT / "course_lib" / "training.py") & RULES_AND_SCHEDULES


@pytest.mark.parametrize("path", modules("autograde_tests"), ids=named)
def test_claims_import_the_library(path):
    """Do the claims and their engine import course_lib, and nothing of the grader?"""
    assert tops(imported_by(path)) & OURS <= {"course_lib", "autograde_tests"}
    assert tops(imported_by(path)) - OURS <= {"numpy", "pytest", "IPython", "nbformat"}


@pytest.mark.parametrize("path", modules("autograder"), ids=named)
def test_grader_imports_claims_and_nbgrader(path):
    """Does the grader import course_lib and the claims of ours, and no tests or tools?"""
    assert tops(imported_by(path)) & OURS <= {"course_lib", "autograde_tests", "autograder"}


@pytest.mark.parametrize("path", modules("autograder"), ids=named)
def test_no_room_of_the_grader_opens_onto_one_above_it(path):
    """Does a room import itself, the errors, and the rooms below it alone?"""
    inside = path.relative_to(ROOT / "autograder")
    if len(inside.parts) == 1:  # the errors, what a course calls, and the commands
        below = set(BELOW) if inside.name == "__main__.py" else {"configuration"}
    else:
        below = {inside.parts[0], *BELOW[inside.parts[0]]}
    opened = {name.split(".")[1] for name in imported_by(path) if name.startswith("autograder.")}
    assert opened - below <= {"errors", "__file__"}


@pytest.mark.parametrize("path", modules("tools"), ids=named)
def test_tools_import_nothing_of_ours(path):
    """Do the small programs over files import what reads these files, and nothing of ours?"""
    assert tops(imported_by(path)) <= {"nbformat", "nbgrader", "PIL"}


@pytest.mark.parametrize("path", modules("site"), ids=named)
def test_the_book_reads_lessons_and_judges_nothing(path):
    """Does the book import of ours the library, the claims, and of the grader only what starts a kernel?"""
    ours = {name for name in imported_by(path) if name.partition(".")[0] in OURS}
    assert {name for name in ours if name.startswith("autograder")} <= {
        "autograder.hooks.kernels",
        "autograder.hooks.kernels.PrivateKernelManager",
    }
    assert tops(ours) <= {"course_lib", "autograde_tests", "autograder", "tools"}


def test_nothing_imports_the_book():
    """Do the rooms below stand without it?"""
    for room in ("course_lib", "autograde_tests", "autograder", "tools"):
        for path in modules(room):
            assert "book" not in tops(imported_by(path)), named(path)


@pytest.mark.parametrize("path", notebooks(), ids=named)
def test_notebooks_import_what_students_know(path):
    """Does a lesson import numpy, matplotlib, ipywidgets, course_lib, and what all lessons know beside?"""
    cells = nbformat.read(path, as_version=4).cells
    names = imported("\n".join(cell.source for cell in cells if cell.cell_type == "code"))
    assert tops(names) <= {"numpy", "matplotlib", "ipywidgets", "course_lib", "autograde_tests"}
    ours = {name for name in names if name.startswith("autograde_tests")}
    known = {f"autograde_tests.{name}" for name in ("check", "grade", "progress")}
    assert ours <= {"autograde_tests", *known}


@pytest.mark.parametrize("path", notebooks(), ids=named)
def test_notebooks_take_no_private_name(path):
    """Does a lesson take only public names from course_lib?"""
    cells = nbformat.read(path, as_version=4).cells
    names = imported("\n".join(cell.source for cell in cells if cell.cell_type == "code"))
    assert not [name for name in names if "._" in name]
