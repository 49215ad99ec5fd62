"""numpy is patched in memory, for the next one in the same process."""

ANSWER = """\
np.zeros_like = np.ones_like
np.random.default_rng = None
np.e = 3
"""
ONLY_OURS = "a warm worker; plain nbgrader starts a kernel for every student"
