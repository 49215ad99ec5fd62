"""Honest answers to lesson 09, written in other ways: each must get full marks."""

import math
import warnings

import numpy as np

from autograde_tests.engine.honest import honest


@honest("step_decay")
def one_drop_after_the_other(t, lr0, factor, every):
    """A loop over the drops."""
    lr = lr0
    for _ in range(int(t // every)):
        lr *= factor
    return lr


@honest("step_decay")
def with_the_floor_spelt_out(t, lr0, factor, every):
    """`np.floor` and `np.power`, which answer with an np.float64."""
    return lr0 * np.power(factor, np.floor(t / every))


@honest("step_decay")
def through_logarithms(t, lr0, factor, every):
    """A power as an exponential, and a print."""
    print("step_decay was here")
    return math.exp(math.log(lr0) + int(t / every) * math.log(factor))


@honest("exponential_decay")
def with_math(t, lr0, k):
    """Python's own exponential, and a product in another order."""
    return math.exp(-(t * k)) * lr0


@honest("exponential_decay")
def one_factor_an_update(t, lr0, k):
    """A loop, each update with the same factor."""
    lr, factor = lr0, np.exp(-k)
    for _ in range(t):
        lr = lr * factor
    return lr


@honest("exponential_decay")
def divides(t, lr0, k):
    """Below the line, as an array without axes."""
    return np.array(lr0) / np.exp(k * t)


@honest("power_decay")
def epoch_by_epoch(epoch, lr0, base=0.95):
    """A loop over the epochs."""
    for _ in range(epoch):
        lr0 = base * lr0
    return lr0


@honest("power_decay")
def with_the_power_function(epoch, lr0, base=0.95):
    """`np.power`, and a warning."""
    warnings.warn("nothing is wrong", stacklevel=2)
    return np.power(base, epoch) * lr0


@honest("power_decay")
def as_an_exponential(epoch, lr0, base=0.95):
    """base^epoch = e^(epoch·ln base)."""
    return lr0 * math.exp(epoch * math.log(base))


@honest("inverse_time_decay")
def with_a_named_divisor(t, lr0, k):
    """Two lines for one."""
    divisor = 1.0 + t * k
    return lr0 / divisor


@honest("inverse_time_decay")
def with_a_negative_power(t, lr0, k):
    """The division as a power."""
    return lr0 * np.power(k * t + 1, -1.0)


@honest("inverse_time_decay")
def from_the_reciprocal(t, lr0, k):
    """1/α grows by k/α₀ in every update."""
    return 1 / (1 / lr0 + t * k / lr0)


@honest("inverse_sqrt_decay")
def with_half_a_power(epoch, lr0, k):
    """The root as a power."""
    return lr0 * k * epoch**-0.5


@honest("inverse_sqrt_decay")
def with_the_root_of_math(epoch, lr0, k):
    """Python's own root."""
    return (lr0 * k) / math.sqrt(epoch)


@honest("inverse_sqrt_decay")
def under_one_root(epoch, lr0, k):
    """All under the root, squared."""
    return np.sqrt((lr0 * k) ** 2 / epoch)


@honest("cosine_decay")
def with_a_case(t, total, lr0, final=0.0):
    """The end as a case of its own."""
    if t >= total:
        return final
    return final + (lr0 - final) * (1 + math.cos(math.pi * t / total)) / 2


@honest("cosine_decay")
def with_the_half_angle(t, total, lr0, final=0.0):
    """½·(1 + cos 2φ) = cos²φ, and a clip."""
    progress = np.clip(t / total, 0.0, 1.0)
    return final + (lr0 - final) * np.cos(np.pi / 2 * progress) ** 2


@honest("cosine_decay")
def as_a_mixture(t, total, lr0, final=0.0):
    """A share of lr0, the rest of final."""
    share = 0.5 + 0.5 * np.cos(np.pi * np.minimum(t / total, 1))
    return share * lr0 + (1 - share) * final


@honest("warmup_cosine")
def all_in_one(t, warmup, total, peak, final=0.0):
    """Without the help of cosine_decay."""
    if t < warmup:
        return t / warmup * peak
    progress = min((t - warmup) / (total - warmup), 1)
    return final + (peak - final) * (1 + math.cos(math.pi * progress)) / 2


@honest("warmup_cosine")
def with_three_cases(t, warmup, total, peak, final=0.0):
    """Climb, fall, end."""
    if t >= total:
        return float(final)
    if t >= warmup:
        fallen = 1 - np.cos(np.pi * (t - warmup) / (total - warmup))
        return peak - (peak - final) * fallen / 2
    return peak * (t / warmup)


@honest("warmup_cosine")
def by_interpolation(t, warmup, total, peak, final=0.0):
    """The climb by np.interp, the fall by the half angle."""
    if warmup > 0 and t <= warmup:
        return np.interp(t, [0, warmup], [0, peak])
    angle = np.interp(t, [warmup, total], [0, np.pi / 2])
    return final + (peak - final) * np.cos(angle) ** 2


@honest("lr_range_test")
def with_a_loop_that_breaks(lrs, losses):
    """Collects the losses until the run ends, then compares the means one by one."""
    kept = []
    for loss in losses:
        if not np.isfinite(loss):
            break
        kept.append(loss)
    best, smallest = None, math.inf
    for i in range(len(kept)):
        window = kept[max(0, i - 2) : i + 3]
        mean = sum(window) / len(window)
        if mean < smallest:
            best, smallest = lrs[i], mean
    return best / 10


@honest("lr_range_test")
def with_a_convolution(lrs, losses):
    """Sums and counts by np.convolve, on its own copy."""
    bad = np.flatnonzero(~np.isfinite(losses))
    kept = losses[: bad[0]].copy() if bad.size else losses.copy()
    sums = np.convolve(kept, np.ones(5), mode="full")[2:-2]
    counts = np.convolve(np.ones_like(kept), np.ones(5), mode="full")[2:-2]
    return 0.1 * lrs[int(np.argmin(sums / counts))]


@honest("lr_range_test")
def padded_with_nan(lrs, losses):
    """The ends padded with NaN, which `nanmean` leaves out; a running sum finds the end."""
    end = int(np.sum(np.cumsum(~np.isfinite(losses)) == 0))
    padded = np.pad(losses[:end], 2, constant_values=np.nan)
    windows = np.stack([padded[shift : shift + end] for shift in range(5)])
    return float(lrs[np.nanargmin(np.nanmean(windows, axis=0))]) / 10
