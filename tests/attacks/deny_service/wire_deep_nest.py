"""A list of lists of lists, a million deep, is sent on the wire."""

ANSWER = r"""
import socket
import struct

connection = socket.socket(fileno=3)

def momentum(params, grads, state=None, *, lr, beta=0.9):
    data = b"l\1\0\0\0" * 10**6 + b"N"
    for number in range(20):
        connection.sendall(struct.pack("<BII", 4, number, len(data)) + data)
"""
ONLY_OURS = "the wire between judge and worker is ours"
