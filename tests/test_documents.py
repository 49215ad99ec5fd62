"""What README, CONTRIBUTING and their like name, exists."""

import pathlib
import re

import nbformat
import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *ROOT.glob("deploy/**/*.md")])
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

each_document = pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))


@each_document
def test_links_lead_somewhere(document):
    """Does each link to a file of the repository lead to one?"""
    links = re.findall(r"\]\(([^)#:]+)\)", document.read_text(encoding="utf-8"))
    assert not [link for link in links if not (document.parent / link).exists()]


@each_document
def test_named_targets_exist(document):
    """Is each `make` command that is named a target of the Makefile?"""
    text = document.read_text(encoding="utf-8")
    named = re.findall(r"^make ([a-z][a-z -]*?) *(?:#.*)?$|`make ([a-z][a-z -]*)`", text, re.MULTILINE)
    words = {word for pair in named for part in pair for word in part.split()}
    assert words <= TARGETS


def test_targets_are_explained():
    """Does `make help` say what each target does?"""
    lines = (ROOT / "Makefile").read_text(encoding="utf-8").splitlines()
    targets = [line for line in lines if re.match(r"[a-z][a-z-]*:", line)]
    assert not [line for line in targets if " ## " not in line]


def test_the_notes_are_taught_where_the_table_says():
    """Does each lesson and section that the table of the two notes names exist?"""
    table = (
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Where the two lecture notes")[2]
    )
    named = re.findall(r"\b(\d\d) §(\d+)", table.partition("\n## ")[0])
    assert len(named) > 30
    for number, section in named:
        (path,) = (ROOT / "solutions").glob(f"{number}_*/*.ipynb")
        headings = [line for cell in nbformat.read(path, 4).cells for line in cell.source.splitlines()]
        assert any(line.startswith(f"## {section}. ") for line in headings), (
            f"{path.stem} has no section {section}"
        )


def test_the_shorter_path_is_as_short_as_the_readme_says():
    """Do its lessons take eight evenings of at most 90 minutes, and does the long one say where to stop?"""
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    path = re.search(r"eight evenings of at most 90 minutes each: ([\d, and]+) on two evenings", text)
    *single, double = re.findall(r"\d\d", path[1])
    lessons = {name: next((ROOT / "notebooks").glob(f"{name}_*/*.ipynb")) for name in [*single, double]}
    cells = {name: nbformat.read(path, as_version=4).cells for name, path in lessons.items()}
    minutes = {
        name: int(re.search(r"about (\d+) minutes", found[0].source)[1]) for name, found in cells.items()
    }
    assert len(single) + 2 == 8
    assert max(minutes[name] for name in single) <= 90
    assert minutes[double] <= 180
    assert any("good place to stop for today" in cell.source for cell in cells[double])
