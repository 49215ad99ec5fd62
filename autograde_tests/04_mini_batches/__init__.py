"""Lesson 04: what is asked, what goes wrong, and other right ways."""
