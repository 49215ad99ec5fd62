"""The hub of deploy/jupyterhub: set up by its script, and used by a class in Chromium.

Needs root, on a Debian or Ubuntu: it makes accounts, and removes them at its end. What each saw at each
station is left in build/hub/.
"""

import contextlib
import json
import os
import pathlib
import pwd
import re
import secrets
import shutil
import signal
import site
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request

import nbformat
import pytest

from autograde_tests.engine import exercises
from tests.classroom import LESSON, solution_of
from tools.take_pictures import chromium

ROOT = pathlib.Path(__file__).resolve().parent.parent
DEPLOY = ROOT / "deploy" / "jupyterhub"
PICTURES = ROOT / "build" / "hub"
GROUPS = ("course-instructors", "course-students")
PATIENCE = 300  # seconds for what a person would wait for; a busy machine is slow
FORGETS = """\
def momentum(params, grads, state=None, *, lr, beta=0.9):
    state = (1 - beta) * grads
    return params - lr * state, state
"""
HINT = "The old velocity is missing"
OPINION = "The velocity remembers, so it overshoots: lower beta, or the rate."
COMMENT = "Well seen."
RIGHT = {f"{exercise.name}-answer": solution_of(exercise) for exercise in exercises.of_lesson(LESSON)}
FILES = pathlib.Path(LESSON) / f"{LESSON}.ipynb"

# A page of a student's own server that answers to everybody, and asks for the reader's own files.
LURE = """
import tornado.web

PAGE = '''<!doctype html><title>A hint for you</title><pre id="got"></pre><script>
const got = [], theirs = %(theirs)r
const note = what => { got.push(what); document.getElementById("got").textContent = got.join("\\\\n") }
async function ask(url, options) {
  try {
    const reply = await fetch(url, {credentials: "include", ...options})
    if (reply.ok && !reply.url.includes("/hub/")) note("GOT " + url + " " + (await reply.text()).slice(0, 80))
  } catch (refused) {}
}
async function all() {
  for (const page of ["api/contents", "formgrader/api/assignments", "lab"]) await ask(theirs + page)
  await ask(theirs + "api/kernels", {method: "POST", body: "{}"})
  const frame = document.createElement("iframe")
  frame.src = theirs + "lab"
  document.body.append(frame)
  await new Promise(done => setTimeout(done, 5000))
  try {
    if (frame.contentDocument.cookie || frame.contentWindow.location.href) note("GOT a frame")
  } catch (refused) {}
  note("TRIED")
}
all()
</script>'''


class Lure(tornado.web.RequestHandler):
    def get(self):
        self.finish(PAGE)


def _load_jupyter_server_extension(server):
    server.web_app.add_handlers(".*", [(server.base_url + "lure", Lure)])


def _jupyter_server_extension_points():
    return [{"module": "lure"}]
"""

# Puts answers into a notebook through the server's own interface, as JupyterLab saves it.
WRITE_ANSWERS = """async ([path, answers, opinion]) => {
  const settings = JSON.parse(document.getElementById("jupyter-config-data").textContent)
  const url = document.location.origin + settings.baseUrl + "api/contents/" + path
  const headers = {"X-XSRFToken": document.cookie.match(/_xsrf=([^;]*)/)[1]}
  const content = (await (await fetch(url, {headers})).json()).content
  for (const cell of content.cells) {
    const id = (cell.metadata.nbgrader || {}).grade_id
    if (id in answers) cell.source = answers[id]
    cell.source = cell.source.replace("YOUR ANSWER HERE", opinion)
  }
  const body = JSON.stringify({type: "notebook", format: "json", content})
  return (await fetch(url, {method: "PUT", body, headers})).status
}"""


def run(*command, **settings):
    """Run a command; return what it says."""
    words = list(map(str, command))
    done = subprocess.run(words, capture_output=True, text=True, check=False, **settings)
    assert done.returncode == 0, f"{words}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def free_ports(count):
    """Return ports of the loopback that nobody listens at."""
    with contextlib.ExitStack() as held:
        sockets = [held.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


class Hub:
    """A hub in a folder of its own, with accounts of its own.

    Args:
        prefix: the folder.
    """

    def __init__(self, prefix):
        self.prefix = pathlib.Path(prefix)
        mark = secrets.token_hex(2)
        self.professor, self.ada, self.bob, self.mallory, self.zoe = (
            f"{name}-{mark}" for name in ("prof", "ada", "bob", "mallory", "zoe")
        )
        self.passwords = {}
        self.groups = set(GROUPS) - set(pathlib.Path("/etc/group").read_text().replace(":", "\n").split("\n"))
        front, hub, proxy = free_ports(3)
        # A domain of its own for each user's server, as the README advises; browsers find *.localhost here.
        self.front, self.proxy_api, self.address = front, proxy, f"http://hub.localhost:{front}"
        self.options = [
            f"--JupyterHub.bind_url=http://127.0.0.1:{front}",
            f"--JupyterHub.subdomain_host={self.address}",
            f"--JupyterHub.hub_port={hub}",
            f"--ConfigurableHTTPProxy.api_url=http://127.0.0.1:{proxy}",
        ]
        self.process = None

    def install(self):
        """Run the script, as an administrator does."""
        return run(DEPLOY / "install.sh", "--instructor", self.professor, "--prefix", self.prefix)

    def add_students(self, *names):
        """Make accounts; remember the passwords that are printed."""
        said = run(DEPLOY / "add_students.sh", input="".join(f"{name} \r\n" for name in names) + "\n")
        self.passwords |= dict(line.split("\t") for line in said.splitlines())

    def give_password(self, name):
        """Change a password, as `passwd` does."""
        self.passwords[name] = secrets.token_hex(8)
        run("chpasswd", input=f"{name}:{self.passwords[name]}\n")

    def home(self, name):
        """Return a user's home."""
        return pathlib.Path(pwd.getpwnam(name).pw_dir)

    @property
    def course(self):
        """The instructor's course."""
        return self.home(self.professor) / "optimization"

    def start(self):
        """Start the hub, and wait until it answers."""
        log = open(self.prefix / "state" / "hub.log", "ab")  # noqa: SIM115 - the hub's, as long as it runs
        command = [self.prefix / "hub/bin/jupyterhub", "--config", self.prefix / "etc/jupyterhub_config.py"]
        self.process = subprocess.Popen(
            [*map(str, command), *self.options],
            cwd=self.prefix / "state",
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            env={"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME": "/root"},
        )
        wait_until(self._answers, "the hub answers")

    def _answers(self):
        assert self.process.poll() is None, (self.prefix / "state" / "hub.log").read_text()[-3000:]
        with contextlib.suppress(OSError):
            request = urllib.request.Request(f"http://127.0.0.1:{self.front}/hub/login")
            request.add_header("Host", self.address.split("//")[1])
            return urllib.request.urlopen(request, timeout=5).status == 200
        return False

    def stop(self):
        """Stop the hub, which stops its servers."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait(60)

    def remove(self):
        """Remove the accounts, with all that runs in their names, the groups and the folder."""
        for name in [self.professor, self.ada, self.bob, self.mallory, self.zoe]:
            with contextlib.suppress(KeyError):
                end_processes_of(pwd.getpwnam(name).pw_uid)
                subprocess.run(["userdel", "--remove", name], capture_output=True, check=False)
        for group in self.groups:
            subprocess.run(["groupdel", group], capture_output=True, check=False)
        shutil.rmtree(self.prefix, ignore_errors=True)


def end_processes_of(user):
    """Kill what an account that is to be removed has left running."""
    for place in pathlib.Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if place.stat().st_uid == user:
                os.kill(int(place.name), signal.SIGKILL)


def wait_until(holds, what, pause=lambda: time.sleep(0.5)):
    """Ask again until something holds."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, f"in {PATIENCE} s it did not come to this: {what}"
        pause()


class Person:
    """Somebody at a browser.

    Args:
        browser: playwright's.
        hub: a `Hub`.
        name: of the account.
    """

    def __init__(self, browser, hub, name):
        self.hub, self.name, self.role = hub, name, name.partition("-")[0]
        self.context = browser.new_context(viewport={"width": 1600, "height": 1000})
        self.context.set_default_timeout(PATIENCE * 1000)
        self.elsewhere = []
        self.context.on("request", self._note)
        self.page = self.context.new_page()

    def _note(self, request):
        place = request.url.split("/")[2] if "://" in request.url else ""
        ours = place.partition(":")[0].endswith("localhost")
        if request.url.startswith(("http", "ws")) and not ours:
            self.elsewhere.append(request.url)

    @property
    def server(self):
        """The address of this person's server."""
        return f"{self.hub.address.replace('//', f'//{self.name}.')}/user/{self.name}/"

    def log_in(self):
        """Log in with the password, and wait for JupyterLab."""
        self.page.goto(self.hub.address)
        self.picture("log-in")
        self.page.fill("#username_input", self.name)
        self.page.fill("#password_input", self.hub.passwords[self.name])
        self.page.click("#login_submit")
        self.page.wait_for_url("**/lab**")
        self.page.wait_for_selector("#jp-main-dock-panel")
        self.page.wait_for_selector(".jp-DirListing-content")

    def picture(self, station):
        """Keep what is seen."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / f"{self.role}-{station}.png")

    def menu(self, *path):
        """Choose from JupyterLab's menus."""
        self.page.click(f".lm-MenuBar-itemLabel:text-is('{path[0]}')")
        self.page.click(f".lm-Menu-itemLabel:text-is('{path[1]}')")

    def in_a_terminal(self, command, file):
        """Type a command into a terminal of JupyterLab, and wait for the file that it makes."""
        self.page.goto(f"{self.server}lab?reset")
        self.page.wait_for_selector(".jp-DirListing-content")
        self.page.click(".lm-MenuBar-itemLabel:text-is('File')")
        self.page.hover(".lm-Menu-itemLabel:text-is('New')")
        self.page.click(".lm-Menu-itemLabel:text-is('Terminal')")
        self.page.wait_for_selector(".jp-Terminal-body .xterm-screen")
        self.page.wait_for_timeout(2000)
        self.page.click(".jp-Terminal-body .xterm-screen")
        self.page.keyboard.type(f"{command}\n")
        self.wait_until(file.exists, command)
        self.page.wait_for_timeout(1000)

    def menu_entries(self, menu):
        """Return what a menu offers."""
        self.page.click(f".lm-MenuBar-itemLabel:text-is('{menu}')")
        self.page.wait_for_selector(".lm-Menu-itemLabel")
        found = [label for label in self.page.locator(".lm-Menu-itemLabel").all_inner_texts() if label]
        self.page.keyboard.press("Escape")
        return found

    def status_of(self, url):
        """Return the status with which a page opens for this person, once all redirections are over."""
        page = self.context.new_page()
        try:
            return page.goto(url).status
        finally:
            page.close()

    def open(self, path):
        """Open a file in JupyterLab."""
        self.page.goto(f"{self.server}lab/tree/{path}")

    def open_notebook(self, path):
        """Open a notebook, and wait until its kernel can be asked."""
        self.open(path)
        self.page.wait_for_selector(".jp-Notebook .jp-CodeCell")
        self.page.wait_for_selector(".jp-Notebook-ExecutionIndicator[data-status='idle']")

    def cell(self, text):
        """Return the cell that is seen to hold a text."""
        return self.page.locator(f".jp-Cell:has(.cm-content:has-text({json.dumps(text)}))").first

    def execute(self, cell):
        """Run a cell with the keyboard; return its output when there is one."""
        prompt = cell.locator(".jp-InputPrompt")
        before = prompt.inner_text()
        for press in range(PATIENCE):
            if prompt.inner_text() != before:
                break
            if press % 15 == 0:  # what is pressed before the kernel is there may be lost, so again
                cell.locator(".cm-content").click()
                self.page.keyboard.press("Control+Enter")
            self.page.wait_for_timeout(1000)
        self.wait_until(lambda: prompt.inner_text() not in (before, "[*]:"), "the cell has run")
        return cell.locator(".jp-OutputArea").last

    def wait_until(self, holds, what):
        """Ask again until something holds, while the browser goes on."""
        wait_until(holds, what, pause=lambda: self.page.wait_for_timeout(300))

    def write_answers(self, answers, opinion=OPINION):
        """Put answers into one's own lesson without the keyboard."""
        assert self.page.evaluate(WRITE_ANSWERS, [str(FILES), answers, opinion]) == 200

    def fetch(self):
        """Press "Fetch" in the list of assignments."""
        self.assignments()
        self.picture("assignments")
        self.page.click("#released_assignments_list button:text-is('Fetch')")
        self.page.wait_for_selector("#fetched_assignments_list button:text-is('Submit')")

    def fetch_feedback(self):
        """Press "Fetch Feedback", and open the page that came; return its text."""
        self.assignments()
        self.page.click("#submitted_assignments_list button:text-is('Fetch Feedback')")
        self.page.locator("a:has-text('(view feedback)')").last.click()
        self.page.locator(f".jp-DirListing-item:has-text('{LESSON}.html')").dblclick()
        body = self.page.frame_locator(".jp-HTMLViewer iframe").locator("body")
        body.locator(":text('of 20 points')").first.wait_for()
        self.picture("feedback")
        return body.inner_text()

    def validate(self):
        """Press "Validate" in the list of assignments; return what it says."""
        self.assignments()
        self.page.click("#fetched_assignments_list .assignment-notebooks-link")
        self.page.click("#fetched_assignments_list button:text-is('Validate')")
        said = self.page.wait_for_selector(".jp-Dialog-body").inner_text()
        self.picture("validated")
        self.page.click(".jp-Dialog-button >> nth=-1")
        return said

    def write(self, cell, text):
        """Put a text in the place of what stands in a cell."""
        cell.locator(".cm-content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def write_opinion(self, text):
        """Answer the free question: open the cell with the mouse, put a text where the answer shall stand."""
        rendered = self.page.locator(".jp-MarkdownCell:has-text('YOUR ANSWER HERE')").last
        rendered.locator(".jp-RenderedMarkdown").dblclick()
        stub = rendered.locator(".cm-line:has-text('YOUR ANSWER HERE')")
        stub.click()
        self.page.keyboard.press("Home")
        self.page.keyboard.press("Shift+End")
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Control+Enter")

    def save(self):
        """Save with the keyboard."""
        self.page.keyboard.press("Control+s")
        self.page.wait_for_timeout(2000)

    def assignments(self):
        """Open nbgrader's list of assignments."""
        self.page.goto(f"{self.server}lab?reset")
        self.page.wait_for_selector(".jp-DirListing-content")
        self.menu("Nbgrader", "Assignment List")
        self.page.wait_for_selector("#released_assignments_list_loading", state="hidden")
        self.page.wait_for_selector(f"#assignments :text('{LESSON}')")

    def hand_in(self):
        """Press "Submit", and wait until the submission is listed."""
        before = len(list(inbound_of(self.hub, self.name)))
        self.page.click("#fetched_assignments_list button:text-is('Submit')")
        self.wait_until(
            lambda: len(list(inbound_of(self.hub, self.name))) > before, "the submission is there"
        )
        self.page.wait_for_timeout(2000)


def inbound_of(hub, name):
    """Return what somebody has handed in."""
    return (hub.prefix / "exchange/optimization/inbound").glob(f"{name}+{LESSON}+*")


class Formgrader:
    """Formgrader as it stands in a tab of the instructor's JupyterLab."""

    def __init__(self, person):
        self.person, self.page = person, person.page
        self.page.goto(f"{person.server}lab?reset")
        self.page.wait_for_selector(".jp-DirListing-content")
        person.menu("Nbgrader", "Formgrader")
        self.frame = self.page.wait_for_selector("iframe").content_frame()
        self.frame.wait_for_selector(f"td:has-text('{LESSON}')")

    def submissions(self):
        """Open the list of a lesson's submissions."""
        self.frame.click(f"tr:has(td:has-text('{LESSON}')) td.num-submissions a")
        self.frame.wait_for_selector("td.autograde a")

    def scores(self):
        """Return student → score, as the list of submissions shows them."""
        rows = self.frame.locator("tbody tr").all()
        return {row.locator(".student-id").inner_text(): row.locator(".score").inner_text() for row in rows}

    def mark(self, student, points, comment):
        """Mark a student's free answer."""
        self.frame.goto(f"{self.person.server}formgrader/gradebook/{LESSON}/{LESSON}")
        self.frame.wait_for_selector("td.needs-manual-grade .glyphicon")
        self.person.picture("manual-grading")
        self.frame.click(f"tr:has(a.name-shown:has-text('{student}')) a.name-hidden")
        # What is typed before the page has its numbers is lost: the mark that waits is painted then.
        self.frame.wait_for_selector("#momentum-question.needs_manual_grade")
        for field, text in (("", str(points)), ("-comment", comment)):
            box = self.frame.locator(f"#momentum-question{field}")
            box.fill(text)
            box.press("Tab")
            self.page.wait_for_timeout(2000)
        self.frame.wait_for_selector("#momentum-question:not(.needs_manual_grade)")
        self.frame.locator("#momentum-question").scroll_into_view_if_needed()
        self.person.picture("marked")

    def press(self, row, column):
        """Press a button of a row, and return what is said of it."""
        self.frame.click(f"tr:has(td:has-text('{row}')) td.{column} a")
        self.frame.wait_for_selector(".modal.in .modal-title")
        said = self.frame.locator(".modal.in .modal-title").inner_text()
        body = self.frame.locator(".modal.in .modal-body").inner_text()
        assert said.startswith("Success"), body[-3000:]
        self.person.picture(f"formgrader-{column}")
        self.frame.click(".modal.in .modal-footer button")
        self.frame.wait_for_selector(".modal.in", state="detached")
        self.page.wait_for_timeout(500)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "--instructor NAME"),
        (["--instructor"], "needs a name"),
        (["--instructor", "Grace Hopper"], "small letters"),
        (["--instructor", "root"], "not root"),
        (["--instructor", "grace", "--prefix", "here"], "begins with /"),
        (["grace"], "unknown argument grace"),
    ],
)
def test_a_mistake_in_the_command_is_a_sentence_and_changes_nothing(arguments, told):
    """Does the script say what is wrong, before it does anything?"""
    asked = subprocess.run([DEPLOY / "install.sh", *arguments], capture_output=True, text=True, check=False)
    assert asked.returncode == 1
    assert asked.stdout == ""
    assert told in asked.stderr
    assert asked.stderr.count("\n") == 1


def settings_of(prefix, **files):
    """Read the hub's settings as they stand in a folder with further files."""
    from traitlets.config.loader import PyFileConfigLoader

    etc = prefix / "etc"
    etc.mkdir()
    shutil.copy(DEPLOY / "jupyterhub_config.py", etc)
    for name, text in files.items():
        (etc / name.replace("_", ".")).write_text(text)
    return PyFileConfigLoader("jupyterhub_config.py", path=str(etc)).load_config()


def test_without_a_certificate_the_hub_answers_to_its_machine_alone(tmp_path):
    """Does no password cross a network in the clear?"""
    hub = settings_of(tmp_path).JupyterHub
    assert hub.bind_url == "http://127.0.0.1:8000"
    assert "ssl_cert" not in hub
    assert "subdomain_host" not in hub


def test_certificate_domain_and_further_settings_are_taken_where_they_lie(tmp_path):
    """Are the files that the README names read, and the further settings last?"""
    files = {"tls_crt": "", "tls_key": "", "domain": "hub.example.org\n"}
    config = settings_of(tmp_path, **files, extra_py="c.Spawner.default_url = '/tree'\n")
    assert config.JupyterHub.bind_url == "https://:443"
    assert config.JupyterHub.ssl_key == str(tmp_path / "etc" / "tls.key")
    assert config.JupyterHub.subdomain_host == "https://hub.example.org"
    assert config.Spawner.default_url == "/tree"


def test_each_file_of_the_folder_is_explained():
    """Does the README name each, and does each link lead somewhere?"""
    readme = (DEPLOY / "README.md").read_text(encoding="utf-8")
    assert [
        path.name for path in DEPLOY.iterdir() if path.name not in readme and path.name != "README.md"
    ] == []
    links = re.findall(r"\]\(([^):#]+)\)", readme)
    assert [link for link in links if not (DEPLOY / link).exists()] == []


@pytest.fixture(scope="module")
def chrome(tmp_path_factory):
    """Chromium, driven by playwright, which is in an environment of its own: the course needs none."""
    if chromium() is None:
        pytest.skip("no Chromium here (apt-get install chromium)")
    folder = tmp_path_factory.mktemp("playwright")
    run(sys.executable, "-m", "venv", folder)
    install = [folder / "bin" / "pip", "install", "--quiet", "playwright"]
    if subprocess.run(list(map(str, install)), capture_output=True, check=False).returncode:
        pytest.skip("playwright cannot be installed")
    [packages] = folder.glob("lib/python3*/site-packages")
    site.addsitedir(str(packages))
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def hub():
    """A hub that runs, with its instructor and three students, who have not logged in yet."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        pytest.skip("needs root, on Debian or Ubuntu")
    prefix = tempfile.mkdtemp(prefix="course-hub-", dir="/opt")
    os.chmod(prefix, 0o755)
    hub = Hub(prefix)
    try:
        hub.install()
        hub.add_students(hub.ada, hub.bob, hub.mallory)
        hub.give_password(hub.professor)
        lay_a_lure(hub)
        hub.start()
        yield hub
    finally:
        try:
            hub.stop()
        finally:
            hub.remove()


def lay_a_lure(hub):
    """Have mallory's own server answer everybody, with a page that asks for the instructor's files."""
    home = hub.home(hub.mallory)
    theirs = f"{hub.address.replace('//', f'//{hub.professor}.')}/user/{hub.professor}/"
    settings = home / ".jupyter"
    settings.mkdir()
    (settings / "lure.py").write_text(LURE % {"theirs": theirs}, encoding="utf-8")
    config = ["import sys", f"sys.path.insert(0, {str(settings)!r})"]
    config += ["c.ServerApp.jpserver_extensions.update({'lure': True})"]
    (settings / "jupyter_server_config.py").write_text("\n".join(config))
    run("chown", "--recursive", hub.mallory, home)


@pytest.fixture(scope="module")
def people(hub, chrome):
    """Everybody, at a browser of their own."""
    return [Person(chrome, hub, name) for name in (hub.professor, hub.ada, hub.bob, hub.mallory)]


def attack(hub, mallory):
    """Have mallory run all attempts in a notebook of their own; return attempt → what it got hold of."""
    facts = {
        "prefix": str(hub.prefix),
        "exchange": str(hub.prefix / "exchange" / "optimization"),
        "lesson": LESSON,
        "address": hub.address,
        "proxy_api": hub.proxy_api,
        "others": {name: str(hub.home(name)) for name in (hub.professor, hub.ada, hub.bob)},
    }
    source = (ROOT / "tests" / "hub_attacker.py").read_text(encoding="utf-8")
    cells = [source, f"FACTS = {facts!r}", "main()"]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    home = hub.home(mallory.name)
    nbformat.write(notebook, home / "attack.ipynb")
    run("chown", mallory.name, home / "attack.ipynb")
    mallory.open_notebook("attack.ipynb")
    for text in ("import http.client", "FACTS = {'prefix'", "main()"):
        mallory.execute(mallory.page.locator(f'.jp-Cell:has(.cm-content:has-text("{text}"))').last)
    mallory.picture("attack")
    return json.loads((home / "gained.json").read_text())


def entered(hub, mallory, others):
    """Open others' pages in mallory's browser; return those that open."""
    pages = {f"{hub.address}/hub/admin", f"{mallory.server}formgrader/manage_assignments"}
    for one in others:
        pages |= {one.server + page for page in ("lab", "api/contents", "formgrader/manage_assignments")}
        pages |= {f"{hub.address}/hub/spawn/{one.name}"}
    statuses = {page: mallory.status_of(page) for page in sorted(pages)}
    return {page: status for page, status in statuses.items() if status < 400}


def lured(professor, mallory):
    """Have the instructor open a page of mallory's; return what that page got hold of."""
    page = professor.context.new_page()
    page.goto(f"{mallory.server}lure")
    page.wait_for_selector("#got:has-text('TRIED')")
    got = page.locator("#got").inner_text()
    page.close()
    return got


@pytest.mark.slow
def test_a_lesson_goes_out_and_comes_back_while_somebody_attacks(hub, people):
    """From release to feedback, does each get their own, and the attacker nothing?"""
    professor, ada, bob, mallory = people
    professor.log_in()
    (hub.course / "names.csv").write_text(
        "id,first_name,last_name\n"
        + "".join(f"{one.name},{one.role.title()},Example\n" for one in (ada, bob, mallory))
    )
    names_are_in = "nbgrader db student import names.csv && touch names-are-in"
    professor.in_a_terminal(f"cd optimization && {names_are_in}", hub.course / "names-are-in")
    formgrader = Formgrader(professor)
    formgrader.press(LESSON, "assign")
    formgrader.press(LESSON, "release")
    assert {"Formgrader", "Create assignment"} <= set(professor.menu_entries("Nbgrader"))

    ada.log_in()
    assert ada.menu_entries("Nbgrader") == ["Assignment List"]
    ada.fetch()
    ada.open_notebook(FILES)
    ada.execute(ada.cell("import numpy as np"))
    ada.write(ada.cell("def momentum(params"), FORGETS)
    ada.execute(ada.cell("def momentum(params"))
    assert HINT in ada.execute(ada.cell("check(momentum)")).inner_text()
    ada.picture("check-wrong")
    ada.write_opinion(OPINION)
    ada.save()
    ada.assignments()
    ada.hand_in()
    ada.open_notebook(FILES)
    ada.write(ada.cell("def momentum(params"), RIGHT["momentum-answer"])
    ada.execute(ada.cell("def momentum(params"))
    assert "✓ momentum" in ada.execute(ada.cell("check(momentum)")).inner_text()
    ada.picture("check-right")
    ada.save()
    ada.assignments()
    ada.hand_in()
    ada.picture("submitted")

    bob.log_in()
    bob.fetch()
    assert "failed:" in bob.validate()
    bob.write_answers(RIGHT)
    assert "Success" in bob.validate()
    bob.hand_in()

    mallory.log_in()
    mallory.fetch()
    mallory.write_answers({"momentum-answer": RIGHT["momentum-answer"]}, opinion="YOUR ANSWER HERE")
    mallory.hand_in()
    gained = attack(hub, mallory)
    assert {attempt: got for attempt, got in gained.items() if got} == {}
    assert entered(hub, mallory, (professor, ada, bob)) == {}
    assert lured(professor, mallory) == "TRIED"

    formgrader = Formgrader(professor)
    formgrader.press(LESSON, "collect")
    formgrader.submissions()
    for one in (ada, bob, mallory):
        formgrader.press(one.name, "autograde")
    professor.picture("graded")
    assert formgrader.scores() == {ada.name: "4 / 20", bob.name: "17 / 20", mallory.name: "4 / 20"}
    formgrader.mark("Ada", 2, COMMENT)
    formgrader = Formgrader(professor)
    formgrader.press(LESSON, "generate-feedback")
    formgrader.press(LESSON, "release-feedback")

    told = ada.fetch_feedback()
    assert "6 of 20 points" in told
    assert COMMENT in told
    assert "4 of 20 points" in mallory.fetch_feedback()
    professor.in_a_terminal("cd ~/optimization && autograder report", hub.course / "report" / "index.html")
    professor.picture("terminal")
    professor.open(f"optimization/report/{LESSON}.html")
    professor.page.frame_locator(".jp-HTMLViewer iframe").locator("body").wait_for()
    professor.page.wait_for_timeout(2000)
    professor.picture("report")
    assert [one.elsewhere for one in people] == [[], [], [], []]


MENDED = "A sentence that the first edition did not have."


@pytest.mark.slow
def test_halfway_through_a_term(hub, people, chrome):
    """Script run again, a student who comes later and hands in late, a lesson mended, a password changed."""
    professor, ada, *_ = people
    before = everything(hub)
    hub.install()
    assert everything(hub) == before

    for name in ("Zoe", "root", hub.professor):
        refused = subprocess.run(
            [DEPLOY / "add_students.sh", hub.zoe, name], capture_output=True, check=False
        )
        assert refused.returncode == 1
        assert everything(hub) == before
    hub.add_students(hub.ada, hub.zoe)
    assert set(hub.passwords) == {hub.professor, hub.ada, hub.bob, hub.mallory, hub.zoe}
    zoe = Person(chrome, hub, hub.zoe)
    zoe.log_in()

    solutions = hub.course / "solutions" / FILES
    notebook = nbformat.read(solutions, as_version=4)
    notebook.cells[0].source += f"\n\n{MENDED}"
    nbformat.write(notebook, solutions)
    formgrader = Formgrader(professor)
    for column in ("assign", "release", "release"):  # the second takes the first edition back
        formgrader.press(LESSON, column)
    zoe.fetch()
    assert MENDED in (hub.home(zoe.name) / FILES).read_text()
    newer = hub.prefix / "exchange" / "optimization" / "outbound"
    ada.in_a_terminal(
        f"python -m autograde_tests update {newer} && touch updated", hub.home(ada.name) / "updated"
    )
    ada.picture("updated")
    kept = (hub.home(ada.name) / FILES).read_text()
    assert MENDED in kept
    assert OPINION in kept

    due = "2020-01-01 00:00:00 UTC"
    is_due = f"nbgrader db assignment add {LESSON} --duedate='{due}' && touch is-due"
    professor.in_a_terminal(f"cd ~/optimization && {is_due}", hub.course / "is-due")
    zoe.write_answers(RIGHT)
    zoe.hand_in()
    formgrader = Formgrader(professor)
    formgrader.press(LESSON, "collect")
    formgrader.submissions()
    formgrader.press(zoe.name, "autograde")
    assert formgrader.scores()[zoe.name] == "17 / 20"
    professor.picture("a-late-student")

    old = hub.passwords[hub.professor]
    hub.give_password(hub.professor)
    again = Person(chrome, hub, hub.professor)
    again.log_in()
    hub.passwords[hub.professor] = old
    stranger = Person(chrome, hub, hub.professor)
    stranger.page.goto(hub.address)
    stranger.page.fill("#username_input", hub.professor)
    stranger.page.fill("#password_input", old)
    stranger.page.click("#login_submit")
    stranger.page.wait_for_selector("text=Invalid username or password")


def everything(hub):
    """Return file → content or mode, of what belongs to people and not to the script."""
    places = [hub.home(name) for name in (hub.professor, hub.ada, hub.bob, hub.mallory)]
    places += [hub.prefix / "exchange", hub.prefix / "state" / "cookie_secret", pathlib.Path("/etc/passwd")]
    places += [pathlib.Path("/etc/group"), pathlib.Path("/etc/shadow")]
    found = {}
    for path in [path for place in places for path in (place, *place.rglob("*"))]:
        if any(part.startswith(".") and part != ".autograder" for part in path.parent.parts):
            continue  # what a server that runs writes for itself
        about = path.lstat()
        content = path.read_bytes() if path.is_file() and not path.is_symlink() else b""
        found[str(path)] = (about.st_uid, about.st_gid, about.st_mode, hash(content))
    return found
