"""What a claim passes in is called with 199,000 tiny arrays, short on the wire, over and over."""

LOOKAHEAD = """\
def nesterov_lookahead(params, gradient, state=None, *, lr, mu=0.9):
    many = [np.zeros(1)] * 199_000
    while True:
        try:
            gradient(many)
        except Exception:
            pass
"""
ANSWERS = {"nesterov_lookahead-answer": LOOKAHEAD}
ONLY_OURS = "the wire between judge and worker is ours"
PATIENCE = 8.0
