"""The function never comes back."""

ANSWER = """\
def momentum(params, grads, state=None, *, lr, beta=0.9):
    while True:
        pass
"""
PATIENCE = 5.0
