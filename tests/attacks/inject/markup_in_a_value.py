"""The value that comes back is a text with markup; it is shown beside what was expected."""

ANSWER = """\
def momentum(params, grads, state=None, *, lr, beta=0.9):
    return "<script>pwned()</script>", {"<img src=x onerror=pwned()>": 1}
"""
STOPPED_BY_PLAIN = "nbconvert escapes it; it would work on pages that show text as it comes"
