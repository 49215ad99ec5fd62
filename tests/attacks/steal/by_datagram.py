"""The same with a datagram, which no connection precedes."""

ANSWER = """\
import os
import socket

sender = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
sender.sendto(os.environ.get("COURSE_TOKEN", "hello").encode(), ("127.0.0.1", 47831))
"""
