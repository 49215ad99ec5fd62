"""What must hold of the built pages, beside what Sphinx warns of: links, pictures, formulas, headings."""

import itertools
import urllib.parse
from html.parser import HTMLParser

SOURCES = {"img": "src", "script": "src", "link": "href", "source": "srcset", "iframe": "src", "video": "src"}


class Page(HTMLParser):
    """What a page shows and where it leads.

    Attributes:
        names: that links into the page can end in.
        links: addresses that readers can follow.
        resources: addresses that the browser fetches by itself.
        headings: the levels of the main text's headings, in order.
        faults: sentences.
    """

    def __init__(self, text):
        super().__init__()
        self._printed = 0  # how deep we are in what the theme shows on paper alone
        self.names, self.links, self.resources, self.headings, self.faults = set(), [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        """Note what a tag shows."""
        found = dict(attributes)
        self.names |= {found[name] for name in ("id", "name") if found.get(name)}
        if tag == "a" and found.get("href"):
            self.links.append(found["href"])
        if found.get(SOURCES.get(tag)) and found.get("rel") not in (
            "next",
            "prev",
            "index",
            "search",
            "canonical",
        ):
            self.resources.append(found[SOURCES[tag]])
        if tag == "img" and "alt" not in found:
            self.faults.append(f"a picture without alternative text: {found.get('src')}")
        if "katex-error" in (found.get("class") or ""):
            self.faults.append(f"a formula that cannot be set: {found.get('title')}")
        if "onlyprint" in (found.get("class") or "").split() or (self._printed and tag == "div"):
            self._printed += 1
        if not self._printed and len(tag) == 2 and tag[0] == "h" and tag[1] in "123456":
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag):
        """Note where what is on paper alone ends."""
        if self._printed and tag == "div":
            self._printed -= 1


def faults(folder):
    """Yield a sentence on each fault of the pages in a folder.

    Args:
        folder: of the built book.
    """
    paths = [path for path in sorted(folder.rglob("*.html")) if "_static" not in path.parts]
    pages = {path.resolve(): Page(path.read_text(encoding="utf-8")) for path in paths}
    for path, page in pages.items():
        said = [*page.faults, *heading_faults(page.headings)]
        said += [f"an address that leaves the book: {each}" for each in page.resources if leaves(each)]
        for each in page.links + [each for each in page.resources if not leaves(each)]:
            if (why := dead(each, path, pages)) is not None:
                said.append(why)
        yield from (f"{path.relative_to(folder.resolve())}: {each}" for each in dict.fromkeys(said))


def leaves(address):
    """Say whether an address leads to another host.

    Example:
        >>> leaves("https://example.org/a.js"), leaves("//example.org/a.js"), leaves("../a.js")
        (True, True, False)
    """
    parts = urllib.parse.urlsplit(address)
    return parts.scheme in ("http", "https") or bool(parts.netloc)


def dead(address, path, pages):
    """Return a sentence if an address within the book leads nowhere, else None."""
    parts = urllib.parse.urlsplit(address)
    if parts.scheme or parts.netloc:
        return None
    target = (path.parent / urllib.parse.unquote(parts.path)).resolve() if parts.path else path
    if not target.exists():
        return f"a dead link: {address}"
    name = urllib.parse.unquote(parts.fragment)
    if name and target in pages and name not in pages[target].names:
        return f"a link to a place that the page does not have: {address}"
    return None


def heading_faults(levels):
    """Yield what is wrong with the order of a page's headings.

    Example:
        >>> list(heading_faults([1, 2, 3, 2]))
        []
        >>> list(heading_faults([1, 3, 1]))
        ['2 headings of level 1', 'a heading of level 3 right below one of level 1']
    """
    if levels.count(1) != 1:
        yield f"{levels.count(1)} headings of level 1"
    for above, level in itertools.pairwise(levels):
        if level > above + 1:
            yield f"a heading of level {level} right below one of level {above}"
