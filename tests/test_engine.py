"""The engine of `check` and `grade`: what it notices, what it says and what it counts."""

import contextlib
import json
import pathlib
import signal
import subprocess
import sys
import threading
import time
import types
import warnings

import numpy as np
import pytest

from autograde_tests.engine import exercises, judge, messages, notebook, reading, submission
from autograde_tests.engine.claims import ClaimFailed, agrees, difference, holds
from autograde_tests.engine.exercises import Claim, Exercise
from autograde_tests.engine.student import ErrorInfo, LocalAnswerer, Student, calls_of, raise_unless_fresh

ROOT = pathlib.Path(__file__).parents[1]
EXERCISE = exercises.find("momentum")


def report_on(function, numbers=None):
    answerer = LocalAnswerer({"momentum": function}, seconds=0.3)
    return judge.examine(EXERCISE, answerer, numbers or judge.fixed_numbers(EXERCISE))


def right(params, grads, state=None, *, lr, beta=0.9):
    velocity = (0.0 if state is None else beta * state) + (1 - beta) * grads
    return params - lr * velocity, velocity


def nested(value, depth, around):
    for _ in range(depth):
        value = around(value)
    return value


def calls_of_first(report):
    return report.claims[0].call.args[0]


class TestAgrees:
    @pytest.mark.parametrize(
        ("got", "expected"),
        [
            ((1.0, 2), [1.0, 2]),
            (np.float64(3.0), 3.0),
            (3, 3.0),
            (np.array(2.5), 2.5),
            (np.array([np.nan, np.inf]), np.array([np.nan, np.inf])),
            (np.array([1.0, 1e-20]), np.array([1.0 + 1e-12, 0.0])),
            ({"b": 1.0, "a": "x"}, {"a": "x", "b": 1.0}),
            (np.array([], dtype=float), np.array([], dtype=float)),
            (np.bool_(True), True),
            (None, None),
        ],
    )
    def test_equal_in_all_that_matters(self, got, expected):
        """Do values that say the same agree, whatever wraps them?"""
        agrees(got, expected)

    @pytest.mark.parametrize(
        ("got", "expected", "says"),
        [
            (None, np.ones(2), "an array of shape (2,), but it is None"),
            ([1.0, 2.0], np.ones(2), "but it is a list of 2"),
            (np.ones((2, 1)), np.ones(2), "shape (2,), but it has shape (2, 1)"),
            (np.ones(2, np.float64), np.ones(2, np.float32), "keep the type float32"),
            (np.ones(2, complex), np.ones(2), "real numbers, but it holds complex128"),
            (np.array(["a", "b"]), np.ones(2), "real numbers"),
            (np.ones(3), (np.ones(3), None), "a tuple of 2, but it is an array of shape (3,)"),
            ((np.ones(2), 1.0), (np.ones(2), None), "Item 1 of the result should be None"),
            (((1.0, 2.0),), ((1.0, 3.0),), "Item 1 of item 0 of the result is not what the formula gives"),
            (True, 1.0, "a number, but it is a bool"),
            (np.array([1.0, np.nan]), np.array([1.0, 2.0]), "The entry [1] is the farthest off"),
            (-np.inf, np.inf, "is not what the formula gives"),
            ("ok", "good", "should be 'good'"),
            ({"a": 1}, {"b": 1}, "should have the keys 'b'"),
            (1.0, {"b": 1}, "should be a dict, but it is a number"),
        ],
    )
    def test_what_differs_is_named(self, got, expected, says):
        """Is the first difference said in words?"""
        with pytest.raises(ClaimFailed) as raised:
            agrees(got, expected)
        assert says in str(raised.value)

    def test_the_relative_error_is_that_of_the_worst_entry(self):
        """Is the error relative to the larger of the two entries?"""
        problem = difference(np.array([1.0, 4.0]), np.array([1.0, 5.0]))
        assert problem.relative_error == pytest.approx(0.2)

    def test_a_small_difference_is_shown_with_digits_enough(self):
        """Do two numbers that differ in the eighth digit look different?"""
        problem = difference(np.array([1.0, 0.29051400]), np.array([1.0, 0.29051403]))
        assert "0.29051403 expected, got 0.290514" in str(problem)

    def test_float32_is_given_its_rounding(self):
        """Is the tolerance that of the reference's own type?"""
        agrees(np.float32([1.00001]), np.float32([1.0]))
        with pytest.raises(ClaimFailed):
            agrees(np.array([1.00001]), np.array([1.0]))

    def test_holds_says_its_sentence(self):
        """Does a property that fails say what it was given to say?"""
        holds(True, "never said")
        with pytest.raises(ClaimFailed, match=r"^The loss rose\.$"):
            holds(False, "The loss rose.")


class TestWhatIsNoticed:
    def test_a_right_answer_gets_all_points_as_a_float(self):
        """Are the points a built-in float, since nbgrader takes nothing else for a number?"""
        report = report_on(right)
        assert report.passed and report.points == 4.0 and type(report.points) is float

    def test_points_of_odd_sizes_are_not_rounded_past_all_of_them(self):
        """Where a course gives 0.375 points, does a right answer get these and not 0.38?"""
        points = report_on(right).points_of(0.375)
        assert points == 0.375 and type(points) is float

    def test_partial_credit_is_the_share_of_claims(self):
        """Does one claim in five give a fifth of the points?"""

        def sums(params, grads, state=None, *, lr, beta=0.9):
            velocity = (0.0 if state is None else beta * state) + grads
            return params - lr * velocity, velocity

        assert report_on(sums).points == pytest.approx(0.8)

    def test_none_is_named(self):
        """Does a forgotten `return` read as one?"""
        report = report_on(lambda *args, **kwargs: None)
        assert report.points == 0 and "end in a `return` with the value?" in report.claims[0].message

    def test_an_exception_comes_with_the_students_own_line(self):
        """Does the message name the line of the student's cell, not numpy's?"""
        source = (
            "def momentum(params, grads, state=None, *, lr, beta=0.9):\n    return np.linalg.inv(params), 1\n"
        )
        scope = {"np": np}
        exec(compile(source, "<momentum>", "exec"), scope)
        report = report_on(scope["momentum"])
        assert report.claims[0].ended == "error"
        assert "LinAlgError" in report.claims[0].message and "line 2" in report.claims[0].message

    def test_an_exception_everywhere_is_no_misconception(self):
        """Is a mistake in Python left without a hint on the mathematics?"""

        def adds_a_string(params, grads, state=None, *, lr, beta=0.9):
            return params + "velocity"

        assert report_on(adds_a_string).hint is None

    def test_changed_arguments_are_named(self):
        """Is an in-place change seen, and the caller's array safe from it?"""
        params = np.ones(3)
        student = Student(LocalAnswerer({"shrink": lambda params: np.multiply(params, 0.5, out=params)}))
        with pytest.raises(ClaimFailed, match=r"changed `params` in place"):
            student.shrink(params)
        assert np.all(params == 1.0)

    def test_a_view_is_refused_where_a_fresh_array_is_asked(self):
        """Is shared memory seen, and only where it matters?"""
        answerer = LocalAnswerer({"half": lambda vector: vector[:2]})
        for fresh in (("half",), ()):
            student = Student(answerer, fresh=fresh)
            assert student.half(np.ones(4)).shape == (2,)
            with (
                pytest.raises(ClaimFailed, match="a view of `vector`") if fresh else contextlib.nullcontext()
            ):
                raise_unless_fresh(student)

    def test_the_global_random_state_is_guarded(self):
        """Is a draw from numpy's global generator seen and undone?"""
        before = np.random.get_state()[2]
        with pytest.raises(ClaimFailed, match="global random state"):
            Student(LocalAnswerer({"draw": lambda: np.random.rand(3)})).draw()
        assert np.random.get_state()[2] == before

    def test_an_endless_loop_ends(self):
        """Is a loop stopped, even one that swallows exceptions, and are the other claims not waited for?"""

        def endless(params, grads, state=None, *, lr, beta=0.9):
            while True:
                with contextlib.suppress(Exception):
                    time.sleep(0.01)

        started = time.monotonic()
        report = report_on(endless)
        assert time.monotonic() - started < 3
        assert [claim.ended for claim in report.claims] == ["time"] + ["skipped"] * 4

    @pytest.mark.parametrize("missing", ["setitimer", "SIGALRM"])
    def test_where_no_limit_can_be_kept_a_right_answer_is_right(self, missing, monkeypatch):
        """In a browser's Python, or on Windows, is the student not blamed for what the machine lacks?"""
        names = {"SIGALRM", "SIG_DFL", "ITIMER_REAL", "signal", "setitimer", "getitimer"} - {missing}
        machine = types.SimpleNamespace(**{name: getattr(signal, name) for name in names})
        monkeypatch.setattr("autograde_tests.engine.student.signal", machine)
        assert [claim.ended for claim in report_on(right).claims] == ["ok"] * 5

    def test_off_the_main_thread_a_right_answer_is_right(self):
        """Does a kernel that runs cells in a thread judge alike, without a limit?"""
        reports = []
        thread = threading.Thread(target=lambda: reports.append(report_on(right)))
        thread.start()
        thread.join()
        assert reports[0].passed

    def test_a_limit_within_a_limit_leaves_the_outer_one(self):
        """Is a timer that ran before armed again, with what remains of it?"""
        rung = []
        previous = signal.signal(signal.SIGALRM, lambda signum, frame: rung.append(time.monotonic()))
        try:
            begun = time.monotonic()
            signal.setitimer(signal.ITIMER_REAL, 0.4)
            assert report_on(right).passed
            remaining = signal.getitimer(signal.ITIMER_REAL)[0]
            assert 0 < remaining < 0.4
            inner = LocalAnswerer({"f": lambda: time.sleep(9)}, seconds=0.1).call("f", (), {})
            assert inner.ended == "time"
            time.sleep(0.5)
            assert 0.35 < rung[0] - begun < 0.7
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)

    def test_a_limit_within_a_shorter_one_ends_with_it(self):
        """Can a call take no longer than the limit around it allows?"""

        def nested():
            return LocalAnswerer({"f": lambda: time.sleep(3)}, seconds=3).call("f", (), {})

        begun = time.monotonic()
        assert LocalAnswerer({"g": nested}, seconds=0.2).call("g", (), {}).ended == "time"
        assert time.monotonic() - begun < 1

    def test_a_stub_is_not_a_mistake(self):
        """Is an unwritten exercise called unwritten, without an explanation of what is wrong?"""

        def momentum(params, grads, state=None, *, lr, beta=0.9):
            raise NotImplementedError

        text = messages.render(report_on(momentum))
        assert text == "✗ momentum: `momentum` is not written yet."

    def test_another_stub_is_the_one_that_is_named(self):
        """Where a written function calls an unwritten one, is the latter named?"""

        def velocity_of(grads):
            raise NotImplementedError

        def momentum(params, grads, state=None, *, lr, beta=0.9):
            return velocity_of(grads)

        assert "it calls `velocity_of`, which is a stub" in messages.render(report_on(momentum))

    def test_prints_and_warnings_are_mentioned_and_cost_nothing(self, capsys):
        """Do a print and a warning leave the points alone, and stay out of the output?"""

        def talks(*args, **kwargs):
            print("velocity!")
            warnings.warn("halving", stacklevel=1)
            return right(*args, **kwargs)

        report = report_on(talks)
        text = messages.render(report)
        assert report.passed and "velocity!" in text and "halving" in text
        assert capsys.readouterr() == ("", "")

    def test_functions_passed_in_are_counted(self):
        """Does the record say how often, and where, the student evaluated a gradient?"""
        student = Student(LocalAnswerer({"ask": lambda gradient: gradient(1.0) + gradient(2.0)}))
        assert student.ask(lambda at: 3 * at) == 9.0
        (call,) = calls_of(student)
        assert call.evaluations == {"0": [(1.0,), (2.0,)]}

    def test_a_generator_is_not_advanced(self):
        """Can a claim hand the same generator to the student and to the reference?"""
        rng = np.random.default_rng(1)
        student = Student(LocalAnswerer({"draw": lambda rng: rng.normal(size=3)}))
        assert np.array_equal(student.draw(rng), np.random.default_rng(1).normal(size=3))
        assert np.array_equal(rng.normal(size=3), np.random.default_rng(1).normal(size=3))


class TestBlame:
    def exercise_with(self, function):
        claim = Claim("test_it", "Is it?", function)
        return Exercise("momentum", "06_momentum", 2, (claim,), right, "", 1.0, False)

    def test_a_value_that_a_claim_cannot_use_is_the_students_fault(self):
        """Where unpacking the student's value fails, is the value's kind named?"""

        def claim(student, rng):
            params, state = student.momentum(np.ones(2), np.ones(2), lr=0.1)
            agrees(params + state, params + state)

        answerer = LocalAnswerer({"momentum": lambda *args, **kwargs: np.ones(3)})
        report = judge.examine(self.exercise_with(claim), answerer, judge.fixed_numbers(EXERCISE))
        assert "should be a tuple of 2, but it is an array of shape (3,)" in report.claims[0].message

    def test_a_claim_that_fails_on_the_reference_is_ours(self):
        """Is a broken claim an error of the course, and never points lost?"""

        def claim(student, rng):
            student.momentum(np.ones(2), np.ones(2), lr=0.1)
            raise KeyError("a typing error in a claim")

        with pytest.raises(judge.JudgeError, match="fails on the reference"):
            judge.examine(
                self.exercise_with(claim), LocalAnswerer({"momentum": right}), judge.fixed_numbers(EXERCISE)
            )


class TestNumbers:
    def test_check_draws_the_same_numbers_every_time(self):
        """Can a student follow the numbers of a message through to the next try?"""
        first, second = (judge.fixed_numbers(EXERCISE)("test_x").normal(size=4) for _ in range(2))
        assert np.array_equal(first, second)

    def test_grade_draws_others(self):
        """Would an answer that knows the numbers of `check` by heart fail?"""
        first, second = (judge.fresh_numbers()("test_x").normal(size=4) for _ in range(2))
        assert not np.array_equal(first, second)

    def test_an_answer_learned_by_heart_fails(self):
        """Does a function that knows the answers of `check` get nothing from `grade`?"""
        known = {}
        learner = LocalAnswerer(
            {"momentum": lambda *args, **kwargs: known.setdefault(repr(args), right(*args, **kwargs))}
        )
        judge.examine(EXERCISE, learner, judge.fixed_numbers(EXERCISE))
        report = report_on(lambda *args, **kwargs: known.get(repr(args), 0.0), judge.fresh_numbers())
        assert report.points == 0.0


class TestTheFaceInTheNotebook:
    def test_check_raises_one_readable_message(self):
        """Does Jupyter show the message alone, line by line, without a traceback?"""

        def momentum(params, grads, state=None, *, lr, beta=0.9):
            return params + lr * grads, grads

        with pytest.raises(notebook.CheckFailed) as raised:
            notebook.check(momentum)
        lines = raised.value._render_traceback_()
        assert lines[0] == "✗ momentum: 0 of 5 claims hold."
        assert any(line.strip().startswith("expected") for line in lines)
        assert not any("Traceback" in line or "\x1b" in line for line in lines)

    def test_check_does_not_stop_a_cell_that_is_being_graded(self, monkeypatch, capsys):
        """While nbgrader autogrades, does the cell go on to its points?"""

        def momentum(params, grads, state=None, *, lr, beta=0.9):
            return params, grads

        monkeypatch.setenv("NBGRADER_EXECUTION", "autograde")
        notebook.check(momentum)
        assert capsys.readouterr().out.startswith("✗ momentum")
        assert notebook.grade(momentum) == 0.0

    @pytest.mark.parametrize("face", [notebook.check, notebook.grade])
    def test_the_reference_itself_is_refused(self, face):
        """Is course_lib's own function no answer?"""
        with pytest.raises(TypeError, match="course_lib's own momentum"):
            face(EXERCISE.reference)

    @pytest.mark.parametrize("face", [notebook.check, notebook.grade])
    def test_what_is_no_exercise_is_named(self, face):
        """Are a call instead of a function, and a renamed function, told apart?"""
        with pytest.raises(TypeError, match="pass the function itself"):
            face(3.0)
        with pytest.raises(LookupError, match="has the function in your cell been renamed"):
            face(lambda: None)

    @pytest.mark.parametrize(
        ("value", "text"),
        [
            ((3,), "(3,)"),
            ([1.5], "[1.5]"),
            (np.float32([1, 2]), "[1. 2.]  (shape (2,) float32)"),
            (tuple(range(9)), "(0, 1, 2, 3, …)"),
            ({"a": None}, "{'a': None}"),
            (np.zeros(1000), "[0. 0. ... 0. 0.]  (shape (1000,))"),
            (abs, "a function"),
        ],
    )
    def test_values_are_shown_short(self, value, text):
        """Does a value fit a line, and read as Python?"""
        assert messages.value_as_text(value) == text

    @pytest.mark.parametrize(
        "value",
        [
            np.ones((2,) * 23),
            np.broadcast_to(1.0, (3,) * 32),
            np.ones((0,) * 32),
            np.ones((7,) * 7, np.complex64),
            nested([1.0], 24, lambda inner: [inner] * 4),
            nested((), 24, lambda inner: (inner,) * 9),
            nested(1, 24, lambda inner: {key: inner for key in "abcdefgh"}),
            [np.ones((5, 5, 5))] * 200_000,
            {"x" * 10**6: "y" * 10**6},
            "\n" * 10**6,
            -(10**6000),
            [[10**6000] * 5] * 5,
            set(range(10**5)),
            bytes(10**6),
            np.array(["x" * 10**5] * 20),
        ],
        ids=lambda value: type(value).__name__,
    )
    def test_a_large_value_is_shown_by_a_piece(self, value):
        """Whatever its rank, depth or length, is the text short, and soon there?"""
        begun = time.process_time()
        assert len(messages.value_as_text(value)) <= messages.MAX_VALUE
        assert time.process_time() - begun < 0.5

    def test_many_axes_show_their_ends_and_their_shape(self):
        """Is of an array with many axes said what can be said on a line?"""
        value = np.arange(2.0**10).reshape((2,) * 10)
        assert messages.value_as_text(value) == f"0, 1, …, 1022, 1023  (shape {(2,) * 10})"

    def test_a_message_is_bounded(self):
        """Do long texts of an exception, a print and a warning leave a message that can be read?"""

        def loud(params, grads, state=None, *, lr, beta=0.9):
            print("x" * 10**6)
            for number in range(5):
                warnings.warn(f"{number}" * 10**6, stacklevel=1)
            raise ValueError("y" * 10**6)

        assert len(messages.render(report_on(loud))) < messages.MAX_MESSAGE

    def test_hidden_inputs_stay_hidden(self):
        """Does a message for feedback hold no number that was passed in, expected, printed or raised?"""

        def wrong(params, grads, state=None, *, lr, beta=0.9):
            print(params)
            warnings.warn(str(params), stacklevel=1)
            return params, grads

        def raises(params, grads, state=None, *, lr, beta=0.9):
            raise ValueError(params)

        for function in (wrong, raises):
            report = report_on(function)
            entry = np.array2string(calls_of_first(report), precision=5)[2:9]
            assert entry in messages.render(report)
            assert entry not in messages.render(report, inputs=False)
            assert "expected" not in messages.render(report, inputs=False)


class TestSubmission:
    def notebook_with(self, path, *sources):
        cells = [
            {
                "cell_type": "code",
                "execution_count": None,
                "id": f"cell-{number}",
                "metadata": {"nbgrader": {"solution": True, "grade_id": f"c{number}-answer"}}
                if number
                else {},
                "outputs": [],
                "source": source,
            }
            for number, source in enumerate(sources)
        ]
        path.write_text(json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}))
        return path

    def test_one_broken_cell_does_not_hide_the_others(self, tmp_path):
        """Are the functions of the sound cells found, and the broken cell named?"""
        path = self.notebook_with(
            tmp_path / "x.ipynb", "import numpy as np", "def f(:", "def g():\n    return np.pi"
        )
        functions, raised = submission.functions_of(path)
        assert functions["g"]() == np.pi
        assert list(raised) == ["c1-answer"] and isinstance(raised["c1-answer"], SyntaxError)
        with pytest.raises(SyntaxError):
            functions["c1"]()

    @pytest.mark.parametrize("content", ["no json", "[]", '{"cells": 3}', ""])
    def test_what_is_no_notebook_is_said_to_be_none(self, tmp_path, content):
        """Does a broken file give one clear sentence with its name?"""
        path = tmp_path / "broken.ipynb"
        path.write_text(content)
        with pytest.raises(reading.UnreadableNotebook, match=r"broken\.ipynb is not a notebook"):
            submission.functions_of(path)
        with pytest.raises(reading.UnreadableNotebook, match="cannot be opened"):
            reading.read(tmp_path / "absent.ipynb")


class TestThePytestFace:
    """`pytest autograde_tests --submission PATH`."""

    def run(self, path):
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "autograde_tests"]
        return subprocess.run(
            [*command, "--submission", path], cwd=ROOT, capture_output=True, text=True, timeout=120
        )

    def test_a_right_notebook_gets_all_points(self):
        """Does the solutions notebook pass every claim?"""
        done = self.run(ROOT / "solutions" / "06_momentum" / "06_momentum.ipynb")
        assert done.returncode == 0 and "17 of 17 points" in done.stdout, done.stdout

    def test_an_untouched_notebook_reads_as_one(self):
        """Is each stub called unwritten, once, without tracebacks?"""
        done = self.run(ROOT / "notebooks" / "06_momentum" / "06_momentum.ipynb")
        assert done.returncode == 1 and "0 of 17 points" in done.stdout
        assert done.stdout.count("is not written yet") == 6 and "Error" not in done.stdout

    def test_a_file_of_no_lesson_is_refused(self, tmp_path):
        """Are a name that is no lesson's, and a file that is no notebook, said to be so?"""
        assert "no lesson is called 'homework'" in self.run(tmp_path / "homework.ipynb").stderr
        broken = tmp_path / "06_momentum.ipynb"
        broken.write_text("{", encoding="utf-8")
        assert "06_momentum.ipynb is not a notebook" in self.run(broken).stderr


def test_error_info_is_plain():
    """Is what crosses to the judge made of built-in types?"""
    outcome = LocalAnswerer({"f": lambda: 1 / 0}).call("f", (), {})
    assert outcome.error == ErrorInfo("ZeroDivisionError", "division by zero", outcome.error.line)
    assert isinstance(outcome.error.line, str)
