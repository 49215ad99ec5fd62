"""Make a wrong answer look right to whatever compares it."""
