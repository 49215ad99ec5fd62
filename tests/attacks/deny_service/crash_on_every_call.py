"""Each call ends the process, so that it must be started again and again."""

ANSWER = """\
def momentum(params, grads, state=None, *, lr, beta=0.9):
    import os

    os.abort()
"""
