"""What pytest finds here: all but what needs the book's environment."""

collect_ignore = ["showing.py"]
