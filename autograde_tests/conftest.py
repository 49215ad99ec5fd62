"""The pytest face: claims on the references, or on one notebook with `--submission PATH`."""

import pathlib

import pytest

from autograde_tests.engine import exercises, judge, messages, reading, submission
from autograde_tests.engine.student import LocalAnswerer, raise_unless_fresh

collect_ignore = ["engine/inert.py"]  # it has every name that pytest looks for
FUNCTIONS = pytest.StashKey[dict]()


def pytest_addoption(parser):
    """Offer `--submission PATH`."""
    parser.addoption(
        "--submission",
        type=pathlib.Path,
        help="grade this notebook, run in this process (only one that you trust), and print what check would",
    )


def pytest_configure(config):
    """With a submission, leave the telling to `check`: no tracebacks, no list of failures."""
    if config.getoption("--submission"):
        config.option.tbstyle, config.option.reportchars = "no", ""


@pytest.fixture(scope="session")
def submitted(request):
    """Return the functions of the submission, or None where the references are asked."""
    path = request.config.getoption("--submission")
    if path is None:
        return None
    functions, _ = submission.functions_of(path)
    request.config.stash[FUNCTIONS] = functions
    return functions


@pytest.fixture
def exercise(request):
    """Return the exercise whose claims class is running."""
    return exercises.find(request.cls.reference.__name__)


@pytest.fixture
def student(exercise, submitted):
    """Stand in for the notebook that is asked."""
    functions = {exercise.name: exercise.reference} if submitted is None else submitted
    stand_in = judge.student_for(exercise, LocalAnswerer(functions, seconds=exercise.seconds))
    yield stand_in
    raise_unless_fresh(stand_in)


@pytest.fixture
def rng(exercise, request):
    """Draw the numbers that `check` draws."""
    return judge.fixed_numbers(exercise)(request.node.originalname)


def pytest_collection_modifyitems(config, items):
    """With a submission, keep the claims of its lesson's exercises only."""
    path = config.getoption("--submission")
    if path is None:
        return
    lesson = path.stem
    claims = f"{__package__}.{lesson}.test_claims"
    kept = [item for item in items if getattr(getattr(item, "module", None), "__name__", "") == claims]
    if not kept:
        raise pytest.UsageError(f"no lesson is called {lesson!r}: there are {', '.join(exercises.lessons())}")
    try:
        reading.read(path)
    except reading.UnreadableNotebook as error:
        raise pytest.UsageError(str(error)) from error
    items[:] = kept


def pytest_terminal_summary(terminalreporter, config):
    """With a submission, print what check would, and the points."""
    path = config.getoption("--submission")
    functions = config.stash.get(FUNCTIONS, None)
    if functions is None:
        return
    terminalreporter.section(f"what check says of {path.name}")
    total = 0.0
    for exercise in exercises.of_lesson(path.stem):
        answerer = LocalAnswerer(functions, seconds=exercise.seconds)
        report = judge.examine(exercise, answerer, judge.fixed_numbers(exercise))
        total += report.points
        terminalreporter.write_line(messages.render(report))
        terminalreporter.write_line(f"  {report.points:g} of {exercise.points:g} points\n")
    possible = sum(exercise.points for exercise in exercises.of_lesson(path.stem))
    terminalreporter.write_line(f"{total:g} of {possible:g} points")
