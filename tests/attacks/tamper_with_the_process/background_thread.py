"""A thread keeps redefining `grade` while other cells run."""

ANSWER = """\
import threading
import time


def meddle():
    while True:
        globals().update(grade=lambda function: 4.0)
        time.sleep(0.001)


threading.Thread(target=meddle, daemon=True).start()
time.sleep(0.1)

def momentum(params, grads, state=None, *, lr, beta=0.9):
    return np.zeros_like(params), np.zeros_like(params)
"""
