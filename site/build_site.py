"""Put book, slides and browser version beside each other, as they are published: to `build/site`.

make site     # builds the three first
"""

import argparse
import html
import pathlib
import re
import shutil
import sys

from lite import openings

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Folder of the site → where the part is built. `site/addresses.toml` says where the whole is published.
PARTS = {"book": "build/book/html", "slides": "build/slides", "lite": "build/lite/html"}
FRONT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Optimization for deep learning</title>
<style>
  :root { color-scheme: light dark; }
  body { font: 1.1rem/1.6 system-ui, sans-serif; margin: 12vh auto; max-width: 36rem; padding: 0 1rem; }
  li { margin: 0.6rem 0; }
</style>
<main>
<h1>Optimization for deep learning</h1>
<p>A course in NumPy, from one gradient step to the optimizers that networks are trained with: thirteen
lessons, for whoever knows Python, matrices and derivatives. They are the same in all three.</p>
<ul>
<li><a href="book/index.html">Read the book</a>: what the lessons draw is there, and moves.</li>
<li><a href="lite/index.html">Work in your browser</a>: the lessons as notebooks, nothing to install.
The first cell takes a while.</li>
<li><a href="slides/index.html">Slides</a> for a lecture.</li>
</ul>
</main>
</html>
"""
BOX = re.compile(r'(<div class="how-to-read">.*?)(</div>)', re.DOTALL)


def with_ways(page, lesson, addresses):
    """Return a lesson's page that leads to what lies beside the book, too, where the site has no address.

    Args:
        page: HTML of the book.
        lesson: its name.
        addresses: as `openings.read` returns them.
    """
    beside = openings.openings(lesson, {**addresses, "site": addresses["site"] or "../.."})
    ways = [way for way in beside if way not in openings.openings(lesson, addresses)]
    links = " · ".join(f'<a href="{html.escape(address)}">{label}</a>' for label, address in ways)
    return BOX.sub(rf"\1<p>{links}</p>\n\2", page, count=1) if ways else page


def main(arguments=None):
    """Put the parts together; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--root", type=pathlib.Path, default=ROOT, help="where the parts lie in `build`")
    root = parser.parse_args(arguments).root
    places = {name: root / place for name, place in PARTS.items()}
    for name, place in places.items():
        if not (place / "index.html").exists():
            print(f"{place / 'index.html'} is not there: `make {name}` builds it", file=sys.stderr)
            return 1
    site, made = root / "build" / "site", root / "build" / "site.new"
    shutil.rmtree(made, ignore_errors=True)
    for name, place in places.items():
        shutil.copytree(place, made / name)
    addresses = openings.read()
    for path in (made / "book" / "lessons").glob("*.html"):
        page = path.read_text(encoding="utf-8")
        path.write_text(with_ways(page, path.stem, addresses), encoding="utf-8")
    (made / "index.html").write_text(FRONT, encoding="utf-8")
    shutil.rmtree(site, ignore_errors=True)
    made.rename(site)
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    print(f"{site}: {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
