"""Change what the grader reads besides the answers."""
