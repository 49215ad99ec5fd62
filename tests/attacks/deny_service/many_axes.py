"""An array with 23 axes of two entries is returned, whose text has eight million."""

ANSWER = """\
def momentum(params, grads, state=None, *, lr, beta=0.9):
    return np.ones((2,) * 22), params
"""
ONLY_OURS = "what is shown of a value is our text"
