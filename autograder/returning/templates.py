"""The pages' templates: everything that is put into one is escaped, unless it is marked as HTML of ours."""

import functools
from pathlib import Path
from typing import Any

import jinja2


@functools.cache
def load(name: str) -> jinja2.Template:
    """Return a template of `share/`, made ready once."""
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "share")
    environment = jinja2.Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    environment.filters["points"] = lambda points: f"{points:.4g}"
    return environment.get_template(name)


def render(name: str, **about: Any) -> str:
    """Return a page."""
    return load(name).render(**about)
