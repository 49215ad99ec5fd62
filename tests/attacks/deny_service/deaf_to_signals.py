"""Every signal that can be ignored is ignored, and the function never ends."""

ANSWER = """\
import signal

for number in range(1, 65):
    try:
        signal.signal(number, signal.SIG_IGN)
    except (OSError, ValueError):
        pass
signal.signal = signal.setitimer = lambda *args: None

def momentum(params, grads, state=None, *, lr, beta=0.9):
    while True:
        pass
"""
PATIENCE = 6.0
