"""A hook that IPython calls before each cell redefines `grade` every time."""

ANSWER = """\
from IPython import get_ipython

get_ipython().events.register("pre_run_cell", lambda info: globals().update(grade=lambda function: 4.0))

def momentum(params, grads, state=None, *, lr, beta=0.9):
    return np.zeros_like(params), np.zeros_like(params)
"""
