"""A callback of the garbage collector redefines `grade` in the middle of other work."""

ANSWER = """\
import gc

gc.callbacks.append(lambda phase, info: globals().update(grade=lambda function: 4.0))
gc.set_threshold(1)

def momentum(params, grads, state=None, *, lr, beta=0.9):
    return np.zeros_like(params), np.zeros_like(params)
"""
