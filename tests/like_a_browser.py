"""A Python that can do no more than the browser's, and `check` and `progress` in it.

    python -m tests.like_a_browser FOLDER

Pyodide has no threads, no processes and no timer. What asks for one here is refused as it is there. Prints as
JSON what became of the lessons in FOLDER.
"""

import _thread
import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import IPython  # noqa: F401 - imported while this is still another platform
import matplotlib.pyplot  # noqa: F401
import numpy  # noqa: F401


def refuse_what_the_browser_has_not():
    """Take threads, processes and timers away, as Pyodide does."""

    def no_thread(*arguments, **settings):
        raise RuntimeError("can't start new thread")

    def no_process(*arguments, **settings):
        raise OSError(138, "emscripten does not support processes.")

    threading.Thread.start = _thread.start_new_thread = no_thread
    subprocess.Popen.__init__ = no_process
    for name in ("fork", "forkpty", "posix_spawn", "posix_spawnp", "system", "popen"):
        setattr(os, name, no_process)
    for name in ("setitimer", "getitimer", "alarm"):
        delattr(signal, name)
    sys.platform = "emscripten"


def asked(name, function):
    """Return what `check` prints, or the message with which it fails."""
    from autograde_tests import CheckFailed, check

    printed = io.StringIO()
    try:
        with contextlib.redirect_stdout(printed):
            exec(f"check({name})", {"check": check, name: function})
    except CheckFailed as failed:
        return str(failed)
    return printed.getvalue()


def main(folder):
    """Check every exercise, right and wrong, and ask for the progress."""
    if sys.platform != "emscripten":
        refuse_what_the_browser_has_not()
    from autograde_tests import progress
    from autograde_tests.engine import exercises, submission

    right, wrong = {}, {}
    for lesson in exercises.lessons():
        functions, _ = submission.functions_of(Path(folder, lesson, f"{lesson}.ipynb"))
        for exercise in exercises.of_lesson(lesson):
            right[exercise.name] = asked(exercise.name, functions[exercise.name])
            mistake = exercise.misconceptions[0]
            wrong[exercise.name] = [mistake.hint, asked(exercise.name, mistake.function)]
    found = progress(folder)
    parts = [[part.name, part.state] for lesson in found.lessons for part in lesson.parts]
    print(json.dumps({"right": right, "wrong": wrong, "parts": parts}))


if __name__ == "__main__":
    main(sys.argv[1])
