"""The function that a claim passes in is called with megabytes, again and again, and the judge keeps them."""

LOOKAHEAD = """\
def nesterov_lookahead(params, gradient, state=None, *, lr, mu=0.9):
    large = np.zeros(900_000)
    while True:
        try:
            gradient(large)
        except Exception:
            pass
"""
ANSWERS = {"nesterov_lookahead-answer": LOOKAHEAD}
ONLY_OURS = "the wire between judge and worker is ours"
PATIENCE = 8.0
