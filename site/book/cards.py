"""Each exercise as a card: the task, the stub, hints, the solution, its claims, and what others wrote."""

import ast
import functools
import inspect
import re
import textwrap

import nbformat
from nbformat.v4 import new_markdown_cell

from autograde_tests.engine import exercises
from book.lessons import ROOT, LessonFailed

LAST_HEADING = re.compile(r".*^#{1,6} [^\n]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
HINTS = re.compile(r"(?:<details><summary>.*?</summary>.*?</details>\s*)+", re.DOTALL)
HINT = re.compile(r"<details><summary>(.*?)</summary>(.*?)</details>", re.DOTALL)
ANSWER_AND_RUBRIC = re.compile(
    r"(?P<question>.*)### BEGIN SOLUTION\n(?P<answer>.*?)(?P<rubric>^\*\*Rubric.*)### END SOLUTION",
    re.DOTALL | re.MULTILINE,
)


def exercise_cards(name, notebook):
    """Make a card of each exercise; its test cell, which asks what the card tells, goes.

    Raises:
        LessonFailed: an exercise has no test, no hints, no claims or no misconceptions, or is not released.
    """
    asked = {exercise.name: exercise for exercise in asked_in(name)}
    for cell in list(notebook.cells):
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("solution"):
            exercise = cell.id.removesuffix("-answer")
            if exercise not in asked:
                raise LessonFailed(f"{name}: the exercise {exercise} has no claims")
            card(name, notebook, asked[exercise])


def asked_in(name):
    """Return a lesson's exercises, each with claims and misconceptions.

    Raises:
        LessonFailed: one has none.
    """
    try:
        asked = exercises.of_lesson(name)
    except LookupError:
        return ()
    except ValueError as error:
        raise LessonFailed(f"{name}: {error}") from error
    for exercise in asked:
        for what in ("claims", "misconceptions"):
            if not getattr(exercise, what):
                raise LessonFailed(f"{name}: the exercise {exercise.name} has no {what}")
    return asked


def card(name, notebook, exercise):
    """Put one exercise's card in the place of its answer, its test and its hints."""
    ids = [cell.id for cell in notebook.cells]
    if exercise.name not in ids:
        raise LessonFailed(f"{name}: the exercise {exercise.name} has no test cell")
    first, test = ids.index(f"{exercise.name}-answer"), ids.index(exercise.name)
    task, below = notebook.cells[first - 1], notebook.cells[test + 1]
    hints = HINTS.match(below.source)
    if not hints:
        raise LessonFailed(f"{name}: the exercise {exercise.name} has no hints right below its test cell")
    opening = opened(label(exercise), f"Exercise {exercise.name}", exercise.points)
    task.source = after_the_heading(task.source, opening)
    parts = [
        code(released(name)[f"{exercise.name}-answer"]),
        *(folded("hint", *hint.groups()) for hint in HINT.finditer(hints[0])),
        folded("solution", "Show the solution", code(without_docstring(notebook.cells[first].source))),
        folded("claims", f"What <code>check({exercise.name})</code> asks", claims(exercise)),
        folded("mistakes", f"What others wrote: {len(exercise.misconceptions)} mistakes", mistakes(exercise)),
        "</div>",
    ]
    below.source = below.source[hints.end() :]
    notebook.cells[first : test + 1] = [new_markdown_cell("\n\n".join(parts), id=exercise.name)]


def question_cards(name, notebook):
    """Make a card of the question in the reader's own words: the model answer and the rubric are folded away.

    Raises:
        LessonFailed: it has no model answer or no rubric.
    """
    for before, cell in zip(notebook.cells, notebook.cells[1:], strict=False):
        grading = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "markdown" or not (grading.get("grade") and grading.get("solution")):
            continue
        found = ANSWER_AND_RUBRIC.fullmatch(cell.source.rstrip())
        if not found:
            raise LessonFailed(f"{name}: the question {cell.id} has no model answer, or no rubric below it")
        opening = opened(f"question-{name[:2]}", "Question in your own words", grading["points"])
        question = found["question"]
        if question.strip():
            question = after_the_heading(question, opening)
        else:
            before.source = after_the_heading(before.source, opening)
        answer = folded("solution", "Show a model answer", found["answer"])
        rubric = folded("claims", "Show what it is marked by", found["rubric"])
        cell.source = "\n\n".join([question, answer, rubric, "</div>"])


def label(exercise):
    """Return what other pages call an exercise's card."""
    return f"exercise-{exercise.name.replace('_', '-')}"


def opened(name, title, points):
    """Return the beginning of a card, which other pages can link to by its name."""
    unit = "point" if points == 1 else "points"
    return (
        f'({name})=\n<div class="card-of-exercise" id="{name}" role="group" aria-label="{title}">\n'
        f'<p class="points">{points:g} {unit}</p>'
    )


def after_the_heading(text, opening):
    """Return a text with a card's beginning put right below its last heading; at its top if it has none.

    Example:
        >>> after_the_heading("Before.\\n\\n### Exercise 1\\n\\nDo it.", "OPEN")
        'Before.\\n\\n### Exercise 1\\n\\n\\nOPEN\\n\\nDo it.'
        >>> after_the_heading("Do it.", "OPEN")
        'OPEN\\n\\nDo it.'
    """
    heading = LAST_HEADING.match(text)
    above, below = (heading[0] + "\n\n", text[heading.end() :]) if heading else ("", text)
    return f"{above}{opening}\n\n{below.strip()}"


def folded(kind, summary, text):
    """Return a text that unfolds below its summary."""
    return f'<details class="{kind}"><summary>{summary}</summary>\n\n{text.strip()}\n\n</details>'


def code(source):
    """Return Python source as Markdown shows it."""
    return f"```python\n{source.strip()}\n```"


@functools.cache
def released(name):
    """Return the cells' sources of a lesson as students get it, by id.

    Raises:
        LessonFailed: it has not been released.
    """
    path = ROOT / "notebooks" / name / f"{name}.ipynb"
    if not path.exists():
        raise LessonFailed(f"{name}: has no released notebook: `make release` makes it")
    return {cell.id: cell.source for cell in nbformat.read(path, as_version=4).cells}


def without_docstring(source):
    """Return a function's source without its decorators and its docstring.

    Example:
        >>> print(without_docstring("@wrong\\ndef f(x):\\n    'Do.'\\n    # why\\n    return x"))
        def f(x):
            # why
            return x
    """
    source = textwrap.dedent(source)
    (function,) = ast.parse(source).body
    lines, docstring = source.splitlines(), function.body[0]
    if ast.get_docstring(function) is not None:
        del lines[docstring.lineno - 1 : docstring.end_lineno]
    return "\n".join(lines[function.lineno - 1 :])


def claims(exercise):
    """Return an exercise's claims as a list of questions."""
    return "\n".join(f"- {' '.join(claim.question.split())}" for claim in exercise.claims)


def mistakes(exercise):
    """Return an exercise's misconceptions as a list: name, hint, and the wrong code folded away."""
    return "\n\n".join(
        f"- {mistake(wrong)}\n\n"
        + textwrap.indent(folded("wrong", "Its code", code(without_docstring(source_of(wrong)))), "  ")
        for wrong in exercise.misconceptions
    )


def mistake(wrong):
    """Return a misconception's name and hint on one line."""
    name = wrong.name.replace("_", " ")
    return f"**{name[0].upper()}{name[1:]}.** {wrong.hint}"


def source_of(wrong):
    """Return a misconception's source text."""
    return inspect.getsource(wrong.function)


def mistakes_page(notebooks):
    """Return a page with what students get wrong, by lesson and exercise.

    Args:
        notebooks: the lessons, by name.

    Returns:
        Markdown; each exercise links to its card.
    """
    asked = {name: asked_in(name) for name in notebooks}
    total = sum(len(exercise.misconceptions) for found in asked.values() for exercise in found)
    parts = [
        "# What students get wrong about optimization",
        f"{total} mistakes, each with the hint that mends it. "
        "They are wrong versions of the lessons' exercises, and `check` knows them by what they compute: "
        "it names the one that answers as yours does. "
        "Each heading leads to the exercise, where the code of its mistakes can be unfolded.",
    ]
    for name, found in asked.items():
        parts.append(f"#{notebooks[name].cells[0].source.splitlines()[0]}")
        for exercise in found:
            parts += [
                f"### [`{exercise.name}`](#{label(exercise)})",
                exercise.summary,
                "\n".join(f"- {mistake(wrong)}" for wrong in exercise.misconceptions),
            ]
    return "\n\n".join(parts) + "\n"
