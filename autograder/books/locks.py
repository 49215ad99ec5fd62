"""The course's lock: one grader at a time, on this machine and on any other."""

import fcntl
import os
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, NullPool, create_engine, make_url, text
from sqlalchemy.exc import SQLAlchemyError

from autograder.errors import Busy, CourseError, LeftUngradedError, told_by

# A database may hold a gradebook in each of its schemas.
TRY = text("SELECT pg_try_advisory_lock(hashtextextended('autograder ' || current_schema(), 0))")

_held: dict[int, Any] = {}  # descriptor → what it belongs to
_of_our_parent: list[Any] = []


def _leave_to_our_parent() -> None:
    """After a fork: the lock is our parent's, and must not last as long as a process that it has started.

    Only descriptors are closed. Whatever took leave of the server, be it the garbage collector, would end our
    parent's connection.
    """
    for descriptor in _held:
        os.close(descriptor)
    _of_our_parent.extend(_held.values())
    _held.clear()


os.register_at_fork(after_in_child=_leave_to_our_parent)


class Lock:
    """The course's lock, held until it is closed or this process ends, however it ends.

    It is a file's and, where the gradebook is on a PostgreSQL server, one of that server's besides: for
    machines that share the gradebook alone.

    Args:
        path: The file; made if it is not there.
        gradebook: The gradebook's URL, or "".

    Raises:
        Busy: If another process holds it.
        CourseError: If files cannot be locked there.
    """

    def __init__(self, path: Path, gradebook: str = "") -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._connection: Connection | None = None
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if gradebook and make_url(gradebook).get_backend_name() == "postgresql":
                self._connection = _locked(gradebook)
        except BaseException as error:
            os.close(self._file)
            if not isinstance(error, OSError):
                raise
            if not isinstance(error, BlockingIOError):
                raise CourseError(f"{path} cannot be locked ({error.strerror})") from error
            raise Busy("another autograder is at work on this course; wait until it is done") from error
        self._descriptors = [self._file]
        _held[self._file] = None
        if self._connection is not None:
            driver: Any = self._connection.connection.driver_connection
            socket = driver.fileno()
            self._descriptors.append(socket)
            _held[socket] = self._connection

    def check(self) -> None:
        """Make sure that it is still held; a server that ends our connection gives it to others.

        Raises:
            LeftUngradedError: If it was lost.
        """
        if self._connection is not None:
            try:
                self._connection.execute(text("SELECT 1"))
            except SQLAlchemyError as error:
                raise LeftUngradedError(
                    f"the course's lock was lost with its connection to the gradebook: {told_by(error)}. "
                    "What was finished is safe; run the same command again to go on"
                ) from error

    def close(self) -> None:
        """Release it; in a process that was forked meanwhile, do nothing."""
        if self._file not in _held:
            return
        for descriptor in self._descriptors:
            del _held[descriptor]
        if self._connection is not None:
            self._connection.close()
        os.close(self._file)


def _locked(gradebook: str) -> Connection:
    """Return a connection of its own that holds the server's lock."""
    engine = create_engine(gradebook, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    connection = engine.connect()
    if connection.scalar(TRY):
        return connection
    connection.close()
    raise Busy(
        "another autograder is at work on this course, perhaps on another machine; wait until it is done"
    )
