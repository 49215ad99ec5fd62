"""The graded cell ends with SystemExit, whose output is no error."""

ANSWER = """\
def grade(function):
    raise SystemExit


def momentum(params, grads, state=None, *, lr, beta=0.9):
    return np.zeros_like(params), np.zeros_like(params)
"""
STOPPED_BY_PLAIN = "nbgrader takes an error from the kernel's reply; one that reads only outputs does not"
