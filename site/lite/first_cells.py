"""A lesson as a place needs it that starts with nothing installed: the same cells below a first one."""

import copy
from typing import Any

IN_THE_BROWSER = """\
**You are in the browser version.** Run the cell below first: it fetches what the lesson needs.
Everything runs on your own machine, and nothing that you write leaves it.

- What you save is kept in this browser, on this machine, until you delete the browser's data for this page.
- **Download**, above the notebook, gives you a copy. That is what you hand in, under the name that it has.
- No limit of time is kept here: a loop that never ends is ended by **Kernel → Restart Kernel…**.
"""
FETCH = "%pip install --quiet --no-deps {packages}"
# A magic may stand in an `if`; elsewhere than on Colab the cell does nothing.
ON_COLAB = """\
import sys

if "google.colab" in sys.modules:  # elsewhere the course is installed
    %pip install --quiet {wheel}
"""


def for_the_browser(notebook: dict[str, Any], packages: list[str]) -> dict[str, Any]:
    """Return a lesson that fetches packages from the site it is opened on."""
    note = {"cell_type": "markdown", "id": "browser-note", "metadata": {}, "source": IN_THE_BROWSER}
    return _begun_with(notebook, note, _code("browser-fetch", FETCH.format(packages=" ".join(packages))))


def for_colab(notebook: dict[str, Any], wheel: str) -> dict[str, Any]:
    """Return a lesson that on Colab installs the wheel of a handout.

    Args:
        notebook: as its JSON.
        wheel: the wheel's address.
    """
    return _begun_with(notebook, _code("colab-install", ON_COLAB.format(wheel=wheel)))


def _code(name: str, source: str) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "execution_count": None,
        "id": name,
        "metadata": {},
        "outputs": [],
        "source": source.rstrip("\n"),
    }


def _begun_with(notebook: dict[str, Any], *cells: dict[str, Any]) -> dict[str, Any]:
    """Put cells above the first code cell."""
    begun = copy.deepcopy(notebook)
    kinds = [cell["cell_type"] for cell in begun["cells"]]
    place = kinds.index("code") if "code" in kinds else len(kinds)
    begun["cells"][place:place] = cells
    return begun
