"""Build the browser version: JupyterLite with the lessons as students get them, and the wheels they need.

make lite                                                 # to build/lite/html
.venv/bin/python site/build_lite.py --out build/elsewhere
"""

import argparse
import json
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
sys.path.insert(0, str(ROOT))

from autograder.books import courses  # noqa: E402
from autograder.errors import AutograderError  # noqa: E402
from autograder.returning import handouts  # noqa: E402

LITE = ROOT / ".venv-lite"
KERNEL = "@jupyterlite/pyodide-kernel-extension:kernel"
PACKAGES = [handouts.DISTRIBUTION, "ipywidgets", "jupyterlab-widgets"]
FAILED = 1


class BuildError(AutograderError):
    """The site cannot be built."""


def build(out, addresses):
    """Build the site anew.

    Args:
        out: its folder, which holds nothing else. Beside it go Colab's notebooks, if the site has an address.
        addresses: as `openings.read` returns them.

    Raises:
        AutograderError: if a lesson cannot be released, or JupyterLite cannot be built.
    """
    course = courses.find(ROOT)
    with tempfile.TemporaryDirectory() as temporary:
        room = pathlib.Path(temporary)
        handout = handouts.make(course, course.lessons(), room / "handout")
        lessons = lessons_in(handout.archive)
        for name, notebook in lessons.items():
            write(room / "files" / name, first_cells.for_the_browser(notebook, PACKAGES))
        (room / "wheels").mkdir()
        for wheel in [handout.wheel, *(LITE / "wheels").glob("*.whl")]:
            shutil.copy(wheel, room / "wheels")
        for name in ("jupyter_lite_config.json", "overrides.json"):
            shutil.copy(HERE / "lite" / name, room)
        (room / "jupyter-lite.json").write_text(json.dumps(configured(addresses)), encoding="utf-8")
        run_jupyter_lite(room)
        shutil.rmtree(out, ignore_errors=True)
        shutil.move(room / "html", out)
        if urllib.parse.urlsplit(addresses["site"]).scheme:  # Colab is elsewhere, so it needs the whole of it
            wheel = f"{addresses['site']}/lite/pypi/{urllib.parse.quote(handout.wheel.name)}"
            for name, notebook in lessons.items():
                write(out.with_name("colab") / name, first_cells.for_colab(notebook, wheel))


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
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    place = ROOT / "build" / "lite" / "html"
    parser.add_argument("--out", type=pathlib.Path, default=place, help="where to put it", metavar="FOLDER")
    out = parser.parse_args(arguments).out.resolve()
    try:
        build(out, openings.read())
    except (AutograderError, openings.AddressError) as error:
        print(error, file=sys.stderr)
        return getattr(error, "exit_code", FAILED)
    print(f"The browser version is in {out}; to try it: python -m http.server --directory {out}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
