"""The student as the claims see one: `student.momentum(...)`.

`Student` records every call and hands it to an answerer.  `LocalAnswerer` calls functions in this process;
the sealed grader has an answerer that calls them on the far side of a wire.  No claim can tell which.
"""

import contextlib
import copy
import ctypes
import functools
import inspect
import io
import linecache
import signal
import threading
import time
import traceback
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from autograde_tests.engine.claims import ClaimFailed

PRINTED_CHARACTERS = 2_000
SOON = 1e-6  # a timer that has run out already
WORDS_OF_MT19937 = 624


class ErrorInfo(NamedTuple):
    """An exception that a student's function raised.

    Attributes:
        type_name: for example "ValueError".
        message: its text.
        line: the student's own line that raised it, with its number, or "".
    """

    type_name: str
    message: str
    line: str = ""


@dataclass(frozen=True)
class Outcome:
    """How one call ended.

    Attributes:
        value: what was returned.
        error: the exception, if one was raised.
        ended: "ok", "error", "time", "memory", "crash", "protocol" or "missing".
        changed: names of the arguments that the call changed in place.
        shared: names of the arguments that the value shares memory with.
        touched_global_rng: whether numpy's global random state moved.
        printed: what it printed, cut.
        warned: the warnings it gave.
    """

    value: Any = None
    error: ErrorInfo | None = None
    ended: str = "ok"
    changed: tuple[str, ...] = ()
    shared: tuple[str, ...] = ()
    touched_global_rng: bool = False
    printed: str = ""
    warned: tuple[str, ...] = ()


@dataclass
class Call:
    """One recorded call: its arguments as they were before, and how it ended."""

    name: str
    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    outcome: Outcome | Any = None
    evaluations: dict[str, list[Any]] = field(default_factory=dict)


class CallFailed(ClaimFailed):
    """A call that came back without a value that a claim can use."""

    def __init__(self, sentence: str, ended: str, *, detail: str = "") -> None:
        super().__init__(sentence, detail=detail)
        self.ended = ended


class Student:
    """Stand in for a student's notebook: attributes are its functions, and every call is recorded.

    Args:
        answerer: what makes the calls.
        fresh: names of the functions whose value must share no memory with their arguments.
    """

    def __init__(self, answerer: Any, fresh: tuple[str, ...] = ()) -> None:
        self._answerer = answerer
        self._fresh = fresh
        self._calls: list[Call] = []

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)

        def call(*args: Any, **kwargs: Any) -> Any:
            return self._call(name, args, kwargs)

        call.__name__ = name
        return call

    def _call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        recorded = Call(name, snapshot(args), snapshot(kwargs))
        self._calls.append(recorded)
        play(recorded, self._answerer)
        _raise_unless_usable(name, recorded.outcome)
        return recorded.outcome.value


def calls_of(student: Student) -> list[Call]:
    """Return the calls that a `Student` has recorded."""
    return student._calls


def play(call: Call, answerer: Any) -> None:
    """Make a recorded call (again), on `answerer`; store how it ended and what it evaluated."""
    call.evaluations = {}

    def counted(name: str, value: Any) -> Any:
        return _counted(value, call.evaluations.setdefault(name, [])) if callable(value) else value

    args = tuple(counted(str(index), value) for index, value in enumerate(snapshot(call.args)))
    kwargs = {name: counted(name, value) for name, value in snapshot(call.kwargs).items()}
    call.outcome = answerer.call(call.name, args, kwargs)


def replayed(call: Call, answerer: Any) -> Call:
    """Return a copy of a recorded call, made (again) on `answerer`; the call itself stays as it was."""
    again = copy.copy(call)
    play(again, answerer)
    return again


def _counted(function: Callable[..., Any], points: list[Any]) -> Callable[..., Any]:
    """Note every evaluation of a function that a claim passes in; to the student it is a plain function."""

    def evaluate(*args: Any, **kwargs: Any) -> Any:
        points.append(snapshot(args))
        return function(*args, **kwargs)

    return evaluate


def snapshot(value: Any) -> Any:
    """Copy arrays, containers and generators; functions stay what they are."""
    if type(value) is np.ndarray and not value.dtype.hasobject:
        return value.copy(order="K")  # as `deepcopy` does, in a fifth of its time
    if isinstance(value, dict):
        return {name: snapshot(item) for name, item in value.items()}
    if isinstance(value, tuple) and hasattr(value, "_fields"):
        return type(value)(*map(snapshot, value))
    if isinstance(value, tuple | list):
        return type(value)(map(snapshot, value))
    if isinstance(value, np.ndarray | np.random.Generator):
        return copy.deepcopy(value)
    return value


def raise_unless_fresh(student: Student) -> None:
    """Fail where a function that must return new arrays has returned its arguments' memory.

    A claim is asked first: whatever else is wrong with the value says more.

    Raises:
        CallFailed: if a recorded call shares memory.
    """
    for call in student._calls:
        if call.name in student._fresh and call.outcome.shared:
            names = " and ".join(f"`{shared}`" for shared in call.outcome.shared)
            raise CallFailed(
                f"`{call.name}` returned a view of {names}: a later change of one would change the other.",
                "wrong",
            )


def _raise_unless_usable(name: str, outcome: Outcome) -> None:
    if outcome.ended == "missing":
        reason = f": {outcome.error.message}" if outcome.error else ""
        raise CallFailed(f"`{name}` is not written yet{reason}.", "missing")
    if outcome.ended == "error":
        error: Any = outcome.error
        where = f" in {error.line}" if error.line else ""
        # An exception's own text can hold the numbers that were passed in.
        raise CallFailed(
            f"`{name}` raised {error.type_name}{where}.", "error", detail=f"It says: {error.message}"
        )
    if outcome.ended != "ok":
        raise CallFailed(f"`{name}` {ENDINGS[outcome.ended]}", outcome.ended)
    if outcome.value is None:
        asked = "does every way through it end in a `return` with the value?"
        raise CallFailed(f"`{name}` returned None: {asked}", "wrong")
    if outcome.changed:
        names = " and ".join(f"`{changed}`" for changed in outcome.changed)
        raise CallFailed(
            f"`{name}` changed {names} in place: compute a new array and leave the caller's as it was.",
            "wrong",
        )
    if outcome.touched_global_rng:
        raise CallFailed(
            f"`{name}` used numpy's global random state: draw from the `rng` that is passed in.", "wrong"
        )


ENDINGS = {
    "time": "did not come back in time: does a loop in it never end?",
    "memory": "asked for more memory than there is: does an array in it grow without bound?",
    "crash": "ended the whole Python process.",
    "protocol": "returned something that is neither a number, an array, text nor a list of these.",
}


class TimeIsUp(BaseException):
    """Raised inside a student's function when its time is over; `except Exception` does not stop it."""


class LocalAnswerer:
    """Call a student's functions in this process, each under a time limit.

    Args:
        functions: name → function.
        seconds: time limit of one call.
    """

    def __init__(self, functions: Mapping[str, Callable[..., Any]], seconds: float = 5.0) -> None:
        self._functions = functions
        self._seconds = seconds

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Outcome:
        """Call one function and say how it ended.

        Args:
            name: which function.
            args: positional arguments; the function may change them.
            kwargs: keyword arguments.

        Returns:
            An `Outcome`.
        """
        function = self._functions.get(name)
        if function is None:
            return Outcome(ended="missing")
        before = snapshot((args, kwargs))
        global_state = _global_rng()
        printed, value, error, ended, over = io.StringIO(), None, None, "ok", None
        with warnings.catch_warnings(record=True) as caught, contextlib.redirect_stdout(printed):
            warnings.simplefilter("always")
            try:
                with _time_limit(self._seconds) as over:
                    value = function(*args, **kwargs)
            except TimeIsUp as raised:
                if raised is not over:
                    raise  # a limit around this one has run out
                ended = "time"
            except NotImplementedError as raised:
                ended, error = "missing", _unwritten(raised, name)
            except MemoryError:
                ended = "memory"
            except Exception as raised:
                ended, error = "error", error_info(raised, function)
        return Outcome(
            value=value,
            error=error,
            ended=ended,
            changed=changed_arguments(function, before, (args, kwargs)),
            shared=shared_arguments(function, (args, kwargs), value),
            touched_global_rng=_restore_global_rng(global_state),
            printed=printed.getvalue()[:PRINTED_CHARACTERS],
            warned=tuple(str(warning.message) for warning in caught),
        )


def changed_arguments(
    function: Callable[..., Any],
    before: tuple[tuple[Any, ...], dict[str, Any]],
    after: tuple[tuple[Any, ...], dict[str, Any]],
) -> tuple[str, ...]:
    """Return the names of the arguments that a call has changed.

    Args:
        function: what was called; its signature names the positional arguments.
        before: `(args, kwargs)` as a snapshot from before the call.
        after: the same objects after the call.
    """
    olds, news = named_arguments(function, *before), named_arguments(function, *after)
    return tuple(name for name, old in olds.items() if not _identical(old, news[name]))


def shared_arguments(
    function: Callable[..., Any], arguments: tuple[tuple[Any, ...], dict[str, Any]], value: Any
) -> tuple[str, ...]:
    """Return the names of the arguments that share memory with an array in `value`."""
    results = list(_arrays_in(value))
    return tuple(
        name
        for name, argument in named_arguments(function, *arguments).items()
        if any(np.may_share_memory(one, other) for one in _arrays_in(argument) for other in results)
    )


def named_arguments(
    function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Return name → value of a call's arguments; the function's signature names the positional ones."""
    try:
        names = _parameters(function)
    except TypeError:  # a callable that cannot be hashed, and so not cached
        names = ()
    names += tuple(f"argument {index + 1}" for index in range(len(names), len(args)))
    return dict(zip(names, args, strict=False)) | kwargs


@functools.lru_cache(maxsize=512)
def _parameters(function: Callable[..., Any]) -> tuple[str, ...]:
    try:
        return tuple(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return ()


def _arrays_in(value: Any) -> Iterator[np.ndarray]:
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, dict | tuple | list):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _arrays_in(item)


def _identical(old: Any, new: Any) -> bool:
    if isinstance(old, dict):
        return old.keys() == new.keys() and all(_identical(old[name], new[name]) for name in old)
    if isinstance(old, tuple | list):
        return len(old) == len(new) and all(map(_identical, old, new))
    if isinstance(old, np.ndarray):
        return (
            old.shape == new.shape
            and old.dtype == new.dtype
            and np.array_equal(old, new, equal_nan=old.dtype.kind in "fc")
        )
    # A generator is there to be drawn from, and nothing else can be changed in place.
    return True


def _global_rng() -> bytes | None:
    """Return the state of numpy's global generator: its words and, last, which of them is next.

    `np.random.get_state` says the same, and takes as long as all the rest of a call.
    """
    random: Any = np.random
    generator = random.get_bit_generator()
    if not isinstance(generator, np.random.MT19937):  # somebody has put another in its place
        return None
    return ctypes.string_at(generator.ctypes.state_address, 4 * (WORDS_OF_MT19937 + 1))


def _restore_global_rng(state: bytes | None) -> bool:
    if state is None or _global_rng() == state:
        return False
    random: Any = np.random
    *words, position = np.frombuffer(state, np.uint32)
    random.set_state(("MT19937", words, position))
    return True


def _unwritten(raised: BaseException, name: str) -> ErrorInfo | None:
    """Say which function is still a stub, where it is another one that `name` calls."""
    stub = traceback.extract_tb(raised.__traceback__)[-1].name
    return None if stub == name else ErrorInfo("NotImplementedError", f"it calls `{stub}`, which is a stub")


def error_info(raised: BaseException, function: Callable[..., Any]) -> ErrorInfo:
    """Describe an exception, with the innermost line that stands in the student's own cell."""
    own_file = getattr(getattr(function, "__code__", None), "co_filename", None)
    line = ""
    frame: Any
    for frame in traceback.extract_tb(raised.__traceback__):
        if frame.filename == own_file:
            text = linecache.getline(frame.filename, frame.lineno).strip() or frame.line
            line = f"line {frame.lineno}: {text}" if text else f"line {frame.lineno}"
    return ErrorInfo(type(raised).__name__, str(raised), line)


@contextlib.contextmanager
def _time_limit(seconds: float) -> Iterator[TimeIsUp]:
    """Raise the `TimeIsUp` that is yielded after `seconds`, or sooner where an outer limit ends sooner.

    Where this Python can keep no limit (in the browser, on Windows, off the main thread), run without one.
    """
    begun = time.monotonic()
    over = TimeIsUp()
    armed = _arm(seconds, over)
    if armed is None:
        yield over
        return
    previous, (outer, interval) = armed
    try:
        try:
            yield over
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, signal.SIG_DFL if previous is None else previous)
        if outer:
            remaining = max(outer - (time.monotonic() - begun), SOON)
            signal.setitimer(signal.ITIMER_REAL, remaining, interval)


def _arm(seconds: float, over: TimeIsUp) -> tuple[Any, tuple[float, float]] | None:
    """Start the timer; return the handler and the timer that it replaces, or None where there is none."""
    can_ring = hasattr(signal, "SIGALRM") and hasattr(signal, "setitimer")
    if not can_ring or threading.current_thread() is not threading.main_thread():
        return None

    def ring(signum: int, frame: Any) -> None:
        raise over

    try:
        outer, interval = signal.getitimer(signal.ITIMER_REAL)
        previous = signal.signal(signal.SIGALRM, ring)
        signal.setitimer(signal.ITIMER_REAL, min(seconds, outer) if outer else seconds)
    except (ValueError, OSError):  # a Python inside another program
        return None
    return previous, (outer, interval)
