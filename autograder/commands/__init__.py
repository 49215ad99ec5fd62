"""The commands: one module each, with `add(commands)` for its arguments and a function that runs it."""
