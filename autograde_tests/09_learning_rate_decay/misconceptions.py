"""Misconceptions of lesson 09: wrong versions that students write."""

import numpy as np

from autograde_tests.engine.misconceptions import misconception
from course_lib import schedules


@misconception("step_decay")
def forgets_lr0(t, lr0, factor, every):
    """The start rate is missing: the factor's power scales lr0."""
    return factor ** (t // every)


@misconception("step_decay")
def falls_without_stairs(t, lr0, factor, every):
    """Your rate falls at every update: only whole multiples of `every` count."""
    return lr0 * factor ** (t / every)


@misconception("step_decay")
def rounds_to_the_nearest_drop(t, lr0, factor, every):
    """You round t / every to the nearest whole number, so the drops come half a stair early: cut it off."""
    return lr0 * factor ** round(t / every)


@misconception("step_decay")
def drops_one_update_late(t, lr0, factor, every):
    """Your drops come one update late: t counts from 0, and the first drop is at t = every."""
    return lr0 * factor ** (max(t - 1, 0) // every)


@misconception("step_decay")
def drops_one_update_early(t, lr0, factor, every):
    """Your drops come one update early: t counts from 0, and the first drop is at t = every."""
    return lr0 * factor ** ((t + 1) // every)


@misconception("step_decay")
def compounds_the_drops(t, lr0, factor, every):
    """You multiply a rate that has dropped already by all drops so far: each drop counts once, from lr0."""
    lr = lr0
    for drop in range(1, t // every + 1):
        lr *= factor**drop
    return lr


@misconception("step_decay")
def drops_at_every_update(t, lr0, factor, every):
    """The factor enters once an update: `every` says how long each stair is."""
    return lr0 * factor**t


@misconception("step_decay")
def multiplies_by_the_number_of_drops(t, lr0, factor, every):
    """The factor is multiplied by the number of drops: two drops are factor·factor, a power."""
    return lr0 * factor * (t // every)


@misconception("step_decay")
def subtracts_the_factor(t, lr0, factor, every):
    """You multiply by 1 − factor: `factor` is what stays of the rate, not what is taken away."""
    return lr0 * (1 - factor) ** (t // every)


@misconception("exponential_decay")
def forgets_the_start_rate(t, lr0, k):
    """The start rate is missing: e^(−kt) scales lr0."""
    return np.exp(-k * t)


@misconception("exponential_decay")
def grows(t, lr0, k):
    """Your rate grows with t: mind the sign of the exponent."""
    return lr0 * np.exp(k * t)


@misconception("exponential_decay")
def takes_a_power_of_two(t, lr0, k):
    """The base is 2: the formula has e."""
    return lr0 * 2.0 ** (-k * t)


@misconception("exponential_decay")
def multiplies_by_one_minus_k(t, lr0, k):
    """(1−k)^t only resembles e^(−kt), for small k."""
    return lr0 * (1 - k) ** t


@misconception("exponential_decay")
def compounds(t, lr0, k):
    """Each update applies all the decay so far to a rate that has decayed already: start from lr0, once."""
    lr = lr0
    for update in range(1, t + 1):
        lr *= np.exp(-k * update)
    return lr


@misconception("exponential_decay")
def decays_before_the_first_update(t, lr0, k):
    """Your t runs one ahead: at t = 0 the rate is lr0 itself."""
    return lr0 * np.exp(-k * (t + 1))


@misconception("exponential_decay")
def starts_one_late(t, lr0, k):
    """Your t runs one behind: at t = 1 the rate has decayed once."""
    return lr0 * np.exp(-k * max(t - 1, 0))


@misconception("exponential_decay")
def divides_by_t(t, lr0, k):
    """Your exponent falls with t: it is k times t."""
    return lr0 * np.exp(-k / t)


@misconception("power_decay")
def leaves_out_lr0(epoch, lr0, base=0.95):
    """The start rate is missing: the power of the base scales lr0."""
    return base**epoch


@misconception("power_decay")
def multiplies_by_the_epoch(epoch, lr0, base=0.95):
    """The base is multiplied by the epoch: it is raised to its power."""
    return lr0 * base * epoch


@misconception("power_decay")
def decays_in_the_first_epoch(epoch, lr0, base=0.95):
    """Your epochs run one ahead: in epoch 0 the rate is lr0 itself."""
    return lr0 * base ** (epoch + 1)


@misconception("power_decay")
def counts_epochs_from_one(epoch, lr0, base=0.95):
    """Your epochs run one behind: they count from 0 here, so epoch 1 has decayed once."""
    return lr0 * base ** (epoch - 1)


@misconception("power_decay")
def always_takes_095(epoch, lr0, base=0.95):
    """You write 0.95 whatever the base is: that is only what `base` is by default."""
    return lr0 * 0.95**epoch


@misconception("power_decay")
def compounds_the_powers(epoch, lr0, base=0.95):
    """Each epoch applies all powers so far to a rate that has decayed already: start from lr0, once."""
    lr = lr0
    for number in range(1, epoch + 1):
        lr *= base**number
    return lr


@misconception("power_decay")
def takes_the_power_of_both(epoch, lr0, base=0.95):
    """The power takes in lr0 as well: only the base is raised to it."""
    return (lr0 * base) ** epoch


@misconception("inverse_time_decay")
def forgets_lr0_as_the_notes_do(t, lr0, k):
    """The start rate is missing, as in many notes: 1/(1 + k·t) scales lr0."""
    return 1 / (1 + k * t)


@misconception("inverse_time_decay")
def leaves_out_the_one(t, lr0, k):
    """Without the 1 in the divisor the rate is infinite at t = 0."""
    return lr0 / (k * t)


@misconception("inverse_time_decay")
def leaves_out_the_brackets(t, lr0, k):
    """Division comes before addition: the whole of 1 + k·t belongs below the line."""
    return lr0 / 1 + k * t


@misconception("inverse_time_decay")
def raises_to_the_power_t(t, lr0, k):
    """(1 + k)^t falls exponentially: here t multiplies k."""
    return lr0 / (1 + k) ** t


@misconception("inverse_time_decay")
def compounds_the_division(t, lr0, k):
    """You divide a rate that has decayed already: each rate starts from lr0, not from the one before."""
    lr = lr0
    for update in range(1, t + 1):
        lr /= 1 + k * update
    return lr


@misconception("inverse_time_decay")
def decays_at_once(t, lr0, k):
    """Your t runs one ahead: at t = 0 the rate is lr0 itself."""
    return lr0 / (1 + k * (t + 1))


@misconception("inverse_time_decay")
def counts_t_from_one(t, lr0, k):
    """Your t runs one behind: at t = 1 the rate has decayed once."""
    return lr0 / (1 + k * max(t - 1, 0))


@misconception("inverse_time_decay")
def takes_a_root(t, lr0, k):
    """There is no root in this one."""
    return lr0 / np.sqrt(1 + k * t)


@misconception("inverse_sqrt_decay")
def has_no_lr0(epoch, lr0, k):
    """The start rate is missing: k / √epoch scales lr0."""
    return k / np.sqrt(epoch)


@misconception("inverse_sqrt_decay")
def has_no_k(epoch, lr0, k):
    """K is missing: the first epoch has the rate k·lr0."""
    return lr0 / np.sqrt(epoch)


@misconception("inverse_sqrt_decay")
def takes_no_root(epoch, lr0, k):
    """The root is missing: after four epochs the rate has halved, not fallen to a quarter."""
    return k / epoch * lr0


@misconception("inverse_sqrt_decay")
def shifts_the_epoch(epoch, lr0, k):
    """You add 1 to the epoch to be safe from a division by zero: here the first epoch is 1 already."""
    return k / np.sqrt(epoch + 1) * lr0


@misconception("inverse_sqrt_decay")
def divides_by_zero(epoch, lr0, k):
    """You subtract 1 from the epoch, and the first one divides by zero: epochs count from 1 here."""
    return k / np.sqrt(epoch - 1) * lr0


@misconception("inverse_sqrt_decay")
def takes_the_root_of_k_too(epoch, lr0, k):
    """K stands under your root: only the epoch belongs there."""
    return np.sqrt(k / epoch) * lr0


@misconception("inverse_sqrt_decay")
def divides_by_k(epoch, lr0, k):
    """K stands below the line: it belongs above."""
    return lr0 / (k * np.sqrt(epoch))


@misconception("inverse_sqrt_decay")
def takes_the_root_of_all(epoch, lr0, k):
    """Lr0 stands under your root: only the epoch belongs there."""
    return k * np.sqrt(lr0 / epoch)


@misconception("cosine_decay")
def rises_again(t, total, lr0, final=0.0):
    """Beyond t = total your cosine rises again: stop the clock at total."""
    return final + 0.5 * (lr0 - final) * (1 + np.cos(np.pi * t / total))


@misconception("cosine_decay")
def swings_a_whole_period(t, total, lr0, final=0.0):
    """With 2π the rate is back at lr0 when t = total: half a cosine ends at π."""
    return final + 0.5 * (lr0 - final) * (1 + np.cos(2 * np.pi * min(t, total) / total))


@misconception("cosine_decay")
def forgets_pi(t, total, lr0, final=0.0):
    """Your cosine turns through 1 where it should turn through π, so at the end it has hardly fallen."""
    return final + 0.5 * (lr0 - final) * (1 + np.cos(min(t, total) / total))


@misconception("cosine_decay")
def goes_below_zero(t, total, lr0, final=0.0):
    """The bare cosine runs from 1 to −1: lift it by 1 and halve it, or the rate turns negative."""
    return final + (lr0 - final) * np.cos(np.pi * min(t, total) / total)


@misconception("cosine_decay")
def forgets_the_half(t, total, lr0, final=0.0):
    """1 + cos runs from 2 to 0: without the ½ you start at twice the rate."""
    return final + (lr0 - final) * (1 + np.cos(np.pi * min(t, total) / total))


@misconception("cosine_decay")
def starts_above_lr0(t, total, lr0, final=0.0):
    """You add `final` to a cosine that falls by all of lr0: it has only lr0 − final to fall."""
    return final + 0.5 * lr0 * (1 + np.cos(np.pi * min(t, total) / total))


@misconception("cosine_decay")
def ignores_final(t, total, lr0, final=0.0):
    """Your rate falls to 0 whatever `final` is."""
    return 0.5 * lr0 * (1 + np.cos(np.pi * min(t, total) / total))


@misconception("cosine_decay")
def takes_a_quarter_of_the_circle(t, total, lr0, final=0.0):
    """A quarter of a circle falls steeply to the end: half a cosine flattens there, and it needs π."""
    return final + (lr0 - final) * np.cos(0.5 * np.pi * min(t, total) / total)


@misconception("cosine_decay")
def is_zero_beyond_the_end(t, total, lr0, final=0.0):
    """Beyond the end you answer 0: the rate stays at `final`."""
    return 0.0 if t > total else schedules.cosine_decay(t, total, lr0, final)


@misconception("cosine_decay")
def starts_over(t, total, lr0, final=0.0):
    """At t = total you start again from lr0: that is a schedule with restarts, this one stays."""
    return schedules.cosine_decay(t % total, total, lr0, final)


@misconception("cosine_decay")
def cuts_off_at_zero(t, total, lr0, final=0.0):
    """You cut a rate that turns negative off at `final`, halfway: the whole of it should fall smoothly."""
    return max(final, final + (lr0 - final) * np.cos(np.pi * min(t, total) / total))


@misconception("warmup_cosine")
def total_excludes_the_warm_up(t, warmup, total, peak, final=0.0):
    """Your cosine takes `total` updates after the warm-up: the warm-up is among them."""
    return peak * t / warmup if t < warmup else schedules.cosine_decay(t - warmup, total, peak, final)


@misconception("warmup_cosine")
def jumps_at_the_join(t, warmup, total, peak, final=0.0):
    """Your cosine has been running since t = 0, so the rate jumps down where the climb ends."""
    return peak * t / warmup if t < warmup else schedules.cosine_decay(t, total, peak, final)


@misconception("warmup_cosine")
def squeezes_the_cosine(t, warmup, total, peak, final=0.0):
    """Your cosine's length is right and its clock is not: it began when the climb ended."""
    return peak * t / warmup if t < warmup else schedules.cosine_decay(t, total - warmup, peak, final)


@misconception("warmup_cosine")
def climbs_one_ahead(t, warmup, total, peak, final=0.0):
    """Your climb is one update ahead: at t = 0 the rate is 0."""
    if t < warmup:
        return peak * (t + 1) / warmup
    return schedules.cosine_decay(t - warmup, total - warmup, peak, final)


@misconception("warmup_cosine")
def stays_cold_without_a_warm_up(t, warmup, total, peak, final=0.0):
    """With warmup = 0 you divide by zero: then no t is before its end."""
    if t <= warmup:
        return peak * t / warmup
    return schedules.cosine_decay(t - warmup, total - warmup, peak, final)


@misconception("warmup_cosine")
def falls_to_zero(t, warmup, total, peak, final=0.0):
    """`final` gets lost: hand it on, or does your `cosine_decay` lose it? Look at that one's check first."""
    return peak * t / warmup if t < warmup else schedules.cosine_decay(t - warmup, total - warmup, peak)


@misconception("warmup_cosine")
def climbs_from_final(t, warmup, total, peak, final=0.0):
    """Your climb begins at `final`: that is where the fall ends, and the climb begins at 0."""
    if t < warmup:
        return final + (peak - final) * t / warmup
    return schedules.cosine_decay(t - warmup, total - warmup, peak, final)


@misconception("warmup_cosine")
def rises_beyond_the_end(t, warmup, total, peak, final=0.0):
    """Beyond t = total your cosine rises again: stop its clock at the end."""
    if t < warmup:
        return peak * t / warmup
    progress = (t - warmup) / (total - warmup)
    return final + 0.5 * (peak - final) * (1 + np.cos(np.pi * progress))


@misconception("warmup_cosine")
def climbs_for_ever(t, warmup, total, peak, final=0.0):
    """The climb goes on after the warm-up: from t = warmup on the cosine takes over."""
    return peak * t / warmup if warmup else schedules.cosine_decay(t, total, peak, final)


@misconception("warmup_cosine")
def skips_the_warm_up(t, warmup, total, peak, final=0.0):
    """There is no climb in your schedule: before t = warmup the rate rises from 0."""
    return schedules.cosine_decay(max(t - warmup, 0), total - warmup, peak, final)


def smoothed(losses):
    """The mean of each loss and its neighbors, two on either side."""
    return np.array([np.mean(losses[max(i - 2, 0) : i + 3]) for i in range(len(losses))])


def before_divergence(losses):
    """The losses before the first that is not finite."""
    return losses[: np.argmin(np.append(np.isfinite(losses), False))]


@misconception("lr_range_test")
def suggests_the_brink(lrs, losses):
    """You suggest the rate at the smallest loss itself, where training is about to diverge: take a tenth."""
    return lrs[np.argmin(smoothed(before_divergence(losses)))]


@misconception("lr_range_test")
def takes_the_last(lrs, losses):
    """You take the last rate before the run diverged, not the one at the smallest smoothed loss."""
    return lrs[len(before_divergence(losses)) - 1] / 10


@misconception("lr_range_test")
def trusts_a_lucky_batch(lrs, losses):
    """You take the smallest of the raw losses: one lucky batch decides. Smooth first."""
    return lrs[np.argmin(before_divergence(losses))] / 10


@misconception("lr_range_test")
def is_blind_to_nan(lrs, losses):
    """To argmin a NaN is the smallest of all, and it spreads as you smooth: cut the run off before it."""
    return lrs[np.argmin(smoothed(losses))] / 10


@misconception("lr_range_test")
def keeps_what_comes_after(lrs, losses):
    """You drop what is not finite and keep what follows: the run has ended at the first such loss."""
    finite = np.isfinite(losses)
    return lrs[finite][np.argmin(smoothed(losses[finite]))] / 10


@misconception("lr_range_test")
def ignores_only_nan(lrs, losses):
    """You pass over NaN in each mean and go on: the run has ended at the first loss that is not finite."""
    means = [np.nanmean(losses[max(i - 2, 0) : i + 3]) for i in range(len(losses))]
    return lrs[np.argmin(means)] / 10


@misconception("lr_range_test")
def lags_behind(lrs, losses):
    """Your mean looks only back, so its minimum comes late: take two neighbors on either side."""
    kept = before_divergence(losses)
    return lrs[np.argmin([np.mean(kept[max(i - 4, 0) : i + 1]) for i in range(len(kept))])] / 10


@misconception("lr_range_test")
def smooths_over_three(lrs, losses):
    """You average three losses: it is two neighbors on either side, five in all."""
    kept = before_divergence(losses)
    return lrs[np.argmin([np.mean(kept[max(i - 1, 0) : i + 2]) for i in range(len(kept))])] / 10


@misconception("lr_range_test")
def pads_with_zeros(lrs, losses):
    """Beyond the ends you average in zeros, which makes the ends look low: average over what is there."""
    kept = before_divergence(losses)
    return lrs[np.argmin(np.convolve(kept, np.ones(5) / 5, mode="full")[2:-2])] / 10


@misconception("lr_range_test")
def leaves_out_the_ends(lrs, losses):
    """Your smoothed losses are four short, so their places have moved: keep the ends, of fewer neighbors."""
    kept = before_divergence(losses)
    return lrs[np.argmin(np.convolve(kept, np.ones(5) / 5, mode="valid"))] / 10


@misconception("lr_range_test")
def takes_the_steepest_fall(lrs, losses):
    """You look for the steepest fall, which others do too: here it is a tenth of the rate at the minimum."""
    return lrs[np.argmin(np.diff(smoothed(before_divergence(losses))))]


@misconception("lr_range_test")
def returns_the_loss(lrs, losses):
    """You return the smallest loss: the answer is a learning rate."""
    return np.min(smoothed(before_divergence(losses))) / 10


def mean_or_nan(window):
    """The mean, NaN for no losses at all as `np.mean` has it, without its warning."""
    return np.mean(window) if len(window) else np.nan


@misconception("lr_range_test")
def counts_from_the_far_end(lrs, losses):
    """For the first two losses your slice begins below 0, which numpy counts from the far end."""
    kept = before_divergence(losses)
    return lrs[np.argmin([mean_or_nan(kept[i - 2 : i + 3]) for i in range(len(kept))])] / 10


@misconception("lr_range_test")
def stops_a_neighbor_short(lrs, losses):
    """Your slice leaves out its last neighbor: the end of a slice does not belong to it."""
    kept = before_divergence(losses)
    return lrs[np.argmin([np.mean(kept[max(i - 2, 0) : i + 2]) for i in range(len(kept))])] / 10


@misconception("lr_range_test")
def keeps_nothing_of_a_run_that_stays_finite(lrs, losses):
    """Where all losses are finite `argmin` finds no False and answers 0, so that no losses are left."""
    stop = np.argmin(np.isfinite(losses))
    return lrs[np.argmin(smoothed(losses[:stop]))] / 10


@misconception("cosine_decay")
def falls_in_a_straight_line(t, total, lr0, final=0.0):
    """This is a straight line from lr0 to final: the cosine falls slowly, fast, and slowly again."""
    return lr0 + (final - lr0) * min(t, total) / total
