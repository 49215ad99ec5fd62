"""The slides: that each shows what it may, fits, and needs no network."""

import html
import re
import subprocess
import sys
from pathlib import Path

import pytest

from autograde_tests.engine import exercises
from book import cards, lessons, pages
from slides import deck
from tests import browser

ROOT = Path(__file__).resolve().parent.parent
PYTHON = ROOT / ".venv-book" / "bin" / "python"
LESSONS = lessons.paths()
LARGEST_PAGE = 3_000_000  # bytes
MEASURE = (ROOT / "tests" / "measure_slides.js").read_text(encoding="utf-8")
HERE = ("file:", "data:", "blob:")  # what a page may ask for
SECTION = re.compile(
    r'<section class="(?P<kind>[\w -]*)">(?P<seen>.*?)<aside class="notes">(?P<told>.*?)</aside>', re.DOTALL
)


def text_of(page):
    """Return the words of HTML, as one line without formulas' markup."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page)).split())


def placed(*parts, title="## Here"):
    """Return the slides that a heading and these parts become."""
    made = []
    for part in [deck.Part("heading", title), *parts]:
        deck.place(made, part)
    return made


# What goes onto one slide.


def test_what_does_not_fit_goes_onto_the_next():
    """Does a slide hold no more than it has room for, under the same title, in the same column?"""
    made = placed(*(deck.Part("text", "A line. " * 50) for _ in range(8)))
    assert len(made) > 1
    assert all(slide.height <= deck.ROOM for slide in made)
    assert [slide.title for slide in made] == ["Here"] * len(made)
    assert [slide.column for slide in made] == [True] + [False] * (len(made) - 1)


def test_what_leads_to_a_formula_stays_with_it():
    """Does a line that ends in a colon go to the next slide with what it leads to?"""
    many = [deck.Part("text", "A line. " * 50)] * 2
    *_, last = placed(
        *many, deck.Part("text", "So:", leads=True), deck.Part("formula", r"$$a \\ b \\ c \\ d$$")
    )
    assert [part.kind for part in last.parts] == ["text", "formula"]


def test_a_figure_stands_with_what_to_look_for():
    """Does it begin a slide of its own, below the sentence that says what to look for?"""
    *_, last = placed(
        deck.Part("text", "Before."),
        deck.Part("text", "Look here.", leads=True),
        deck.Part("figure", "<img>"),
    )
    assert [part.source for part in last.parts] == ["Look here.", "<img>"]


@pytest.mark.parametrize("lines", [1, 15, 40])
def test_code_fits(lines):
    """Is code set in letters small enough for its lines, and no larger than need be?"""
    part = deck.Part("code", "\n".join(["x" * 105] * lines))
    assert part.height <= deck.ROOM + 0.1
    assert 105 * part.letters * 0.61 <= deck.CODE_WIDTH + 1
    assert part.letters <= deck.LARGEST


def test_a_table_fits():
    """Are the letters of a table as large as usual where it is short, and small enough where it is not?"""
    few = deck.Part("table", "| a | b |\n|---|---|\n| c | d |")
    many = deck.Part("table", "| a | b |\n|---|---|\n" + "\n".join(["| " + "word " * 40 + "| d |"] * 5))
    assert many.letters < few.letters == deck.TABLE[0]
    assert few.height < many.height <= deck.ROOM


# The built pages.


@pytest.fixture(scope="session")
def built():
    """Build the slides of all lessons, and return their pages by name."""
    if not (ROOT / ".venv-book" / "reveal").exists():
        command = [sys.executable, ROOT / "tools" / "set_up.py", "--book"]
        if subprocess.run(command, check=False, capture_output=True).returncode:
            pytest.skip("what builds the slides cannot be installed here")
    subprocess.run([PYTHON, ROOT / "site" / "build_slides.py"], check=True)
    return {path.stem: path for path in sorted((ROOT / "build" / "slides").glob("[0-9]*.html"))}


@pytest.fixture(scope="session")
def sections(built):
    """The slides of each lesson: class, what is shown and what is told, as HTML."""
    return {
        name: [match.groupdict() for match in SECTION.finditer(path.read_text(encoding="utf-8"))]
        for name, path in built.items()
    }


@pytest.mark.slow
def test_every_lesson_has_slides(sections):
    """Has each lesson its page, and begins it with its title?"""
    assert list(sections) == list(LESSONS)
    front = (ROOT / "build" / "slides" / "index.html").read_text(encoding="utf-8")
    for name, found in sections.items():
        title = lessons.read(LESSONS[name]).cells[0].source.splitlines()[0].lstrip("# ")
        assert title in text_of(found[0]["seen"])
        assert f'href="{name}.html">{title}' in html.unescape(front)


@pytest.mark.slow
def test_the_prose_is_told(sections):
    """Stands every sentence of a lesson's prose in the notes, so that no second text is needed?"""
    for name, found in sections.items():
        told = text_of(" ".join(each["told"] for each in found))
        for cell in lessons.read(LESSONS[name]).cells:
            if cell.cell_type == "markdown":
                for line in deck.SOLUTION.sub("", cell.source).splitlines():
                    if re.fullmatch(r"[A-Z][\w ,.']{30,}", line):  # without marks
                        assert line in told, f"{name}, {cell.id}: {line}"


@pytest.mark.slow
def test_every_exercise_is_the_students_turn(sections):
    """Stands each stub on a slide of theirs, and its solution on none, nor in the notes?"""
    for name, found in sections.items():
        given = {cell.id: cell.source for cell in lessons.read(LESSONS[name]).cells}
        theirs = " ".join(text_of(each["seen"]) for each in found if "now-you" in each["kind"])
        whole = re.sub(r"\s", "", text_of(" ".join(each["seen"] + each["told"] for each in found)))
        for exercise in exercises.of_lesson(name):
            stub = cards.released(name)[f"{exercise.name}-answer"]
            assert " ".join(stub.split()) in theirs
            body = pages.SOLUTION_MARKS.split(given[f"{exercise.name}-answer"])[1]
            assert re.sub(r"\s", "", body) not in whole, f"{name}: {exercise.name}"
        assert "Amodelanswer" not in whole and "HIDDENTESTS" not in whole


@pytest.mark.slow
def test_every_figure_is_shown(sections):
    """Is each picture of a lesson on a slide?"""
    for name, found in sections.items():
        notebook = lessons.executed(name, LESSONS[name], ROOT / "build" / "book" / "outputs", digest())
        figures = sum(
            "<img" in output.get("data", {}).get("text/html", "")
            for cell in notebook.cells
            for output in cell.get("outputs", [])
        )
        assert figures and sum(each["seen"].count('<div class="figure"') for each in found) == figures


def digest():
    """Return the digest of what the book's environment draws with."""
    code = (
        "import sys; sys.path[:0] = ['site', '.']; from book import lessons; print(lessons.library_digest())"
    )
    done = subprocess.run([PYTHON, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


@pytest.mark.slow
def test_no_lesson_is_heavy(built):
    """Is a page with all that its figures may show at most 3 MB?"""
    sizes = {name: path.stat().st_size for name, path in built.items()}
    assert not {name: size for name, size in sizes.items() if size > LARGEST_PAGE}


@pytest.fixture(scope="module")
def chrome(tmp_path_factory):
    """A browser."""
    with browser.driven(tmp_path_factory.mktemp("playwright")) as chrome:
        yield chrome


@pytest.fixture
def opened(chrome):
    """A function that opens a page of slides, and the list of what went wrong there."""
    faults = []
    page = chrome.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("requestfailed", lambda request: faults.append(request.url))
    page.on("request", lambda request: request.url.startswith(HERE) or faults.append(request.url))

    def open_page(path):
        page.goto(path.as_uri())
        page.wait_for_function("Reveal.isReady()")
        page.wait_for_function("!document.querySelector('.live-figure:not(.is-live)')")
        return page

    yield open_page, faults
    page.close()


@pytest.mark.slow
@pytest.mark.parametrize("name", LESSONS)
def test_nothing_overflows(name, built, opened):
    """Does everything fit its slide, is every figure large enough, is the console clean, and all here?"""
    open_page, faults = opened
    assert open_page(built[name]).evaluate(MEASURE) == []
    assert faults == []


@pytest.mark.slow
def test_a_slider_moves_on_a_slide(built, opened):
    """Does the right arrow move the slider that has the focus, and not the slides?"""
    open_page, _ = opened
    page = open_page(built["06_momentum"])
    where = page.evaluate(
        "() => { const slide = document.querySelector('.live-figure').closest('section');"
        " const {h, v} = Reveal.getIndices(slide); Reveal.slide(h, v); return [h, v] }"
    )
    slider = page.locator(".present .present input[type=range]").first
    before, picture = slider.input_value(), page.locator(".present .present .live-figure-now")
    shown = picture.get_attribute("src")
    slider.press("ArrowRight")
    assert int(slider.input_value()) == int(before) + 1
    moved = "shown => document.querySelector('.present .present .live-figure-now').src !== shown"
    page.wait_for_function(moved, arg=shown)
    assert page.evaluate("(({h, v}) => [h, v])(Reveal.getIndices())") == where


def run(*arguments):
    """Run Python as the slides are built; return the finished process."""
    return subprocess.run([PYTHON, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_an_unknown_lesson_is_a_sentence(built):
    """Does a wrong name say which there are?"""
    done = run("site/build_slides.py", "99_nothing")
    assert done.returncode == 1
    assert done.stderr.startswith("there is no lesson '99_nothing': one of 00_gradient_descent, ")


@pytest.mark.slow
def test_a_formula_that_cannot_be_set_is_named(built):
    """Is it an error, with the lesson's name?"""
    code = (
        "import sys; sys.path[:0] = ['site', '.']\n"
        "from slides import deck, showing\n"
        "slide = deck.Slide('Here', parts=[deck.Part('formula', r'$$\\frac{1}$$')])\n"
        "showing.page('06_momentum', [slide])"
    )
    assert "LessonFailed: 06_momentum: a formula that cannot be set: " in run("-c", code).stderr
