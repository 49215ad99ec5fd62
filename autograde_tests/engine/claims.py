"""What a claim says: `agrees` with the reference, `holds` as a property.

A claim is a pytest function of `(student, rng)`.  It fails by raising `ClaimFailed`, which carries what a
tutor would want to say: the sentence, what was expected, what came back and how far the two are apart.
"""

import numbers
from typing import Any

import numpy as np

RELATIVE_TOLERANCE = {np.dtype(np.float16): 1e-2, np.dtype(np.float32): 1e-4}
DEFAULT_RELATIVE_TOLERANCE = 1e-9


class ClaimFailed(AssertionError):
    """A claim about a student's function does not hold.

    Attributes:
        sentence: what is wrong, in one sentence that gives no number away.
        detail: what may follow it where the numbers are no secret.
        expected: the reference's value, or None where there is none to show.
        got: the student's value.
        relative_error: the largest one, or None where it has no meaning.
        whole: what was compared, of which `got` may be an item, or None.
    """

    whole: Any = None

    def __init__(
        self,
        sentence: str,
        *,
        detail: str = "",
        expected: Any = None,
        got: Any = None,
        relative_error: float | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.detail = detail
        self.expected = expected
        self.got = got
        self.relative_error = relative_error

    def __str__(self) -> str:
        return f"{self.sentence} {self.detail}".rstrip()


def holds(condition: Any, sentence: str, detail: str = "") -> None:
    """Fail with `sentence` unless `condition` is true.

    Args:
        condition: what should be true.
        sentence: what is said where it is not; it gives no hidden number away.
        detail: a second sentence, with numbers, which feedback on hidden numbers leaves out.

    Raises:
        ClaimFailed: if the condition is false.
    """
    if not condition:
        raise ClaimFailed(sentence, detail=detail)


def agrees(got: Any, expected: Any, *, rtol: float | None = None, because: str = "") -> None:
    """Fail unless `got` is what the reference answered, up to rounding.

    Tuples, lists and named tuples are compared by position, dicts by key, arrays by shape, floating type
    and value.  NaN agrees with NaN, infinity with the same infinity.

    Args:
        got: the student's value.
        expected: the reference's value.
        rtol: relative tolerance; by default 1e-9, or 1e-4 where the reference is float32.
        because: a sentence that follows the difference.

    Raises:
        ClaimFailed: if the two differ; it names where and by how much.
    """
    problem = difference(got, expected, rtol=rtol)
    if problem is not None:
        problem.whole = got
        if because:
            problem.sentence = f"{problem.sentence} {because}"
        raise problem


def difference(
    got: Any, expected: Any, *, rtol: float | None = None, where: str = "The value"
) -> ClaimFailed | None:
    """Compare two values as `agrees` does.

    Returns:
        None where they agree, else the `ClaimFailed` that says how they differ.
    """
    if isinstance(expected, dict):
        return _difference_of_dicts(got, expected, rtol, where)
    if isinstance(expected, (tuple, list)):
        return _difference_of_sequences(got, expected, rtol, where)
    if expected is None or isinstance(expected, str | bool | np.bool_):
        return _difference_of_labels(got, expected, where)
    return _difference_of_numbers(got, expected, rtol, where)


def kind(value: Any) -> str:
    """Say in words what a value is: "an array of shape (3, 4)", "a tuple of 2"."""
    if value is None:
        return "None"
    if isinstance(value, np.ndarray):
        noun = "an array" if value.dtype.kind in "fiu" else f"an array of {value.dtype}"
        return f"{noun} of shape {value.shape}"
    if isinstance(value, tuple | list | dict):
        return f"a {type(value).__name__} of {len(value)}"
    if isinstance(value, bool | np.bool_):
        return "a bool"
    if isinstance(value, complex | np.complexfloating):
        return "a complex number"
    if isinstance(value, numbers.Number | np.generic):
        return "a number"
    if isinstance(value, str):
        return "a string"
    if callable(value):
        return "a function"
    name = type(value).__name__
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def _difference_of_labels(got: Any, expected: Any, where: str) -> ClaimFailed | None:
    if expected is None:
        same = got is None
    elif isinstance(expected, str):
        same = isinstance(got, str) and got == expected
    else:
        same = isinstance(got, bool | np.bool_) and bool(got) == bool(expected)
    if same:
        return None
    return ClaimFailed(f"{where} should be {expected!r}.", expected=expected, got=got)


def _difference_of_sequences(got: Any, expected: Any, rtol: float | None, where: str) -> ClaimFailed | None:
    if not isinstance(got, tuple | list) or len(got) != len(expected):
        return ClaimFailed(f"{where} should be {kind(expected)}, but it is {kind(got)}.")
    names = getattr(expected, "_fields", None)
    for index, (item, reference) in enumerate(zip(got, expected, strict=True)):
        whole = "the result" if where == "The value" else where[0].lower() + where[1:]
        inside = f"`{names[index]}` of {whole}" if names else f"Item {index} of {whole}"
        problem = difference(item, reference, rtol=rtol, where=inside)
        if problem is not None:
            return problem
    return None


def _difference_of_dicts(got: Any, expected: Any, rtol: float | None, where: str) -> ClaimFailed | None:
    if not isinstance(got, dict):
        return ClaimFailed(f"{where} should be a dict, but it is {kind(got)}.", expected=expected, got=got)
    if set(got) != set(expected):
        keys = ", ".join(map(repr, expected))
        return ClaimFailed(f"{where} should have the keys {keys}.", expected=expected, got=got)
    for key, reference in expected.items():
        problem = difference(got[key], reference, rtol=rtol, where=f"The entry {key!r}")
        if problem is not None:
            return problem
    return None


def _difference_of_numbers(got: Any, expected: Any, rtol: float | None, where: str) -> ClaimFailed | None:
    wanted = np.asarray(expected)
    is_number = isinstance(got, np.ndarray | np.generic | numbers.Number) and not isinstance(got, bool)
    if not is_number or (wanted.ndim > 0 and not isinstance(got, np.ndarray)):
        return ClaimFailed(f"{where} should be {kind(expected)}, but it is {kind(got)}.")
    have = np.asarray(got)
    if have.shape != wanted.shape:
        return ClaimFailed(
            f"{where} should have shape {wanted.shape}, but it has shape {have.shape}.",
            expected=expected,
            got=got,
        )
    if have.dtype.kind not in "fiuc" or (have.dtype.kind == "c" and wanted.dtype.kind != "c"):
        return ClaimFailed(
            f"{where} should hold real numbers, but it holds {have.dtype}.", expected=expected, got=got
        )
    typed = isinstance(expected, np.ndarray | np.generic) and isinstance(got, np.ndarray | np.generic)
    if typed and have.dtype.kind == "f" and wanted.dtype.kind == "f" and have.dtype != wanted.dtype:
        return ClaimFailed(
            f"{where} should keep the type {wanted.dtype}, but it is {have.dtype}.",
            expected=expected,
            got=got,
        )
    if rtol is None:
        rtol = RELATIVE_TOLERANCE.get(wanted.dtype, DEFAULT_RELATIVE_TOLERANCE)
    errors = _relative_errors(have, wanted)
    if not errors.size or errors.max() <= rtol:
        return None
    entry = ""
    if errors.size > 1:
        index = tuple(int(i) for i in np.unravel_index(errors.argmax(), errors.shape))
        digits = digits_for(errors.max())
        pair = f"{wanted[index]:.{digits}g} expected, got {have[index]:.{digits}g}"
        entry = f"The entry {list(index)} is the farthest off: {pair}."
    return ClaimFailed(
        f"{where} is not what the formula gives.",
        detail=entry,
        expected=expected,
        got=got,
        relative_error=float(errors.max()),
    )


def digits_for(relative_error: float | None) -> int:
    """How many digits show that two numbers differ: 6, or more where they differ by less."""
    return 6 if relative_error is None or relative_error > 1e-5 else 12


def _relative_errors(have: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Relative to the larger entry of the pair, but not finer than rounding of the largest entry."""
    have, wanted = (array.astype(complex if array.dtype.kind == "c" else float) for array in (have, wanted))
    with np.errstate(all="ignore"):
        same = (have == wanted) | (np.isnan(have) & np.isnan(wanted))
        gap = np.where(same, 0.0, np.abs(have - wanted))
        finite = np.abs(wanted[np.isfinite(wanted)])
        floor = 1e-6 * (finite.max() if finite.size else 0.0)
        error = np.where(same, 0.0, gap / np.maximum(np.maximum(np.abs(have), np.abs(wanted)), floor))
    return np.where(np.isnan(error), np.inf, error)
