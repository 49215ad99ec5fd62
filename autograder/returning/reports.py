"""What a class has understood and what not, as plain values: what the report's pages and `--json` say."""

import datetime
import statistics
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from autograde_tests.engine import exercises
from autograde_tests.engine.exercises import Exercise
from autograder.books import journals, records, scores
from autograder.books.courses import Course
from autograder.books.ledgers import Ledger
from autograder.books.records import Asked, Record
from autograder.books.transcripts import DROPPED, GradePolicy
from autograder.errors import LessonError
from autograder.returning import attempts, behaviours, concerns, together
from autograder.returning.attempts import Answer, Attempt, Attempts
from autograder.returning.behaviours import Behaviour, Examples
from autograder.returning.concerns import Concern
from autograder.returning.together import Pair

RELIABLE = 30  # students, below which a correlation says little
NEARLY_ALL, FEWEST_ASKED = 0.9, 5
FREQUENT, FEWEST_ALIKE = 0.05, 3
MOST_MISCONCEPTIONS = 5
PAUSE = datetime.timedelta(hours=1)  # between two rounds of grading
MOST_COME = 0.5  # without a date, a lesson is due when so many of the class have handed it in


@dataclass(frozen=True)
class Claim:
    """How a claim fared.

    Attributes:
        name: Its name.
        question: What it asks.
        asked: Of how many written answers it was asked.
        held: For how many it holds.
    """

    name: str
    question: str
    asked: int
    held: int


@dataclass(frozen=True)
class Misconception:
    """A misconception that was recognised, with the hint that was given, and one answer that has it."""

    name: str
    hint: str
    students: int
    code: str


@dataclass(frozen=True)
class ExerciseReport:
    """What the class made of an exercise.

    Attributes:
        name: Its name.
        summary: What it asks for.
        max_points: What it can earn.
        students: How many have points for it.
        difficulty: The mean share of its points, so that 1 is easy; None where nobody has any.
        discrimination: Correlation of its points with those of the lesson's other exercises; None where it
            has no meaning.
        reliable: Whether there are enough students to read anything into `discrimination`.
        endings: How answers ended → how many.
        claims: From the easiest to the hardest.
        misconceptions: The most frequent ones.
        behaviours: Wrong answers that no misconception explains, in groups that behave alike.
        alone: How many wrong answers that no misconception explains are in none of these groups.
        notes: What deserves a second look, a sentence each.
    """

    name: str
    summary: str
    max_points: float
    students: int
    difficulty: float | None
    discrimination: float | None
    reliable: bool
    endings: dict[str, int]
    claims: tuple[Claim, ...]
    misconceptions: tuple[Misconception, ...]
    behaviours: tuple[Behaviour, ...]
    alone: int
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Overview:
    """A lesson in one line.

    Attributes:
        lesson: Its name.
        students: How many have handed it in and are graded.
        waiting: How many have handed it in and are not graded yet.
        max_points: What can be earned, without what is left out.
        left_out: Cells marked by hand that count for nobody, since some still wait → how many wait.
        points: What each student has earned, late penalties taken off, in ascending order.
        quartiles: Of these points, (lower, median, upper); None where there are none.
        late: How many handed it in late.
        penalties: Points that were taken for it, in all.
        faults: Answers that a fault of ours left ungraded.
    """

    lesson: str
    students: int
    waiting: int
    max_points: float
    left_out: dict[str, int]
    points: tuple[float, ...]
    quartiles: tuple[float, float, float] | None
    late: int
    penalties: float
    faults: int


@dataclass(frozen=True)
class Change:
    """An exercise of one student whose points or claims are others than before.

    Attributes:
        student: The student's name.
        exercise: The exercise's.
        before: Points before.
        after: Points now.
        same_work: Whether the same answer was graded again: then not the student has changed, but we have.
        gained: Questions of claims that hold now and did not before.
        lost: Questions of claims that held before and do not now.
    """

    student: str
    exercise: str
    before: float | None
    after: float | None
    same_work: bool
    gained: tuple[str, ...]
    lost: tuple[str, ...]

    @property
    def better(self) -> bool:
        """Whether there are more points than before."""
        return (self.after or 0.0) > (self.before or 0.0)

    @property
    def worse(self) -> bool:
        """Whether there are fewer points than before."""
        return (self.after or 0.0) < (self.before or 0.0)


@dataclass(frozen=True)
class Round:
    """The last round of grading: all since the last pause of an hour.

    Attributes:
        began: When, in UTC.
        first: How many were graded for the first time.
        resubmitted: How many had handed in again.
        regraded: How many were graded again, without having handed in again.
        changes: What changed for those who had been graded before.
    """

    began: str
    first: int
    resubmitted: int
    regraded: int
    changes: tuple[Change, ...]


@dataclass(frozen=True)
class Try:
    """All students' nth submission of a lesson: how many there are, and the mean share of points."""

    number: int
    students: int
    share: float


@dataclass(frozen=True)
class LessonReport:
    """What the class made of a lesson.

    Attributes:
        overview: The lesson in one line.
        due: When it is due, in UTC; "" where nobody said.
        handed_in: When each was handed in, in UTC, in ascending order; of whom it is known.
        exercises: An `ExerciseReport` each, in the lesson's order.
        together: Misconceptions that travel together, at least one of them of this lesson.
        concerns: Students who may need help with this lesson.
        days: Day → submissions graded for the first time on it, and again.
        tries: First submissions, second ones and so on.
        last_round: What changed.
    """

    overview: Overview
    due: str
    handed_in: tuple[str, ...]
    exercises: tuple[ExerciseReport, ...]
    together: tuple[Pair, ...]
    concerns: tuple[Concern, ...]
    days: dict[str, tuple[int, int]]
    tries: tuple[Try, ...]
    last_round: Round


@dataclass(frozen=True)
class Total:
    """What a student has earned so far by the course's policy, as the exports have it.

    Attributes:
        student: Name of the folder.
        points: The weighted points of what counts.
        possible: What could be earned there.
        dropped: Lessons that were dropped.
    """

    student: str
    points: float
    possible: float
    dropped: tuple[str, ...]


@dataclass(frozen=True)
class Report:
    """The term, and the lessons that were asked for.

    Attributes:
        course: The course's id.
        written: When, in UTC.
        students: How many there are.
        overviews: All graded lessons, a line each.
        lessons: Those that were asked for.
        together: Misconceptions that travel together, within lessons and across them.
        concerns: Students who may need help.
        totals: Of each student, by the course's policy.
    """

    course: str
    written: str
    students: int
    overviews: tuple[Overview, ...]
    lessons: tuple[LessonReport, ...]
    together: tuple[Pair, ...]
    concerns: tuple[Concern, ...]
    totals: tuple[Total, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def make(
    course: Course,
    names: Collection[str] = (),
    *,
    entries: Iterable[journals.Entry] | None = None,
    progress: Callable[[str], None] | None = None,
) -> Report:
    """Report on a class, from journal, gradebook and graded notebooks; without the course's lock.

    Args:
        course: A `Course`.
        names: Lessons to report on in full; all that are graded by default.
        entries: The journal's entries, oldest first; read from the course by default.
        progress: Function called with the name of each lesson that is done.

    Returns:
        A `Report`.

    Raises:
        LessonError: If a lesson of these names, or any at all, has not been graded yet.
    """
    tell = progress or (lambda name: None)
    found = attempts.read(journals.entries(course.state) if entries is None else entries)
    _require_grades(found, names)
    with Ledger(course) as ledger:
        in_class = _Class(course, found, ledger.gradebook)
        pairs = together.pairs(_by_student(found))
        reports = []
        for name in sorted(names or found):
            reports.append(in_class.report(name, pairs))
            tell(name)
        totals = _totals(course, ledger.gradebook)
    return Report(
        course=str(course.directory.course_id),
        written=journals.now(),
        students=len(in_class.students),
        overviews=tuple(in_class.overviews.values()),
        lessons=tuple(reports),
        together=tuple(pairs[: together.MAX_PAIRS]),
        concerns=tuple(in_class.concerns),
        totals=totals,
    )


def _totals(course: Course, gradebook: Any) -> tuple[Total, ...]:
    found = scores.read(gradebook).transcripts(GradePolicy(config=course.config))
    return tuple(
        Total(
            one.student.id,
            round(one.points, 4),
            round(one.possible, 4),
            tuple(result.lesson.name for result in one.results if result.standing == DROPPED),
        )
        for one in sorted(found, key=lambda one: one.student.id)
    )


def _require_grades(found: Attempts, names: Collection[str]) -> None:
    missing = [name for name in names if name not in found]
    if missing:
        raise LessonError(f"{missing[0]} is not graded yet: run `autograder grade {missing[0]}` first")
    if not found:
        raise LessonError("nothing is graded yet: run `autograder grade` first")


def _by_student(found: Attempts) -> dict[str, dict[tuple[str, str], Answer]]:
    """Return student → (lesson, exercise) → the newest answer."""
    newest: dict[str, dict[tuple[str, str], Answer]] = {}
    for lesson, students in found.items():
        for student, tried in students.items():
            theirs = newest.setdefault(student, {})
            theirs |= {(lesson, name): answer for name, answer in tried[-1].answers.items()}
    return newest


class _Class:
    """What is known of the class: computed once, and asked lesson by lesson."""

    def __init__(self, course: Course, found: Attempts, gradebook: Any) -> None:
        self._course, self._attempts = course, found
        self._examples = Examples(course)
        self._asked: dict[str, Asked] = {}
        self._records: dict[str, dict[str, Record]] = {}
        self.overviews: dict[str, Overview] = {}
        handed_in: dict[str, set[str]] = {}
        shares: dict[str, dict[str, float]] = {}
        dates: dict[str, datetime.datetime | None] = {}
        self.students = records.students(gradebook) | {
            student for lesson in found.values() for student in lesson
        }
        for name in sorted(found):
            self._asked[name] = asked = records.asked(gradebook, name)
            self._records[name] = kept = records.of_lesson(gradebook, name)
            submitted = set(course.students(name))
            handed_in[name], dates[name] = submitted | found[name].keys(), asked.due
            self.students |= submitted
            self.overviews[name], shares[name] = _overview(name, found[name], submitted, asked, kept)
        due = _due(dates, handed_in, len(self.students))
        self.concerns = concerns.of_class(self.students, found, handed_in, shares, due)

    def report(self, name: str, pairs: list[Pair]) -> LessonReport:
        """Report on one lesson."""
        kept, tried = self._records[name], self._attempts[name]
        newest = {student: theirs[-1].answers for student, theirs in sorted(tried.items())}
        order = _exercises(name, newest)
        points = {
            exercise: {
                student: kept[student].earned.get(exercise, answer.points)
                if student in kept
                else answer.points
                for student, answers in newest.items()
                if (answer := answers.get(exercise)) is not None and answer.points is not None
            }
            for exercise in order
        }
        of_lesson = [pair for pair in pairs if name in {pair.first.lesson, pair.second.lesson}]
        stamps = [record.handed_in for record in kept.values() if record.handed_in]
        return LessonReport(
            overview=self.overviews[name],
            due=_stamp(self._asked[name].due),
            handed_in=tuple(sorted(map(_stamp, stamps))),
            exercises=tuple(
                self._exercise(name, exercise, known, newest, points) for exercise, known in order.items()
            ),
            together=tuple(of_lesson[: together.MAX_PAIRS]),
            concerns=tuple(concerns.about(self.concerns, name)),
            days=_days(tried),
            tries=_tries(tried),
            last_round=_last_round(tried, order),
        )

    def _exercise(
        self,
        lesson: str,
        name: str,
        known: Exercise | None,
        newest: Mapping[str, Mapping[str, Answer]],
        points: Mapping[str, Mapping[str, float]],
    ) -> ExerciseReport:
        answers = {student: theirs[name] for student, theirs in newest.items() if name in theirs}
        full = next(iter(answers.values())).max_points
        earned = points[name]
        correlation, students = discrimination(name, points)
        claims = _claims(answers.values(), known)
        alike, alone = behaviours.unexplained(lesson, name, answers, self._examples)
        return ExerciseReport(
            name=name,
            summary=known.summary if known else "",
            max_points=full,
            students=len(earned),
            difficulty=round(statistics.fmean(earned.values()) / full, 4) if earned and full else None,
            discrimination=correlation,
            reliable=students >= RELIABLE,
            endings=dict(Counter(_ending(answer) for answer in answers.values()).most_common()),
            claims=claims,
            misconceptions=self._misconceptions(lesson, name, answers, known),
            behaviours=tuple(alike),
            alone=alone,
            notes=(*_on_claims(claims), *_on_behaviours(alike, answers.values())),
        )

    def _misconceptions(
        self, lesson: str, exercise: str, answers: Mapping[str, Answer], known: Exercise | None
    ) -> tuple[Misconception, ...]:
        hints = {wrong.name: wrong.hint for wrong in known.misconceptions} if known else {}
        counted = Counter(answer.hint for answer in answers.values() if answer.hint)
        found = []
        for name, count in counted.most_common(MOST_MISCONCEPTIONS):
            having = [(student, one) for student, one in answers.items() if one.hint == name]
            code = self._examples.one_of(lesson, exercise, having).code
            found.append(Misconception(name, hints.get(name, ""), count, code))
        return tuple(found)


def _overview(
    name: str,
    tried: Mapping[str, list[Attempt]],
    submitted: Collection[str],
    asked: Asked,
    kept: Mapping[str, Record],
) -> tuple[Overview, dict[str, float]]:
    """Return a lesson in one line, and the share of its points that each student has earned."""
    newest = {student: theirs[-1].answers for student, theirs in tried.items()}
    judged = {
        exercise: answer.max_points for answers in newest.values() for exercise, answer in answers.items()
    }
    full = {**judged, **asked.points}
    graded = {student: record for student, record in kept.items() if student in newest}
    left_out = Counter(
        cell
        for record in graded.values()
        for cell in asked.points
        if cell not in judged and cell not in record.earned
    )
    possible = sum(points for cell, points in full.items() if cell not in left_out)
    earned: dict[str, float] = {}
    for student, answers in newest.items():
        by_us = {exercise: answer.points for exercise, answer in answers.items() if answer.points is not None}
        record = graded.get(student)
        cells = by_us | record.earned if record else by_us
        total = sum(points for cell, points in cells.items() if cell not in left_out)
        earned[student] = round(max(0.0, total - (record.penalty if record else 0.0)), 4)
    overview = Overview(
        lesson=name,
        students=len(newest),
        waiting=len(set(submitted) - newest.keys()),
        max_points=possible,
        left_out=dict(left_out),
        points=tuple(sorted(earned.values())),
        quartiles=_quartiles(list(earned.values())),
        late=sum(record.seconds_late > 0 for record in graded.values()),
        penalties=round(sum(record.penalty for record in graded.values()), 2),
        faults=sum(answer.points is None for answers in newest.values() for answer in answers.values()),
    )
    return overview, {student: points / possible for student, points in earned.items()} if possible else {}


def _quartiles(points: list[float]) -> tuple[float, float, float] | None:
    if len(points) < 2:
        return (points[0],) * 3 if points else None
    lower, median, upper = (round(cut, 4) for cut in statistics.quantiles(points, method="inclusive"))
    return lower, median, upper


def _due(
    dates: Mapping[str, datetime.datetime | None], handed_in: Mapping[str, Collection[str]], students: int
) -> set[str]:
    """Return the lessons that everybody should have handed in by now."""
    now = datetime.datetime.now(datetime.UTC).replace(tzinfo=None)
    return {
        lesson
        for lesson, date in dates.items()
        if (date < now if date else len(handed_in[lesson]) >= MOST_COME * students)
    }


def _exercises(lesson: str, newest: Mapping[str, Mapping[str, Answer]]) -> dict[str, Exercise | None]:
    """Return the exercises of a lesson, in its order; None for one that the claims no longer know."""
    asked = {name for answers in newest.values() for name in answers}
    try:
        known = {exercise.name: exercise for exercise in exercises.of_lesson(lesson)}
    except LookupError:
        known = {}
    return {name: known.get(name) for name in [*known, *sorted(asked - known.keys())] if name in asked}


def discrimination(name: str, points: Mapping[str, Mapping[str, float]]) -> tuple[float | None, int]:
    """Compute the correlation of an exercise's points with the sum of those of the lesson's others.

    Where an exercise is all or nothing, this is the point-biserial correlation with the rest.

    Args:
        name: The exercise's name.
        points: Exercise → student → points.

    Returns:
        The correlation, or None where all have the same points or there are no others; and the number of
        students that have points for each exercise.

    Example:
        >>> discrimination("a", {"a": {"x": 1, "y": 0}, "b": {"x": 3, "y": 1}})
        (1.0, 2)
    """
    others = [earned for exercise, earned in points.items() if exercise != name]
    students = [student for student in points[name] if all(student in earned for earned in others)]
    rest = [sum(earned[student] for earned in others) for student in students]
    try:
        return round(statistics.correlation([points[name][student] for student in students], rest), 4), len(
            students
        )
    except statistics.StatisticsError:  # fewer than two students, or no two that differ
        return None, len(students)


def _ending(answer: Answer) -> str:
    """Return how an answer ended; "partly" where it is wrong and has earned something."""
    return "partly" if answer.ended == "wrong" and answer.points else answer.ended


def _claims(answers: Iterable[Answer], known: Exercise | None) -> tuple[Claim, ...]:
    """Return the claims from the easiest to the hardest, counted over the answers that were written."""
    questions = {claim.name: claim.question for claim in known.claims} if known else {}
    asked: Counter[str] = Counter()
    held: Counter[str] = Counter()
    for answer in answers:
        if answer.is_written:
            for name, holds in _asked(answer):
                asked[name] += 1
                held[name] += holds
    claims = [Claim(name, questions.get(name, _spelled(name)), asked[name], held[name]) for name in asked]
    return tuple(sorted(claims, key=lambda claim: -claim.held / claim.asked))


def _asked(answer: Answer) -> Iterable[tuple[str, bool]]:
    """Yield the claims that were asked: after a call that did not come back, none is."""
    for name, holds in answer.claims:
        yield name, holds
        if not holds and answer.ended == "time":
            return


def _spelled(claim: str) -> str:
    return claim.removeprefix("test_").replace("_", " ")


def _on_claims(claims: Iterable[Claim]) -> list[str]:
    return [
        f"{claim.asked - claim.held} of {claim.asked} written answers fail “{claim.question}” "
        "Is the claim at fault, or does the lesson not say what it asks?"
        for claim in claims
        if claim.asked >= FEWEST_ASKED and claim.asked - claim.held >= NEARLY_ALL * claim.asked
    ]


def _on_behaviours(alike: Iterable[Behaviour], answers: Iterable[Answer]) -> list[str]:
    written = sum(answer.is_written for answer in answers)
    return [
        f"{group.students} of {written} written answers are wrong alike, and no misconception explains it: "
        "the next one to write?"
        for group in alike
        if group.students >= max(FEWEST_ALIKE, FREQUENT * written)
    ]


def _days(tried: Mapping[str, list[Attempt]]) -> dict[str, tuple[int, int]]:
    """Return day → how many submissions were graded for the first time, and again."""
    first: Counter[str] = Counter()
    again: Counter[str] = Counter()
    for theirs in tried.values():
        for number, attempt in enumerate(theirs):
            (again if number else first)[attempt.time[:10]] += 1
    return {day: (first[day], again[day]) for day in sorted({*first, *again}) if day}


def _tries(tried: Mapping[str, list[Attempt]]) -> tuple[Try, ...]:
    shares: dict[int, list[float]] = {}
    for theirs in tried.values():
        for number, attempt in enumerate(attempts.submissions(theirs), start=1):
            full = sum(answer.max_points for answer in attempt.answers.values())
            earned = sum(answer.points or 0.0 for answer in attempt.answers.values())
            shares.setdefault(number, []).append(earned / full if full else 0.0)
    return tuple(
        Try(number, len(found), round(statistics.fmean(found), 4)) for number, found in sorted(shares.items())
    )


def _last_round(tried: Mapping[str, list[Attempt]], order: Mapping[str, Exercise | None]) -> Round:
    """Compare what was graded in the last round with what the journal says of the same students before."""
    began = _began(sorted({attempt.time for theirs in tried.values() for attempt in theirs}))
    first = resubmitted = regraded = 0
    changes: list[Change] = []
    for student, theirs in sorted(tried.items()):
        if theirs[-1].time < began:
            continue
        if len(theirs) == 1:
            first += 1
            continue
        same_work = attempts.is_same_work(*theirs[-2:])
        regraded, resubmitted = regraded + same_work, resubmitted + (not same_work)
        changes += _changes(student, theirs[-2], theirs[-1], order, same_work)
    changes.sort(key=lambda change: (not change.same_work, list(order).index(change.exercise)))
    return Round(began, first, resubmitted, regraded, tuple(changes))


def _began(times: list[str]) -> str:
    """Return the first time after the last pause."""
    moments = [_moment(time) for time in times]
    pauses = [
        time
        for time, before, after in zip(times[1:], moments, moments[1:], strict=False)
        if before and after and after - before > PAUSE
    ]
    return pauses[-1] if pauses else next(iter(times), "")


def _changes(
    student: str, before: Attempt, after: Attempt, order: Mapping[str, Exercise | None], same_work: bool
) -> Iterable[Change]:
    for name, known in order.items():
        old, new = before.answers.get(name), after.answers.get(name)
        if old is None or new is None or (old.points, dict(old.claims)) == (new.points, dict(new.claims)):
            continue
        gained, lost = _questions(new, old, known), _questions(old, new, known)
        yield Change(student, name, old.points, new.points, same_work, gained, lost)


def _questions(one: Answer, other: Answer, known: Exercise | None) -> tuple[str, ...]:
    """Return the questions of the claims that hold for the one answer and not for the other."""
    questions = {claim.name: claim.question for claim in known.claims} if known else {}
    elsewhere = dict(other.claims)
    return tuple(
        questions.get(claim, _spelled(claim))
        for claim, holds in one.claims
        if holds and not elsewhere.get(claim, False)
    )


def _moment(time: str) -> datetime.datetime | None:
    try:
        return datetime.datetime.fromisoformat(time)
    except ValueError:
        return None


def _stamp(moment: datetime.datetime | None) -> str:
    return moment.isoformat(timespec="seconds") + "Z" if moment else ""
