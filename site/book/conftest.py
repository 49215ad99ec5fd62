"""What pytest finds here: all but what needs Sphinx, which the tests' environment does not have."""

collect_ignore = ["formulas.py", "setting.py"]
