"""What `check` says: as a good tutor would, readable without colour."""

import itertools
import math
import reprlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograde_tests.engine.claims import digits_for
from autograde_tests.engine.judge import ClaimResult, Report
from autograde_tests.engine.student import Call, named_arguments

WIDTH = 88
THRESHOLD, EDGE = 12, 2  # of longer arrays, two entries at each end of an axis
MAX_CORNERS = 64
MAX_SHOWN = 100  # values in one container, all levels together
MAX_BITS = 600
MAX_TEXT = 200
MAX_ARRAY = 3_000
MAX_VALUE = 4_000
MAX_SENTENCE = 1_000
MAX_MESSAGE = 12_000

ON_HIDDEN_NUMBERS = {
    "wrong": "On numbers that are not shown, what came back is not what is asked.",
    "error": "On numbers that are not shown, a call raised an exception.",
    "time": "A call did not come back in time: does a loop in it never end?",
    "memory": "A call asked for more memory than there is: does an array in it grow without bound?",
    "crash": "A call ended the whole Python process.",
    "protocol": "A call returned something that is neither a number, an array, text nor a list of these.",
}


def render(report: Report, *, inputs: bool = True) -> str:
    """Write a report as text.

    Args:
        report: a `Report` of the judge.
        inputs: whether to show what was passed in, expected, returned, raised and printed. Feedback on hidden
            numbers does not: it holds nothing that the student's process can choose, but how a claim ended
            and which misconception answers alike, both from lists of ours.

    Returns:
        The message, without a trailing newline; its length is bounded.
    """
    name = report.exercise.name
    held = sum(claim.passed for claim in report.claims)
    if report.passed:
        lines = [f"✓ {name}: all {held} claims hold."]
    elif report.ended == "missing" and inputs:
        return f"✗ {name}: {_shortened(_first_failure(report).problem.sentence, MAX_SENTENCE)}"
    elif report.ended == "missing":
        return f"✗ {name}: `{name}` is not written yet."
    else:
        claim = _first_failure(report)
        lines = [f"✗ {name}: {held} of {len(report.claims)} claims hold.", "", claim.question]
        lines += _explanation(claim, report) if inputs else [f"  {ON_HIDDEN_NUMBERS[claim.ended]}"]
    if report.hint:
        lines += ["", f"Hint ({report.hint.name.replace('_', ' ')}): {report.hint.text}"]
    if inputs:
        lines += ["", report.seen] if report.seen else []
        lines += _by_the_way(report)
    return _shortened("\n".join(lines), MAX_MESSAGE)


def render_claims(report: Report) -> str:
    """Write every claim of a report with the numbers that were used: for whoever may see them.

    Args:
        report: a `Report` of the judge.

    Returns:
        Text, its length bounded; for each claim its question, and its last call with what came back.
    """
    lines = []
    for claim in report.claims:
        lines += [f"{'✓' if claim.passed else '✗'} {claim.question}"]
        if not claim.passed:
            lines += [*_explanation(claim, report), ""]
        elif claim.call is not None and claim.call.outcome is not None:
            returned = value_as_text(claim.call.outcome.value)
            lines += [*_call(claim.call, report.exercise.reference), f"  got        {returned}", ""]
    return _shortened("\n".join([*lines, *_by_the_way(report)]).rstrip(), len(report.claims) * MAX_MESSAGE)


def _first_failure(report: Report) -> ClaimResult:
    return next(claim for claim in report.claims if not claim.passed)


def _explanation(claim: ClaimResult, report: Report) -> list[str]:
    problem = claim.problem
    lines = [f"  {_shortened(problem.sentence, MAX_SENTENCE)}"]
    if problem.detail:
        lines.append(f"  {_shortened(problem.detail, MAX_SENTENCE)}")
    if claim.call is not None:
        lines += ["", *_call(claim.call, report.exercise.reference)]
        digits = digits_for(problem.relative_error)
        if problem.expected is not None:
            lines += [f"  expected   {value_as_text(problem.expected, digits)}"]
        if problem.expected is not None or problem.got is not None:
            lines += [f"  got        {value_as_text(problem.got, digits)}"]
    if problem.relative_error is not None:
        lines += [f"  relative error {problem.relative_error:.2g}"]
    return lines


def _by_the_way(report: Report) -> list[str]:
    lines = []
    if report.printed:
        lines += ["", f"By the way: your function printed {_shortened(report.printed.strip())!r}."]
    return lines + [
        f"By the way: numpy or Python warned: {_shortened(text, MAX_SENTENCE)}" for text in report.warned[:3]
    ]


def _call(call: Call, reference: Callable[..., Any]) -> list[str]:
    """The call, with short values in place and arrays below it."""
    arguments = named_arguments(reference, call.args, call.kwargs)
    inline, below = [], []
    for name, value in arguments.items():
        text = value_as_text(value)
        if isinstance(value, np.ndarray) or "\n" in text or len(text) > 24:
            inline.append(name)
            below.append(f"    {name} = {text}")
        else:
            inline.append(f"{name}={text}")
    return [f"  called     {call.name}({', '.join(inline)})", *below]


def value_as_text(value: Any, digits: int = 6) -> str:
    """Write a value on few short lines; of a large one a piece, whatever its rank, depth or length.

    A long array shows its shape, first and last entries.
    """
    return _shortened(_as_text(value, digits, itertools.count(1)), MAX_VALUE)


def _as_text(value: Any, digits: int, shown: Iterator[int]) -> str:
    """Write a value; `shown` counts what has been written, so that a nest of lists ends."""
    if next(shown) > MAX_SHOWN:
        return "…"
    if isinstance(value, np.ndarray):
        return _array_as_text(value, digits)
    if isinstance(value, np.random.Generator):
        return "a Generator"
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        named = itertools.islice(zip(value._fields, value, strict=False), MAX_SHOWN)
        inner = ", ".join(f"{name}={_as_text(item, digits, shown)}" for name, item in named)
        return f"{type(value).__name__}({inner})"
    if isinstance(value, tuple | list):
        opening, closing = "()" if isinstance(value, tuple) else "[]"
        inner = ", ".join(_as_text(item, digits, shown) for item in value[:4])
        more = ", …" if len(value) > 4 else "," if len(value) == 1 and opening == "(" else ""
        return f"{opening}{inner}{more}{closing}"
    if isinstance(value, dict):
        pairs = itertools.islice(value.items(), 8)
        inner = ", ".join(f"{_plain(key)}: {_as_text(item, digits, shown)}" for key, item in pairs)
        return f"{{{inner}{', …' if len(value) > 8 else ''}}}"
    if isinstance(value, float | np.floating):
        return f"{float(value):.{digits}g}"
    if callable(value):
        return "a function"
    return _plain(value)


def _array_as_text(array: np.ndarray, digits: int) -> str:
    kind = "" if array.dtype == np.float64 else f" {array.dtype}"
    shape = f"  (shape {array.shape}{kind})" if array.ndim else kind
    # numpy shows two entries at both ends of every axis: of many axes, nearly all there are.
    corners = math.prod(min(length, 2 * EDGE) for length in array.shape)
    if array.size > THRESHOLD and corners > MAX_CORNERS:
        first, last = (
            ", ".join(f"{entry:.{digits}g}" if array.dtype.kind == "f" else _plain(entry) for entry in piece)
            for piece in (array.flat[:EDGE], array.flat[-EDGE:])
        )
        return f"{first}, …, {last}{shape}"
    text = np.array2string(
        array, precision=digits - 1, threshold=THRESHOLD, edgeitems=EDGE, max_line_width=WIDTH
    )
    return _shortened(text.replace("\n", "\n" + " " * 13), MAX_ARRAY) + shape


def _plain(value: Any) -> str:
    """Write what is no container, from a piece of it where it is long."""
    if isinstance(value, int) and value.bit_length() > MAX_BITS:
        return f"an integer of {value.bit_length()} bits"
    if isinstance(value, str | bytes | bytearray):
        return _shortened(repr(value[:MAX_TEXT]) if len(value) > MAX_TEXT else repr(value))
    if isinstance(value, set | frozenset):
        return _shortened(reprlib.repr(value))
    return _shortened(repr(value))


def _shortened(text: str, limit: int = MAX_TEXT) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
