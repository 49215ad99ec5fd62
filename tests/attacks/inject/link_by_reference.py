"""A link whose address stands elsewhere."""

ESSAY = """\
See [my derivation][1].

[1]: javascript:pwned
"""
ANSWERS = {"essay": ESSAY}
