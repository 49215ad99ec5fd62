"""Send points instead of earning them."""
