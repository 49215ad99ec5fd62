"""What `check` says: as a good tutor would, readable without colour."""

import numbers

import numpy as np

from autograde_tests.engine.claims import digits_for
from autograde_tests.engine.student import named_arguments

WIDTH = 88


def render(report, *, inputs=True):
    """Write a report as text.

    Args:
        report: a `Report` of the judge.
        inputs: whether to show what was passed in, expected and printed; feedback on hidden numbers does not.

    Returns:
        The message, without a trailing newline.
    """
    name = report.exercise.name
    held = sum(claim.passed for claim in report.claims)
    if report.passed:
        lines = [f"✓ {name}: all {held} claims hold."]
    elif report.ended == "missing":
        return f"✗ {name}: {_first_failure(report).problem.sentence}"
    else:
        lines = [f"✗ {name}: {held} of {len(report.claims)} claims hold."]
        lines += _explanation(_first_failure(report), report, inputs)
    if report.hint:
        lines += ["", f"Hint ({report.hint.name.replace('_', ' ')}): {report.hint.text}"]
    if report.printed and inputs:
        lines += ["", f"By the way: your function printed {_shortened(report.printed.strip())!r}."]
    if inputs:
        lines += [f"By the way: numpy or Python warned: {text}" for text in report.warned[:3]]
    return "\n".join(lines)


def _first_failure(report):
    return next(claim for claim in report.claims if not claim.passed)


def _explanation(claim, report, inputs):
    problem = claim.problem
    lines = ["", claim.question, f"  {problem.sentence}"]
    if inputs and problem.detail:
        lines.append(f"  {problem.detail}")
    if inputs and claim.call is not None:
        lines += ["", *_call(claim.call, report.exercise.reference)]
        digits = digits_for(problem.relative_error)
        if problem.expected is not None:
            lines += [f"  expected   {value_as_text(problem.expected, digits)}"]
        if problem.expected is not None or problem.got is not None:
            lines += [f"  got        {value_as_text(problem.got, digits)}"]
    if inputs and problem.relative_error is not None:
        lines += [f"  relative error {problem.relative_error:.2g}"]
    return lines


def _call(call, reference):
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


def value_as_text(value, digits=6):
    """Write a value on few short lines; a long array shows its shape, first and last entries."""
    if isinstance(value, np.ndarray):
        text = np.array2string(value, precision=digits - 1, threshold=12, edgeitems=2, max_line_width=WIDTH)
        indented = text.replace("\n", "\n" + " " * 13)
        kind = "" if value.dtype == np.float64 else f" {value.dtype}"
        return f"{indented}  (shape {value.shape}{kind})" if value.ndim else f"{indented}{kind}"
    if isinstance(value, np.random.Generator):
        return "a Generator"
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        inner = ", ".join(
            f"{name}={value_as_text(item, digits)}" for name, item in zip(value._fields, value, strict=True)
        )
        return f"{type(value).__name__}({inner})"
    if isinstance(value, tuple | list):
        opening, closing = "()" if isinstance(value, tuple) else "[]"
        shown = ", ".join(value_as_text(item, digits) for item in value[:4])
        more = ", …" if len(value) > 4 else "," if len(value) == 1 and opening == "(" else ""
        return f"{opening}{shown}{more}{closing}"
    if isinstance(value, float | np.floating):
        return f"{float(value):.{digits}g}"
    if isinstance(value, numbers.Number | str | None):
        return _shortened(repr(value))
    if isinstance(value, dict):
        shown = ", ".join(f"{key!r}: {value_as_text(item, digits)}" for key, item in list(value.items())[:8])
        return f"{{{shown}{', …' if len(value) > 8 else ''}}}"
    if callable(value):
        return "a function"
    return _shortened(repr(value))


def _shortened(text, limit=200):
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
