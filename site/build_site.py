"""Put book, slides and browser version beside each other, as they are published: to `build/site`.

make site     # builds the three first
"""

import argparse
import pathlib
import shutil
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
# Folder of the site → where the part is built. `site/addresses.toml` says where the whole is published.
PARTS = {"book": "build/book/html", "slides": "build/slides", "lite": "build/lite/html"}
FRONT = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta http-equiv="refresh" content="0; url=book/index.html">
<title>Optimization for deep learning</title>
<p><a href="book/index.html">Optimization for deep learning</a></p>
</html>
"""


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
    (made / "index.html").write_text(FRONT, encoding="utf-8")
    shutil.rmtree(site, ignore_errors=True)
    made.rename(site)
    size = sum(path.stat().st_size for path in site.rglob("*") if path.is_file())
    print(f"{site}: {size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
