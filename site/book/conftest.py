"""What pytest finds here: all but what needs Sphinx, which the tests' environment does not have."""

collect_ignore = ["setting.py"]
