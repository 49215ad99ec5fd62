"""Lesson 09: what is asked, what goes wrong, and other right ways."""
