"""Figures that move in a page without a kernel: what is packed, and what a reader's browser makes of it."""

import base64
import gzip
import io
import json
import math
import pathlib

import numpy as np
import pytest
from matplotlib import pyplot as plt
from PIL import Image

from course_lib import live_figures, objectives, plotting
from tests import browser

ROOT = pathlib.Path(__file__).resolve().parent.parent
STATIC = ROOT / "site" / "static"
SLOPES, POWERS = [0.0, 0.5, 1.0], [1, 2]


@pytest.fixture(autouse=True)
def book(monkeypatch):
    """A page of a book, on which nothing was drawn yet."""
    monkeypatch.setenv("COURSE_BOOK", "1")
    monkeypatch.setattr(live_figures, "_known", [])
    plt.close("all")  # what another test has left open
    with plt.rc_context():
        plotting.use_course_style()
        yield
    assert not plt.get_fignums()


def draw(slope, power):
    """Draw a power of x."""
    figure, ax = plt.subplots(figsize=(4, 3))
    ax.plot([0, 1], [0, slope**power])
    top = 10.0 ** (4 * power - 8)  # 0.0001 or 1: labels of unequal width
    ax.set(xlim=(0, 1), ylim=(0, top), xticks=[0, 1], title=f"slope {slope:g}", ylabel="height")
    return figure


def moved():
    """Return a figure with two sliders."""
    return plotting.interactive(draw, "A line.", slope=SLOPES, power=POWERS)


def played():
    """Return an animation of three frames."""
    figure, ax = plt.subplots(figsize=(4, 2))
    [dot] = ax.plot([0], [0.5], "o")
    ax.set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
    return plotting.animate(figure, lambda x: dot.set_xdata([x]), SLOPES, "A dot moves right.")


def packed(states=12, draw=str, alt="Number {}."):
    """Return a figure with one slider, and images that nobody looks at."""
    slider = live_figures.Slider("n", tuple(map(str, range(states))), states // 2)
    alts = [alt.format(n) for n in range(states)]
    return live_figures.live_figure("<img>", alts, [slider], lambda n: f"<svg><g>{draw(n)}</g></svg>")


def unpacked(figure):
    """Return what a page's script finds in a figure."""
    return json.loads(gzip.decompress(base64.b64decode(figure.states)))


def images(figure):
    """Return the SVG image of each state, put together as the script does."""
    found = unpacked(figure)
    return ["".join(found["parts"][part] for part in state) for state in found["states"]]


def test_every_stop_is_there_with_its_text():
    """Is there a picture for each combination, and does its text follow the values?"""
    figure = moved()
    found, pictures = unpacked(figure), images(figure)
    assert found["sliders"] == [
        {"name": "slope", "values": ["0", "0.5", "1"], "start": 1},
        {"name": "power", "values": ["1", "2"], "start": 1},
    ]
    assert found["alts"] == [f"A line. Here slope = {s:g}, power = {p}." for s in SLOPES for p in POWERS]
    assert len(set(pictures)) == 6
    assert all(picture.startswith("<svg ") and picture.endswith("</svg>") for picture in pictures)
    # What stands still is packed once; the panels stand still, however wide their labels become.
    assert sum(map(len, found["parts"])) < 3 * len(pictures[0])
    assert sum("fill: #ffffff" in part for part in found["parts"]) == 2  # the figure's ground and the axes'


@pytest.mark.parametrize("power", POWERS)
def test_labels_have_room_in_every_state(power):
    """Is the widest label inside the picture, however narrow those of another state are?"""
    [place] = plotting._common_places(draw(1.0, power) for power in POWERS)
    figure = draw(1.0, power)
    figure.set_layout_engine("none")
    figure.axes[0].set_position(place)
    assert figure.axes[0].get_tightbbox().x0 >= 0
    plt.close(figure)


def test_what_stands_there_without_a_script_is_the_middle():
    """Is the still picture an image of the middle values, twice as sharp as the page, with their text?"""
    figure = moved()
    assert repr(figure) == "A line. Here slope = 0.5, power = 2."
    assert f'alt="{figure}"' in figure.still and figure.tag.count("<img") == 1
    data = figure.still.split("base64,")[1].split('"')[0]
    assert Image.open(io.BytesIO(base64.b64decode(data))).size == (800, 600)
    assert 'width="400"' in figure.still
    assert figure._repr_mimebundle_() == {"text/html": figure.tag, "text/plain": figure.alt}


def test_an_animation_has_all_its_frames():
    """Is there a frame for each, at the animation's speed, and does the still picture show the last?"""
    figure = played()
    found = unpacked(figure)
    assert found["sliders"] == [{"name": "frame", "values": ["1 of 3", "2 of 3", "3 of 3"], "start": 2}]
    assert found["seconds"] == 0.1 and found["alts"] == ["A dot moves right."] * 3
    assert len(set(images(figure))) == 3


def test_level_lines_are_light_and_look_the_same(monkeypatch):
    """Is what packs a map half as large as all its lines' points, or less, and is it the same to the eye?"""

    def drawn():
        ax = plotting.contours(objectives.ravine(1000.0), (-11, 11), (-2, 2))
        ax.figure.draw_without_rendering()
        image, page = plotting._svg(ax.figure), io.BytesIO()
        ax.figure.savefig(page, format="png")
        plt.close(ax.figure)
        return len(image), np.asarray(Image.open(page)).astype(int)

    light, seen = drawn()
    monkeypatch.setattr(plotting, "_simplify_contours", lambda figure: None)
    heavy, expected = drawn()
    assert light < heavy / 2
    assert np.mean(np.abs(seen - expected)) < 0.5  # of 255


def test_the_same_figure_gives_the_same_bytes(monkeypatch):
    """Does a page stay as it is when it is built again?"""
    first = moved()
    monkeypatch.setattr(live_figures, "_known", [])
    assert moved().tag == first.tag


def test_a_second_picture_that_is_the_same_is_packed_once():
    """Does it name the first one's states, and is each of its own drawn once, to compare it?"""
    first, drawn = packed(), []
    second = packed(draw=lambda n: drawn.append(n) or n)
    assert first.states and not second.states
    assert "<script" in first.tag and "<script" not in second.tag
    assert second.name == first.name
    assert drawn == list(range(12))


@pytest.mark.parametrize("differs", [0, 4, 11])
def test_a_second_picture_that_differs_is_packed_too(differs):
    """Is a picture that differs in one state, or in its texts or stops, one of its own?"""
    figures = [packed(), packed(draw=lambda n: -1 if n == differs else n), packed(alt="{}"), packed(13)]
    assert all(figure.states for figure in figures)
    assert len({figure.name for figure in figures}) == 4


def test_a_second_picture_has_fewer_states():
    """Are its stops some of the first one's, with those that are named? Is it the first if it is the same?"""
    slopes = [n / 100 for n in range(100)]

    def again(power):
        return plotting.interactive(
            lambda slope: draw(slope, power), "A line.", named={"slope": [0.03]}, slope=slopes
        )

    first, same, other = again(1), again(1), again(2)
    assert first.states and other.states and not same.states and same.name == first.name
    [many], [few] = (unpacked(figure)["sliders"] for figure in (first, other))
    assert set(few["values"]) < set(many["values"]) and len(few["values"]) <= live_figures.MOST_STATES_AGAIN
    assert {"0", "0.03", "0.5", "0.99"} <= set(few["values"])


@pytest.mark.parametrize("lengths", [(45, 25), (42, 50), (33, 31), (41,), (300,), (24, 21), (31, 13)])
def test_few_enough_states_are_left(lengths):
    """Are there at most so many, with first, middle and last of each slider, in order?"""
    choices = {str(n): np.arange(length) / 7 for n, length in enumerate(lengths)}
    left = live_figures.thinned(choices)
    assert math.prod(map(len, left.values())) <= live_figures.MOST_STATES
    for name, values in choices.items():
        assert {values[0], values[len(values) // 2], values[-1]} <= set(left[name])
        assert left[name] == sorted(set(left[name])) and set(left[name]) <= set(values)


def test_what_stays_is_the_least():
    """Does thinning end where all that is left has to stay, although that is more than there should be?"""
    choices, named = {"lr": list(range(42)), "mu": list(range(50))}, {"lr": [18, 28], "mu": [29]}
    left = live_figures.thinned(choices, named, most=15)
    assert left == {"lr": [0, 18, 21, 28, 41], "mu": [0, 25, 29, 49]}


def test_few_states_stay_all():
    """Does a figure whose states are few keep all, and does a scale lose its stops before counts or names?"""
    assert live_figures.thinned({"a": [1, 2, 3], "b": "xy"}) == {"a": [1, 2, 3], "b": ["x", "y"]}
    for first in (range(2, 26), [str(n) for n in range(24)]):
        left = live_figures.thinned({"first": first, "scale": np.linspace(0, 1, 21)})
        assert (left["first"], len(left["scale"])) == (list(first), 3)


def test_what_a_text_names_stays():
    """Does the stop nearest to a number that the text names stay, though its neighbors go?"""
    choices = {"lr": np.linspace(0.1, 2.1, 21), "kappa": np.geomspace(1, 100, 25)}
    left = live_figures.thinned(choices, {"lr": [0.31, 1.9]})
    assert {0.3, 1.9} <= set(np.round(left["lr"], 3)) and not {0.4, 2.0} & set(np.round(left["lr"], 3))
    assert math.prod(map(len, left.values())) <= live_figures.MOST_STATES
    assert live_figures.thinned({"all": range(9)}, {"all": range(9)}, most=5) == {"all": list(range(9))}


def test_a_book_keeps_what_is_named(monkeypatch):
    """Do the stops that a lesson names reach the page?"""
    drawn = []
    monkeypatch.setattr(plotting, "_all_stops", lambda draw, told, start, choices: drawn.append(choices))
    plotting.interactive(draw, "A line.", named={"slope": [62]}, slope=range(0, 402, 2), power=POWERS)
    assert 62 in drawn[0]["slope"] and 58 not in drawn[0]["slope"]


class Page:
    """A page with a figure that is moved and one that plays, in Chromium."""

    def __init__(self, chrome, address, **settings):
        self.context = chrome.new_context(**settings)
        self.page = self.context.new_page()
        self.told, self.asked = [], []
        self.page.on("console", lambda message: self.told.append(message.text))
        self.page.on("pageerror", lambda error: self.told.append(str(error)))
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.goto(address)
        if settings.get("java_script_enabled", True):
            self.page.wait_for_function("document.querySelectorAll('.is-live').length === 3")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.context.close()
        assert self.told == []
        assert {address.partition(":")[0] for address in self.asked} <= {"file", "data", "blob"}

    def shown(self, figure=0):
        """Return the address of the picture that is seen."""
        return self.page.locator(".live-figure").nth(figure).locator("img:visible").get_attribute("src")

    def wait_for_text(self, text, figure=0):
        """Wait until the picture's alternative text says so."""
        self.page.locator(".live-figure").nth(figure).locator(f'img:visible[alt="{text}"]').wait_for()


@pytest.fixture(scope="module")
def chrome(tmp_path_factory):
    """Chromium, driven by playwright."""
    with browser.driven(tmp_path_factory.mktemp("playwright")) as chrome:
        yield chrome


@pytest.fixture
def address(tmp_path):
    """The address of a page: a figure, the same once more, and an animation."""
    figures = "".join(f"<section>{figure.tag}</section>" for figure in (moved(), moved(), played()))
    (tmp_path / "page.html").write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Figures</title>'
        '<meta name="viewport" content="width=device-width">'
        f"<style>{(STATIC / 'live_figures.css').read_text(encoding='utf-8')}</style></head>"
        f"<body><main><h1>Figures</h1>{figures}</main>"
        f"<script>{(STATIC / 'live_figures.js').read_text(encoding='utf-8')}</script></body></html>",
        encoding="utf-8",
    )
    return (tmp_path / "page.html").as_uri()


@pytest.mark.slow
def test_keys_move_a_slider_and_change_the_picture(chrome, address):
    """Do arrow keys, Home and End move it, with picture, text and value, in each figure for itself?"""
    with Page(chrome, address, reduced_motion="reduce") as it:
        slope = it.page.get_by_role("slider", name="slope").first
        assert it.shown().startswith("data:image/webp")
        assert slope.get_attribute("aria-valuetext") == "0.5"
        slope.focus()
        it.page.keyboard.press("ArrowRight")
        it.wait_for_text("A line. Here slope = 1, power = 2.")
        assert it.shown().startswith("blob:")
        assert slope.get_attribute("aria-valuetext") == "1"
        it.page.keyboard.press("Tab")
        it.page.keyboard.press("Home")
        it.wait_for_text("A line. Here slope = 1, power = 1.")
        it.page.keyboard.press("End")
        it.wait_for_text("A line. Here slope = 1, power = 2.")
        it.wait_for_text("A line. Here slope = 0.5, power = 2.", figure=1)


@pytest.mark.slow
def test_the_second_picture_moves_too(chrome, address):
    """Does the one whose states stand with the first show them?"""
    with Page(chrome, address, reduced_motion="reduce") as it:
        it.page.get_by_role("slider", name="slope").nth(1).press("End")
        it.wait_for_text("A line. Here slope = 1, power = 2.", figure=1)
        assert it.shown(1).startswith("blob:")


@pytest.mark.slow
def test_the_picture_that_is_seen_is_that_of_the_values(chrome, address):
    """Is the SVG image of each state one that the browser can draw, and another one than before?"""
    with Page(chrome, address, reduced_motion="reduce") as it:
        slope, seen = it.page.get_by_role("slider", name="slope").first, []
        for key, value in [("Home", 0), ("ArrowRight", 0.5), ("End", 1)]:
            slope.press(key)
            it.wait_for_text(f"A line. Here slope = {value:g}, power = 2.")
            it.page.wait_for_function("document.querySelector('.live-figure-now').complete")
            image = it.page.locator(".live-figure-now").first
            assert image.evaluate("it => it.naturalWidth > 0")
            seen.append(image.screenshot())
        assert len(set(seen)) == 3


@pytest.mark.slow
def test_a_finger_moves_a_slider(chrome, address):
    """Does a touch on a phone's screen move it, and does the page fit the screen?"""
    size = {"width": 360, "height": 740}
    with Page(chrome, address, viewport=size, has_touch=True, is_mobile=True, reduced_motion="reduce") as it:
        box = it.page.get_by_role("slider", name="slope").first.bounding_box()
        it.page.touchscreen.tap(box["x"] + box["width"] - 4, box["y"] + box["height"] / 2)
        it.wait_for_text("A line. Here slope = 1, power = 2.")
        assert it.page.evaluate("document.documentElement.scrollWidth") <= 360


@pytest.mark.slow
def test_without_a_script_the_still_picture_stands(chrome, address):
    """Is one picture seen in each figure, and nothing that cannot be used?"""
    with Page(chrome, address, java_script_enabled=False) as it:
        assert [it.shown(figure)[:15] for figure in range(3)] == ["data:image/webp"] * 3
        assert it.page.get_by_role("slider").count() == it.page.get_by_role("button").count() == 0


@pytest.mark.slow
def test_on_paper_the_still_picture_stands(chrome, address):
    """Is one picture printed of each figure, its first, and no slider?"""
    with Page(chrome, address, reduced_motion="reduce") as it:
        it.page.get_by_role("slider", name="slope").first.press("End")
        it.wait_for_text("A line. Here slope = 1, power = 2.")
        it.page.emulate_media(media="print")
        assert [it.shown(figure)[:15] for figure in range(3)] == ["data:image/webp"] * 3
        assert it.page.locator("input:visible, button:visible").count() == 0


@pytest.mark.slow
def test_an_animation_plays_and_can_be_stopped(chrome, address):
    """Does it begin when it is seen, go round, and stop when its button or its slider is touched?"""
    with Page(chrome, address) as it:
        button, frame = it.page.locator("button"), it.page.get_by_role("slider", name="frame")
        it.page.locator(".live-figure").nth(2).scroll_into_view_if_needed()
        it.page.wait_for_function("document.querySelector('button').textContent === 'Pause'")
        for value in ("0", "1", "2", "0"):
            it.page.wait_for_function(f"[...document.querySelectorAll('input')].at(-1).value === '{value}'")
        button.click()
        assert button.inner_text() == "Play"
        before = frame.input_value()
        it.page.wait_for_timeout(500)
        assert frame.input_value() == before
        button.click()
        assert button.inner_text() == "Pause"
        frame.press("ArrowLeft")  # which moves nothing, if it begins anew at its first frame
        assert button.inner_text() == "Play"


@pytest.mark.slow
def test_who_asks_for_less_motion_starts_it_by_hand(chrome, address):
    """Does the animation stand, at its last frame, until its button is pressed?"""
    with Page(chrome, address, reduced_motion="reduce") as it:
        button, frame = it.page.locator("button"), it.page.get_by_role("slider", name="frame")
        button.scroll_into_view_if_needed()
        it.page.wait_for_timeout(1000)
        assert (button.inner_text(), frame.input_value()) == ("Play", "2")
        assert it.shown(2).startswith("data:image/webp")
        button.click()
        it.page.wait_for_function("[...document.querySelectorAll('input')].at(-1).value !== '2'")


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_hinders_a_reader(chrome, address, scheme):
    """Does axe-core find nothing, and is each slider called by its name?"""
    with Page(chrome, address, color_scheme=scheme, reduced_motion="reduce") as it:
        it.page.evaluate(browser.axe())
        found = it.page.evaluate("axe.run().then(found => found.violations.map(one => one.id))")
        assert found == []
        assert it.page.get_by_role("slider", name="slope", exact=True).count() == 2
