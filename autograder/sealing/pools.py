"""The warm parents of this process: one sandbox a lesson, the last few kept."""

import atexit
import contextlib
import os
from collections import OrderedDict

from autograder.sealing import probe, sandboxes

KEPT = 3
TRUSTED_VARIABLE = "AUTOGRADER_TRUSTED_SUBMISSIONS"

_sandboxes = OrderedDict()
_inherited = []
_probed = set()


def trusted_submissions():
    """Return whether the instructor has said that no seal is wanted."""
    return os.environ.get(TRUSTED_VARIABLE, "") == "1"


def sandbox_for(lesson, *, trusted=None, figures=False):
    """Return the sandbox of a lesson, starting and probing it if there is none yet.

    Args:
        lesson: A `Lesson`.
        trusted: Without a seal; by default what `AUTOGRADER_TRUSTED_SUBMISSIONS` says.
        figures: Whether its workers can draw.

    Raises:
        SealError: If the seal cannot be made or does not hold: then nothing is graded.
    """
    trusted = trusted_submissions() if trusted is None else trusted
    names = lesson.sealed_names(figures=figures)
    key = (lesson.name, names, trusted, figures)
    if key not in _sandboxes:
        sandbox = sandboxes.Sandbox(names, trusted=trusted, figures=figures)
        if not trusted:
            _probe_once(sandbox)
        _sandboxes[key] = sandbox
        while len(_sandboxes) > KEPT:
            _sandboxes.popitem(last=False)[1].close()
    _sandboxes.move_to_end(key)
    return _sandboxes[key]


def _probe_once(sandbox):
    """Probe the first sandbox of each kind in this process; the others are made by the same command."""
    if sandbox.figures in _probed:
        return
    try:
        probe.require(sandbox)
    except BaseException:
        sandbox.close()
        raise
    _probed.add(sandbox.figures)


def forget(sandbox):
    """Close a sandbox that no longer answers, so that the next call starts another."""
    for key, known in list(_sandboxes.items()):
        if known is sandbox:
            del _sandboxes[key]
    sandbox.close()


def with_sandbox(lesson, work, *, trusted=None):
    """Do some work in a lesson's sandbox, and once more in a new one if the first is lost.

    Args:
        lesson: A `Lesson`.
        work: Function of the sandbox.
        trusted: As in `sandbox_for`.

    Returns:
        What `work` returns.

    Raises:
        SealError: If the seal cannot be made or does not hold: then nothing is graded.
        RuntimeError: If the second is lost as well: it starts, but not with this work, so others can go on.
    """
    sandbox = sandbox_for(lesson, trusted=trusted)
    with contextlib.suppress(sandboxes.SealError):
        return work(sandbox)
    forget(sandbox)
    sandbox = sandbox_for(lesson, trusted=trusted)
    try:
        return work(sandbox)
    except sandboxes.SealError as error:
        forget(sandbox)
        raise RuntimeError("the sealed parent was lost twice") from error


@atexit.register
def close_all():
    """Close all sandboxes of this process."""
    while _sandboxes:
        _sandboxes.popitem()[1].close()


def _leave_to_our_parent():
    """After a fork: the sandboxes are our parent's. They are kept from being closed here, and not used."""
    _inherited.extend(_sandboxes.values())
    _sandboxes.clear()


os.register_at_fork(after_in_child=_leave_to_our_parent)
