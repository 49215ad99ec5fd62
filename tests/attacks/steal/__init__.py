"""Read what is none of the student's business; what is told in the graded notebook counts as stolen."""
