"""What crosses the network between a grader and its workers: plain values as bytes, and no pickle of ours.

A worker learns the lesson, the key and what one student handed in; neither names, nor the books.
"""

import functools
from dataclasses import dataclass, replace

import msgspec

from autograder.errors import SealError
from autograder.marking.marked import Marked
from autograder.marking.submissions import Submission
from autograder.running import digests
from autograder.running.jobs import Failed, Graded, Grader, Job

LESSONS_KEPT = 3  # as many as there are warm parents


@dataclass(frozen=True)
class Answer:
    """What became of one submission on a worker.

    Attributes:
        marked: The marked submission, or None.
        seconds: What it took.
        reason: Why it could not be marked, or "".
        stops: Whether the reason concerns all that this worker would be sent.
    """

    marked: Marked | None = None
    seconds: float = 0.0
    reason: str = ""
    stops: bool = False

    def about(self, job: Job) -> Graded | Failed:
        """Return the answer with what only the grader knows: whose it is."""
        if self.marked is None:
            return Failed(job.student, job.lesson, self.reason)
        return Graded(job.student, job.lesson, job.digests, job.beside, self.marked, self.seconds)


def pack(value: Grader | Submission | Answer) -> bytes:
    """Return one of the three as bytes."""
    return msgspec.msgpack.encode(value, enc_hook=_plain)


def pack_grader(grader: Grader, lesson: str) -> bytes:
    """Return what marks one lesson, always in the seal."""
    return pack(replace(grader, lessons={lesson: grader.lessons[lesson]}, trusted=False))


@functools.lru_cache(LESSONS_KEPT)
def unpack_grader(packed: bytes) -> Grader:
    """Return the grader, of one lesson."""
    return msgspec.msgpack.decode(packed, type=Grader)


def unpack_submission(packed: bytes) -> Submission:
    """Return what was handed in."""
    return msgspec.msgpack.decode(packed, type=Submission)


def unpack_answer(packed: bytes) -> Answer:
    """Return what a worker has answered.

    Raises:
        ValueError: If it is no answer.
    """
    return msgspec.msgpack.decode(packed, type=Answer)


def mark(grader: bytes, submission: bytes) -> bytes:
    """Mark one submission in this process; packed values go in, a packed `Answer` comes out."""
    try:
        ours = unpack_grader(grader)
        if ours.library != digests.of_library():
            return pack(Answer(reason="it has another version of the course's library", stops=True))
        [lesson] = ours.lessons
        result = ours.attempt(Job("", lesson, unpack_submission(submission)))
        if isinstance(result, Failed):
            return pack(Answer(reason=result.reason))
        return pack(Answer(result.marked, result.seconds))
    except SealError as error:
        return pack(Answer(reason=str(error), stops=True))
    except Exception as error:
        return pack(Answer(reason=f"it could not be graded ({type(error).__name__}: {error})"))


def _plain(value: object) -> float:
    """Return a number of numpy's as Python's own."""
    if isinstance(value, float):
        return float(value)
    raise NotImplementedError(f"{type(value).__name__} is no value to send")
