"""Each rule of lesson_rules.py accepts a sound lesson and complains about one that is broken in its way."""

import json
import re
from dataclasses import replace
from types import SimpleNamespace

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests import lesson_rules
from tests.lesson_rules import Lesson, pictures, syntax
from tools.normalise_notebook import canonical

TITLE = """# Halving

After this lesson you can halve a number.
It takes 5 minutes."""

ANSWER = '''def half(x, *, times=1):
    """Halve a number.

    Args:
        x: number.
        times: how often.

    Returns:
        The number.
    """
    ### BEGIN SOLUTION
    factor = 2**times
    return x / factor
    ### END SOLUTION'''

TEST = """check(half)
### BEGIN HIDDEN TESTS
grade(half)
### END HIDDEN TESTS"""

ESSAY = """Why two?

### BEGIN SOLUTION
Because a half is one of two.

Rubric: one point for the word half.
### END SOLUTION"""

SIGHT = """def sight(function):
    return plotting.interactive(function, "A line.", x=[1, 2])


sight(float)"""

CLOSING = """## Summary

- Halves are parts.

## What the notes get wrong

Nothing.

## Going further

Euclid and others (1956)."""


def half(x, *, times=1):
    """Halve a number.

    Args:
        x: number.
        times: how often.
    """
    factor = 2**times
    return x / factor


def cell(kind, name, source, **grading):
    """Return a cell, graded where `grading` says how."""
    metadata = {}
    if grading:
        metadata["nbgrader"] = {"grade_id": name, "schema_version": 3, "task": False} | grading
    new = {"code": new_code_cell, "markdown": new_markdown_cell}[kind]
    return new(source, id=name, metadata=metadata)


def folded(name, source):
    """Return a code cell that JupyterLab shows as a bar to unfold."""
    return new_code_cell(source, id=name, metadata={"jupyter": {"source_hidden": True}})


@pytest.fixture
def lesson():
    """A lesson that keeps every rule."""
    cells = [
        cell("markdown", "title", TITLE),
        cell("code", "imports", "from autograde_tests import check, grade"),
        cell("markdown", "sight-intro", "Move it."),
        folded("sight", SIGHT),
        cell("markdown", "sight-seen", "It moved."),
        cell("markdown", "half-prose", "A half of 3 is 1.5. ![a circle cut in two](circle.png)"),
        cell("code", "half-answer", ANSWER, grade=False, solution=True, locked=False),
        cell("code", "half", TEST, grade=True, solution=False, locked=True, points=2),
        cell("markdown", "half-hints", "<details><summary>A nudge</summary>Divide.</details>"),
        cell("markdown", "why", ESSAY, grade=True, solution=True, locked=False, points=1),
        cell("code", "sight-own", "sight(half)"),
        *[cell("markdown", f"prose-{number}", "More.") for number in range(21)],
        cell("markdown", "closing", CLOSING),
    ]
    exercise = SimpleNamespace(name="half", points=2, reference=half)
    # SimpleNamespace is not hashable, and an exercise is.
    return Lesson("99_halving", new_notebook(cells=cells), (Hashable(**vars(exercise)),))


class Hashable(SimpleNamespace):
    """A namespace that can be a key, as an exercise can."""

    __hash__ = object.__hash__


@pytest.fixture
def release(lesson):
    """What nbgrader makes of it."""
    notebook = nbformat.from_dict(lesson.notebook)
    released = nbformat.reads(nbformat.writes(notebook), as_version=4)
    for each in released.cells:
        text = re.sub(r"### BEGIN SOLUTION.*?### END SOLUTION", "@", each.source, flags=re.DOTALL)
        text = text.replace("@", lesson_rules.STUB if each.cell_type == "code" else lesson_rules.TEXT_STUB)
        each.source = re.sub(r"\n### BEGIN HIDDEN.*### END HIDDEN TESTS", "", text, flags=re.DOTALL)
    return replace(lesson, notebook=released, source=lesson.notebook)


def edit(name, old, new):
    """Return a change to a lesson: replace text in one cell."""

    def change(lesson):
        (found,) = [each for each in lesson.cells if each.id == name]
        assert old in found.source
        found.source = found.source.replace(old, new)

    return change


def grading(name, **values):
    """Return a change to a lesson: other nbgrader metadata of one cell."""

    def change(lesson):
        (found,) = [each for each in lesson.cells if each.id == name]
        found.metadata.nbgrader.update(values)

    return change


def unfolded(name):
    """Return a change to a lesson: the code of one cell is in sight."""

    def change(lesson):
        (found,) = [each for each in lesson.cells if each.id == name]
        found.metadata.clear()

    return change


def without(name):
    """Return a change to a lesson: one cell less."""

    def change(lesson):
        lesson.notebook.cells = [each for each in lesson.cells if each.id != name]

    return change


def moved(name, place):
    """Return a change to a lesson: one cell elsewhere."""

    def change(lesson):
        (found,) = [each for each in lesson.cells if each.id == name]
        lesson.cells.remove(found)
        lesson.cells.insert(place, found)

    return change


def unasked(name):
    """Return a change to a lesson: one cell begins with the model answer, and code stands before it."""

    def change(lesson):
        edit(name, "Why two?\n\n", "")(lesson)
        moved(name, 4)(lesson)

    return change


def output(name):
    """Return a change to a lesson: one cell has an output."""

    def change(lesson):
        (found,) = [each for each in lesson.cells if each.id == name]
        found.outputs = [nbformat.v4.new_output("stream", text="2.0")]

    return change


BREAKS = [
    ("opens_with_title_goals_and_minutes", edit("title", "# Halving", "Halving")),
    ("opens_with_title_goals_and_minutes", edit("title", "you can halve", "one halves")),
    ("opens_with_title_goals_and_minutes", edit("title", "5 minutes", "a while")),
    ("imports_in_the_second_cell_alone", edit("half", "check(half)", "import math\ncheck(half)")),
    ("imports_in_the_second_cell_alone", edit("imports", "from autograde_tests import check, grade", "1")),
    ("imports_in_the_second_cell_alone", moved("imports", 4)),
    ("closes_with_summary_corrections_and_outlook", edit("closing", "## Summary", "## In short")),
    ("closes_with_summary_corrections_and_outlook", edit("closing", "- Halves", "Halves")),
    ("closes_with_summary_corrections_and_outlook", edit("closing", "(1956)", "(long ago)")),
    ("is_one_sitting_long", lambda lesson: lesson.cells.extend(lesson.cells * 2)),
    ("is_one_sitting_long", lambda lesson: lesson.cells.__delitem__(slice(8, 20))),
    ("one_picture_carries_the_idea", without("sight-seen")),
    ("one_picture_carries_the_idea", without("sight-own")),
    ("one_picture_carries_the_idea", edit("sight-own", "sight(half)", "half(2)")),
    ("one_picture_carries_the_idea", edit("sight", "plotting.interactive", "print")),
    ("one_picture_carries_the_idea", unfolded("sight")),
    ("code_cells_are_short", edit("imports", "from", "x = 1\n" * 15 + "from")),
    ("code_cells_are_short", edit("sight", "sight(float)", "x = 1\n" * 40)),
    ("code_cells_are_short", edit("half-answer", "    factor", "    y = 1\n" * 18 + "    factor")),
    ("prose_uses_plain_words", edit("half-prose", "A half", "Simply, a half")),
    ("pictures_in_the_text_have_alt_text", edit("half-prose", "a circle cut in two", " ")),
    ("what_unfolds_is_markdown", edit("half-hints", "Divide", "\nDivide by `2`")),
    ("readers_ask_before_the_lesson_does", edit("half-hints", "<details>", "### You may ask\n<details>")),
    ("readers_ask_before_the_lesson_does", edit("closing", "## Summary", "## You may ask\n\n## Summary")),
    ("pictures_in_the_text_have_alt_text", edit("half-prose", "A half", '<img src="x" alt=""> A half')),
    ("every_exercise_has_its_cells", without("half")),
    ("every_exercise_has_its_cells", without("half-answer")),
    ("every_exercise_has_its_cells", moved("half-answer", 8)),
    ("every_exercise_has_its_cells", lambda lesson: object.__setattr__(lesson, "exercises", ())),
    ("exercises_are_introduced_and_hinted", without("half-hints")),
    ("exercises_are_introduced_and_hinted", moved("half-hints", 12)),
    ("exercises_are_introduced_and_hinted", moved("sight", 5)),
    ("checks_are_seen_and_grades_hidden", edit("half", "grade(half)", "grade(halve)")),
    ("checks_are_seen_and_grades_hidden", edit("half", "check(half)\n", "")),
    ("checks_are_seen_and_grades_hidden", grading("half", points=3)),
    ("checks_are_seen_and_grades_hidden", grading("half", locked=False)),
    ("checks_are_seen_and_grades_hidden", grading("half", grade_id="third")),
    ("answer_cells_hold_one_marked_solution", edit("half-answer", "### END SOLUTION", "")),
    ("answer_cells_hold_one_marked_solution", edit("half-answer", "def half", "x = 1\ndef half")),
    (
        "answer_cells_hold_one_marked_solution",
        edit("half-answer", "    factor", "    ### END SOLUTION\n    factor"),
    ),
    ("answer_cells_hold_one_marked_solution", grading("half-answer", locked=True)),
    ("answer_cells_hold_one_marked_solution", grading("half-answer", grade_id="answer")),
    ("solutions_equal_references", edit("half-answer", "x / factor", "x * factor")),
    ("solutions_equal_references", edit("half-answer", "times=1", "times=2")),
    ("stubs_say_what_references_say", edit("half-answer", "        times: how often.\n", "")),
    ("stubs_say_what_references_say", edit("half-answer", "    Returns:\n", "")),
    ("essays_have_a_model_answer_and_a_rubric", edit("why", "Rubric", "Remark")),
    ("essays_have_a_model_answer_and_a_rubric", edit("why", "### BEGIN SOLUTION", "")),
    ("essays_have_a_model_answer_and_a_rubric", unasked("why")),
    ("essays_have_a_model_answer_and_a_rubric", grading("why", points=0)),
]

RELEASE_BREAKS = [
    ("nothing_hidden_is_left", edit("half", "check(half)", "check(half)\n### BEGIN HIDDEN TESTS")),
    ("nothing_hidden_is_left", output("half")),
    ("answers_are_stubs", edit("half-answer", lesson_rules.STUB, "return x / 2")),
    ("answers_are_stubs", edit("half-answer", '    """Halve', '    x = """Halve')),
    ("checks_stand_alone", edit("half", "check(half)", "check(half)\ngrade(half)")),
    ("essays_are_empty", edit("why", lesson_rules.TEXT_STUB, "")),
    ("solutions_appear_nowhere", edit("half-prose", "A half", "factor = 2**times\nA half")),
]


def numbered(breaks):
    """Return a test's name for each way to break a rule."""
    return [f"{name}-{number}" for number, (name, _) in enumerate(breaks)]


@pytest.mark.parametrize("rule", lesson_rules.RULES, ids=lambda rule: rule.__name__)
def test_sound_lesson_keeps_each_rule(rule, lesson):
    """Does no rule complain about a lesson that keeps them all?"""
    assert list(rule(lesson)) == []


@pytest.mark.parametrize("rule", lesson_rules.RELEASE_RULES, ids=lambda rule: rule.__name__)
def test_sound_release_keeps_each_rule(rule, release):
    """Does no rule complain about a release that keeps them all?"""
    assert list(rule(release)) == []


@pytest.mark.parametrize(("name", "change"), BREAKS, ids=numbered(BREAKS))
def test_broken_lesson_breaks_its_rule(name, change, lesson):
    """Does the rule complain when a lesson breaks it?"""
    change(lesson)
    assert list(getattr(lesson_rules, name)(lesson))


@pytest.mark.parametrize(("name", "change"), RELEASE_BREAKS, ids=numbered(RELEASE_BREAKS))
def test_broken_release_breaks_its_rule(name, change, release):
    """Does the rule complain when a release breaks it?"""
    change(release)
    assert list(getattr(lesson_rules, name)(release))


def test_every_rule_is_broken_once():
    """Is there a broken lesson for each rule?"""
    named = {rule.__name__ for rule in lesson_rules.RULES + lesson_rules.RELEASE_RULES}
    assert named == {name for name, _ in BREAKS + RELEASE_BREAKS}


def test_syntax_leaves_out_what_is_not_the_formula():
    """Are docstring, decorator and annotations left out of the comparison, and nothing else?"""
    bare = syntax("def f(x, y=1):\n    return x + y")
    assert bare == syntax('@g\ndef f(x: int, y: float = 1) -> int:\n    """Add."""\n    return x + y')
    inner = "def f(x):\n    def g({}):\n        return y\n    return g(x)"
    assert syntax(inner.format("y")) == syntax(inner.format("y: int").replace("int):", "int) -> int:"))
    assert bare != syntax("def f(x, y=2):\n    return x + y")
    assert bare != syntax("def f(x, y=1):\n    return y + x")


def test_pictures_need_alt_text_in_metadata_or_html():
    """Is a figure found with and without alt text, as data and as HTML?"""
    bare = {"data": {"image/png": "…"}, "metadata": {}}
    said = {"data": {"image/png": "…"}, "metadata": {"image/png": {"alt": "a ravine"}}}
    html = {"data": {"text/html": '<div aria-label="a path"><img src="x"></div>'}}
    mute = {"data": {"text/html": '<img src="x">'}}
    assert [alt for _, alt in pictures([bare, said, html, mute])] == [False, True, True, False]


def test_canonical_form_keeps_what_an_author_wrote(lesson):
    """Are outputs and foreign metadata dropped, and ids, sources, grading, tags and folds kept?"""
    first, imports = lesson.cells[:2]
    first.metadata.update(tags=["intro"], collapsed=True, jupyter={"outputs_hidden": True})
    imports.update(execution_count=3, outputs=[nbformat.v4.new_output("stream", text="2.0")])
    lesson.notebook.metadata.update(widgets={}, kernelspec={"name": "mine", "display_name": "Mine"})

    text = canonical(nbformat.writes(lesson.notebook))
    after = nbformat.reads(text, as_version=4)

    assert canonical(text) == text
    assert text.endswith("}\n")
    assert set(after.metadata) == {"kernelspec", "language_info"}
    assert after.metadata.kernelspec.name == "python3"
    assert after.cells[0].metadata == {"tags": ["intro"]}
    assert (after.cells[1].outputs, after.cells[1].execution_count) == ([], None)
    assert [(each.id, each.source) for each in after.cells] == [
        (each.id, each.source) for each in lesson.cells
    ]
    (before,), (answer,) = [
        [each for each in cells if each.id == "half-answer"] for cells in (lesson.cells, after.cells)
    ]
    assert answer.metadata.nbgrader == before.metadata.nbgrader
    assert [each.id for each in after.cells if "jupyter" in each.metadata] == ["sight"]


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda notebook: notebook.update(nbformat_minor=4), "format 4.4, not 4.5"),
        (lambda notebook: notebook.cells[2].update(id="Half Prose"), "no readable id"),
        (lambda notebook: notebook.cells[2].update(id="title"), "same id: title"),
    ],
    ids=["old format", "unreadable id", "id twice"],
)
def test_canonical_form_refuses_what_has_no_stable_ids(spoil, said, lesson):
    """Is a notebook without stable, readable, different ids refused in a sentence?"""
    spoil(lesson.notebook)
    with pytest.raises(ValueError, match=said):
        canonical(json.dumps(lesson.notebook))


def test_canonical_form_refuses_what_is_no_notebook():
    """Is text that is no notebook refused in a sentence?"""
    with pytest.raises(ValueError, match="is no notebook"):
        canonical("{")
