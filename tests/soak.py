"""A class graded while the processes that grade it are killed: does all end as if nobody had been?

    python -m tests.soak --submissions 10000 --kills 20

A tenth of the class is hostile, with the attacks of `tests/attacks`. It is graded on this machine and left in
peace; then from the beginning again, on this machine and on Dask by turns, while graders, judges, sealed
parents, workers and schedulers are ended by SIGKILL at random moments, and the same command is run until
nothing is left to grade. What both have left is compared. The exit status is 1 if anything is amiss.
"""

import argparse
import contextlib
import ctypes
import dataclasses
import hashlib
import itertools
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from dataclasses import dataclass
from pathlib import Path

import psutil
from distributed.diskutils import WorkSpace

from autograder import errors
from autograder.books import courses, journals
from autograder.books.journals import Entry
from autograder.demo import sample_class
from autograder.marking.verdicts import Item
from autograder.sealing import sandboxes
from tests import attacks
from tests.attacks.scene import CLASSMATES, LEFT_BEHIND, Scene
from tests.classroom import LESSON, ROOT
from tests.cluster import Cluster, until
from tests.test_autograder_grade import rows

LOCAL, DASK = "local", "Dask"
GRADER, JUDGE, SEALED, WORKER, SCHEDULER = "grader", "judge", "sealed parent", "worker", "scheduler"
ROLES, BUBBLEWRAP = (GRADER, JUDGE, SEALED, WORKER, SCHEDULER), "bubblewrap"
# Whom to kill, in turn. The last of each stretch ends the round, and the next one grades elsewhere.
VICTIMS = (
    *((DASK, WORKER), (DASK, JUDGE), (DASK, SCHEDULER)),
    *((LOCAL, SEALED), (LOCAL, JUDGE)),
    *((DASK, SEALED), (DASK, GRADER)),
    *((LOCAL, GRADER),),
)
WORKERS = 2
HOSTILE = 10  # every tenth
SPREAD = 0.85  # the part of the class within which the kills lie
DELAY = 0.3  # seconds at most from a submission that is recorded to the kill: recording goes by the clock
AGE = 0.5  # seconds, at least, of who is killed: what has just been forked may become another program
LOOKS_EVERY = 1.0  # seconds between two looks at the memory
GROWTH = 1.15  # of what is held in the last third over the first
SECRET = "a secret of the soak"
PR_SET_CHILD_SUBREAPER = 36


@dataclass(frozen=True)
class Kill:
    """Whom to kill where: when so many submissions are recorded, and some seconds later."""

    door: str
    victim: str
    recorded: int
    delay: float


def kills_of(number, submissions, rng):
    """Return kills in order, at a random moment in each of as many equal parts of the class."""
    part = SPREAD * submissions / max(number, 1)
    victims = itertools.islice(itertools.cycle(VICTIMS), number)
    return [
        Kill(*where, int(part * (place + rng.random())), rng.uniform(0, DELAY))
        for place, where in enumerate(victims)
    ]


# What is left of a class


@dataclass(frozen=True)
class Books:
    """What a graded class has left on disk.

    How a hostile process ends and what it prints may be by chance, or for want of time. What it earns is not.

    Attributes:
        rows: Of the gradebook.
        entries: The newest of each submission in the journal, without times; of the hostile the points alone.
        lines: How many whole lines the journal has of each submission.
        cut: How many of its lines were cut short.
        files: Path → digest, of the graded folders of the honest.
        paths: All there is in the course and in the instructor's home.
    """

    rows: tuple
    entries: dict[tuple[str, str], Entry]
    lines: Counter
    cut: int
    files: dict[str, str]
    paths: set[str]


def books_of(scene, hostile):
    """Read what is left of a class, in which some students are hostile."""
    course = Path(scene.course)
    found = list(journals.entries(course))
    raw = (course / journals.FOLDER / journals.FILE).read_bytes().splitlines()
    graded = [path for path in (course / "autograded").rglob("*") if path.is_file()]
    return Books(
        rows(course),
        {one: _lasting(entry, hostile) for one, entry in journals.newest(course).items()},
        Counter((entry.lesson, entry.student) for entry in found),
        len(raw) - len(found),
        {
            str(path.relative_to(course)): hashlib.sha256(path.read_bytes()).hexdigest()
            for path in graded
            if path.relative_to(course).parts[1] not in hostile
        },
        {str(path.relative_to(scene.directory)) for path in scene.directory.rglob("*")},
    )


def _lasting(entry, hostile):
    """Return what of an entry is the same whenever it is graded."""
    items = entry.items
    if entry.student in hostile:
        items = tuple(Item(item.exercise, item.points, item.max_points, "", "") for item in items)
    return dataclasses.replace(entry, items=items, seconds=0.0, time="")


def differences(books, expected, graders_killed):
    """Yield what a disturbed class has left that an undisturbed one has not, a sentence each.

    A line of the journal is written when the gradebook and the graded notebook have it all: who is killed in
    between has it graded again, into the same rows. So there is one line of each submission, and at most one
    that was cut short for each grader killed.
    """
    if books.rows != expected.rows:
        ours, theirs = ({str(row) for table in one.rows for row in table} for one in (books, expected))
        yield f"gradebook: {_first_of(ours ^ theirs)}"
    for name in ("entries", "files"):
        ours, theirs = getattr(books, name), getattr(expected, name)
        differing = {key for key in ours.keys() | theirs.keys() if ours.get(key) != theirs.get(key)}
        if differing:
            yield f"{name}: {_first_of(differing)}"
    if books.paths != expected.paths:
        yield f"left or lost: {_first_of(books.paths ^ expected.paths)}"
    twice = [key for key, count in books.lines.items() if count > 1]
    if twice:
        yield f"graded twice, by the journal: {_first_of(twice)}"
    if books.cut > graders_killed:
        yield f"{books.cut} lines of the journal are damaged, with {graders_killed} graders killed"


def _first_of(some):
    shown = sorted(map(str, some))
    return f"{len(shown)}, {', '.join(shown[:4])}"


# Processes and their memory


def end_what_is_orphaned_below_us():
    """Take the place of process 1 for all that is started below this process: none is out of sight."""
    if ctypes.CDLL(None, use_errno=True).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "no subreaper")


def running():
    """Return all processes below this one that have not ended."""
    found = []
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            if process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


def roles(door, grader):
    """Return role → processes that are at work for a grader, or would be if it were on Dask."""
    found, known = {}, {}
    for process in running():  # a parent comes before its children
        with contextlib.suppress(psutil.Error):
            parent = known.get(process.ppid())
            words = " ".join(process.cmdline())
            role = (
                GRADER if process.pid == grader else _role(words, parent, GRADER if door == LOCAL else WORKER)
            )
            known[process.pid] = role
            found.setdefault(role, []).append(process)
    return {role: found[role] for role in ROLES if role in found}


def _role(words, parent, master):
    """Return the role of a process, by its command line and its parent's role."""
    if "distributed.cli.dask_" in words:
        return WORKER if "dask_worker" in words else SCHEDULER
    if "/sealed/zygote.py" in words and "bwrap" in words:
        return BUBBLEWRAP if parent in {JUDGE, BUBBLEWRAP} else None
    if "/sealed/zygote.py" in words:
        return SEALED if parent == BUBBLEWRAP else None
    return JUDGE if parent == master and (" autograder grade " in words or "spawn_main" in words) else None


class Memory:
    """What each role holds, here and on Dask, in the first and in the last third of a class.

    A hostile value may take hundreds of MiB for a moment, and who has just begun holds little: what is
    compared is held for a quarter of the time or longer.

    Args:
        submissions: How many there are.
    """

    def __init__(self, submissions):
        self.submissions, self.held, self.peaks, self._looked = submissions, {}, {}, 0.0

    def look(self, door, grader, recorded):
        """Read what is held, if it is time."""
        if time.monotonic() - self._looked < LOOKS_EVERY:
            return
        self._looked = time.monotonic()
        third = min(2, 3 * recorded // self.submissions)
        for role, processes in roles(door, grader).items():
            where = role if role in {WORKER, SCHEDULER} else f"{role} ({door})"
            for process in processes:
                with contextlib.suppress(OSError, ValueError, psutil.Error):  # it has ended meanwhile
                    status = Path(f"/proc/{process.pid}/status").read_text()
                    [peak] = [line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")]
                    held = process.memory_info().rss / 1024**2
                    self.held.setdefault(where, ([], [], []))[third].append(held)
                    self.peaks[where] = max(self.peaks.get(where, 0.0), int(peak) / 1024)

    def thirds(self):
        """Yield role, MiB held in the first third, and in the last; 0 where nobody was seen."""
        for role, (first, _, last) in self.held.items():
            yield role, *(sorted(seen)[3 * len(seen) // 4] if seen else 0.0 for seen in (first, last))

    def __str__(self):
        return ", ".join(
            f"{role} {one:.0f} → {last:.0f} (at most {self.peaks.get(role, 0):.0f})"
            for role, one, last in self.thirds()
        )

    def complaints(self):
        """Yield who has grown."""
        for role, first, last in self.thirds():
            if first and last > GROWTH * first:
                yield f"{role}: {first:.0f} MiB in the first third, {last:.0f} in the last"


# The class


class Soak:
    """A class, and the processes that grade it.

    Args:
        folder: Where to make it.
        submissions: How many.
        seed: Of the class, and of the moments at which it is disturbed.
    """

    def __init__(self, folder, submissions, seed):
        self.folder, self.submissions = Path(folder), submissions
        self.temporary = self.folder / "temporary"
        self.temporary.mkdir()
        self.rng = random.Random(seed)
        self.scene = Scene(self.folder / "scene")
        self.course = Path(self.scene.course)
        self.hostile, self.tried = self._hand_in()
        shutil.copy(self.course / "gradebook.db", self.folder / "gradebook.db")
        self.environment = {**self.scene.environment, "PYTHONPATH": str(ROOT)}
        self.environment |= {"TMPDIR": str(self.temporary), "AUTOGRADER_SECRET": SECRET}
        self.rounds = []
        self._journal = self.course / journals.FOLDER / journals.FILE
        self._read = self._lines = 0

    def _hand_in(self):
        """Fill the course, the hostile among the honest; return the hostile students, and the attacks."""
        hostile = self.submissions // HOSTILE
        honest = self.submissions - hostile - len(CLASSMATES)
        students = sorted(sample_class.hand_in(self.course, [LESSON], honest, broken=False).students)
        known = attacks.all_attacks()
        self.rng.shuffle(known)
        quick = [attack for attack in known if not attack.patience]
        once = known if hostile >= len(known) else []  # what waits for a limit of time costs 10 s
        tried = [*once, *itertools.islice(itertools.cycle(quick), hostile - len(once))]
        self.rng.shuffle(tried)
        names = set()
        for place, attack in enumerate(tried):
            # Named after a neighbour, they are spread over the class; unless the name is the attack.
            neighbour = students[place * honest // hostile]
            name = f"{neighbour}, {attack.student}" if attack.student.startswith("m-") else attack.student
            names.add(f"{name} {place}")
            self.scene.hand_in(dataclasses.replace(attack, student=f"{name} {place}"))
        return names, {attack.id for attack in tried}

    def begin_anew(self):
        """Forget all that was graded."""
        shutil.rmtree(self.course / "autograded", ignore_errors=True)
        shutil.rmtree(self.course / journals.FOLDER, ignore_errors=True)
        shutil.copy(self.folder / "gradebook.db", self.course / "gradebook.db")
        self._read = self._lines = 0

    def command(self, *words):
        """Begin a command of ours on the class; return its process and where it writes."""
        log = self.folder / f"said-{len(list(self.folder.glob('said-*')))}.log"
        with open(log, "wb") as file:
            process = subprocess.Popen(
                [sys.executable, "-m", "autograder", *words, "--course", str(self.course)],
                env={**os.environ, **self.environment},
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        return process, log

    def grade(self, door, memory, kills=(), cluster=None):
        """Grade once, and carry out the kills of this door that come due; return the exit status."""
        options = ("--scheduler", cluster.address) if door == DASK else ("--workers", str(WORKERS))
        process, log = self.command("grade", *options)
        done = []
        while process.poll() is None:
            recorded = self.recorded()
            memory.look(door, process.pid, recorded)
            if kills and kills[0].door == door and recorded >= kills[0].recorded:
                time.sleep(kills[0].delay)
                if self._kill(door, kills[0].victim, process.pid):
                    done.append(kills.popleft().victim)
                    if done[-1] == WORKER:
                        self._hire(cluster, joins=False)
            time.sleep(0.01)
        said = log.read_text(errors="replace")
        self.rounds.append((door, done, process.returncode, said))
        return process.returncode

    def recorded(self):
        """Return how many submissions the journal has."""
        with contextlib.suppress(FileNotFoundError), open(self._journal, "rb") as file:
            file.seek(self._read)
            new = file.read()
            self._read += len(new)
            self._lines += new.count(b"\n")
        return self._lines

    def _kill(self, door, victim, grader):
        """Kill one of a role; return whether there was any."""
        with contextlib.suppress(psutil.NoSuchProcess):
            there = [
                one for one in roles(door, grader).get(victim, ()) if time.time() - one.create_time() > AGE
            ]
            if there:
                self.rng.choice(there).kill()
                return True
        return False

    def undisturbed(self, memory):
        """Grade all on this machine, in peace; return the `Books`."""
        self.begin_anew()
        self.grade(LOCAL, memory)
        return books_of(self.scene, self.hostile)

    def disturbed(self, kills, memory):
        """Grade all from the beginning while processes are killed; return the `Books`."""
        self.begin_anew()
        left, doors = deque(kills), itertools.cycle((DASK, LOCAL))
        with Cluster(self.folder / "dask") as cluster:
            self._staff(cluster)
            for door in doors:
                door = left[0].door if left else door
                if cluster.scheduler.poll() is not None:
                    cluster.start_scheduler()
                    self._staff(cluster)
                status = self.grade(door, memory, left, cluster)
                if status == errors.GRADED or len(self.rounds) > 2 * len(kills) + 4:
                    break
        return books_of(self.scene, self.hostile)

    def _staff(self, cluster):
        for _ in range(WORKERS):
            self._hire(cluster)

    def _hire(self, cluster, *, joins=True):
        cluster.start_worker(cores=1, joins=joins, **self.environment)

    def complaints(self, kills):
        """Yield what is amiss afterwards with rounds, processes and files, a sentence each."""
        for door, done, status, said in self.rounds:
            may = {errors.GRADED}
            if done:
                may |= {errors.LEFT_UNGRADED, -signal.SIGKILL}
            if SEALED in done:
                may.add(errors.REFUSED)  # killed while it starts, it is a seal that cannot be made
            if status not in may or "Traceback" in said:
                yield f"{door}, after {done or 'nothing'}: exit status {status}: {said[-2000:]}"
        spent = sum(len(done) for _, done, _, _ in self.rounds)
        if spent < len(kills):
            yield f"only {spent} of {len(kills)} were killed before the class was graded"
        process, log = self.command("grade", "--dry-run")
        if process.wait() or f"0 to grade, {self.submissions} unchanged" not in log.read_text():
            yield f"not all is graded: {log.read_text()[-2000:]}"
        with contextlib.closing(sqlite3.connect(self.course / "gradebook.db")) as database:
            if database.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
                yield "the gradebook is damaged"
        with courses.find(self.course).journal():
            pass  # nobody holds the lock
        yield from self._left_behind()

    def _left_behind(self):
        with contextlib.suppress(AssertionError):
            until(lambda: not running(), "an end of all processes", patience=20)
        with contextlib.suppress(ChildProcessError):  # as process 1 does: they count as alive otherwise
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        for process in running():
            with contextlib.suppress(psutil.Error):
                yield f"still running: {' '.join(process.cmdline())[:200]}"
        for room in self.rooms():  # an hour later
            old = time.time() - sandboxes.ROOM_SECONDS - 1
            os.utime(room, (old, old))
        process, log = self.command("doctor")
        if process.wait():
            yield f"the doctor complains: {log.read_text()[-2000:]}"
        scratch = self.folder / "dask" / "dask-scratch-space"
        WorkSpace(str(scratch)).new_work_dir(
            prefix="next-"
        ).release()  # as the next worker does: Dask tidies up
        left = [*self.temporary.iterdir(), *(path for path in scratch.iterdir() if path.is_dir())]
        left += [path for path in map(Path, LEFT_BEHIND) if os.path.lexists(path)]
        yield from (f"left: {path}" for path in left)

    def rooms(self):
        """Return what killed judges have left in the temporary folder, until the hour is over."""
        return list(self.temporary.glob(f"{sandboxes.ROOM}*"))


def unmapped(names):
    """Return which of these names of shared memory belong to no process that runs."""
    maps = []
    for path in Path("/proc").glob("[0-9]*/maps"):
        with contextlib.suppress(OSError):
            maps.append(path.read_text())
    return [name for name in names if not any(f"/dev/shm/{name}" in text for text in maps)]


def main():
    """Grade, compare and print; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--submissions", type=int, default=100)
    parser.add_argument("--kills", type=int, default=len(VICTIMS))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    end_what_is_orphaned_below_us()
    shared = set(os.listdir("/dev/shm"))
    with tempfile.TemporaryDirectory(prefix="soak-") as folder:
        soak = Soak(folder, options.submissions, options.seed)
        hostile = f"{len(soak.hostile)} hostile ({len(soak.tried)} attacks)"
        print(f"{options.submissions} submissions, {hostile}", flush=True)
        peaceful, troubled = Memory(options.submissions), Memory(options.submissions)
        begun = time.monotonic()
        expected = soak.undisturbed(peaceful)
        print(
            f"undisturbed: {time.monotonic() - begun:.0f} s; MiB in first and last third: {peaceful}",
            flush=True,
        )
        kills = kills_of(options.kills, options.submissions, soak.rng)
        begun = time.monotonic()
        books = soak.disturbed(kills, troubled)
        print(
            f"disturbed: {time.monotonic() - begun:.0f} s; MiB in first and last third: {troubled}",
            flush=True,
        )
        for door, done, status, _ in soak.rounds[1:]:
            print(f"  a round on {door}, exit status {status}, killed: {', '.join(done) or 'nobody'}")
        lines, rooms = sum(books.lines.values()), len(soak.rooms())
        print(f"journal: {lines} lines, {books.cut} cut short; {rooms} rooms of dead judges")
        graders = sum(done.count(GRADER) for _, done, _, _ in soak.rounds)
        complaints = [*differences(books, expected, graders), *soak.complaints(kills)]
        complaints += [*peaceful.complaints(), *troubled.complaints()]
    complaints += [f"left: /dev/shm/{name}" for name in unmapped(set(os.listdir("/dev/shm")) - shared)]
    print("\n".join(complaints) or "as undisturbed; nothing is left")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
