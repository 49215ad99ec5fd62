"""The text of an exception holds markup."""

ANSWER = """\
def momentum(params, grads, state=None, *, lr, beta=0.9):
    raise ValueError("<script>pwned()</script>")
"""
STOPPED_BY_PLAIN = "nbconvert escapes it; it would work on pages that show text as it comes"
