"""A student's session in the browser version: lesson 00, from opening it to the file that is handed in.

    .venv-lite/bin/python tests/lite_session.py SITE FOLDER ANSWERS

Serves SITE on this machine alone, opens it in Chromium, which finds no other address, and writes to FOLDER
what it saw: `seen.json`, the downloaded notebook and screenshots. ANSWERS is a file of JSON: `wrong` and
`right`, each the text of the cell that defines `max_stable_lr`.
"""

import contextlib
import functools
import http.server
import json
import re
import shutil
import sys
import threading
from pathlib import Path
from typing import ClassVar

from playwright.sync_api import expect, sync_playwright

LESSON = "00_gradient_descent"
DESK, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}
PATIENCE = 120_000  # milliseconds, for what takes a second or two on a quiet machine
ALONE = ["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]
ICON = "/favicon.ico"  # which browsers ask a host for, not a site
DONE = re.compile(r"\[\d+\]:")


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves files and prints nothing."""

    extensions_map = http.server.SimpleHTTPRequestHandler.extensions_map | {
        ".mjs": "text/javascript",
        ".wasm": "application/wasm",
    }

    missing: ClassVar[list[str]] = []

    def log_message(self, *arguments):
        """Say nothing."""

    def log_request(self, code="-", size="-"):
        """Note what is not there."""
        if code == 404 and self.path != ICON:
            self.missing.append(self.path)


@contextlib.contextmanager
def served(folder):
    """Serve a folder on the loopback address; lend its address."""
    handler = functools.partial(Quiet, directory=str(folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


class Notebook:
    """A lesson that is open in the browser."""

    def __init__(self, page, address):
        self.page = page
        page.goto(address)
        page.locator(".jp-Notebook .jp-CodeCell").first.wait_for()
        expect(page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute("data-status", "idle")

    def cell(self, text):
        """Return the first code cell whose source holds a text."""
        source = self.page.locator(".jp-InputArea-editor", has_text=text)
        return self.page.locator(".jp-CodeCell", has=source).first

    def write(self, text, source):
        """Write into the code cell that holds a text, in place of what it holds."""
        self.cell(text).locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(source)

    def run(self, text):
        """Run a code cell; return what stands below it."""
        cell = self.cell(text)
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Shift+Enter")
        self.until_idle()
        expect(cell.locator(".jp-InputPrompt")).to_have_text(DONE)
        return "\n".join(cell.locator(".jp-OutputArea-output").all_inner_texts())

    def until_idle(self):
        """Wait until the kernel has done what it was asked."""
        self.page.wait_for_timeout(500)
        expect(self.page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute("data-status", "idle")


def session(page, address, folder, answers):
    """Go through the lesson; return what was seen."""
    page.goto(address)
    page.locator(".jp-DirListing-item").first.wait_for()
    seen = {"lessons": page.locator(".jp-DirListing-itemName").all_inner_texts()}
    page.screenshot(path=folder / "front.png")
    lesson = Notebook(page, f"{address}notebooks/index.html?path={LESSON}.ipynb")
    page.screenshot(path=folder / "opened.png")
    seen["fetched"] = lesson.run("%pip install")
    seen["imported"] = lesson.run("from course_lib import")
    page.keyboard.press("Shift+Enter")  # the text above the picture
    page.keyboard.press("Shift+Enter")  # the picture, whose code is folded away
    lesson.until_idle()
    picture = page.locator(".jp-OutputArea-output img").first
    picture.wait_for()
    before = picture.get_attribute("src")
    slider = page.locator(".noUi-handle").first
    slider.focus()
    page.keyboard.press("ArrowRight")
    lesson.until_idle()
    seen["slider moves"] = page.locator(".jp-OutputArea-output img").first.get_attribute("src") != before
    page.screenshot(path=folder / "picture.png")
    for kind in ("wrong", "right"):
        lesson.write("def max_stable_lr(", answers[kind])
        lesson.run("def max_stable_lr(")
        seen[kind] = lesson.run("check(max_stable_lr)")
        lesson.cell("check(max_stable_lr)").scroll_into_view_if_needed()
        page.screenshot(path=folder / f"{kind}.png")
    with page.expect_download() as download:  # without saving first
        page.locator(".jp-Toolbar").get_by_text("Download", exact=True).click()
    download.value.save_as(folder / download.value.suggested_filename)
    seen["downloaded"] = download.value.suggested_filename
    page.keyboard.press("Control+s")
    lesson.until_idle()
    seen["progress"] = lesson.run("progress()")
    page.screenshot(path=folder / "progress.png")
    again = Notebook(page, page.url)
    seen["kept"] = again.cell("def max_stable_lr(").locator(".cm-content").text_content()
    page.set_viewport_size(PHONE)
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_timeout(1000)
    page.screenshot(path=folder / "phone.png")
    page.set_viewport_size(DESK)
    lab = Notebook(page, f"{address}lab/index.html?path={LESSON}.ipynb")
    seen["kept in JupyterLab"] = lab.cell("def max_stable_lr(").locator(".cm-content").text_content()
    page.screenshot(path=folder / "lab.png")
    lab.write("answer = 6 * 7", "while True:\n    pass")
    page.keyboard.press("Shift+Enter")
    expect(page.locator(".jp-Notebook-ExecutionIndicator")).to_have_attribute("data-status", "busy")
    page.locator(".lm-MenuBar-itemLabel", has_text="Kernel").click()
    page.locator(".lm-Menu-itemLabel").get_by_text("Restart Kernel…", exact=True).click()
    page.get_by_role("button", name="Confirm Kernel Restart").click()
    lab.until_idle()
    lab.write("while True:", "print(6 * 7)")
    seen["after a loop without end"] = lab.run("print(6 * 7)")
    return seen


def is_a_fault(said):
    """Say whether the console tells of one; that a host has no picture of its own is none of the site's."""
    return said.type == "error" and not said.location["url"].endswith(ICON)


def main(site, folder, answers):
    """Run the session, and write down what was seen."""
    folder = Path(folder)
    answers = json.loads(Path(answers).read_text(encoding="utf-8"))
    with served(site) as address, sync_playwright() as play:
        chromium = (
            shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
        )
        browser = play.chromium.launch(executable_path=chromium, args=ALONE)
        context = browser.new_context(viewport=DESK)
        context.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)
        elsewhere, errors = [], []
        ours = (address, "data:", "blob:")
        context.on("request", lambda asked: asked.url.startswith(ours) or elsewhere.append(asked.url))
        page = context.new_page()
        page.on("console", lambda said: is_a_fault(said) and errors.append(said.text))
        page.on("pageerror", lambda error: errors.append(str(error)))
        try:
            seen = session(page, address, folder, answers)
        except Exception:
            page.screenshot(path=folder / "failed.png")
            print(elsewhere, Quiet.missing, errors, file=sys.stderr)
            raise
        browser.close()
    seen |= {"elsewhere": elsewhere, "missing": Quiet.missing, "errors": errors}
    (folder / "seen.json").write_text(json.dumps(seen, ensure_ascii=False, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
