"""Markup inside a formula, with and without entities."""

ESSAY = r"""
$\text{<img src=pwned onerror=pwned()>}$
$\text{&lt;img src=pwned onerror=pwned()&gt;}$
$\text{&amp;lt;img src=pwned&amp;gt;}$
$\mathrm{\char60 script}pwned()$
"""
ANSWERS = {"essay": ESSAY}
