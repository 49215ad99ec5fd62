"""The browser version and hosted notebooks: `check` where there is nothing but Python, and the site."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
import types
import urllib.parse
import zipfile
from pathlib import Path

import nbformat
import pytest
import yaml
from IPython.core.interactiveshell import InteractiveShell
from matplotlib import pyplot as plt

import build_lite
from autograde_tests.engine import exercises
from autograder.demo.sample_class import answers_of, source_as
from course_lib import plotting
from lite import first_cells, openings
from tests import pyodide
from tests.classroom import Classroom
from tests.test_doors import imported
from tools import set_up
from tools.take_pictures import chromium

ROOT = Path(__file__).parents[1]
RELEASED = sorted((ROOT / "notebooks").glob("*/*.ipynb"))
LESSON, EXERCISE = "00_gradient_descent", "max_stable_lr"
PUBLISHED = openings.read() | {"site": "https://example.org/course", "repository": "OWNER/NAME"}
WHEEL = "https://example.org/course/lite/pypi/optimization_course-1%2Be1-py3-none-any.whl"


def questions_answered(said):
    """Ask of what `like_a_browser` printed what the tests below promise."""
    names = [one.name for lesson in exercises.lessons() for one in exercises.of_lesson(lesson)]
    assert list(said["right"]) == names == list(said["wrong"])
    assert not [text for name, text in said["right"].items() if not text.startswith(f"✓ {name}: all ")]
    assert not [text for hint, text in said["wrong"].values() if hint not in text]
    assert {state for _, state in said["parts"]} == {"done", "written"}
    assert len(said["parts"]) == len(names) + len(exercises.lessons())


def test_check_and_progress_need_no_thread_no_process_and_no_timer(tmp_path):
    """Without these, does every solution pass, every mistake get its hint, and the progress show it?"""
    room = str(tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "tests.like_a_browser", "solutions"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "IPYTHONDIR": room, "XDG_CACHE_HOME": room},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    questions_answered(json.loads(done.stdout))


@pytest.mark.slow
def test_check_and_progress_in_pyodide_itself():
    """Does the same hold in the Python that browsers run?"""
    place = pyodide.distribution()
    command = ["node", ROOT / "tests" / "in_pyodide.mjs", place, ROOT]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    questions_answered(json.loads(done.stdout.splitlines()[-1]))


def test_figures_have_sliders_there(monkeypatch):
    """Does a figure with choices come with its sliders?"""
    monkeypatch.setattr(sys, "platform", "emscripten")
    shown = plotting.interactive(lambda slope: plt.figure(), "A line.", slope=[0.5, 1.0])
    assert [type(child).__name__ for child in shown.children] == ["SelectionSlider", "HTML"]


@pytest.mark.parametrize("path", RELEASED, ids=lambda path: path.stem)
def test_a_lesson_in_the_browser_is_the_lesson_below_two_cells(path):
    """Are a note and a cell that fetches the course all that is added, above the first code?"""
    released = nbformat.read(path, as_version=4)
    made = nbformat.from_dict(first_cells.for_the_browser(released, build_lite.PACKAGES))
    nbformat.validate(made)
    place = next(number for number, cell in enumerate(made.cells) if cell.id == "browser-note")
    note, fetch, imports = made.cells[place : place + 3]
    assert made.cells[:place] + made.cells[place + 2 :] == released.cells
    assert (fetch.id, imports.id) == ("browser-fetch", "imports")
    assert "hand in" in note.source and "optimization-course" in fetch.source


@pytest.mark.parametrize("somewhere, asked", [("google.colab", [f"install --quiet {WHEEL}"]), ("google", [])])
def test_colabs_cell_installs_on_colab_and_does_nothing_elsewhere(monkeypatch, somewhere, asked):
    """Is the handout's wheel asked for there, and nothing anywhere else?"""
    monkeypatch.setitem(sys.modules, somewhere, types.ModuleType(somewhere))
    made = first_cells.for_colab(json.loads(RELEASED[0].read_text(encoding="utf-8")), WHEEL)
    (cell,) = [cell for cell in made["cells"] if cell["id"] == "colab-install"]
    shell, installed = InteractiveShell(), []
    shell.register_magic_function(installed.append, magic_name="pip")
    assert shell.run_cell(cell["source"]).success
    assert installed == asked


def test_a_hosted_service_finds_in_environment_yml_what_the_lessons_import():
    """Does it name every package, a JupyterLab to open them in, and the course itself?"""
    named = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))["dependencies"]
    packages = {re.split("[<>=]", name)[0] for name in named if isinstance(name, str)}
    (by_pip,) = [entry["pip"] for entry in named if isinstance(entry, dict)]
    cells = [cell for path in RELEASED for cell in nbformat.read(path, as_version=4).cells]
    source = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    used = {name.partition(".")[0] for name in imported(source)}
    assert used - packages - {"course_lib", "autograde_tests"} <= set(sys.stdlib_module_names)
    assert "--editable ." in by_pip and {"jupyterlab", "ipykernel", "ipywidgets"} <= packages


def test_what_is_published_nowhere_has_no_button():
    """Does the course as it stands, which names no address, show none?"""
    assert openings.openings(LESSON, openings.read()) == []


def test_each_way_to_open_a_lesson_has_its_address():
    """Are all there where the course is published, and those alone that need a site where only that is?"""
    everywhere = openings.openings(LESSON, PUBLISHED)
    labels = ["Try it here", "Open in JupyterLab", "Open on Binder", "Open on Colab", "Download"]
    assert [label for label, _ in everywhere] == labels
    for _, address in everywhere:
        assert urllib.parse.urlsplit(address).scheme == "https" and LESSON in address and "{" not in address
    beside = openings.openings(LESSON, PUBLISHED | {"site": "..", "repository": ""})
    assert [label for label, _ in beside] == ["Try it here", "Open in JupyterLab", "Download"]


@pytest.mark.parametrize(
    "text, said", [("site =", "cannot be read"), ("[openings]\nHub = '{hub}'", "needs hub")]
)
def test_addresses_that_cannot_be_used_are_a_sentence(tmp_path, monkeypatch, capsys, text, said):
    """Does the build stop with one sentence and an exit status?"""
    (tmp_path / "addresses.toml").write_text(text)
    monkeypatch.setattr(openings.read, "__defaults__", (tmp_path / "addresses.toml",))
    assert build_lite.main(["--out", str(tmp_path / "out")]) == build_lite.FAILED
    assert said in capsys.readouterr().err and not (tmp_path / "out").exists()


def test_pyodide_comes_from_where_the_addresses_say():
    """Is it the one value that decides, and JupyterLite's own choice where it is empty?"""
    settings = [build_lite.configured(PUBLISHED | {"pyodide": address}) for address in ("", "../pyodide.mjs")]
    kernels = [one["jupyter-config-data"]["litePluginSettings"][build_lite.KERNEL] for one in settings]
    assert [kernel.get("pyodideUrl") for kernel in kernels] == [None, "../pyodide.mjs"]


def test_what_sliders_need_is_in_the_lock():
    """Does uv.lock, which has their digests, name every wheel that the kernel fetches from the site?"""
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    assert {line.partition("==")[0] for line in map(set_up.pinned, lock["package"])} - {""} == set(
        set_up.FOR_SLIDERS
    )


def test_a_site_that_cannot_be_built_leaves_the_one_before(tmp_path, monkeypatch, capsys):
    """Is it one sentence and an exit status, with everything as it was?"""
    (tmp_path / "index.html").write_text("the one before")
    monkeypatch.setattr(build_lite, "LITE", tmp_path / "nowhere")
    assert build_lite.main(["--out", str(tmp_path), LESSON]) == build_lite.FAILED
    assert "not installed" in capsys.readouterr().err
    assert build_lite.main(["--out", str(tmp_path), "--without", "99_none"]) == build_lite.FAILED
    assert "99_none" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["index.html"]


def test_a_lesson_with_a_file_beside_it_is_refused(tmp_path):
    """Does the build say so, where the lesson would open and its file would not be there?"""
    with zipfile.ZipFile(tmp_path / "handout.zip", "w") as archive:
        archive.writestr("course/notebooks/05_ewma/temperatures.csv", "1\n")
    with pytest.raises(build_lite.BuildError, match=r"temperatures\.csv lies beside"):
        build_lite.lessons_in(tmp_path / "handout.zip")


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Build the browser version, and let it run on the Pyodide that the registries have."""
    if not (build_lite.LITE / ".synced").exists():
        try:
            set_up.make_lite()
        except SystemExit as stopped:
            pytest.skip(str(stopped))
    place = tmp_path_factory.mktemp("published") / "lite"
    build_lite.build(place, PUBLISHED)
    pyodide.put_into(place)
    return place


@pytest.fixture(scope="module")
def answers():
    """Return texts of an answer cell, and the hint that belongs to the wrong one."""
    mistake = exercises.find(EXERCISE).misconceptions[0]
    right = answers_of(ROOT / "solutions" / LESSON / f"{LESSON}.ipynb")[f"{EXERCISE}-answer"]
    return {"wrong": source_as(mistake.function, EXERCISE), "right": right, "hint": mistake.hint}


@pytest.fixture(scope="module")
def folder(site, answers, tmp_path_factory):
    """Let a student work in Chromium; return the folder with what was seen and downloaded."""
    if chromium() is None:
        pytest.skip("no Chromium here (apt-get install chromium)")
    room = tmp_path_factory.mktemp("seen")
    (room / "answers.json").write_text(json.dumps(answers), encoding="utf-8")
    python, script = build_lite.LITE / "bin" / "python", ROOT / "tests" / "lite_session.py"
    command = [python, script, site, room, room / "answers.json"]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return room


@pytest.fixture(scope="module")
def seen(folder):
    """Return what was seen."""
    return json.loads((folder / "seen.json").read_text(encoding="utf-8"))


@pytest.mark.slow
def test_the_page_asks_nobody_else_and_the_console_is_clean(seen):
    """Does the whole session get along with the site alone?"""
    assert seen["elsewhere"] == [] == seen["errors"]
    assert seen["missing"] == []


@pytest.mark.slow
def test_the_front_page_lists_the_lessons(seen):
    """Is each there, under the name that its file has when it is handed in?"""
    assert sorted(seen["lessons"]) == [f"{lesson}.ipynb" for lesson in exercises.lessons()]


@pytest.mark.slow
def test_check_gives_the_hint_in_the_page(seen, answers):
    """Is a wrong answer's hint there, and is a right one seen to be right?"""
    assert seen["wrong"].startswith(f"✗ {EXERCISE}: ") and answers["hint"] in seen["wrong"]
    assert "when it is graded" not in seen["wrong"]
    assert seen["right"].strip() == f"✓ {EXERCISE}: all {len(exercises.find(EXERCISE).claims)} claims hold."


@pytest.mark.slow
def test_figures_and_progress_are_alive_in_the_page(seen):
    """Does a slider draw its figure anew, and does the progress show what was saved?"""
    assert seen["slider moves"]
    assert f"{EXERCISE}\tdone" in seen["progress"] and "65 exercises: 1 done" in seen["progress"]


@pytest.mark.slow
def test_work_is_kept_in_the_browser(seen):
    """Is the answer there after the page was opened again, in either of its views?"""
    last = "return 2 / largest if largest > 0 else np.inf"
    assert last in seen["kept"] and last in seen["kept in JupyterLab"]


@pytest.mark.slow
def test_a_loop_without_end_is_ended_by_a_restart(seen):
    """Does the kernel run cells again, as the note says?"""
    assert seen["after a loop without end"].strip() == "42"


@pytest.mark.slow
def test_what_was_downloaded_is_graded(folder, seen, tmp_path):
    """Does the file earn its points, put into `submitted/` as it is?"""
    assert seen["downloaded"] == f"{LESSON}.ipynb"
    course = Classroom(tmp_path, lessons=())
    shutil.copytree(ROOT / "solutions" / LESSON, tmp_path / "solutions" / LESSON)
    course.release()
    handed_in = tmp_path / "submitted" / "ada" / LESSON
    handed_in.mkdir(parents=True)
    shutil.copy(folder / seen["downloaded"], handed_in)
    course.run("autograder", "grade")
    points = {name: score for name, score in course.scores(LESSON)["ada"].items() if score}
    assert points == {EXERCISE: exercises.find(EXERCISE).points}


@pytest.mark.slow
def test_each_address_leads_to_a_page_of_the_site(site):
    """Is there a file for every way to open a lesson that lies on the site, and for Colab's wheel?"""
    for lesson in exercises.lessons():
        for _, address in openings.openings(lesson, PUBLISHED | {"site": "..", "repository": ""}):
            assert (site.parent / urllib.parse.urlsplit(address).path.removeprefix("../")).exists()
        assert (site / "files" / f"{lesson}.ipynb").exists()
        colab = (site.with_name("colab") / f"{lesson}.ipynb").read_text(encoding="utf-8")
        (wheel,) = re.findall(r"%pip install --quiet https://example.org/course/(\S+\.whl)", colab)
        assert (site.parent / urllib.parse.unquote(wheel)).exists()
