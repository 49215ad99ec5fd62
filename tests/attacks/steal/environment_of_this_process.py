"""The environment as the process was started with it, from /proc and from the C library."""

ANSWER = """\
import ctypes

try:
    print(open("/proc/self/environ").read())
except OSError as error:
    print(error)
variables = ctypes.POINTER(ctypes.c_char_p).in_dll(ctypes.CDLL(None), "environ")
position = 0
while variables and variables[position]:
    print(variables[position])
    position += 1
"""
