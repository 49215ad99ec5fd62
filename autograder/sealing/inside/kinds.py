"""The kinds of message between the judge and a worker.

The judge sends RUN ``[[[cell id, source], …], seconds of each]``, which the worker answers once for each
cell, DRAW ``[cell id, source, seconds]`` for a cell that ends in a picture, and CALL ``[name, args, kwargs,
seconds]``. An answer is RETURNED ``[ended, value, error, changed, shared, touched, printed, warned]``.
While it works the worker may send CALLBACK ``[handle, args, kwargs]``, which the judge answers RETURNED with
the value, or RAISED with ``[type name, message]``.
"""

RUN, CALL, CALLBACK, RETURNED, RAISED, DRAW = 1, 2, 3, 4, 5, 6
