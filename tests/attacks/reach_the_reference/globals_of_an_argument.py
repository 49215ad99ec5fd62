"""The function that a claim passes in carries the globals of the module that holds the claims."""

LOOKAHEAD = """\
def nesterov_lookahead(params, gradient, state=None, *, lr, mu=0.9):
    inner = gradient
    while not hasattr(inner, "__globals__"):
        inner = inner._function
    library = inner.__globals__["optimizers"]
    return library.nesterov_lookahead(params, gradient, state, lr=lr, mu=mu)
"""
ANSWERS = {"nesterov_lookahead-answer": LOOKAHEAD}
