"""What an answer needs from the other cells of its notebook, found in their text; nothing is run here.

The grader runs the imports cell, the answer cells, and from the student's own cells the statements that bind
what these need: imports, functions, classes, constants. Experiments stay behind.
"""

import ast
import builtins
import functools
import itertools
import symtable
import sys
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple, cast

# IPython reads a cell once for every magic in it: what is longer than a cell ever is, is not read so.
MAX_MAGIC_SOURCE = 10_000
MAX_MAGIC_LINES = 50
# A cell that is longer binds nothing for others; this much, and no more, is followed and carried.
MAX_CELL = 20_000
MAX_CARRIED = 100_000
COST_OF_A_STATEMENT = 100
# These run their Python where the cell stands, all others elsewhere or not at all.
TRANSPARENT = ("time", "prun", "capture")
HERE = frozenset(sys.stdlib_module_names) | {"numpy", "course_lib", "autograde_tests"}
INERT = frozenset({"matplotlib", "mpl_toolkits", "ipywidgets", "IPython", "tqdm"})
IN_PLACE = ("fill_diagonal", "copyto", "put", "place", "putmask", "shuffle", "heappush", "heapify", "insort")
BUILT_IN = frozenset(dir(builtins)) | {"display", "get_ipython", "__name__", "__file__", "__doc__"}
OWN, ANSWER, GRADED, IMPORTS = "own", "answer", "graded", "imports"


class Cell(NamedTuple):
    """One code cell, in its part.

    Attributes:
        role: OWN, ANSWER, GRADED or IMPORTS.
        name: Its id; for an answer "<exercise>-answer", for a graded cell the exercise.
        source: Plain Python.
    """

    role: str
    name: str
    source: str


@dataclass(frozen=True)
class Statement:
    """One statement at the top of a cell.

    Attributes:
        node: Its syntax tree.
        binds: Names that it binds there; "*" for a star import.
        changes: Names whose items or attributes it sets.
        calls: Names of which it calls a method, for the method's effect.
        resets: Whether what the names were before does not matter any more.
        length: Of its text.
    """

    node: ast.stmt
    binds: frozenset[str]
    changes: frozenset[str]
    calls: frozenset[str]
    resets: bool
    length: int

    @functools.cached_property
    def needs(self) -> frozenset[str]:
        """The global names that it loads, in functions and classes too."""
        try:
            return needs_of(ast.unparse(self.node))
        except (ValueError, RecursionError, MemoryError):
            return frozenset()


def needs_of(source: str) -> frozenset[str]:
    """Return the global names that Python text loads, in functions and classes too."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return frozenset(_loaded(symtable.symtable(source, "<cell>", "exec")))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return frozenset()


def python_of(source: str) -> tuple[str, tuple[str, ...]]:
    """Read a cell as IPython does, without what is no Python: magics, shell lines, questions.

    Args:
        source: The cell's text.

    Returns:
        Python in which each such statement is `pass`, on the same lines; and the lines that were dropped.

    Example:
        >>> python_of("%matplotlib inline\\nx = 3")
        ('pass\\nx = 3', ('%matplotlib inline',))
    """
    source = source.replace("\r\n", "\n").replace("\r", "\n")
    indented = source.lstrip("\n")[:1] in {" ", "\t"}
    if parsed(source) is not None or not (indented or any(mark in source for mark in "%!?>")):
        return source, ()
    blank = len(source) - len(source.lstrip("\n"))
    special = sum(
        line.lstrip()[:1] in {*"%!?,;/"} or line.rstrip()[-1:] == "?" for line in source.splitlines()
    )
    if len(source) > MAX_MAGIC_SOURCE or special > MAX_MAGIC_LINES:
        return source, ()
    try:
        from IPython.core.inputtransformer2 import TransformerManager

        python = source[:blank] + TransformerManager().transform_cell(source[blank:])
    except Exception:  # no IPython here, or text that it cannot read either
        return source, ()
    python = python if source.endswith("\n") else python.removesuffix("\n")
    tree = parsed(python)
    if tree is None:
        return _without_magic_lines(python)
    return _without_magics(python, tree)


def _without_magics(python: str, tree: ast.Module) -> tuple[str, tuple[str, ...]]:
    dropped: list[str]
    magics: list[tuple[Any, ast.Call]]
    lines, dropped = python.encode().split(b"\n"), []
    magics = [(node, call) for node in ast.walk(tree) if (call := _magic(node)) is not None]
    for node, call in sorted(magics, key=lambda pair: -pair[0].lineno):
        text, told = _body(node, call)
        dropped[:0] = told
        first, last = node.lineno - 1, node.end_lineno - 1
        before, after = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
        new = text.encode().split(b"\n")
        new[0] = before + new[0]
        new[-1] += after
        lines[first : last + 1] = new + [b""] * (last - first + 1 - len(new))
    return b"\n".join(lines).decode(), tuple(dropped)


def _without_magic_lines(python: str) -> tuple[str, tuple[str, ...]]:
    """Do as well as can be done where the rest is no Python: its own mistake is to be told, at its line."""
    kept, dropped = [], []
    for line in python.split("\n"):
        text = line.strip()
        if text.startswith("get_ipython()."):
            dropped.append(text)
            line = line[: line.index(text)] + "pass"
        kept.append(line)
    return "\n".join(kept), tuple(dropped)


def _magic(node: ast.AST) -> ast.Call | None:
    """Return the call of `get_ipython().…` that a statement is, or None."""
    if not isinstance(node, ast.Expr | ast.Assign):
        return None
    match node.value:
        case ast.Call(func=ast.Attribute(value=ast.Call(func=ast.Name(id="get_ipython")))):
            return node.value
    return None


def _body(node: Any, call: Any) -> tuple[str, tuple[str, ...]]:
    """Return the Python that a magic runs, `pass` if none, and what is dropped."""
    texts: list[Any] = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
    if call.func.attr == "run_cell_magic" and texts[0] in TRANSPARENT:
        body, dropped = python_of("\n" + texts[2])
        return (body, dropped) if body.strip() else ("pass", dropped)
    if call.func.attr == "run_line_magic" and texts[0] in TRANSPARENT[:2] and not texts[1].startswith("-"):
        tree = parsed(texts[1])
        if tree is not None and len(tree.body) == 1 and isinstance(node, ast.Expr):
            return texts[1], ()
        if tree is not None and len(tree.body) == 1 and isinstance(tree.body[0], ast.Expr):
            return f"{ast.unparse(node.targets)} = {texts[1]}", ()
    mark = {"system": "!", "getoutput": "!", "run_cell_magic": "%%"}.get(call.func.attr, "%")
    target = f"{ast.unparse(cast(Any, node.targets))} = " if isinstance(node, ast.Assign) else ""
    if texts and texts[0] in ("pinfo", "pinfo2"):
        return "pass", (f"{texts[1]}?",)
    return "pass", (f"{target}{mark}{' '.join(texts[:2] if mark == '%' else texts[:1])}".strip(),)


def parsed(source: str) -> ast.Module | None:
    """Return the syntax tree of Python text, or None."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return None


def statements_of(source: str) -> tuple[Statement, ...]:
    """Return the `Statement`s of a cell, none if it is no Python."""
    return _statements(source) if len(source) <= MAX_CELL else ()


@functools.lru_cache(maxsize=256)
def _statements(source: str) -> tuple[Statement, ...]:
    tree = parsed(source)
    found = []
    starts = [0, *itertools.accumulate(len(line) + 1 for line in source.split("\n"))]
    node: Any
    for node in tree.body if tree is not None else ():
        length = starts[node.end_lineno - 1] + node.end_col_offset - starts[node.lineno - 1]
        try:
            found.append(_statement(node, length))
        except RecursionError:
            continue
    return tuple(found)


def _statement(node: ast.stmt, length: int) -> Statement:
    binds: set[str]
    changes: set[str]
    calls: set[str]
    binds, changes, calls = set(), set(), set()
    for each in _here(node):
        match each:
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                binds.add(each.name)
            case ast.Import() | ast.ImportFrom():
                binds |= {alias.asname or alias.name.partition(".")[0] for alias in each.names}
            case ast.Name(ctx=ast.Store() | ast.Del()):
                binds.add(each.id)
            case (
                ast.ExceptHandler(name=str(name))
                | ast.MatchAs(name=str(name))
                | ast.MatchStar(name=str(name))
            ):
                binds.add(name)
            case ast.Attribute(ctx=ast.Store() | ast.Del()) | ast.Subscript(ctx=ast.Store() | ast.Del()):
                changes.add(_root(each))
            case ast.Expr(value=ast.Call(func=ast.Attribute() as function, args=arguments)):
                calls.add(_root(function))
                if function.attr in IN_PLACE and arguments:
                    changes |= {_root(argument) for argument in arguments[:2]}
    plain = isinstance(node, ast.Assign | ast.AnnAssign | ast.Import | ast.ImportFrom)
    defines = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.decorator_list
    resets = defines or (plain and not any(_reads(node, name) for name in binds))
    return Statement(
        node, frozenset(binds), frozenset(changes - {""}), frozenset(calls - {""}), resets, length
    )


def _here(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a statement's nodes that stand in the module's own scope."""
    yield node
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda):
        return
    if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp):
        yield from (each.target for each in ast.walk(node) if isinstance(each, ast.NamedExpr))
        return
    for child in ast.iter_child_nodes(node):
        yield from _here(child)


def _root(node: ast.AST) -> str:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Starred):
        node = node.value
    return node.id if isinstance(node, ast.Name) else ""


def _reads(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Load)
        for each in ast.walk(node)
    )


def _loaded(table: symtable.SymbolTable) -> Iterator[str]:
    top = table.get_type() == "module"
    for symbol in table.get_symbols():
        if symbol.is_referenced() if top else symbol.is_global():
            yield symbol.get_name()
    for child in table.get_children():
        yield from _loaded(child)


def is_stub(node: ast.AST) -> bool:
    """Say whether a function's body is still `raise NotImplementedError(...)`."""
    if not isinstance(node, ast.FunctionDef):
        return False
    body = node.body[1:] if ast.get_docstring(node, clean=False) is not None else node.body
    if not body or not isinstance(body[0], ast.Raise):
        return False
    raised = body[0].exc.func if isinstance(body[0].exc, ast.Call) else body[0].exc
    return isinstance(raised, ast.Name) and raised.id == "NotImplementedError"


def defines(source: str, name: str) -> bool:
    """Say whether a cell binds a name at its top by anything but a stub."""
    return any(name in one.binds and not is_stub(one.node) for one in statements_of(source))


def modules_of(node: ast.AST) -> set[str]:
    """Return the modules that a statement imports, but for those whose absence it handles."""
    inner = [each for each in ast.walk(node) if isinstance(each, ast.Try) and each.handlers]
    handled = {each for block in inner for one in block.body for each in ast.walk(one)}
    found = set()
    for each in ast.walk(node):
        if each in handled:
            continue
        if isinstance(each, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in each.names}
        elif isinstance(each, ast.ImportFrom):
            found.add("." if each.level or each.module is None else each.module.partition(".")[0])
    return found


class Notebook:
    """The cells of a notebook in order, and who binds what.

    Args:
        cells: `Cell`s.
    """

    def __init__(self, cells: Iterable[Cell]) -> None:
        self.cells = list(cells)
        self.statements = [() if cell.role == GRADED else statements_of(cell.source) for cell in self.cells]
        self.exercises = {cell.name for cell in self.cells if cell.role == GRADED}
        self.exercises |= {cell.name.removesuffix("-answer") for cell in self.cells if cell.role == ANSWER}
        self.ends = {name: self._end(name) for name in self.exercises}
        self._own: dict[str, list[tuple[int, int]]]
        self._resets: dict[str, list[int]]
        self._given: set[str]
        self._imported: set[str]
        self._own, self._resets, self._given, self._imported = {}, {}, set(), set()
        for position, cell in enumerate(self.cells):
            for number, one in enumerate(self.statements[position]):
                self._enter(position, number, one, cell.role)

    def _end(self, exercise: str) -> int:
        """Return where an exercise is checked first after its answer."""
        named = [at for at, cell in enumerate(self.cells) if cell.name == f"{exercise}-answer"]
        defining = [at for at, cell in enumerate(self.cells) if defines(cell.source, exercise)]
        answer = [*named, *defining, -1][0]
        for at, cell in enumerate(self.cells):
            if at > answer and (
                (cell.role == GRADED and cell.name == exercise) or f"check({exercise})" in cell.source
            ):
                return at
        return len(self.cells)

    def _enter(self, position: int, number: int, one: Statement, role: str) -> None:
        if isinstance(one.node, ast.Import | ast.ImportFrom):
            self._imported |= one.binds
        if role == OWN:
            if is_stub(one.node) and one.binds & self.exercises:
                return
            for name in one.binds | one.changes | one.calls:
                self._own.setdefault(name, []).append((position, number))
        else:
            self._given |= one.binds
            if one.resets:
                for name in one.binds:
                    self._resets.setdefault(name, []).append(position)

    def binders(self, name: str, end: int) -> list[tuple[int, int]]:
        """Return `(cell, statement)` of what binds or changes a name for an exercise checked at `end`.

        What stands before the check counts, and only if there is nothing, what stands below.
        """
        end = self.ends.get(name, end)
        start = max((at for at in self._resets.get(name, ()) if at < end), default=-1)
        found = [spot for spot in self._own.get(name, ()) if self._counts(spot, name)]
        before = [spot for spot in found if start < spot[0] < end]
        if start >= 0 or any(name in self._at(spot).binds for spot in before):
            return before
        return [] if name in self._given else found

    def _from_last_reset(self, spots: list[tuple[int, int]], name: str) -> list[tuple[int, int]]:
        resets = [spot for spot in spots if name in self._at(spot).binds and self._at(spot).resets]
        return [spot for spot in spots if spot >= max(resets, default=spot)]

    def _at(self, spot: tuple[int, int]) -> Statement:
        return self.statements[spot[0]][spot[1]]

    def _counts(self, spot: tuple[int, int], name: str) -> bool:
        one = self._at(spot)
        return name in one.binds | one.changes or name not in self._imported

    def picked(
        self, seeds: Iterable[tuple[str, int]], *, newest: bool = False
    ) -> tuple[set[tuple[int, int]], set[str]]:
        """Return the own statements that some names need, and the names that nothing binds.

        Args:
            seeds: `(name, end)` pairs.
            newest: Leave out what a later binding of the same name has replaced.
        """
        waiting, seen, chosen, unbound, room = list(seeds), set(), set(), set(), MAX_CARRIED
        chosen |= {spot for spot in self._own.get("*", ()) if modules_of(self._at(spot).node) <= HERE | INERT}
        while waiting:
            name, end = waiting.pop()
            if (name, end) in seen:
                continue
            seen.add((name, end))
            spots = self.binders(name, end)
            if newest:
                spots = self._from_last_reset(spots, name)
            if not spots and name not in self._given and name not in BUILT_IN:
                unbound.add(name)
            for spot in spots:
                room -= 0 if spot in chosen else self._at(spot).length + COST_OF_A_STATEMENT
                if room < 0:
                    return chosen, unbound
                chosen.add(spot)
                waiting += [(needed, end) for needed in self._at(spot).needs]
        return chosen, unbound

    def seeds(self) -> list[tuple[str, int]]:
        """Return the names that the answer cells need, each with where it is checked."""
        found = list(self.ends.items())
        for cell in self.cells:
            if cell.role == ANSWER and len(cell.source) <= MAX_CELL:
                end = self.ends[cell.name.removesuffix("-answer")]
                found += [(name, end) for name in needs_of(cell.source)]
        return found


def carried(cells: Iterable[Cell]) -> list[tuple[str, str]]:
    """Return what the grader runs of a notebook.

    Args:
        cells: `Cell`s in order.

    Returns:
        `(id, source)` of answers and imports whole, and of what they need from the other cells, in order.

    Example:
        >>> cells = [Cell(OWN, "c", "B = 2\\nprint(B)"), Cell(ANSWER, "f-answer", "def f():\\n    return B")]
        >>> carried(cells)
        [('own-0', 'B = 2'), ('f-answer', 'def f():\\n    return B')]
    """
    return [pair for _, pair in _running(Notebook(cells))]


def carried_apart(cells: Iterable[Cell]) -> dict[str, list[tuple[str, str]]]:
    """Return what is run for those exercises whose names mean something else further down.

    Where two exercises use one name for two helpers, the first was checked before the second was bound. For
    the first, therefore, what stands below its check is run before what stands above.

    Args:
        cells: `Cell`s in order.

    Returns:
        Exercise → `(id, source)` pairs; empty for almost every notebook.
    """
    notebook = Notebook(cells)
    running, found = _running(notebook), {}
    bound: dict[str, list[tuple[int, Statement]]] = {}
    for position, (_, source) in running:
        for one in statements_of(source):
            for name in one.binds:
                bound.setdefault(name, []).append((position, one))
    for exercise, end in notebook.ends.items():
        names = _closure(exercise, bound)
        if any(bound[name][0][0] < end <= bound[name][-1][0] for name in names):
            late = [pair for position, pair in running if position >= end]
            found[exercise] = late + [pair for position, pair in running if position < end]
    return found


def _closure(name: str, bound: dict[str, list[tuple[int, Statement]]]) -> set[str]:
    """Return the names that a function needs, and that what is run binds."""
    waiting, seen = [name], set()
    while waiting:
        name = waiting.pop()
        if name in seen or name not in bound:
            continue
        seen.add(name)
        waiting += [needed for _, one in bound[name] for needed in one.needs]
    return seen


def _running(notebook: Notebook) -> list[tuple[int, tuple[str, str]]]:
    chosen, _ = notebook.picked(notebook.seeds())
    running = []
    for position, cell in enumerate(notebook.cells):
        if cell.role in (ANSWER, IMPORTS):
            running.append((position, (cell.name, cell.source)))
        spots = sorted(number for at, number in chosen if at == position)
        if spots:
            nodes = [notebook.statements[position][number].node for number in spots]
            running.append((position, (f"own-{position}", _only(cell.source, nodes))))
    return running


def _only(source: str, nodes: Iterable[Any]) -> str:
    """Return a cell's text with nothing but some of its statements, on their lines."""
    lines = source.encode().split(b"\n")
    kept: dict[int, bytes] = {}
    for node in nodes:
        first = min([node.lineno, *(each.lineno for each in getattr(node, "decorator_list", ()))])
        for number in range(first, node.end_lineno + 1):
            line = lines[number - 1]
            end = node.end_col_offset if number == node.end_lineno else len(line)
            start = node.col_offset if number == node.lineno and first == node.lineno else 0
            piece = line[start:end]
            kept[number] = kept[number] + b"; " + piece if number in kept else piece
    return b"\n".join(kept.get(number, b"") for number in range(1, max(kept, default=0) + 1)).decode()
