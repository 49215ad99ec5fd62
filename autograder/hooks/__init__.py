"""What nbgrader calls: adapters of a few lines."""
