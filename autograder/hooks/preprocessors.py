"""Our two steps in `nbgrader autograde`, and the reader before them; `nbgrader_config.py` puts them there.

`Rebuild` takes the place of nbgrader's sanitising pass, `Judge` that of its autograding pass. nbgrader's own
`SaveAutoGrades` then reads the points from the notebook, as it always does.
"""

import dataclasses
import json
import os
from pathlib import Path

import nbformat
from nbconvert.exporters import NotebookExporter
from nbgrader.api import Gradebook
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from autograde_tests.engine import finding
from autograder.marking import lessons, rebuilding, seeds, submissions, verdicts
from autograder.sealing import pools

NOTE = "autograder"


class Reader(NotebookExporter):
    """Read a submission without trusting it: a broken file is an empty submission, with a note."""

    def from_filename(self, filename, resources=None, **kwargs):
        """Read one file; only in the sanitising pass is it the student's own."""
        if not getattr(self.parent, "_sanitizing", False):
            return super().from_filename(filename, resources=resources, **kwargs)
        read = submissions.read(filename)
        if read.unreadable:
            self.log.error("%s: %s", filename, read.unreadable)
        notebook = nbformat.v4.new_notebook()
        notebook.metadata[NOTE] = {"submission": dataclasses.asdict(read)}
        return self.from_notebook_node(notebook, resources=resources, **kwargs)


class Rebuild(NbGraderPreprocessor):
    """Replace the notebook by the instructor's, with the student's answers in it."""

    def preprocess(self, notebook, resources):
        """Return the rebuilt notebook."""
        note = notebook.metadata[NOTE]["submission"]
        cells = tuple(finding.Found(*cell) for cell in note["cells"])
        read = submissions.Submission(cells, note["unreadable"], tuple(note["notes"]))
        rebuilt = rebuilding.rebuild(_lesson(self, resources), read)
        _remove_what_came_along(_course(self), resources["nbgrader"])
        for text in rebuilt.notes:
            self.log.warning("%s: %s", resources["nbgrader"]["student"], text)
        result = nbformat.from_dict(rebuilt.notebook)
        ours = {"cells": rebuilt.cells, "notes": rebuilt.notes, "apart": rebuilt.apart}
        result.metadata[NOTE] = {"unreadable": read.unreadable, **ours}
        return result, resources


class Judge(NbGraderPreprocessor):
    """Judge the answers in a sealed worker, and write the outputs that nbgrader reads."""

    def preprocess(self, notebook, resources):
        """Return the notebook with points and feedback in it.

        Raises:
            LessonError: If a fault of ours left an exercise ungraded; nbgrader then reports the submission.
        """
        taught = _lesson(self, resources)
        note = notebook.metadata.pop(NOTE)
        read = submissions.Submission(unreadable=note["unreadable"])
        plain = json.loads(json.dumps(notebook))
        rebuilt = rebuilding.Rebuilt(plain, note["cells"], tuple(note["notes"]), dict(note["apart"]))
        decided = decide(taught, rebuilt, read, Path(_course(self).root))
        if decided.faults:
            raise lessons.LessonError("; ".join(item.text for item in decided.faults))
        verdicts.write_outputs(plain, decided)
        return nbformat.from_dict(plain), resources


def _remove_what_came_along(course, about):
    """Remove what nbgrader has copied from the student's folder, but for the time stamp and our own files."""
    folder = Path(course.format_path(course.autograded_directory, about["student"], about["assignment"]))
    ours = Path(course.root) / course.source_directory / about["assignment"]
    for path in [path for path in folder.rglob("*") if not path.is_dir()]:
        name = path.relative_to(folder)
        if str(name) != "timestamp.txt" and not (ours / name).exists():
            path.unlink()


def decide(taught, rebuilt, read, directory):
    """Judge one submission, with one more try if the sealed parent was lost.

    Args:
        taught: A `Lesson`.
        rebuilt: A `Rebuilt`.
        read: A `Submission`.
        directory: Where the gradebook and the secret lie.

    Returns:
        A `Verdict`.
    """
    key = seeds.secret(directory)
    return pools.with_sandbox(taught, lambda sandbox: verdicts.decide(taught, rebuilt, read, sandbox, key))


_lessons = {}


def _lesson(preprocessor, resources):
    """Return the lesson of the notebook in hand; it is read again only if its file has changed."""
    course = _course(preprocessor)
    name = resources["nbgrader"]["assignment"]
    solutions = os.path.join(course.root, course.source_directory)
    path = Path(solutions) / name / f"{name}.ipynb"
    changed = path.stat().st_mtime_ns if path.exists() else 0
    known = _lessons.get(path)
    if known is None or known[0] != changed:
        with Gradebook(resources["nbgrader"]["db_url"]) as gradebook:
            _lessons[path] = changed, lessons.load(gradebook, name, solutions)
    return _lessons[path][1]


def _course(preprocessor):
    """Return nbgrader's idea of where the course lies."""
    ancestor = preprocessor
    while ancestor is not None:
        course = getattr(ancestor, "coursedir", None)
        if course is not None:
            return course
        ancestor = ancestor.parent
    return CourseDirectory(config=preprocessor.config)
