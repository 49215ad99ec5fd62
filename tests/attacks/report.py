"""Print what each attack does to plain nbgrader and to ours, side by side: `make attacks`.

Plain nbgrader runs student code with all that the instructor may do, so each attack on it has a bubblewrap
sandbox of its own: no network, a throw-away copy of a course and of a home, nothing else to write to, and
limits on memory, on the size of files and on time.
"""

import argparse
import concurrent.futures
import contextlib
import dataclasses
import json
import os
import resource
import shutil
import site
import subprocess
import sys
import tempfile
from pathlib import Path

from autograde_tests.engine import exercises
from autograder.books import courses
from autograder.running import rounds
from autograder.sealing import remote, sandboxes
from tests import attacks
from tests.attacks.scene import CLASSMATES, LEFT_BEHIND, PORT, Scene, copy_of
from tests.classroom import LESSON, ROOT, python

SECONDS = 60  # for one attack under plain nbgrader
HONEST_SECONDS = 40  # what takes longer has slowed the class down
MEMORY = 1024  # MiB, the most that a worker of ours may take
CELL_SECONDS = 5  # nbgrader's time limit for a cell, shorter than in a course
BLANK = attacks.Attack("honest", "blank", "Nothing is written.", student="blank")
LIMITS = {resource.RLIMIT_AS: 6 << 30, resource.RLIMIT_FSIZE: 200 << 20, resource.RLIMIT_CORE: 0}


def sandbox_command(directory):
    """Return the bubblewrap command under which plain nbgrader sees one scene and what it needs to run."""
    readable = ["/usr", "/lib", "/lib64", "/bin", "/sbin", "/etc/ld.so.cache", "/etc/passwd", sys.base_prefix]
    readable += [os.path.realpath(sys.base_prefix), Path(python()).parents[1], *site.getsitepackages()]
    readable += [ROOT / name for name in ("course_lib", "autograde_tests", "autograder")]
    command = [
        sandboxes.find_bubblewrap(),
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--clearenv",
    ]
    command += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    for path in dict.fromkeys(map(str, readable)):
        command += ["--ro-bind-try", path, path]
    inside = Path(__file__).with_name("inside_plain.py")
    command += ["--ro-bind", str(inside), "/inside_plain.py"]
    return [*command, "--bind", str(directory), str(directory), "--chdir", "/tmp"]


def limit():
    """Set the limits of everything in the outer sandbox."""
    for name, value in LIMITS.items():
        resource.setrlimit(name, (value, value))
    os.nice(5)


def under_plain_nbgrader(template, attack):
    """Run one attack on a copy of a scene under plain nbgrader; return its harms."""
    with tempfile.TemporaryDirectory(prefix="attack-", dir=template.directory.parent) as room:
        scene = copy_of(template, Path(room) / "scene")
        scene.hand_in(attack)
        before = scene.files((attack.student, *CLASSMATES)), scene.rows((attack.student, *CLASSMATES))
        pages = ["generate_feedback", "export"] if attack.category == "inject" else []
        said = run_nbgrader(scene, "autograde", *pages)
        return _harms_to_plain(scene, attack, before, said)


def run_nbgrader(scene, *commands):
    """Run commands of nbgrader on a scene, in an outer sandbox; return what `inside_plain` printed."""
    command = sandbox_command(scene.directory)
    path = f"{Path(python()).parent}:/usr/bin:/bin"
    for name, value in {**scene.environment, "PATH": path, "PYTHONPATH": str(ROOT)}.items():
        command += ["--setenv", name, value]
    arguments = [str(scene.course), LESSON, str(PORT), str(SECONDS), *commands]
    completed = subprocess.run(
        [*command, python(), "/inside_plain.py", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        preexec_fn=limit,
        timeout=4 * SECONDS,
    )
    (scene.directory / "log").unlink(missing_ok=True)
    return completed.stdout


def _harms_to_plain(scene, attack, before, said):
    try:
        harms = scene.harms(attack.student, before, 0.0)
    except Exception as error:  # the gradebook is gone, or locked
        return [f"the gradebook cannot be read: {type(error).__name__}"]
    with contextlib.suppress(Exception):
        scores = scene.scores()
        for name in CLASSMATES:
            if _total(scores, name) != _total(scores, "ada") or _total(scores, name) == 0:
                harms.append(f"{name} is not graded, or not as is due")
    try:
        told = json.loads(said.splitlines()[-1])
    except (ValueError, IndexError):
        return [*harms, "everything was killed"]
    harms += [f"told over the network: {text[:30]}" for text in told["heard"]]
    harms += [f"left: {path}" for path in told["files"] if path in LEFT_BEHIND]
    harms += [f"{told['left']} processes left" for _ in [0] if told["left"]]
    harms += [f"{told['memory']} MiB" for _ in [0] if told["memory"] > MEMORY]
    harms += [f"{told['seconds']} s" for _ in [0] if told["seconds"] > HONEST_SECONDS or not told["ended"]]
    return harms


def _total(scores, student):
    return sum(score or 0.0 for score in scores.get(student, {}).values())


def plain(chosen, directory, workers, tell):
    """Run attacks under plain nbgrader; return attack id → harms."""
    scene = Scene(directory / "template", plain=True)
    with open(scene.course / "nbgrader_config.py", "a", encoding="utf-8") as file:
        file.write(f"c.ExecutePreprocessor.timeout = c.Execute.timeout = {CELL_SECONDS}\n")
    hand_back = scene.course / "submitted" / "zoe", scene.directory / "zoe"
    hand_back[0].rename(hand_back[1])
    run_nbgrader(
        scene, "autograde", "generate_feedback", "export"
    )  # grades ada, and fills the caches of this home
    hand_back[1].rename(hand_back[0])
    harmless = under_plain_nbgrader(scene, BLANK)
    if harmless:
        raise SystemExit(f"a blank answer seems to do harm under plain nbgrader: {harmless}")
    found = {}
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        pending = {pool.submit(under_plain_nbgrader, scene, attack): attack for attack in chosen}
        for done in concurrent.futures.as_completed(pending):
            found[pending[done].id] = done.result()
            tell(pending[done].id, done.result())
    return found


def ours(chosen, directory):
    """Grade attacks as one class, as `autograder grade` does; return attack id → harms."""
    scene = Scene(directory / "ours")
    for attack in chosen:
        scene.hand_in(attack)
    os.environ.update(scene.environment)
    remote.CELL_SECONDS = 1.0
    taught = {each.name: dataclasses.replace(each, seconds=0.5) for each in exercises.of_lesson(LESSON)}
    exercises.find = taught.__getitem__
    everyone = [*CLASSMATES, *(attack.student for attack in chosen)]
    before = scene.files(everyone), scene.rows(everyone)
    rounds.grade(courses.find(scene.course), [LESSON])
    scene.classroom.run("nbgrader", "generate_feedback", LESSON)
    scene.classroom.run("nbgrader", "export")
    shared = set(scene.files(everyone).items()) ^ set(before[0].items())
    if shared or scene.rows(everyone) != before[1]:
        raise SystemExit(f"something was changed under ours: {sorted(shared)[:3]}")
    quiet = {attack.id: (scene.files([attack.student]), scene.rows([attack.student])) for attack in chosen}
    return {attack.id: scene.harms(attack.student, quiet[attack.id], 0.0) for attack in chosen}


def main():
    """Run the report."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("names", nargs="*", help="only attacks whose id contains one of these")
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, help="attacks at once, under plain"
    )
    parser.add_argument("--json", type=Path, help="write both columns to this file as well")
    options = parser.parse_args()
    chosen = [
        attack
        for attack in attacks.all_attacks()
        if not options.names or any(name in attack.id for name in options.names)
    ]
    room = Path(tempfile.mkdtemp(prefix="attacks-"))

    def tell(name, harms):
        print(f"  {name}: {'; '.join(harms) or 'nothing'}", file=sys.stderr, flush=True)

    try:
        both = _both(
            [attack for attack in chosen if not attack.only_ours], chosen, room, options.workers, tell
        )
    finally:
        shutil.rmtree(room, ignore_errors=True)
    _print_table(chosen, *both)
    if options.json:
        options.json.write_text(json.dumps(dict(zip(("plain", "ours"), both, strict=True)), indent=1))


def _both(against_plain, chosen, room, workers, tell):
    return plain(against_plain, room, workers, tell), ours(chosen, room)


def _print_table(chosen, by_plain, by_ours):
    width = max(len(attack.id) for attack in chosen)
    print(f"{'attack':<{width}}  {'plain nbgrader':<44}  ours")
    for attack in chosen:
        said = "; ".join(by_plain.get(attack.id, ["(nothing to attack)"]))[:44] or "stopped"
        as_noted = attack.only_ours or bool(by_plain[attack.id]) != bool(attack.stopped_by_plain)
        said += "" if as_noted else " (not as its file says)"
        print(f"{attack.id:<{width}}  {said:<44}  {'; '.join(by_ours[attack.id]) or 'stopped'}")
    print()
    for category in (*attacks.categories(), ""):
        some = [attack.id for attack in chosen if category in ("", attack.category)]
        worked = [bool(by_plain[name]) for name in some if name in by_plain]
        against_plain = f"{sum(worked):>3} of {len(worked):>3} work"
        against_ours = f"{sum(bool(by_ours[name]) for name in some)} of {len(some)}"
        print(f"{category or 'all':<30} plain nbgrader: {against_plain}   ours: {against_ours}")


if __name__ == "__main__":
    main()
