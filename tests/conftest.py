"""Where several processes share the tests: a file's stay together, for they share what is slow to make."""

import pytest


@pytest.hookimpl(tryfirst=True)  # before pytest-xdist reads the groups
def pytest_collection_modifyitems(items):
    """Group the tests by file, and those of `test_notebooks.py` by lesson."""
    for item in items:
        name = item.path.stem
        if name == "test_notebooks" and hasattr(item, "callspec"):
            name += f"-{item.callspec.params.get('name')}"
        item.add_marker(pytest.mark.xdist_group(name))
