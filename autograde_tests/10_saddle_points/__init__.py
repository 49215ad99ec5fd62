"""Lesson 10: what is asked, what goes wrong, and other right ways."""
