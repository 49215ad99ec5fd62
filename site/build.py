"""Build the book: run the lessons, write the pages' sources to `build/book/source`, and let Sphinx set them.

make book                                           # the whole, to build/book/html
.venv-book/bin/python site/build.py 06_momentum     # one lesson, to build/book-draft/html
"""

import argparse
import pathlib
import sys

import nbformat
from sphinx.cmd.build import build_main

from book import lessons, pages

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent


def sources(names, store):
    """Return every file that Sphinx reads, by its place in the source folder.

    Args:
        names: which lessons; all if empty.
        store: folder of the lessons' outputs.

    Raises:
        LessonFailed: a lesson does not run.
    """
    files = {path.relative_to(HERE / "text"): path.read_bytes() for path in (HERE / "text").rglob("*.md")}
    files[pathlib.Path("notation.md")] = (ROOT / "NOTATION.md").read_bytes()
    for name, notebook in lessons.all_executed(names, store).items():
        page, pictures = pages.page(name, notebook)
        files[pathlib.Path("lessons", f"{name}.ipynb")] = nbformat.writes(page).encode()
        files |= {pathlib.Path("extra", "pictures", file): data for file, data in pictures.items()}
    return files


def write(files, folder):
    """Bring a folder to these files; what has its content already keeps its time, and is not read again."""
    for place, content in files.items():
        path = folder / place
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder) not in files:
            path.unlink()


def main(arguments=None):
    """Build what the command line asks for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", help="build these alone, as a draft whose links may be dead")
    names = parser.parse_args(arguments).lessons
    room = ROOT / "build" / ("book-draft" if names else "book")
    try:
        files = sources(names, ROOT / "build" / "book" / "outputs")
    except lessons.LessonFailed as failed:
        print(failed, file=sys.stderr)
        return 1
    write(files, room / "source")
    strict = [] if names else ["--fail-on-warning"]
    places = [room / "source", room / "html"]
    return build_main([*strict, "--quiet", "-c", str(HERE), "-d", str(room / "doctrees"), *map(str, places)])


if __name__ == "__main__":
    sys.exit(main())
