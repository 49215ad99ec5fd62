"""Where student code runs: a sealed worker, and how the judge talks to it."""
