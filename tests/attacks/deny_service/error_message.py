"""The text of an exception is thirty megabytes long."""

ANSWER = """\
def momentum(params, grads, state=None, *, lr, beta=0.9):
    raise ValueError("no" * 15_000_000)
"""
