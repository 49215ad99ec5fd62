"""Pages as a reader's browser shows them: Chromium without a window; tests skip where it is not there."""

import contextlib
import functools
import html
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import venv
from pathlib import Path

import pytest

from tools.take_pictures import QUIET, chromium

OFFLINE = ("--disable-sync", "--disable-background-networking", "--disable-component-update")
PATIENT = "--virtual-time-budget=20000"
DARK = "--blink-settings=preferredColorScheme=0"
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy"[^>]*>')  # which would forbid the question
# After the page's own scripts have done what they do when it is loaded.
ASK = """<script>
const ask = () => axe.run(
  {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
).then(found => {
  document.body.replaceChildren()
  document.body.textContent = "AXE" + JSON.stringify(found.violations.map(
    one => [one.id, one.nodes.map(node => node.html.slice(0, 120))])) + "EXA"
})
addEventListener("load", () => setTimeout(ask, 500))
</script>"""


def run(page, *arguments, **settings):
    """Open a page in Chromium, as `opened` does; return what it prints."""
    return opened(page, *arguments, **settings).stdout


def console(page, **settings):
    """Open a page in Chromium where no other host can be reached; return the lines of its console."""
    cut = ("--host-resolver-rules=MAP * ~NOTFOUND", "--enable-logging=stderr", "--dump-dom")
    return [line for line in opened(page, *cut, **settings).stderr.splitlines() if "CONSOLE" in line]


def opened(page, *arguments, width=1280, height=2000, dark=False):
    """Open a page in Chromium; return the finished process.

    Args:
        page: a file.
        *arguments: more of Chromium's own, such as `--dump-dom`.
        width: of the window, in pixels; Chromium has none below 500.
        height: likewise.
        dark: whether the reader's system asks for dark colors.
    """
    program = chromium()
    if program is None:
        pytest.skip("no Chromium here (apt-get install chromium)")
    with tempfile.TemporaryDirectory() as profile:
        command = [
            program,
            *QUIET,
            *OFFLINE,
            PATIENT,
            f"--user-data-dir={profile}",
            f"--window-size={width},{height}",
        ]
        command += [*([DARK] if dark else []), *arguments, Path(page).as_uri()]
        return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)


@functools.cache
def axe():
    """Return the source of axe-core, which finds what hinders readers; from npm, once."""
    if shutil.which("npm") is None:
        pytest.skip("no npm here, which axe-core would come from (apt-get install npm)")
    with tempfile.TemporaryDirectory() as room:
        done = subprocess.run(["npm", "pack", "axe-core@4"], cwd=room, capture_output=True, check=False)
        if done.returncode:
            pytest.skip("axe-core cannot be fetched from npm")
        [archive] = Path(room).glob("*.tgz")
        with tarfile.open(archive) as files:
            return files.extractfile("package/axe.min.js").read().decode()


def hindrances(page, room, **settings):
    """Return what axe-core finds on a page: for each rule its name, and the elements that break it."""
    copy = Path(room) / "axe.html"
    text = POLICY.sub("", Path(page).read_text(encoding="utf-8"))
    copy.write_text(text.replace("</body>", f"<script>{axe()}</script>{ASK}</body>"), encoding="utf-8")
    found = re.search(r"AXE(\[.*\])EXA", html.unescape(run(copy, "--dump-dom", **settings)), re.DOTALL)
    return json.loads(found.group(1), strict=False)


@contextlib.contextmanager
def driven(room):
    """Start Chromium for a test that presses keys; playwright drives it, from an environment of its own.

    Args:
        room: an empty folder for the environment.

    Yields:
        Playwright's browser.
    """
    program = chromium()
    if program is None:
        pytest.skip("no Chromium here (apt-get install chromium)")
    venv.create(room, with_pip=True)
    install = [str(room / "bin" / "pip"), "install", "--quiet", "playwright"]
    if subprocess.run(install, capture_output=True, check=False).returncode:
        pytest.skip("playwright cannot be installed")
    [packages] = room.glob("lib/python3*/site-packages")
    sys.path.append(str(packages))
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chrome = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield chrome
        chrome.close()
