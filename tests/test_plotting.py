"""The look of the figures: who they can be seen by, and where they can live."""

import io
import itertools
import json
import subprocess
import sys
import warnings

import numpy as np
import pytest
from matplotlib import colors
from matplotlib import pyplot as plt
from PIL import Image

from course_lib import objectives, optimizers, plotting
from course_lib.training import descend


@pytest.fixture(autouse=True)
def nothing_stays_behind():
    """Close what a test opened, undo its style, and fail on warnings."""
    with warnings.catch_warnings(), plt.rc_context():
        warnings.simplefilter("error")
        yield
    plt.close("all")


RULES = ["sgd", "momentum", "classical_momentum", "nesterov", "adagrad", "rmsprop", "adam", "adamw"]

# How colors reach eyes without one kind of cone, in linear RGB: Viénot, Brettel and Mollon (1999).
VISIONS = {
    "full": np.eye(3),
    "without red": np.array([[0.11238, 0.88762, 0.0], [0.11238, 0.88762, 0.0], [0.00401, -0.00401, 1.0]]),
    "without green": np.array([[0.29275, 0.70725, 0.0], [0.29275, 0.70725, 0.0], [-0.02234, 0.02234, 1.0]]),
}


def seen(color, vision):
    """CIE L*a*b* coordinates of a color as such eyes see it."""
    rgb = np.array(colors.to_rgb(color))
    linear = np.where(rgb > 0.04045, ((rgb + 0.055) / 1.055) ** 2.4, rgb / 12.92)
    linear = np.clip(VISIONS[vision] @ linear, 0, 1)
    to_xyz = [[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]
    x, y, z = np.cbrt(to_xyz @ linear / np.array([0.9505, 1.0, 1.089]))
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


@pytest.mark.parametrize("vision", VISIONS)
def test_rules_are_told_apart_with_any_color_vision(vision):
    """Do two rules differ in color by 10 or more (2 is just visible), or else plainly in their line?"""
    for one, other in itertools.combinations(RULES, 2):
        looks = plotting.RULE_LOOKS[one], plotting.RULE_LOOKS[other]
        distance = np.linalg.norm(seen(looks[0]["color"], vision) - seen(looks[1]["color"], vision))
        assert distance > 10 or looks[0]["linestyle"] != looks[1]["linestyle"], (one, other, distance)


def test_every_rule_has_its_own_look():
    """Has every rule of the course a color and a marker of its own, and the two Nesterovs the same?"""
    defined = {name for name, it in vars(optimizers).items() if getattr(it, "__wrapped__", None)}
    assert defined == plotting.RULE_COLORS.keys() == {*RULES, "nesterov_lookahead"}
    for key in ("color", "marker"):
        assert len({plotting.RULE_LOOKS[name][key] for name in RULES}) == len(RULES)
    assert plotting.RULE_LOOKS["nesterov"] == plotting.RULE_LOOKS["nesterov_lookahead"]
    assert plotting.rule_look(optimizers.adam)["color"] == plotting.RULE_COLORS["adam"]
    assert plotting.rule_look("my_own")["color"] == plotting.RULE_COLORS["sgd"]


@pytest.mark.parametrize(
    "objective",
    [
        objectives.ravine(25.0),
        objectives.rosenbrock,
        objectives.beale,
        objectives.himmelblau,
        objectives.saddle,
        objectives.monkey_saddle,
        objectives.double_well,
        objectives.plateau,
    ],
    ids=lambda objective: objective.name,
)
def test_landscapes_and_paths_are_drawn(objective):
    """Does a landscape keep its view under a path that leaves it?"""
    ax = plotting.contours(objective, xlim=(-2, 2), ylim=(-1, 3))
    line = plotting.path(ax, np.array([[0.0, 0.0], [50.0, -70.0], [np.inf, np.nan]]), "adam")
    assert (ax.get_xlim(), ax.get_ylim()) == ((-2, 2), (-1, 3))
    assert line.get_color() == plotting.RULE_COLORS["adam"]
    assert plotting.picture(ax, "A landscape.").data.startswith(b"\x89PNG")


def test_divergence_can_be_drawn():
    """Are errors that overflow left out, in silence?"""
    trace = descend(optimizers.sgd, objectives.rosenbrock, lr=1.0, steps=20)
    figure, ax = plt.subplots()
    drawn = plotting.error_curve(ax, trace.losses, "sgd").get_ydata()
    assert np.isfinite(drawn[0]) and np.isnan(drawn[-1])
    plotting.path(ax, trace.params, "sgd")
    plotting.picture(figure, "A curve that ends.")


def test_a_picture_carries_its_alt_text():
    """Is the text in the HTML, escaped, and all there is in plain text; and is the figure closed?"""
    figure, _ = plt.subplots()
    shown = plotting.picture(figure, 'Error "falls" & stays < 1.')
    bundle = shown._repr_mimebundle_()
    assert bundle["text/html"].startswith('<img src="data:image/png;base64,')
    assert "max-width: 100%" in bundle["text/html"]  # a narrow window cuts nothing off
    assert 'alt="Error &quot;falls&quot; &amp; stays &lt; 1."' in bundle["text/html"]
    assert bundle["text/plain"] == repr(shown) == 'Error "falls" & stays < 1.'
    assert not plt.fignum_exists(figure.number)


def test_an_animation_is_small_and_moves():
    """Does a film of 60 frames over a landscape stay below 400 kB, with every frame and the same colors?"""
    plotting.use_course_style()
    params = descend(optimizers.classical_momentum, objectives.ravine(25.0), lr=0.02, steps=59).params
    ax = plotting.contours(objectives.ravine(25.0), (-11, 8), (-2, 2))
    line = plotting.path(ax, params[:1], "classical_momentum")
    film = plotting.animate(ax, lambda t: line.set_data(*params[: t + 1].T), range(60), "A ball rolls.")
    assert len(film.data) + len(film.still) < 400_000
    assert film.tag.startswith(
        '<picture><source media="(prefers-reduced-motion: reduce)" srcset="data:image/png'
    )
    image = Image.open(io.BytesIO(film.data))
    assert (image.n_frames, image.info["loop"]) == (60, 0)
    first = np.asarray(image.convert("RGB"))
    image.seek(59)
    assert np.any(first != np.asarray(image.convert("RGB")))


def draw_slope(slope, power=1):
    """Draw a power of x."""
    figure, ax = plt.subplots(figsize=(2, 2))
    ax.plot([0, 1], [0, slope**power])
    return figure


def test_without_a_person_there_is_a_still_picture():
    """Is the picture that of the middle values, and does its text say so?"""
    shown = plotting.interactive(draw_slope, "A line.", slope=np.linspace(0, 1, 5), power=[1, 2, 3])
    assert isinstance(shown, plotting.Picture)
    assert shown.alt == "A line. Here slope = 0.5, power = 2."


def test_with_a_person_there_are_sliders(monkeypatch):
    """Does moving a slider draw the figure anew, with its new alternative text?"""
    monkeypatch.setattr(plotting, "_someone_is_there", lambda: True)
    box = plotting.interactive(draw_slope, "A line.", slope=np.geomspace(0.01, 1, 3), power=[1, 2, 3])
    slope, power, image = box.children
    assert 'alt="A line. Here slope = 0.1, power = 2."' in image.value
    before = image.value
    slope.value = slope.options[2][1]
    assert 'alt="A line. Here slope = 1, power = 2."' in image.value and image.value != before
    power.value = 1
    assert "power = 1." in image.value
    assert not plt.get_fignums()


NOTEBOOK_CELLS = [
    "import numpy as np\nfrom matplotlib import pyplot as plt\nfrom course_lib import plotting\n"
    "plotting.use_course_style()",
    "figure, ax = plt.subplots()\nplotting.error_curve(ax, [1.0, 0.1], 'adam')\nax.legend()\n"
    "plotting.picture(figure, 'still text')",
    "figure, ax = plt.subplots()\ndot = ax.plot([0], [0], 'o')[0]\n"
    "plotting.animate(figure, lambda x: dot.set_xdata([x]), [0.0, 0.5], 'moving text')",
    "def draw(a):\n    figure, ax = plt.subplots()\n    ax.plot([0, a])\n    return figure\n"
    "plotting.interactive(draw, 'slider text.', a=[1, 2, 3])",
]


def test_figures_live_in_a_converted_notebook(tmp_path):
    """Does each figure cell of an executed notebook give one image with its text, and nothing on stderr?"""
    nbformat = pytest.importorskip("nbformat")
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in NOTEBOOK_CELLS])
    nbformat.write(book, tmp_path / "figures.ipynb")
    command = [
        sys.executable,
        "-m",
        "nbconvert",
        "--to",
        "notebook",
        "--execute",
        "--inplace",
        "figures.ipynb",
    ]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True, timeout=120)
    cells = json.loads((tmp_path / "figures.ipynb").read_text(encoding="utf-8"))["cells"]
    assert cells[0]["outputs"] == []
    for cell, text in zip(cells[1:], ["still text", "moving text", "slider text. Here a = 2."], strict=True):
        (output,) = cell["outputs"]
        assert output["output_type"] == "execute_result"
        assert f'alt="{text}"' in "".join(output["data"]["text/html"])
        assert "".join(output["data"]["text/plain"]) == text
