"""The verdict on one submission: each exercise examined, each item ended, the notebook's outputs written."""

import contextlib
import traceback
import warnings
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from autograde_tests.engine import judge, messages
from autograde_tests.engine.exercises import Exercise
from autograde_tests.engine.student import Outcome
from autograder.errors import SealError
from autograder.marking import budgets, seeds
from autograder.marking.lessons import Lesson
from autograder.marking.rebuilding import Rebuilt
from autograder.marking.submissions import Submission
from autograder.sealing.remote import RemoteAnswerer
from autograder.sealing.sandboxes import Sandbox

NOTE = "autograder"  # the key of what is ours in an output's metadata
MAX_TEXT = 4_000
JUDGE_SECONDS = 20.0  # CPU time of ours that one item may cost, and once more what is told of it
VISIBLE_SECONDS = 30.0
VISIBLE_RESTARTS = 3
SECONDS_TO_EXPLAIN = 0.3
# How an item ended on hidden numbers, where the visible ones may show why.
MAY_SHOW = {"wrong", "error", "missing"}
OUR_FAULT = "This is a fault of the grader's, not yours."
SPENT = {
    "time": "what came back cost the judge more than {seconds:.0f} s of computing",
    "memory": "what came back does not fit into the judge's memory",
}


@dataclass(frozen=True)
class Item:
    """How one exercise ended.

    Attributes:
        exercise: Its name.
        points: What it earned, or None where a fault of ours left it ungraded.
        max_points: What it could earn.
        ended: "ok", "wrong", "error", "time", "memory", "crash", "protocol", "missing",
            "unreadable" or "fault" (ours).
        text: What the student is told.
        hint: The name of the misconception recognised, or "".
        claims: Claim → whether it holds.
    """

    exercise: str
    points: float | None
    max_points: float
    ended: str
    text: str
    hint: str = ""
    claims: dict[str, bool] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return what the journal keeps."""
        return asdict(self)


@dataclass(frozen=True)
class Verdict:
    """All items of a submission, and what each answer cell printed."""

    items: tuple[Item, ...]
    printed: dict[str, str]

    @property
    def faults(self) -> list[Item]:
        """The items that we, not the student, failed to grade."""
        return [item for item in self.items if item.points is None]


def decide(lesson: Lesson, rebuilt: Rebuilt, submission: Submission, sandbox: Sandbox, key: bytes) -> Verdict:
    """Judge a submission.

    Args:
        lesson: A `Lesson`.
        rebuilt: The submission in the lesson's frame.
        submission: As it was read; says whether it could be.
        sandbox: A `sandboxes.Sandbox` of the lesson.
        key: The course's secret.

    Returns:
        A `Verdict`. Student code cannot make this raise.

    Raises:
        SealError: If the sandbox is gone.
    """
    if submission.unreadable:
        items = [
            Item(name, 0.0, points, "unreadable", f"✗ {name}: {rebuilt.notes[0]}")
            for name, points in lesson.points.items()
        ]
        return Verdict(tuple(items), {})
    exercises = lesson.examined()
    for exercise in exercises.values():
        exercise.misconceptions  # noqa: B018 - imported now, at nobody's cost
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with RemoteAnswerer(sandbox, rebuilt.cells) as answerer:
            printed = _run_cells(answerer)
            judged = []
            for exercise in exercises.values():
                with _answerer(sandbox, rebuilt, exercise.name, answerer) as theirs:
                    judged.append(_item(lesson, exercise, theirs, key))
        items = _with_what_the_visible_show(judged, lesson, sandbox, rebuilt)
    return Verdict(tuple(items), printed)


def reports(
    lesson: Lesson, rebuilt: Rebuilt, sandbox: Sandbox, key: bytes, names: Iterable[str]
) -> dict[str, judge.Report | str]:
    """Ask again what was asked for the points, and keep all of it: for the instructor alone.

    Args:
        lesson: A `Lesson`.
        rebuilt: The submission in the lesson's frame.
        sandbox: A `sandboxes.Sandbox` of the lesson.
        key: The course's secret.
        names: Of the exercises to ask.

    Returns:
        Exercise → the judge's report, or a sentence where there is none.

    Raises:
        SealError: If the sandbox is gone.
    """
    found: dict[str, judge.Report | str] = {}
    asked, public = lesson.examined(told=True), lesson.exercises()
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with RemoteAnswerer(sandbox, rebuilt.cells) as answerer:
            _run_cells(answerer)
            for exercise in (asked[name] for name in names):
                with _answerer(sandbox, rebuilt, exercise.name, answerer) as theirs:
                    theirs.begin(exercise.seconds)
                    try:
                        with budgets.cpu_seconds(JUDGE_SECONDS):
                            numbers = seeds.numbers(key, exercise)
                            report = judge.examine(exercise, theirs, numbers, name_misconceptions=False)
                            found[exercise.name] = _recognised(report, public[exercise.name], theirs)
                    except (budgets.BudgetSpent, MemoryError) as spent:
                        theirs.close()
                        ended = "memory" if isinstance(spent, MemoryError) else "time"
                        found[exercise.name] = _spent(exercise, lesson.points[exercise.name], ended).text
    return found


def _answerer(
    sandbox: Sandbox, rebuilt: Rebuilt, exercise: str, shared: RemoteAnswerer
) -> contextlib.AbstractContextManager[RemoteAnswerer]:
    """Return what answers for an exercise: almost always what answers for all."""
    apart = rebuilt.apart.get(exercise)
    if apart is None:
        return contextlib.nullcontext(shared)
    return RemoteAnswerer(sandbox, apart, budget=shared.seconds_left())


def _run_cells(answerer: RemoteAnswerer) -> dict[str, str]:
    """Run the cells, and keep what they printed before they, or what is left of them, saw a hidden number."""
    try:
        with budgets.cpu_seconds(JUDGE_SECONDS):
            answerer.start()
    except (budgets.BudgetSpent, MemoryError):
        answerer.close()
    return {cell_id: _told(outcome) for cell_id, outcome in answerer.cells.items()}


def _item(
    lesson: Lesson, exercise: Exercise, answerer: RemoteAnswerer, key: bytes
) -> tuple[Item, judge.Report | None]:
    """Judge one exercise on hidden numbers; return the item and what may still be recognised."""
    full = lesson.points[exercise.name]
    answerer.begin(exercise.seconds)
    try:
        with budgets.cpu_seconds(JUDGE_SECONDS):
            numbers = seeds.numbers(key, exercise)
            report = judge.examine(exercise, answerer, numbers, name_misconceptions=False)
            text = messages.render(report, inputs=False)
    except (budgets.BudgetSpent, MemoryError) as spent:
        answerer.close()  # we may have stopped in the middle of a message
        return _spent(exercise, full, "memory" if isinstance(spent, MemoryError) else "time"), None
    except SealError:
        raise
    except Exception as error:
        return Item(exercise.name, None, full, "fault", _fault(exercise, error)), None
    points = report.points_of(full)
    claims = {claim.name: claim.passed for claim in report.claims}
    return Item(exercise.name, points, full, report.ended, clipped(text), claims=claims), report


def _spent(exercise: Exercise, full: float, ended: str) -> Item:
    reason = SPENT[ended].format(seconds=JUDGE_SECONDS)
    advice = "Return values of the size that is asked for, and call what is passed in no more than needed."
    text = f"✗ {exercise.name}: {reason}. {advice}"
    return Item(
        exercise.name, 0.0, full, ended, text, claims={claim.name: False for claim in exercise.claims}
    )


def _fault(exercise: Exercise, error: Exception) -> str:
    if isinstance(error, judge.JudgeError):
        reason = f"{error} ({error.__cause__})"
    else:
        reason = "".join(traceback.format_exception(error)[-3:])
    return f"{exercise.name} could not be graded: {reason}"


def _with_what_the_visible_show(
    judged: list[tuple[Item, judge.Report | None]], lesson: Lesson, sandbox: Sandbox, rebuilt: Rebuilt
) -> list[Item]:
    """Tell what `check` would say, where its visible numbers show the fault.

    They are put to a worker that has never met a hidden number: whatever it returns, raises or prints, it can
    tell none. A misconception is looked for there too, and only where nothing shows among the hidden numbers.
    """
    sources, exercises = dict(rebuilt.cells), lesson.exercises()
    blank = {name for name, stub in lesson.stubs.items() if sources.get(name) == stub}
    asked = {
        item.exercise
        for item, _ in judged
        if item.ended in MAY_SHOW and not (item.ended == "missing" and f"{item.exercise}-answer" in blank)
    }
    limits: dict[str, Any] = {"budget": VISIBLE_SECONDS, "restarts": VISIBLE_RESTARTS}
    with RemoteAnswerer(sandbox, rebuilt.cells, **limits) as answerer:
        told = []
        for item, report in judged:
            shown = None
            if item.exercise in asked:
                with _answerer(sandbox, rebuilt, item.exercise, answerer) as theirs:
                    shown = _with_what_it_shows(item, exercises[item.exercise], theirs)
            told.append(shown or _with_what_is_recognised(item, exercises[item.exercise], report))
    return told


def _with_what_it_shows(item: Item, exercise: Exercise, answerer: RemoteAnswerer) -> Item | None:
    answerer.begin(exercise.seconds)
    try:
        with budgets.cpu_seconds(JUDGE_SECONDS):
            numbers = judge.fixed_numbers(exercise)
            report = judge.examine(exercise, answerer, numbers, name_misconceptions=False)
            if report.passed:
                return None
            report = judge.recognised(report, answerer, SECONDS_TO_EXPLAIN)
            return _saying(item, report, messages.render(report))
    except (budgets.BudgetSpent, MemoryError):
        answerer.close()
        return None
    except SealError:
        raise
    except Exception as error:
        return replace(item, points=None, ended="fault", text=_fault(exercise, error))


def _with_what_is_recognised(item: Item, exercise: Exercise, report: judge.Report | None) -> Item:
    """Name the misconception among the hidden numbers."""
    if report is None or report.passed:
        return item
    try:
        with budgets.cpu_seconds(JUDGE_SECONDS):
            report = _recognised(report, exercise)
            return _saying(item, report, messages.render(report, inputs=False))
    except (budgets.BudgetSpent, MemoryError):
        return item
    except Exception as error:
        return replace(item, points=None, ended="fault", text=_fault(exercise, error))


def _recognised(
    report: judge.Report, public: Exercise, answerer: RemoteAnswerer | None = None
) -> judge.Report:
    """Return a report with what its public claims alone let recognise."""
    asked = len(public.claims)  # they come first
    known = judge.recognised(
        replace(report, exercise=public, claims=report.claims[:asked], calls=report.calls[:asked]), answerer
    )
    return replace(report, hint=known.hint, seen=known.seen)


def _saying(item: Item, report: judge.Report, text: str) -> Item:
    return replace(item, text=clipped(text), hint=report.hint.name if report.hint else "")


def _told(outcome: Outcome) -> str:
    """What running an answer cell left to show: its output, or how it failed."""
    text = outcome.printed
    if outcome.ended != "ok":
        reason = f"{outcome.error.type_name}: {outcome.error.message}" if outcome.error else outcome.ended
        line = f"\n    {outcome.error.line}" if outcome.error and outcome.error.line else ""
        text += f"\nThis cell did not run to its end ({reason}).{line}"
    return clipped(text)


def clipped(text: str) -> str:
    """Cut a text at the limit and take out what is not printable."""
    text = "".join(character for character in text if character.isprintable() or character in "\n\t")
    return text if len(text) <= MAX_TEXT else text[:MAX_TEXT] + "\n… (cut)"


def write_outputs(notebook: dict, verdict: Verdict, lesson: Lesson) -> None:
    """Write a verdict into the notebook, as nbgrader and the pages read it.

    The text goes into `display_data`, with the claims in its metadata; the points, and nothing else, into an
    `execute_result`.

    Args:
        notebook: A rebuilt notebook, a dict; it is changed.
        verdict: A `Verdict` without faults in the cells to be written.
        lesson: The lesson; its claims give the questions.
    """
    items, asked = {item.exercise: item for item in verdict.items}, lesson.examined()
    for number, cell in enumerate(notebook["cells"], start=1):
        if cell["cell_type"] != "code":
            continue
        grade_id = cell["metadata"].get("nbgrader", {}).get("grade_id")
        if verdict.printed.get(grade_id, "").strip():
            cell["outputs"] = [{"output_type": "stream", "name": "stdout", "text": verdict.printed[grade_id]}]
        if grade_id in items:
            cell["execution_count"] = number
            cell["outputs"] = _outputs(items[grade_id], number, asked[grade_id])


def _outputs(item: Item, number: int, exercise: Exercise) -> list[dict[str, Any]]:
    # The reason of a fault is for the instructor: it may hold hidden numbers.
    said = f"{item.exercise} could not be graded yet. {OUR_FAULT}" if item.points is None else item.text
    text = {"output_type": "display_data", "data": {"text/plain": said}, "metadata": _told_of(item, exercise)}
    if item.points is None:
        return [text]
    points = {"text/plain": repr(float(item.points))}
    result = {"output_type": "execute_result", "data": points, "metadata": {}, "execution_count": number}
    return [text, result]


def _told_of(item: Item, exercise: Exercise) -> dict[str, Any]:
    """Return what a page shows beside the text: each claim's question, whether it holds, the hint's name."""
    if item.points is None or item.claims is None:
        return {}
    questions = {claim.name: claim.question for claim in exercise.claims}
    claims = [[questions[name], held] for name, held in item.claims.items()]
    return {NOTE: {"claims": claims, "hint": item.hint.replace("_", " ")}}
