"""A graded class of any size, written straight into nbgrader's tables: nothing is run or handed in."""

import datetime
import itertools
import random
import uuid
from pathlib import Path

from nbgrader import api
from sqlalchemy import create_engine, insert

COURSE = "optimization"
LESSONS = tuple(f"{number:02}_lesson" for number in range(13))
EXERCISES, POINTS, ESSAY_POINTS = 5, 3.0, 2.0
DUE = datetime.datetime(2026, 3, 1)
CONFIGURATION = """
c = get_config()
c.CourseDirectory.course_id = "optimization"
c.CourseDirectory.source_directory = "solutions"
c.CourseDirectory.release_directory = "notebooks"
import autograder
autograder.configure(c)
"""


def make_empty(root):
    """Make a course with an empty gradebook, without the seconds that alembic takes for that."""
    root = Path(root)
    root.mkdir(parents=True, exist_ok=True)
    (root / "nbgrader_config.py").write_text(CONFIGURATION)
    engine = create_engine(f"sqlite:///{root / 'gradebook.db'}")
    api.Base.metadata.create_all(engine)
    engine.dispose()


def opened(root):
    """Return a course's gradebook, open; a context manager."""
    return api.Gradebook(f"sqlite:///{Path(root) / 'gradebook.db'}", COURSE)


def make_lesson(url, name):
    """Make the tables of an empty database, and one lesson in them that nobody has handed in."""
    engine = create_engine(url)
    api.Base.metadata.create_all(engine)
    engine.dispose()
    with api.Gradebook(url, COURSE) as gradebook:
        _put_lesson(gradebook.db, name)
        gradebook.db.commit()


def make(root, size, *, on_disk=False):
    """Make a course in which every student has handed in every lesson, all of it graded.

    Args:
        root: Where to make it.
        size: How many students.
        on_disk: Also the folders of what was handed in and graded, without notebooks in them.
    """
    root = Path(root)
    make_empty(root)
    for lesson in LESSONS:
        (root / "solutions" / lesson).mkdir(parents=True)
    students = [f"student{number:05}" for number in range(size)]
    with opened(root) as gradebook:
        _fill(gradebook.db, students, random.Random(1))
    if on_disk:
        for student, lesson in itertools.product(students, LESSONS):
            submitted, graded = (root / room / student / lesson for room in ("submitted", "autograded"))
            for folder in (submitted, graded):
                folder.mkdir(parents=True)
            (submitted / "timestamp.txt").write_text(f"{DUE} UTC")
            (graded / f"{lesson}.ipynb").touch()


def _fill(session, students, rng):
    for number, student in enumerate(students):
        about = {"first_name": f"Ada {number}", "last_name": "Lovelace", "email": f"{student}@example.org"}
        session.add(api.Student(id=student, **about))
    session.flush()
    for lesson in LESSONS:
        _fill_lesson(session, lesson, students, rng)
    session.commit()


def _fill_lesson(session, lesson, students, rng):
    assignment, notebook, graded, answered = _put_lesson(session, lesson)
    rows = {table: [] for table in (api.SubmittedAssignment, api.SubmittedNotebook, api.Grade, api.Comment)}
    for student in students:
        submission, submitted = _id(), _id()
        about = {"assignment_id": assignment.id, "student_id": student, "timestamp": DUE}
        rows[api.SubmittedAssignment].append({"id": submission, **about})
        about = {"notebook_id": notebook.id, "assignment_id": submission}
        rows[api.SubmittedNotebook].append({"id": submitted, **about})
        for cell in graded:
            score = rng.randrange(7) / 2 if cell.cell_type == "code" else None
            about = {"auto_score": score, "needs_manual_grade": score is None}
            rows[api.Grade].append({"id": _id(), "cell_id": cell.id, "notebook_id": submitted, **about})
        for cell in answered:
            rows[api.Comment].append({"id": _id(), "cell_id": cell.id, "notebook_id": submitted})
    for table, values in rows.items():
        session.execute(insert(table.__table__), values)


def _put_lesson(session, name):
    """Add a lesson; return its rows: assignment, notebook, graded cells, answer cells."""
    names = [f"exercise{number}" for number in range(EXERCISES)]
    graded = [api.GradeCell(name=each, max_score=POINTS, cell_type="code") for each in names]
    graded.append(api.GradeCell(name="essay", max_score=ESSAY_POINTS, cell_type="markdown"))
    answered = [api.SolutionCell(name=f"{each}-answer") for each in names]
    answered.append(api.SolutionCell(name="essay"))
    sources = [api.SourceCell(name=cell.name, cell_type="code") for cell in [*graded, *answered[:-1]]]
    assignment = api.Assignment(name=name, duedate=DUE, course_id=COURSE)
    session.add(assignment)
    session.flush()
    notebook = api.Notebook(name=name, assignment_id=assignment.id)
    session.add(notebook)
    session.flush()
    for cell in (*graded, *answered, *sources):
        cell.notebook_id = notebook.id
        session.add(cell)
    session.flush()
    return assignment, notebook, graded, answered


def _id():
    return uuid.uuid4().hex
