"""A loop within one call into C, which no signal handler of Python can end."""

ANSWER = """\
import itertools

def momentum(params, grads, state=None, *, lr, beta=0.9):
    return sum(itertools.repeat(0))
"""
PATIENCE = 6.0
