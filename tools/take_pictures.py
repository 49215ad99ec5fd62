"""Take the README's pictures: a feedback page and a class report of the demo's course, and the book.

make pictures     # after `make demo` and `make book`; needs Chromium
"""

import argparse
import io
import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from PIL import Image

QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars")
QUALITY = 85
SCALE = 1.5  # so much larger it is drawn, for smooth letters
# Name → who makes the page, the page, the window's width and height in pixels, and what stands at its foot.
PICTURES = {
    "feedback": ("demo", "feedback/Bashir/06_momentum/06_momentum.html", 900, 1150, ""),
    "report": ("demo", "report/06_momentum.html", 1100, 1150, ""),
    "book": ("book", "lessons/06_momentum.html", 1200, 1150, ".live-figure"),
    "exercise": ("book", "lessons/06_momentum.html", 900, 1150, "#exercise-momentum"),
    "phone": ("book", "lessons/06_momentum.html", 390, 844, "#guess-06-momentum-animation"),
}
# A window is never narrower than 500 pixels, but a frame in it is. Pages still grow when they
# are loaded, since figures get their sliders.
FRAME = """<!doctype html><style>body {{ margin: 0; overflow: hidden }}</style>
<iframe src="{page}" style="border: 0; height: {height}px; width: {width}px"></iframe>
<script>
document.querySelector("iframe").onload = loaded => {{
  const shown = loaded.target.contentDocument, foot = shown.querySelector({foot})
  const show = () => foot.scrollIntoView({{behavior: "instant", block: "end"}})
  if (foot) new ResizeObserver(show).observe(shown.body)
}}
</script>"""


def chromium():
    """Return Chromium's program, or None where there is none."""
    return shutil.which("chromium") or shutil.which("google-chrome")


def screenshot(program, page, width, height, foot):
    """Return a picture of a page as a reader sees it.

    Args:
        program: Chromium's.
        page: an HTML file.
        width: of the window, in pixels.
        height: likewise.
        foot: selects the element whose end stands at the window's foot; "" for the page's top.
    """
    with tempfile.TemporaryDirectory() as room:
        shot, frame = pathlib.Path(room) / "shot.png", pathlib.Path(room) / "frame.html"
        address = page.resolve().as_uri()
        text = FRAME.format(page=address, width=width, height=height, foot=json.dumps(foot or "none"))
        frame.write_text(text, encoding="utf-8")
        command = [program, *QUIET, "--allow-file-access-from-files", "--virtual-time-budget=10000"]
        command += [f"--user-data-dir={room}/profile", f"--window-size={max(width, 500)},{height}"]
        command += [f"--force-device-scale-factor={SCALE}", f"--screenshot={shot}", frame.as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        picture = Image.open(io.BytesIO(shot.read_bytes())).convert("RGB")
    picture = picture.crop((0, 0, round(width * SCALE), round(height * SCALE)))
    return picture.resize((width, height), Image.Resampling.LANCZOS)


def main(arguments=None):
    """Take the pictures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("demo", type=pathlib.Path, help="where `make demo` has worked")
    parser.add_argument("book", type=pathlib.Path, help="where `make book` has put the pages")
    parser.add_argument("folder", type=pathlib.Path, help="where the pictures go")
    parser.add_argument("--only", nargs="*", choices=PICTURES, default=PICTURES, help="take these alone")
    options = parser.parse_args(arguments)
    program = chromium()
    if program is None:
        print("no Chromium here", file=sys.stderr)
        return 1
    options.folder.mkdir(parents=True, exist_ok=True)
    for name in options.only:
        maker, page, *how = PICTURES[name]
        page = getattr(options, maker) / page
        if not page.exists():
            print(f"{page} is not there: run `make {maker}`", file=sys.stderr)
            return 1
        path = options.folder / f"{name}.webp"
        screenshot(program, page, *how).save(path, quality=QUALITY, method=6)
        print(f"{path}: {path.stat().st_size // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
