"""A picture under the name of a notebook."""

RAW = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 10
