"""Questions are asked of the judge, and the answers are never read."""

ANSWER = """\
import socket
import struct

connection = socket.socket(fileno=3)

def momentum(params, grads, state=None, *, lr, beta=0.9):
    import wire

    data = wire.encode([0, [params], {}])
    while True:
        connection.sendall(struct.pack("<BII", 3, 2, len(data)) + data)
"""
ONLY_OURS = "the wire between judge and worker is ours"
PATIENCE = 5.0
