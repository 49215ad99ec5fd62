"""Build the slides: the lessons as a lecturer shows them, one page each, to `build/slides`.

make slides                                               # all lessons
.venv-book/bin/python site/build_slides.py 06_momentum    # one
"""

import argparse
import pathlib
import shutil
import sys

from book import lessons
from slides import deck, showing

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
# What the pages fetch, as it is called beside them.
STATIC = {
    "reveal": pathlib.Path(sys.prefix) / "reveal",
    "katex": pathlib.Path(sys.prefix) / "katex",
    "live_figures.css": HERE / "static" / "live_figures.css",
    "live_figures.js": HERE / "static" / "live_figures.js",
    "slides.css": HERE / "slides" / "slides.css",
    "slides.js": HERE / "slides" / "slides.js",
}


def main(arguments=None):
    """Build what the command line asks for; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("lessons", nargs="*", help="these alone")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "build" / "slides", metavar="FOLDER")
    options = parser.parse_args(arguments)
    out = options.out
    try:
        executed = lessons.all_executed(options.lessons, ROOT / "build" / "book" / "outputs")
        decks = {name: deck.slides(name, notebook) for name, notebook in executed.items()}
        pages = {name: showing.page(name, slides) for name, slides in decks.items()}
    except lessons.LessonFailed as failed:
        print(failed, file=sys.stderr)
        return 1
    if not options.lessons:
        shutil.rmtree(out, ignore_errors=True)
        pages["index"] = showing.index({name: slides[0].title for name, slides in decks.items()})
    (out / "static").mkdir(parents=True, exist_ok=True)
    for name, place in STATIC.items():
        if place.is_dir():
            shutil.copytree(place, out / "static" / name, dirs_exist_ok=True)
        else:
            shutil.copy(place, out / "static" / name)
    for name, page in pages.items():
        (out / f"{name}.html").write_text(page, encoding="utf-8")
        print(f"{out / name}.html: {len(page) // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
