"""A new function is made of the code object under the reference's decorators."""

ANSWER = """\
import inspect
import types

from course_lib import optimizers

reference = inspect.unwrap(optimizers.momentum)


def momentum(params, grads, state=None, *, lr, beta=0.9):
    copy = types.FunctionType(reference.__code__, {"np": np}, "momentum", None)
    return copy(params, grads, state, lr=lr, beta=beta)
"""
