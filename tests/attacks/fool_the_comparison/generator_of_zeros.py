"""numpy's Generator is replaced by one that draws zeros, for which a wrong formula is right."""

ANSWER = """\
class Zeros:
    def normal(self, *args, size=None, **kwargs):
        return np.zeros(size)

    def uniform(self, low=0.0, high=1.0, size=None):
        return np.full(size, low) if size else low


np.random.default_rng = lambda *args, **kwargs: Zeros()

def momentum(params, grads, state=None, *, lr, beta=0.9):
    return np.zeros_like(params), np.zeros_like(params)
"""
