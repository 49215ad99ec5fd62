"""What a wrong answer computes: sought among the formula and the known mistakes, each with one small change.

An explanation is a function that answers every recorded call as the student did: the reference or a known
misconception, with an argument changed on the way in (`beta` taken as 0, two arguments swapped) or the value
changed on the way out (the sign turned, twice as much). Fewest changes come first, and two at most. Whatever
is said is therefore what was seen, whether or not it is how the student came to it.
"""

import copy
import functools
import inspect
import itertools
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograde_tests.engine import mutation
from autograde_tests.engine.claims import difference
from autograde_tests.engine.exercises import Exercise
from autograde_tests.engine.student import Call, LocalAnswerer, named_arguments, replayed, snapshot

# A replay must agree with the student's answer more closely than a wrong formula would by chance.
SAME_ANSWER = 1e-6
NUDGE = 1e-9  # what an argument is changed by, to see whether rounding decides the answer
SECONDS_OF_A_REPLAY = 1.0
SECONDS = 1.0  # for the whole search
FEWEST_NUMBERS = 4  # that an explanation with a fitted number must meet
MOST_VARIATIONS = 12
FEWEST_CALLS = 2  # right ones, and wrong ones, that tell where an answer is right
FINE = 1e-9
MOST_CALLS = 12
NICE = {2.0: "twice", 0.5: "half", 3.0: "three times", 4.0: "four times", 0.25: "a quarter of"}

Values = dict[str, Any]


@dataclass(frozen=True)
class Change:
    """One small change.

    Attributes:
        sentence: how a tutor would say it, after "You answer as if".
        of: arguments → changed arguments, or value and arguments → changed value.
    """

    sentence: str
    of: Callable[..., Any]


class Unchanged(Exception):
    """A change that does not apply to these arguments or this value."""


def explain(exercise: Exercise, answerer: Any, calls: Sequence[Call], seconds: float = SECONDS) -> str:
    """Say what a wrong answer computes; failing that, what it does not use, or where it is right.

    Args:
        exercise: what was asked.
        answerer: what answered, and can be asked further.
        calls: the student's calls of the exercise's function.
        seconds: how long to look, in processor time: a hint does not depend on what else the machine does.

    Returns:
        One or two sentences, or "" where nothing was found.
    """
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            search = _Search(exercise, answerer, calls, seconds)
            if not search.wrong:
                return ""
            found = next(search.found(), "")
            if found or search.is_of_another_form:
                return found  # the message says of which form
            return _unused(exercise, answerer, calls) or search.where()
        except MemoryError:
            raise
        except Exception:  # a value so odd that it cannot even be compared: there is nothing to say of it
            return ""


def variations(exercise: Exercise, calls: Sequence[Call]) -> Iterator[tuple[str, Call, Call]]:
    """Yield the argument that differs, a recorded call, and a further one near it that may tell apart more.

    One argument of each differs: an entry is zero, all entries are tiny or turned round, a number is half or
    three times as large. Only what the reference takes is asked. Of calls with the same arguments, of as many
    axes, the first is varied.
    """
    forms: dict[tuple[Any, ...], tuple[Call, Values]] = {}
    reference = LocalAnswerer({exercise.name: exercise.reference}, seconds=SECONDS_OF_A_REPLAY)
    for call in calls:
        named = named_arguments(exercise.reference, call.args, call.kwargs)
        form = tuple(
            (name, _kind(value), np.ndim(value) if _kind(value) else 0) for name, value in named.items()
        )
        forms.setdefault(form, (call, named))
    queues = [list(_varied(call, named)) for call, named in forms.values()]
    made = 0
    for found in (one for round_ in itertools.zip_longest(*queues) for one in round_ if one is not None):
        if _ended_well(replayed(found[2], reference)):
            made += 1
            yield found
        if made == MOST_VARIATIONS:
            return


def _varied(call: Call, named: Values) -> Iterator[tuple[str, Call, Call]]:
    arrays = [pair for pair in named.items() if _kind(pair[1]) == "array"]
    others = [pair for pair in named.items() if _kind(pair[1]) != "array"]
    in_turn = itertools.chain.from_iterable(itertools.zip_longest(others, arrays))
    for name, value in filter(None, in_turn):
        changed: list[Any] = []
        if isinstance(value, np.ndarray) and value.dtype.kind == "f" and value.size:
            zero = value.copy()
            zero.flat[0] = 0
            changed = [zero, value * value.dtype.type(1e-6), np.ascontiguousarray(np.flip(value))]
        elif _kind(value) == "number":
            changed = [value / 2, 3 * value]
        elif _kind(value) == "whole":
            changed = [value + 1, 10 * value + 3]
        for other in changed:
            yield name, call, _called_with(call, {**named, name: other})


def nudged(exercise: Exercise, call: Call) -> Call:
    """Return a further call whose arguments are larger by a billionth, which changes next to nothing."""
    named = named_arguments(exercise.reference, call.args, call.kwargs)
    return _called_with(call, {name: _nudged(value) for name, value in named.items()})


def _nudged(value: Any) -> Any:
    if isinstance(value, float):
        return value * (1 + NUDGE)
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return value * value.dtype.type(1 + max(NUDGE, 4 * np.finfo(value.dtype).eps))
    return value


def _unused(exercise: Exercise, answerer: Any, calls: Sequence[Call]) -> str:
    """Name an argument that makes no difference to the student's answer, and does to the reference's."""
    reference = LocalAnswerer({exercise.name: exercise.reference}, seconds=SECONDS_OF_A_REPLAY)
    used: dict[str, bool] = {}
    for name, call, varied in variations(exercise, [call for call in calls if call.outcome]):
        pairs = [(replayed(call, whose), replayed(varied, whose)) for whose in (reference, answerer)]
        if not all(_ended_well(one) for pair in pairs for one in pair):
            continue
        ours, theirs = (same_value(one.outcome.value, two.outcome.value, FINE) for one, two in pairs)
        if not ours:
            told = _is_finite(pairs[1][0].outcome.value)  # of nan and nan nothing can be said
            used[name] = used.get(name, False) or not theirs or not told
    found = [name for name, is_used in used.items() if not is_used]
    return f"With another `{found[0]}` you answer the same: is it used?" if found else ""


NUMBERS: list[tuple[str, Callable[[Any], Any]]] = [
    ("were 0", lambda value: type(value)(0)),
    ("were 1", lambda value: type(value)(1)),
    ("were its negative", lambda value: -value),
    ("were taken from 1", lambda value: 1 - value),
    ("were its square", lambda value: value * value),
    ("were its square root", np.sqrt),
    ("were its reciprocal", lambda value: 1 / value),
    ("were half as large", lambda value: value / 2),
    ("were twice as large", lambda value: value * 2),
    ("were one larger", lambda value: value + 1),
    ("were one smaller", lambda value: value - 1),
]
ARRAYS: list[tuple[str, Callable[[Any], Any]]] = [
    ("were all zeros", np.zeros_like),
    ("had the other sign", np.negative),
    ("were its absolute values", np.abs),
    ("were its squares", np.square),
    ("were transposed", lambda value: _moved(value, value.T)),
    ("stood in reverse order", lambda value: _moved(value, value[::-1])),
    ("lacked its last entry", lambda value: value[:-1]),
    ("lacked its first entry", lambda value: value[1:]),
]


class _Search:
    """The search for what answers as the student did."""

    def __init__(self, exercise: Exercise, answerer: Any, calls: Sequence[Call], seconds: float) -> None:
        self._exercise, self._answerer = exercise, answerer
        self._deadline = time.process_time() + seconds
        self._rtol = SAME_ANSWER
        self._answers: dict[tuple[str, str, int], Any] = {}
        self._calls = [call for call in calls if call.outcome and call.outcome.ended in {"ok", "error"}]
        self._named = [
            named_arguments(exercise.reference, snapshot(call.args), snapshot(call.kwargs))
            for call in self._calls
        ]
        self._bases: dict[str, tuple[Callable[..., Any], str]] = {"": (_bare(exercise.reference), "")}
        for wrong in exercise.misconceptions:
            self._bases[wrong.name] = (wrong.function, wrong.hint)
        self.wrong = [
            place
            for place, call in enumerate(self._calls)
            if call.outcome.ended == "ok"
            and difference(call.outcome.value, self._reference(place)) is not None
        ]
        if any(same_value(self._reference(place), self._calls[place].outcome.value) for place in self.wrong):
            self._rtol = FINE  # what is wrong is small, and would hide among what agrees
        # What is wrong tells candidates apart soonest.
        right = [place for place in range(len(self._calls)) if place not in self.wrong]
        self._order = [*self.wrong[:MOST_CALLS], *right[:MOST_CALLS]]

    @functools.cached_property
    def is_of_another_form(self) -> bool:
        """Whether every wrong value has other shapes than it should."""
        pairs = [(self._reference(place), self._calls[place].outcome.value) for place in self.wrong]
        return all(_form(ours) != _form(theirs) for ours, theirs in pairs)

    def _reference(self, place: int) -> Any:
        try:
            return self._value("", None, place)
        except Unchanged:
            return None

    def found(self) -> Iterator[str]:
        """Yield explanations, those with the fewest changes first."""
        before, others = list(self._changes_before()), [name for name in self._bases if name]
        yield from self._explained((("", change, after) for change, after in _one_change(before)))
        yield from self._mutated(mutation.mutants_of(self._exercise))
        if self.is_of_another_form:
            return  # most of what follows does not change the form
        yield from self._explained(
            (name, change, after) for name in others for change, after in _one_change(before)
        )
        yield from self._explained(("", change, True) for change in before)
        yield from self._mutated(mutation.pairs_of(self._exercise))

    def _explained(self, candidates: Iterable[tuple[str, Change | None, bool]]) -> Iterator[str]:
        for name, change, after in candidates:
            if time.process_time() > self._deadline:
                return
            yield from self._tried(name, change, after)

    def _mutated(self, mutants: Iterable[mutation.Mutant]) -> Iterator[str]:
        """Try references with something changed inside."""
        for mutant in mutants:
            if time.process_time() > self._deadline:
                return
            agree = self._agree(functools.partial(self._replayed, mutant.function, None))
            if agree and self._borne_out(mutant.function):
                yield f"You answer as if {mutant.sentence}."

    def _tried(self, name: str, change: Change | None, after: bool) -> Iterator[str]:
        values, function = functools.partial(self._value, name, change), self._bases[name][0]
        if not after:
            if self._agree(values) and self._borne_out(function, change):
                yield self._said(name, change, None)
            return
        for last in self._changes_after(values):
            if self._agree(values, last) and self._borne_out(function, change, last):
                yield self._said(name, change, last)

    def _agree(self, values: Callable[[int], Any], last: Change | None = None) -> bool:
        for place in self._order:
            if time.process_time() > self._deadline:
                return False
            outcome = self._calls[place].outcome
            try:
                value = values(place)
                value = value if last is None else last.of(value, self._named[place])
            except Exception:
                if outcome.ended == "ok":
                    return False
                continue
            if outcome.ended == "error" or not same_value(value, outcome.value, self._rtol):
                return False
        return True

    def _borne_out(
        self, function: Callable[..., Any], change: Change | None = None, last: Change | None = None
    ) -> bool:
        """Whether an explanation holds on further calls too: the claims' own may be too alike to tell."""
        for call in self._further:
            named = named_arguments(self._exercise.reference, call.args, call.kwargs)
            try:
                value = self._answer(function, change, call, named)
                value = value if last is None else last.of(value, named)
            except Exception:
                continue  # no call that the explanation has anything to say of
            if not same_value(value, call.outcome.value, self._rtol):
                return False
        return True

    @functools.cached_property
    def _further(self) -> list[Call]:
        """Calls near the claims' own, with what the student answers."""
        asked = [call for call in self._calls if call.outcome.ended == "ok"]
        answered = [replayed(further, self._answerer) for _, _, further in variations(self._exercise, asked)]
        return [call for call in answered if _ended_well(call)]

    def _said(self, name: str, change: Change | None, last: Change | None) -> str:
        seen = [part.sentence for part in (change, last) if part is not None]
        if not name:
            return f"You answer as if {' and '.join(seen)}."
        known = name.replace("_", " ")
        changes = " and ".join(seen)
        return f"Two things together answer as you do: a known mistake ({known}), and as if {changes}."

    def _value(self, name: str, change: Change | None, place: int) -> Any:
        """Return what a base answers to a call with a change, asking once; or raise `Unchanged`."""
        key = (name, change.sentence if change else "", place)
        if key not in self._answers:
            try:
                self._answers[key] = self._replayed(self._bases[name][0], change, place)
            except Unchanged as error:
                self._answers[key] = error
        kept = self._answers[key]
        if isinstance(kept, Unchanged):
            raise kept
        return kept

    def _replayed(self, function: Callable[..., Any], change: Change | None, place: int) -> Any:
        return self._answer(function, change, self._calls[place], snapshot(self._named[place]))

    def _answer(self, function: Callable[..., Any], change: Change | None, call: Call, named: Values) -> Any:
        try:
            named = named if change is None else change.of(named)
        except Exception as error:
            raise Unchanged from error
        answerer = LocalAnswerer({self._exercise.name: function}, seconds=SECONDS_OF_A_REPLAY)
        again = replayed(_called_with(call, named), answerer)
        if not _ended_well(again):
            raise Unchanged
        return again.outcome.value

    def where(self) -> str:
        """Say what tells the right answers from the wrong ones, if one thing about the arguments does."""
        right = [place for place in range(len(self._calls)) if place not in self.wrong]
        if min(len(right), len(self.wrong)) < FEWEST_CALLS:
            return ""
        seen = [_features(named) for named in self._named]
        for those, others, said in ((self.wrong, right, "wrong"), (right, self.wrong, "right")):
            for feature in seen[those[0]]:
                if all(feature in seen[place] for place in those) and not any(
                    feature in seen[place] for place in others
                ):
                    elsewhere = "right" if said == "wrong" else "wrong"
                    where = f"{said} wherever {feature}, and {elsewhere} elsewhere"
                    return f"Of all that was asked, your answer is {where}."
        return ""

    # On the way in.

    def _changes_before(self) -> Iterator[Change]:
        yield from self._literals()
        names = list(dict.fromkeys(name for named in self._named for name in named))
        defaults = {name: value for name, value in self._defaults() if name in names}
        kinds = {name: _kind(next(named[name] for named in self._named if name in named)) for name in names}
        for name in names:
            shown = f"`{name}`"
            if kinds[name] in {"number", "whole"}:
                for said, of in NUMBERS:
                    yield _replacing(name, f"{shown} {said}", of, defaults.get(name))
            if kinds[name] == "array":
                for said, of in ARRAYS:
                    yield _replacing(name, f"{shown} {said}", of)
            if any(named.get(name) is not None for named in self._named) and name == "state":
                yield _replacing(name, f"{shown} were always None", lambda value: None)
        for index, one in enumerate(names):
            for other in names[index + 1 :]:
                if {kinds[one], kinds[other]} <= {"number", "whole"} or kinds[one] == kinds[other] == "array":
                    yield Change(f"`{one}` and `{other}` had changed places", _swapping(one, other))
                    yield Change(f"`{one}` stood in the place of `{other}`", _copying(one, other))
                    yield Change(f"`{other}` stood in the place of `{one}`", _copying(other, one))

    def _literals(self) -> Iterator[Change]:
        """Arguments that are not used: the default stands in their place."""
        for name, default in self._defaults():
            said = f"`{name}` were {default:g}, whatever is passed"
            yield _replacing(name, said, functools.partial(_always, default), default)

    def _defaults(self) -> Iterator[tuple[str, float]]:
        for name, parameter in inspect.signature(_bare(self._exercise.reference)).parameters.items():
            if _kind(parameter.default) in {"number", "whole"}:
                yield name, parameter.default

    # On the way out.

    def _changes_after(self, values: Callable[[int], Any]) -> Iterator[Change]:
        place = self._order[0]
        try:
            value = values(place)
        except Exception:
            return
        got = self._calls[place].outcome.value
        if isinstance(value, tuple) and isinstance(got, tuple) and len(value) == len(got):
            yield Change("the results stood in reverse order", lambda items, _: tuple(reversed(items)))
            for index in range(len(value)):
                if not same_value(value[index], got[index]):
                    of_item = self._exercise.results[index : index + 1]
                    what = of_item[0] if of_item else f"item {index} of the result"
                    for change in self._of_numbers(value[index], got[index], what):
                        yield Change(change.sentence, _at(index, change.of))
            return
        yield from self._of_numbers(value, got, "the result")

    def _of_numbers(self, value: Any, got: Any, what: str) -> Iterator[Change]:
        if not (_is_numeric(value) and _is_numeric(got)) or np.shape(value) != np.shape(got):
            return
        yield Change(f"{what} had the other sign", lambda item, _: -item)
        yield Change(f"{what} were its reciprocal", lambda item, _: 1 / item)
        yield Change(f"{what} were its square", lambda item, _: item * item)
        yield Change(f"{what} were its square root", lambda item, _: np.sqrt(item))
        yield Change(f"{what} were its absolute value", lambda item, _: np.abs(item))
        yield Change(f"{what} were its logarithm", lambda item, _: np.log(item))
        yield Change(f"{what} were its exponential", lambda item, _: np.exp(item))
        yield Change(f"{what} were cut off at zero", lambda item, _: np.maximum(item, 0))
        yield Change(f"{what} were taken from 1", lambda item, _: 1 - item)
        if np.ndim(value) > 0:
            yield Change(f"{what} stood in reverse order", lambda item, _: _moved(item, item[::-1]))
            yield Change(f"{what} were summed up as it goes", lambda item, _: np.cumsum(item))
            yield Change(f"{what} were divided by its length", lambda item, _: item / np.linalg.norm(item))
        if np.ndim(value) > 1:
            yield Change(f"{what} were transposed", lambda item, _: _moved(item, item.T))
        yield from self._fitted(value, got, what)
        yield from self._of_sizes_and_arguments(what)

    def _of_sizes_and_arguments(self, what: str) -> Iterator[Change]:
        for name, argument in self._named[self._order[0]].items():
            if isinstance(argument, np.ndarray) and argument.ndim:
                sizes: list[tuple[str, Callable[[Any], float]]] = [
                    (
                        f"the number of rows of `{name}`" if argument.ndim > 1 else f"the length of `{name}`",
                        len,
                    )
                ]
                if argument.ndim > 1:
                    sizes += [
                        (f"the number of columns of `{name}`", lambda array: np.shape(array)[1]),
                        (f"the number of entries of `{name}`", np.size),
                    ]
            elif _kind(argument) in {"number", "whole"}:
                sizes = [
                    (f"`{name}`", lambda number: number),
                    (f"1 − `{name}`", lambda number: 1 - number),
                    (f"the square root of `{name}`", np.sqrt),
                ]
            else:
                continue
            for said, size in sizes:
                yield Change(f"{what} were multiplied by {said}", _scaling(name, size, 1))
                yield Change(f"{what} were divided by {said}", _scaling(name, size, -1))

    def _fitted(self, value: Any, got: Any, what: str) -> Iterator[Change]:
        """A factor or a shift read off the first wrong answer; the others must bear it out."""
        values = [self._calls[place].outcome.value for place in self.wrong]
        if sum(_size(value) for value in values) < FEWEST_NUMBERS:
            return
        with np.errstate(all="ignore"):
            ratios = np.ravel(np.asarray(got, float) / np.asarray(value, float))
            shifts = np.ravel(np.asarray(got, float) - np.asarray(value, float))
        ratios = ratios[np.isfinite(ratios)]
        if ratios.size and abs(ratios[0]) > 1e-12 and abs(ratios[0] - 1) > 1e-4:
            factor = float(ratios[0])
            yield Change(f"{what} were {_times(factor)}", lambda item, _: factor * item)
        if shifts.size and np.isfinite(shifts[0]) and shifts[0]:
            shift = float(shifts[0])
            more = "larger" if shift > 0 else "smaller"
            yield Change(f"{what} were {abs(shift):.4g} {more}", lambda item, _: item + shift)


def _one_change(before: list[Change]) -> Iterator[tuple[Change | None, bool]]:
    yield from ((change, False) for change in before)
    yield None, True


def _always(value: Any, _: Any) -> Any:
    return value


def _bare(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a reference without the check of its arguments: a changed one need not be allowed."""
    return inspect.unwrap(function)


def _called_with(call: Call, named: Values) -> Call:
    """Return a further call with these arguments, passed as they were, by position or by name."""
    again, values = copy.copy(call), dict(named)
    positional = list(values)[: len(call.args)]
    again.args, again.kwargs = tuple(values.pop(name) for name in positional), values
    return again


def _features(named: Values) -> list[str]:
    """Return what can be said of a call's arguments, each a clause; what says most comes first."""
    found = []
    for name, value in named.items():
        shown = f"`{name}`"
        found.append((0, f"{shown} is None" if value is None else f"{shown} is passed"))
        if isinstance(value, str | bool):
            found.append((0, f"{shown} is {value!r}"))
        elif isinstance(value, np.ndarray):
            found.append((2, f"{shown} has {value.ndim} {'axis' if value.ndim == 1 else 'axes'}"))
            if value.dtype != float:
                found.append((1, f"{shown} holds {value.dtype}"))
            if value.size == 1:
                found.append((1, f"{shown} has one entry"))
            if value.size and not value.any():
                found.append((1, f"{shown} is 0 throughout"))
            elif value.size and not value.all():
                found.append((1, f"{shown} has entries that are 0"))
        elif _kind(value) in {"number", "whole"}:
            found.append((1, f"{shown} is {'0' if value == 0 else 'not 0'}"))
    return [clause for _, clause in sorted(found)]


def _replacing(name: str, sentence: str, of: Callable[[Any], Any], default: Any = None) -> Change:
    def changed(named: Values) -> Values:
        value = named.get(name, default)
        return named if value is None else {**named, name: _retyped(of(value), value)}

    return Change(sentence, changed)


def _retyped(value: Any, like: Any) -> Any:
    if isinstance(value, np.ndarray) and isinstance(like, np.ndarray):
        return value.astype(like.dtype, copy=False)
    return float(value) if isinstance(value, np.floating) and not isinstance(like, np.generic) else value


def _swapping(one: str, other: str) -> Callable[[Values], Values]:
    def changed(named: Values) -> Values:
        if named[one] is None or named[other] is None:
            raise Unchanged
        return {**named, one: named[other], other: named[one]}

    return changed


def _copying(one: str, other: str) -> Callable[[Values], Values]:
    def changed(named: Values) -> Values:
        if named[one] is None or named[other] is None:
            raise Unchanged
        return {**named, other: snapshot(named[one])}

    return changed


def _at(index: int, of: Callable[[Any, Values], Any]) -> Callable[[Any, Values], Any]:
    return lambda items, named: tuple(
        of(item, named) if place == index else item for place, item in enumerate(items)
    )


def _scaling(name: str, size: Callable[[Any], float], power: int) -> Callable[[Any, Values], Any]:
    return lambda item, named: item * float(size(named[name])) ** power


def _moved(before: Any, after: Any) -> Any:
    """Return an array whose entries have moved, unless none has."""
    if np.shape(before) == np.shape(after) and np.array_equal(before, after):
        raise Unchanged
    return np.ascontiguousarray(after)


def _times(factor: float) -> str:
    if round(factor, 9) in NICE:
        return f"{NICE[round(factor, 9)]} what is asked"
    return f"{factor:.4g} times what is asked"


def _kind(value: Any) -> str:
    if isinstance(value, bool | np.bool_):
        return "flag"
    if isinstance(value, int | np.integer):
        return "whole"
    if isinstance(value, float | np.floating):
        return "number"
    return "array" if isinstance(value, np.ndarray) and value.dtype.kind in "fiu" else ""


def _form(value: Any, depth: int = 3) -> Any:
    """Return what a value is made of: shapes, in the containers that hold them."""
    if isinstance(value, tuple | list) and depth:
        return (len(value), *(_form(item, depth - 1) for item in value[:MOST_CALLS]))
    if isinstance(value, dict):
        return len(value)
    return np.shape(value) if _is_numeric(value) else type(value).__name__


def _is_finite(value: Any) -> bool:
    if isinstance(value, tuple | list):
        return all(map(_is_finite, value))
    return bool(np.isfinite(value).all()) if _is_numeric(value) else True


def _size(value: Any) -> int:
    return max(map(_size, value), default=0) if isinstance(value, tuple | list) else int(np.size(value))


def _is_numeric(value: Any) -> bool:
    return bool(_kind(value)) and _kind(value) != "flag"


def _ended_well(call: Call) -> bool:
    return call.outcome is not None and call.outcome.ended == "ok"


def same_value(ours: Any, theirs: Any, rtol: float = SAME_ANSWER) -> bool:
    """Whether two values agree, whichever is taken for the expected one; `theirs` may be anything at all."""
    return difference(theirs, ours, rtol=rtol) is None and difference(ours, theirs, rtol=rtol) is None
