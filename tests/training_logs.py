"""Make the ten broken training logs of the capstone: ten real runs, each with one thing wrong.

`python -m tests.training_logs` writes `course_lib/data/training_logs.csv.gz`; `test_training_logs.py` holds
that it would write the same again.

Every run trains the same network, 64 → 32 → 32 → 10 with ReLU, on 1000 handwritten digits in batches of 50,
with plain gradient descent for twelve epochs, and validates on 400 others after each epoch. The healthy run,
from which each of the ten differs as `FAULTS` says, ends with 95 % of those right.
"""

import gzip
import io
from typing import NamedTuple

import numpy as np

from course_lib import datasets, models
from course_lib.initialization import init_layer
from course_lib.mini_batches import minibatches, update_ratio
from course_lib.normalization import fit_standardizer, standardize
from course_lib.training_logs import COLUMNS, PATH

EPOCHS, BATCH_SIZE, LEARNING_RATE = 12, 50, 0.1
MODEL = models.MultilayerPerceptron((64, 32, 32, 10), activation="relu")


class Setting(NamedTuple):
    """What a run does; the defaults are those of the healthy run."""

    lr: object = lambda t: LEARNING_RATE
    weights: float = 1.0  # factor on the weights of He's initialization
    sign: float = 1.0  # of the gradient
    shuffled: bool = True
    labels_shuffled: bool = False  # apart from the images
    validation_standardized: bool = True
    spoiled_step: int = -1  # at which a batch arrives in another unit


# Beside its fault, a run has the learning rate at which that takes twelve epochs, and not one, to play out.
FAULTS = {
    "A": ("examples are not shuffled", Setting(shuffled=False)),
    "B": ("learning rate decays too soon", Setting(lr=lambda t: LEARNING_RATE * np.exp(-t / 10))),
    "C": ("weights start at zero", Setting(weights=0.0)),
    "D": ("gradient has the wrong sign", Setting(sign=-1.0, lr=lambda t: LEARNING_RATE / 20)),
    "E": ("validation images are scaled differently", Setting(validation_standardized=False)),
    "F": ("learning rate is too low", Setting(lr=lambda t: LEARNING_RATE / 300)),
    "G": ("one batch was spoiled, and gradients are not clipped", Setting(spoiled_step=97)),
    "H": ("labels do not belong to the images", Setting(labels_shuffled=True)),
    "I": ("weights start too large", Setting(weights=6.0, lr=lambda t: LEARNING_RATE / 50)),
    "J": ("learning rate is too high", Setting(lr=lambda t: LEARNING_RATE * 15)),
}
HEALTHY = Setting()


def run(setting, seed=7):
    """Train once and return the log, a table with a row for each update and the columns `COLUMNS`."""
    rng = np.random.default_rng(seed)
    parts = _data(rng, setting)
    layers = MODEL.unpack(MODEL.init(rng, init_layer))
    params = MODEL.pack([(setting.weights * W, b) for W, b in layers])
    rows = []
    for epoch in range(EPOCHS):
        for X, y in _batches(parts, rng, setting):
            t = len(rows)
            if t == setting.spoiled_step:
                X = 255 * X
            loss, gradient = MODEL.loss_and_gradient(params, X, y)
            update = -setting.lr(t) * setting.sign * gradient
            rows.append([t, epoch, setting.lr(t), loss, *_layers(params, gradient, update), *[np.nan] * 4])
            params = params + update
        rows[-1][-4:] = _validation(params, parts)
    return np.array(rows)


def _data(rng, setting):
    """Return standardized digits: 1000 to train on and 400 to validate on."""
    X, y = datasets.digits()
    chosen = rng.permutation(len(X))[:1400]
    train, validation = chosen[:1000], chosen[1000:]
    mean, std = fit_standardizer(X[train])
    X_validation = (
        standardize(X[validation], mean, std) if setting.validation_standardized else 16 * X[validation]
    )
    y_train = rng.permutation(y[train]) if setting.labels_shuffled else y[train]
    return datasets.Split(standardize(X[train], mean, std), y_train, X_validation, y[validation])


def _batches(parts, rng, setting):
    """Return the batches of one epoch: shuffled, or sorted by class as some files are."""
    if setting.shuffled:
        return minibatches(parts.X_train, parts.y_train, BATCH_SIZE, rng)
    order = np.argsort(parts.y_train, kind="stable")
    starts = range(0, len(order), BATCH_SIZE)
    return [
        (parts.X_train[order[i : i + BATCH_SIZE]], parts.y_train[order[i : i + BATCH_SIZE]]) for i in starts
    ]


def _layers(params, gradient, update):
    """Return ‖∂J/∂W‖ of each layer, then the update ratio of each layer's weights."""
    weights, slopes, changes = ([W for W, _ in MODEL.unpack(v)] for v in (params, gradient, update))
    ratios = [update_ratio(W, change) for W, change in zip(weights, changes, strict=True)]
    return [*(np.linalg.norm(slope) for slope in slopes), *ratios]


def _validation(params, parts):
    """Return training accuracy, validation loss and accuracy, and the share of silent units."""
    hidden = np.maximum(parts.X_train @ MODEL.unpack(params)[0][0] + MODEL.unpack(params)[0][1], 0)
    return [
        MODEL.accuracy(params, parts.X_train, parts.y_train),
        MODEL.loss(params, parts.X_test, parts.y_test),
        MODEL.accuracy(params, parts.X_test, parts.y_test),
        float(np.mean(np.all(hidden == 0, axis=0))),
    ]


def text():
    """Return the ten logs as comma-separated values of four digits, empty where nothing was measured."""
    page = io.StringIO()
    page.write(",".join(["log", *COLUMNS]) + "\n")
    for name, (_, setting) in FAULTS.items():
        with np.errstate(all="ignore"):
            table = run(setting)
        for row in table:
            page.write(",".join([name, *("" if np.isnan(value) else f"{value:.4g}" for value in row)]) + "\n")
    return page.getvalue()


if __name__ == "__main__":
    PATH.write_bytes(gzip.compress(text().encode(), mtime=0))
