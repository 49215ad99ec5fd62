"""The warm parents of this process: one sandbox a lesson, the last few kept."""

import atexit
import contextlib
import os
from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

from autograder.errors import LeftUngradedError, SealError
from autograder.sealing import probe, sandboxes
from autograder.sealing.sandboxes import Sandbox

Result = TypeVar("Result")

KEPT = 3
TRUSTED_VARIABLE = "AUTOGRADER_TRUSTED_SUBMISSIONS"

_sandboxes: OrderedDict[tuple[frozenset[str], bool, bool], Sandbox] = OrderedDict()
_inherited: list[Sandbox] = []
_probed: set[bool] = set()


def trusted_submissions() -> bool:
    """Return whether the instructor has said that no seal is wanted."""
    return os.environ.get(TRUSTED_VARIABLE, "") == "1"


def sandbox_for(names: frozenset[str], *, trusted: bool | None = None, figures: bool = False) -> Sandbox:
    """Return the sandbox of a lesson, starting and probing it if there is none yet, or it no longer lives.

    Args:
        names: The functions that its `course_lib` must have no bodies of, a frozenset.
        trusted: Without a seal; by default what `AUTOGRADER_TRUSTED_SUBMISSIONS` says.
        figures: Whether its workers can draw.

    Raises:
        SealError: If the seal cannot be made or does not hold: then nothing is graded.
    """
    trusted = trusted_submissions() if trusted is None else trusted
    key = (names, trusted, figures)
    if key in _sandboxes and not _sandboxes[key].alive:
        _sandboxes.pop(key).close()
    if key not in _sandboxes:
        sandbox = sandboxes.Sandbox(names, trusted=trusted, figures=figures)
        if not trusted:
            _probe_once(sandbox)
        _sandboxes[key] = sandbox
        while len(_sandboxes) > KEPT:
            _sandboxes.popitem(last=False)[1].close()
    _sandboxes.move_to_end(key)
    return _sandboxes[key]


def _probe_once(sandbox: Sandbox) -> None:
    """Probe the first sandbox of each kind in this process; the others are made by the same command."""
    if sandbox.figures in _probed:
        return
    try:
        probe.require(sandbox)
    except BaseException:
        sandbox.close()
        raise
    _probed.add(sandbox.figures)


def with_sandbox(
    names: frozenset[str], work: Callable[[Sandbox], Result], *, trusted: bool | None = None
) -> Result:
    """Do some work in a lesson's sandbox, and once more in a new one if the first is lost.

    Args:
        names: As in `sandbox_for`.
        work: Function of the sandbox.
        trusted: As in `sandbox_for`.

    Returns:
        What `work` returns.

    Raises:
        SealError: If the seal cannot be made or does not hold: then nothing is graded.
        LeftUngradedError: If the second is lost as well: it starts, so others can go on.
    """
    sandbox = sandbox_for(names, trusted=trusted)
    with contextlib.suppress(SealError):
        return work(sandbox)
    sandbox.close()
    sandbox = sandbox_for(names, trusted=trusted)
    try:
        return work(sandbox)
    except SealError as error:
        sandbox.close()
        raise LeftUngradedError("the sealed parent was lost twice") from error


@atexit.register
def close_all() -> None:
    """Close all sandboxes of this process."""
    while _sandboxes:
        _sandboxes.popitem()[1].close()


def _leave_to_our_parent() -> None:
    """After a fork: the sandboxes are our parent's. They are kept from being closed here, and not used."""
    _inherited.extend(_sandboxes.values())
    _sandboxes.clear()


os.register_at_fork(after_in_child=_leave_to_our_parent)
