"""Attacks on the grader: none gains a point, learns a secret, changes a thing or stops the class."""

import dataclasses
import os
import random
import socket
import sqlite3
import time
from pathlib import Path

import pytest

from autograde_tests.engine import exercises
from autograder.books import courses, journals
from autograder.marking import rebuilding
from autograder.returning import pages
from autograder.running import local, rounds
from autograder.sealing import remote
from tests import attacks
from tests.attacks import report
from tests.attacks.scene import CANARIES, CLASSMATES, PORT, Listener, Scene, changes, live_parts
from tests.classroom import ESSAY, LESSON, solution_of

ATTACKS = attacks.all_attacks()
BLANK = attacks.Attack("honest", "blank", "Nothing is written.", student="blank")
ENDINGS = {
    "ok", "wrong", "error", "time", "memory", "crash", "protocol", "missing", "unreadable"
}  # fmt: skip
SECONDS = 8.0
MEMORY = 400 * 1024  # KiB that the judge may grow by
FULL = {exercise.name: exercise.points for exercise in exercises.of_lesson(LESSON)}
THROUGH_NBGRADER = {
    "edit_the_notebook/duplicated_graded_cell",
    "edit_the_notebook/prepared_output",
    "forge_the_verdict/silent_display_hook",
    "deny_service/exit",
    "deny_service/pipe",
    "steal/link_to_a_key",
}

WORKS_ON_PLAIN = {
    "change_grades_or_files/own_grade",
    "deny_service/exit",
    "edit_the_notebook/prepared_output",
    "fool_the_comparison/patched_difference",
    "forge_the_verdict/silent_display_hook",
    "inject/script",
    "persist_for_the_next_student/ipython_startup",
    "reach_the_reference/import",
    "steal/home_of_the_instructor",
    "tamper_with_the_process/patched_round",
}
MARKUP = r"""
    < > </ <!-- --> &lt; &gt; &amp; &amp;lt; " ' $ $$ \ { } [ ] ( ) ! ` ``` ~~~ pwned javascript:pwned ftp://pwned
    https://pwned.x //pwned data:text/html,pwned mailto:pwned@x.y www.pwned.x attachment:pwned \text \mathrm
    \href \url \style \class \color \textcolor \require \unicode \char \lt \hspace \colorbox \bbox \tooltip
    \begin{align} \end{align} \( \) \[ \] & ^ _ * ** | --- # 1. - [1]: [^1] [^1]: mermaid html 60 "3C script
    img/src=pwned/onerror=pwned svg/onload=pwned
"""


def descendants():
    """Return how many processes run below this one."""
    parent_of = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            state, parent = (process / "stat").read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if state != "Z":
            parent_of[int(process.name)] = int(parent)
    found, new = set(), {os.getpid()}
    while new:
        new = {pid for pid, parent in parent_of.items() if parent in new} - found
        found |= new
    return len(found)


def more_than(number):
    """Return by how many there are more descendants than that, once those that are ending have ended."""
    deadline = time.monotonic() + 2.0
    while (more := descendants() - number) > 0 and time.monotonic() < deadline:
        time.sleep(0.01)
    return max(more, 0)


def memory_of_the_judge():
    """Return the peak memory of the process that judges, our only child, in KiB."""
    peak = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
            if parent == os.getpid():
                status = (process / "status").read_text()
                peak = max(peak, *(int(line.split()[1]) for line in status.splitlines() if "VmHWM" in line))
        except (OSError, TypeError):
            continue
    return peak


@dataclasses.dataclass(frozen=True)
class Seen:
    """What was seen after one submission: harms, endings, seconds, growth of memory, new processes."""

    harms: list
    endings: set
    seconds: float
    grown: int
    left_running: int


@pytest.fixture(scope="module")
def short_times():
    """Endless answers end soon: a second for a cell, half a second for a call."""
    taught = {
        exercise.name: dataclasses.replace(exercise, seconds=0.5) for exercise in exercises.of_lesson(LESSON)
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remote, "CELL_SECONDS", 1.0)
        patch.setattr(exercises, "find", taught.__getitem__)
        yield


@pytest.fixture(scope="module")
def graded(tmp_path_factory, short_times):
    """Grade the whole class once, and look around after every submission; returns student → `Seen`."""
    scene = Scene(tmp_path_factory.mktemp("attacks") / "scene")
    for attack in [*ATTACKS, BLANK]:
        scene.hand_in(attack)
    seen, state = {}, {}

    def look(student, lesson):
        entry = journals.newest(scene.course)[lesson, student]
        now = time.monotonic(), memory_of_the_judge()
        left_running = more_than(state.setdefault("processes", descendants()))
        before = [_without(part, student, scene) for part in state["before"]]
        harms = scene.harms(student, before, blank=0.0)
        seen[student] = Seen(
            harms,
            {item.ended for item in entry.items},
            now[0] - state["time"],
            now[1] - state.setdefault("memory", now[1]),
            left_running,
        )
        state.update(before=(scene.files(()), scene.rows(())))
        state.update(time=time.monotonic(), memory=memory_of_the_judge())

    with pytest.MonkeyPatch.context() as patch, Listener() as listener:
        for name, value in scene.environment.items():
            patch.setenv(name, value)
        patch.delenv("AUTOGRADER_SECRET", raising=False)
        patch.setattr(rounds, "RECORD_SECONDS", -1.0)  # each is recorded alone, and looked at
        patch.setattr(local, "IN_FLIGHT_EACH", 1)  # nothing runs while we look
        state.update(before=(scene.files(()), scene.rows(())), time=time.monotonic())
        rounds.grade(courses.find(scene.course), [LESSON], progress=look)
        scene.classroom.run("nbgrader", "generate_feedback", LESSON, "--student", "m-[is]*")
        scene.classroom.run("nbgrader", "export")
    return scene, seen, list(listener.heard)


def _without(part, student, scene):
    """Leave out of what was seen before what belongs to a student who has just been graded."""
    graded = str(scene.course / "autograded" / student)
    return {key: value for key, value in part.items() if not f"{key}/".startswith(f"{graded}/")}


def attack_ids(attack):
    return attack.id


def test_there_are_enough():
    """Are there at least eighty, each with a name of its own and a mechanism?"""
    assert len(ATTACKS) >= 80
    assert len({attack.student for attack in ATTACKS}) == len(ATTACKS)
    assert len({attack.mechanism for attack in ATTACKS}) == len(ATTACKS)
    assert min(len(attacks.of_category(category)) for category in attacks.categories()) >= 8


@pytest.mark.parametrize("attack", ATTACKS, ids=attack_ids)
def test_an_attack_gains_nothing_and_touches_nothing(attack, graded):
    """Is all as after a blank answer: points, classmates, course, home, gradebook; has every item ended?"""
    _, seen, _ = graded
    result = seen[attack.student]
    assert result.harms == []
    assert result.endings <= ENDINGS
    assert result.seconds < SECONDS + attack.patience
    assert result.grown < MEMORY
    assert result.left_running == 0


@pytest.mark.parametrize("student", CLASSMATES)
def test_honest_classmates_get_their_points(student, graded):
    """Has the class not cost the first or the last anything?"""
    scene, seen, _ = graded
    assert scene.scores()[student] == {**FULL, ESSAY: None}
    assert seen[student].endings == {"ok"}


def test_a_blank_answer_is_the_baseline(graded):
    scene, _, _ = graded
    assert scene.scores()["blank"] == {**dict.fromkeys(FULL, 0.0), ESSAY: 0.0}


def test_every_submission_has_one_line_in_the_journal(graded):
    scene, _, _ = graded
    students = [entry.student for entry in journals.entries(scene.course)]
    assert sorted(students) == sorted([*CLASSMATES, BLANK.student, *(attack.student for attack in ATTACKS)])
    text = (scene.course / ".autograder" / "journal.jsonl").read_text()
    assert [name for name, canary in CANARIES.items() if canary in text] == []


def test_no_message_has_left_the_machine(graded):
    _, _, heard = graded
    assert heard == []


def test_a_listener_hears_what_is_said_and_nothing_of_its_own_end():
    """Would a message have been heard, empty or not; and is there none where nobody spoke?"""
    listener = Listener()
    with listener, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as speaker:
        for message in (b"", b"pwned"):
            speaker.sendto(message, ("127.0.0.1", PORT))
        deadline = time.monotonic() + 10
        while len(listener.heard) < 2 and time.monotonic() < deadline:
            time.sleep(0.01)
    assert listener.heard == ["", "pwned"]
    for _ in range(200):
        with Listener() as listener:
            pass
        assert listener.heard == []


@pytest.mark.parametrize("attack", attacks.of_category("inject"), ids=attack_ids)
def test_nothing_runs_in_a_page_or_a_spreadsheet(attack, graded):
    """Is what a student wrote dead on the feedback page and in the exported grades?"""
    scene, _, _ = graded
    page = scene.course / "feedback" / attack.student / LESSON / f"{LESSON}.html"
    assert page.exists() or attack.name == "formula_in_the_grades"
    assert scene.alive(attack.student) == []
    assert scene.formulas() == []


def test_no_mixture_of_markup_is_alive():
    """Whatever is mixed of Markdown, HTML, formulas and addresses: is a free answer dead on the page?"""
    rng, alive = random.Random(5), []
    pieces = [*MARKUP.split(), " ", "\n", "\n\n", "    ", "\t", "\r", "\0", "\u2028"]
    assert live_parts(pages.markdown2html("[x](javascript:pwned) $\\text{<script>pwned</script>}$"))
    for _ in range(4000):
        text = "".join(rng.choices(pieces, k=rng.randrange(2, 14)))
        if live_parts(pages.markdown2html(rebuilding.inert_markdown(text))):
            alive.append(text)
    assert alive == []


@pytest.mark.parametrize("attack", attacks.of_category("steal"), ids=attack_ids)
def test_no_secret_stands_in_the_feedback(attack, graded):
    scene, _, _ = graded
    pages = list((scene.course / "feedback" / attack.student).rglob("*.html"))
    assert len(pages) == 1
    text = pages[0].read_text()
    assert [name for name, canary in CANARIES.items() if canary in text] == []


def test_the_same_through_nbgrader(tmp_path):
    """Does `nbgrader autograde` with our preprocessors hold as well?"""
    chosen = [attack for attack in ATTACKS if attack.id in THROUGH_NBGRADER]
    assert len(chosen) == len(THROUGH_NBGRADER)
    scene = Scene(tmp_path / "scene")
    for attack in chosen:
        scene.hand_in(attack)
    students = {attack.student for attack in chosen} | set(CLASSMATES)
    before = scene.files(students), scene.rows(students)
    scene.classroom.run("nbgrader", "autograde", LESSON, **scene.environment)
    scores = scene.scores()
    for name in CLASSMATES:
        assert scores[name] == {**FULL, ESSAY: None}
    for attack in chosen:
        assert sum(score or 0.0 for score in scores[attack.student].values()) == 0.0
        assert scene.told(attack.student) == []
        assert (scene.graded_folder(attack.student) / f"{LESSON}.ipynb").exists()
    assert changes(before[0], scene.files(students)) == []
    assert changes(before[1], scene.rows(students)) == []


def test_what_is_looked_for_would_be_found(tmp_path):
    """Does the scene see points, secrets, changed files and rows, and live markup, where there are some?"""
    scene = Scene(tmp_path / "scene")
    scene.hand_in(BLANK)
    before = scene.files(("blank",)), scene.rows(("blank",))
    assert scene.harms("blank", before, 0.0) == ["not written"]
    graded = scene.graded_folder("blank")
    graded.mkdir(parents=True)
    (graded / f"{LESSON}.ipynb").write_text(
        '{"cells": [{"outputs": [{"output_type": "stream", "text": "canary-of-the-home"}]}]}'
    )
    (graded / "large").write_bytes(bytes(30 * 10**6))
    (scene.home / ".bashrc").write_text("evil")
    page = scene.course / "feedback" / "blank" / LESSON / f"{LESSON}.html"
    page.parent.mkdir(parents=True)
    page.write_text("<a href='javascript:pwned()'>x</a>")
    (scene.course / "grades.csv").write_text("a,=1+1\n")
    with sqlite3.connect(scene.course / "gradebook.db") as database:
        database.execute("UPDATE grade_cells SET max_score = 100")
    assert scene.harms("blank", before, 0.0) == [
        "told: home",
        "changed: home/.bashrc",
        "gradebook: grade_cells",
        "runs in the page: <a href>",
        "formula: =1+1",
        "not written",
        "30 MB",
    ]


def test_without_the_seal_secrets_are_told(tmp_path):
    """Is it the seal that stops these attacks, in the same grader: do they work with trusted submissions?

    Only attacks that read are tried so.
    """
    chosen = [attack for attack in ATTACKS if attack.id in ("steal/secret", "steal/classmates")]
    scene = Scene(tmp_path / "scene")
    for attack in chosen:
        scene.hand_in(attack)
    rounds.grade(courses.find(scene.course), [LESSON], trusted=True)
    told = {attack.name: scene.told(attack.student) for attack in chosen}
    assert told == {"secret": ["secret"], "classmates": ["classmate"]}


@pytest.mark.slow
def test_plain_nbgrader_falls(tmp_path):
    """Is no category a straw man: does one attack of each work on nbgrader as it comes?"""
    chosen = {attack.id: attack for attack in ATTACKS if attack.id in WORKS_ON_PLAIN}
    assert {attack.category for attack in chosen.values()} == set(attacks.categories())
    harms = report.plain(list(chosen.values()), tmp_path, workers=1, tell=lambda name, harms: None)
    assert [name for name in chosen if not harms[name]] == []


def test_a_right_answer_would_be_counted(graded):
    """Are the attacks' points read from where an honest student's are?"""
    scene, _, _ = graded
    assert sum(score or 0.0 for score in scene.scores()["ada"].values()) == sum(FULL.values())
    assert solution_of(exercises.find("momentum"))
