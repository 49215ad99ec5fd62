"""The reference implementations of the course, and what its lessons draw and train with."""
