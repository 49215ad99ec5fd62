"""Escape codes that recolor, erase and rename are printed."""

ANSWER = r"""
print("\x1b[2J\x1b]0;pwned\x07\x1b[8m hidden \x1b[0m")

def momentum(params, grads, state=None, *, lr, beta=0.9):
    return np.zeros_like(params), np.zeros_like(params)
"""
STOPPED_BY_PLAIN = "nbconvert turns them into colors; they would work on a terminal"
