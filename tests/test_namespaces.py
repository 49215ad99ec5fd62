"""Where the system forbids user namespaces, `autograder doctor` says which setting does, and what helps."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from autograder import errors
from autograder.sealing import namespaces, sandboxes

ROOT = Path(__file__).resolve().parent.parent
NAMES = [name for name, *_ in namespaces.SETTINGS]
FORBIDDING = {name: value for name, value, *_ in namespaces.SETTINGS}
ALLOWING = {
    "user.max_user_namespaces": "96365",
    "kernel.unprivileged_userns_clone": "1",
    "kernel.apparmor_restrict_unprivileged_userns": "0",
}
# Enters a user namespace, in which the kernel makes no further ones, and becomes an ordinary user of it.
FORBIDDEN = """
import ctypes, os, sys
if ctypes.CDLL(None).unshare(0x10000000) == -1:
    sys.exit("no user namespace")
print("made", flush=True)
sys.stdin.readline()
with open("/proc/sys/user/max_user_namespaces", "w") as setting:
    setting.write("0")
os.setgroups([])
os.setgid(65534)
os.setuid(65534)
os.execv(sys.argv[1], [sys.argv[1], "-B", "-m", "autograder", "doctor"])
"""


def kernel(folder, **settings):
    """Write settings as the kernel shows them."""
    for name, value in settings.items():
        path = folder / "sys" / name.replace(".", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{value}\n")
    return folder


@pytest.fixture
def ordinary(monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 1000)


@pytest.mark.parametrize("name", NAMES)
def test_the_setting_that_forbids_them_is_named_with_what_helps(name, tmp_path, ordinary):
    """Is it one sentence, with the setting, its value, and a command for the administrator?"""
    told = namespaces.why_refused("/usr/bin/bwrap", kernel(tmp_path, **{**ALLOWING, name: FORBIDDING[name]}))
    assert f"({name} is {FORBIDDING[name]})" in told
    assert "`sysctl --write " in told
    assert told.count(": ") == 1
    assert "\n" not in told


def test_apparmors_sentence_names_the_program_and_the_profile(tmp_path, ordinary):
    """Does the administrator read which bubblewrap is meant, and is the file that is named one of ours?"""
    told = namespaces.why_refused("/somewhere/bwrap", kernel(tmp_path, **{NAMES[2]: "1"}))
    assert "/somewhere/bwrap" in told
    assert "deploy/jupyterhub/bwrap.apparmor" in told
    assert "profile bwrap /usr/bin/bwrap " in (ROOT / "deploy" / "jupyterhub" / "bwrap.apparmor").read_text()


def test_nothing_is_blamed_that_allows_them(tmp_path, ordinary):
    """Is nothing said where all is allowed, or the kernel has none of these settings?"""
    assert namespaces.why_refused("bwrap", tmp_path) == ""
    assert namespaces.why_refused("bwrap", kernel(tmp_path, **ALLOWING)) == ""


def test_root_is_stopped_by_none_of_them(tmp_path, monkeypatch):
    """Is root, who needs no user namespace, not sent after a setting?"""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    assert namespaces.why_refused("bwrap", kernel(tmp_path, **FORBIDDING)) == ""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a user namespace a second user")
def test_the_doctor_says_so_where_the_kernel_makes_none():
    """On a kernel that really makes none, is it the doctor's sentence, with status 2?"""
    packages = os.pathsep.join([str(ROOT), str(sandboxes.numpy_home())])
    environment = {"PYTHONPATH": packages, "PATH": os.environ["PATH"], "HOME": "/nonexistent"}
    for python in (sys.executable, "/usr/bin/python3"):  # the first may lie in root's home
        said, error, status = where_none_are_made(python, environment)
        if status == errors.REFUSED:
            assert "(user.max_user_namespaces is 0): the administrator allows some with" in error
            return
        assert "PermissionError" in error or "No module named" in error, said + error
    pytest.skip(f"an ordinary user cannot start this Python: {error[-300:]}")


def where_none_are_made(python, environment):
    """Run the doctor where the kernel makes no user namespaces; return what it says, and its status."""
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    command = [sys.executable, "-c", FORBIDDEN, python]
    with subprocess.Popen(command, cwd="/", env=environment, **pipes) as asked:
        if asked.stdout.readline() != "made\n":
            pytest.skip(f"no user namespace here: {asked.stderr.read()}")
        for kind in ("uid", "gid"):
            Path(f"/proc/{asked.pid}/{kind}_map").write_text("0 0 65536\n")
        return *asked.communicate("mapped\n"), asked.returncode
