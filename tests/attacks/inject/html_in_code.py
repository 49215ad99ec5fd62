"""A code block whose language is markup."""

ESSAY = """\
```"><script>pwned()</script>
x
```

`<script>pwned()</script>`

    <script>pwned()</script>
"""
ANSWERS = {"essay": ESSAY}
STOPPED_BY_PLAIN = "nbconvert escapes code; it would work on pages that show text as it comes"
