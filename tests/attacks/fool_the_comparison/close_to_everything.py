"""An array that answers `np.allclose` itself, by `__array_function__`."""

ANSWER = """\
class Close(np.ndarray):
    def __array_function__(self, function, types, args, kwargs):
        return True

def momentum(params, grads, state=None, *, lr, beta=0.9):
    wrong = np.ones_like(params).view(Close)
    return wrong, wrong
"""
