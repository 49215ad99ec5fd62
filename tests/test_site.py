"""The site: the three parts that are published, beside each other."""

import importlib.util
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SPEC = importlib.util.spec_from_file_location("build_site", ROOT / "site" / "build_site.py")
build_site = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(build_site)
PAGES = ["index.html", "deep/page.html"]


@pytest.fixture
def built(tmp_path):
    """A folder in which each part is built."""
    for name, place in build_site.PARTS.items():
        (tmp_path / place / "deep").mkdir(parents=True)
        (tmp_path / place / "index.html").write_text(name, encoding="utf-8")
        (tmp_path / place / "deep" / "page.html").write_text(name, encoding="utf-8")
    return tmp_path


def test_the_parts_lie_beside_each_other(built):
    """Is each part whole in its folder, what an earlier build left gone, and the front page a way in?"""
    site = built / "build" / "site"
    site.mkdir()
    (site / "old.html").touch()
    assert build_site.main(["--root", str(built)]) == 0
    files = {str(path.relative_to(site)) for path in site.rglob("*") if path.is_file()}
    assert files == {"index.html"} | {f"{name}/{page}" for name in build_site.PARTS for page in PAGES}
    targets = re.findall('href="([^"]+)"', (site / "index.html").read_text(encoding="utf-8"))
    assert [(site / target).read_text(encoding="utf-8") for target in targets] == ["book", "lite", "slides"]


def test_a_lesson_of_the_book_leads_to_the_one_beside_it(built, monkeypatch):
    """Does its page link to files of the browser version, unless it has a published address already?"""
    page = built / build_site.PARTS["book"] / "lessons" / "06_momentum.html"
    for name in ("files/06_momentum.ipynb", "lab/index.html", "notebooks/index.html"):
        (built / build_site.PARTS["lite"] / name).parent.mkdir(exist_ok=True)
        (built / build_site.PARTS["lite"] / name).touch()
    page.parent.mkdir()
    page.write_text(
        '<h1>06</h1><div class="how-to-read"><p>Read.</p>\n</div><div>Text.</div>', encoding="utf-8"
    )
    assert build_site.main(["--root", str(built)]) == 0
    shown = built / "build" / "site" / "book" / "lessons" / page.name
    targets = re.findall('href="([^"?]+)', shown.read_text(encoding="utf-8"))
    assert len(targets) == 3 and all((shown.parent / target).exists() for target in targets)
    hosted = build_site.openings.read() | {"repository": "OWNER/NAME"}
    again = build_site.with_ways(page.read_text(encoding="utf-8"), "06_momentum", hosted)
    assert re.findall('href="([^"?]+)', again) == targets
    published = build_site.openings.read() | {"site": "https://example.org"}
    monkeypatch.setattr(build_site.openings, "read", lambda: published)
    assert build_site.main(["--root", str(built)]) == 0
    assert shown.read_bytes() == page.read_bytes()


@pytest.mark.parametrize("name", build_site.PARTS)
def test_a_part_that_is_not_built_is_named(name, built, capsys):
    """Does the site that was there stay, and does one sentence say what builds the part?"""
    (built / build_site.PARTS[name] / "index.html").unlink()
    (built / "build" / "site").mkdir()
    assert build_site.main(["--root", str(built)]) == 1
    assert capsys.readouterr().err.endswith(f"is not there: `make {name}` builds it\n")
    assert (built / "build" / "site").exists()


def test_make_builds_the_parts_first():
    """Does `make site` build each part that it puts together?"""
    (line,) = re.findall(r"^site:([^#\n]*)", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(line.split()) == set(build_site.PARTS)
