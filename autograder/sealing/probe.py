"""The probe: is the seal what it should be? Asked from inside, by code that tries to get out.

Each question is a few lines that run as a student's would. It must say "ok" itself; a question that cannot be
answered counts as a leak.
"""

import textwrap
import time
from dataclasses import dataclass
from pathlib import Path

from autograder.errors import SealError
from autograder.sealing import sandboxes, stripping
from autograder.sealing.remote import RemoteAnswerer
from autograder.sealing.sandboxes import Sandbox

PRELUDE = '''
import os, sys

def refused(act, *errors):
    """Whether an attempt is refused."""
    try:
        act()
    except (errors or (OSError,)):
        return True
    return False
'''

# name → (what holds, body of a function that returns True if it does)
QUESTIONS = {
    "network": (
        "no sockets, so no network",
        """
        import socket
        kinds = [socket.AF_INET, socket.AF_INET6, socket.AF_UNIX]
        return all(refused(lambda kind=kind: socket.socket(kind)) for kind in kinds)
        """,
    ),
    "processes": (
        "no fork, no exec",
        """
        import subprocess
        return (
            refused(os.fork)
            and refused(lambda: os.execv(sys.executable, ["python"]))
            and refused(lambda: subprocess.run(["/bin/true"]))
        )
        """,
    ),
    "threads": (
        "no threads",
        """
        import threading
        return refused(lambda: threading.Thread(target=print).start(), RuntimeError)
        """,
    ),
    "namespaces": (
        "no further namespaces",
        """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        return all(libc.unshare(flag) == -1 for flag in (0x10000000, 0x20000, 0x40000000, 0x20000000))
        """,
    ),
    "mounts": (
        "no mounting",
        """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        return libc.mount(b"tmpfs", b"/tmp", b"tmpfs", 0, None) == -1 and libc.umount2(b"/proc", 2) == -1
        """,
    ),
    "tracing": (
        "no ptrace, no reading of other processes' memory",
        """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        return libc.ptrace(0, 0, 0, 0) == -1 and libc.process_vm_readv(1, None, 0, None, 0, 0) == -1
        """,
    ),
    "capabilities": (
        "no capabilities, no_new_privs",
        """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        # prctl and capget are refused themselves; what they would allow must be refused too
        return (
            libc.prctl(38, 0, 0, 0, 0) == -1
            and refused(lambda: os.setuid(1))
            and refused(lambda: os.chroot("/tmp"))
            and refused(lambda: os.chown("/tmp", 1, 1))
            and refused(lambda: os.mknod("/tmp/device", 0o600 | 0o20000, os.makedev(1, 3)))
        )
        """,
    ),
    "files": (
        "a read-only system, and none of the course, the gradebook, HOME or other packages",
        """
        visible = set(os.listdir("/"))
        allowed = {"usr", "lib", "lib64", "lib32", "etc", "sealed", "proc", "tmp", "dev", "bin", "sbin"}
        for top in sorted(visible - allowed):
            for directory, _, files in os.walk("/" + top):
                for name in files:
                    path = os.path.join(directory, name)
                    if not path.startswith(PYTHON):
                        return False
        places = ["/", "/usr", "/usr/lib", "/sealed", "/sealed/course_lib", "/dev", "/proc", "/etc"]
        return (
            all(refused(lambda place=place: open(place + "/written", "w")) for place in places)
            and not any(os.path.exists(path) for path in HIDDEN)
            and os.listdir("/etc") == ["ld.so.cache"]
        )
        """,
    ),
    "proc": (
        "an empty /proc: no other process can be seen",
        """
        return os.listdir("/proc") == []
        """,
    ),
    "pid": (
        "its own process tree, group and session, in which it is the first",
        """
        own_group = os.getpgrp() == os.getsid(0) == os.getpid() == 1
        return own_group and refused(lambda: os.kill(2, 0)) and refused(lambda: os.kill(-1, 0))
        """,
    ),
    "environment": (
        "an empty environment",
        """
        import ctypes
        return set(os.environ) <= {"HOME", "LANG"}
        """,
    ),
    "scratch": (
        "an empty private /tmp with a quota",
        """
        if os.listdir("/tmp") != []:
            return False
        def fill():
            for number in range(64):
                with open(f"/tmp/{number}", "wb") as file:
                    file.write(bytes(1 << 20))
        full = refused(fill)
        for name in os.listdir("/tmp"):
            os.unlink("/tmp/" + name)
        return full
        """,
    ),
    "file size": (
        "no large files",
        """
        import signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        def write():
            with open("/tmp/large", "wb") as file:
                file.truncate(1 << 26)
        return refused(write)
        """,
    ),
    "memory": (
        "no more memory than the limit",
        """
        return refused(lambda: bytearray(MEMORY), MemoryError)
        """,
    ),
    "open files": (
        "few open files",
        """
        files = []
        def open_many():
            for _ in range(200):
                files.append(open("/dev/null"))
        return refused(open_many)
        """,
    ),
    "limits": (
        "limits on CPU, processes and core files that cannot be raised",
        """
        import resource
        for name, value in LIMITS.items():
            if resource.getrlimit(getattr(resource, name)) != (value, value):
                return False
        bound = resource.RLIMIT_AS
        return refused(lambda: resource.setrlimit(bound, (resource.RLIM_INFINITY,) * 2), OSError, ValueError)
        """,
    ),
    "references": (
        "a course_lib without this lesson's exercises",
        """
        import gc, types
        import course_lib
        functions = [thing for thing in gc.get_objects() if isinstance(thing, types.FunctionType)]
        for module in list(sys.modules.values()):
            functions += [thing for thing in vars(module).values() if isinstance(thing, types.FunctionType)]
        bodies = [
            function
            for function in functions
            if function.__name__ in EXERCISES and function.__module__.startswith("course_lib")
        ]
        return bodies != [] and all(EMPTIED in str(function.__code__.co_consts) for function in bodies)
        """,
    ),
}


@dataclass(frozen=True)
class Finding:
    """The answer to one question: its name, what should hold, whether it does, and what was said instead."""

    name: str
    claim: str
    holds: bool
    said: str = ""


def examine(sandbox: Sandbox) -> list[Finding]:
    """Ask every question in a fresh child; return the `Finding`s."""
    from autograder import __file__ as ours

    facts = {
        "HIDDEN": [
            ours,
            sandboxes.find_bubblewrap(),
            str(Path.home() / ".ssh"),
            "/etc/passwd",
            "/var",
            "/run",
        ],
        "PYTHON": tuple({str(sandboxes.python_home()), str(sandboxes.numpy_home())}),
        "MEMORY": sandboxes.LIMITS["RLIMIT_AS"],
        "LIMITS": sandboxes.LIMITS,
        "EXERCISES": set(sandbox.exercises),
        "EMPTIED": stripping.EMPTIED,
    }
    source = PRELUDE + "".join(f"{name} = {value!r}\n" for name, value in facts.items())
    for position, (_, body) in enumerate(QUESTIONS.values()):
        source += f"\ndef question_{position}():\n{textwrap.indent(textwrap.dedent(body), '    ')}\n"
    findings = []
    with RemoteAnswerer(sandbox, [("probe", source)]) as answerer:
        for position, (name, (claim, _)) in enumerate(QUESTIONS.items()):
            outcome = answerer.call(f"question_{position}", (), {})
            said = "" if outcome.ended == "ok" else f"{outcome.ended} {outcome.error}"
            findings.append(Finding(name, claim, outcome.value is True, said))
    return [*findings, _dies_at_once(sandbox)]


def _dies_at_once(sandbox: Sandbox) -> Finding:
    child = sandbox.spawn()
    begun = time.monotonic()
    ending = sandbox.kill(child)
    return Finding(
        "kill",
        "killed at once, with all that it is",
        ending.signal in {0, 9} and time.monotonic() - begun < 5,
    )


def require(sandbox: Sandbox) -> None:
    """Refuse to go on unless every finding holds.

    Raises:
        SealError: Naming what does not hold.
    """
    broken = [finding for finding in examine(sandbox) if not finding.holds]
    if broken:
        list_ = "; ".join(f"{finding.name} ({finding.claim}) {finding.said}".strip() for finding in broken)
        raise SealError(f"the seal does not hold on this machine: {list_}")
