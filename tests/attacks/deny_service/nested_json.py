"""Brackets, a hundred thousand deep, instead of a notebook."""

RAW = b"[" * 100_000
