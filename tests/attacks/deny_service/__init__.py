"""Stop the grader, or make it slow or large. All of them are bounded."""
