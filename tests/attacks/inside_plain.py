"""Runs plain nbgrader on one attack, inside an outer sandbox of its own; started by `report`.

    python inside_plain.py COURSE LESSON PORT SECONDS COMMAND...

COMMAND is nbgrader's: the first is `autograde`.

Prints one line of JSON: how long it took, whether it ended, the largest memory of a process in MiB, what is
still running, what came over the network, and what lies in the folders that all processes share.
"""

import contextlib
import json
import os
import resource
import socket
import subprocess
import sys
import threading
import time


def listen(port, heard):
    """Keep what is sent to a port."""
    stream, datagram = (
        socket.socket(socket.AF_INET, kind) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)
    )
    for each in (stream, datagram):
        each.bind(("127.0.0.1", port))
    stream.listen()

    def accept():
        while True:
            heard.append(stream.accept()[0].recv(1000).decode())

    def receive():
        while True:
            heard.append(datagram.recv(1000).decode())

    for work in (accept, receive):
        threading.Thread(target=work, daemon=True).start()


def running():
    """Return the pids of all other processes but the first, which is the sandbox's."""
    pids = {int(name) for name in os.listdir("/proc") if name.isdigit()}
    return pids - {1, os.getpid()}


def main(course, lesson, port, seconds, *commands):
    """Grade, and do what else is asked for."""
    heard, ended = [], True
    listen(int(port), heard)
    before, begun = running(), time.monotonic()
    with open(os.path.join(course, os.pardir, "log"), "wb") as log:
        for command in commands:
            process = subprocess.Popen(
                [sys.executable, "-m", "nbgrader", command, *([] if command == "export" else [lesson])],
                cwd=course,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
            try:
                process.wait(float(seconds))
            except subprocess.TimeoutExpired:
                ended = False
                process.kill()
                process.wait()
            if command == "autograde":
                took = time.monotonic() - begun
                left = running() - before - {process.pid}
    found = {
        "seconds": round(took, 1),
        "ended": ended,
        "memory": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
        "left": len(left),
        "heard": heard,
        "files": [os.path.join(place, name) for place in ("/tmp", "/dev/shm") for name in os.listdir(place)],
    }
    with contextlib.suppress(OSError):
        print(json.dumps(found), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
