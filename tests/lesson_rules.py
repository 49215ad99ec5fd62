"""The rules that every lesson keeps: each takes a lesson and yields complaints, sentences that name a cell.

`test_notebooks.py` asks them of every lesson, `test_lesson_rules.py` proves of each that it can complain.
"""

import ast
import functools
import inspect
import re
import textwrap
from dataclasses import dataclass

from nbformat import NotebookNode

from autograde_tests.engine.mutation import without_annotations

RULES = []
RELEASE_RULES = []

STUB = 'raise NotImplementedError("write your answer here")'
TEXT_STUB = "YOUR ANSWER HERE"
CLOSING = ["Summary", "What the notes get wrong", "Going further"]
FEWEST_CELLS, MOST_CELLS = 30, 65  # six exercises alone are some 25 cells
LONGEST_CODE, LONGEST_STUB, LONGEST_FOLDED = 15, 20, 40
HIDDEN = ("BEGIN SOLUTION", "END SOLUTION", "BEGIN HIDDEN TESTS", "END HIDDEN TESTS", "MARK SCHEME")
UNFOLDS = re.compile(r"<details><summary>.*?</summary>(.*?)</details>", re.DOTALL)
MARKS = re.compile(r"[`*$]|\]\(")
IMAGE = re.compile(r"!\[(?P<alt>[^\]]*)\]\(|<img\b(?P<attributes>[^>]*)>", re.IGNORECASE)


@dataclass(frozen=True)
class Lesson:
    """A lesson's notebook beside what is asked in it.

    Attributes:
        name: for example "06_momentum".
        notebook: the notebook of solutions/, or, for a rule about releases, of notebooks/.
        exercises: those of its claims module; each has `name`, `points` and `reference`.
        source: the notebook of solutions/ that a release was made from.
    """

    name: str
    notebook: NotebookNode
    exercises: tuple
    source: NotebookNode | None = None

    @property
    def cells(self):
        """All cells, in order."""
        return self.notebook.cells

    def role(self, *, grade, solution, kind=None):
        """Return the cells that nbgrader treats in this way, by id."""
        return {
            cell.id: cell
            for cell in self.cells
            if (grading := cell.metadata.get("nbgrader"))
            and (grading.grade, grading.solution) == (grade, solution)
            and kind in (None, cell.cell_type)
        }

    @property
    def answers(self):
        """The cells that hold the solutions, by the exercise's name."""
        cells = self.role(grade=False, solution=True)
        return {name.removesuffix("-answer"): cell for name, cell in cells.items()}

    @property
    def tests(self):
        """The cells that give the points, by the exercise's name."""
        return self.role(grade=True, solution=False)

    @property
    def essays(self):
        """The cells with a free response, by id."""
        return self.role(grade=True, solution=True)


def rule(function):
    """Register a rule about the notebooks in solutions/."""
    RULES.append(function)
    return function


def release_rule(function):
    """Register a rule about the notebooks in notebooks/."""
    RELEASE_RULES.append(function)
    return function


# The lesson's build.


@rule
def opens_with_title_goals_and_minutes(lesson):
    """Does the first cell say what the lesson is, what you can do after it, and how long it takes?"""
    first = lesson.cells[0]
    text = first.source
    if first.cell_type != "markdown" or not text.startswith("# "):
        yield "the first cell is no markdown that begins with a title, '# ...'"
    if not re.search(r"\byou (can|will be able to)\b", text, re.IGNORECASE):
        yield "the first cell states no goals ('you can ...')"
    if not re.search(r"\b\d+ minutes\b", text):
        yield "the first cell does not say how many minutes the lesson takes"


@rule
def imports_in_the_second_cell_alone(lesson):
    """Is the second cell the one that imports?"""
    for index, cell in enumerate(lesson.cells):
        if cell.cell_type != "code":
            if index == 1:
                yield "the second cell is no code cell with the imports"
            continue
        nodes = ast.walk(ast.parse(cell.source))
        imports = any(isinstance(node, ast.Import | ast.ImportFrom) for node in nodes)
        if index == 1 and not imports:
            yield "the second cell imports nothing"
        if index != 1 and imports:
            yield f"{cell.id} has an import, which belongs to the second cell"


@rule
def closes_with_summary_corrections_and_outlook(lesson):
    """Do the last sections sum up, correct the notes and name papers with their years?"""
    prose = "\n".join(cell.source for cell in lesson.cells if cell.cell_type == "markdown")
    sections = re.findall(r"^## +(.*?) *$", prose, re.MULTILINE)
    if sections[-3:] != CLOSING:
        yield f"the last sections are {sections[-3:]}, not {CLOSING}"
        return
    summary, _, outlook = re.split(r"^## .*$", prose, flags=re.MULTILINE)[-3:]
    if not 1 <= len(re.findall(r"^[-*] ", summary, re.MULTILINE)) <= 5:
        yield "the summary is not one to five bullets"
    if not re.search(r"\b(19|20)\d\d\b", outlook):
        yield "'Going further' names no paper with its year"


@rule
def is_one_sitting_long(lesson):
    """Are there 30 to 65 cells?"""
    if not FEWEST_CELLS <= len(lesson.cells) <= MOST_CELLS:
        yield f"{len(lesson.cells)} cells, not {FEWEST_CELLS} to {MOST_CELLS}"


@rule
def one_picture_carries_the_idea(lesson):
    """Is there a picture to play with at the top, and once more drawn by the reader's functions?"""
    cells = {cell.id: cell for cell in lesson.cells}
    if [cell.id for cell in lesson.cells[2:5]] != ["sight-intro", "sight", "sight-seen"]:
        yield "the lesson in one picture (sight-intro, sight, sight-seen) does not follow the imports"
        return
    if not cells["sight"].metadata.get("jupyter", {}).get("source_hidden"):
        yield "the code of sight is not folded away"
    if "plotting.interactive(" not in cells["sight"].source:
        yield "sight has nothing to move"
    own = cells.get("sight-own")
    if own is None or not re.search(r"\bsight\(", own.source):
        yield "no cell sight-own draws the picture with the reader's functions"


@rule
def code_cells_are_short(lesson):
    """Has a code cell at most 15 lines, a folded one 40, and a solution at most 20 beside its docstring?"""
    for cell in lesson.cells:
        if cell.cell_type != "code":
            continue
        is_answer = cell.id.endswith("-answer")
        source = without_docstrings(cell.source) if is_answer else cell.source
        lines = sum(bool(line.strip()) for line in source.splitlines() if not line.strip().startswith("### "))
        is_folded = cell.metadata.get("jupyter", {}).get("source_hidden")
        most = LONGEST_STUB if is_answer else LONGEST_FOLDED if is_folded else LONGEST_CODE
        if lines > most:
            yield f"{cell.id} has {lines} lines, more than {most}"


@rule
def prose_uses_plain_words(lesson):
    """Is nothing called simple or obvious that a reader may find hard?"""
    for cell in lesson.cells:
        found = re.search(r"\b(simply|obviously)\b", cell.source, re.IGNORECASE)
        if cell.cell_type == "markdown" and found:
            yield f"{cell.id} says {found.group()!r}"


@rule
def pictures_in_the_text_have_alt_text(lesson):
    """Does every picture in a markdown cell say in words what it shows?"""
    for cell in lesson.cells:
        if cell.cell_type == "markdown":
            yield from (f"{cell.id} has a picture without alt text" for _ in images_without_alt(cell.source))


@rule
def what_unfolds_is_markdown(lesson):
    """Does a blank line stand before Markdown that unfolds? Without it Jupyter shows the signs themselves."""
    for cell in lesson.cells:
        for html in UNFOLDS.findall(cell.source) if cell.cell_type == "markdown" else ():
            if MARKS.search(html.split("\n\n")[0]):
                yield f"{cell.id} has Markdown right below <summary>, with no blank line between"


@rule
def readers_ask_before_the_lesson_does(lesson):
    """Do the reader's questions, if there are any, stand in a section of their own, right before ours?"""
    prose = "\n".join(cell.source for cell in lesson.cells if cell.cell_type == "markdown")
    sections = re.findall(r"^(## .*?) *$", prose, re.MULTILINE)
    if "You may ask" in prose and sections[-5:-4] != ["## You may ask"]:
        yield "'## You may ask' is not the section before the question in the reader's own words"


# The exercises.


@rule
def every_exercise_has_its_cells(lesson):
    """Has each exercise of the claims module its two cells, answer first, and is no other asked for?"""
    asked = [exercise.name for exercise in lesson.exercises]
    for what, cells in (("answer", lesson.answers), ("test", lesson.tests)):
        yield from (f"{name} has no {what} cell" for name in asked if name not in cells)
        yield from (f"the {what} cell {name} is of no exercise" for name in cells if name not in asked)
    order = [cell.id for cell in lesson.cells]
    for name in lesson.answers.keys() & lesson.tests.keys():
        if order.index(f"{name}-answer") > order.index(name):
            yield f"{name} is tested before it is answered"


@rule
def exercises_are_introduced_and_hinted(lesson):
    """Does prose stand before each answer cell, and a hint to unfold right below each test cell?"""
    order = [cell.id for cell in lesson.cells]
    for name in lesson.answers.keys() & lesson.tests.keys():
        before = lesson.cells[order.index(f"{name}-answer") - 1]
        if before.cell_type != "markdown":
            yield f"{name} is not introduced by prose"
        below = lesson.cells[order.index(name) + 1 :][:1]
        if not any("<details" in cell.source for cell in below):
            yield f"{name} has no hints (<details>) right below its test cell"


@rule
def checks_are_seen_and_grades_hidden(lesson):
    """Does each test cell check in sight and grade out of sight, for the points of its claims?"""
    points = {exercise.name: exercise.points for exercise in lesson.exercises}
    for name, cell in lesson.tests.items():
        expected = f"check({name})\n### BEGIN HIDDEN TESTS\ngrade({name})\n### END HIDDEN TESTS"
        if cell.cell_type != "code" or cell.source != expected:
            yield f"{name}: the test cell is not\n{expected}"
        grading = cell.metadata.nbgrader
        if grading.grade_id != cell.id:
            yield f"{name}: grade_id is {grading.grade_id!r}, the cell's id {cell.id!r}"
        if not grading.locked or grading.get("task"):
            yield f"{name}: the test cell is not locked, or is a task"
        if grading.get("points") != points.get(name):
            yield f"{name}: the cell gives {grading.get('points')} points, the claims {points.get(name)}"


@rule
def answer_cells_hold_one_marked_solution(lesson):
    """Is each answer cell one function, whose body alone stands between the marks?"""
    for name, cell in lesson.answers.items():
        grading = cell.metadata.nbgrader
        if cell.id != f"{name}-answer" or grading.grade_id != cell.id:
            yield f"{name}: the answer cell's id is {cell.id!r} and its grade_id {grading.grade_id!r}"
        if grading.locked or grading.get("points"):
            yield f"{name}: the answer cell is locked, or gives points"
        if defined_names(cell.source) != [name]:
            yield f"{name}: the answer cell does not define this one function and nothing else"
            continue
        if cell.source.count("### BEGIN SOLUTION") != 1 or cell.source.count("### END SOLUTION") != 1:
            yield f"{name}: the answer cell has no single pair of solution marks"
            continue
        left = re.sub(r"### BEGIN SOLUTION.*?### END SOLUTION", STUB, cell.source, flags=re.DOTALL)
        if problem := what_a_stub_lacks(left, name):
            yield f"{name}: without what the marks hold, {problem}"


@rule
def solutions_equal_references(lesson):
    """Are the solution and the reference in course_lib the same code?"""
    for exercise in lesson.exercises:
        cell = lesson.answers.get(exercise.name)
        if cell is None or defined_names(cell.source) != [exercise.name]:
            continue
        if syntax(cell.source) != syntax(reference_source(exercise)):
            yield f"{exercise.name}: solution and reference differ"


@rule
def stubs_say_what_references_say(lesson):
    """Does a stub's docstring name each argument, and have each section, that the reference's has?"""
    for exercise in lesson.exercises:
        cell = lesson.answers.get(exercise.name)
        if cell is None or defined_names(cell.source) != [exercise.name]:
            continue
        (function,) = ast.parse(cell.source).body
        stub = ast.get_docstring(function) or ""
        reference = inspect.getdoc(exercise.reference) or ""
        taken = function.args.posonlyargs + function.args.args + function.args.kwonlyargs
        needed = documented_arguments(reference) | {argument.arg for argument in taken}
        if missing := sorted(needed - documented_arguments(stub)):
            yield f"{exercise.name}: the stub's docstring does not describe {', '.join(missing)}"
        if "Returns:" not in stub:
            yield f"{exercise.name}: the stub's docstring does not say what is returned"


@rule
def essays_have_a_model_answer_and_a_rubric(lesson):
    """Has each free response a question, a model answer, and a rubric to mark it by?"""
    for name, cell in lesson.essays.items():
        grading = cell.metadata.nbgrader
        if cell.cell_type != "markdown" or grading.grade_id != cell.id or not grading.get("points"):
            yield f"{name}: a free response is a markdown cell with points, and its grade_id is its id"
        marked = re.findall(r"### BEGIN SOLUTION\n(.*?)\n### END SOLUTION", cell.source, re.DOTALL)
        if len(marked) != 1:
            yield f"{name}: there is no single model answer between solution marks"
        before = lesson.cells[lesson.cells.index(cell) - 1]
        if cell.source.startswith("### BEGIN SOLUTION") and before.cell_type != "markdown":
            yield f"{name}: no question stands above the model answer, in this cell or the one before"
        # Inside the solution marks, because nbgrader takes a mark scheme elsewhere only in a task cell.
        if not any(re.search(r"\brubric\b|\bmark scheme\b", text, re.IGNORECASE) for text in marked):
            yield f"{name}: no rubric stands below the model answer, between the marks"


# What students get.


@release_rule
def nothing_hidden_is_left(lesson):
    """Is there no solution, hidden test, mark scheme or output?"""
    for cell in lesson.cells:
        yield from (f"{cell.id} holds '{mark}'" for mark in HIDDEN if mark in cell.source)
        if cell.get("outputs") or cell.get("execution_count") is not None:
            yield f"{cell.id} holds an output or an execution count"


@release_rule
def answers_are_stubs(lesson):
    """Is each answer cell the signature, the docstring and one line that asks for the answer?"""
    for name, cell in lesson.answers.items():
        if problem := what_a_stub_lacks(cell.source, name):
            yield f"{name}: {problem}"


@release_rule
def checks_stand_alone(lesson):
    """Is each test cell the visible check alone?"""
    for name, cell in lesson.tests.items():
        if cell.source != f"check({name})":
            yield f"{name}: the test cell is {cell.source!r}"


@release_rule
def essays_are_empty(lesson):
    """Is each free response the question and the place for the answer?"""
    for name, cell in lesson.essays.items():
        if TEXT_STUB not in cell.source:
            yield f"{name}: no place to answer"


@release_rule
def solutions_appear_nowhere(lesson):
    """Is no line that only a solution has found anywhere in the release?"""
    released = {line.strip() for cell in lesson.cells for line in cell.source.splitlines()}
    source = Lesson(lesson.name, lesson.source, lesson.exercises)
    elsewhere = {
        line.strip()
        for cell in source.cells
        if cell.id not in {answer.id for answer in source.answers.values()}
        for line in cell.source.splitlines()
    }
    for name, cell in source.answers.items():
        solution = cell.source.partition("### BEGIN SOLUTION")[2].partition("### END SOLUTION")[0]
        for line in map(str.strip, solution.splitlines()):
            if line and line in released and line not in elsewhere:
                yield f"{name}: the release holds the solution's line {line!r}"


# What the rules are made of.


def images_without_alt(text):
    """Return the pictures in markdown or HTML that have no alt text."""
    found = list(IMAGE.finditer(text))
    return [match for match in found if not has_alt(match)]


def has_alt(match):
    """Say whether one picture, as IMAGE finds it, has an alt text that is not empty."""
    if match["attributes"] is None:
        return bool(match["alt"].strip())
    return bool(re.search(r"""\balt\s*=\s*(["'])\s*[^"'\s]""", match["attributes"]))


def pictures(outputs):
    """Return (kind, whether it has alt text) for each picture in a cell's outputs.

    A picture's alt text is in its metadata, where JupyterLab and nbconvert look for it; HTML has its own.
    """
    for output in outputs:
        data, metadata = output.get("data", {}), output.get("metadata", {})
        for kind in ("image/png", "image/jpeg", "image/svg+xml"):
            if kind in data:
                alt = metadata.get(kind, {}).get("alt") or metadata.get("alt") or ""
                yield kind, bool(alt.strip())
        html = "".join(data.get("text/html", ""))
        labelled = re.search(r"""\baria-label\s*=\s*(["'])\s*[^"'\s]""", html)
        for match in IMAGE.finditer(html):
            yield "text/html", bool(labelled) or has_alt(match)


def defined_names(source):
    """Return the names of the functions that a cell defines, or None where it does anything else."""
    try:
        body = ast.parse(source).body
    except SyntaxError:
        return None
    return [node.name for node in body] if all(isinstance(node, ast.FunctionDef) for node in body) else None


def what_a_stub_lacks(source, name):
    """Return in words what keeps this source from being a stub, or None."""
    if defined_names(source) != [name]:
        return f"it does not define {name} and nothing else"
    (function,) = ast.parse(source).body
    if not ast.get_docstring(function):
        return "it has no docstring"
    if [ast.unparse(node) for node in function.body[1:]] != [ast.unparse(ast.parse(STUB))]:
        return f"the docstring is not followed by {STUB} alone"
    return None


def syntax(source):
    """Return a function's syntax tree as text, without docstring, decorators, annotations and places."""
    (function,) = without_annotations(ast.parse(textwrap.dedent(source))).body
    function.decorator_list = []
    if ast.get_docstring(function) is not None:
        function.body = function.body[1:]
    return ast.dump(function)


@functools.cache
def reference_source(exercise):
    """Return the source text of an exercise's reference, below its decorators."""
    return inspect.getsource(inspect.unwrap(exercise.reference))


def without_docstrings(source):
    """Return a cell's source without the lines of its functions' docstrings."""
    lines = source.splitlines()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node) is not None:
            for number in range(node.body[0].lineno, node.body[0].end_lineno + 1):
                lines[number - 1] = ""
    return "\n".join(lines)


def documented_arguments(docstring):
    """Return the names that the Args section of a Google docstring describes.

    Example:
        >>> sorted(documented_arguments('''Step.
        ...
        ... Args:
        ...     params, grads: arrays of one shape.
        ...     lr: learning rate, of which
        ...         lower: is not an argument.
        ... '''))
        ['grads', 'lr', 'params']
    """
    section = re.search(r"^Args:\n(?P<body>(?:[ \t]+.*\n?|\n)*)", docstring, re.MULTILINE)
    if not section:
        return set()
    entries = re.findall(r"^([*\w][*\w, ]*?)(?: \([^)]*\))?:", textwrap.dedent(section["body"]), re.MULTILINE)
    return {name.strip(" *") for entry in entries for name in entry.split(",")}
