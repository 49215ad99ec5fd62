"""Stand-ins for what a verdict does not need: plotting, widgets, the display, `check` and `grade`.

Lives inside the sealed worker too. Importing, calling, indexing, entering or iterating one of them does
nothing.
"""

import importlib.abc
import importlib.machinery
import sys
from collections.abc import Collection, Iterator
from typing import Any, Literal, Self

PACKAGES = ("matplotlib", "mpl_toolkits", "ipywidgets", "IPython", "tqdm")
WHERE_FIGURES_ARE_DRAWN = ("ipywidgets", "tqdm")  # no IPython: its absence says that nobody moves a slider


class Inert:
    """Swallows whatever is done to it and returns itself."""

    def __call__(self, *args: Any, **kwargs: Any) -> Self:
        """Do nothing."""
        return self

    def __getattr__(self, name: str) -> Self:
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key: Any) -> Self:
        return self

    def __iter__(self) -> Iterator[Any]:
        return iter(())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> Literal[False]:
        return False


INERT = Inert()


def __getattr__(name: str) -> Inert:
    if name.startswith("__"):
        raise AttributeError(name)
    return INERT


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds every module of some packages, and some modules of others: empty packages of inert names."""

    def __init__(self, packages: Collection[str]) -> None:
        self.packages = packages

    def find_spec(
        self, fullname: str, path: Any, target: Any = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Claim the modules of the packages."""
        if fullname in self.packages or fullname.partition(".")[0] in self.packages:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def exec_module(self, module: Any) -> None:
        """Give the module inert names."""
        module.__getattr__ = __getattr__


def install(packages: Collection[str] = PACKAGES) -> None:
    """Put the finder before all others."""
    sys.meta_path.insert(0, Finder(packages))
