"""Lessons as slides."""
