"""Rebuild, don't sanitise: the instructor's notebook with the source text of the student's answers in it."""

import re
from dataclasses import dataclass, field

from autograde_tests.engine import carrying, finding
from autograder.marking.lessons import Lesson
from autograder.marking.submissions import Submission

# Markdown may hold HTML, and a marker's browser shows it, in Formgrader and in feedback: nothing in an answer
# may become a tag, a link or a MathJax macro that writes HTML.
LINK = re.compile(r"\]\s*(?=[(\[:])")
MATHJAX_HTML = re.compile(
    r"\\(?=(?:href|url|style|class|cssId|data|require|texttip|tooltip|unicode|mmlToken|html\w*|includegraphics"
    r"|def|let|gdef|edef|newcommand|renewcommand|newenvironment|Declare\w*|csname|char)\b)",
    re.IGNORECASE,
)

ANSWER = "-answer"  # the end of the id of a cell in which an exercise is answered
RUBRIC_HEADING = "**Model answer and rubric** (not part of what was handed in)"


@dataclass(frozen=True)
class Rebuilt:
    """A submission in the instructor's frame.

    Attributes:
        notebook: A dict as in a notebook's JSON.
        cells: `(id, source)` of the imports cell, of the code answers, and of what these need from the
            student's other cells, in the notebook's order: all that is run.
        notes: What was odd about the submission, a sentence each.
        apart: Exercise → the cells that are run for it alone, where a name means one thing for it and another
            for a later one.
    """

    notebook: dict
    cells: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    apart: dict[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)


def rebuild(lesson: Lesson, submission: Submission) -> Rebuilt:
    """Put a student's answers into the released notebook, and below each free response its rubric.

    Args:
        lesson: A `Lesson`.
        submission: A `Submission`; where an answer is missing, the stub stays.

    Returns:
        A `Rebuilt`.
    """
    notebook, notes = lesson.fresh_notebook(), [*submission.notes]
    exercised = [grade_id for grade_id in lesson.code_answers if grade_id.endswith(ANSWER)]
    names = [grade_id.removesuffix(ANSWER) for grade_id in exercised]
    found = finding.answers_of(submission.cells, names, lesson.imports[1])
    shown, missing, stubs, above = [], [], [], ""
    for cell in notebook["cells"]:
        grade_id, stub = cell["metadata"].get("nbgrader", {}).get("grade_id"), cell["source"]
        if grade_id in exercised:
            cell["source"] = found.texts.get(grade_id, stub)
            if grade_id not in found.texts:
                missing.append(grade_id)
                stubs.append((grade_id, stub))
        elif grade_id in (*lesson.code_answers, *lesson.text_answers):
            texts, note = finding.text_answer(submission.cells, grade_id, stub, above)
            text = _chosen(texts, stub)
            cell["source"] = text if cell["cell_type"] == "code" else inert_markdown(text, stub)
            missing += [] if texts else [grade_id]
            notes += [note] if note else []
            notes += [f"The cell {grade_id} is there {len(texts)} times; the last was graded."] * (
                len(texts) > 1
            )
        above = stub
        shown.append(cell)
        if lesson.rubrics.get(grade_id):
            shown.append(_rubric(grade_id, lesson.rubrics[grade_id]))
    notebook["cells"] = shown
    if submission.unreadable:
        notes = [f"The submitted file could not be graded. {submission.unreadable}"]
    else:
        notes = [*notes, *found.notes, *([f"Cells are missing: {', '.join(missing)}."] if missing else [])]
    first = (lesson.imports, *stubs)
    cells = (*first, *carrying.carried(found.cells))
    apart = {name: (*first, *cells) for name, cells in carrying.carried_apart(found.cells).items()}
    return Rebuilt(notebook, cells, tuple(notes), apart)


def _rubric(grade_id: str, text: str) -> dict:
    """Return a cell that nbgrader keeps no books of, for the marker and for feedback."""
    return {
        "cell_type": "markdown",
        "id": f"{grade_id[:57]}-rubric",
        "metadata": {"deletable": False, "editable": False},
        "source": f"{RUBRIC_HEADING}\n\n{text}",
    }


def _chosen(texts: list[str], stub: str) -> str:
    """Return the text to grade: the last one that is not the stub."""
    written = [text for text in texts if text.strip() != stub.strip()]
    return (written or [stub])[-1]


def inert_markdown(text: str, stub: str = "") -> str:
    """Make a free-response answer safe to render.

    Args:
        text: Markdown from a student.
        stub: The released text; it is returned as it is, so that nbgrader sees that nothing was written.

    Returns:
        Markdown in which no HTML, link, image or HTML-writing macro is alive.

    Example:
        >>> inert_markdown("a < b, <script>alert(1)</script> and [x](javascript:alert(1))")
        'a &lt; b, &lt;script>alert(1)&lt;/script> and [x]\\\\(javascript:alert(1))'
    """
    if text == stub:
        return text
    text = text.replace("<", "&lt;").replace("://", ":&#47;/")
    text = LINK.sub(lambda match: match.group().rstrip() + "\\", text)
    return MATHJAX_HTML.sub(r"\\backslash ", text)
