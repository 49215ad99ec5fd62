"""The book: what a page is made of, and that a reader gets it whole, without a network."""

import html
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from book import bibliography, checking, lessons, overviews, pages
from lite import openings
from tests import browser

ROOT = Path(__file__).resolve().parent.parent
PAPER = 673  # pixels, of an A4 page between its margins
LARGEST_PAGE = 3_000_000  # bytes, with the pictures
PYTHON = ROOT / ".venv-book" / "bin" / "python"


def notebook(*cells):
    """Return a notebook of code cells (a string) and text cells (a string in a list)."""
    made = [
        nbformat.v4.new_markdown_cell(cell[0]) if isinstance(cell, list) else nbformat.v4.new_code_cell(cell)
        for cell in cells
    ]
    for number, cell in enumerate(made):
        cell.id = f"cell-{number}"
    return nbformat.v4.new_notebook(cells=made)


@pytest.fixture(scope="session")
def written():
    """The lessons as they stand in `solutions/`, by name."""
    return {name: lessons.read(path) for name, path in lessons.paths().items()}


def test_hidden_tests_are_on_no_page(written):
    """Is what grades a student left out, and what checks them kept?"""
    sources = "\n".join(cell.source for book in written.values() for cell in book.cells)
    assert "HIDDEN TESTS" not in sources
    assert not re.search(r"^grade\(", sources, re.MULTILINE)
    assert "check(momentum)" in sources


def with_output(table):
    """Return a notebook whose only cell shows this HTML."""
    book = notebook("show()")
    book.cells[0].outputs = [nbformat.v4.new_output("execute_result", data={"text/html": table})]
    return book


@pytest.mark.parametrize("rows", [20, 21])
def test_a_long_table_is_folded(rows):
    """Is a table of more rows than a reader wants unasked whole behind a line that says how many?"""
    table = f"<table>{'<tr><td>done</td></tr>' * rows}</table>"
    book = with_output(table)
    pages.long_tables_folded("00_gradient_descent", book)
    summary = "<summary>Show the table, 21 rows</summary>"
    folded = f'<details class="long-table">{summary}{table}</details>'
    assert book.cells[0].outputs[0].data["text/html"] == (folded if rows == 21 else table)


def test_a_page_says_how_a_notebook_is_read(monkeypatch):
    """Does it say so right below the title, and link each way to open the lesson where there is one?"""
    published = openings.read() | {"site": "https://example.org", "repository": ""}
    for addresses, links in [(openings.read(), 0), (published, 3)]:
        monkeypatch.setattr(openings, "read", lambda addresses=addresses: addresses)
        book = notebook(["# 06 Momentum"], ["## 1. Roll"])
        pages.how_to_read("06_momentum", book)
        title, said, _ = book.cells
        assert title.source == "# 06 Momentum" and pages.HOW_TO_READ in said.source
        assert said.source.count("](") == links
    try_it = "[Try it here](https://example.org/lite/notebooks/index.html?path=06_momentum.ipynb) · "
    assert f"\n\n{try_it}[Open in JupyterLab](" in said.source
    assert pages.how_to_read in pages.STEPS


def test_code_gets_no_links():
    """Does text that is set as code stay as it is, and is what stands below it linked?"""
    code = "    for t in lesson 05:\n\n        penalty (section 1)"
    made = pages.with_links(f"So it reads:\n\n{code}\n\nSection 1 said so,\n    as lesson 05.", "06", {"1"})
    below = "[Section 1](#lesson-06-section-1) said so,\n    as [lesson 05](#lesson-05)."
    assert made == f"So it reads:\n\n{code}\n\n{below}"


def test_a_picture_becomes_one_file():
    """Is a picture that two cells show written once, and found from the lesson's page?"""
    tag = '<img src="data:image/png;base64,AAAA" alt="Twice.">'
    book = notebook("one", "two")
    for cell in book.cells:
        cell.outputs = [nbformat.v4.new_output("execute_result", data={"text/html": tag})]
    assert list(pages.take_out_pictures(book).values()) == [b"\0\0\0"]
    (address,) = {re.search('src="([^"]+)"', cell.outputs[0].data["text/html"])[1] for cell in book.cells}
    assert re.fullmatch(r"\.\./pictures/[0-9a-f]{16}\.png", address)


def test_every_work_has_an_address(written):
    """Does each work that a lesson names, with a year, lead somewhere, but those that stand nowhere?"""
    nowhere = {"Statistical estimates and transformed beta-variables"}
    titles = set()
    for book in written.values():
        text = bibliography.further(book).source
        found = [title for _, title, _ in bibliography.works(text)]
        quoted = re.findall(r'"([^"]+)",', text.partition("**What")[0])
        assert set(quoted) <= set(found)
        titles |= set(found)
    assert {title for title in titles if bibliography.address(title) is None} == nowhere
    begun = [title.casefold() for title in titles]
    assert all(
        any(title.startswith(start.casefold()) for title in begun) for start in bibliography.addresses()
    )


def test_the_notes_page_has_every_row():
    """Does the page of the two notes have each row of CONTRIBUTING's table, with a link in it?"""
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    table = text.partition(overviews.NOTES)[2].partition("\n## ")[0]
    items = [row.split(" | ")[0] for row in table.splitlines() if row.startswith("| ") and "§" in row]
    rows = [row for row in overviews.notes(text).splitlines() if row.startswith("| ") and "](#lesson-" in row]
    assert len(items) >= 39
    assert set(items) <= {row.split(" | ")[0] for row in rows}


FAULTY = {
    "a dead link: b.html": '<h1>A</h1><a href="b.html">b</a>',
    "a link to a place that the page does not have: #c": '<h1>A</h1><a href="#c">c</a>',
    "a dead link: pictures/c.png": '<h1>A</h1><img src="pictures/c.png" alt="c">',
    "a picture without alternative text: a.html": '<h1>A</h1><img src="a.html">',
    "an address that leaves the book: https://example.org/a.js": '<h1>A</h1><script src="https://example.org/a.js">'
    "</script>",
    "a formula that cannot be set: why": '<h1>A</h1><span class="katex-error" title="why"></span>',
    "2 headings of level 1": "<h1>A</h1><h1>B</h1>",
    "a heading of level 3 right below one of level 1": "<h1>A</h1><h3>B</h3>",
}


@pytest.mark.parametrize("fault", FAULTY)
def test_a_fault_of_a_page_is_named(fault, tmp_path):
    """Is each fault found, and said with its page?"""
    (tmp_path / "a.html").write_text(FAULTY[fault], encoding="utf-8")
    assert list(checking.faults(tmp_path)) == [f"a.html: {fault}"]


def test_a_sound_page_has_no_fault(tmp_path):
    """Are links to pages, places and other hosts, and what is on paper alone, left in peace?"""
    page = '<div class="onlyprint"><h1>A</h1></div><h1 id="a">A</h1><a href="#a">a</a>'
    page += '<a href="https://example.org">elsewhere</a>'
    (tmp_path / "a.html").write_text(page, encoding="utf-8")
    assert not list(checking.faults(tmp_path))


def test_only_code_makes_a_lesson_run_again(written, tmp_path, monkeypatch):
    """Is a lesson that ran taken from the store while its code stands, and run again when it changes?"""
    path, runs = tmp_path / "x.ipynb", []

    def save(*cells):
        nbformat.write(notebook(*cells), path)
        lessons.executed("x", path, tmp_path / "store", "library")

    monkeypatch.setattr(lessons, "run", lambda name, book: runs.append(name))
    save("1 + 1", ["Two."])
    save("1 + 1", ["It is two."])
    assert runs == ["x"]
    save("2 + 2", ["It is two."])
    assert runs == ["x", "x"]


@pytest.fixture(scope="session")
def environment():
    """Make `.venv-book`, or skip where what it holds cannot be had."""
    if not (ROOT / ".venv-book" / "katex").exists():
        command = [sys.executable, ROOT / "tools" / "set_up.py", "--book"]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            pytest.skip("what builds the book cannot be installed here")
    return PYTHON


@pytest.fixture(scope="session")
def book(environment):
    """Build the book where it is not built, and return its folder."""
    subprocess.run([environment, ROOT / "site" / "build.py"], check=True)
    return ROOT / "build" / "book" / "html"


@pytest.fixture(scope="session")
def paths(book):
    """The book's pages."""
    return [path for path in sorted(book.rglob("*.html")) if "_static" not in path.parts]


def course(folder, cells):
    """Write a repository whose book has one lesson, with these cells after its title."""
    for name in ("site", "course_lib", "autograde_tests", "autograder", "deploy", "tools"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for path in ROOT.glob("*.md"):
        shutil.copy(path, folder)
    (folder / "site" / "guesses.toml").write_text("", encoding="utf-8")
    lesson = folder / "solutions" / "06_momentum" / "06_momentum.ipynb"
    lesson.parent.mkdir(parents=True)
    ends = [["## Summary"], ["## What the notes get wrong"], ["## Going further"]]
    title = "# 06 Momentum\n\nIn this lesson.\n\n**Time:** about 9 minutes."
    nbformat.write(notebook([title], *cells, *ends), lesson)
    return folder


def build(environment, folder, *arguments):
    """Build the book of a folder; return the finished process."""
    command = [environment, folder / "site" / "build.py", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)


@pytest.mark.slow
def test_a_lesson_that_raises_stops_the_build(environment, tmp_path):
    """Is it named, with its cell and what was raised, in one line and no traceback?"""
    done = build(environment, course(tmp_path, ["1 / 0"]), "06_momentum")
    assert done.returncode == 1
    assert done.stderr == "06_momentum, cell cell-1: ZeroDivisionError: division by zero\n"


@pytest.mark.slow
def test_a_lesson_that_warns_stops_the_build(environment, tmp_path):
    """Is what a cell writes to stderr no part of a page?"""
    done = build(environment, course(tmp_path, ["import sys\nprint('oh', file=sys.stderr)"]), "06_momentum")
    assert (done.returncode, done.stderr) == (1, "06_momentum, cell cell-1: wrote to stderr: oh\n")


@pytest.mark.slow
def test_addresses_that_cannot_be_used_stop_the_build(environment, tmp_path):
    """Is it one sentence, and an exit status?"""
    folder = course(tmp_path, ["1 + 1"])
    (folder / "site" / "addresses.toml").write_text("site =", encoding="utf-8")
    done = build(environment, folder, "06_momentum")
    assert done.returncode == 1
    assert "addresses.toml cannot be read" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.slow
@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (r"$\frac{1}$", "a formula that cannot be set"),
        ("[there](#nowhere)", "nowhere"),
        ("![A picture](missing.png)", "missing.png"),
    ],
)
def test_what_cannot_be_shown_is_said(environment, tmp_path, text, complaint):
    """Does Sphinx warn of it? In `make book`, warnings are errors."""
    done = build(environment, course(tmp_path, [[text]]), "06_momentum")
    assert complaint in done.stderr


@pytest.mark.slow
def test_an_unknown_lesson_is_a_sentence(environment):
    """Does a wrong name say which there are?"""
    done = build(environment, ROOT, "99_nothing")
    assert done.returncode == 1
    assert done.stderr.startswith("there is no lesson '99_nothing': one of 00_gradient_descent, ")


@pytest.mark.slow
def test_a_second_build_does_only_what_changed(book, environment):
    """Does a build without a change run no lesson and write no page?"""
    before = {path: path.stat().st_mtime_ns for path in book.rglob("*.html") if "_static" not in path.parts}
    done = subprocess.run(
        [environment, ROOT / "site" / "build.py"], capture_output=True, text=True, check=True
    )
    assert "ran" not in done.stdout
    made_anew = {path.name for path in before if path.stat().st_mtime_ns != before[path]}
    assert made_anew <= {"search.html"}


@pytest.mark.slow
def test_what_a_page_shows_is_what_the_notebook_says(book, written):
    """Does each lesson's page have each of its code cells, word for word?"""
    for name, notebook in written.items():
        page = (book / "lessons" / f"{name}.html").read_text(encoding="utf-8")
        seen = re.sub(r"\s+", "", html.unescape(re.sub(r"<[^>]+>", "", page)))
        for cell in notebook.cells:
            if cell.cell_type == "code" and "nbgrader" not in cell.metadata:
                assert re.sub(r"\s+", "", cell.source) in seen, f"{name}, {cell.id}"


@pytest.mark.slow
def test_no_lesson_is_heavy(book):
    """Is a lesson's page, with all pictures that it shows or may show, at most 3 MB?"""
    for page in sorted((book / "lessons").glob("*.html")):
        text = page.read_text(encoding="utf-8")
        pictures = {book / "pictures" / name for name in re.findall(r"\.\./pictures/([\w.-]+)", text)}
        size = page.stat().st_size + sum(path.stat().st_size for path in pictures)
        assert size <= LARGEST_PAGE, f"{page.stem}: {size / 1e6:.1f} MB"


@pytest.mark.slow
def test_no_request_leaves_the_pages(paths):
    """Does each page load with the network cut, fetch nothing from elsewhere, and write no error?"""
    for page in paths:
        log = browser.console(page)
        assert not [line for line in log if "http" in line or "rror" in line], f"{page.name}: {log}"


@pytest.mark.slow
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_nothing_hinders_a_reader(paths, dark):
    """Does axe-core find nothing on any page?"""
    found = {}
    for page in paths:
        copy = page.with_name("axe.html")
        try:
            found[page.name] = browser.hindrances(page, page.parent, dark=dark)
        finally:
            copy.unlink(missing_ok=True)
    assert not {name: what for name, what in found.items() if what}


@pytest.mark.slow
def test_what_is_wide_moves_on_a_phone(paths, tmp_path):
    """At 320 pixels, is no page wider, and no formula wider than what a finger can move it by?"""
    formulas = "[...document.querySelectorAll('.katex-display')]"
    cut = f"{formulas}.filter(one => one.scrollWidth > one.parentElement.scrollWidth).length"
    with browser.driven(tmp_path / "playwright") as chrome:
        page = chrome.new_page(viewport={"width": 320, "height": 800})
        for path in paths:
            page.goto(path.as_uri())
            assert (page.evaluate(cut), page.evaluate("document.documentElement.scrollWidth")) == (0, 320), (
                path.name
            )


@pytest.mark.slow
def test_the_book_is_printed(book, environment):
    """Does the PDF begin with who it is for, and hold every lesson's title?"""
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here (apt-get install poppler-utils)")
    done = build(environment, ROOT, "--pdf")
    if "none is here" in done.stderr:
        pytest.skip("no Chromium here (apt-get install chromium)")
    assert done.returncode == 0, done.stderr
    pdf = book.parent / "optimization.pdf"
    text = subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout
    for path in lessons.paths().values():
        title = json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"][0].strip("# \n")
        assert title in " ".join(text.split())
    assert "You may ask" in text
    assert text.index("see what your class misunderstood") < text.index("The lesson in one picture")


@pytest.mark.slow
def test_no_table_is_cut_off_on_paper(paths, tmp_path):
    """Is every table as narrow as a printed page, where nothing moves?"""
    wide = "one => one.getBoundingClientRect().right > innerWidth"
    count = f"[...document.querySelectorAll('table')].filter({wide}).length"
    with browser.driven(tmp_path / "playwright") as chrome:
        page = chrome.new_page(viewport={"width": PAPER, "height": 1000})
        page.emulate_media(media="print")
        for path in paths:
            page.goto(path.as_uri())
            assert page.evaluate(count) == 0, path.name
