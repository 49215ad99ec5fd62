"""Collecting from nbgrader's exchange: no link is followed, and the time is the file system's."""

import datetime
import os
import secrets
import shutil
import tempfile
from pathlib import Path
from typing import Any

from nbgrader.exchange.default import ExchangeCollect

from autograder.marking import submissions


class Collect(ExchangeCollect):
    """nbgrader's collector, which would believe what the student's folder says about itself.

    The name of that folder and its `timestamp.txt` are written by the student's own process, and a link in it
    would be read with the instructor's rights. The time of the last change (ctime) no student can set.
    Without a secret `nbgrader release_feedback` would stop for the whole class, so where there is none, one
    is made up.
    """

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy one submission, links left out, and write when it was handed in."""
        with tempfile.TemporaryDirectory() as room:
            copy = Path(room) / "submission"
            shutil.copytree(src, copy, symlinks=True, ignore=self._not_regular)
            _put(copy / "timestamp.txt", last_change(src).strftime("%Y-%m-%d %H:%M:%S.%f UTC"))
            if not submissions.of_the_exchange(copy).get("submission_secret.txt"):
                _put(copy / "submission_secret.txt", secrets.token_hex(64))
            super().do_copy(copy, dest, log)

    def _not_regular(self, folder: str, names: list[str]) -> list[str]:
        """Return the names that are neither files nor folders."""
        odd = []
        for name in names:
            path = Path(folder) / name
            if path.is_symlink() or not (path.is_file() or path.is_dir()):
                self.log.warning("%s is no regular file; it is not collected", path)
                odd.append(name)
        return odd


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
