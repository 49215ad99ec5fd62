"""The browser version: `check` where there are no threads, no processes and no timer, and the site itself."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from matplotlib import pyplot as plt

from autograde_tests.engine import exercises
from course_lib import plotting

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def as_in_a_browser(tmp_path_factory):
    """Return what becomes of all lessons in a Python that can do no more than the browser's."""
    room = str(tmp_path_factory.mktemp("home"))
    done = subprocess.run(
        [sys.executable, "-m", "tests.like_a_browser", "solutions"],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT), "IPYTHONDIR": room, "XDG_CACHE_HOME": room},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_check_needs_no_thread_no_process_and_no_timer(as_in_a_browser):
    """Does `check` say of every lesson's every solution that all claims hold, in such a Python?"""
    names = [one.name for lesson in exercises.lessons() for one in exercises.of_lesson(lesson)]
    assert list(as_in_a_browser["right"]) == names
    for name, said in as_in_a_browser["right"].items():
        assert said.startswith(f"✓ {name}: all "), said


def test_check_names_misconceptions_there(as_in_a_browser):
    """Does a wrong answer to every exercise get its hint?"""
    assert as_in_a_browser["wrong"]
    for name, (hint, said) in as_in_a_browser["wrong"].items():
        assert said.startswith(f"✗ {name}: ") and hint in said


def test_progress_runs_answers_where_it_is_asked(as_in_a_browser):
    """Is every exercise of the solved lessons done, and every question written?"""
    states = [state for _, state in as_in_a_browser["parts"]]
    assert len(states) == len(as_in_a_browser["right"]) + len(exercises.lessons())
    assert set(states) == {"done", "written"}


def test_figures_have_sliders_there(monkeypatch):
    """Does a figure with choices come with its sliders?"""
    monkeypatch.setattr(sys, "platform", "emscripten")
    shown = plotting.interactive(lambda slope: plt.figure(), "A line.", slope=[0.5, 1.0])
    assert [type(child).__name__ for child in shown.children] == ["SelectionSlider", "HTML"]
