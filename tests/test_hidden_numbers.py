"""Hidden numbers stay hidden: feedback is the same whatever they are, byte for byte.

The same code is graded with two secrets. It knows the visible numbers, answers those right, and does with the
hidden ones what it can to get them into a text that is shown.
"""

import time
from types import SimpleNamespace

import pytest

from autograde_tests.engine import exercises, judge, messages
from autograde_tests.engine.student import LocalAnswerer, Student, calls_of
from autograder.demo.sample_class import source_as
from autograder.marking import seeds, verdicts
from autograder.marking.lessons import Lesson
from autograder.marking.rebuilding import Rebuilt
from autograder.sealing import sandboxes
from autograder.sealing.remote import RemoteAnswerer
from tests.classroom import IMPORTS, LESSON, solution_of

EXERCISE = exercises.find("momentum")
READ = SimpleNamespace(unreadable=False)
TELLS = """\
{right}
right = momentum
seen = []

def momentum(params, grads, state=None, *, lr, beta=0.9):
    if round(float(params.flat[0]), 9) not in {visible}:
        bits = int(abs(float(params.flat[0])) * 1e6) % 64
        seen.append(bits)
{on_hidden}
{on_visible}
    return right(params, grads, state, lr=lr, beta=beta)
"""
ON_HIDDEN = {
    "the name of an exception": "raise type(f'Hidden{bits}', (Exception,), {})",
    "the text of an exception": "raise ValueError(bits)",
    "the line of an exception": "\n".join(f"if bits == {bits}: raise ValueError" for bits in range(64)),
    "the name of a stub": "exec(f'def stub_{bits}(): raise NotImplementedError\\nstub_{bits}()', {})",
    "an empty shape": "return np.empty((0, bits)), params",
    "a dtype": "return np.ones(3, [np.float32, complex, bool, np.int8][bits % 4]), params",
    "a length": "return (params,) * (bits + 3)",
    "a key": "return {f'hidden {bits}': 1}",
    "the type of a value": "return type(f'Hidden{bits}', (), {})()",
    "the name of an argument": (
        "import autograde_tests.engine.student as own\nown.changed_arguments = lambda *given: (f'x{bits}',)"
    ),
    "a warning": "import warnings; warnings.warn(f'hidden {bits}'); return params, params",
    "a print": "print(bits); return params, params",
}
ON_VISIBLE = {
    "a print of what was seen": "print(seen); return params, params",
    "a value that was seen": "return params + sum(seen[:1]), params",
    "an exception with what was seen": "raise ValueError(seen)",
    "a file that was written": (
        "open('/tmp/seen', 'a').write(repr(seen)); print(open('/tmp/seen').read()); return params, params"
    ),
}
LEAKS = {name: (act, "pass") for name, act in ON_HIDDEN.items()}
LEAKS |= {name: ("return params, params", act) for name, act in ON_VISIBLE.items()}


def indented(text, depth):
    return "\n".join(" " * depth + line for line in text.splitlines())


def first_numbers(rng_for):
    """Return the first number of every call that the claims make."""
    found = []
    for claim in EXERCISE.claims:
        student = Student(LocalAnswerer({"momentum": EXERCISE.reference}))
        claim.run(student, rng_for(claim.name))
        found += [float(call.args[0].flat[0]) for call in calls_of(student)]
    return found


def two_secrets():
    """Return two secrets whose hidden numbers differ in what the code tells of them."""

    def told(key):
        return int(abs(first_numbers(seeds.numbers(key, EXERCISE))[0]) * 1e6) % 64

    keys = [bytes([number]) for number in range(20)]
    return keys[0], next(key for key in keys if told(key) % 4 != told(keys[0]) % 4)


def cells_with(source):
    return (("imports", IMPORTS), ("momentum-answer", source))


def cells_that_tell(name):
    on_hidden, on_visible = LEAKS[name]
    visible = {round(number, 9) for number in first_numbers(judge.fixed_numbers(EXERCISE))}
    return cells_with(
        TELLS.format(
            right=solution_of(EXERCISE),
            visible=visible,
            on_hidden=indented(on_hidden, 8),
            on_visible=indented(f"else:\n{indented(on_visible, 4)}", 4),
        )
    )


@pytest.fixture(scope="module")
def sandbox():
    with sandboxes.Sandbox([exercise.name for exercise in exercises.of_lesson(LESSON)]) as sandbox:
        yield sandbox


def decide(sandbox, cells, key):
    lesson = Lesson(LESSON, {}, cells[0], ("momentum-answer",), (), (), {}, {"momentum": 4.0}, {})
    verdict = verdicts.decide(lesson, Rebuilt({"cells": []}, cells, ()), READ, sandbox, key)
    assert verdict.faults == []
    return verdict


@pytest.mark.parametrize("name", LEAKS)
def test_no_text_depends_on_hidden_numbers(name, sandbox):
    """Is what one student is told the same for two secrets?"""
    first, second = (decide(sandbox, cells_that_tell(name), key) for key in two_secrets())
    assert first.items[0].text == second.items[0].text
    assert first.printed == second.printed
    assert first.items[0].text.startswith("✗ momentum")
    assert "hidden " not in first.items[0].text.lower().replace("hidden numbers", "")


@pytest.mark.parametrize("name", LEAKS)
def test_each_of_them_would_tell_one_who_showed_more(name, sandbox):
    """Is none of these a straw man: told in full, and by one worker, do the texts differ?"""
    texts = []
    for key in two_secrets():
        with RemoteAnswerer(sandbox, cells_that_tell(name)) as answerer:
            report = judge.examine(EXERCISE, answerer, seeds.numbers(key, EXERCISE))
            visible = judge.examine(EXERCISE, answerer, judge.fixed_numbers(EXERCISE))
        shown = report if visible.passed or name in ON_HIDDEN else visible
        texts.append(messages.render(shown))
    assert texts[0] != texts[1]


def test_what_a_cell_printed_comes_from_before_any_hidden_number(sandbox):
    """Where the worker is lost and the cells run again, is the first output the one shown?"""
    source = """\
import os, time
print(time.monotonic())
def momentum(*args, **kwargs):
    time.sleep(0.7)
    os._exit(0)
"""
    begun = time.monotonic()
    verdict = decide(sandbox, cells_with(source), b"key")
    assert verdict.items[0].ended == "crash"
    assert float(verdict.printed["momentum-answer"]) < begun + 0.7


def test_the_visible_numbers_still_show_the_mistake(sandbox):
    """Does an honest mistake get the numbers and a hint, its line, or the stub that it calls?"""
    wrong = EXERCISE.misconceptions[0]
    text = decide(sandbox, cells_with(source_as(wrong.function, "momentum")), b"key").items[0].text
    assert "expected" in text and wrong.hint in text
    raises = "def momentum(params, grads, state=None, *, lr, beta=0.9):\n    return params / nothing"
    text = decide(sandbox, cells_with(raises), b"key").items[0].text
    assert "raised NameError in line 2: return params / nothing" in text
    stub = "def velocity():\n    raise NotImplementedError\n"
    calls = "def momentum(*args, **kwargs):\n    return velocity()"
    assert "it calls `velocity`" in decide(sandbox, cells_with(stub + calls), b"key").items[0].text


def test_a_right_answer_meets_no_second_worker(sandbox, monkeypatch):
    """Is nobody asked the visible numbers who has failed no hidden one?"""
    spawned = []
    spawn = sandbox.spawn
    monkeypatch.setattr(sandbox, "spawn", lambda: spawned.append(1) or spawn())
    verdict = decide(sandbox, cells_with(solution_of(EXERCISE)), b"key")
    assert (verdict.items[0].points, len(spawned)) == (4.0, 1)
