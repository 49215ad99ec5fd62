"""Pages that are made from what the repository says elsewhere, so that nothing is said twice."""

import re

NOTES = "## Where the two lecture notes are taught"


def lessons(notebooks):
    """Return the list of lessons for the first page: title, what it is about, and how long it takes.

    Args:
        notebooks: the lessons by name, as they stand in `solutions/`.
    """
    lines = []
    for name, notebook in notebooks.items():
        title, about, *_ = notebook.cells[0].source.split("\n\n")
        sentences = about.split("\n")
        told = next(
            (each for each in sentences if each.startswith(("In this lesson", "This lesson"))), sentences[0]
        )
        minutes = re.search(r"about (\d+) minutes", notebook.cells[0].source)[1]
        lines.append(f"- **[{title.lstrip('# ')}](#lesson-{name[:2]})** ({minutes} minutes)  \n  {told}")
    return "\n".join(lines) + "\n"


def notes(contributing):
    """Return the page that says where each claim of the two lecture notes is taught or put right.

    Args:
        contributing: the text of CONTRIBUTING.md, which has the table.
    """
    table = contributing.partition(NOTES)[2].partition("\n## ")[0].partition("\n\n")[2]
    table = table.partition("Notes 000:")[2]
    table = table.replace("\nNotes 001:", "\n## The second notes")
    return BEFORE + with_links(table)


def with_links(table):
    """Return the table with a link for each lesson, section and correction that it names.

    Example:
        >>> with_links("| h = 1e-5 | 03 §3, *wrong* |")
        '| h = 1e-5 | [03 §3](#lesson-03-section-3), [03 *wrong*](#lesson-03-wrong) |'
    """
    lesson = None

    def link(match):
        nonlocal lesson
        lesson = match["lesson"] or lesson
        if match["section"]:
            return f"[{lesson} §{match['section']}](#lesson-{lesson}-section-{match['section']})"
        return f"[{lesson} *wrong*](#lesson-{lesson}-wrong)"

    rows = []
    for row in table.split("\n"):
        item, bar, places = row.rpartition(" | ")
        places = re.sub(r"(?:(?P<lesson>\b\d\d) )?(?:§(?P<section>\d+)|\*wrong\*)", link, places)
        rows.append(item + bar + places)
    return "\n".join(rows)


BEFORE = """# The notes that the course grew from

The course grew from two sets of lecture notes.
Nothing that they teach is lost.
Here is each of their claims, with the section that teaches it.
*Wrong* leads to the end of a lesson, which says what the notes get wrong, and what is right.

## The first notes
"""
