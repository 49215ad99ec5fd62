"""Markup is printed."""

ANSWER = """\
print("<script>pwned()</script><img src=x onerror=pwned()>")

def momentum(params, grads, state=None, *, lr, beta=0.9):
    return np.zeros_like(params), np.zeros_like(params)
"""
STOPPED_BY_PLAIN = "nbconvert escapes it; it would work on pages that show text as it comes"
