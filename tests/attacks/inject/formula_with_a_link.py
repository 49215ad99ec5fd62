"""A macro for formulas that makes a link."""

ESSAY = r"""
$\href{javascript:pwned}{x}$ and $\style{background:url(pwned)}{x}$ and $\class{pwned}{x}$
"""
ANSWERS = {"essay": ESSAY}
