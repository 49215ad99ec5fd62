"""Make `.venv` and fill it from uv.lock; with --oracles, put PyTorch in `.venv-oracles` on top of it.

Called by the Makefile. Runs before anything is installed, so it uses the standard library alone.
"""

import argparse
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
TORCH = "2.13.0"
CPU_BUILDS = "https://download.pytorch.org/whl/cpu"


def make_environment():
    """Make `.venv` where it is missing, and bring it to what uv.lock says."""
    environment = ROOT / ".venv"
    python = environment / "bin" / "python"
    if not works(python):
        run(sys.executable, "-m", "venv", "--clear", environment)
    run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "uv>=0.9")
    # --project, so that a workspace further up or a UV_PROJECT of the caller's does not count.
    run(
        *(environment / "bin" / "uv", "sync", "--frozen", "--all-extras", "--quiet"),
        *("--python", python, "--project", ROOT),
        environment=as_uv_needs(os.environ),
    )
    (environment / ".synced").touch()


def make_oracles():
    """Make `.venv-oracles`: PyTorch, and everything in `.venv` seen through it.

    PyTorch is no dependency of the course and never in its lock. Where it cannot be had, the environment
    is made without it, and the tests that need it skip and say so.
    """
    environment = ROOT / ".venv-oracles"
    python = environment / "bin" / "python"
    below = environment_packages(ROOT / ".venv" / "bin" / "python")
    if not works(python):
        run(ROOT / ".venv" / "bin" / "python", "-m", "venv", "--clear", environment)
    link = f"import site; site.addsitedir({str(below)!r})\n"
    (environment_packages(python) / "course.pth").write_text(link, encoding="utf-8")
    # Without a graphics card's libraries PyTorch is a tenth of the size; not every system has such a build.
    install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    small = [*install, "--retries=0", "--extra-index-url", CPU_BUILDS, f"torch=={TORCH}+cpu"]
    if not succeeds(*small) and not succeeds(*install, f"torch=={TORCH}"):
        print("PyTorch could not be installed: the tests against it will be skipped.", file=sys.stderr)
        return
    (environment / ".synced").touch()


def as_uv_needs(environment):
    """Return an environment in which uv, as pip does, trusts the certificates that the system trusts.

    Behind a proxy with a certificate of its own, uv stops otherwise. What the caller has set stays.
    """
    return {"UV_SYSTEM_CERTS": "1", **environment}


def works(python):
    """Say whether this interpreter starts and is new enough."""
    probe = f"import sys, pip; sys.exit(sys.version_info < {OLDEST})"
    try:
        return subprocess.run([python, "-c", probe], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def environment_packages(python):
    """Return the folder that this interpreter's packages are installed in."""
    answer = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    )
    return pathlib.Path(answer.stdout.strip())


def run(*command, environment=None):
    """Run a command from the project's root; leave with a sentence where it fails."""
    if not succeeds(*command, environment=environment):
        sys.exit("Set-up stopped, because this command failed: " + " ".join(map(str, command)))


def succeeds(*command, environment=None):
    """Run a command from the project's root and say whether it succeeded."""
    words = list(map(str, command))
    return subprocess.run(words, cwd=str(ROOT), env=environment, check=False).returncode == 0


def main():
    """Set up what the command line asks for."""
    if sys.version_info < OLDEST:
        have = ".".join(map(str, sys.version_info[:2]))
        sys.exit(
            f"This course needs Python 3.11 or newer, and {sys.executable} is Python {have}: "
            "name a newer one with `make PYTHON=python3.12 ...`."
        )
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--oracles", action="store_true", help="make .venv-oracles on top of .venv")
    if parser.parse_args().oracles:
        make_oracles()
    else:
        make_environment()


if __name__ == "__main__":
    main()
