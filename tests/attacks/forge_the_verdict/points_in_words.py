"""A text as the result, which is no number either."""

ANSWER = """\
grade = lambda function: "full marks"

def momentum(params, grads, state=None, *, lr, beta=0.9):
    return np.zeros_like(params), np.zeros_like(params)
"""
