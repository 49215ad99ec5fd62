"""What a Dask worker loads: `dask worker SCHEDULER --preload autograder.running.worker`.

A worker whose seal does not hold ends before it joins. Student code is judged in processes that this one
owns: in Dask's own threads, time limits and redirected output would be everybody's.
"""

import asyncio
import multiprocessing
from concurrent.futures import BrokenExecutor
from typing import Any

from autograder.errors import SealError
from autograder.running import digests, packing
from autograder.running.local import Judges
from autograder.running.packing import Answer
from autograder.sealing import probe, sandboxes

KILLED = "its judging process was killed twice (for want of memory?)"

_judges: Judges | None = None
_size = 1
_alone: asyncio.Lock


async def dask_setup(worker: Any) -> None:
    """Probe the seal and make the processes; called by Dask before the worker joins.

    Raises:
        SystemExit: With a sentence, if this worker can take no work.
    """
    global _judges, _size, _alone
    if multiprocessing.current_process().daemon:
        raise SystemExit(
            "autograder: this worker may start no processes; use `dask worker --no-nanny`, "
            "or set DASK_DISTRIBUTED__WORKER__DAEMON=False"
        )
    _size, _alone = worker.state.nthreads, asyncio.Lock()
    _judges = _new(_size)
    try:
        await asyncio.wrap_future(_judges.call(_probe))
    except (SealError, BrokenExecutor) as error:
        _judges.close()
        raise SystemExit(f"autograder: this worker takes no work: {error}") from None


def dask_teardown(worker: Any) -> None:
    """End the processes; called by Dask when the worker leaves."""
    global _judges
    if _judges is not None:
        _judges.close(wait=False)
    _judges = None


def state() -> dict[str, Any]:
    """Say of this worker whether it has loaded this module, and which library it judges with."""
    return {"ready": _judges is not None, "library": digests.of_library()}


async def mark(grader: bytes, submissions: list[bytes]) -> list[bytes]:
    """Mark submissions of one lesson on all of this worker's processes: what Dask calls a task.

    It raises nothing, since Dask would log its arguments, and among them is the key.

    Args:
        grader: A packed `Grader` of the lesson.
        submissions: Packed `Submission`s.

    Returns:
        A packed `Answer` for each, in their order.
    """
    if _judges is None:
        refused = Answer(reason="it was started without --preload autograder.running.worker", stops=True)
        return [packing.pack(refused)] * len(submissions)
    judges = _judges
    answers = await asyncio.gather(*(_answer(judges, grader, one) for one in submissions))
    lost = [one for one, answer in zip(submissions, answers, strict=True) if answer is None]
    if lost:
        _renew(judges)
    again = iter(await _answer_alone(grader, lost))
    return [next(again) if answer is None else answer for answer in answers]


def _new(size: int) -> Judges:
    return Judges(None, size, method="spawn")  # this process has threads


def _renew(broken: Judges) -> None:
    """Replace processes one of which was killed, unless another task has done so already."""
    global _judges
    if _judges is broken:
        broken.close(wait=False)
        _judges = _new(_size)


async def _answer(judges: Judges, grader: bytes, submission: bytes) -> bytes | None:
    """Return a packed `Answer`, or None where a judging process was killed: this one, or a neighbour."""
    try:
        return await asyncio.wrap_future(judges.call(packing.mark, grader, submission))
    except BrokenExecutor:
        return None


async def _answer_alone(grader: bytes, submissions: list[bytes]) -> list[bytes]:
    """Ask once more, one after the other, in a process of their own, so that nobody pays for a neighbour."""
    answers: list[bytes] = []
    if not submissions:
        return answers
    async with _alone:
        judges = _new(1)
        try:
            for submission in submissions:
                answer = await _answer(judges, grader, submission)
                if answer is None:
                    judges.close(wait=False)
                    judges = _new(1)
                answers.append(packing.pack(Answer(reason=KILLED)) if answer is None else answer)
        finally:
            judges.close(wait=False)
    return answers


def _probe() -> None:
    with sandboxes.Sandbox(["momentum"]) as sandbox:
        probe.require(sandbox)
