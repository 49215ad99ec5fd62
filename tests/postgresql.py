"""A PostgreSQL server of the tests' own: made in a folder of its own, and ended with it."""

import functools
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import pytest

DEBIAN = Path("/usr/lib/postgresql")
ACCOUNT = "postgres"  # the server refuses to run as root; Debian's package makes this account
PASSWORD = "p%ss/w?rd"  # of the role "grader"


@functools.cache
def programs():
    """Return the folder of the server's programs, installed by apt if they can be; skip otherwise."""
    pytest.importorskip("psycopg", reason="no psycopg here (the extra `postgres`)")
    if not _installed() and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        command = ["apt-get", "install", "--yes", "--no-install-recommends", "postgresql"]
        subprocess.run(command, env=environment, capture_output=True, check=False)
    if not _installed():
        pytest.skip("no PostgreSQL server here (apt-get install postgresql)")
    return _installed()[-1]


def _installed():
    beside = [Path(found).resolve().parent for found in [shutil.which("initdb")] if found]
    return sorted([*DEBIAN.glob("*/bin"), *beside], key=lambda folder: folder.parts)


class Server:
    """A server on a socket in its folder and on loopback; a context manager.

    Who comes by the socket is believed, who comes by loopback needs a password.
    """

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="postgresql-"))  # a socket's path must be short
        self._account = {}
        if os.geteuid() == 0:
            self._account = {"user": ACCOUNT, "group": ACCOUNT, "extra_groups": []}
            shutil.chown(self.folder, ACCOUNT, ACCOUNT)
        self.folder.chmod(0o755)
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        options = ["--username=postgres", "--auth-local=trust", "--auth-host=scram-sha-256", "--no-sync"]
        options += ["--encoding=UTF8", "--locale=C", "--locale-provider=icu", "--icu-locale=en-US"]
        self._run("initdb", f"--pgdata={self.folder / 'data'}", *options)
        self.start()
        self.sql(f"CREATE ROLE grader LOGIN PASSWORD '{PASSWORD}'")
        return self

    def __exit__(self, *exception):
        self.stop()
        shutil.rmtree(self.folder)

    def start(self):
        """Start it, and wait until it answers."""
        options = [f"-k{self.folder}", f"-p{self.port}", "-clisten_addresses=127.0.0.1", "-cfsync=off"]
        log = open(self.folder / "log", "ab")  # noqa: SIM115 - the server's
        command = [programs() / "postgres", f"-D{self.folder / 'data'}", *options]
        self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **self._account)
        log.close()
        for _ in range(600):
            ready = subprocess.run([programs() / "pg_isready", f"-h{self.folder}", f"-p{self.port}", "-q"])
            if ready.returncode == 0:
                return
            time.sleep(0.1)
        raise RuntimeError((self.folder / "log").read_text())

    def stop(self):
        """End it at once, and whoever is connected with it."""
        self._process.send_signal(3)  # SIGQUIT: "immediate shutdown"
        self._process.wait()

    def _run(self, program, *arguments):
        command = [programs() / program, *arguments]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", **self._account)
        if done.returncode:
            raise RuntimeError(done.stderr)

    def database(self, name):
        """Make a database for the role "grader"; return its URL by the socket."""
        self.sql(f"CREATE DATABASE {name} OWNER grader")
        return self.url(name)

    def url(self, name, user="grader"):
        """Return the URL of a database, by the socket."""
        return f"postgresql+psycopg://{user}@/{name}?host={self.folder}&port={self.port}"

    def sql(self, statement, name="postgres"):
        """Run a statement as the superuser; return its rows, if it has any."""
        import psycopg

        about = {"host": str(self.folder), "port": self.port, "user": "postgres", "dbname": name}
        with psycopg.connect(**about, autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []
