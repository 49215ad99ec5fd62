"""environment.yml, pyproject.toml and uv.lock name the same dependencies."""

import pathlib
import tomllib

import yaml
from packaging.requirements import Requirement

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONDA = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
LOCK = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
EXTRAS = PROJECT["project"]["optional-dependencies"]
DEVELOPMENT = PROJECT["dependency-groups"]["dev"]
ELSEWHERE = ("book", "lite")  # groups in environments of their own, so not in conda's
EVERYTHING = [*PROJECT["project"]["dependencies"], *(line for lines in EXTRAS.values() for line in lines)]


def test_conda_installs_what_pyproject_asks_for():
    """Does environment.yml name each dependency and each extra of pyproject.toml, and no other?"""
    (from_pip,) = [entry["pip"] for entry in CONDA["dependencies"] if isinstance(entry, dict)]
    from_conda = [entry for entry in CONDA["dependencies"] if isinstance(entry, str) and entry != "pip"]
    assert from_pip[-1] == "--editable ."

    asked = EVERYTHING + DEVELOPMENT
    asked.append("python" + PROJECT["project"]["requires-python"])

    assert requirements(from_conda + from_pip[:-1]) == requirements(asked)


def test_conda_leaves_to_pip_only_what_is_for_one_system():
    """Does pip install only the wheels that conda does not have, which are Linux's?"""
    (from_pip,) = [entry["pip"] for entry in CONDA["dependencies"] if isinstance(entry, dict)]
    assert all(Requirement(entry).marker for entry in from_pip[:-1])


def test_lock_was_made_from_pyproject():
    """Does uv.lock record the requirements that pyproject.toml has now?"""
    (course,) = [package for package in LOCK["package"] if package["name"] == PROJECT["project"]["name"]]
    metadata = course["metadata"]
    locked = metadata["requires-dist"] + metadata["requires-dev"]["dev"]
    asked = EVERYTHING + DEVELOPMENT
    for group in ELSEWHERE:
        locked = locked + metadata["requires-dev"][group]
        asked = asked + PROJECT["dependency-groups"][group]
    assert {(entry["name"], frozenset(entry.get("specifier", "").split(","))) for entry in locked} == {
        (name, frozenset(specifier)) for name, specifier, _ in requirements(asked)
    }
    assert set(metadata["provides-extras"]) == set(EXTRAS)
    for extra, lines in EXTRAS.items():
        of_extra = {it["name"] for it in locked if f"extra == '{extra}'" in it.get("marker", "")}
        assert of_extra == {Requirement(line).name for line in lines}


def test_no_dependency_is_asked_for_twice():
    """Does each package stand in one place, the dependencies or one extra?"""
    names = [Requirement(line).name for line in EVERYTHING]
    assert sorted(names) == sorted(set(names))


def test_a_laptop_needs_no_grader():
    """Are JupyterLab, pytest and the grader's packages left to extras?"""
    names = {Requirement(line).name for line in PROJECT["project"]["dependencies"]}
    assert names == {"ipykernel", "ipywidgets", "matplotlib", "numpy", "pillow"}


def test_lock_names_the_public_index_alone():
    """Could anybody install from uv.lock, whatever mirror it was made behind?"""
    places = {str(package["source"]) for package in LOCK["package"]}
    assert places == {"{'registry': 'https://pypi.org/simple'}", "{'editable': '.'}"}


def requirements(lines):
    """Return requirement lines as a set of (name, specifiers, marker)."""
    parsed = map(Requirement, lines)
    return {(each.name, frozenset(map(str, each.specifier)), str(each.marker)) for each in parsed}
