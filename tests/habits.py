"""How students leave their notebooks: each habit is a function that edits a notebook handed in.

The notebook is lesson 06 of `tests.classroom`, with `momentum` and `classical_momentum` answered right
and the others left as they came. A habit changes it in place; what `check` says and what the grader gives
are then compared by `tests.test_habits`.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass

HABITS: list["Habit"] = []
RIGHT = """\
def momentum(params, grads, state=None, *, lr, beta=0.9):
    v = np.zeros_like(params) if state is None else state
    v = beta * v + (1 - beta) * grads
    return params - lr * v, v
"""
HEAVY = """\
def classical_momentum(params, grads, state=None, *, lr, mu=0.9):
    v = np.zeros_like(params) if state is None else state
    v = mu * v - lr * grads
    return params + v, v
"""
HEAD = "def momentum(params, grads, state=None, *, lr, beta=0.9):\n"
WRONG = RIGHT.replace("params - lr", "params + lr")
START = "    v = np.zeros_like(params) if state is None else state\n"
END = "    return params - lr * v, v\n"
BY_BLEND = HEAD + START + "    v = blend(v, grads, beta)\n" + END
BLEND = "def blend(old, new, beta):\n    return beta * old + (1 - beta) * new\n"
BY_ONE = HEAD + START + "    v = beta * v + (ONE - beta) * grads\n" + END


@dataclass(frozen=True)
class Habit:
    """One habit.

    Attributes:
        edit: The function.
        content: Exercises of which `check` is content in this notebook.
        lost: Why the grader cannot follow; `check` then says so. Empty if it can.
        kinder: Why the grader gives more than `check` says; empty if it does not.
        name: What the file is called, if not as it should be.
    """

    edit: Callable
    content: tuple
    lost: str
    kinder: str
    name: str


BOTH = ("momentum", "classical_momentum")


def habit(content=BOTH, *, lost="", kinder="", name=""):
    """Enter a function as a habit."""

    def enter(edit):
        HABITS.append(Habit(edit, tuple(content), lost, kinder, name))
        return edit

    return enter


def cell_named(notebook, name):
    """Return the position of a cell by its id."""
    return next(at for at, cell in enumerate(notebook["cells"]) if cell.get("id") == name)


def code(source, **more):
    """Return a code cell of the student's own."""
    return {
        "cell_type": "code",
        "source": source,
        "metadata": {},
        "outputs": [],
        "execution_count": None,
        "id": f"own{abs(hash(source)) % 10**9}",
        **more,
    }


def answer(notebook, source, name="momentum"):
    """Write an answer cell."""
    notebook["cells"][cell_named(notebook, f"{name}-answer")]["source"] = source


def above(notebook, source, name="momentum"):
    """Add a cell of one's own above an answer cell."""
    notebook["cells"].insert(cell_named(notebook, f"{name}-answer"), code(source))


def between(notebook, source, name="momentum"):
    """Add a cell of one's own between an answer cell and its check."""
    notebook["cells"].insert(cell_named(notebook, name), code(source))


def below(notebook, source, name="momentum"):
    """Add a cell of one's own below a check."""
    notebook["cells"].insert(cell_named(notebook, name) + 1, code(source))


def stub(notebook, name="momentum"):
    """Leave an answer cell as it came."""
    answer(
        notebook,
        f"def {name}(*args, **kwargs):\n    raise NotImplementedError('write your answer here')",
        name,
    )


def wholly(source, *, content=BOTH, **more):
    """Return a decorator for a habit that is only another text in the answer cell of `momentum`."""

    def enter(edit):
        def change(notebook):
            answer(notebook, source)

        change.__name__, change.__doc__ = edit.__name__, edit.__doc__
        return habit(content, **more)(change)

    return enter


# What is in cells of one's own.


@habit()
def nothing_special(notebook):
    """Answer in the answer cells."""


@habit()
def helper_above(notebook):
    """Define a helper in a cell above."""
    above(notebook, BLEND)
    answer(notebook, BY_BLEND)


@habit()
def helper_between(notebook):
    """Define a helper between the answer and its check."""
    between(notebook, BLEND)
    answer(notebook, BY_BLEND)


@habit()
def helper_of_a_helper(notebook):
    """Spread an answer over helpers in several cells, with an import and a constant of their own."""
    above(notebook, "from operator import mul")
    above(notebook, "ONE = 1.0")
    above(notebook, "def rest(beta):\n    return ONE - beta")
    above(notebook, "def blend(old, new, beta):\n    return mul(beta, old) + mul(rest(beta), new)")
    answer(notebook, BY_BLEND)


@habit()
def helper_at_the_top(notebook):
    """Define a helper in the very first cell, above the imports."""
    notebook["cells"].insert(0, code(BLEND))
    answer(notebook, BY_BLEND)


@habit()
def helper_among_experiments(notebook):
    """Define a helper in a cell that also prints and plots."""
    above(notebook, f"print('try')\n{BLEND}\nprint(blend(1, 2, 0.5))\nplt.plot([1, 2])\nplt.show()")
    answer(notebook, BY_BLEND)


@habit()
def constant_above(notebook):
    """Keep a constant in a cell above."""
    above(notebook, "ONE = 1.0")
    answer(notebook, BY_ONE)


@habit()
def annotated_constant(notebook):
    """Annotate the constant."""
    above(notebook, "ONE: float = 1.0")
    answer(notebook, BY_ONE)


@habit()
def constants_in_a_tuple(notebook):
    """Bind several constants at once."""
    above(notebook, "ZERO, (ONE, TWO) = 0.0, (1.0, 2.0)")
    answer(notebook, BY_ONE)


@habit()
def constant_built_up(notebook):
    """Change a constant after it was bound."""
    above(notebook, "ONE = 0.5")
    above(notebook, "ONE += 0.5")
    answer(notebook, BY_ONE)


@habit()
def constant_by_walrus(notebook):
    """Bind a constant by a walrus in a print."""
    above(notebook, "print(ONE := 1.0)")
    answer(notebook, BY_ONE)


@habit()
def constant_in_an_if(notebook):
    """Bind a constant in an `if`."""
    above(notebook, "if np.__version__ > '1':\n    ONE = 1.0\nelse:\n    ONE = 2.0")
    answer(notebook, BY_ONE)


@habit()
def constant_in_a_loop(notebook):
    """Compute a constant in a loop."""
    above(notebook, "ONE = 0.0\nfor k in range(4):\n    ONE = ONE + 0.25\n    print(k)")
    answer(notebook, BY_ONE)


@habit()
def constant_in_a_with(notebook):
    """Bind a constant in a `with`."""
    above(notebook, "with np.errstate(divide='ignore'):\n    ONE = float(np.exp(0.0))")
    answer(notebook, BY_ONE)


@habit()
def two_statements_on_a_line(notebook):
    """Put several statements on one line, with semicolons at their ends."""
    above(notebook, "print(1); ONE = 1.0; print(ONE);")
    answer(notebook, BY_ONE)


@habit()
def table_filled_in(notebook):
    """Fill a dictionary item by item, in a cell of its own."""
    above(notebook, "table = {}")
    above(notebook, "table['one'] = 1.0\nprint(table)")
    answer(notebook, BY_ONE.replace("ONE", "table['one']"))


@habit()
def list_appended_to(notebook):
    """Append to a list."""
    above(notebook, "table = []")
    above(notebook, "for k in range(3):\n    table.append(k / 1.0)")
    answer(notebook, BY_ONE.replace("ONE", "table[1]"))


@habit()
def array_filled_in_place(notebook):
    """Fill an array by a function that changes its argument."""
    above(notebook, "ones = np.zeros((2, 2))")
    above(notebook, "np.fill_diagonal(ones, 1.0)")
    answer(notebook, BY_ONE.replace("ONE", "float(ones[1, 1])"))


@habit()
def attribute_of_a_class(notebook):
    """Keep settings in a class of one's own and change them."""
    above(notebook, "class Settings:\n    one = 2.0")
    above(notebook, "Settings.one = 1.0")
    answer(notebook, BY_ONE.replace("ONE", "Settings.one"))


@habit()
def import_above(notebook):
    """Import in a cell of one's own."""
    above(notebook, "import math")
    answer(notebook, BY_ONE.replace("ONE", "math.cos(0)"))


@habit()
def import_below(notebook):
    """Import in a cell that is further down, and run it before."""
    notebook["cells"].append(code("import math"))
    answer(notebook, BY_ONE.replace("ONE", "math.cos(0)"))
    notebook["cells"].append(code("check(momentum)"))


@habit()
def helper_below(notebook):
    """Define a helper below, then check again."""
    answer(notebook, BY_BLEND)
    notebook["cells"] += [code(BLEND), code("check(momentum)")]


@habit()
def import_in_the_imports_cell(notebook):
    """Add imports to the imports cell."""
    imports = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    imports["source"] = "".join(imports["source"]) + "\nfrom math import cos"
    answer(notebook, BY_ONE.replace("ONE", "cos(0)"))


@habit()
def helper_in_the_imports_cell(notebook):
    """Add a helper to the imports cell."""
    imports = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    imports["source"] = "".join(imports["source"]) + "\n" + BLEND
    answer(notebook, BY_BLEND)


@habit()
def answer_in_the_imports_cell(notebook):
    """Answer in the imports cell, and empty the answer's own."""
    imports = next(cell for cell in notebook["cells"] if cell["cell_type"] == "code")
    imports["source"] = "".join(imports["source"]) + "\n" + RIGHT
    answer(notebook, "")


@habit()
def star_import(notebook):
    """Import everything from a module."""
    above(notebook, "from math import *")
    answer(notebook, BY_ONE.replace("ONE", "cos(0)"))


@habit()
def star_import_of_numpy(notebook):
    """Import everything from numpy."""
    above(notebook, "from numpy import *")
    answer(notebook, RIGHT.replace("np.", ""))


@habit()
def star_import_that_may_fail(notebook):
    """Import everything from a module, in a `try`."""
    above(notebook, "try:\n    from math import *\nexcept ImportError:\n    pass")
    answer(notebook, BY_ONE.replace("ONE", "cos(0)"))


@habit()
def numpy_by_its_full_name(notebook):
    """Import numpy without an alias."""
    above(notebook, "import numpy")
    answer(notebook, RIGHT.replace("np.", "numpy."))


@habit()
def numpy_by_another_name(notebook):
    """Give numpy another alias."""
    above(notebook, "import numpy as onp")
    answer(notebook, RIGHT.replace("np.", "onp."))


@habit()
def alias_of_a_function(notebook):
    """Give a function of numpy a short name."""
    above(notebook, "zeros = np.zeros_like")
    answer(notebook, RIGHT.replace("np.zeros_like", "zeros"))


@habit()
def import_of_a_submodule(notebook):
    """Import a submodule."""
    above(notebook, "import numpy.linalg as la, os.path")
    answer(notebook, BY_ONE.replace("ONE", "float(la.norm(np.ones(1)))"))


@habit()
def import_that_may_fail(notebook):
    """Use a fast package if it is there, and do without."""
    above(notebook, "try:\n    import numba\nexcept ImportError:\n    numba = None")
    answer(notebook, RIGHT.replace(START, START + "    if numba is not None:\n        pass\n"))


@habit()
def typing_above(notebook):
    """Import types and give names to them, in a cell above."""
    above(notebook, "from typing import Optional\nimport numpy.typing as npt\nArray = npt.NDArray")
    answer(notebook, RIGHT.replace("state=None", "state: Optional[Array] = None"))


@habit()
def dataclass_above(notebook):
    """Define a dataclass in a cell above."""
    above(notebook, "from dataclasses import dataclass")
    above(notebook, "@dataclass\nclass Settings:\n    one: float = 1.0\n\nsettings = Settings()")
    answer(notebook, BY_ONE.replace("ONE", "settings.one"))


@habit()
def namedtuple_above(notebook):
    """Keep intermediate values in a named tuple defined above."""
    above(notebook, "from collections import namedtuple\nPair = namedtuple('Pair', 'old new')")
    body = "    pair = Pair(v, grads)\n    v = beta * pair.old + (1 - beta) * pair.new\n"
    answer(notebook, HEAD + START + body + END)


@habit()
def decorator_above(notebook):
    """Write a decorator of one's own that does not wrap."""
    above(
        notebook,
        "def noisy(f):\n    def inner(*a, **k):\n        print('called')\n        return f(*a, **k)\n"
        "    return inner",
    )
    answer(notebook, "@noisy\n" + RIGHT)


@habit()
def decorated_later(notebook):
    """Wrap the answer in a cell between it and its check."""
    between(
        notebook,
        "import functools\nplain = momentum\n"
        "momentum = functools.wraps(plain)(lambda *a, **k: plain(*a, **k))",
    )


@habit()
def cached_helper(notebook):
    """Cache a helper."""
    above(notebook, "from functools import lru_cache\n\n@lru_cache(maxsize=None)\ndef one():\n    return 1.0")
    answer(notebook, BY_ONE.replace("ONE", "one()"))


@habit()
def lambda_helper(notebook):
    """Write a helper as a lambda."""
    above(notebook, "blend = lambda old, new, beta: beta * old + (1 - beta) * new")
    answer(notebook, BY_BLEND)


@habit()
def generator_helper(notebook):
    """Write a helper as a generator."""
    above(notebook, "def parts(old, new, beta):\n    yield beta * old\n    yield (1 - beta) * new")
    answer(notebook, HEAD + START + "    v = sum(parts(v, grads, beta))\n" + END)


@habit()
def recursive_helper(notebook):
    """Write a helper that calls itself."""
    above(notebook, "def one(k=3):\n    return 1.0 if k == 0 else one(k - 1)")
    answer(notebook, BY_ONE.replace("ONE", "one()"))


@habit()
def mutual_helpers(notebook):
    """Write two helpers that call each other."""
    above(notebook, "def even(k):\n    return 1.0 if k == 0 else odd(k - 1)")
    above(notebook, "def odd(k):\n    return 0.0 if k == 0 else even(k - 1)")
    answer(notebook, BY_ONE.replace("ONE", "even(4)"))


@habit()
def global_counter(notebook):
    """Count the calls in a global name."""
    above(notebook, "calls = 0")
    answer(notebook, RIGHT.replace(START, "    global calls\n    calls += 1\n" + START))


@habit()
def log_of_calls(notebook):
    """Keep a list of what came in."""
    above(notebook, "seen = []")
    answer(notebook, RIGHT.replace(START, "    seen.append(lr)\n" + START))


@habit()
def default_from_a_constant(notebook):
    """Take a default argument from a constant above."""
    above(notebook, "BETA = 0.9")
    answer(notebook, RIGHT.replace("beta=0.9", "beta=BETA"))


@habit()
def constant_bound_twice(notebook):
    """Try one value of a constant, then another, above the answer."""
    above(notebook, "ONE = 7.0")
    above(notebook, "ONE = 1.0")
    answer(notebook, BY_ONE)


@habit()
def constant_changed_afterwards(notebook):
    """Use the name of a constant for something else further down."""
    above(notebook, "ONE = 1.0")
    answer(notebook, BY_ONE)
    notebook["cells"].append(code("ONE = 'the end'"))


@habit()
def helper_changed_for_the_next_exercise(notebook):
    """Use one name for two helpers, one for each exercise."""
    above(notebook, BLEND)
    answer(notebook, BY_BLEND)
    above(notebook, "def blend(v, g, lr, mu):\n    return mu * v - lr * g", "classical_momentum")
    answer(notebook, HEAVY.replace("mu * v - lr * grads", "blend(v, grads, lr, mu)"), "classical_momentum")


@habit()
def experiment_under_the_same_name(notebook):
    """Play with the function after it was checked, under its own name."""
    below(notebook, "momentum = None")


@habit()
def helper_deleted_afterwards(notebook):
    """Tidy up at the end."""
    above(notebook, BLEND)
    answer(notebook, BY_BLEND)
    notebook["cells"].append(code("del blend"))


@habit()
def seed_at_the_top(notebook):
    """Seed numpy and silence warnings in the first cell."""
    text = "import warnings, random\nwarnings.filterwarnings('ignore')\nnp.random.seed(0)\nrandom.seed(0)\n"
    above(notebook, text + "np.seterr(all='ignore')\nnp.set_printoptions(precision=3)")


@habit()
def broken_cell_elsewhere(notebook):
    """Leave a cell that is no Python."""
    notebook["cells"].append(code("this is (not Python"))
    above(notebook, "for in range")


@habit()
def failing_cell_elsewhere(notebook):
    """Leave a cell that raises, with a constant above the line that does."""
    above(notebook, "ONE = 1.0\nprint(undefined)")
    answer(notebook, BY_ONE)


@habit()
def answer_uses_another_answer(notebook):
    """Call one exercise from another."""
    body = "    new, v = momentum(params, grads, state, lr=lr / (1 - mu), beta=mu)\n    return new, v\n"
    head = "def classical_momentum(params, grads, state=None, *, lr, mu=0.9):\n"
    scaled = "    state = None if state is None else -state * (1 - mu) / lr if lr else state\n"
    answer(
        notebook,
        head + scaled + body.replace("return new, v", "return new, new - params"),
        "classical_momentum",
    )


@habit()
def names_of_other_alphabets(notebook):
    """Write Greek letters."""
    above(notebook, "α₀ = 1.0" if "α₀".isidentifier() else "αo = 1.0")
    answer(notebook, BY_ONE.replace("ONE", "αo").replace("beta", "beta").replace(" v", " ϑ"))


@habit()
def match_statement_above(notebook):
    """Bind a constant in a match statement."""
    above(notebook, "match [1.0, 2.0]:\n    case [ONE, *others]:\n        pass")
    answer(notebook, BY_ONE)


# How the answer cell is written.


@wholly(
    "def helper(v, g, b):\n    return b * v + (1 - b) * g\n\n"
    + HEAD
    + START
    + "    v = helper(v, grads, beta)\n"
    + END
)
def helper_in_the_answer_cell(notebook):
    """Define a helper in the answer cell."""


@wholly(
    HEAD
    + START
    + "    def mix(a, b):\n        return beta * a + (1 - beta) * b\n    v = mix(v, grads)\n"
    + END
)
def nested_helper(notebook):
    """Define a helper inside the function."""


@wholly(
    "momentum = lambda params, grads, state=None, *, lr, beta=0.9: (\n"
    "    params - lr * (beta * (0 if state is None else state) + (1 - beta) * grads),\n"
    "    beta * (0 if state is None else state) + (1 - beta) * grads)"
)
def a_lambda(notebook):
    """Answer with a lambda."""


@wholly(
    "class Momentum:\n    def __call__(self, params, grads, state=None, *, lr, beta=0.9):\n"
    "        v = (1 - beta) * grads if state is None else beta * state + (1 - beta) * grads\n"
    "        return params - lr * v, v\n\nmomentum = Momentum()"
)
def a_callable_object(notebook):
    """Answer with an object that can be called."""


@wholly(
    "from functools import partial\n"
    + RIGHT.replace("momentum(params", "rule(kind, params")
    + "\nmomentum = partial(rule, 'plain')"
)
def a_partial(notebook):
    """Answer with a partial."""


@wholly(
    "class Rules:\n    @staticmethod\n"
    + "".join("    " + line for line in RIGHT.splitlines(True))
    + "\nmomentum = Rules.momentum"
)
def a_static_method(notebook):
    """Answer with a static method of a class."""


@wholly(
    "class Rules:\n    one = 1\n"
    + "".join(
        "    " + line
        for line in RIGHT.replace("momentum(params", "step(self, params")
        .replace("(1 -", "(self.one -")
        .splitlines(True)
    )
    + "\nmomentum = Rules().step"
)
def a_bound_method(notebook):
    """Answer with a bound method of another name."""


@wholly(
    "def make(one):\n"
    + "".join(
        "    " + line for line in BY_ONE.replace("ONE", "one").replace("momentum", "step").splitlines(True)
    )
    + "    return step\n\nmomentum = make(1.0)"
)
def a_closure(notebook):
    """Answer with what a factory returns."""


@wholly(RIGHT.replace("def momentum", "def my_momentum") + "\nmomentum = my_momentum")
def under_two_names(notebook):
    """Write the function under another name, then give it the right one."""


@wholly(
    "import time\ndef timed(f):\n    def inner(*a, **k):\n        begun = time.time()\n"
    "        return f(*a, **k)\n    return inner\n\n@timed\n" + RIGHT
)
def decorator_in_the_answer_cell(notebook):
    """Decorate with a function of one's own."""


@wholly(
    "from functools import lru_cache\n@lru_cache\ndef one():\n    return 1.0\n"
    + BY_ONE.replace("ONE", "one()")
)
def cache_in_the_answer_cell(notebook):
    """Cache a helper in the answer cell."""


@wholly(HEAD + START + "    print(f'{lr=} {v!r}')\n    v = beta * v + (1 - beta) * grads\n" + END)
def print_debugging(notebook):
    """Leave prints in the function."""


@wholly(HEAD + "    assert lr >= 0, 'lr'\n" + RIGHT.removeprefix(HEAD))
def asserts(notebook):
    """Assert what must hold."""


@wholly(RIGHT + "\nplt.plot([1, 2, 3])\nplt.title('a try')\nplt.show()\n")
def plotting_in_the_answer_cell(notebook):
    """Plot below the function."""


@wholly(RIGHT + "\ncheck(momentum)")
def check_in_the_answer_cell(notebook):
    """Call check in the answer cell too."""


@wholly(RIGHT + "\nprint(momentum(np.ones(2), np.ones(2), lr=0.1));\nmomentum(np.ones(2), np.ones(2), lr=1)")
def tries_in_the_answer_cell(notebook):
    """Try the function out below it."""


@wholly(RIGHT + "\nprint(undefined_name)")
def error_below_the_answer(notebook):
    """Leave a line that fails below the function."""


@wholly(RIGHT + "\nif __name__ == '__main__':\n    print(momentum(np.ones(2), np.ones(2), lr=0.1))")
def main_block(notebook):
    """Write a main block as in a script."""


@wholly(RIGHT.replace("    ", "\t"))
def tabs(notebook):
    """Indent by tabs."""


@wholly(RIGHT.replace("\n", "\r\n"))
def windows_line_ends(notebook):
    """End lines as Windows does."""


@wholly("".join("    " + line for line in RIGHT.splitlines(True)))
def indented_cell(notebook):
    """Indent the whole cell, as after pasting; IPython does not mind."""


@wholly(
    ">>> ONE = 1.0\n"
    + "".join((">>> " if n == 0 else "... ") + line for n, line in enumerate(BY_ONE.splitlines(True)))
)
def pasted_prompts(notebook):
    """Paste a session with its prompts; IPython takes them off."""


@wholly("\n\n# my answer\n" + RIGHT.replace("\n", "  # so\n") + "\n\n\n# the end")
def comments(notebook):
    """Comment every line."""


@wholly(RIGHT.replace("\n", ";\n").replace(":;", ":"))
def semicolons(notebook):
    """End every line with a semicolon."""


@wholly(
    "from typing import Optional, Tuple\n"
    + RIGHT.replace("state=None", "state: Optional[np.ndarray] = None").replace(
        "0.9)", "0.9) -> Tuple[np.ndarray, np.ndarray]"
    )
)
def type_hints(notebook):
    """Write type hints."""


@wholly("from __future__ import annotations\n" + RIGHT.replace("state=None", "state: Array | None = None"))
def future_annotations(notebook):
    """Annotate with names that do not exist."""


@wholly("from math import sqrt\n" + BY_ONE.replace("ONE", "sqrt(1)"))
def import_in_the_answer_cell(notebook):
    """Import in the answer cell."""


@wholly(
    HEAD
    + "    import numpy as xp\n"
    + START.replace("np.", "xp.")
    + "    v = beta * v + (1 - beta) * grads\n"
    + END
)
def import_in_the_function(notebook):
    """Import in the function."""


@wholly(
    HEAD + "    if (v := state) is None:\n        v = np.zeros_like(params)\n"
    "    return params - lr * (w := beta * v + (1 - beta) * grads), w\n"
)
def walrus_in_the_function(notebook):
    """Write a walrus."""


@wholly(
    HEAD + START + "    def step(k):\n        return grads if k == 0 else step(k - 1)\n"
    "    v = beta * v + (1 - beta) * step(3)\n" + END
)
def recursion(notebook):
    """Recur."""


@wholly(
    HEAD + START + "    v = np.array([beta * a + (1 - beta) * b for a, b in zip(v.ravel(), grads.ravel())],"
    " dtype=params.dtype).reshape(params.shape)\n" + END
)
def comprehension(notebook):
    """Loop in a comprehension."""


@wholly(
    "from dataclasses import dataclass\n@dataclass\nclass Rule:\n    lr: float\n    beta: float\n"
    "    def velocity(self, v, g):\n        return self.beta * v + (1 - self.beta) * g\n\n"
    + HEAD
    + START
    + "    v = Rule(lr, beta).velocity(v, grads)\n"
    + END
)
def dataclass_in_the_answer_cell(notebook):
    """Use a dataclass."""


@wholly("scratch = [1, 2]\ndel scratch\nnp.random.seed(3)\nnp.seterr(all='ignore')\n" + RIGHT)
def tidying_in_the_answer_cell(notebook):
    """Seed, silence and delete above the function."""


@wholly(WRONG + "\n" + RIGHT)
def two_versions_in_one_cell(notebook):
    """Leave the first try above the second."""


@wholly("'''\n" + WRONG + "'''\n" + RIGHT)
def old_version_in_a_string(notebook):
    """Put the old try between quotes."""


@wholly(WRONG, content=("classical_momentum",))
def wrong(notebook):
    """Get it wrong."""


@wholly("", content=("classical_momentum",))
def empty_answer(notebook):
    """Empty the answer cell."""


@wholly("# later\n# perhaps", content=("classical_momentum",))
def comments_only(notebook):
    """Write comments only."""


@wholly(
    "def momentum(params, grads, state=None, *, lr, beta=0.9)\n    return", content=("classical_momentum",)
)
def syntax_error(notebook):
    """Forget a colon."""


@wholly(RIGHT.replace("def momentum", "def Momentum"), content=("classical_momentum",))
def renamed_function(notebook):
    """Give the function another name."""


@wholly("1 / 0\n" + RIGHT, content=("classical_momentum",))
def error_above_the_answer(notebook):
    """Leave a line that fails above the function."""


@wholly("momentum = 3", content=("classical_momentum",))
def no_function(notebook):
    """Bind the name to a number."""


# Magics and shell lines.


@wholly("%matplotlib inline\n" + RIGHT)
def magic_above_the_answer(notebook):
    """Begin the answer cell with a magic."""


@wholly("!pip install numpy\n" + RIGHT)
def pip_in_the_answer_cell(notebook):
    """Install something in the answer cell."""


@wholly(RIGHT + "\n%timeit -n1 -r1 momentum(np.ones(2), np.ones(2), lr=0.1)")
def timeit_below_the_answer(notebook):
    """Time the function below it."""


@wholly(RIGHT + "\nmomentum?")
def question_below_the_answer(notebook):
    """Ask for help below the function."""


@wholly("np.zeros_like?\n\n" + RIGHT)
def question_above_the_answer(notebook):
    """Ask for help above the function."""


@wholly("%%time\n" + RIGHT)
def timed_cell(notebook):
    """Time the answer cell."""


@wholly("%%capture\n" + RIGHT + "print('much')")
def captured_cell(notebook):
    """Capture what the answer cell prints."""


@wholly("\n\n%%time\n%matplotlib inline\n" + RIGHT)
def magics_upon_magics(notebook):
    """Put a magic into a timed cell, below blank lines."""


@wholly("%time ONE = 1.0\n" + BY_ONE)
def timed_statement(notebook):
    """Time a statement that the function needs."""


@wholly("if True:\n    !echo\n    files = !ls\n" + RIGHT)
def shell_in_a_block(notebook):
    """Call the shell in a block."""


@wholly("%matplotlib inline\ndef momentum(\n    return", content=("classical_momentum",))
def magic_and_syntax_error(notebook):
    """Put a magic above a mistake."""


@habit()
def timed_helper(notebook):
    """Time the cell of a helper."""
    above(notebook, "%%time\n" + BLEND)
    answer(notebook, BY_BLEND)


@habit()
def magics_everywhere(notebook):
    """Begin with a cell of magics and shell lines, a constant among them."""
    above(notebook, "%matplotlib inline\n!pip install tqdm\nONE = 1.0\nONE?")
    answer(notebook, BY_ONE)


@habit()
def bash_cell(notebook):
    """Write a cell in another language."""
    above(notebook, "%%html\n<b>def momentum</b>")


# Input, files and packages that are not there.


@wholly("name = input('Your name? ')\n" + RIGHT)
def input_above_the_answer(notebook):
    """Ask for a name that nothing depends on."""


@wholly("n = int(input('How many? '))\n" + RIGHT)
def input_of_a_number(notebook):
    """Ask for a number that nothing depends on."""


@wholly("display('here')\nget_ipython().run_line_magic('matplotlib', 'inline')\n" + RIGHT)
def display_in_the_answer_cell(notebook):
    """Display something, and call a magic as Python."""


@habit(("momentum", "classical_momentum"), lost="The constant is typed in.")
def constant_from_the_keyboard(notebook):
    """Ask for a constant."""
    above(notebook, "ONE = float(input('One? '))")
    answer(notebook, BY_ONE)


@habit(("momentum", "classical_momentum"), lost="The constant comes from the shell.")
def constant_from_the_shell(notebook):
    """Take a constant from the shell."""
    above(notebook, "lines = !echo 1")
    answer(notebook, BY_ONE.replace("ONE", "float(lines[0])"))


@habit(("momentum", "classical_momentum"), lost="The package is not there.")
def scipy_above(notebook):
    """Use a package that the grader has not."""
    above(notebook, "import nbformat as package")
    answer(notebook, BY_ONE.replace("ONE", "(package.current_nbformat - 3)"))


@wholly("import nbformat\n" + RIGHT)
def needless_package(notebook):
    """Import a package that the grader has not, and that the answer does not need."""


@wholly("import pygments as p\nprint(p.__version__.upper())\n" + RIGHT)
def needless_package_in_use(notebook):
    """Use a package that the grader has not above the function, which does not need it."""


@wholly("print(open('/proc/cpuinfo').read()[:20])\n" + RIGHT)
def needless_file(notebook):
    """Read a file above the function, which does not need it."""


# Cells that are moved, copied, split and lost.


@habit()
def answer_in_a_new_cell(notebook):
    """Answer in a new cell, and leave the stub above it."""
    stub(notebook)
    between(notebook, RIGHT)


@habit()
def answer_in_a_new_cell_with_its_helper(notebook):
    """Answer in a new cell with a helper and a try below, and empty the answer cell."""
    answer(notebook, "")
    between(notebook, BLEND + BY_BLEND + "\nmomentum(np.ones(2), np.ones(2), lr=0.1)")


@habit()
def answer_below_its_check(notebook):
    """Leave the stub, answer at the end and check there."""
    stub(notebook)
    notebook["cells"] += [code(RIGHT), code("check(momentum)")]


@habit()
def better_answer_in_a_new_cell(notebook):
    """Leave a wrong answer and write the right one in a cell below it."""
    answer(notebook, WRONG)
    between(notebook, RIGHT)


@habit()
def answer_copied(notebook):
    """Copy an answered cell, marks and all."""
    at = cell_named(notebook, "momentum-answer")
    copied = copy.deepcopy(notebook["cells"][at])
    notebook["cells"].insert(at, {**copied, "id": "copied", "source": WRONG})


@habit()
def answer_copied_to_the_end(notebook):
    """Copy an answered cell to the end, marks and all, and play with it."""
    copied = copy.deepcopy(notebook["cells"][cell_named(notebook, "momentum-answer")])
    notebook["cells"].append({**copied, "id": "copied", "source": WRONG})


@habit()
def split_answer(notebook):
    """Split the answer cell; both halves keep the mark."""
    at = cell_named(notebook, "momentum-answer")
    half = copy.deepcopy(notebook["cells"][at])
    half.update(id="half", source=BLEND)
    answer(notebook, BY_BLEND)
    notebook["cells"].insert(at, half)


@habit()
def split_below_the_function(notebook):
    """Split the answer cell below the function; both halves keep the mark."""
    at = cell_named(notebook, "momentum-answer")
    half = copy.deepcopy(notebook["cells"][at])
    half.update(id="half", source="print('tried')\n" + BLEND)
    answer(notebook, BY_BLEND)
    notebook["cells"].insert(at + 1, half)


@habit()
def two_exercises_in_one_cell(notebook):
    """Answer two exercises in one cell and delete the other."""
    answer(notebook, RIGHT + "\n\n" + HEAVY)
    del notebook["cells"][cell_named(notebook, "classical_momentum-answer")]


@habit(("momentum",), kinder="The stub below hides the answer above it when all is run in order.")
def two_exercises_in_one_cell_and_the_stub_left(notebook):
    """Answer two exercises in one cell and leave the other's stub."""
    answer(notebook, RIGHT + "\n\n" + HEAVY)
    stub(notebook, "classical_momentum")


@habit()
def cells_reordered(notebook):
    """Move an exercise to the end."""
    at = cell_named(notebook, "momentum-answer")
    pair = [notebook["cells"].pop(at), notebook["cells"].pop(at)]
    notebook["cells"] += pair


@habit(("momentum",))
def answer_deleted(notebook):
    """Delete an answer cell."""
    del notebook["cells"][cell_named(notebook, "classical_momentum-answer")]


@habit()
def check_deleted(notebook):
    """Delete a check and call it in a cell of one's own."""
    notebook["cells"][cell_named(notebook, "momentum")] = code("check(momentum)\nprint('yes')")
    above(notebook, BLEND)
    answer(notebook, BY_BLEND)


@habit()
def notes_between(notebook):
    """Add prose cells."""
    prose = {"cell_type": "markdown", "metadata": {}, "source": "def momentum(): pass", "id": "prose"}
    notebook["cells"].insert(3, prose)


@habit()
def without_marks(notebook):
    """Lose nbgrader's metadata in an editor."""
    for cell in notebook["cells"]:
        cell["metadata"] = {}


@habit()
def without_ids(notebook):
    """Save in a format without cell ids."""
    notebook["nbformat_minor"] = 4
    for cell in notebook["cells"]:
        cell.pop("id", None)


@habit()
def without_marks_and_ids(notebook):
    """Lose both."""
    above(notebook, BLEND)
    answer(notebook, BY_BLEND)
    without_marks(notebook)
    without_ids(notebook)


@habit(("classical_momentum",))
def without_marks_and_with_a_mistake(notebook):
    """Lose both, with a mistake in an answer."""
    answer(notebook, HEAD + "    retrun 3 4\n")
    without_marks(notebook)
    without_ids(notebook)


@habit()
def new_ids(notebook):
    """Lose the metadata and get new ids, as after copying all cells into a new notebook."""
    for number, cell in enumerate(notebook["cells"]):
        cell.update(metadata={}, id=f"new-{number}")


@habit()
def an_old_format(notebook):
    """Save as version 3."""
    cells = [
        {
            "cell_type": "code",
            "input": cell["source"],
            "language": "python",
            "outputs": [],
            "metadata": cell["metadata"],
        }
        if cell["cell_type"] == "code"
        else {"cell_type": "markdown", "source": cell["source"], "metadata": cell["metadata"]}
        for cell in notebook["cells"]
    ]
    notebook.clear()
    notebook.update(nbformat=3, nbformat_minor=0, metadata={"name": ""}, worksheets=[{"cells": cells}])


@habit(name="06_momentum (final) 2.ipynb")
def renamed_file(notebook):
    """Hand in under another name."""


@habit(name="bom")
def byte_order_mark(notebook):
    """Save with a byte order mark."""


@habit()
def source_as_lines(notebook):
    """Save sources as lists of lines."""
    for cell in notebook["cells"]:
        cell["source"] = "".join(cell["source"]).splitlines(True)
