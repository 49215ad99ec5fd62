"""A diagram in a language that a script of the page turns into HTML."""

ESSAY = """\
```mermaid
graph TD
A-->B
click A href "javascript:pwned"
```
"""
ANSWERS = {"essay": ESSAY}
