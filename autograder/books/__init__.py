"""The course on disk: where it lies, the gradebook, the journal."""
