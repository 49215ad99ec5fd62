"""The judge's own budget: what it does with a student's values ends, and the student pays for it."""

import signal
import threading
import time
from types import SimpleNamespace

import pytest

from autograde_tests.engine import exercises, judge, messages
from autograder.marking import budgets, verdicts
from autograder.marking.lessons import Lesson
from autograder.marking.rebuilding import Rebuilt
from autograder.sealing import sandboxes
from tests.classroom import IMPORTS, LESSON, solution_of


def compute(seconds):
    """Use the processor for so long."""
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass


def timer():
    return signal.getitimer(signal.ITIMER_PROF), signal.getsignal(signal.SIGPROF)


def test_a_spent_budget_ends_what_computes_and_leaves_no_timer():
    before = timer()
    with pytest.raises(budgets.BudgetSpent), budgets.cpu_seconds(0.1):
        try:
            compute(5.0)
        except Exception:
            pytest.fail("`except Exception` has stopped it")
    with budgets.cpu_seconds(5.0):
        compute(0.02)
    assert timer() == before


def test_waiting_costs_nothing():
    with budgets.cpu_seconds(0.1):
        time.sleep(0.3)


def test_an_outer_budget_goes_on_with_what_remains():
    with pytest.raises(budgets.BudgetSpent), budgets.cpu_seconds(0.3):
        with pytest.raises(budgets.BudgetSpent), budgets.cpu_seconds(0.1):
            compute(5.0)
        assert 0.0 < signal.getitimer(signal.ITIMER_PROF)[0] < 0.25
        compute(5.0)
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_off_the_main_thread_there_is_none():
    done = []

    def work():
        with budgets.cpu_seconds(0.05):
            compute(0.2)
        done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


def test_what_talks_to_the_sandbox_is_not_torn(monkeypatch):
    """Is the budget's end put off until the sandbox has been told all it waits for?"""
    done = []
    talk = {"compute": compute, "done": done}
    exec(compile_in(sandboxes.__file__, "def talk():\n    compute(0.3)\n    done.append(True)"), talk)
    with pytest.raises(budgets.BudgetSpent), budgets.cpu_seconds(0.1):
        talk["talk"]()
        compute(5.0)
    assert done == [True]


def compile_in(filename, source):
    return compile(source, filename, "exec")


@pytest.fixture(scope="module")
def sandbox():
    with sandboxes.Sandbox([exercise.name for exercise in exercises.of_lesson(LESSON)]) as sandbox:
        yield sandbox


def verdict_on(sandbox, **answers):
    points = {name: exercises.find(name).points for name in ("momentum", "classical_momentum")}
    sources = {name: solution_of(exercises.find(name)) for name in points} | answers
    cells = (("imports", IMPORTS), *((f"{name}-answer", source) for name, source in sources.items()))
    lesson = Lesson(LESSON, {}, cells[0], (), (), (), {}, points, {})
    read = SimpleNamespace(unreadable=False)
    return verdicts.decide(lesson, Rebuilt({"cells": []}, cells, ()), read, sandbox, b"key")


def out_of_memory(*given):
    raise MemoryError


@pytest.mark.parametrize(
    ("costs", "ended", "says"),
    [(lambda *given: compute(60.0), "time", "of computing"), (out_of_memory, "memory", "judge's memory")],
)
@pytest.mark.parametrize("place", ["examine", "render"])
def test_what_costs_the_judge_too_much_costs_that_item(sandbox, monkeypatch, costs, ended, says, place):
    """Whatever of ours it is that a value keeps busy: has the item ended, at no fault of ours, and alone?"""
    module = judge if place == "examine" else messages
    own = getattr(module, place)

    def costly(subject, *given, **options):
        exercise = subject if place == "examine" else subject.exercise
        return costs() if exercise.name == "momentum" else own(subject, *given, **options)

    monkeypatch.setattr(module, place, costly)
    monkeypatch.setattr(verdicts, "JUDGE_SECONDS", 0.3)
    first, second = verdict_on(sandbox).items
    assert (first.points, first.ended, set(first.claims.values())) == (0.0, ended, {False})
    assert says in first.text
    assert (second.points, second.ended) == (2.0, "ok")


def test_a_message_that_was_cut_in_the_middle_is_not_read_by_the_next_item(sandbox, monkeypatch):
    """Where the budget ends while a worker still has answers to give, does the next item get its own?"""
    monkeypatch.setattr(verdicts, "JUDGE_SECONDS", 0.5)
    flood = "def momentum(*args, **kwargs):\n    return [np.float64(1.0)] * 190_000"
    first, second = verdict_on(sandbox, momentum=flood).items
    assert (first.points, second.points, second.ended) == (0.0, 2.0, "ok")
    assert first.ended in {"wrong", "time"}


def test_a_value_too_large_to_compare_is_the_students(monkeypatch):
    """Is a MemoryError in a claim no fault of the reference's?"""
    exercise = exercises.find("momentum")
    monkeypatch.setattr(judge, "raise_unless_fresh", out_of_memory)
    answerer = SimpleNamespace(
        call=lambda name, args, kwargs: judge.LocalAnswerer({name: exercise.reference}).call(
            name, args, kwargs
        )
    )
    report = judge.examine(exercise, answerer, judge.fixed_numbers(exercise))
    assert report.ended == "memory" and report.points == 0.0
