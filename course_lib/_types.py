"""Names for the types that signatures share.

Shapes are in the docstrings: numpy's types do not speak of them.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Array: TypeAlias = NDArray[Any]
"""An array of any dtype."""
Floats: TypeAlias = NDArray[np.floating[Any]]
"""An array of floating-point numbers."""
Integers: TypeAlias = NDArray[np.integer[Any]]
"""An array of whole numbers."""
Shape: TypeAlias = tuple[int, ...]
"""What `array.shape` holds."""

Gradient: TypeAlias = Callable[[Floats], Floats]
"""∇J: from θ to an array of its shape."""
Schedule: TypeAlias = Callable[[int], float]
"""The learning rate as a function of the updates made so far."""
UpdateRule: TypeAlias = Callable[..., tuple[Any, Any]]
"""From `(params, grads, state=None, *, lr)` to the new parameters and the new state."""

Layers: TypeAlias = Sequence[tuple[Floats, Floats]]
"""A pair of weights and biases for each layer, the first layer first."""
