"""A code block whose language is markup."""

ESSAY = """\
```"><script>pwned()</script>
x
```

`<script>pwned()</script>`

    <script>pwned()</script>
"""
ANSWERS = {"essay": ESSAY}
