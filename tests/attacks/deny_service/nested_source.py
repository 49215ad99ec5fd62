"""Source with ten thousand brackets, on which a compiler may run out of stack."""

ANSWER = "answer = " + "(" * 10_000 + ")" * 10_000
STOPPED_BY_PLAIN = "Python refuses it; it would work on an older Python, whose compiler crashes"
