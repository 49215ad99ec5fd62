"""Collecting from nbgrader's exchange: no link is followed, and the time is the file system's."""

import datetime
import os
import pwd
import secrets
import shutil
import stat
import tempfile
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect
from traitlets import Bool

from autograder.marking import submissions

NOT_FOLLOWED = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
LONG_AGO = datetime.datetime(1970, 1, 1)


class Collect(ExchangeCollect):
    """nbgrader's collector, which would believe what the student's folder says about itself.

    The name of that folder and its `timestamp.txt` are written by the student's own process, and a link in it
    would be read with the instructor's rights. The time of the last change (ctime) no student can set.
    Without a secret `nbgrader release_feedback` would stop for the whole class, so where there is none, one
    is made up. A folder that cannot be collected stops nobody else's either.
    """

    owners_only = Bool(
        False,
        help="Collect a student's work only from folders that belong to the system's user of that name, so "
        "that on a hub with system users nobody hands in for somebody else.",
    ).tag(config=True)

    src_records: list[dict[str, Any]]

    def _path_to_record(self, path: str) -> dict[str, Any]:
        """Read whose it is, and of when, from a folder's name; of one that was made up, it is nobody's."""
        try:
            return super()._path_to_record(path)
        except Exception:  # a name of the student's, in which a date is looked for
            return {"username": "", "filename": os.path.basename(path), "timestamp": LONG_AGO}

    def _sort_by_timestamp(self, records: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Put the newest first, without what is not to be collected if there is anything else."""
        sound = [record for record in records if not self._objection(record)]
        return super()._sort_by_timestamp(sound or records)

    def copy_files(self) -> None:
        """Copy all submissions but those that are not to be collected."""
        for record in list(self.src_records):
            if objection := self._objection(record):
                self.log.warning("%s is not collected: %s", record["filename"], objection)
                self.src_records.remove(record)
        super().copy_files()

    def _objection(self, record: dict[str, Any]) -> str:
        """Return why a folder is not to be collected, or nothing."""
        path = os.path.join(self.inbound_path, record["filename"])
        try:
            about = os.lstat(path)
        except OSError as error:
            return str(error.strerror)
        if not record["username"]:
            return "its name is none that `nbgrader submit` gives"
        if not stat.S_ISDIR(about.st_mode):
            return "it is no folder; links are not followed"
        if not os.access(path, os.R_OK | os.X_OK):
            return "it cannot be read"
        if self.owners_only and _owner(about) != record["username"]:
            return f"it belongs to {_owner(about)}, not to {record['username']}"
        return ""

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy one submission, links left out, and write when it was handed in."""
        with tempfile.TemporaryDirectory() as room:
            copy = Path(room) / "submission"
            try:
                self._copy_regular_files(src, copy)
                time = last_change(src)
            except (OSError, RecursionError) as error:
                self.log.error(
                    "%s is not collected: %s",
                    os.path.basename(src),
                    getattr(error, "strerror", None) or error,
                )
                return
            _put(copy / "timestamp.txt", time.strftime("%Y-%m-%d %H:%M:%S.%f UTC"))
            if not submissions.of_the_exchange(copy).get("submission_secret.txt"):
                _put(copy / "submission_secret.txt", secrets.token_hex(64))
            super().do_copy(copy, dest, log)

    def _copy_regular_files(self, src: str, copy: Path) -> None:
        """Copy what is a regular file as it is opened, so that nothing can be put in its place meanwhile.

        Raises:
            OSError: If the folder cannot be read, or holds more than nbgrader's `max_dir_size`.
        """
        left = self.coursedir.max_dir_size * 1000
        top = os.open(src, NOT_FOLLOWED | os.O_DIRECTORY)
        try:
            for folder, folders, files, place in os.fwalk(".", dir_fd=top):
                (copy / folder).mkdir(parents=True, exist_ok=True)
                for name in [one for one in folders if stat.S_ISLNK(os.lstat(one, dir_fd=place).st_mode)]:
                    self.log.warning("%s/%s/%s is a link; it is not collected", src, folder, name)
                for name in files:
                    left -= self._copy_regular_file(name, place, copy / folder / name, left)
        finally:
            os.close(top)

    def _copy_regular_file(self, name: str, place: int, copy: Path, left: int) -> int:
        try:
            descriptor = os.open(name, NOT_FOLLOWED, dir_fd=place)
        except OSError as error:
            self.log.warning("%s is not collected: %s", name, error.strerror)
            return 0
        with open(descriptor, "rb") as file:
            about = os.fstat(descriptor)
            if not stat.S_ISREG(about.st_mode) or about.st_size > self.coursedir.max_file_size * 1000:
                self.log.warning("%s is no regular file, or too large; it is not collected", name)
                return 0
            content = file.read(left + 1)
        if len(content) > left:
            raise OSError(f"it holds more than {self.coursedir.max_dir_size} kB")
        copy.write_bytes(content)
        return len(content)


def _owner(about: os.stat_result) -> str:
    """Return the name of the system's user whose file this is."""
    try:
        return pwd.getpwuid(about.st_uid).pw_name
    except KeyError:
        return f"user {about.st_uid}"


def _put(path: Path, text: str) -> None:
    """Write a file, in the place of whatever bears its name."""
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    path.write_text(text, encoding="utf-8")


def last_change(folder: str | Path) -> datetime.datetime:
    """Return when a folder, or anything in it, was last changed, in UTC."""
    paths = [Path(folder), *Path(folder).rglob("*")]
    return datetime.datetime.fromtimestamp(max(os.lstat(path).st_ctime for path in paths), datetime.UTC)
