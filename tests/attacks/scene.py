"""The scene of an attack: a course with a class, a decoy home, canaries, and what is looked at afterwards."""

import contextlib
import csv
import json
import os
import re
import shutil
import socket
import sqlite3
import threading
from html.parser import HTMLParser
from pathlib import Path

import nbformat

from autograde_tests.engine import exercises
from tests import classroom
from tests.classroom import ESSAY, LESSON

PORT = 47831
LEFT_BEHIND = ("/tmp/left-by-a-student", "/dev/shm/left-by-a-student")
CLASSMATES = ("ada", "zoe")  # the one before and the one after all others
CANARIES = {
    "home": "canary-of-the-home",
    "environment": "canary-of-the-environment",
    "classmate": "canary-of-a-classmate",
    "solutions": "canary-of-the-solutions",
    "hidden tests": "canary-of-the-hidden-tests",
    "gradebook": "canary-of-the-gradebook",
    "secret": "canary-of-the-secret",
}
MEGABYTE = 10**6
LARGE = 20 * MEGABYTE
MANY_FILES = 1000

# What most nbgrader courses write as tests; plain nbgrader is attacked with these beside the engine's claims.
ASSERTS = {
    "assert-equal": "assert np.all(got == expected)",
    "assert-near": "assert np.all(np.abs(got - expected) < 1e-9)",
    "assert-not-far": "assert not np.any(np.abs(got - expected) > 1e-9)",
    "assert-close": "assert np.allclose(got, expected)",
    "assert-allclose": "np.testing.assert_allclose(got, expected)",
}
QUESTION = """\
params, grads, velocity = np.random.default_rng(3).normal(size=(3, 4, 5))
_, got = momentum(params, grads, velocity, lr=0.1, beta=0.7)
expected = 0.7 * velocity + (1 - 0.7) * grads
"""


class Scene:
    """A released course, with canaries, for attackers and two honest classmates.

    Args:
        directory: Where to make it: `course` and `home`.
        plain: With nbgrader as it comes.
    """

    def __init__(self, directory, *, plain=False):
        self.directory, self.plain = Path(directory), plain
        self.home = self.directory / "home"
        self.classroom = classroom.Classroom(self.directory / "course", plain=plain)
        self._plant()
        self.classroom.release()
        self._plant_in_the_gradebook()
        for name in CLASSMATES:
            answer = _right_answer() + f"\n# {CANARIES['classmate']}"
            self.classroom.submit(name, {"momentum-answer": answer, ESSAY: "I think so."})

    @property
    def course(self):
        """The course's root."""
        return self.classroom.directory

    @property
    def environment(self):
        """The environment of the instructor who grades."""
        return {"HOME": str(self.home), "COURSE_TOKEN": CANARIES["environment"]}

    def _plant(self):
        (self.home / ".ssh").mkdir(parents=True)
        (self.home / ".ssh" / "id_ed25519").write_text(CANARIES["home"])
        (self.home / ".bashrc").write_text("# nothing\n")
        secret = self.course / ".autograder-secret"
        secret.write_text(CANARIES["secret"])
        secret.chmod(0o600)
        path = self.course / "solutions" / LESSON / f"{LESSON}.ipynb"
        text = path.read_text()
        # In functions only: the model answer of a free response is shown to everyone.
        begin = "    ### BEGIN SOLUTION"
        text = text.replace(begin, f"{begin}\\n    # {CANARIES['solutions']}")
        text = text.replace("BEGIN HIDDEN TESTS", f"BEGIN HIDDEN TESTS\\n# {CANARIES['hidden tests']}")
        path.write_text(text)
        if self.plain:
            _add_asserts(path)

    def _plant_in_the_gradebook(self):
        from nbgrader.api import Gradebook

        with Gradebook(f"sqlite:///{self.course / 'gradebook.db'}", "optimization") as gradebook:
            for name in CLASSMATES:
                gradebook.update_or_create_student(name, email=CANARIES["gradebook"])

    def hand_in(self, attack):
        """Hand in what an attack says."""
        answers = {f"{exercise.name}-answer": None for exercise in exercises.of_lesson(LESSON)}
        places = {"{COURSE}": str(self.course), "{HOME}": str(self.home)}
        for grade_id, text in attack.answers.items():
            for mark, place in places.items():
                text = text.replace(mark, place)
            answers[grade_id] = text
        path = self.classroom.submit(attack.student, answers, change=attack.edit, raw=attack.raw)
        if attack.hand_in is not None:
            attack.hand_in(path)

    # -------------------------------------------------------------------------------- what is looked at

    def files(self, besides):
        """Return path → what would tell a change, for all files but the graded ones of some students.

        Args:
            besides: Names of students.
        """
        graded = tuple(
            str(self.course / folder / name) for folder in ("autograded", "feedback") for name in besides
        )
        own = (
            "gradebook.db",
            "gradebook.db-journal",
            ".nbgrader.log",
            "grades.csv",
            "autograded",
            "feedback",
        )
        found = {}
        for folder, folders, names in os.walk(self.directory):
            folders[:] = [
                name
                for name in folders
                if os.path.join(folder, name) not in graded and (self.plain or name != ".autograder")
            ]
            for name in [*folders, *names]:
                path = os.path.join(folder, name)
                about = os.lstat(path)
                if name in own and folder == str(self.course):
                    continue
                times = () if name in folders else (about.st_mtime_ns, about.st_ctime_ns, about.st_size)
                found[path] = (about.st_mode, *times)
        return found

    def rows(self, besides):
        """Return the gradebook's rows that belong to none of some students."""
        with contextlib.closing(self._database()) as database:
            tables = [
                row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            ]
            rows = {table: database.execute(f"SELECT * FROM {table}").fetchall() for table in tables}
        theirs = set(besides)
        for table in ("submitted_assignment", "submitted_notebook", "grade", "comment"):
            theirs |= {row[0] for row in rows[table] if theirs & set(row)}
        return {table: [row for row in some if not theirs & set(row)] for table, some in rows.items()}

    def scores(self):
        """Return student → grade id → score as nbgrader counts it, or None where there is none."""
        query = """
            SELECT submission.student_id, cell.name,
                   coalesce(manual_score, auto_score) + coalesce(extra_credit, 0)
            FROM grade JOIN base_cell cell ON cell.id = grade.cell_id
            JOIN submitted_notebook notebook ON notebook.id = grade.notebook_id
            JOIN submitted_assignment submission ON submission.id = notebook.assignment_id"""
        found = {}
        with contextlib.closing(self._database()) as database:
            for student, name, score in database.execute(query):
                found.setdefault(student, {})[name] = score
        return found

    def _database(self):
        return sqlite3.connect(f"file:{self.course / 'gradebook.db'}?mode=ro", uri=True, timeout=5)

    def graded_folder(self, student):
        """Return the folder with a student's graded notebook."""
        return self.course / "autograded" / student / LESSON

    def told(self, student):
        """Return what the canaries in a student's graded folder give away: outputs, and files beside.

        A traceback is passed over: it shows the graded cell to whoever fails in it, without any attack.
        """
        text = []
        for path in self.graded_folder(student).rglob("*"):
            if path.name == f"{LESSON}.ipynb" and path.parent == self.graded_folder(student):
                with contextlib.suppress(ValueError):
                    cells = json.loads(path.read_text())["cells"]
                    outputs = [output for cell in cells for output in cell.get("outputs", ())]
                    text += [json.dumps(one) for one in outputs if one["output_type"] != "error"]
            elif path.is_file():
                text.append(path.read_bytes().decode("utf-8", "replace"))
        return [name for name, canary in CANARIES.items() if any(canary in piece for piece in text)]

    def alive(self, student):
        """Return what of "pwned" would run or load on the student's feedback page."""
        page = self.course / "feedback" / student / LESSON / f"{LESSON}.html"
        return live_parts(page.read_text(encoding="utf-8")) if page.exists() else []

    def formulas(self):
        """Return the cells of grades.csv that a spreadsheet would run."""
        path = self.course / "grades.csv"
        if not path.exists():
            return []
        with open(path, newline="", encoding="utf-8") as file:
            return [cell for row in csv.reader(file) for cell in row if cell.startswith(("=", "+", "@"))]

    def harms(self, student, before, blank):
        """Return what an attack has done that its author should not be able to do, a sentence each.

        Args:
            student: The attacker.
            before: `(files, rows)` as they were.
            blank: The points of a blank answer.
        """
        students = (student, *CLASSMATES) if self.plain else (student,)
        scores = self.scores()
        points = sum(score or 0.0 for score in scores.get(student, {}).values())
        files = self.files(students)
        harms = [f"{points} points" for _ in [0] if points > blank]
        harms += [f"told: {name}" for name in self.told(student)]
        harms += [f"changed: {_short(path, self.directory)}" for path in changes(before[0], files)]
        rows = self.rows(students)
        harms += [f"gradebook: {table}" for table in rows if rows[table] != before[1][table]]
        harms += [f"left: {path}" for path in LEFT_BEHIND if os.path.lexists(path)]
        harms += [f"runs in the page: {part}" for part in self.alive(student)]
        harms += [f"formula: {cell}" for cell in self.formulas()]
        if not (self.graded_folder(student) / f"{LESSON}.ipynb").exists() or student not in scores:
            harms.append("not written")
        own = [path for path in self.graded_folder(student).rglob("*") if path.is_file()]
        size = sum(path.lstat().st_size for path in own)
        harms += [f"{size // MEGABYTE} MB" for _ in [0] if size > LARGE]
        harms += [f"{len(own)} files" for _ in [0] if len(own) > MANY_FILES]
        return harms


def changes(before, after):
    """Return the keys whose values differ between two dicts."""
    return sorted(key for key in before.keys() | after.keys() if before.get(key) != after.get(key))


def _short(path, directory):
    return os.path.relpath(path, directory)


def _right_answer():
    return classroom.solution_of(exercises.find("momentum"))


def _add_asserts(path):
    notebook = nbformat.read(path, as_version=4)
    place = next(n for n, cell in enumerate(notebook.cells) if cell.get("id") == "momentum") + 1
    for name, line in ASSERTS.items():
        about = {"schema_version": 3, "grade_id": name, "grade": True, "solution": False, "locked": True}
        metadata = {"nbgrader": {**about, "task": False, "points": 1}}
        cell = nbformat.v4.new_code_cell(QUESTION + line, metadata=metadata, id=name)
        notebook.cells.insert(place, cell)
    nbformat.write(notebook, path)


# ------------------------------------------------------------------------------------------ listening


class Listener:
    """Listens on a port of this machine and keeps what comes; a context manager."""

    def __init__(self):
        self.heard, self._ended = [], False
        self._sockets = [
            socket.socket(socket.AF_INET, kind) for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM)
        ]
        self._threads = [
            threading.Thread(target=listen, args=(each,), daemon=True)
            for listen, each in zip((self._accept, self._receive), self._sockets, strict=True)
        ]

    def __enter__(self):
        stream, _ = self._sockets
        stream.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        for each in self._sockets:
            each.bind(("127.0.0.1", PORT))
        stream.listen()
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *exception):
        self._ended = True
        for each, thread in zip(self._sockets, self._threads, strict=True):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)  # wakes the thread, which else keeps the port
            thread.join()
            each.close()

    def _accept(self, stream):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = stream.accept()
                with connection:
                    self.heard.append(connection.recv(1000).decode())

    def _receive(self, datagram):
        with contextlib.suppress(OSError):
            while True:
                message = datagram.recv(1000).decode()
                if self._ended:  # shut down, a socket gives empty messages until it is closed
                    return
                self.heard.append(message)


# --------------------------------------------------------------------------------------------- pages


class _Page(HTMLParser):
    """Collects where "pwned" stands so that a browser would run, style with or load it."""

    HARMLESS = ("alt", "title", "id", "class")

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.found, self.inside = [], []

    def handle_starttag(self, tag, attributes):
        self.inside.append(tag if "mermaid" not in str(dict(attributes).get("class")) else "mermaid")
        for name, value in attributes:
            inside = name == "href" and (value or "").startswith("#")  # the anchor of a heading
            if "pwned" in (value or "") and name not in self.HARMLESS and not inside:
                self.found.append(f"<{tag} {name}>")

    def handle_endtag(self, tag):
        if tag in self.inside:
            while self.inside.pop() != tag:
                pass
        elif "mermaid" in self.inside:
            self.inside.remove("mermaid")

    def handle_data(self, data):
        for tag in ("script", "style", "mermaid"):
            if "pwned" in data and tag in self.inside:
                self.found.append(f"<{tag}>")


def live_parts(html):
    """Return the places of a page where "pwned" would run, style or load.

    Example:
        >>> live_parts('<p>pwned</p><img src="x" onerror="pwned()"><script>pwned()</script>')
        ['<img onerror>', '<script>']
    """
    page = _Page()
    page.feed(html)
    diagrams = re.search(r"import\([^)]*mermaid|from\s+.[^\"']*mermaid", html)
    return [part for part in page.found if part != "<mermaid>" or diagrams]


def copy_of(scene, directory):
    """Return a copy of a scene in another directory."""
    shutil.copytree(scene.directory, directory, symlinks=True)
    other = Scene.__new__(Scene)
    other.directory, other.plain, other.home = Path(directory), scene.plain, Path(directory) / "home"
    other.classroom = classroom.Classroom.__new__(classroom.Classroom)
    other.classroom.directory, other.classroom.lessons = Path(directory) / "course", scene.classroom.lessons
    return other
