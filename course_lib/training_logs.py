"""Ten training runs that went wrong, as their logs tell it: lesson 12.

All ten train one network, 64 → 32 → 32 → 10 units with ReLU, on 1000 handwritten digits in batches of 50,
with plain gradient descent for twelve epochs of 20 updates, and validate on 400 other digits after each
epoch.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

from course_lib._arguments import checked, one_of
from course_lib._types import Floats

PATH = Path(__file__).parent / "data" / "training_logs.csv.gz"
NAMES = tuple("ABCDEFGHIJ")
DIAGNOSES = (
    "examples are not shuffled",
    "gradient has the wrong sign",
    "labels do not belong to the images",
    "learning rate decays too soon",
    "learning rate is too high",
    "learning rate is too low",
    "momentum is too large",
    "one batch was spoiled, and gradients are not clipped",
    "too few training examples",
    "validation images are scaled differently",
    "weights start at zero",
    "weights start too large",
)


class Log(NamedTuple):
    """What one run wrote down: an entry for each of 240 updates, NaN where nothing was measured."""

    step: Floats
    """t, the updates made before this one, from 0."""
    epoch: Floats
    """The pass through the data, from 0."""
    lr: Floats
    """The learning rate of the update."""
    loss: Floats
    """Of the batch, in nats, before the update; ln 10 ≈ 2.30 is what guessing costs."""
    gradient_1: Floats
    """‖∂J/∂W‖ of the first layer."""
    gradient_2: Floats
    """The same of the second layer."""
    gradient_3: Floats
    """The same of the third layer."""
    ratio_1: Floats
    """The update ratio of the first layer's weights: ‖change‖/‖weights‖."""
    ratio_2: Floats
    """The same of the second layer."""
    ratio_3: Floats
    """The same of the third layer."""
    train_accuracy: Floats
    """Share of the training digits that are right, after the last update of each epoch."""
    validation_loss: Floats
    """Mean loss on the other digits, likewise."""
    validation_accuracy: Floats
    """Share of the other digits that are right, likewise."""
    silent_units: Floats
    """Share of the first layer's units that are 0 for every training digit, likewise."""


COLUMNS = Log._fields


@checked(name=one_of(*NAMES))
def read(name: str) -> Log:
    """Read one of the ten logs.

    Args:
        name: `"A"` to `"J"`.

    Returns:
        A `Log` of arrays of shape `(240,)`.

    Raises:
        TypeError: if `name` is no string.
        ValueError: if there is no log of that name.

    Example:
        >>> log = read("A")
        >>> log.loss.shape, float(log.loss[0])
        ((240,), 3.266)
        >>> int(np.sum(np.isfinite(log.validation_loss)))
        12
    """
    table = np.loadtxt(PATH, delimiter=",", skiprows=1, dtype="U12")
    rows = table[table[:, 0] == name, 1:]
    return Log(*np.where(rows == "", "nan", rows).astype(float).T)


def diagnose_logs() -> dict[str, str]:
    """Say what went wrong in each of the ten runs.

    Look at them with `training_logs.read("A")` … `training_logs.read("J")`. Each run has one fault, no two
    have the same, and two of the diagnoses below fit none:

    - `"examples are not shuffled"`
    - `"gradient has the wrong sign"`
    - `"labels do not belong to the images"`
    - `"learning rate decays too soon"`
    - `"learning rate is too high"`
    - `"learning rate is too low"`
    - `"momentum is too large"`
    - `"one batch was spoiled, and gradients are not clipped"`
    - `"too few training examples"`
    - `"validation images are scaled differently"`
    - `"weights start at zero"`
    - `"weights start too large"`

    Returns:
        A dict with the keys `"A"` to `"J"` and one of these diagnoses each.

    Example:
        >>> set(diagnose_logs().values()) <= set(DIAGNOSES)
        True

    Reference:
        A. Karpathy (2019), "A recipe for training neural networks".
    """
    return {
        "A": "examples are not shuffled",
        "B": "learning rate decays too soon",
        "C": "weights start at zero",
        "D": "gradient has the wrong sign",
        "E": "validation images are scaled differently",
        "F": "learning rate is too low",
        "G": "one batch was spoiled, and gradients are not clipped",
        "H": "labels do not belong to the images",
        "I": "weights start too large",
        "J": "learning rate is too high",
    }
