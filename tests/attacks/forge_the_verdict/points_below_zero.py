"""A negative result, which nbgrader cannot use, and takes for full marks."""

ANSWER = """\
grade = lambda function: -1.0

def momentum(params, grads, state=None, *, lr, beta=0.9):
    return np.zeros_like(params), np.zeros_like(params)
"""
