"""The value that comes back has an HTML form of its own."""

ANSWER = """\
def momentum(params, grads, state=None, *, lr, beta=0.9):
    class Loud(np.ndarray):
        def _repr_html_(self):
            return "<script>pwned()</script>"

    from IPython.display import display

    display(params.view(Loud))
    return params, params
"""
