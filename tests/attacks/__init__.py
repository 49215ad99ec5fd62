"""Attacks on the grader, each written as a student would write it; a folder is a category, a file an attack.

A file's docstring says by what mechanism the attack works. It defines one or more of:

    ANSWER            source of the answer cell of `momentum`
    ANSWERS           grade id → source, for other cells
    edit(notebook)    changes to the notebook (a NotebookNode) that is handed in
    RAW               bytes to hand in instead of a notebook
    hand_in(path)     what else happens to the file that was handed in

and where they are needed:

    STUDENT           the student's name, if that is the attack
    ONLY_OURS         why plain nbgrader has nothing that this could attack
    STOPPED_BY_PLAIN  why plain nbgrader stops it too, and what it would work on
    PATIENCE          seconds that it may cost, where that is more than a few

In a source, `{COURSE}` and `{HOME}` become the course's root and the instructor's home, as if the student
knew them. All exercises that an attack does not name are left blank, so the honest baseline is no points.

Nothing here runs when it is imported: what attacks is text until it is handed in.
"""

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, field

ANSWER = "momentum-answer"


@dataclass(frozen=True)
class Attack:
    """One attack; the attributes are the module's, see above."""

    category: str
    name: str
    mechanism: str
    answers: dict = field(default_factory=dict)
    edit: Callable | None = None
    raw: bytes | None = None
    hand_in: Callable | None = None
    student: str = ""
    only_ours: str = ""
    stopped_by_plain: str = ""
    patience: float = 0.0

    @property
    def id(self):
        """Category and name."""
        return f"{self.category}/{self.name}"


def categories():
    """Return the names of the categories."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)


def of_category(category):
    """Return the attacks of one category."""
    package = importlib.import_module(f"{__name__}.{category}")
    names = sorted(module.name for module in pkgutil.iter_modules(package.__path__))
    return [_attack(category, name) for name in names]


def all_attacks():
    """Return every attack, category by category."""
    return [attack for category in categories() for attack in of_category(category)]


def _attack(category, name):
    module = importlib.import_module(f"{__name__}.{category}.{name}")
    answers = dict(getattr(module, "ANSWERS", {}))
    if hasattr(module, "ANSWER"):
        answers[ANSWER] = module.ANSWER
    return Attack(
        category,
        name,
        " ".join(module.__doc__.split()),
        answers,
        getattr(module, "edit", None),
        getattr(module, "RAW", None),
        getattr(module, "hand_in", None),
        getattr(module, "STUDENT", f"m-{category}-{name}".replace("_", "-")),
        getattr(module, "ONLY_OURS", ""),
        getattr(module, "STOPPED_BY_PLAIN", ""),
        getattr(module, "PATIENCE", 0.0),
    )
