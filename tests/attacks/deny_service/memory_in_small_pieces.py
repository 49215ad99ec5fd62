"""The memory is taken in small pieces, none of which is too large."""

ANSWER = """\
hoard = []
for _ in range(400):
    hoard.append(bytes(1) * (4 * 10**6))
hoard = None

def momentum(params, grads, state=None, *, lr, beta=0.9):
    return np.zeros_like(params), np.zeros_like(params)
"""
