"""The answer to one question is given to another: what was right for the last is sent for the next."""

ANSWER = """\
import socket
import struct

import wire

connection = socket.socket(fileno=3)
channel = wire.Channel(connection)
stale = []


def momentum(params, grads, state=None, *, lr, beta=0.9):
    stale.append(dict(ended="ok", value=(params, params), error=None, changed=[], shared=[], touched=False,
                      printed="", warned=[]))
    for answer in stale:
        for number in range(64):
            channel.send(4, number, answer)
    return params, params
"""
ONLY_OURS = "the wire between judge and worker is ours"
