"""Markup inside a formula, with and without entities."""

ESSAY = r"""
$\text{<script>pwned()</script>}$
$\text{<svg/onload=pwned()>}$
$\text{&lt;img src=pwned onerror=pwned()&gt;}$
$\text{&amp;lt;img src=pwned&amp;gt;}$
$\mathrm{\char60 script}pwned()$
"""
ANSWERS = {"essay": ESSAY}
