"""More memory is taken than one answer may have."""

ANSWER = """\
hoard = np.ones(3 * 10**8)
hoard = None

def momentum(params, grads, state=None, *, lr, beta=0.9):
    return np.zeros_like(params), np.zeros_like(params)
"""
