"""The reference is reached through the modules that the misconceptions import."""

ANSWER = """\
import importlib

claims = importlib.import_module("autograde_tests.06_momentum.test_claims")

def momentum(params, grads, state=None, *, lr, beta=0.9):
    return claims.optimizers.momentum(params, grads, state, lr=lr, beta=beta)
"""
