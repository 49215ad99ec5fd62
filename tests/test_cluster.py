"""Grading on a cluster: what is refused, what crosses the network, and what a loss of processes costs."""

import asyncio
import concurrent.futures
import dataclasses
import os
import shutil
import subprocess
import sys
from types import SimpleNamespace

import distributed
import msgspec
import numpy as np
import pytest

from autograde_tests.engine.finding import Found
from autograder import __main__ as command
from autograder import errors
from autograder.books import journals
from autograder.errors import ClusterError, LeftUngradedError, SealError
from autograder.marking.lessons import Lesson
from autograder.marking.marked import Marked
from autograder.marking.private_claims import PrivateClaims
from autograder.marking.submissions import Submission
from autograder.marking.verdicts import Item
from autograder.running import cluster, digests, packing, worker
from autograder.running.jobs import Failed, Graded, Grader, Job
from autograder.running.packing import Answer
from tests.classroom import ESSAY, LESSON, ROOT, Classroom
from tests.cluster import KILLS, Cluster, judged, kill, until
from tests.test_autograder_grade import FORGETS, notebooks, rows

SECRET = "a secret of the tests"
LESSON_06 = Lesson(
    LESSON, {"cells": []}, ("i", ""), ("a",), (), (), {}, {"momentum": 4.0}, {"d.csv": b"\xff"}
)
MARKED = Marked(
    (Item("momentum", 4.0, 4.0, "ok", "✓", claims={"test_one": True}),),
    "{}\n",
    {ESSAY: None},
    frozenset({"a"}),
    (),
)


def submission(text="x = 1"):
    return Submission((Found("code", "momentum-answer", "c", text),), notes=("Odd.",))


def job(student, lesson=LESSON, text="x = 1"):
    return Job(student, lesson, submission(text), {"timestamp.txt": "now"}, {"submission": student})


def grader(lessons=(LESSON,), **about):
    return Grader({name: dataclasses.replace(LESSON_06, name=name) for name in lessons}, b"key", **about)


# What is refused


@pytest.mark.parametrize(
    "address",
    ["tls://host:8786", "tcp://127.0.0.1:8786", "tcp://127.8.8.8:1", "tcp://localhost:1", "tcp://[::1]:1"],
)
def test_what_is_safe_is_taken(address):
    assert cluster.Scheduler(address).address == address


@pytest.mark.parametrize(
    "address", ["tcp://10.0.0.1:8786", "tcp://[2001:db8::1]:1", "tcp://localhost.example.org:1"]
)
def test_a_scheduler_elsewhere_gets_no_secret_in_clear_unless_asked_for_by_name(address):
    with pytest.raises(ClusterError, match="in clear"):
        cluster.Scheduler(address)
    assert cluster.Scheduler(address, insecure=True).address == address


@pytest.mark.parametrize(
    "address", ["", "host:8786", "tls://", "tls://host", "http://host:1", "ucx://host:1", "tls://h:x"]
)
def test_what_is_no_address_is_refused_in_a_sentence(address):
    with pytest.raises(ClusterError, match="is no address of a scheduler"):
        cluster.Scheduler(address, insecure=True)


def test_without_jobs_nobody_is_asked():
    """Is a round that has nothing to do no reason to connect?"""
    assert list(cluster.run([], grader(), scheduler=cluster.Scheduler("tls://127.0.0.1:1"))) == []


def test_the_command_refuses_before_it_reads_what_was_handed_in(tmp_path, capsys):
    """Is each a sentence, with the exit status of a refusal?"""
    (tmp_path / "nbgrader_config.py").write_text((ROOT / "nbgrader_config.py").read_text())
    (tmp_path / "solutions" / LESSON).mkdir(parents=True)
    grade = ["grade", "--course", str(tmp_path), "--scheduler"]
    for arguments, said in {
        ("tcp://192.0.2.1:8786",): "in clear",
        ("tls://host:1", "--trusted-submissions"): "a cluster always seals",
    }.items():
        assert command.main([*grade, *arguments]) == errors.REFUSED
        [line] = capsys.readouterr().err.strip().splitlines()[-1:]
        assert line.startswith("Nothing more was done:") and said in line


def test_without_dask_it_says_what_to_install():
    code = (
        "import sys; sys.modules['distributed'] = None\n"
        "from autograder.__main__ import main\n"
        "from autograder.errors import ClusterError\n"
        "try:\n    import autograder.running.cluster\n"
        "except ClusterError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "grading on a cluster needs Dask: pip install 'optimization-course[cluster]'\n"


# What crosses the network


def test_what_marks_a_lesson_comes_back_whole_and_nothing_of_the_other_lessons():
    private = PrivateClaims(LESSON, "/exam/06_momentum.py", "class TestMomentum: ...")
    lesson = dataclasses.replace(LESSON_06, notebook={"cells": [{"source": "ü", "n": 1.5}]}, private=private)
    sent = Grader({LESSON: lesson, "05_ewma": LESSON_06}, b"\x00key", trusted=True, figures=True, library="l")
    assert packing.unpack_grader(packing.pack_grader(sent, LESSON)) == Grader(
        {LESSON: lesson}, b"\x00key", trusted=False, figures=True, library="l"
    )


def test_what_was_handed_in_and_what_became_of_it_come_back_whole():
    there = packing.unpack_submission(packing.pack(submission("π = 3\x00")))
    assert there == submission("π = 3\x00") and type(there.cells[0]) is Found
    item = dataclasses.replace(MARKED.items[0], points=np.float64(2.5))
    for answer in (Answer(dataclasses.replace(MARKED, items=(item,)), 0.25), Answer(reason="so", stops=True)):
        back = packing.unpack_answer(packing.pack(answer))
        assert back == answer
        assert back.marked is None or type(back.marked.items[0].points) is float


def test_a_worker_is_told_no_name_and_nothing_of_the_exchange(monkeypatch):
    """Do name, time stamp, secret of the exchange and digests stay with the grader, and come back there?"""
    sent = []

    def marks(self, one):
        sent.append(one)
        return Graded(one.student, one.lesson, one.digests, one.beside, MARKED, 0.5)

    monkeypatch.setattr(Grader, "attempt", marks)
    ada = job("ada")
    answer = packing.mark(packing.pack_grader(grader(), LESSON), packing.pack(ada.submission))
    assert sent == [Job("", LESSON, ada.submission)]
    assert packing.unpack_answer(answer).about(ada) == Graded(
        "ada", LESSON, ada.digests, ada.beside, MARKED, 0.5
    )


@pytest.mark.parametrize("answer", [b"", b"\x80\x04K\x01.", msgspec.msgpack.encode({"marked": {"items": 3}})])
def test_what_is_no_answer_is_refused(answer):
    with pytest.raises(ValueError):
        packing.unpack_answer(answer)


def test_a_worker_with_another_library_marks_nothing_and_stops_the_round():
    packed = packing.pack_grader(grader(library="of another day"), LESSON)
    answer = packing.unpack_answer(packing.mark(packed, packing.pack(submission())))
    assert answer == Answer(reason="it has another version of the course's library", stops=True)


def test_a_seal_that_breaks_stops_the_round_and_a_fault_one_submission(monkeypatch):
    packed = packing.pack_grader(grader(), LESSON), packing.pack(submission())
    for error, stops in [(SealError("no seal"), True), (ValueError("odd"), False)]:
        monkeypatch.setattr(Grader, "_mark", lambda self, job, error=error: (_ for _ in ()).throw(error))
        answer = packing.unpack_answer(packing.mark(*packed))
        assert answer.stops is stops and str(error) in answer.reason


# What a worker does


def test_a_killed_judge_costs_the_submission_that_kills_it_and_no_neighbour(monkeypatch):
    """Is each asked again alone, the one that kills given up, and is the worker as good as new afterwards?"""
    monkeypatch.setattr(packing, "mark", judged)
    monkeypatch.setattr(worker, "_probe", os.getpid)

    async def work():
        await worker.dask_setup(SimpleNamespace(state=SimpleNamespace(nthreads=1)))
        texts = ["a", KILLS, "b", "c"]
        first, other = await asyncio.gather(
            worker.mark(b"", [packing.pack(submission(text)) for text in texts]),
            worker.mark(b"", [packing.pack(submission("d"))] * 3),
        )
        with monkeypatch.context() as patch:
            patch.setattr(worker, "_answer_alone", lambda grader, lost: asyncio.sleep(0, lost))
            after = await worker.mark(b"", [packing.pack(submission("e"))] * 4)
        return [[packing.unpack_answer(one).reason for one in answers] for answers in (first, other, after)]

    try:
        first, other, after = asyncio.run(work())
    finally:
        worker.dask_teardown(None)
    assert [reason.split()[0] for reason in first] == ["a", worker.KILLED.split()[0], "b", "c"]
    assert first[1] == worker.KILLED
    assert [reason.split()[0] for reason in other + after] == ["d"] * 3 + ["e"] * 4
    assert str(os.getpid()) not in {reason.split()[1] for reason in other + after}


def test_a_worker_that_may_have_no_processes_ends_with_a_sentence(monkeypatch):
    monkeypatch.setattr(worker.multiprocessing, "current_process", lambda: SimpleNamespace(daemon=True))
    with pytest.raises(SystemExit, match="--no-nanny"):
        asyncio.run(worker.dask_setup(SimpleNamespace(state=SimpleNamespace(nthreads=1))))


def test_a_worker_that_has_not_probed_its_seal_marks_nothing():
    """Does a task that reaches a worker without the preload stop the round, and raise nothing?"""
    [answer] = asyncio.run(worker.mark(b"", [packing.pack(submission())]))
    assert packing.unpack_answer(answer).stops and not worker.state()["ready"]


# What the grader does


class Dask:
    """Stands for Dask's client: answers at once, or as it is told to for some texts."""

    def __init__(self, answers=None):
        self.answers, self.sent, self.unfinished, self.most = answers or {}, [], 0, 0

    def nthreads(self):
        return {"tcp://one": 2, "tcp://two": 1}

    def who_has(self, futures):
        return {"key": ("tcp://one",)}

    def submit(self, function, grader, submissions, *, key, pure):
        assert function is worker.mark and not pure
        [lesson] = packing.unpack_grader(grader).lessons
        texts = [packing.unpack_submission(one).cells[0].source for one in submissions]
        self.sent.append((lesson, texts))
        self.unfinished += 1
        self.most = max(self.most, self.unfinished)
        future = concurrent.futures.Future()
        told = next((self.answers[text] for text in texts if text in self.answers), Answer(MARKED))
        if isinstance(told, BaseException):
            future.set_exception(told)
        else:
            future.set_result([packing.pack(told)] * len(texts))
        return future


def marked_by(dask, jobs, lessons=(LESSON,)):
    return cluster._Round(dask, grader(lessons)).mark(iter(jobs))


def test_batches_are_of_one_lesson_small_at_first_and_bounded():
    lessons = ("05_ewma", LESSON)
    jobs = [job(f"{number}", lesson, lesson) for lesson in lessons for number in range(600)]
    dask = Dask()
    done = list(marked_by(dask, jobs, lessons))
    assert sorted((one.lesson, one.student) for one in done) == sorted(
        (one.lesson, one.student) for one in jobs
    )
    assert all(set(texts) == {lesson} for lesson, texts in dask.sent)
    sizes = [len(texts) for _, texts in dask.sent]
    assert sizes[:3] == [1, 1, 1] and max(sizes) == cluster.BATCH
    large = [job(f"{number}", text="x" * 1_500_000) for number in range(30)]
    list(marked_by(dask := Dask(), large))
    assert max(len(texts) for _, texts in dask.sent) == 2


def test_jobs_are_read_as_they_are_needed():
    """Is what was read and has not come back bounded, however large the class?"""
    read = 0

    def jobs():
        nonlocal read
        for read in range(1, 2001):
            yield job(str(read))

    ahead = [read - done for done, _ in enumerate(marked_by(Dask(), jobs()), start=1)]
    assert max(ahead) <= (3 * cluster.IN_FLIGHT_EACH + 1) * cluster.BATCH


def test_a_submission_that_is_lost_with_every_worker_is_given_up_alone():
    jobs = [job(str(number), text="lost" if number == 40 else "x") for number in range(60)]
    done = {
        one.student: one for one in marked_by(Dask({"lost": distributed.KilledWorker("k", "w", 3)}), jobs)
    }
    assert len(done) == 60
    failed = [one for one in done.values() if isinstance(one, Failed)]
    assert failed == [Failed("40", LESSON, "every worker that began it was lost")]


def test_what_a_worker_refuses_stops_the_round_and_names_it():
    jobs = [job("ada"), job("bob", text="bad")]
    with pytest.raises(ClusterError, match="the worker tcp://one takes no work: no seal"):
        list(marked_by(Dask({"bad": Answer(reason="no seal", stops=True)}), jobs))


@pytest.mark.parametrize("error", [concurrent.futures.CancelledError(), OSError("closed")])
def test_a_lost_scheduler_is_a_sentence(error):
    with pytest.raises(LeftUngradedError, match="the scheduler is lost"):
        list(marked_by(Dask({"x": error}), [job("ada", text="x")]))


def test_without_any_worker_it_does_not_wait_for_ever(monkeypatch):
    monkeypatch.setattr(cluster, "SECONDS_FOR_ANOTHER", -1)
    dask = Dask()
    dask.nthreads = dict
    with pytest.raises(LeftUngradedError, match="the last worker is gone"):
        list(marked_by(dask, [job("ada")]))


def test_a_scheduler_is_asked_where_it_listens(monkeypatch):
    """Is loopback no way around the rule, when workers from elsewhere could join in clear?"""

    async def identity(address, security):
        return {"address": "tcp://192.0.2.1:8786"}

    monkeypatch.setattr(cluster, "_identity", identity)
    with pytest.raises(ClusterError, match="in clear"):
        list(cluster.run([job("ada")], grader(), scheduler=cluster.Scheduler("tcp://127.0.0.1:8786")))


def workers_that(found=None, version=distributed.__version__, missing=False):
    """Stand for a client that is connected to one worker."""

    def wait(number, timeout):
        if missing:
            raise TimeoutError

    ours = {"packages": {"distributed": distributed.__version__}}
    versions = {
        "client": ours,
        "scheduler": ours,
        "workers": {"tcp://127.0.0.1:9": {"packages": {"distributed": version}}},
    }
    return SimpleNamespace(
        wait_for_workers=wait,
        get_versions=lambda: versions,
        run=lambda function, on_error: {"tcp://127.0.0.1:9": found},
    )


@pytest.mark.parametrize(
    ("client", "said"),
    [
        (workers_that(missing=True), "no worker has come"),
        (workers_that(version="2020.1"), "is 2020.1 at tcp://127.0.0.1:9"),
        (workers_that(ModuleNotFoundError("autograder")), "without --preload"),
        (workers_that({"ready": False, "library": digests.of_library()}), "without --preload"),
        (workers_that({"ready": True, "library": "of another day"}), "update it"),
    ],
)
def test_a_cluster_that_cannot_be_worked_with_is_refused_before_anything_is_sent(client, said):
    with pytest.raises(ClusterError, match=said):
        cluster._require_workers(client, cluster.Scheduler("tcp://127.0.0.1:8"))


def test_a_cluster_that_can_be_worked_with_is_taken_where_its_workers_are_safe():
    """Is one worker that would be sent the secret in clear enough to refuse?"""
    good = workers_that({"ready": True, "library": digests.of_library()})
    cluster._require_workers(good, cluster.Scheduler("tcp://127.0.0.1:8"))
    elsewhere = workers_that()
    elsewhere.run = lambda function, on_error: {"tcp://192.0.2.1:9": worker.state() | {"ready": True}}
    with pytest.raises(ClusterError, match="in clear"):
        cluster._require_workers(elsewhere, cluster.Scheduler("tls://host:8"))


# Real schedulers and workers

STUDENTS = 24
WAITS = "import time\n\ntime.sleep(0.3)\n\n\n"


@pytest.fixture(scope="module")
def released(tmp_path_factory):
    """A class whose notebooks take a while, and the same graded on this machine, undisturbed."""
    room = Classroom(tmp_path_factory.mktemp("cluster") / "course")
    room.release()
    for number in range(STUDENTS - 1):
        answers = {"momentum_radius-answer": WAITS + "def momentum_radius(*args):\n    return 1.0"}
        room.submit(f"s{number:02}", answers | ({"momentum-answer": FORGETS} if number % 3 else {}))
    room.submit("eve", raw=b"{this is no JSON")
    undisturbed = room.directory.with_name("undisturbed")
    shutil.copytree(room.directory, undisturbed)
    done = graded(undisturbed)
    assert done.returncode == errors.GRADED, done.out + done.err
    return room.directory


@pytest.fixture
def course(released, tmp_path):
    shutil.copytree(released, tmp_path / "course")
    return tmp_path / "course"


def begin(course, *options, enter=()):
    """Begin `autograder grade` as a process."""
    arguments = [*enter, sys.executable, "-m", "autograder", "grade", "--course", str(course), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "AUTOGRADER_SECRET": SECRET}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(arguments, env=environment, **pipes)


def graded(course, *options, enter=()):
    """Grade; return the ended process, with what it said."""
    process = begin(course, *options, enter=enter)
    process.out, process.err = process.communicate(timeout=300)
    return process


def on(running, *, certificates=None):
    """Return the options that grade on a cluster."""
    return ["--scheduler", running.address, *running.tls("grader", certificates)]


def lines(course):
    """Return what the journal says, without times."""
    return sorted(
        (dataclasses.replace(entry, seconds=0.0, time="") for entry in journals.entries(course)), key=str
    )


def begun(course, least=4):
    """Wait until some of the class is recorded, and some is not."""
    count = until(lambda: (n := len(list(journals.entries(course)))) >= least and n, "a journal")
    assert count < STUDENTS
    return count


def ends_as_undisturbed(course, released):
    """Compare gradebook, journal and notebooks with those of the class that was graded here."""
    other = released.with_name("undisturbed")
    assert len(lines(course)) == STUDENTS
    assert lines(course) == lines(other)
    assert rows(course) == rows(other)
    assert notebooks(course) == notebooks(other)


def descendants(pid):
    """Return the processes below one."""
    done = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [tuple(map(int, line.split())) for line in done.stdout.splitlines()]
    found, new = set(), {pid}
    while new:
        new = {child for child, parent in pairs if parent in new} - found
        found |= new
    return found


def alive(pids):
    return {pid for pid in pids if os.path.exists(f"/proc/{pid}")}


@pytest.fixture(scope="session")
def certificates(tmp_path_factory):
    """Certificates of two authorities, made as deploy/cluster/README.md says."""
    if shutil.which("openssl") is None:
        pytest.skip("no openssl here, which makes the certificates")
    folder = tmp_path_factory.mktemp("certificates")
    for name in ("ours", "other"):
        script = ROOT / "deploy" / "cluster" / "certificates.sh"
        subprocess.run(["sh", script, folder / name], check=True, capture_output=True)
    return folder


@pytest.mark.slow
def test_a_class_is_graded_over_tls_as_on_this_machine(course, released, certificates, tmp_path):
    """Are books and notebooks the same, and is whoever has another authority's certificates turned away?"""
    with Cluster(tmp_path / "dask", certificates / "ours") as running:
        wrong = graded(course, *on(running, certificates=certificates / "other"))
        assert (wrong.returncode, wrong.out) == (
            errors.REFUSED,
            "",
        ) and "do not trust each other" in wrong.err
        none = graded(course, "--scheduler", running.address)
        assert none.returncode == errors.REFUSED and "do not trust each other" in none.err
        assert len(none.err.strip().splitlines()) == 1
        _, log = running.start_worker(certificates=certificates / "other", joins=False)
        running.start_worker()
        done = graded(course, *on(running))
        assert done.returncode == errors.GRADED, done.err
        assert "Registered to" not in log.read_text()
        assert done.err == ""
    ends_as_undisturbed(course, released)


@pytest.mark.slow
def test_a_worker_killed_in_mid_run_costs_nothing(course, released, tmp_path):
    """Do its submissions run again, stand once, and is nothing of its processes left?"""
    with Cluster(tmp_path / "dask") as running:
        doomed, _ = running.start_worker(cores=1)
        running.start_worker(cores=1)
        process = begin(course, *on(running))
        begun(course)
        below = descendants(doomed.pid)
        kill(doomed)
        _, said = process.communicate(timeout=300)
        assert (process.returncode, said) == (errors.GRADED, "")
        assert len(below) >= 2
        until(lambda: not alive(below), "an end of all that the worker had started")
    ends_as_undisturbed(course, released)


@pytest.mark.slow
def test_the_last_worker_killed_and_another_one_started_costs_nothing(course, released, tmp_path):
    with Cluster(tmp_path / "dask") as running:
        doomed, _ = running.start_worker()
        process = begin(course, *on(running))
        begun(course)
        kill(doomed)
        running.start_worker()
        _, said = process.communicate(timeout=300)
        assert (process.returncode, said) == (errors.GRADED, "")
    ends_as_undisturbed(course, released)


@pytest.mark.slow
def test_a_scheduler_that_dies_is_a_sentence_and_run_again_the_end_is_the_same(course, released, tmp_path):
    with Cluster(tmp_path / "dask") as running:
        running.start_worker()
        process = begin(course, *on(running))
        begun(course)
        kill(running.scheduler)
        _, said = process.communicate(timeout=300)
        assert process.returncode == errors.LEFT_UNGRADED
        [line] = said.strip().splitlines()
        assert "the scheduler is lost" in line and "run the same command again" in line
        recorded = lines(course)
        assert 0 < len(recorded) < STUDENTS
        running.start_scheduler()
        running.start_worker()
        again = graded(course, *on(running))
        assert again.returncode == errors.GRADED, again.err
        assert f"{STUDENTS - len(recorded)} graded" in again.out
    ends_as_undisturbed(course, released)


@pytest.mark.slow
def test_a_grader_that_is_killed_leaves_idle_workers_and_run_again_the_end_is_the_same(
    course, released, tmp_path
):
    with Cluster(tmp_path / "dask") as running:
        running.start_worker()
        process = begin(course, *on(running))
        begun(course)
        kill(process)
        with distributed.Client(running.address, set_as_default=False) as client:
            until(lambda: not any(client.processing().values()), "idle workers", patience=60)
        again = graded(course, *on(running))
        assert again.returncode == errors.GRADED, again.err
    ends_as_undisturbed(course, released)


@pytest.mark.slow
@pytest.mark.parametrize("options", [["--no-nanny"], ["--nanny"]])
def test_a_worker_whose_seal_does_not_hold_takes_no_work(options, course, tmp_path, monkeypatch):
    """Does it say so and end, and does a round without other workers end with a sentence?"""
    broken = tmp_path / "bin" / "bwrap"
    broken.parent.mkdir()
    broken.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2\nexit 1\n")
    broken.chmod(0o755)
    with Cluster(tmp_path / "dask") as running:
        path = f"{broken.parent}{os.pathsep}{os.environ['PATH']}"
        process, log = running.start_worker(*options, joins=False, PATH=path)
        assert process.wait(120) != 0
        assert "autograder: this worker takes no work: the sealed parent does not start" in log.read_text()
        assert "Registered to" not in log.read_text()
        refused = graded(course, *on(running))
        assert refused.returncode == errors.REFUSED and "no worker has come" in refused.err
    assert lines(course) == []


@pytest.mark.slow
def test_a_worker_that_differs_is_refused_before_anything_is_sent(course, tmp_path):
    """Is a worker of another version, and one without our part, a sentence, with nothing sent to any?"""
    other = tmp_path / "other"
    for package in ("autograder", "autograde_tests", "course_lib"):
        shutil.copytree(ROOT / package, other / package)
    with open(other / "autograder" / "marking" / "verdicts.py", "a") as file:
        file.write("# another word\n")
    with Cluster(tmp_path / "dask") as running:
        running.start_worker()
        for environment, said in [
            ({"PYTHONPATH": str(other)}, "has another version of the course's library; update it"),
            ({"DASK_CONFIG": os.devnull}, "was started without --preload autograder.running.worker"),
        ]:
            process, _ = running.start_worker(**environment)
            refused = graded(course, *on(running))
            assert refused.returncode == errors.REFUSED
            [line] = refused.err.strip().splitlines()
            assert said in line
            process.terminate()
            process.wait(60)
    assert lines(course) == []


def test_nobody_there_is_a_sentence(monkeypatch):
    """Is it a refusal, within a bounded time?"""
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 0.4)
    scheduler = cluster.Scheduler("tcp://127.0.0.1:1")
    with pytest.raises(ClusterError, match="no scheduler answers"):
        list(cluster.run([job("ada")], grader(), scheduler=scheduler))


@pytest.fixture
def two_machines():
    """Two network namespaces with a cable between them; return the commands that enter them."""
    names = [f"grading-{os.getpid()}-{number}" for number in range(2)]

    def ip(*words):
        return subprocess.run(["ip", *words], capture_output=True, text=True)

    if shutil.which("ip") is None or os.geteuid() or ip("netns", "add", names[0]).returncode:
        pytest.skip("no network namespaces here: they need root and iproute2")
    try:
        ip("netns", "add", names[1])
        cable = [f"veth{os.getpid()}-{number}"[:15] for number in range(2)]
        made = ip(
            "link", "add", cable[0], "netns", names[0], "type", "veth", "peer", cable[1], "netns", names[1]
        )
        if made.returncode:
            pytest.skip(f"no cable between network namespaces: {made.stderr}")
        for number in range(2):
            for words in (
                ("addr", "add", f"10.77.0.{number + 1}/24", "dev", cable[number]),
                ("link", "set", cable[number], "up"),
                ("link", "set", "lo", "up"),
            ):
                assert ip("-n", names[number], *words).returncode == 0
        yield [["ip", "netns", "exec", name] for name in names]
    finally:
        for name in names:
            ip("netns", "delete", name)


@pytest.mark.slow
def test_two_machines(course, released, certificates, two_machines, tmp_path):
    """Is a class graded by a worker on another machine, which sees the scheduler's network alone?"""
    here, there = two_machines
    with Cluster(tmp_path / "dask", certificates / "ours", host="10.77.0.1", enter=here) as running:
        _, log = running.start_worker(enter=there)
        assert "10.77.0.2" in log.read_text()
        done = graded(course, *on(running), enter=here)
        assert done.returncode == errors.GRADED, done.err
    ends_as_undisturbed(course, released)
