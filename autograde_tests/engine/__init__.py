"""The engine: puts claims to a student, names misconceptions, says what is wrong."""
