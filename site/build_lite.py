"""Build the browser version: JupyterLite with the lessons as students get them, and the wheels they need.

make lite                                                 # to build/lite/html
.venv/bin/python site/build_lite.py --without 12_capstone   # what `autograder handout` knows, this knows too
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import urllib.parse
import zipfile

from lite import first_cells, openings

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
LITE = ROOT / ".venv-lite"
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
PACKAGES = ["optimization-course", "ipywidgets", "jupyterlab-widgets"]
FAILED = 1


class BuildError(Exception):
    """The site cannot be built."""


def build(out, addresses, handout=()):
    """Build the site anew.

    Args:
        out: its folder, which holds nothing else. Beside it go Colab's notebooks, if the site has an address.
        addresses: as `openings.read` returns them.
        handout: words for `autograder handout`: which lessons, and what stands above them.

    Raises:
        BuildError: if a lesson cannot be released, or JupyterLite cannot be built.
    """
    with tempfile.TemporaryDirectory() as temporary:
        room = pathlib.Path(temporary)
        made = hand_out(room / "handout", handout)
        lessons, wheel = lessons_in(made["archive"]), pathlib.Path(made["wheel"])
        for name, notebook in lessons.items():
            write(room / "files" / name, first_cells.for_the_browser(notebook, PACKAGES))
        (room / "wheels").mkdir()
        for file in [wheel, *(LITE / "wheels").glob("*.whl")]:
            shutil.copy(file, room / "wheels")
        for name in ("jupyter_lite_config.json", "overrides.json"):
            shutil.copy(HERE / "lite" / name, room)
        (room / "jupyter-lite.json").write_text(json.dumps(configured(addresses)), encoding="utf-8")
        run_jupyter_lite(room)
        out.parent.mkdir(parents=True, exist_ok=True)
        shutil.rmtree(out, ignore_errors=True)
        shutil.move(room / "html", out)
        if urllib.parse.urlsplit(addresses["site"]).scheme:  # Colab is elsewhere, so it needs the whole of it
            address = f"{addresses['site']}/lite/pypi/{urllib.parse.quote(wheel.name)}"
            for name, notebook in lessons.items():
                write(out.with_name("colab") / name, first_cells.for_colab(notebook, address))


def hand_out(folder, words):
    """Let `autograder handout` make what students get; return what it says of it.

    Raises:
        BuildError: if it cannot.
    """
    command = [sys.executable, "-m", "autograder", "handout", "--out", str(folder), "--json", *words]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        raise BuildError(done.stderr.strip())
    return json.loads(done.stdout)


def lessons_in(archive):
    """Return the notebooks of a handout by their names; that is how they are called where they are saved.

    Raises:
        BuildError: if a lesson reads a file that lies beside it.
    """
    with zipfile.ZipFile(archive) as files:
        places = [pathlib.PurePath(name) for name in files.namelist() if "/notebooks/" in name]
        for place in places:
            if place.suffix != ".ipynb":
                raise BuildError(
                    f"{place.name} lies beside a lesson, and the browser version has lessons alone"
                )
        return {place.name: json.loads(files.read(str(place))) for place in places}


def write(path, notebook):
    """Write a notebook."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(notebook, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def configured(addresses):
    """Return JupyterLite's settings, with Pyodide from where the addresses say."""
    settings = json.loads((HERE / "lite" / "jupyter-lite.json").read_text(encoding="utf-8"))
    if addresses["pyodide"]:
        kernel = settings["jupyter-config-data"]["litePluginSettings"][KERNEL]
        kernel["pyodideUrl"] = addresses["pyodide"]
    return settings


def run_jupyter_lite(room):
    """Let JupyterLite build what lies in a folder.

    Raises:
        BuildError: if it is not installed, or if it fails.
    """
    command = [str(LITE / "bin" / "jupyter"), "lite", "build"]
    try:
        done = subprocess.run(command, cwd=room, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise BuildError("JupyterLite is not installed in .venv-lite: `make lite` does it") from error
    if done.returncode:
        raise BuildError(f"JupyterLite could not be built:\n{(done.stdout + done.stderr)[-2000:]}")


def main(arguments=None):
    """Build what the command line asks for; return the exit status."""
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0], epilog="Further words are for `autograder handout`."
    )
    place = ROOT / "build" / "lite" / "html"
    parser.add_argument("--out", type=pathlib.Path, default=place, help="where to put it", metavar="FOLDER")
    options, handout = parser.parse_known_args(arguments)
    out = options.out.resolve()
    try:
        build(out, openings.read(), handout)
    except (BuildError, openings.AddressError) as error:
        print(error, file=sys.stderr)
        return FAILED
    print(f"The browser version is in {out}; to try it: python -m http.server --directory {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
