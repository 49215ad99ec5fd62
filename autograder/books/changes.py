"""What another round of grading has changed for a submission that has not changed itself."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from autograder.books.journals import Entry

# What decides a verdict beside what was handed in, in the words of an instructor.
REASONS = {
    "lesson": "the lesson has changed",
    "library": "the references, the claims or the grader have changed",
    "numbers": "other numbers were drawn",
}


@dataclass(frozen=True)
class Change:
    """One exercise that earned other points than before.

    Attributes:
        student: Name of the folder.
        lesson: Its name.
        exercise: Its name.
        before: Points it had; None where a fault of ours had left it ungraded.
        after: Points it has; likewise.
        claims: Claim → whether it held and whether it holds, where that has changed.
        reasons: What has changed, a clause each.
    """

    student: str
    lesson: str
    exercise: str
    before: float | None
    after: float | None
    claims: dict[str, tuple[bool, bool]] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()

    def __str__(self) -> str:
        points = " → ".join("ungraded" if one is None else f"{one:g}" for one in (self.before, self.after))
        claims = [
            f"{name.replace('_', ' ').removeprefix('test ')} {'holds now' if after else 'holds no longer'}"
            for name, (_, after) in self.claims.items()
        ]
        why = "; ".join([*claims, *self.reasons])
        return f"{self.student}, {self.lesson}, {self.exercise}: {points}{f' ({why})' if why else ''}"


def between(before: Entry, after: Entry) -> Iterator[Change]:
    """Compare two verdicts on one submission.

    Args:
        before: The journal's entry of an earlier round.
        after: That of this one.

    Yields:
        A `Change` for each exercise whose points are others now; nothing where other work was handed in.
    """
    if before.digests.get("submission") != after.digests.get("submission"):
        return
    reasons = tuple(
        text for name, text in REASONS.items() if before.digests.get(name) != after.digests.get(name)
    )
    old = {item.exercise: item for item in before.items}
    for item in after.items:
        was = old.get(item.exercise)
        if was is None or was.points == item.points:
            continue
        held, holds = was.claims or {}, item.claims or {}
        claims = {
            name: (held[name], holds[name]) for name in holds if name in held and held[name] != holds[name]
        }
        yield Change(after.student, after.lesson, item.exercise, was.points, item.points, claims, reasons)
