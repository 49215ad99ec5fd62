"""How a class is graded: rebuild, sealed worker, judge, many at once."""
