"""A style sheet that hides the mark."""

ESSAY = """\
<style>.pwned, .score { display: none }</style> Because.
"""
ANSWERS = {"essay": ESSAY}
