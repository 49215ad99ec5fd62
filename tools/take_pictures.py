"""Take the README's pictures of a feedback page and a class report, from the demo's course.

make pictures     # after `make demo`; needs Chromium
"""

import argparse
import io
import pathlib
import shutil
import subprocess
import sys
import tempfile

from PIL import Image

QUIET = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars")
QUALITY = 85
# Name → page of the demo, and the window's width and height in pixels.
PICTURES = {
    "feedback": ("feedback/Bashir/06_momentum/06_momentum.html", 900, 1150),
    "report": ("report/06_momentum.html", 1100, 1150),
}


def chromium():
    """Return Chromium's program, or None where there is none."""
    return shutil.which("chromium") or shutil.which("google-chrome")


def screenshot(program, page, width, height):
    """Return a picture of a page's top, at half its size.

    Args:
        program: Chromium's.
        page: an HTML file.
        width: of the window, in pixels.
        height: likewise.
    """
    with tempfile.TemporaryDirectory() as room:
        shot = pathlib.Path(room) / "shot.png"
        size = [f"--window-size={width},{height}", "--force-device-scale-factor=1.5"]
        profile = f"--user-data-dir={room}/profile"
        command = [program, *QUIET, profile, *size, f"--screenshot={shot}", page.resolve().as_uri()]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        picture = Image.open(io.BytesIO(shot.read_bytes())).convert("RGB")
    return picture.resize((picture.width * 2 // 3, picture.height * 2 // 3), Image.Resampling.LANCZOS)


def main(arguments=None):
    """Take the pictures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("course", type=pathlib.Path, help="where `make demo` has worked")
    parser.add_argument("folder", type=pathlib.Path, help="where the pictures go")
    options = parser.parse_args(arguments)
    program = chromium()
    missing = [name for name, *_ in PICTURES.values() if not (options.course / name).exists()]
    if program is None or missing:
        reason = (
            f"{options.course / missing[0]} is not there: run `make demo`" if missing else "no Chromium here"
        )
        print(reason, file=sys.stderr)
        return 1
    options.folder.mkdir(parents=True, exist_ok=True)
    for name, (page, width, height) in PICTURES.items():
        path = options.folder / f"{name}.webp"
        picture = screenshot(program, options.course / page, width, height)
        picture.save(path, quality=QUALITY, method=6)
        print(f"{path}: {path.stat().st_size // 1000} kB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
