"""The function never comes back."""

ANSWER = """\
def momentum(params, grads, state=None, *, lr, beta=0.9):
    while True:
        pass
"""
STOPPED_BY_PLAIN = "the engine has a time limit of its own; it would work on tests that have none"
PATIENCE = 5.0
