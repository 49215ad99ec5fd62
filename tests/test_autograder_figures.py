"""Figures drawn with a student's functions: only when asked, never for points, and nothing but pixels."""

import base64
import io
import json
import shutil
import time

import nbformat
import numpy as np
import pytest
from bs4 import BeautifulSoup
from PIL import Image

from autograde_tests.engine import exercises
from autograder import __main__ as command
from autograder import errors
from autograder.errors import SealError
from autograder.marking import figures, marked
from autograder.marking.lessons import Lesson
from autograder.marking.rebuilding import Rebuilt
from autograder.sealing import probe, remote, sandboxes
from tests.classroom import IMPORTS, LESSON, Classroom, solution_of
from tests.test_autograder_grade import rows

DRAWS_MOMENTUM = """\
from course_lib import objectives, training
valley = objectives.ravine(50.0)
walk = training.descend(momentum, valley, lr=0.05, steps=20, beta=0.8)
ax = plotting.contours(valley, xlim=(-11, 4), ylim=(-1.6, 1.6))
plotting.path(ax, walk.params, "momentum")
plotting.picture(ax, "A path that calms down.")
"""
DRAWS_A_LINE = """\
fig, ax = plt.subplots()
line, = ax.plot([0, 1], [0, 1])
plotting.animate(ax, lambda t: line.set_ydata([0, t]), [1, 2, 3], "A line that rises.")
"""
PRINTS = "print(np.ones(3))"
MOVES = """\
def draw(slope):
    fig, ax = plt.subplots()
    ax.plot([0, slope])
    return ax

plotting.interactive(draw, "A slope.", slope=[0.5, 1.0, 2.0])
"""
DRAWN = [DRAWS_MOMENTUM, DRAWS_A_LINE, PRINTS, MOVES]
TEXTS = ["A path that calms down.", "A line that rises.", "A slope. Here slope = 1."]
HOSTILE_ALT = "\" onload='alert(1)'><script>alert(1)</script>"
# Student code shares the worker with what draws: it can make the worker send what it likes.
LIES = """\
import sys
drawing = sys.modules["drawing"]
drawing.run = lambda *cell: {lie}
"""


@pytest.fixture(scope="module")
def sandbox():
    with sandboxes.Sandbox(
        [exercise.name for exercise in exercises.of_lesson(LESSON)], figures=True
    ) as sandbox:
        yield sandbox


def draw(sandbox, answer, cells, **options):
    """Draw the figures of a small lesson with one answer; return the outputs by position of the cell."""
    about = {"nbgrader": {"grade_id": "momentum-answer", "solution": True, "grade": False}}
    graded = {"nbgrader": {"grade_id": "momentum", "solution": False, "grade": True}}
    notebook = [{"cell_type": "code", "metadata": {}, "source": source} for source in [IMPORTS, *cells]]
    notebook.insert(1, {"cell_type": "code", "metadata": about, "source": answer})
    notebook.insert(2, {"cell_type": "code", "metadata": graded, "source": MOVES})
    imports = ("imports", IMPORTS)
    lesson = Lesson(LESSON, {}, imports, ("momentum-answer",), (), (), {}, {}, {})
    rebuilt = Rebuilt({"cells": notebook}, (imports, ("momentum-answer", answer)), ())
    return figures.draw(lesson, rebuilt, sandbox, **options)


def test_the_seal_holds_where_figures_are_drawn(sandbox):
    assert [finding for finding in probe.examine(sandbox) if not finding.holds] == []


def test_the_lessons_own_cells_are_drawn_and_what_fails_is_left_out(sandbox):
    right = solution_of(exercises.find("momentum"))
    drawn = draw(sandbox, right, ["%no python", *DRAWN])
    assert [page["data"]["text/plain"] for page in drawn.values()] == TEXTS
    assert list(drawn) == [4, 5, 7]  # not the graded cell, which stands at 2, and not the one that prints
    blank = draw(sandbox, "def momentum(*args, **kwargs):\n    raise NotImplementedError", DRAWN)
    assert [page["data"]["text/plain"] for page in blank.values()] == TEXTS[1:]


def test_a_reference_of_the_lesson_draws_nothing(sandbox):
    """Does the sealed course_lib stay without the exercises, where it can draw?"""
    uses_reference = DRAWS_MOMENTUM.replace(
        "valley = ", "from course_lib.optimizers import momentum\nvalley = ", 1
    )
    assert draw(sandbox, solution_of(exercises.find("momentum")), [uses_reference]) == {}


def test_pixels_become_a_png_that_shows_them():
    pixels = np.random.default_rng(0).integers(0, 256, size=(30, 40, 3), dtype=np.uint8)
    page = figures.picture([np.asfortranarray(pixels), 'A <b>figure</b> of "v"\x1b.'])
    assert page["output_type"] == "display_data"
    assert set(page["data"]) == {"image/png", "text/plain"}
    assert page["data"]["text/plain"] == 'A &lt;b&gt;figure&lt;/b&gt; of "v".'
    image = Image.open(io.BytesIO(base64.b64decode(page["data"]["image/png"])))
    assert image.format == "PNG"
    assert np.array_equal(np.asarray(image), pixels)


NOISE = np.random.default_rng(0).integers(0, 256, size=(900, 900, 3), dtype=np.uint8)


@pytest.mark.parametrize(
    "value",
    [
        None,
        "<img src=x onerror=alert(1)>",
        ["<script>alert(1)</script>", "alt"],
        [b"\x89PNG", "alt"],
        [np.zeros((4, 4, 3), np.uint8)],
        [np.zeros((4, 4, 3), np.uint8), 3],
        [np.zeros((4, 4, 3), np.uint8), "alt", "more"],
        [np.zeros((4, 4, 4), np.uint8), "alt"],
        [np.zeros((4, 4), np.uint8), "alt"],
        [np.zeros((4, 4, 3)), "alt"],
        [np.zeros((4, 4, 3), np.int8), "alt"],
        [np.zeros((0, 4, 3), np.uint8), "alt"],
        [np.zeros((1601, 1, 3), np.uint8), "alt"],
        [np.zeros((1, 2_000_000, 3), np.uint8), "alt"],
        [NOISE, "a PNG of more than a mebibyte"],
    ],
)
def test_what_is_no_picture_is_left_out(value):
    assert figures.picture(value) is None


@pytest.mark.parametrize(
    "lie",
    [
        '"<script>alert(1)</script>"',
        '["<script>alert(1)</script>", "alt"]',
        '[np.zeros((2, 5_000_000), np.uint8), "alt"]',
        '[np.zeros((1 << 28), np.uint8), "alt"]',
        '[np.array([None]), "alt"]',
        "1 / 0",
        "sys.exit()",
        "__import__('os')._exit(0)",
    ],
)
def test_a_worker_that_lies_shows_nothing(sandbox, lie):
    assert draw(sandbox, LIES.format(lie=lie), [MOVES]) == {}


def test_all_pictures_together_are_bounded(sandbox, monkeypatch):
    one = draw(sandbox, "", [MOVES])
    size = sum(len(page["data"]["image/png"]) for page in one.values())
    monkeypatch.setattr(figures, "MAX_BYTES_IN_ALL", 2 * size + 1)
    assert len(one) == 1
    assert len(draw(sandbox, "", [MOVES] * 4)) == 2


def test_the_budget_holds_and_what_was_drawn_before_is_kept(sandbox, monkeypatch):
    monkeypatch.setattr(remote, "CELL_SECONDS", 1.0)
    stubborn = """\
def momentum(*args, **kwargs):
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
"""
    begun = time.monotonic()
    drawn = draw(sandbox, stubborn, [MOVES, *[DRAWS_MOMENTUM] * 30, MOVES], budget=20.0)
    assert (
        time.monotonic() - begun < 15
    )  # the first endless cell costs the worker, and with it all the others
    assert list(drawn) == [3]

    endless = "def momentum(*args, **kwargs):\n    while True:\n        pass"
    begun = time.monotonic()
    drawn = draw(sandbox, endless, [*[DRAWS_MOMENTUM] * 30, MOVES], budget=4.0)
    assert time.monotonic() - begun < 10
    assert drawn == {}


def test_a_lost_parent_costs_figures_and_no_verdict(monkeypatch):
    class Lost:
        closed = False

        def close(self):
            self.closed = True

    def lost(*given):
        raise SealError("the sealed parent is gone")

    monkeypatch.setattr(figures, "draw", lost)
    drawing = Lost()
    assert marked._draw(None, None, drawing) == {}
    assert drawing.closed


def shown(classroom):
    """Return student → the texts of the images in the graded notebook, all checked to be PNG."""
    found = {}
    for path in sorted((classroom.directory / "autograded").rglob("*.ipynb")):
        texts = found.setdefault(path.parts[-3], [])
        for cell in nbformat.read(path, as_version=4).cells:
            for output in cell.get("outputs", []):
                kinds = set(output.get("data", {"text/plain": ""}))
                assert kinds <= {"text/plain", "image/png"}
                if "image/png" in kinds:
                    assert base64.b64decode(output["data"]["image/png"]).startswith(b"\x89PNG\r\n")
                    texts.append(output["data"]["text/plain"])
    return found


def test_figures_are_drawn_when_asked_and_never_change_a_verdict(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("AUTOGRADER_SECRET", "a secret of the tests")
    plain = Classroom(tmp_path / "plain")
    path = plain.directory / "solutions" / LESSON / f"{LESSON}.ipynb"
    notebook = nbformat.read(path, as_version=4)
    drawing = [nbformat.v4.new_code_cell(source, id=f"drawn-{at}") for at, source in enumerate(DRAWN)]
    notebook.cells[4:4] = drawing  # after the cells of the first exercise, momentum
    nbformat.write(notebook, path)
    plain.release()
    plain.submit("ada")
    plain.submit("bob", {"momentum-answer": None})
    plain.submit("eve", raw=b"{this is no JSON")
    hostile = LIES.format(lie="[np.zeros((9, 9, 3), np.uint8), HOSTILE_ALT]").replace(
        "HOSTILE_ALT", repr(HOSTILE_ALT)
    )
    plain.submit("mal", {"momentum-answer": hostile})
    asked = Classroom.__new__(Classroom)
    asked.directory = tmp_path / "asked"
    shutil.copytree(plain.directory, asked.directory)

    def grade(classroom, *options):
        status = command.main(
            ["grade", "--course", str(classroom.directory), "--json", "--workers", "1", *options]
        )
        assert status == errors.GRADED
        return json.loads(capsys.readouterr().out)

    grade(plain)
    assert shown(plain) == {"ada": [], "bob": [], "eve": [], "mal": []}
    grade(asked, "--figures")
    malicious = ["\" onload='alert(1)'&gt;&lt;script&gt;alert(1)&lt;/script&gt;"] * 4
    assert shown(asked) == {"ada": TEXTS, "bob": TEXTS[1:], "eve": [], "mal": malicious}
    assert rows(asked.directory) == rows(plain.directory)

    assert grade(asked, "--figures")["skipped"] == 4
    assert grade(asked)["skipped"] == 4  # nothing that was drawn is thrown away
    assert grade(plain, "--figures", "--students", "ada")["graded"] == 1
    assert shown(plain)["ada"] == TEXTS

    asked.run("nbgrader", "generate_feedback", LESSON, "--student", "mal")
    pages = {page.parts[-3]: page.read_text() for page in (asked.directory / "feedback").rglob("*.html")}
    images = BeautifulSoup(pages["mal"], "html.parser").find_all("img")
    assert len(images) == 4
    assert all(set(image.attrs) <= {"src", "alt", "class", "width", "height"} for image in images)
    assert "<script>alert" not in pages["mal"]
