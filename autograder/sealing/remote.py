"""Calls of a student's functions on the far side of the wire.

A `RemoteAnswerer` is what the engine's claims talk to. Whatever happens over there, a call comes back as an
`Outcome`; a worker that hangs, dies or talks nonsense is killed, and the next call meets a fresh one, so that
one endless exercise costs that exercise only.
"""

import functools
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Self

from autograde_tests.engine.student import ErrorInfo, Outcome
from autograder.sealing import sandboxes, wire
from autograder.sealing.inside.kinds import CALL, CALLBACK, DRAW, RAISED, RETURNED, RUN
from autograder.sealing.sandboxes import Child, Ending, Sandbox

CELL_SECONDS = 10.0
# The worker stops an endless call itself, in time; we kill only what does not obey.
GRACE_SECONDS = 1.0
# A worker that hangs up is about to end: how it does says why.
PATIENCE_SECONDS = 0.5
MAX_EVALUATIONS = 50_000
MAX_EVALUATED = 64 * 1024 * 1024
MAX_RECEIVED = 256 * 1024 * 1024
BYTES_OF_A_VALUE = 256  # what any value costs the judge, however short it is on the wire
MAX_PRINTED = 12_000
MAX_NOTES = 20
MAX_NOTE = 1_000
ENDINGS = frozenset({"ok", "error", "time", "memory", "missing", "protocol"})


class RemoteAnswerer:
    """Answer calls with a student's cells, run in a sandbox; a context manager.

    Args:
        sandbox: A `sandboxes.Sandbox` of the lesson.
        cells: `(id, source)` of the imports cell and of the student's answer cells, in order.
        budget: Seconds for the whole submission; after that every call ends as "time".
        restarts: How many workers may be lost before every call ends as "crash".

    Attributes:
        seconds: Time limit of one call; `begin` sets it to the exercise's.
        cells: Cell id → `Outcome` of running it.
    """

    def __init__(
        self,
        sandbox: Sandbox,
        cells: Iterable[tuple[str, str]],
        *,
        budget: float = 90.0,
        restarts: int = 12,
    ) -> None:
        self.seconds = 5.0
        self.cells: dict[str, Outcome] = {}
        self._sandbox = sandbox
        self._sources = list(cells)
        self._deadline = time.monotonic() + budget
        self._restarts = restarts
        self._child: Child | None
        self._channel: wire.Channel | Any
        self._child = self._channel = None
        self._number = 0
        self._received = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        child, self._child, self._channel = self._child, None, None
        if child is not None:
            self._sandbox.release(child)

    def close(self, patience: float = 0.0) -> Ending | None:
        """End the worker, if there is one; return how it had ended."""
        child, self._child, self._channel = self._child, None, None
        return self._sandbox.kill(child, patience) if child else None

    def begin(self, seconds: float) -> None:
        """Begin with an exercise: each of its calls may take `seconds`, and all it sends is counted anew."""
        self.seconds, self._received = seconds, 0

    def seconds_left(self) -> float:
        """Return what is left of the budget."""
        return self._deadline - time.monotonic()

    def call(self, name: str, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Outcome:
        """Call one of the student's functions.

        Args:
            name: Which.
            args: Positional arguments, callables among them.
            kwargs: Keyword arguments.

        Returns:
            An `Outcome`.
        """
        self.start()
        if self._child is None:
            return Outcome(ended="time" if time.monotonic() > self._deadline else "crash")
        outcome = self._exchange(CALL, [name, list(args), kwargs, self.seconds], self.seconds)
        return self._blame_the_cell(name, outcome) if outcome.ended == "missing" else outcome

    def start(self) -> None:
        """Make sure that a worker runs and has executed the cells, unless the budget is spent."""
        if self._child is not None or self._restarts < 0 or time.monotonic() > self._deadline:
            return
        self._restarts -= 1
        self._open()
        cells = [[cell_id, source] for cell_id, source in self._sources if not self._was_lost_in(cell_id)]
        answers = self._answers(len(cells), RUN, [cells, CELL_SECONDS], CELL_SECONDS)
        for (cell_id, _), outcome in zip(cells, answers, strict=False):
            self.cells[cell_id] = outcome
        if self._child is None:
            self.start()

    def _was_lost_in(self, cell_id: str) -> bool:
        """Say whether a cell has cost us a worker, or all its time: not again."""
        before = self.cells.get(cell_id)
        return before is not None and before.ended in {"time", "memory", "crash", "protocol"}

    def run(self, cell_id: str, source: str) -> Outcome:
        """Execute one more cell; return its `Outcome`."""
        return self._execute(RUN, [[cell_id, source]])

    def draw(self, cell_id: str, source: str) -> Outcome:
        """Execute one of the lesson's own cells; the `Outcome`'s value is the picture that it ends in."""
        return self._execute(DRAW, cell_id, source)

    def _execute(self, kind: int, *what: Any) -> Outcome:
        self.start()
        seconds = min(CELL_SECONDS, self._deadline - time.monotonic())
        if self._child is None or seconds <= 0:
            return Outcome(ended="time")
        return self._exchange(kind, [*what, seconds], seconds)

    def _open(self) -> None:
        self._child = self._sandbox.spawn()
        self._channel = wire.Channel(self._child.connection, _named_tuples())

    def _exchange(self, kind: int, message: list[Any], seconds: float) -> Outcome:
        """Send a request and wait for its answer."""
        return next(self._answers(1, kind, message, seconds))

    def _answers(self, count: int, kind: int, message: list[Any], seconds: float) -> Iterator[Outcome]:
        """Send a request and yield its answers, up to the first that costs the worker.

        Every way in which this can fail is an outcome. Each answer has `seconds`.
        """
        self._number = (self._number + 1) % 2**32
        callables: list[Callable[..., Any]] = []

        def register(function: Callable[..., Any]) -> int:
            callables.append(function)
            return len(callables) - 1

        try:
            deadline = self._until(seconds)
            self._channel.send(kind, self._number, message, register_callable=register, deadline=deadline)
            for _ in range(count):
                yield self._await(callables, self._until(seconds))
        except wire.TimeIsUp:
            self.close()
            yield Outcome(ended="time")
        except wire.ProtocolError as error:
            self.close()
            yield Outcome(ended="protocol", error=ErrorInfo("ProtocolError", str(error)))
        except wire.Closed:
            yield Outcome(ended=_cause_of_death(self.close(PATIENCE_SECONDS)))

    def _until(self, seconds: float) -> float:
        return min(time.monotonic() + seconds, self._deadline) + GRACE_SECONDS

    def _await(self, callables: list[Callable[..., Any]], deadline: float) -> Outcome:
        evaluations = size = 0
        while True:
            kind, number, value = self._channel.receive(deadline)
            weight = self._channel.last_length + BYTES_OF_A_VALUE * self._channel.last_count
            self._received += weight
            if self._received > MAX_RECEIVED:
                raise wire.ProtocolError(f"{self._received} bytes in the calls of one exercise")
            if number != self._number:
                raise wire.ProtocolError("an answer to a question that was not asked")
            if kind == RETURNED:
                return _outcome(value)
            if kind != CALLBACK:
                raise wire.ProtocolError(f"an unknown kind of message: {kind}")
            # The claims record every evaluation, in our memory.
            evaluations, size = evaluations + 1, size + weight
            if evaluations > MAX_EVALUATIONS or size > MAX_EVALUATED:
                raise wire.ProtocolError(f"{evaluations} evaluations, {size} bytes, in one call")
            self._evaluate(callables, value, deadline)

    def _evaluate(self, callables: list[Callable[..., Any]], value: Any, deadline: float) -> None:
        """Answer the student's call of a function that the claim passed in."""
        match value:
            case [int(handle), list(args), dict(kwargs)] if 0 <= handle < len(callables) and all(
                isinstance(name, str) for name in kwargs
            ):
                pass
            case _:
                raise wire.ProtocolError("a malformed callback")
        try:
            reply, result = RETURNED, callables[handle](*args, **kwargs)
        except Exception as error:  # the student's arguments did not fit: it is told, as at home
            reply, result = RAISED, [type(error).__name__, str(error)[:1000]]
        try:
            self._channel.send(reply, self._number, result, deadline=deadline)
        except wire.Unsendable as error:
            self._channel.send(RAISED, self._number, ["TypeError", str(error)], deadline=deadline)

    def _blame_the_cell(self, name: str, outcome: Outcome) -> Outcome:
        """Say why a function is not there: its cell raised, or it is not written."""
        cell = self.cells.get(f"{name}-answer")
        if cell is None or cell.ended in {"ok", "missing"}:
            return outcome
        return Outcome(ended=cell.ended, error=cell.error)


@functools.cache
def _named_tuples() -> list[type[Any]]:
    return wire.named_tuples_of("course_lib")


def _cause_of_death(ending: Ending | Any) -> str:
    if ending.peak * 1024 > 0.8 * sandboxes.LIMITS["RLIMIT_AS"]:
        return "memory"
    return "time" if not ending.killed and ending.signal in {signal.SIGKILL, signal.SIGXCPU} else "crash"


def _outcome(answer: Any) -> Outcome:
    """Read an answer; whatever is not as the worker would send it is a `ProtocolError`."""
    match answer:
        case [
            str(ended),
            value,
            error,
            list(changed),
            list(shared),
            bool(touched),
            str(printed),
            list(warned),
        ] if ended in ENDINGS and all(isinstance(text, str) for text in changed + shared + warned):
            return Outcome(
                value=value,
                error=_error(ended, error),
                ended=ended,
                changed=_notes(changed),
                shared=_notes(shared),
                touched_global_rng=touched,
                printed=printed[:MAX_PRINTED],
                warned=_notes(warned),
            )
    raise wire.ProtocolError("a malformed answer")


def _error(ended: str, error: Any) -> ErrorInfo | None:
    match error:
        case [str(), str(), str()]:
            return ErrorInfo(*_notes(error))
        case None if ended != "error":
            return None
    raise wire.ProtocolError("a malformed error")


def _notes(texts: list[str]) -> tuple[str, ...]:
    return tuple(text[:MAX_NOTE] for text in texts[:MAX_NOTES])
