"""The warm parent: imports everything once, never runs student code, and forks a sealed child on demand.

It runs inside bubblewrap, alone in its namespaces, and is started as a script:

    python -I -S -B zygote.py CONTROL_FD

Over the control socket (the judge's, trusted) come one JSON line of settings and then commands:
``F`` + a socket (SCM_RIGHTS) forks a child that serves it and answers its pid; ``K`` + pid + seconds of
patience ends that child, and answers its wait status, its peak memory in KiB and whether it had to be killed.
Commands may be sent ahead of the answers, which come in the same order.
"""

import ctypes
import gc
import json
import os
import resource
import signal
import socket
import struct
import sys
import time
import traceback
from typing import Any

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWNET = (
    0x20000,
    0x4000000,
    0x8000000,
    0x20000000,
    0x40000000,
)
MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 1, 2, 4, 8, 0x4000, 0x40000
PR_SET_DUMPABLE, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 4, 22, 24, 38, 47
PR_CAP_AMBIENT_CLEAR_ALL = 4
SECCOMP_MODE_FILTER = 2
LINUX_CAPABILITY_VERSION_3 = 0x20080522
CHILD_SOCKET = 3
NOT_SEALED = 70

libc = ctypes.CDLL(None, use_errno=True)


def checked(result: int, what: str) -> int:
    """Return `result`, or raise what the C library's errno says."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{what}: {os.strerror(number)}")
    return result


def main() -> None:
    """Read the settings, import, then serve commands."""
    control = socket.socket(fileno=int(sys.argv[1]))
    commands = control.makefile("rb", buffering=0)
    settings = json.loads(commands.readline())
    sys.path[:0] = settings["path"]

    import inert

    inert.install(inert.WHERE_FIGURES_ARE_DRAWN if settings["figures"] else inert.PACKAGES)
    for name in settings["imports"]:
        __import__(name)
    import drawing
    import worker

    worker.warm_up()
    if settings["figures"]:
        drawing.warm_up()
    seal = Seal(settings) if settings["sealed"] else None
    gc.collect()
    gc.freeze()
    control.sendall(b"R")
    while True:
        command, descriptors, _, _ = socket.recv_fds(control, 1, 1)
        if not command:
            return
        if command == b"F":
            pid = fork(seal, settings, descriptors[0], worker)
            os.close(descriptors[0])
            control.sendall(struct.pack("<q", pid))
        else:
            arguments = control.recv(8, socket.MSG_WAITALL)
            control.sendall(struct.pack("<iqB", *end(*struct.unpack("<If", arguments))))


def fork(seal: "Seal | None", settings: dict[str, Any], descriptor: int, worker: Any) -> int:
    """Fork a child that serves the socket `descriptor`; return its pid."""
    if seal:
        seal.before_fork()
    pid = os.fork()
    if pid:
        if seal:
            seal.after_fork()
        return pid
    try:
        # A signal to one's process group reaches past a pid namespace: the group must be its own.
        os.setsid()
        if seal:
            seal.enter()
        else:
            limit(settings["limits"])
        os.dup2(descriptor, CHILD_SOCKET)
        nowhere = os.open("/dev/null", os.O_RDWR)
        for standard in range(3):
            os.dup2(nowhere, standard)
        os.closerange(CHILD_SOCKET + 1, 256)
        become_anonymous()
    except BaseException:
        traceback.print_exc()
        os._exit(NOT_SEALED)
    try:
        worker.Worker(socket.socket(fileno=CHILD_SOCKET)).serve()
    except BaseException:
        os._exit(1)
    os._exit(0)


def end(pid: int, patience: float) -> tuple[int, int, bool]:
    """Wait `patience` seconds for a child's own end, then kill it.

    Returns:
        Its wait status, its peak memory in KiB, and whether we killed it.
    """
    deadline = time.monotonic() + patience
    killed = False
    while True:
        ended, status, usage = os.wait4(pid, 0 if killed else os.WNOHANG)
        if ended:
            return status, usage.ru_maxrss, killed
        if time.monotonic() < deadline:
            time.sleep(0.002)
        else:
            os.kill(pid, signal.SIGKILL)
            killed = True


def become_anonymous() -> None:
    """Forget the environment and draw a new state of numpy's global generator."""
    import numpy

    os.environ.clear()
    os.environ.update(HOME="/tmp", LANG="C.UTF-8")
    sys.argv[:] = [""]
    numpy.random.seed()


def limit(limits: dict[str, int]) -> None:
    """Set the resource limits, soft and hard alike."""
    for name, value in limits.items():
        resource.setrlimit(getattr(resource, name), (value, value))


class Seal:
    """What shuts a child in, beyond what bubblewrap has done for all of them."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings
        self.own_pids = os.open("/proc/self/ns/pid", os.O_RDONLY)
        self.filter = ctypes.create_string_buffer(bytes.fromhex(settings["seccomp"]))

    def before_fork(self) -> None:
        """Make the next child the first process of a new pid namespace."""
        checked(libc.unshare(CLONE_NEWPID), "unshare pid")

    def after_fork(self) -> None:
        """Return to our own pid namespace for the child after that."""
        checked(libc.setns(self.own_pids, CLONE_NEWPID), "setns pid")

    def enter(self) -> None:
        """Shut this process in. What cannot be done is an error, never a weaker seal."""
        with open("/proc/self/oom_score_adj", "w") as file:
            file.write("1000")
        checked(libc.unshare(CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNET), "unshare")
        checked(libc.mount(None, b"/", None, MS_REC | MS_PRIVATE, None), "private mounts")
        quota = f"size={self.settings['scratch']},nr_inodes=1024,mode=700".encode()
        flags = MS_NOSUID | MS_NODEV | MS_NOEXEC
        checked(libc.mount(b"tmpfs", b"/tmp", b"tmpfs", flags, quota), "mount /tmp")
        checked(libc.mount(b"tmpfs", b"/proc", b"tmpfs", flags | MS_RDONLY, b"size=4k"), "cover /proc")
        os.chdir("/tmp")
        os.umask(0o077)
        limit(self.settings["limits"])
        self._drop_capabilities()
        checked(libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "dumpable")
        checked(libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs")
        self._filter_system_calls()

    def _drop_capabilities(self) -> None:
        for capability in range(64):
            if libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0:
                break
        checked(libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0), "ambient capabilities")
        header = struct.pack("<Ii", LINUX_CAPABILITY_VERSION_3, 0)
        checked(libc.capset(header, bytes(24)), "capset")

    def _filter_system_calls(self) -> None:
        instructions = (len(self.filter) - 1) // 8
        program = struct.pack("<HxxxxxxQ", instructions, ctypes.addressof(self.filter))
        checked(libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, program, 0, 0), "seccomp")


if __name__ == "__main__":
    main()
