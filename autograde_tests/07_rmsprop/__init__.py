"""Lesson 07: what is asked, what goes wrong, and other right ways."""
