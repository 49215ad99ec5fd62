"""Change one thing in a reference and see whether a claim notices: a mutation test of the claims.

The tools that mutate files run a whole test suite on each change; the claims of one exercise answer in
milliseconds, so this one mutates the function's syntax tree in memory.
"""

import ast
import copy
import inspect
import textwrap
from typing import NamedTuple

from autograde_tests.engine import judge
from autograde_tests.engine.student import LocalAnswerer
from tests.lesson_rules import without_annotations

SWAPS = {
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


class Mutant(NamedTuple):
    """A reference with one change."""

    description: str  # "line 2: beta * v → beta / v"
    function: object


def mutants_of(exercise):
    """Return every reference of `exercise` with one change; those that do not compile are left out."""
    function = inspect.unwrap(exercise.reference)
    tree = without_annotations(ast.parse(textwrap.dedent(inspect.getsource(function))))
    definition = tree.body[0]
    definition.decorator_list = []
    if ast.get_docstring(definition):
        definition.body = definition.body[1:]
    mutants, seen = [], set()
    for description, changed in _changes(tree):
        if description in seen:
            continue
        seen.add(description)
        namespace = dict(function.__globals__)
        exec(compile(ast.fix_missing_locations(changed), f"<mutant of {exercise.name}>", "exec"), namespace)
        mutants.append(Mutant(description, namespace[exercise.name]))
    return mutants


def survivors(exercise, numbers=judge.fixed_numbers, seconds=1.0):
    """Return the descriptions of the mutants that every claim lets pass, and how many there were."""
    mutants = mutants_of(exercise)
    alive = []
    for mutant in mutants:
        answerer = LocalAnswerer({exercise.name: mutant.function}, seconds=seconds)
        if judge.examine(exercise, answerer, numbers(exercise), name_misconceptions=False).passed:
            alive.append(mutant.description)
    return alive, len(mutants)


def _changes(tree):
    """Yield (description, changed tree) for every place and every change that fits it."""
    first = tree.body[0].body[0].lineno
    for index, node in enumerate(ast.walk(tree)):
        for edit in _edits(node):
            changed = copy.deepcopy(tree)
            twin = next(candidate for place, candidate in enumerate(ast.walk(changed)) if place == index)
            before = ast.unparse(node)
            edit(twin)
            after = ast.unparse(twin)
            line = getattr(node, "lineno", first) - first + 1
            place = f"line {line}" if line > 0 else "default"
            yield f"{place}: {_short(before)} → {_short(after)}", changed


def _edits(node):
    """Return functions that change a node like this one in place."""
    if isinstance(node, ast.BinOp | ast.BoolOp):
        return [_setter("op", operator()) for operator in SWAPS.get(type(node.op), ())]
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        return [_setter("ops", [operator()]) for operator in SWAPS.get(type(node.ops[0]), ())]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
        return [_setter("op", ast.UAdd())]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        return [_setter("operand", ast.UnaryOp(ast.Not(), node.operand))]
    if isinstance(node, ast.Constant) and isinstance(node.value, bool):
        return [_setter("value", not node.value)]
    if isinstance(node, ast.Constant) and isinstance(node.value, int | float):
        return [
            _setter("value", value) for value in (node.value + 1, node.value * 1.5) if value != node.value
        ]
    if isinstance(node, ast.Attribute) and node.attr in RENAMES:
        return [_setter("attr", RENAMES[node.attr])]
    if isinstance(node, ast.Name) and node.id in {"max", "min"}:
        return [_setter("id", RENAMES[node.id])]
    if isinstance(node, ast.Call) and node.keywords:
        return [_dropper(place) for place in range(len(node.keywords))]
    if isinstance(node, ast.IfExp | ast.If):
        return [_setter("test", ast.Constant(True)), _setter("test", ast.Constant(False))]
    return []


def _setter(field, value):
    return lambda node: setattr(node, field, copy.deepcopy(value))


def _dropper(place):
    return lambda node: node.keywords.pop(place)


def _short(text, limit=60):
    text = " ".join(text.split())
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
