"""A reply of which one byte comes every now and then."""

ANSWER = """\
import socket
import struct

connection = socket.socket(fileno=3)

def momentum(params, grads, state=None, *, lr, beta=0.9):
    import time

    connection.sendall(struct.pack("<BII", 4, 2, 10**6))
    while True:
        connection.sendall(b"N")
        time.sleep(0.05)
"""
ONLY_OURS = "the wire between judge and worker is ours"
PATIENCE = 5.0
