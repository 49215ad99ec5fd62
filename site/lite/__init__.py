"""The browser version, and the other places where a lesson can be opened."""
