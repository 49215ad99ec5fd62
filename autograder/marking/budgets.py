"""A budget of computing time for what the judge does with a student's values.

The student's own calls have limits of their own, in the worker. But what comes back is decoded, compared,
replayed and written down here, and a value can be made to cost much.
"""

import contextlib
import signal
import threading
import time
import warnings
from collections.abc import Iterator
from types import FrameType

from autograder.sealing import sandboxes

AGAIN = 0.05
SOON = 1e-6
# What must run to its end once begun: the talk with the sandbox's parent, and what restores a state.
WHOLE = (sandboxes.__file__, contextlib.__file__, warnings.__file__, "<frozen importlib")


class BudgetSpent(BaseException):
    """The judge has computed long enough; `except Exception` does not stop it."""


@contextlib.contextmanager
def cpu_seconds(seconds: float) -> Iterator[None]:
    """Raise `BudgetSpent` once this process has computed for `seconds` (CPU time, waiting is free).

    It needs the main thread and a system with `setitimer`; elsewhere there is no limit. It can be nested: a
    budget around this one goes on with what remains of it.

    Args:
        seconds: The budget.

    Raises:
        BudgetSpent: If it is spent.
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return
    finished, begun = False, time.process_time()

    def ring(signum: int, frame: FrameType | None) -> None:
        if finished:
            return
        if _is_within(frame, WHOLE):
            signal.setitimer(signal.ITIMER_PROF, AGAIN)
            return
        raise BudgetSpent

    previous = signal.signal(signal.SIGPROF, ring)
    outer, interval = signal.getitimer(signal.ITIMER_PROF)
    signal.setitimer(signal.ITIMER_PROF, min(seconds, outer) if outer else seconds)
    try:
        yield
    finally:
        finished = True
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, signal.SIG_DFL if previous is None else previous)
        if outer:
            remaining = max(outer - (time.process_time() - begun), SOON)
            signal.setitimer(signal.ITIMER_PROF, remaining, interval)


def _is_within(frame: FrameType | None, files: tuple[str, ...]) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith(files):
            return True
        frame = frame.f_back
    return False
