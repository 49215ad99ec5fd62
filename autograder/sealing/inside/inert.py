"""Stand-ins for what a verdict does not need: plotting, widgets, the display, `check` and `grade`.

Lives inside the worker. Importing, calling, indexing, entering or iterating one of them does nothing.
"""

import importlib.abc
import importlib.machinery
import sys

PACKAGES = ("matplotlib", "mpl_toolkits", "ipywidgets", "IPython", "tqdm")
WHERE_FIGURES_ARE_DRAWN = ("ipywidgets", "tqdm")  # no IPython: its absence says that nobody moves a slider


class Inert:
    """Swallows whatever is done to it and returns itself."""

    def __call__(self, *args, **kwargs):
        """Do nothing."""
        return self

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self

    def __getitem__(self, key):
        return self

    def __iter__(self):
        return iter(())

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return False


INERT = Inert()


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return INERT


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds every module of some packages, each of them an empty package of inert names."""

    def __init__(self, packages):
        self.packages = packages

    def find_spec(self, fullname, path, target=None):
        """Claim the modules of the packages."""
        if fullname.partition(".")[0] in self.packages:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=True)
        return None

    def exec_module(self, module):
        """Give the module inert names."""
        module.__getattr__ = __getattr__


def install(packages=PACKAGES):
    """Put the finder before all others."""
    sys.meta_path.insert(0, Finder(packages))
