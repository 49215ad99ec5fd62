"""A diagram in a language that a script of the page turns into HTML."""

ESSAY = """\
```mermaid
graph TD
A-->B
click A href "javascript:pwned"
```
"""
ANSWERS = {"essay": ESSAY}
STOPPED_BY_PLAIN = "the course's configuration loads no script for diagrams; nbconvert's own pages do"
