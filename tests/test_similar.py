"""Whose work is alike: copies are found, whatever they were called; honest work is left in peace."""

import ast
import inspect
import itertools
import json
import shutil

import numpy as np
import pytest

from autograde_tests.engine import exercises
from autograder import __main__ as command
from autograder import errors
from autograder.books import courses
from autograder.demo.sample_class import source_as
from autograder.returning import likeness
from autograder.returning.likeness import Given, Work
from tests.classroom import ESSAY, LESSON, ROOT, Classroom

LONG = 80  # tokens: a shorter answer has a natural form
MOST_ACCUSED = 1 / 1000
OWN = """\
def nesterov(params, grads, state=None, *, lr, mu=0.9):
    flat_params, flat_grads = np.ravel(params), np.ravel(grads)
    flat_state = np.zeros(flat_params.size) if state is None else np.ravel(state)
    moved, speed = [], []
    for position, slope, before in zip(flat_params, flat_grads, flat_state):
        after = mu * before - lr * slope
        speed.append(after)
        moved.append(position - mu * before + (1 + mu) * after)
    shape, kind = np.shape(params), params.dtype
    return np.array(moved).reshape(shape).astype(kind), np.array(speed).reshape(shape).astype(kind)
"""
NAMES = (
    "out",
    "new_params",
    "vel",
    "step_size",
    "tmp",
    "result",
    "answer",
    "grad",
    "val",
    "total",
    "ret",
    "cur",
)
COMMENTS = (
    "# update the velocity",
    "# take a step",
    "# from the formula above",
    "# see the hint",
    "# initialise if this is the first step",
    "# TODO check this",
    "# as in the lesson",
    "# compute the mean over the batch",
)


def renamed(source, rng, names=NAMES):
    """Return a function's source with other local names, formatted anew, and without its comments."""
    tree = ast.parse(source)
    stored = (node for node in ast.walk(tree) if isinstance(node, ast.Name))
    local = {node.id for node in stored if isinstance(node.ctx, ast.Store)}
    chosen = [f"{name}{number or ''}" for number in range(9) for name in rng.permutation(names)]
    new = dict(zip(sorted(local), chosen, strict=False))
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            node.id = new.get(node.id, node.id)
    return ast.unparse(tree)


def with_comments(source, rng):
    """Return a source with a comment or two that anybody may write."""
    lines = source.split("\n")
    for _ in range(rng.integers(3)):
        at = rng.integers(1, len(lines) + 1)
        lines.insert(at, f"    {rng.choice(COMMENTS)}")
    return "\n".join(lines)


def variants(exercise):
    """Return the ways in which an exercise is answered: right, right in another way, and wrong."""
    functions = [exercise.reference, *(one.function for one in exercise.honest_answers)]
    functions += [one.function for one in exercise.misconceptions]
    return [source_as(inspect.unwrap(function), exercise.name) for function in functions]


def given_alone(lesson):
    """Return what the lesson gives and the reference says: our lists of answers stay the class's own."""
    code = [source_as(inspect.unwrap(one.reference), one.name) for one in exercises.of_lesson(lesson)]
    names = frozenset(
        node.id for text in code for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)
    )
    nothing = Given(frozenset(), names, frozenset())
    return Given(frozenset(likeness.marks(Work("", tuple(code), ()), nothing)), names, frozenset())


def accused(works, nobodys):
    """Return the pairs of a class."""
    marked = ((work.student, frozenset(likeness.marks(work, nobodys))) for work in works)
    return likeness.pairs_of(marked)[0]


def long_answers():
    """Return `(lesson, source)` of all answers, right and wrong, that are long."""
    for exercise in itertools.chain(*map(exercises.of_lesson, exercises.lessons())):
        for source in variants(exercise)[1:]:
            if len(list(likeness._tokens(source))) >= LONG:
                yield exercise.lesson, source


def copies_found(lesson):
    """Return a lesson's long answers, and those whose copies were found in a class of 40."""
    rng, nobodys = np.random.default_rng(0), given_alone(lesson)
    asked = [variants(exercise)[0] for exercise in exercises.of_lesson(lesson)]
    others = [
        Work(f"other {number}", tuple(with_comments(renamed(one, rng), rng) for one in asked), ())
        for number in range(38)
    ]
    tried, found = [], []
    for of, source in long_answers():
        own = likeness.marks(Work("", (source,), ()), nobodys)
        if of != lesson or sum(kind == "code" for kind, _ in own) < 30:
            continue  # most of it is the reference
        tried.append(source)
        copies = [Work("one", (source,), ()), Work("two", (renamed(source, rng),), ())]
        pairs = [pair.students for pair in accused([*others, *copies], nobodys)]
        found += [source] if ("one", "two") in pairs else []
    return tried, found


def test_copies_of_long_answers_are_found():
    """Is every long answer found beside its copy, renamed, reformatted and without its comments?"""
    tried, found = copies_found("12_capstone")
    assert len(tried) >= 3
    assert found == tried


@pytest.mark.slow
def test_copies_of_all_long_answers_are_found():
    """Are those of every lesson?"""
    both = [copies_found(lesson) for lesson in exercises.lessons()]
    assert sum(len(tried) for tried, _ in both) >= 30
    for tried, found in both:
        assert found == tried


each_lesson = pytest.mark.parametrize(
    "lesson",
    [pytest.param(name, marks=[] if name == LESSON else pytest.mark.slow) for name in exercises.lessons()],
)


@each_lesson
def test_honest_work_is_left_in_peace(lesson):
    """Are at most one in a thousand of the pairs of a class of 300 shown, where nobody has copied?"""
    rng, nobodys, works = np.random.default_rng(1), likeness.given(courses.find(ROOT), lesson), []
    asked = [variants(exercise) for exercise in exercises.of_lesson(lesson)]
    for number in range(300):
        answers = [with_comments(renamed(rng.choice(ways), rng), rng) for ways in asked]
        works.append(Work(f"student {number}", tuple(answers), ()))
    found = accused(works, nobodys)
    assert len(found) <= MOST_ACCUSED * 300 * 299 / 2
    assert len(found) < likeness.MOST_PAIRS


@pytest.mark.parametrize(
    ("shared", "is_shown"),
    [
        ("    # my cat walked over this keyboard again\n    wobble = lr * 1.0\n", True),
        ("    # update the velocity as usual here\n", False),  # one comment alone
        ("    wobble = 0\n    return params, state\n    print('never reached at all')\n", True),
        ("    velocity = 1\n", False),
    ],
)
def test_short_answers_are_told_by_shared_oddities(shared, is_shown):
    """In a short exercise, do only oddities count, and more than one of them?"""
    head, tail = "def momentum(params, grads, state=None, *, lr, beta=0.9):\n", "    return params, state\n"
    works = [Work(f"other {number}", (f"{head}    x{number} = 1\n{tail}",), ()) for number in range(20)]
    works += [Work(name, (head + shared + tail,), ()) for name in ("one", "two")]
    found = [pair.students for pair in accused(works, likeness.given(courses.find(ROOT), LESSON))]
    assert found == ([("one", "two")] if is_shown else [])


# The command.


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class in which bob has ada's answers under other names, and dora the same free answer as cyd."""
    room = Classroom(tmp_path_factory.mktemp("similar") / "course")
    room.release()
    essay = (
        "The heavy <b>ball</b> grows tenfold because the weights add up to one over one minus mu, I believe."
    )
    room.submit("ada", {"nesterov-answer": OWN})
    room.submit("bob", {"nesterov-answer": renamed(OWN, np.random.default_rng(0))})
    room.submit("cyd", {ESSAY: essay})
    room.submit("dora d'Ünal", {ESSAY: essay.upper()})
    room.submit("eve", raw=b"{")
    for number in range(12):
        room.submit(f"other {number}")
    return room.directory


def test_the_page_shows_both_texts_side_by_side(course, capsys):
    """Are both pairs on the page, with the alike lines marked, nothing alive, and everyone else left out?"""
    assert command.main(["similar", LESSON, "--course", str(course), "--workers", "2"]) == errors.GRADED
    assert f"{LESSON}: 2 pairs to look at" in capsys.readouterr().out
    page = (course / "similar" / f"{LESSON}.html").read_text()
    assert "<h2>ada and bob</h2>" in page and "<h2>cyd and dora d&#39;Ünal</h2>" in page
    assert "17 students were compared" in page and "other 3" not in page
    assert "<mark>    for position, slope, before in zip(flat_params, flat_grads, flat_state):</mark>" in page
    assert "&lt;b&gt;ball" in page and "<b>" not in page


def test_the_pairs_as_json(course, capsys):
    """Does `--json` name pairs and what they share, and write no page?"""
    before = (course / "similar").exists()
    assert command.main(["similar", "--course", str(course), "--json"]) == errors.GRADED
    [one, other] = json.loads(capsys.readouterr().out)[LESSON]
    assert {tuple(one["students"]), tuple(other["students"])} == {("ada", "bob"), ("cyd", "dora d'Ünal")}
    assert (course / "similar").exists() == before


def test_a_page_that_cannot_be_written_is_a_sentence(course, tmp_path, capsys):
    """Is a folder that is no folder told, and no traceback shown?"""
    copy = shutil.copytree(course, tmp_path / "copy", ignore=shutil.ignore_patterns("similar"))
    (copy / "similar").write_text("a file")
    assert command.main(["similar", LESSON, "--course", str(copy)]) == errors.REFUSED
    assert "cannot be written" in capsys.readouterr().err


def test_a_lesson_that_is_not_there_is_a_sentence(course, capsys):
    """Is a misspelled lesson told with the likeliest that is meant?"""
    assert command.main(["similar", "06_momentun", "--course", str(course)]) == errors.REFUSED
    assert "did you mean 06_momentum?" in capsys.readouterr().err
