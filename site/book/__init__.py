"""The self-study book: the lessons of `solutions/` as pages, with what they print and draw."""
