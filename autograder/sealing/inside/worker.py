"""What runs the student's text: executes the cells, then answers calls. Lives inside the seal.

Nothing here is trusted by the judge: student code shares this process and may patch all of it. Calls are made
by the very `LocalAnswerer` that `check` uses, so that a call ends here as it does on the student's machine.
"""

import ast
import builtins
import contextlib
import linecache
import socket
import sys
import types
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import drawing
import numpy as np
import wire
from inert import INERT
from kinds import CALL, CALLBACK, DRAW, RETURNED, RUN

from autograde_tests.engine.student import ErrorInfo, LocalAnswerer, Outcome

COURSE_TUPLES = wire.named_tuples_of("course_lib")
MAX_PRINTED = 10_000
MAX_NOTES = 20
MAX_NOTE = 1_000
# What a cell may fail at here and not at home: a package or a file that is not there.
ABSENT = (ImportError, OSError)


class Printed:
    """A text stream that keeps the first `MAX_PRINTED` characters."""

    encoding, errors = "utf-8", "replace"

    def __init__(self) -> None:
        self.pieces: list[str]
        self.pieces, self.room = [], MAX_PRINTED

    def write(self, text: Any) -> int:
        """Keep `text`, as far as there is room."""
        text = str(text)
        if self.room > 0:
            self.pieces.append(text[: self.room] + ("\n… (cut)" if len(text) > self.room else ""))
            self.room -= len(text)
        return len(text)

    def flush(self) -> None:
        """Do nothing: there is no one to flush to."""

    def isatty(self) -> bool:
        """Return False."""
        return False

    def take(self: Any) -> str:
        """Return what was printed since the last call, and forget it."""
        text = "".join(self.pieces)
        self.__init__()
        return text


class Worker:
    """One student's notebook, behind a wire."""

    def __init__(self, connection: socket.socket) -> None:
        self.channel = wire.Channel(connection, COURSE_TUPLES, self._callback)
        self.module = types.ModuleType("__main__")
        self.printed: Any = Printed()
        self.number = 0
        self.lenient = False

    def serve(self) -> None:
        """Answer messages until the judge hangs up."""
        sys.modules["__main__"] = self.module
        sys.stdout = sys.stderr = self.printed
        builtins.input = self._input
        names: Any = builtins
        names.display, names.get_ipython = INERT, lambda: INERT
        while True:
            try:
                kind, self.number, value = self.channel.receive()
            except wire.Closed:
                return
            number = self.number
            for outcome in self._outcomes(kind, *value):
                self._answer(number, outcome)

    def _outcomes(self, kind: int, first: Any, *rest: Any) -> Iterator[Outcome]:
        """Do what is asked; yield the outcome, of each cell where these are many."""
        if kind == RUN:
            for cell_id, source in first:
                yield self._run(cell_id, source, *rest)
        else:
            ways: dict[int, Callable[..., Outcome]] = {CALL: self._call, DRAW: self._draw}
            yield ways[kind](first, *rest)

    def _answer(self, number: int, outcome: Outcome) -> None:
        about = [
            [str(part)[:MAX_NOTE] for part in outcome.error] if outcome.error else None,
            _notes(outcome.changed),
            _notes(outcome.shared),
            bool(outcome.touched_global_rng),
            outcome.printed[:MAX_PRINTED] + self.printed.take(),
            _notes(outcome.warned),
        ]
        try:
            self.channel.send(RETURNED, number, [outcome.ended, outcome.value, *about])
        except wire.Unsendable as error:
            about[0] = ["TypeError", str(error), ""]
            self.channel.send(RETURNED, number, ["protocol", None, *about])

    def _run(self, cell_id: str, source: str, seconds: float) -> Outcome:
        """Execute one cell."""
        filename = f"<{cell_id}>"
        linecache.cache[filename] = (len(source), None, source.splitlines(keepends=True), filename)
        try:
            code = compile(source, filename, "exec")
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            line = (
                f"line {error.lineno}: {(error.text or '').strip()}" if isinstance(error, SyntaxError) else ""
            )
            return Outcome(
                ended="error",
                error=ErrorInfo(type(error).__name__, getattr(error, "msg", _text(error)), line),
            )

        self.lenient = cell_id.startswith("own-")

        # The answerer finds the student's own line by the file of the function that it calls.
        def execute() -> None:
            try:
                exec(code, self.module.__dict__)
            except Exception as error:
                self.lenient = self.lenient or isinstance(error, ABSENT)
                if self.lenient:
                    self._go_on(source, filename, error)
                raise

        execute.__code__ = execute.__code__.replace(co_filename=filename)
        return self._guarded({"cell": execute}, seconds, "cell", [], {})

    def _go_on(self, source: str, filename: str, error: BaseException) -> None:
        """Run the statements below the one that failed, each alone: at home it did not fail."""
        failed = next(
            (
                frame.tb_lineno
                for frame in _frames(error)
                if frame.tb_frame.f_code.co_filename == filename
                and frame.tb_frame.f_code.co_name == "<module>"
            ),
            0,
        )
        for node in ast.parse(source).body:
            if node.lineno > failed:
                with contextlib.suppress(Exception):
                    exec(compile(ast.Module([node], []), filename, "exec"), self.module.__dict__)

    def _input(self, prompt: object = "", /) -> str:
        """Stand in for `input`: there is nobody to ask."""
        self.lenient = True
        return ""

    def _draw(self, cell_id: str, source: str, seconds: float) -> Outcome:
        """Execute one of the lesson's own cells; its value is the picture that it ends in."""

        def execute() -> Any:
            return drawing.run(source, f"<{cell_id}>", self.module.__dict__)

        return self._guarded({"cell": execute}, seconds, "cell", [], {})

    def _call(self, name: str, args: Sequence[Any], kwargs: dict[str, Any], seconds: float) -> Outcome:
        """Call one of the student's functions."""
        functions = {key: value for key, value in vars(self.module).items() if callable(value)}
        return self._guarded(functions, seconds, name, args, kwargs)

    def _guarded(
        self,
        functions: Mapping[str, Callable[..., Any]],
        seconds: float,
        name: str,
        args: Sequence[Any],
        kwargs: dict[str, Any],
    ) -> Outcome:
        try:
            return LocalAnswerer(functions, seconds).call(name, tuple(args), kwargs)
        except BaseException as error:  # SystemExit and KeyboardInterrupt too: they are the student's own
            return Outcome(ended="error", error=ErrorInfo(type(error).__name__, _text(error)))

    def _callback(self, handle: int) -> Callable[..., Any]:
        """Return a function that the judge evaluates."""

        def function(*args: Any, **kwargs: Any) -> Any:
            """Evaluate what the claim passed in."""
            self.channel.send(CALLBACK, self.number, [handle, list(args), kwargs])
            kind, _, value = self.channel.receive()
            if kind == RETURNED:
                return value
            name, message = value
            builtin: Any = getattr(builtins, name, None)
            is_error = isinstance(builtin, type) and issubclass(builtin, Exception)
            raise (builtin if is_error else RuntimeError)(message)

        return function


def warm_up() -> None:
    """Do once, before any fork, what every child will do, so that it finds all of it loaded."""
    here, there = socket.socketpair()
    with here, there:
        worker = Worker(there)
        worker._answer(0, worker._run("warm-up", "def same(value):\n    return value", 5.0))
        worker._answer(0, worker._call("same", [np.ones(2)], {}, 5.0))
        wire.Channel(here).receive()
    linecache.cache.clear()


def _frames(error: BaseException) -> Iterator[types.TracebackType]:
    frame = error.__traceback__
    while frame is not None:
        yield frame
        frame = frame.tb_next


def _notes(texts: Sequence[Any]) -> list[str]:
    return [str(text)[:MAX_NOTE] for text in texts[:MAX_NOTES]]


def _text(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""
