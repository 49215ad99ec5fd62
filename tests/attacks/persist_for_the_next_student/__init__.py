"""Leave something behind that acts later."""
