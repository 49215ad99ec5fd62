"""An array of two gigabytes is returned, of which no page is touched."""

ANSWER = """\
def momentum(params, grads, state=None, *, lr, beta=0.9):
    return np.broadcast_to(0.0, (2**14, 2**14)), params
"""
