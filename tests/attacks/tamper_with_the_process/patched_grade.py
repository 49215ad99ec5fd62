"""`grade` and `check` are given another meaning in the notebook."""

ANSWER = """\
grade = lambda function: 4.0
check = print

def momentum(params, grads, state=None, *, lr, beta=0.9):
    return np.zeros_like(params), np.zeros_like(params)
"""
