"""What is asked of a student: claims, misconceptions, `check`, `grade`."""
