"""Change the process that computes the points."""
