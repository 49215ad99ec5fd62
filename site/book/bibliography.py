"""The works that the lessons' "Going further" names, with links, and one page that lists them all."""

import functools
import re
import tomllib
from pathlib import Path

ENTRY = re.compile(
    r"""(?:^-\ |;\ (?:and\ )?)            # a line of the list, or the second work of one
    (?P<authors>[^";*\n]+?),\ (?P<mark>["*]?)
    (?P<title>(?<=")[^"]+|(?<=\*)[^*]+|notes\ of\ [^,]+)(?P=mark),
    (?P<rest>[^:;\n]*?\d{4})""",
    re.MULTILINE | re.VERBOSE,
)


@functools.cache
def addresses():
    """Return where works can be read: how a title begins, to its address."""
    return tomllib.loads(Path(__file__).with_name("references.toml").read_text(encoding="utf-8"))


def address(title):
    """Return where a work can be read, or None where nobody has written it down.

    Example:
        >>> address("ADADELTA: an adaptive learning rate method")
        'https://arxiv.org/abs/1212.5701'
    """
    known = [start for start in addresses() if title.casefold().startswith(start.casefold())]
    return addresses()[max(known, key=len)] if known else None


def further(notebook):
    """Return the cell of a lesson that names its works."""
    return next(cell for cell in notebook.cells if cell.source.startswith("## Going further"))


def works(text):
    """Yield the works that a list names: authors, title, what stands before the year, and the year.

    Example:
        >>> list(works('- M. Zeiler, "ADADELTA: a method", preprint, 2012: the same idea.'))
        [('M. Zeiler', 'ADADELTA: a method', 'preprint, 2012')]
    """
    for entry in ENTRY.finditer(text):
        yield entry["authors"], entry["title"], entry["rest"].strip(" ,")


def linked(text):
    """Return a list of works in which each title that has an address leads there."""

    def link(match):
        title, mark = match["title"], match["mark"]
        where = address(title)
        if where is None:
            return match[0]
        quoted = f"{mark}{title}{mark}"
        return match[0].replace(quoted, f"[{quoted}](<{where}>)", 1)

    return ENTRY.sub(link, text)


def page(notebooks):
    """Return the page of all works, in the order of their first authors' names.

    Args:
        notebooks: the lessons by name, as they stand in `solutions/`.
    """
    found = {}
    for name, notebook in notebooks.items():
        for authors, title, rest in works(further(notebook).source):
            place = address(title) or title
            known = found.setdefault(place, [authors, title, rest, []])
            if len(title) > len(known[1]):
                known[:3] = authors, title, rest
            known[3].append(f"[{name[:2]}](#lesson-{name[:2]}-further)")
    lines = []
    for place, (authors, title, rest, lessons) in found.items():
        shown = f"[{title}](<{place}>)" if place != title else title
        lines.append(
            (surname(authors), rest[-4:], f"- {authors}, {shown}, {rest}. Lesson {', '.join(lessons)}")
        )
    return BEFORE + "\n".join(line for *_, line in sorted(lines)) + "\n"


def surname(authors):
    """Return the name that an entry is sorted by.

    Example:
        >>> surname("A. G. Baydin, B. A. Pearlmutter")
        'baydin'
    """
    first = re.split(r", | and ", authors)[0]
    return re.sub(r"^(?:[A-Z]\.[- ]?)+ ?", "", first).casefold()


BEFORE = """# Bibliography

All that the lessons' "Going further" names, with the lessons that name it.
What each is good for stands there.
A link leads out of the book, to the paper's own page or to a copy that is free to read.

"""
