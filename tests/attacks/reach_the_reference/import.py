"""The reference is imported and called."""

ANSWER = """\
from course_lib import optimizers

def momentum(params, grads, state=None, *, lr, beta=0.9):
    return optimizers.momentum(params, grads, state, lr=lr, beta=beta)
"""
