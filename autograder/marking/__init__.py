"""One submission, a value: read, rebuilt, judged, marked."""
