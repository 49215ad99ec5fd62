"""Threads that are no daemons keep the process from ending."""

ANSWER = """\
import threading
import time

for _ in range(20):
    threading.Thread(target=time.sleep, args=(60,)).start()

def momentum(params, grads, state=None, *, lr, beta=0.9):
    return np.zeros_like(params), np.zeros_like(params)
"""
STOPPED_BY_PLAIN = "nbgrader kills the kernel at once; it would work on one that waits for its end"
