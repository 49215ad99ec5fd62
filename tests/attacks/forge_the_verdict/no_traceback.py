"""The graded cell fails before its result, and the shell is made to say nothing of it."""

ANSWER = """\
from IPython import get_ipython

shell = get_ipython()
shell.showtraceback = shell._showtraceback = lambda *args, **kwargs: None


def grade(function):
    raise RuntimeError

def momentum(params, grads, state=None, *, lr, beta=0.9):
    return np.zeros_like(params), np.zeros_like(params)
"""
STOPPED_BY_PLAIN = (
    "nbgrader takes an error from the kernel's reply as well; one that reads only outputs does not"
)
