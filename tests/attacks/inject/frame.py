"""A frame with a page of its own."""

ESSAY = """\
<iframe srcdoc="&lt;script>pwned()&lt;/script>"></iframe>
"""
ANSWERS = {"essay": ESSAY}
