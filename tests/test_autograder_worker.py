"""The sealed worker and the answerer that calls it: every call ends, and one exercise costs one exercise."""

import contextlib
import inspect
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from autograde_tests.engine import exercises, judge
from autograder.errors import SealError
from autograder.marking.lessons import Lesson
from autograder.sealing import pools, probe, remote, sandboxes, stripping
from autograder.sealing.remote import RemoteAnswerer
from course_lib import optimizers
from tests.classroom import IMPORTS, LESSON, ROOT, solution_of

MOMENTUM = "def momentum(params, grads, state=None, *, lr, beta=0.9):\n"
EXERCISES = exercises.of_lesson(LESSON)


@pytest.fixture(scope="module")
def sandbox():
    with sandboxes.Sandbox([exercise.name for exercise in EXERCISES]) as sandbox:
        yield sandbox


@pytest.fixture(autouse=True)
def short_cells(monkeypatch):
    monkeypatch.setattr(remote, "CELL_SECONDS", 1.0)


@pytest.fixture
def answer(sandbox):
    """Return a function that makes an answerer from the source of one cell."""
    answerers = []

    def make(source, cell_id="momentum-answer", **options):
        answerer = RemoteAnswerer(sandbox, [("imports", IMPORTS), (cell_id, source)], **options)
        answerer.seconds = 1.0
        answerers.append(answerer)
        return answerer

    yield make
    for answerer in answerers:
        answerer.close()


def test_the_seal_holds(sandbox):
    findings = probe.examine(sandbox)
    assert [finding for finding in findings if not finding.holds] == []
    assert len(findings) == len(probe.QUESTIONS) + 1


def process_of(child):
    """Return the `/proc` folders of a worker and of its parent, as this system sees them, and its status."""
    status, parent_of = {}, {}
    for path in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            lines = (line.partition(":") for line in (path / "status").read_text().splitlines())
            about = {name: value.split() for name, _, value in lines}
            status[path], parent_of[int(path.name)] = about, int(about["PPid"][0])
    for path, about in status.items():
        ancestors, pid = set(), int(path.name)
        while pid := parent_of.get(pid):
            ancestors.add(pid)
        # The first of its own namespace, and known to the parent under the pid that it told us.
        if os.getpid() in ancestors and about["NSpid"][1:] == [str(child.pid), "1"]:
            return path, Path("/proc") / about["PPid"][0], about
    raise AssertionError("the worker is not there")


def test_a_worker_is_as_security_says_seen_from_outside(sandbox):
    """Do rights, limits, namespaces and open files hold that a worker cannot be asked about from inside?"""
    with RemoteAnswerer(sandbox, [("imports", IMPORTS)]) as answerer:
        answerer.start()
        answerer.call("nothing", [], {})
        worker, parent, about = process_of(answerer._child)
        assert {name: int(about[name][0], 16) for name in about if name.startswith("Cap")} == dict.fromkeys(
            ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"], 0
        )
        assert (about["NoNewPrivs"], about["Seccomp"], about["Threads"]) == (["1"], ["2"], ["1"])
        assert (worker / "oom_score_adj").read_text().strip() == "1000"
        limits = {"AS": 1 << 30, "CPU": 120, "FSIZE": 8 << 20, "NOFILE": 64, "CORE": 0}
        for name, limit in limits.items():
            found = resource.prlimit(int(worker.name), getattr(resource, f"RLIMIT_{name}"))
            assert found == (limit, limit), name
        if os.geteuid() != 0:  # it is not dumpable, so its owner may not look further
            with pytest.raises(PermissionError):
                os.listdir(worker / "fd")
            return
        assert sorted(os.listdir(worker / "fd")) == ["0", "1", "2", "3"]
        spaces = ("pid", "mnt", "ipc", "uts", "net")
        places = [{name: os.readlink(one / "ns" / name) for name in spaces} for one in (worker, parent)]
        ours = {name: os.readlink(f"/proc/self/ns/{name}") for name in (*spaces, "user", "cgroup")}
        assert [name for name in spaces if len({places[0][name], places[1][name], ours[name]}) < 3] == []
        assert [name for name in ours if os.readlink(worker / "ns" / name) == ours[name]] == []
        packages = sandboxes._other_packages(sandboxes._libraries())
        assert [path for path in packages if os.listdir(f"{worker}/root{path}")] == []
        devices = (worker / "net" / "dev").read_text().splitlines()[2:]
        assert [line.split(":")[0].strip() for line in devices] == ["lo"]


def test_the_seal_holds_for_an_ordinary_user_too():
    """Does it need rights that only root has?"""
    if os.geteuid() != 0 or shutil.which("setpriv") is None:
        pytest.skip("the tests run as an ordinary user already, so `test_the_seal_holds` has asked")
    nobody = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "env", "HOME=/nonexistent"]
    packages = os.pathsep.join([str(ROOT), str(sandboxes.numpy_home())])
    for python in (sys.executable, "/usr/bin/python3"):  # the first may lie in root's home
        doctor = [*nobody, f"PYTHONPATH={packages}", python, "-B", "-m", "autograder", "doctor"]
        asked = subprocess.run(doctor, cwd="/", capture_output=True, text=True)
        if "The seal" in asked.stdout:
            assert asked.returncode == 0, asked.stdout
            return
    pytest.skip(f"an ordinary user cannot start this Python: {asked.stderr[-300:]}")


def test_a_seal_with_a_hole_is_found_and_refused(monkeypatch):
    monkeypatch.setitem(sandboxes.LIMITS, "RLIMIT_NOFILE", 1000)
    monkeypatch.setattr(sandboxes, "SCRATCH", "512m")
    monkeypatch.setattr(sandboxes, "SYSTEM_CALLS", sandboxes.SYSTEM_CALLS + " socket")
    sandboxes.system_call_filter.cache_clear()
    try:
        with sandboxes.Sandbox(["momentum"]) as leaky, pytest.raises(SealError, match="network"):
            probe.require(leaky)
        with sandboxes.Sandbox(["momentum"]) as leaky:
            broken = {finding.name for finding in probe.examine(leaky) if not finding.holds}
        monkeypatch.setattr(pools, "_probed", set())  # as in a process that has made none yet
        with pytest.raises(SealError, match="network"):
            pools.sandbox_for(frozenset({"momentum"}))
    finally:
        sandboxes.system_call_filter.cache_clear()
    assert broken == {"network", "open files", "scratch"}


def test_a_room_that_goes_while_it_is_looked_at_is_no_error(monkeypatch, tmp_path):
    """Does a grader that ends at this moment, and removes its room, stop no other?"""
    gone = tmp_path / f"{sandboxes.ROOM}1-gone"
    monkeypatch.setattr(Path, "glob", lambda *of: iter([gone]))
    sandboxes.remove_rooms_of_the_dead()


def test_no_bubblewrap_no_grading(monkeypatch):
    def missing():
        raise SealError("bubblewrap is missing")

    monkeypatch.setattr(sandboxes, "find_bubblewrap", missing)
    with pytest.raises(SealError, match="missing"):
        sandboxes.Sandbox(["momentum"])


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.name)
def test_a_right_answer_gets_full_points(answer, exercise):
    report = judge.examine(
        exercise, answer(solution_of(exercise), f"{exercise.name}-answer"), judge.fixed_numbers(exercise)
    )
    assert report.points == exercise.points, [claim.message for claim in report.claims]


@pytest.mark.parametrize("wrong", EXERCISES[0].misconceptions, ids=lambda wrong: wrong.name)
def test_a_misconception_is_judged_and_named_as_it_is_at_home(answer, wrong):
    from autograde_tests.engine.student import LocalAnswerer

    source = inspect.getsource(wrong.function).replace(f"def {wrong.function.__name__}", "def momentum")
    source = "\n".join(line for line in source.splitlines() if not line.startswith("@"))
    numbers = judge.fixed_numbers(EXERCISES[0])
    here = judge.examine(EXERCISES[0], LocalAnswerer({"momentum": wrong.function}), numbers)
    there = judge.examine(EXERCISES[0], answer(source), numbers)
    assert (there.points, there.ended) == (here.points, here.ended)
    assert there.hint == here.hint
    assert there.hint.name == wrong.name


# What the cell holds → how a call of `momentum` ends.
ENDINGS = {
    "while True: pass": "time",
    MOMENTUM + "    while True: pass": "time",
    MOMENTUM + "    import time; time.sleep(60)": "time",
    MOMENTUM
    + "    while 1:\n        try: __import__('time').sleep(60)\n        except BaseException: pass": "time",
    MOMENTUM + "    import signal; signal.signal(signal.SIGALRM, signal.SIG_IGN)\n    while 1: pass": "time",
    MOMENTUM + "    return bytearray(1 << 34)": "memory",
    MOMENTUM + "    return np.ones((1 << 17, 1 << 17))": "memory",
    MOMENTUM + "    import os; os._exit(0)": "crash",
    MOMENTUM + "    import ctypes; ctypes.string_at(0)": "crash",
    MOMENTUM + "    import os; os.write(3, b'x' * 1000)": "protocol",
    MOMENTUM + "    import os; os.close(3)": "crash",
    MOMENTUM + "    return {1, 2}": "protocol",
    MOMENTUM + "    return [0] * 250_000": "protocol",
    MOMENTUM + "    return 'x' * 10**7": "protocol",
    MOMENTUM + "    return np.zeros(10**7)": "protocol",
    MOMENTUM + "    return (yield)": "protocol",
    MOMENTUM + "    a = []; a.append(a); return a": "error",
    MOMENTUM + "    return 2**100000": "protocol",
    MOMENTUM + "    return np.array([None])": "protocol",
    MOMENTUM + "    return np.matrix([[1.0]])": "ok",
    MOMENTUM + "    return 1 / 0": "error",
    MOMENTUM + "    raise SystemExit": "error",
    MOMENTUM + "    raise KeyboardInterrupt": "error",
    MOMENTUM + "    return momentum(params, grads, lr=lr)": "error",
    MOMENTUM + "    raise NotImplementedError": "missing",
    "": "missing",
    "def momentum(:": "error",
    "momentum = 3": "missing",
    "x = nonsense\n" + MOMENTUM + "    return 1": "error",
    "import sys; sys.exit()": "error",
    "import os; os._exit(0)": "crash",
    "from course_lib.optimizers import momentum": "missing",
    MOMENTUM
    + "    from course_lib import optimizers as o\n    return o.momentum(params, grads, lr=lr)": "missing",
    MOMENTUM + "    import os; return os.fork()": "error",
    MOMENTUM + "    import socket; return socket.socket()": "error",
    MOMENTUM + "    import threading; threading.Thread(target=print).start()": "error",
    MOMENTUM + "    return open('/etc/passwd').read()": "error",
    MOMENTUM + "    open('/sealed/worker.py', 'w')": "error",
}


@pytest.mark.parametrize(
    "source", ENDINGS, ids=lambda source: source.removeprefix(MOMENTUM).strip()[:60] or "empty"
)
def test_every_call_ends(answer, source):
    """Does it end as it should, and soon: a second in the worker, and one more outside it?"""
    answerer = answer(source, budget=30)
    answerer.start()
    begun = time.monotonic()
    outcome = answerer.call("momentum", (np.ones(3), np.ones(3)), {"lr": 0.1})
    assert outcome.ended == ENDINGS[source], outcome
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    "exercise_lost", ["while True: pass", "import os; os._exit(0)", "import os; os.write(3, b'!')"]
)
def test_a_lost_worker_costs_its_own_exercise_only(sandbox, exercise_lost):
    cells = [("imports", IMPORTS)]
    for exercise in EXERCISES:
        body = f"def {exercise.name}(*args, **kwargs):\n    {exercise_lost}"
        wrong = exercise.name == EXERCISES[1].name
        cells.append((f"{exercise.name}-answer", body if wrong else solution_of(exercise)))
    points = []
    with RemoteAnswerer(sandbox, cells) as answerer:
        answerer.seconds = 0.3
        for exercise in EXERCISES:
            points.append(judge.examine(exercise, answerer, judge.fixed_numbers(exercise)).points)
    full = [exercise.points for exercise in EXERCISES]
    assert points == [full[0], 0.0, *full[2:]]


def test_a_submission_may_lose_so_many_workers_and_no_more(answer, monkeypatch):
    answerer = answer(MOMENTUM + "    import os; os._exit(0)", restarts=3)
    spawn, spawned = answerer._sandbox.spawn, []
    monkeypatch.setattr(answerer._sandbox, "spawn", lambda: spawned.append(1) or spawn())
    outcomes = [answerer.call("momentum", (1, 1), {"lr": 1}).ended for _ in range(8)]
    assert outcomes == ["crash"] * 8
    assert len(spawned) == 4


def test_the_budget_of_a_submission_is_kept(answer):
    answerer = answer(MOMENTUM + "    while True:\n        pass", budget=1.0)
    answerer.seconds = 30.0
    begun = time.monotonic()
    assert answerer.call("momentum", (1, 1), {"lr": 1}).ended == "time"
    assert answerer.call("momentum", (1, 1), {"lr": 1}).ended == "time"
    assert time.monotonic() - begun < 4


def test_a_function_that_is_passed_in_is_answered_by_the_judge(answer):
    evaluated = []

    def gradient(params):
        evaluated.append(params)
        return 2 * params

    source = "def descend(gradient, params):\n    return gradient(params) + gradient(params + 1)"
    outcome = answer(source).call("descend", (gradient, np.array([1.0, 2.0])), {})
    assert outcome.value.tolist() == [6.0, 10.0]
    assert [params.tolist() for params in evaluated] == [[1.0, 2.0], [2.0, 3.0]]


def test_what_a_passed_in_function_raises_is_raised_there(answer):
    def picky(params):
        raise ValueError(f"not with {params}")

    caught = answer(
        "def f(g):\n    try:\n        g(7)\n    except ValueError as error:\n        return str(error)"
    )
    assert caught.call("f", (picky,), {}).value == "not with 7"
    uncaught = answer("def f(g):\n    return g(7)").call("f", (picky,), {})
    assert (uncaught.ended, uncaught.error.type_name) == ("error", "ValueError")


def test_evaluations_are_bounded(answer):
    """Can a student fill the judge's memory with calls of what was passed in?"""
    answerer = answer("def f(g):\n    while True:\n        g(np.zeros(10**6))")
    answerer.seconds = 20.0
    outcome = answerer.call("f", (np.sum,), {})
    assert outcome.ended == "protocol"
    assert "evaluations" in outcome.error.message


def test_evaluations_with_many_small_values_are_bounded(answer):
    """Does a value cost what it takes in the judge's memory, however short it is on the wire?"""
    small = "def f(g):\n    while True:\n        g([np.zeros(1)] * 199_000)"
    evaluated = []
    answerer = answer(small)
    answerer.seconds = 20.0
    outcome = answerer.call("f", (lambda values: evaluated.append(len(values)),), {})
    assert outcome.ended == "protocol"
    assert "evaluations" in outcome.error.message
    assert len(evaluated) <= 1


def test_all_that_is_sent_for_one_exercise_is_bounded(answer, monkeypatch):
    """Are calls that each stay below the limit counted together, anew for each exercise?"""
    monkeypatch.setattr(remote, "MAX_RECEIVED", 3_000_000)
    answerer = answer("def f():\n    return np.zeros(10**5)")
    endings = []
    for _ in range(2):
        answerer.begin(1.0)
        endings.append([answerer.call("f", (), {}).ended for _ in range(4)])
    assert endings == [["ok", "ok", "ok", "protocol"]] * 2


@pytest.mark.parametrize(
    "frame", ["[0]", "[9, [], {}]", "[-1, [], {}]", "['0', [], {}]", "[0, {}, []]", "[0, [], {1: 2}]", "None"]
)
def test_a_malformed_callback_is_a_protocol_error(answer, frame):
    source = (
        "import socket, wire, kinds\n"
        "def f(g):\n"
        "    channel = wire.Channel(socket.socket(fileno=3))\n"
        f"    channel.send(kinds.CALLBACK, 3, {frame})\n"
        "    import time; time.sleep(9)\n"
    )
    assert answer(source).call("f", (abs,), {}).ended == "protocol"


def test_the_worker_reports_what_check_would(answer):
    outcome = answer(
        """
import warnings
def f(x, *, y):
    print("hello")
    warnings.warn("careful")
    np.random.rand()
    x += 1
    return x.T
"""
    ).call("f", (np.ones(3),), {"y": np.zeros(2)})
    assert (outcome.changed, outcome.shared) == (("x",), ("x",))
    assert (outcome.printed, outcome.warned, outcome.touched_global_rng) == ("hello\n", ("careful",), True)


def test_the_students_own_line_is_told(answer):
    outcome = answer("def f(x):\n    y = x + 1\n    return y / 0").call("f", (1,), {})
    assert (outcome.error.type_name, outcome.error.line) == ("ZeroDivisionError", "line 3: return y / 0")
    outcome = answer("x = 1\nx.y").call("momentum", (), {})
    assert (outcome.error.type_name, outcome.error.line) == ("AttributeError", "line 2: x.y")


def test_arguments_do_not_leave_the_judge_changed(answer):
    params = np.ones(3)
    answer("def f(x):\n    x[:] = 0\n    return x").call("f", (params,), {})
    assert params.tolist() == [1, 1, 1]


def test_a_state_that_is_a_named_tuple_makes_the_round_trip(answer):
    state = optimizers.AdamState(3, np.ones(2), np.zeros(2))
    outcome = answer("def f(state):\n    return state._replace(t=state.t + 1)").call("f", (state,), {})
    assert type(outcome.value) is optimizers.AdamState
    assert outcome.value.t == 4


@pytest.mark.parametrize("signal", ["os.kill(0, 9)", "os.killpg(0, 9)", "os.kill(-1, 9)", "os.kill(1, 9)"])
def test_signals_reach_nobody_else(answer, sandbox, signal):
    """Can a student kill the parent, from which all workers are forked?"""
    outcome = answer(f"import os\ndef f():\n    {signal}").call("f", (), {})
    assert outcome.ended in {"ok", "error", "crash"}
    assert answer("def f():\n    return 1").call("f", (), {}).value == 1


def test_nothing_is_left_for_the_next_student(answer):
    leave = (
        "import os\ndef f():\n    open('/tmp/x', 'w').close()\n    np.e = 3\n    return os.listdir('/tmp')"
    )
    assert answer(leave).call("f", (), {}).value == ["x"]
    look = "import os\ndef f():\n    return [np.e < 2.8, *os.listdir('/tmp')]"
    assert answer(look).call("f", (), {}).value == [True]


def test_workers_that_live_at_the_same_time_do_not_meet(answer):
    """Does the worker that was made ahead see what the one before it does?"""
    first = answer("def f():\n    open('/tmp/x', 'w').close()")
    second = answer("import os\ndef f():\n    return [os.getpid(), *os.listdir('/tmp')]")
    second.start()
    assert first.call("f", (), {}).ended == "ok"
    assert second.call("f", (), {}).value == [1]


def test_ends_and_beginnings_may_be_ordered_ahead_of_the_answers():
    """Does each worker's end stay its own when nobody waits in between?"""
    with sandboxes.Sandbox(["momentum"]) as sandbox:
        children = [sandbox.spawn() for _ in range(4)]
        assert len({child.pid for child in children}) == 4
        sandbox.release(children[0])
        sandbox.release(children[2])
        ending = sandbox.kill(children[1], patience=20.0)  # hung up on, it ends by itself
        assert (ending.signal, ending.code, ending.killed) == (0, 0, False)
        another = sandbox.spawn()
        assert another.pid not in {child.pid for child in children}
        assert not sandbox.kill(another, patience=20.0).killed
        sandbox.release(children[3])


def test_a_forged_answer_must_still_be_right(answer):
    """Does a frame that the student writes to the socket pass for a verdict?"""
    forged = MOMENTUM + (
        "    import wire, socket\n"
        "    s = socket.fromfd(3, socket.AF_UNIX, socket.SOCK_STREAM)\n"
        "    c = wire.Channel(s)\n"
        "    for n in range(50):\n"
        "        c.send(4, n, ['ok', [np.ones(3)] * 2, None, [], [],\n"
        "               False, '', []])\n"
    )
    report = judge.examine(EXERCISES[0], answer(forged), judge.fixed_numbers(EXERCISES[0]))
    assert report.points == 0.0
    assert {claim.ended for claim in report.claims} <= {"protocol", "wrong", "error", "crash"}


def lesson_of(name, cells=()):
    """Return a `Lesson` of which the grader knows its own cells only."""
    notebook = {"cells": [{"cell_type": "code", "source": source} for source in cells]}
    return Lesson(name, notebook, ("imports", IMPORTS), (), (), (), {}, {}, {})


@pytest.mark.parametrize("lesson", exercises.lessons())
def test_the_sealed_course_lib_has_no_body_that_this_lesson_asks_for_or_a_later_one_teaches(lesson, tmp_path):
    """Is all of earlier lessons there, and nothing else?"""
    copy = stripping.write("course_lib", lesson_of(lesson).sealed_names(), tmp_path)
    text = "\n".join(path.read_text() for path in copy.glob("*.py"))
    for other in exercises.lessons():
        for exercise in exercises.of_lesson(other):
            last_line = solution_of(exercise).rstrip().splitlines()[-1].strip()
            sealed = other >= lesson
            assert (f"{exercise.name} {stripping.EMPTIED}" in text) == sealed
            if len(last_line) > 25:
                assert (last_line in text) != sealed, exercise.name


def test_what_a_lessons_own_cells_import_is_there_where_they_are_drawn():
    """Does a figure get the later function that it is drawn with, and a verdict not?"""
    ninth = lesson_of("09_learning_rate_decay", ["from course_lib.stability import sharpness", "%magic"])
    needed = {"sharpness", "power_iteration", "hessian_vector_product"}
    assert ninth.sealed_names() - ninth.sealed_names(figures=True) == needed
    own = lesson_of("09_learning_rate_decay", ["from course_lib.schedules import cosine_decay"])
    assert "cosine_decay" in own.sealed_names(figures=True)


@pytest.mark.parametrize("lesson", exercises.lessons())
def test_the_sealed_course_lib_imports_for_every_lesson(lesson):
    first = exercises.of_lesson(lesson)[0].name
    with sandboxes.Sandbox(lesson_of(lesson).sealed_names()) as sandbox:
        call = f"def f():\n    return course_lib.{_module_of(lesson)}.{first}(*[None] * 9)"
        source = f"import course_lib.{_module_of(lesson)}\n{call}"
        with RemoteAnswerer(sandbox, [("cell", source)]) as answerer:
            outcome = answerer.call("f", (), {})
    assert outcome.ended in {"missing", "error"}


def _module_of(lesson):
    return exercises.of_lesson(lesson)[0].reference.__module__.removeprefix("course_lib.")
