"""A reply that never ends is sent on the wire."""

ANSWER = """\
import socket
import struct

connection = socket.socket(fileno=3)

def momentum(params, grads, state=None, *, lr, beta=0.9):
    connection.sendall(struct.pack("<BII", 4, 2, 8 * 2**20))
    while True:
        connection.sendall(bytes(2**16))
"""
ONLY_OURS = "the wire between judge and worker is ours"
