"""Build the book: run the lessons, write the pages' sources to `build/book/source`, and let Sphinx set them.

make book                                           # the whole, to build/book/html
make book-pdf                                       # and as one file, build/book/optimization.pdf
.venv-book/bin/python site/build.py 06_momentum     # one lesson, to build/book-draft/html
"""

import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import nbformat
from sphinx.cmd.build import build_main

from book import bibliography, cards, checking, lessons, overviews, pages
from lite import openings
from tools.take_pictures import QUIET, chromium

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
TO_A_PLACE = re.compile(r'href="#document-[^"#]*#')
# Shown as they stand; README's parts are included by the pages for each reader.
DOCUMENTS = ["CHANGELOG.md", "CONTRIBUTING.md", "NOTATION.md", "README.md", "SECURITY.md"]
DEPLOYMENT = ["", "cluster/", "jupyterhub/", "postgresql/"]


def sources(names, store):
    """Return every file that Sphinx reads, by its place in the source folder.

    Args:
        names: which lessons; all if empty.
        store: folder of the lessons' outputs.

    Raises:
        LessonFailed: a lesson does not run, or is no page.
        AddressError: where lessons can be opened is not said as it has to be.
    """
    files = {
        str(path.relative_to(HERE / "text")): path.read_bytes() for path in (HERE / "text").rglob("*.md")
    }
    files |= {name: (ROOT / name).read_bytes() for name in DOCUMENTS}
    for folder in DEPLOYMENT:
        text = (ROOT / "deploy" / folder / "README.md").read_text(encoding="utf-8")
        # README itself is no page; what it tells an instructor is.
        files[f"deploy/{folder}README.md"] = text.replace("../README.md)", "../instructor.md)").encode()
    for path in (HERE / "pictures").iterdir():
        files[f"extra/site/pictures/{path.name}"] = path.read_bytes()  # where README looks for them
    for name, notebook in lessons.all_executed(names, store).items():
        page, pictures = pages.page(name, notebook)
        files[f"lessons/{name}.ipynb"] = nbformat.writes(page).encode()
        files |= {f"extra/pictures/{file}": data for file, data in pictures.items()}
    written = {name: lessons.read(path) for name, path in lessons.paths().items()}
    files["lessons.txt"] = overviews.lessons(written).encode()
    files["bibliography.md"] = bibliography.page(written).encode()
    files["mistakes.md"] = cards.mistakes_page(written).encode()
    files["notes.md"] = overviews.notes((ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")).encode()
    return files


def write(files, folder):
    """Bring a folder to these files; what has its content already keeps its time, and is not read again.

    Returns:
        Whether a file went.
    """
    for place, content in files.items():
        path = folder / place
        if not path.exists() or path.read_bytes() != content:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
    gone = [
        path for path in folder.rglob("*") if path.is_file() and str(path.relative_to(folder)) not in files
    ]
    for path in gone:
        path.unlink()
    return bool(gone)


def print_pdf(room):
    """Print the book, all of it on one page of Sphinx's, by Chromium; return the exit status.

    Args:
        room: where `source` and `doctrees` are built already.
    """
    program = chromium()
    if program is None:
        print("the PDF is printed by Chromium, and none is here", file=sys.stderr)
        return 1
    single, pdf = room / "single", room / "optimization.pdf"
    options = ["--quiet", "-b", "singlehtml", "-c", str(HERE), "-d", str(room / "doctrees")]
    status = build_main([*options, str(room / "source"), str(single / "lessons")])
    if status:
        return status
    page = single / "lessons" / "index.html"
    # A link to a place in a page names the page too, which here is all one.
    page.write_text(TO_A_PLACE.sub('href="#', page.read_text(encoding="utf-8")), encoding="utf-8")
    # The pages of the lessons look for their pictures beside their folder.
    shutil.copytree(room / "source" / "extra" / "pictures", single / "pictures", dirs_exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        command = [program, *QUIET, f"--user-data-dir={profile}", "--no-pdf-header-footer"]
        command += [
            "--generate-pdf-document-outline",
            "--virtual-time-budget=120000",
            f"--print-to-pdf={pdf}",
        ]
        subprocess.run([*command, page.as_uri()], check=True, capture_output=True)
    print(f"{pdf}: {pdf.stat().st_size // 1000} kB")
    return 0


def main(arguments=None):
    """Build what the command line asks for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", help="build these alone, as a draft whose links may be dead")
    parser.add_argument("--pdf", action="store_true", help="print the whole book, too")
    options = parser.parse_args(arguments)
    names = options.lessons
    room = ROOT / "build" / ("book-draft" if names else "book")
    try:
        files = sources(names, ROOT / "build" / "book" / "outputs")
    except (lessons.LessonFailed, openings.AddressError) as failed:
        print(failed, file=sys.stderr)
        return 1
    if write(files, room / "source"):
        shutil.rmtree(room / "html", ignore_errors=True)  # Sphinx leaves the page of a source that is gone
    strict = [] if names else ["--fail-on-warning"]
    places = [room / "source", room / "html"]
    status = build_main(
        [*strict, "--quiet", "-c", str(HERE), "-d", str(room / "doctrees"), *map(str, places)]
    )
    faults = list(checking.faults(room / "html"))
    for fault in faults:
        print(fault, file=sys.stderr)
    status = status or int(bool(faults) and not names)
    return status or (print_pdf(room) if options.pdf else 0)


if __name__ == "__main__":
    sys.exit(main())
