"""One submission, a value: what was handed in goes in, all that is to be written comes out."""

import json
from dataclasses import dataclass
from typing import Any

from autograder.errors import SealError
from autograder.marking import figures, rebuilding, verdicts
from autograder.marking.lessons import Lesson
from autograder.marking.submissions import Submission
from autograder.marking.verdicts import Item
from autograder.sealing.sandboxes import Sandbox


@dataclass(frozen=True)
class Marked:
    """A marked submission.

    Attributes:
        items: How each exercise ended.
        notebook: The graded notebook, as the text of its file.
        scores: Grade id → points; None for a person to give, or where a fault of ours left it ungraded.
        unanswered: Ids of the answer cells that are as they were released.
        notes: What was odd about the submission, a sentence each.
    """

    items: tuple[Item, ...]
    notebook: str
    scores: dict[str, float | None]
    unanswered: frozenset[str]
    notes: tuple[str, ...]

    @property
    def faults(self) -> list[Item]:
        """The items that we, not the student, failed to grade."""
        return [item for item in self.items if item.points is None]


def mark(
    lesson: Lesson, submission: Submission, key: bytes, sandbox: Sandbox, drawing: Sandbox | None = None
) -> Marked:
    """Mark one submission.

    Args:
        lesson: The lesson that was handed in.
        submission: What was read of it.
        key: The course's secret, which the numbers are drawn from.
        sandbox: Where the student's text runs.
        drawing: Where the lesson's figures are drawn with the student's functions, if they are wanted.

    Returns:
        A `Marked`.

    Raises:
        SealError: If the sandbox is lost.
    """
    rebuilt = rebuilding.rebuild(lesson, submission)
    verdict = verdicts.decide(lesson, rebuilt, submission, sandbox, key)
    scores, unanswered = _scores(lesson, rebuilt.notebook, verdict)
    verdicts.write_outputs(rebuilt.notebook, verdict, lesson)
    if drawing is not None and not submission.unreadable:
        figures.write_outputs(rebuilt.notebook, _draw(lesson, rebuilt, drawing))
    text = json.dumps(rebuilt.notebook, ensure_ascii=False, sort_keys=True) + "\n"
    return Marked(verdict.items, text, scores, unanswered, rebuilt.notes)


def _draw(lesson: Lesson, rebuilt: Any, drawing: Sandbox) -> dict:
    """Draw what can be drawn; a worker that is lost meanwhile costs figures and no points."""
    try:
        return figures.draw(lesson, rebuilt, drawing)
    except SealError:
        drawing.close()
        return {}


def _scores(lesson: Lesson, notebook: dict, verdict: verdicts.Verdict) -> tuple[dict, frozenset]:
    """Score every graded cell as nbgrader's `determine_grade` does."""
    answers = {_grade_id(cell): cell["source"] for cell in notebook["cells"]}
    unanswered = frozenset(name for name, stub in lesson.stubs.items() if answers[name] == stub)
    scores: dict[str, float | None] = {item.exercise: item.points for item in verdict.items}
    scores |= {name: 0.0 if name in unanswered else None for name in lesson.by_hand}
    return scores, unanswered


def _grade_id(cell: dict) -> str | None:
    return cell["metadata"].get("nbgrader", {}).get("grade_id")
