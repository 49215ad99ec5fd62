"""An image from elsewhere, which tells its owner when the answer is read."""

ESSAY = """\
![](https://pwned.example/read.png) ![][p]

[p]: https://pwned.example/read.png
"""
ANSWERS = {"essay": ESSAY}
