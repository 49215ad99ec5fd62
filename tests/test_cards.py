"""The book's cards, its guesses and its page of mistakes: as they are made, and as a browser shows them."""

import dataclasses
import html
import json
import re
import shutil
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from nbgrader.preprocessors import ClearSolutions

from autograde_tests.engine import exercises
from book import cards, guesses, lessons, pages
from tests import browser, lesson_rules

ROOT = Path(__file__).resolve().parent.parent
LESSONS = lessons.paths()


def carded(name):
    """Return a lesson with its cards."""
    notebook = lessons.read(LESSONS[name])
    for step in (pages.solutions_without_marks, cards.exercise_cards, cards.question_cards):
        step(name, notebook)
    return notebook


def cells_of(notebook):
    """Return a notebook's cells by id."""
    return {cell.id: cell for cell in notebook.cells}


def parts_of(card):
    """Return what a card shows at once, and what unfolds: kind to texts, in order."""
    folded = {}
    for kind, text in re.findall(r'^<details class="(\w+)">(.*?)^</details>', card, re.DOTALL | re.MULTILINE):
        folded.setdefault(kind, []).append(text)
    return re.split(r"^<details", card, maxsplit=1, flags=re.MULTILINE)[0], folded


# Exercises.


@pytest.mark.parametrize("name", LESSONS)
def test_every_exercise_is_a_card(name):
    """Is the stub in sight, and do hints, solution, claims and mistakes unfold, in this order?"""
    released = nbformat.read(LESSONS[name], as_version=4)
    ClearSolutions(code_stub={"python": lesson_rules.STUB}).preprocess(released, {})
    stubs, given, made = cells_of(released), cells_of(lessons.read(LESSONS[name])), cells_of(carded(name))
    for exercise in exercises.of_lesson(name):
        seen, folded = parts_of(made[exercise.name].source)
        assert seen.strip() == f"```python\n{stubs[f'{exercise.name}-answer'].source}\n```"
        assert list(folded) == ["hint", "solution", "claims", "mistakes"]
        ids = [cell.id for cell in released.cells]
        hints = cards.HINTS.match(released.cells[ids.index(exercise.name) + 1].source)
        told = [text.strip() for _, text in cards.HINT.findall(hints[0])]
        assert told == [text.split("</summary>", 1)[1].strip() for text in folded["hint"]]
        body = pages.SOLUTION_MARKS.split(given[f"{exercise.name}-answer"].source)[1]
        assert "<summary>Show the solution</summary>" in folded["solution"][0]
        assert body.strip() in folded["solution"][0]
        assert all(" ".join(claim.question.split()) in folded["claims"][0] for claim in exercise.claims)
        for wrong in exercise.misconceptions:
            assert f"{wrong.name[1:].replace('_', ' ')}.** {wrong.hint}\n" in folded["mistakes"][0]
            assert f"  def {wrong.function.__name__}(" in folded["mistakes"][0]
        assert f"{len(exercise.misconceptions)} mistakes" in folded["mistakes"][0]


@pytest.mark.parametrize("name", LESSONS)
def test_cards_lose_no_prose_and_close(name):
    """Is all that the lesson says still there, and each card closed in the section that opened it?"""
    made = "\n".join(cell.source for cell in carded(name).cells if cell.cell_type == "markdown")
    for cell in lessons.read(LESSONS[name]).cells:
        if cell.cell_type == "markdown":
            for line in cell.source.splitlines():
                if line.strip() and not line.startswith(("<details", "</details", "### BEGIN", "### END")):
                    assert line.strip() in made, line
    opened = 0
    for line in made.splitlines():
        opened += line.startswith('<div class="card-of-exercise"') - (line == "</div>")
        assert opened in (0, 1)
        assert not (opened and line.startswith("#") and " " in line), line
    assert opened == 0


@pytest.mark.parametrize("name", LESSONS)
def test_model_answer_and_rubric_are_folded(name):
    """Stands the question in sight, and unfolds what answers it?"""
    given, made = lessons.read(LESSONS[name]), cells_of(carded(name))
    (essay,) = [
        cell for cell in given.cells if cell.cell_type == "markdown" and "### BEGIN SOLUTION" in cell.source
    ]
    question, answer = essay.source.split("### BEGIN SOLUTION\n")
    seen, folded = parts_of(made[essay.id].source)
    assert question.strip().splitlines()[-1:] == [line for line in seen.strip().splitlines()[-1:] if line]
    assert "**A model answer.**" in folded["solution"][0] and "**Rubric" in folded["claims"][0]
    assert "**A model answer.**" in answer and "SOLUTION" not in made[essay.id].source


@pytest.mark.parametrize("what", ["claims", "misconceptions"])
def test_an_exercise_without_claims_or_mistakes_stops_the_build(what, monkeypatch):
    """Is it named?"""
    asked = exercises.of_lesson("06_momentum")
    if what == "claims":
        monkeypatch.setattr(exercises, "of_lesson", lambda name: (dataclasses.replace(asked[0], claims=()),))
    else:
        monkeypatch.setattr(exercises.Exercise, "misconceptions", ())
    with pytest.raises(lessons.LessonFailed, match=f"06_momentum: the exercise momentum has no {what}"):
        carded("06_momentum")


def test_a_class_of_claims_that_is_not_whole_stops_the_build(monkeypatch):
    """Is what the engine says told with the lesson's name?"""

    def of_lesson(name):
        raise ValueError("TestMomentum has no claim")

    monkeypatch.setattr(exercises, "of_lesson", of_lesson)
    with pytest.raises(lessons.LessonFailed, match="06_momentum: TestMomentum has no claim"):
        carded("06_momentum")


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda cells: cells["momentum-hints"].update(source="No hints."), "momentum has no hints"),
        (lambda cells: cells["momentum"].update(id="other"), "momentum has no test cell"),
        (lambda cells: cells["momentum-answer"].update(id="other-answer"), "other has no claims"),
        (
            lambda cells: cells["momentum-question"].update(source="Why?"),
            "momentum-question has no model answer",
        ),
    ],
    ids=["hints", "test", "claims", "model-answer"],
)
def test_an_exercise_without_its_cells_stops_the_build(change, complaint):
    """Is it named, with what is missing?"""
    notebook = lessons.read(LESSONS["06_momentum"])
    change(cells_of(notebook))
    with pytest.raises(lessons.LessonFailed, match=f"06_momentum: the (exercise|question) {complaint}"):
        cards.exercise_cards("06_momentum", notebook)
        cards.question_cards("06_momentum", notebook)


def test_a_lesson_that_is_not_released_stops_the_build(tmp_path, monkeypatch):
    """Is it said how to release it?"""
    monkeypatch.setattr(cards, "ROOT", tmp_path)
    cards.released.cache_clear()
    with pytest.raises(lessons.LessonFailed, match="06_momentum: has no released notebook: `make release`"):
        carded("06_momentum")


# Mistakes.


def test_all_mistakes_stand_on_a_page_of_their_own():
    """Is each there with its hint, below a link to its exercise's card?"""
    page = cards.mistakes_page({name: lessons.read(path) for name, path in LESSONS.items()})
    asked = [exercise for name in LESSONS for exercise in exercises.of_lesson(name)]
    sections = dict(
        re.findall(
            r"^### \[`(\w+)`\]\(#exercise-[a-z0-9-]+\)\n(.*?)(?=^#|\Z)", page, re.DOTALL | re.MULTILINE
        )
    )
    assert list(sections) == [exercise.name for exercise in asked]
    for exercise in asked:
        assert f"### [`{exercise.name}`](#{cards.label(exercise)})\n" in page
        assert [line for line in sections[exercise.name].splitlines() if line.startswith("- ")] == [
            f"- {cards.mistake(wrong)}" for wrong in exercise.misconceptions
        ]
    total = sum(len(exercise.misconceptions) for exercise in asked)
    assert f"\n{total} mistakes" in page


# Guesses.

ASKED = {"ask": "How <far>?", "unit": "steps", "theory": "predicted #", "measured": "counted #"}


def guessed(asked, monkeypatch, cell_id="counted"):
    """Return a small lesson with one question."""
    monkeypatch.setattr(guesses, "written", lambda: {"06_momentum": {cell_id: asked}})
    printed = [new_output("stream", text="predicted 49, "), new_output("stream", text="counted −59\n")]
    cells = [
        new_markdown_cell("**Measure.**", id="before"),
        new_code_cell("count()", id="counted", outputs=printed),
        new_code_cell("draw()", id="drawn"),
        new_markdown_cell("It stops at 60.", id="seen"),
    ]
    notebook = new_notebook(cells=cells)
    guesses.guesses("06_momentum", notebook)
    return notebook


def test_a_guess_stands_before_the_cells_that_measure(monkeypatch):
    """Does it know the lesson's own numbers, and how many cells to fold?"""
    before, form, *_ = guessed(ASKED, monkeypatch).cells
    assert before.id == "before" and form.cell_type == "markdown"
    assert 'data-cells="2" data-measured="-59" data-unit="steps" data-theory="49"' in form.source
    assert "How &lt;far&gt;?" in form.source and "\n\n" not in form.source
    assert form.source.startswith('<form class="guess" hidden ')


def test_a_number_may_stand_in_the_text_or_in_the_question(monkeypatch):
    """Is what the text below says found, and a plain number taken as it is?"""
    form = guessed(ASKED | {"measured": "stops at #", "theory": 1e-7}, monkeypatch).cells[1]
    assert 'data-measured="60"' in form.source and 'data-theory="1e-07"' in form.source


def test_more_than_a_paragraph_may_be_folded(monkeypatch):
    """Are two cells and three paragraphs five parts, the last of which the page finds by itself?"""
    form = guessed(ASKED | {"folds": 3}, monkeypatch).cells[1]
    assert 'data-cells="4"' in form.source


@pytest.mark.parametrize(
    ("asked", "cell_id", "complaint"),
    [
        (ASKED | {"measured": "measured #"}, "counted", "looks for 'measured #', and nothing reads so"),
        (ASKED | {"theory": "counted * #"}, "counted", r"looks for 'counted \* #', and nothing reads so"),
        (ASKED | {"units": "s"}, "counted", "has no setting called 'units'"),
        ({"ask": "How far?"}, "counted", "needs `ask` and `measured`"),
        (ASKED, "gone", "is of a code cell that the lesson does not have"),
        (ASKED, "seen", "is of a code cell that the lesson does not have"),
    ],
)
def test_a_guess_that_cannot_be_asked_stops_the_build(asked, cell_id, complaint, monkeypatch):
    """Are lesson and cell named?"""
    with pytest.raises(lessons.LessonFailed, match=f"06_momentum, cell {cell_id}: the guess {complaint}"):
        guessed(asked, monkeypatch, cell_id)


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_asks_two_to_six_guesses(name):
    """Has each its cell?"""
    asked = guesses.written()[name]
    code = {cell.id for cell in lessons.read(LESSONS[name]).cells if cell.cell_type == "code"}
    assert 2 <= len(asked) <= 6 and set(asked) <= code
    assert set(guesses.written()) == set(LESSONS)


# In a browser, and built.

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>A lesson</title>
<style>{css}</style><body><main><h1>A lesson</h1>
{form}
<div class="cell" id="one">counted 59</div><div class="cell" id="two">A figure.</div>
{seen}<p id="on">And so on.</p>
</main>{script}
<script>
const told = () => JSON.stringify({{
  seen: ["one", "two", "seen", "on"].filter((id) => !document.getElementById(id).hidden),
  asked: !document.querySelector("form").hidden,
  compared: document.querySelector(".compared").innerText,
  focus: document.activeElement.id,
}});
const before = told();
{act}
document.body.textContent = "TOLD[" + before + "," + told() + "]DLOT";
</script></body></html>"""
TYPE = 'document.querySelector("input").value = "{}"; document.querySelector("form").requestSubmit();'
SEEN = '<p id="seen">It took 59.</p>'
SKIP = 'document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape", bubbles: true}));'


def shown(room, act, *, script=True, seen=SEEN):
    """Return what a page with one guess shows before and after the reader acts."""
    asked = {"ask": "How many?", "unit": "steps"}
    static = ROOT / "site" / "static"
    page = room / "page.html"
    source = (static / "cards.js").read_text(encoding="utf-8") if script else ""
    text = PAGE.format(
        css=(static / "cards.css").read_text(encoding="utf-8"),
        form=guesses.form("guess", asked, 2, "59", "49"),
        seen=seen,
        script=f"<script>{source}</script>",
        act=act,
    )
    page.write_text(text, encoding="utf-8")
    return json.loads(re.search(r"TOLD(\[.*\])DLOT", browser.run(page, "--dump-dom"), re.DOTALL)[1])


@pytest.mark.slow
def test_what_is_measured_unfolds_with_the_guess(tmp_path):
    """Are guess, theory and measurement seen together, each with its ratio to the measurement?"""
    before, after = shown(tmp_path, TYPE.format("118"))
    assert before["seen"] == ["on"] and before["asked"] and not before["compared"]
    assert after["seen"] == ["one", "two", "seen", "on"] and after["asked"]
    rows = [line.split() for line in after["compared"].splitlines() if line.strip()]
    assert rows == [
        ["steps", "ratio"],
        ["your", "guess", "118", "2"],
        ["theory", "49", "0.831"],
        ["measured", "59", "1"],
    ]
    assert after["focus"] == "guess"


@pytest.mark.slow
def test_a_list_that_says_what_was_seen_unfolds_too(tmp_path):
    """Is it folded as a paragraph is?"""
    before, after = shown(tmp_path, SKIP, seen='<ul id="seen"><li>It took 59.</li></ul>')
    assert before["seen"] == ["on"] and after["seen"] == ["one", "two", "seen", "on"]


@pytest.mark.slow
def test_what_is_no_number_unfolds_nothing(tmp_path):
    """Is it said so?"""
    _, after = shown(tmp_path, TYPE.format("many"))
    assert after["seen"] == ["on"] and after["compared"].startswith("That is no number.")


@pytest.mark.slow
def test_a_number_may_be_written_in_many_ways(tmp_path):
    """Are commas, fractions, signs, percents and powers of ten understood, and the rest refused?"""
    numbers = {"5,9": 5.9, "1/20": 0.05, "−59 %": -59, "- 2e-3": -0.002, "1e9": 1e9, "40°": 40}
    refused = ["", "many", "1/0", "1/", "/2", "1/2/3"]
    page = tmp_path / "page.html"
    source = (ROOT / "site" / "static" / "cards.js").read_text(encoding="utf-8")
    ask = f"document.body.textContent = JSON.stringify({json.dumps([*numbers, *refused])}.map(numberIn))"
    page.write_text(
        f"<!doctype html><meta charset=utf-8><body><script>{source};{ask}</script>", encoding="utf-8"
    )
    found = json.loads(re.search(r"\[.*\]", browser.run(page, "--dump-dom"))[0])
    assert found == [*numbers.values(), *[None] * len(refused)]


@pytest.mark.slow
def test_one_key_skips_a_guess(tmp_path):
    """Does Esc unfold the measurement and take the question away?"""
    _, after = shown(tmp_path, SKIP)
    assert after["seen"] == ["one", "two", "seen", "on"] and not after["asked"]


@pytest.mark.slow
def test_without_script_everything_is_seen_and_nothing_is_asked(tmp_path):
    """Is the page whole without it?"""
    before, after = shown(tmp_path, "", script=False)
    assert before == after
    assert after["seen"] == ["one", "two", "seen", "on"] and not after["asked"]


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Build one lesson as a reader gets it; return its page."""
    python = ROOT / ".venv-book" / "bin" / "python"
    if not python.exists():
        pytest.skip("no .venv-book here, in which the book is built (make book)")
    told = tmp_path_factory.mktemp("book") / "told"
    with told.open("w") as output:
        command = [python, ROOT / "site" / "build.py", "06_momentum"]
        done = subprocess.run(command, check=False, stdout=output, stderr=output, timeout=600)
    assert done.returncode == 0, told.read_text(encoding="utf-8")
    return ROOT / "build" / "book-draft" / "html" / "lessons" / "06_momentum.html"


def asked_of(page, script, **settings):
    """Return what a script finds on a copy of a page, once it has loaded."""
    copy = page.with_name("asked.html")
    script = f"<script>addEventListener('load', async () => {{ {script} }})</script></body>"
    copy.write_text(page.read_text(encoding="utf-8").replace("</body>", script), encoding="utf-8")
    try:
        dumped = browser.run(copy, "--dump-dom", "--allow-file-access-from-files", **settings)
    finally:
        copy.unlink()
    return json.loads(html.unescape(re.search(r"TOLD(\[.*\])DLOT", dumped, re.DOTALL)[1]))


LOOK = """
const cards = [...document.querySelectorAll(".card-of-exercise")];
const look = cards.map((card) => ({
  name: card.id,
  stub: card.querySelectorAll(":scope > .highlight-python pre").length,
  folded: [...card.querySelectorAll(":scope > details")].map((each) => [each.className, each.open]),
  wrong: [...card.querySelectorAll("details.mistakes > ul > li > details.wrong pre")].length,
  inside: card.parentElement.tagName,
}));
const forms = [...document.querySelectorAll("form.guess")];
const folds = forms.map((form) => [form.hidden, form.nextElementSibling.getAttribute("hidden")]);
document.body.textContent = "TOLD" + JSON.stringify([look, folds]) + "DLOT";
"""


@pytest.mark.slow
def test_cards_and_guesses_are_whole_in_the_built_page(page):
    """Is what belongs to a card inside it, and folded, and do the guesses wait?"""
    look, folds = asked_of(page, LOOK)
    asked = exercises.of_lesson("06_momentum")
    assert {card["name"] for card in look} == {cards.label(each) for each in asked} | {"question-06"}
    for exercise in asked:
        (card,) = [card for card in look if card["name"] == cards.label(exercise)]
        assert [kind for kind, _ in card["folded"]] == ["hint", "hint", "solution", "claims", "mistakes"]
        assert not any(is_open for _, is_open in card["folded"])
        assert (card["stub"], card["wrong"], card["inside"]) == (1, len(exercise.misconceptions), "SECTION")
    assert folds == [[False, "until-found"]] * len(guesses.written()["06_momentum"])


@pytest.mark.slow
@pytest.mark.parametrize(("dark", "width"), [(False, 500), (True, 1280)], ids=["light-narrow", "dark-wide"])
def test_cards_and_guesses_hinder_nobody(page, dark, width):
    """Does axe-core find nothing in them, unfolded and answered?"""
    ask = """
    const folded = document.querySelectorAll("#exercise-momentum details, #question-06 details");
    for (const each of folded) each.open = true;
    document.querySelector("form.guess input").value = "1";
    document.querySelector("form.guess").requestSubmit();
    await new Promise((done) => setTimeout(done, 500));  // the theme sees to code that scrolls
    const parts = [["#exercise-momentum"], ["#question-06"], ["form.guess"]];
    const found = await axe.run({include: parts});
    document.body.textContent = "TOLD" + JSON.stringify(found.violations.map(
      (one) => [one.id, one.nodes.map((node) => node.html.slice(0, 160))])) + "DLOT";
    """
    assert asked_of(page, f"{browser.axe()};{ask}", dark=dark, width=width) == []


@pytest.mark.slow
def test_everything_is_printed(page, tmp_path):
    """Are hints, solution, mistakes and what is guessed at on paper, and no question and no wrong code?"""
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext here (apt-get install poppler-utils)")
    browser.run(page, f"--print-to-pdf={tmp_path / 'page.pdf'}")
    told = subprocess.run(
        ["pdftotext", tmp_path / "page.pdf", "-"], capture_output=True, text=True, check=True
    )
    for printed in (
        "what is v before the first",
        "v = beta * v + (1 - beta) * grads",
        "Forgets the velocity.",
        "1.805",  # which is printed by what is guessed at, and told nowhere else
    ):
        assert printed in told.stdout
    assert "Your guess." not in told.stdout
    assert "def forgets_the_velocity(" not in told.stdout


@pytest.mark.slow
def test_the_books_search_finds_a_mistake(page):
    """Does the index know the page of mistakes by a word of a hint?"""
    index = (page.parent.parent / "searchindex.js").read_text(encoding="utf-8")
    found = json.loads(re.search(r"Search\.setIndex\((.*)\)", index, re.DOTALL)[1])
    places = found["terms"]["uphil"]  # the stem of "uphill"
    names = [found["docnames"][place] for place in (places if isinstance(places, list) else [places])]
    assert "mistakes" in names and "lessons/06_momentum" in names
