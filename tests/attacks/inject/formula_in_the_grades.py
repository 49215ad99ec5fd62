"""A student's name that a spreadsheet runs as a formula."""

STUDENT = '=HYPERLINK("pwned","A")'
ANSWERS = {}
