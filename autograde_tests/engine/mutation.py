"""A reference with one small change, or with two: what else a formula could have been.

The claims are tested on them (`make mutants`), and wrong answers are compared with them: where one answers as
a mutant does, its mistake is known. The tools that mutate files run a whole test suite on each change; here a
function's syntax tree is changed in memory, and the claims of one exercise answer in milliseconds.
"""

import ast
import copy
import functools
import inspect
import itertools
import textwrap
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from autograde_tests.engine.exercises import Exercise

MOST_PAIRS = 1500
SWAPS: dict[type, tuple[type, ...]] = {
    ast.Add: (ast.Sub,),
    ast.Sub: (ast.Add,),
    ast.Mult: (ast.Div,),
    ast.Div: (ast.Mult,),
    ast.Pow: (ast.Mult,),
    ast.FloorDiv: (ast.Div,),
    ast.Mod: (ast.Mult,),
    ast.MatMult: (ast.Mult,),
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq,),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
    ast.And: (ast.Or,),
    ast.Or: (ast.And,),
}
RENAMES = {
    "max": "min",
    "min": "max",
    "maximum": "minimum",
    "minimum": "maximum",
    "mean": "sum",
    "sum": "mean",
    "sqrt": "abs",
    "abs": "negative",
    "sin": "cos",
    "cos": "sin",
    "ceil": "floor",
    "floor": "ceil",
    "zeros_like": "ones_like",
    "ones_like": "zeros_like",
    "zeros": "ones",
    "ones": "zeros",
    "any": "all",
    "all": "any",
    "argmin": "argmax",
    "argmax": "argmin",
}


WORDS = {
    ast.Add: "a sum",
    ast.Sub: "a difference",
    ast.Mult: "a product",
    ast.Div: "a quotient",
    ast.Pow: "a power",
    ast.FloorDiv: "a quotient rounded down",
    ast.Mod: "a remainder",
    ast.MatMult: "a matrix product",
    ast.Lt: "<",
    ast.LtE: "≤",
    ast.Gt: ">",
    ast.GtE: "≥",
    ast.Eq: "=",
    ast.NotEq: "≠",
    ast.Is: "a test that something is there",
    ast.IsNot: "a test that something is there",
    ast.And: "and",
    ast.Or: "or",
}


class Mutant(NamedTuple):
    """A reference with one change, or two."""

    description: str  # "line 2: beta * v → beta / v"
    function: Callable[..., Any]
    sentence: str  # as a tutor would say it, after "You answer as if"
    parts: tuple[str, ...]  # the description of each change


class Edit(NamedTuple):
    """One change of a node, in place, and how a tutor would say it."""

    change: Callable[[Any], Any]
    sentence: str


@functools.cache
def mutants_of(exercise: Exercise) -> tuple[Mutant, ...]:
    """Return every reference of `exercise` with one change; those that do not compile are left out."""
    function, tree = _tree(exercise)
    mutants: dict[str, Mutant] = {}
    for description, sentence, changed, _ in _changes(tree):
        if description not in mutants:
            mutants[description] = Mutant(
                description, _compiled(exercise, function, changed), sentence, (description,)
            )
    return tuple(mutants.values())


def pairs_of(exercise: Exercise) -> Iterator[Mutant]:
    """Yield references of `exercise` with two changes, in different places; the first `MOST_PAIRS`.

    They are made as they are asked for, and kept.
    """
    made, rest = _made(exercise)
    for place in itertools.count():
        if place == len(made):
            new = next(rest, None)
            if new is None:
                return
            made.append(new)
        yield made[place]


@functools.cache
def _made(exercise: Exercise) -> tuple[list[Mutant], Iterator[Mutant]]:
    return [], _pairs(exercise)


def _pairs(exercise: Exercise) -> Iterator[Mutant]:
    function, tree = _tree(exercise)
    seen = {ast.unparse(tree)}
    for first, one, changed, place in _changes(tree):
        for second, other, twice, _ in _changes(changed, after=place):
            text = ast.unparse(twice)
            if text in seen:
                continue
            seen.add(text)
            compiled = _compiled(exercise, function, twice)
            both = f"{one}, in two places" if one == other else f"{one}, and as if {other}"
            yield Mutant(f"{first}; {second}", compiled, both, (first, second))
            if len(seen) >= MOST_PAIRS:
                return


def _tree(exercise: Exercise) -> tuple[Any, ast.Module]:
    """Return a reference, and its syntax tree."""
    function = inspect.unwrap(exercise.reference)
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    tree.body = [stripped(tree.body[0])]
    return function, tree


def stripped(definition: Any) -> Any:
    """Return a function's syntax tree as a student writes it: without decorators, types and docstring."""
    definition = without_annotations(definition)
    definition.decorator_list = []
    if ast.get_docstring(definition) is not None and len(definition.body) > 1:
        definition.body = definition.body[1:]
    return definition


def _compiled(exercise: Exercise, function: Any, tree: ast.Module) -> Callable[..., Any]:
    namespace = dict(function.__globals__)
    exec(compile(ast.fix_missing_locations(tree), f"<mutant of {exercise.name}>", "exec"), namespace)
    return namespace[exercise.name]


def without_annotations(tree: Any) -> Any:
    """Return a syntax tree whose functions, inner ones too, say nothing of types: as the notebooks' do.

    Example:
        >>> ast.unparse(without_annotations(ast.parse("def f(x: int, *, y: int = 1) -> int: return x")))
        'def f(x, *, y=1):\\n    return x'
    """
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            node.annotation = None
        elif isinstance(node, ast.FunctionDef):
            node.returns = None
    return tree


def _changes(tree: ast.Module, after: int = -1) -> Iterator[tuple[str, str, ast.Module, int]]:
    """Yield description, sentence, changed tree and place for every place and every change that fits it."""
    definition: Any = tree.body[0]
    first = definition.body[0].lineno
    known = {argument.arg for argument in ast.walk(definition.args) if isinstance(argument, ast.arg)}
    for place, node in enumerate(ast.walk(tree)):
        if place <= after:
            continue
        for edit in _edits(node):
            changed = copy.deepcopy(tree)
            twin = next(candidate for index, candidate in enumerate(ast.walk(changed)) if index == place)
            before = ast.unparse(node)
            edit.change(twin)
            line = getattr(node, "lineno", first) - first + 1
            where = f"line {line}" if line > 0 else "default"
            description = f"{where}: {_short(before)} → {_short(ast.unparse(twin))}"
            yield description, edit.sentence + _nearby(node, known), changed, place


def _nearby(node: ast.AST, known: set[str]) -> str:
    """Name the arguments that stand in a part of a formula, so that a student finds it."""
    names = [part.id for part in ast.walk(node) if isinstance(part, ast.Name) and part.id in known]
    found = [f"`{name}`" for name in dict.fromkeys(names)][:3]
    return f", where {' and '.join(found)} {'stand' if len(found) > 1 else 'stands'}" if found else ""


def _edits(node: Any) -> list[Edit]:
    """Return the changes of a node like this one."""
    if isinstance(node, ast.BinOp | ast.BoolOp):
        return [_operator(node, "op", node.op, other) for other in SWAPS.get(type(node.op), ())]
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return [_operator(node, "ops", node.ops[0], other) for other in SWAPS.get(type(node.ops[0]), ())]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return [Edit(_setter("op", ast.UAdd()), "a minus sign were missing")]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return [
            Edit(_setter("operand", ast.UnaryOp(ast.Not(), node.operand)), "a condition were turned round")
        ]
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return [
            Edit(_setter("value", not node.value), f"{not node.value} stood in the place of {node.value}")
        ]
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return [
            Edit(_setter("value", value), f"a number were {value:g} and not {node.value:g}")
            for value in (node.value + 1, node.value * 1.5)
            if value != node.value
        ]
    if isinstance(node, ast.Attribute) and node.attr in RENAMES:
        return [_named(node, "attr", node.attr)]
    if isinstance(node, ast.Name) and node.id in {"max", "min"}:
        return [_named(node, "id", node.id)]
    if isinstance(node, ast.Call) and node.keywords:
        return [
            Edit(_dropper(place), f"`{ast.unparse(keyword)}` were left out")
            for place, keyword in enumerate(node.keywords)
        ]
    if isinstance(node, ast.IfExp | ast.If):
        return [
            Edit(_setter("test", ast.Constant(value)), f"a case were {said} taken")
            for value, said in ((True, "always"), (False, "never"))
        ]
    return []


def _operator(node: Any, field: str, old: Any, new: Any) -> Edit:
    value = [new()] if field == "ops" else new()
    said, belongs = WORDS[new], WORDS[type(old)]
    if {new, type(old)} == {ast.Is, ast.IsNot}:
        return Edit(_setter(field, value), f"{said} were turned round")
    return Edit(_setter(field, value), f"{said} stood in the place of {belongs}")


def _named(node: Any, field: str, name: str) -> Edit:
    return Edit(_setter(field, RENAMES[name]), f"`{RENAMES[name]}` stood in the place of `{name}`")


def _setter(field: str, value: Any) -> Callable[[Any], None]:
    return lambda node: setattr(node, field, copy.deepcopy(value))


def _dropper(place: int) -> Callable[[Any], Any]:
    return lambda node: node.keywords.pop(place)


def _short(text: str, limit: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
