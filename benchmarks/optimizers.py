"""Time the update rules beside PyTorch's optimizers: `python benchmarks/optimizers.py`.

One step on a million parameters, in one thread each, PyTorch with `foreach=True`. Both sides are measured in
turns, and the median is printed, since a machine's speed drifts. PyTorch works in place; the course's rules
return new arrays, which costs them memory traffic and buys a protocol without hidden state.
"""

import argparse
import os
import statistics
import sys
import time
from pathlib import Path

for threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[threads] = "1"  # read when numpy and torch are imported

import numpy as np  # noqa: E402

sys.path.insert(0, str(Path(__file__).parents[1]))

from course_lib import optimizers  # noqa: E402

# Rule and hyperparameters, and PyTorch's twin with its own.
RULES = {
    "sgd": ({"lr": 0.01}, "SGD", {"lr": 0.01}),
    "momentum": ({"lr": 0.01}, "SGD", {"lr": 0.001, "momentum": 0.9}),
    "classical_momentum": ({"lr": 0.01}, "SGD", {"lr": 0.01, "momentum": 0.9}),
    "nesterov": ({"lr": 0.01}, "SGD", {"lr": 0.01, "momentum": 0.9, "nesterov": True}),
    "adagrad": ({"lr": 0.01}, "Adagrad", {"lr": 0.01, "eps": 1e-8}),
    "rmsprop": ({"lr": 0.01}, "RMSprop", {"lr": 0.01, "alpha": 0.9}),
    "adam": ({}, "Adam", {}),
    "adamw": ({}, "AdamW", {}),
}


def course_step(name, hyperparameters, start, grads):
    """Make a function that takes one step of a rule of the course."""
    rule = getattr(optimizers, name)
    params, state = start, None

    def step():
        nonlocal params, state
        params, state = rule(params, grads, state, **hyperparameters)

    return step


def torch_step(torch, name, hyperparameters, start, grads):
    """Make a function that takes one step of an optimizer of PyTorch."""
    params = torch.tensor(start, requires_grad=True)
    params.grad = torch.tensor(grads)
    return getattr(torch.optim, name)([params], foreach=True, **hyperparameters).step


def milliseconds(step, repeats):
    """Time one step, as the mean of a few."""
    began = time.perf_counter()
    for _ in range(repeats):
        step()
    return 1000 * (time.perf_counter() - began) / repeats


def main():
    """Print a table of times and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=1_000_000, help="parameters (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=15, help="rounds, in turns (default: %(default)s)")
    options = parser.parse_args()
    try:
        import torch

        torch.set_num_threads(1)
    except ImportError:
        torch = None
        print("PyTorch is not installed: the course's own times only. `pip install torch` to compare.")

    print(
        f"One step on {options.size} parameters, one thread, median of {options.rounds} rounds, milliseconds"
    )
    print(f"{'rule':<20}{'dtype':<9}{'course_lib':>11}{'PyTorch':>10}{'ratio':>8}")
    rng = np.random.default_rng(0)
    for dtype in ("float64", "float32"):
        start, grads = rng.normal(size=(2, options.size)).astype(dtype)
        for name, (ours, twin, theirs) in RULES.items():
            steps = [course_step(name, ours, start, grads)]
            if torch:
                steps.append(torch_step(torch, twin, theirs, start, grads))
            for step in steps:
                milliseconds(step, repeats=3)  # fill the state, warm the caches
            times = [[milliseconds(step, repeats=3) for step in steps] for _ in range(options.rounds)]
            medians = [statistics.median(column) for column in zip(*times, strict=True)]
            columns = f"{medians[1]:>10.2f}{medians[0] / medians[1]:>8.2f}" if torch else f"{'–':>10}{'–':>8}"
            print(f"{name:<20}{dtype:<9}{medians[0]:>11.2f}{columns}")


if __name__ == "__main__":
    main()
