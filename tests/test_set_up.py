"""What `make` does before anything else: an environment from uv.lock."""

import pathlib
import subprocess

import pytest

from tools import set_up


@pytest.fixture
def commands(monkeypatch, tmp_path):
    """Run nothing; list what would be run, and in which environment."""
    seen = []

    def note(command, **about):
        seen.append((command, about.get("env")))
        return subprocess.CompletedProcess(command, 0)

    (tmp_path / ".venv").mkdir()
    monkeypatch.setattr(set_up, "ROOT", tmp_path)
    monkeypatch.setattr(subprocess, "run", note)
    return seen


def sync_of(commands):
    """Return the one call of `uv sync`: its words and its environment."""
    (call,) = [(command, environment) for command, environment in commands if "sync" in command]
    return call


def test_uv_trusts_the_certificates_of_the_system(commands, monkeypatch):
    """Is uv told to, where the caller says nothing, with all else of the environment?"""
    monkeypatch.delenv("UV_SYSTEM_CERTS", raising=False)
    monkeypatch.setenv("SOMETHING_ELSE", "stays")
    set_up.make_environment()
    _, environment = sync_of(commands)
    assert environment["UV_SYSTEM_CERTS"] == "1"
    assert environment["SOMETHING_ELSE"] == "stays"


@pytest.mark.parametrize("said", ["0", "false", ""])
def test_what_the_caller_says_of_certificates_stays(commands, monkeypatch, said):
    """Does uv get the caller's own word, whatever it is?"""
    monkeypatch.setenv("UV_SYSTEM_CERTS", said)
    set_up.make_environment()
    assert sync_of(commands)[1]["UV_SYSTEM_CERTS"] == said


def test_everything_is_installed(commands):
    """Does `make` install what any part of the course needs, as the lock has it?"""
    set_up.make_environment()
    command, _ = sync_of(commands)
    assert {"--all-extras", "--frozen"} <= set(command)


def test_nothing_is_changed_in_our_own_environment(commands, monkeypatch):
    """Is the variable given to uv alone?"""
    monkeypatch.delenv("UV_SYSTEM_CERTS", raising=False)
    set_up.make_environment()
    assert "UV_SYSTEM_CERTS" not in set_up.os.environ


def test_the_book_has_an_environment_of_its_own(commands, monkeypatch, tmp_path):
    """Is what builds the book installed from the lock beside `.venv`, not in it?"""
    (tmp_path / ".venv-book").mkdir()
    monkeypatch.setattr(set_up, "fetch", lambda environment, package: None)
    set_up.make_book()
    command, environment = sync_of(commands)
    assert {"--frozen", "--group", "book", "--no-default-groups"} <= set(command)
    assert environment["UV_PROJECT_ENVIRONMENT"] == str(tmp_path / ".venv-book")


@pytest.mark.parametrize("package", set_up.FROM_NPM)
def test_another_package_is_not_taken(package, monkeypatch, tmp_path):
    """Does set-up stop with a sentence where the package is not the one that was looked at?"""

    def pack(command, **about):
        (folder,) = [command[index + 1] for index, word in enumerate(command) if word == "--pack-destination"]
        (pathlib.Path(folder) / "package.tgz").write_bytes(b"something else")
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(subprocess, "run", pack)
    with pytest.raises(SystemExit, match="is not the one"):
        set_up.fetch(tmp_path, package)
    assert not list(tmp_path.iterdir())
