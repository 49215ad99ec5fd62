"""Where a reader can open a lesson: addresses from `site/addresses.toml`."""

import string
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ADDRESSES = Path(__file__).resolve().parents[1] / "addresses.toml"


class AddressError(Exception):
    """The file of addresses cannot be used."""


def read(path: str | Path = ADDRESSES) -> dict[str, Any]:
    """Read the addresses.

    Raises:
        AddressError: if the file is not as it has to be.
    """
    try:
        addresses = tomllib.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise AddressError(f"{path} cannot be read: {error}") from error
    for label, address in addresses.get("openings", {}).items():
        unknown = _names(address) - {"lesson"} - {name for name in addresses if name != "openings"}
        if unknown:
            raise AddressError(f'{path}: "{label}" needs {min(unknown)}, which the file does not name')
    return addresses


def openings(lesson: str, addresses: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return a label and an address for each place where a lesson can be opened.

    Args:
        lesson: its name.
        addresses: as `read` returns them.

    Example:
        >>> ways = {"Lab": "{site}/{lesson}", "Hub": "{hub}/{lesson}"}
        >>> openings("06_momentum", {"site": "..", "hub": "", "openings": ways})
        [('Lab', '../06_momentum')]
    """
    known = {name: value for name, value in addresses.items() if name != "openings" and value}
    known["lesson"] = lesson
    return [
        (label, address.format(**known))
        for label, address in addresses["openings"].items()
        if _names(address) <= set(known)
    ]


def _names(address: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(address) if name}
