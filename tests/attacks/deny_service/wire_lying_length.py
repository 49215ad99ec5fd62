"""Four gigabytes are announced on the wire, and little is sent."""

ANSWER = """\
import socket
import struct

connection = socket.socket(fileno=3)

def momentum(params, grads, state=None, *, lr, beta=0.9):
    connection.sendall(struct.pack("<BII", 4, 2, 2**32 - 1) + bytes(1000))
    return params, params
"""
ONLY_OURS = "the wire between judge and worker is ours"
