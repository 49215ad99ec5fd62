"""Misconceptions of lesson 08: wrong versions that students write."""

import numpy as np

from autograde_tests.engine.misconceptions import misconception
from course_lib import optimizers
from course_lib.optimizers import AdamState


def moments(params, grads, state, beta1, beta2):
    """Update t, m and v as Adam does: the part that most wrong versions have right."""
    t, m, v = (0, np.zeros_like(params), np.zeros_like(params)) if state is None else state
    return t + 1, beta1 * m + (1 - beta1) * grads, beta2 * v + (1 - beta2) * grads**2


@misconception("adam")
def corrects_neither_moment(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Neither moment is corrected: divide m by 1 − beta1ᵗ and v by 1 − beta2ᵗ before you step."""
    t, m, v = moments(params, grads, state, beta1, beta2)
    return params - lr * m / (np.sqrt(v) + eps), AdamState(t, m, v)


@misconception("adam")
def corrects_the_first_moment_alone(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Only m is corrected: v starts at zero as well, and more slowly."""
    t, m, v = moments(params, grads, state, beta1, beta2)
    return params - lr * m / (1 - beta1**t) / (np.sqrt(v) + eps), AdamState(t, m, v)


@misconception("adam")
def corrects_the_second_moment_alone(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Only v is corrected: m starts at zero as well."""
    t, m, v = moments(params, grads, state, beta1, beta2)
    return params - lr * m / (np.sqrt(v / (1 - beta2**t)) + eps), AdamState(t, m, v)


@misconception("adam")
def counts_from_zero(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The correction uses t from before this update and divides by 1 − β⁰ = 0: add 1 to t first."""
    t, m, v = moments(params, grads, state, beta1, beta2)
    with np.errstate(all="ignore"):
        m_hat = m / np.float64(1 - beta1 ** (t - 1)).astype(params.dtype)
        v_hat = v / np.float64(1 - beta2 ** (t - 1)).astype(params.dtype)
        return params - lr * m_hat / (np.sqrt(v_hat) + eps), AdamState(t, m, v)


@misconception("adam")
def never_counts(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Your t stays what it was, 0 at the first step: add 1 to it before the corrections use it."""
    t, m, v = (0, np.zeros_like(params), np.zeros_like(params)) if state is None else state
    _, m, v = moments(params, grads, (t, m, v), beta1, beta2)
    with np.errstate(all="ignore"):
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        return params - lr * m_hat / (np.sqrt(v_hat) + eps), AdamState(t, m, v)


@misconception("adam")
def does_not_count(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Your t stays 1: return the number of updates in the state and count on from it."""
    _, m, v = moments(params, grads, state, beta1, beta2)
    return params - lr * (m / (1 - beta1)) / (np.sqrt(v / (1 - beta2)) + eps), AdamState(1, m, v)


@misconception("adam")
def swaps_the_betas(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The betas have changed places: beta1 belongs to m, beta2 to v."""
    t, m, v = moments(params, grads, state, beta2, beta1)
    return params - lr * (m / (1 - beta2**t)) / (np.sqrt(v / (1 - beta1**t)) + eps), AdamState(t, m, v)


@misconception("adam")
def uses_one_beta_in_both_corrections(
    params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    """Both corrections use beta1: v is an average with beta2."""
    t, m, v = moments(params, grads, state, beta1, beta2)
    return params - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta1**t)) + eps), AdamState(t, m, v)


@misconception("adam")
def multiplies_by_t_in_the_correction(
    params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    """The correction has beta·t where it needs the power beta**t."""
    t, m, v = moments(params, grads, state, beta1, beta2)
    return params - lr * (m / (1 - beta1 * t)) / (np.sqrt(v / (1 - beta2 * t)) + eps), AdamState(t, m, v)


@misconception("adam")
def takes_the_power_of_the_difference(
    params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8
):
    """The correction has (1 − beta)ᵗ where it needs 1 − betaᵗ: what is raised to the power?"""
    t, m, v = moments(params, grads, state, beta1, beta2)
    return params - lr * (m / (1 - beta1) ** t) / (np.sqrt(v / (1 - beta2) ** t) + eps), AdamState(t, m, v)


@misconception("adam")
def squares_the_first_moment(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Your v averages the square of m: it is to average the square of the gradient."""
    t, m, v = (0, np.zeros_like(params), np.zeros_like(params)) if state is None else state
    t, m = t + 1, beta1 * m + (1 - beta1) * grads
    v = beta2 * v + (1 - beta2) * m**2
    return params - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), AdamState(t, m, v)


@misconception("adam")
def averages_the_sizes(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Your v averages |g|: average g², so that its root has the unit of a gradient."""
    t, m, v = (0, np.zeros_like(params), np.zeros_like(params)) if state is None else state
    t, m = t + 1, beta1 * m + (1 - beta1) * grads
    v = beta2 * v + (1 - beta2) * np.abs(grads)
    return params - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), AdamState(t, m, v)


@misconception("adam")
def steps_with_the_gradient(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The step is along the gradient, as in RMSprop: m̂ has been left out of it."""
    t, m, v = moments(params, grads, state, beta1, beta2)
    return params - lr * grads / (np.sqrt(v / (1 - beta2**t)) + eps), AdamState(t, m, v)


@misconception("adam")
def leaves_out_the_root(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The root is missing: the step is m̂ over √v̂."""
    t, m, v = moments(params, grads, state, beta1, beta2)
    return params - lr * (m / (1 - beta1**t)) / (v / (1 - beta2**t) + eps), AdamState(t, m, v)


@misconception("adam")
def eps_inside_the_root(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Eps stands inside the root: here it is added to the root, √v̂ + eps."""
    t, m, v = moments(params, grads, state, beta1, beta2)
    return params - lr * (m / (1 - beta1**t)) / np.sqrt(v / (1 - beta2**t) + eps), AdamState(t, m, v)


@misconception("adam")
def eps_before_the_correction(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Eps is added to the root of the uncorrected v, a dialect that Keras speaks: here it is √v̂ + eps."""
    t, m, v = moments(params, grads, state, beta1, beta2)
    lr_t = lr * np.sqrt(1 - beta2**t).item() / (1 - beta1**t)
    return params - lr_t * m / (np.sqrt(v) + eps), AdamState(t, m, v)


@misconception("adam")
def speaks_keras_in_float64(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Eps is added to the root of the uncorrected v, as in Keras; and np.sqrt of a number widens float32."""
    t, m, v = moments(params, grads, state, beta1, beta2)
    lr_t = lr * np.sqrt(1 - beta2**t) / (1 - beta1**t)
    return params - lr_t * m / (np.sqrt(v) + eps), AdamState(t, m, v)


@misconception("adam")
def adds_eps_to_the_parameters(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Eps is added to the quotient, not to its denominator: where do the parentheses belong?"""
    t, m, v = moments(params, grads, state, beta1, beta2)
    return params - lr * (m / (1 - beta1**t)) / np.sqrt(v / (1 - beta2**t)) + eps, AdamState(t, m, v)


@misconception("adam")
def leaves_eps_out(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """There is no eps: an entry that has had no gradient yet gives 0/0."""
    t, m, v = moments(params, grads, state, beta1, beta2)
    return params - lr * (m / (1 - beta1**t)) / np.sqrt(v / (1 - beta2**t)), AdamState(t, m, v)


@misconception("adam")
def stores_the_corrected_moments(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The state holds corrected moments, which the next step corrects again: keep m and v themselves."""
    t, m, v = moments(params, grads, state, beta1, beta2)
    m, v = m / (1 - beta1**t), v / (1 - beta2**t)
    return params - lr * m / (np.sqrt(v) + eps), AdamState(t, m, v)


@misconception("adam")
def forgets_the_state(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """Every step is a first step: take t, m and v from the state when there is one."""
    t, m, v = moments(params, grads, None, beta1, beta2)
    return params - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), AdamState(t, m, v)


@misconception("adam")
def climbs(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """The step goes uphill: subtract it."""
    t, m, v = moments(params, grads, state, beta1, beta2)
    return params + lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), AdamState(t, m, v)


@misconception("adam")
def changes_the_moments_in_place(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """`*=` and `+=` change the moments in the caller's state: compute new ones instead."""
    t, m, v = (0, np.zeros_like(params), np.zeros_like(params)) if state is None else state
    t += 1
    m *= beta1
    m += (1 - beta1) * grads
    v *= beta2
    v += (1 - beta2) * grads**2
    return params - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), AdamState(t, m, v)


@misconception("adam")
def widens_float32(params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8):
    """`np.zeros(shape)` is float64, and so is all it meets: `np.zeros_like(params)` keeps the type."""
    zeros = np.zeros(np.shape(params))
    t, m, v = moments(params, grads, (0, zeros, zeros) if state is None else state, beta1, beta2)
    return params - lr * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps), AdamState(t, m, v)


@misconception("adamw")
def puts_the_decay_into_the_gradient(
    params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2
):
    """This is Adam with an L2 penalty: its decay is divided by √v̂. Subtract the decay beside Adam's step."""
    return optimizers.adam(
        params, grads + weight_decay * params, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps
    )


@misconception("adamw")
def decays_the_new_parameters(
    params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2
):
    """The decay is taken from the parameters after Adam's step: take it from those before."""
    params, state = optimizers.adam(params, grads, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return params - lr * weight_decay * params, state


@misconception("adamw")
def leaves_lr_out_of_the_decay(
    params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2
):
    """The decay is not scaled by lr: with a schedule, it would go on when lr has gone to zero."""
    adapted, state = optimizers.adam(params, grads, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return adapted - weight_decay * params, state


@misconception("adamw")
def grows_the_weights(
    params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2
):
    """The weights grow: decay subtracts."""
    adapted, state = optimizers.adam(params, grads, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return adapted + lr * weight_decay * params, state


@misconception("adamw")
def divides_the_decay_by_the_root(
    params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2
):
    """The decay is divided by √v̂ with the rest: it is to shrink all weights by the same factor."""
    adapted, state = optimizers.adam(params, grads, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    v_hat = state.v / (1 - beta2**state.t)
    return adapted - lr * weight_decay * params / (np.sqrt(v_hat) + eps), state


@misconception("adamw")
def does_not_decay(
    params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2
):
    """This is Adam alone: subtract lr·weight_decay·params as well."""
    return optimizers.adam(params, grads, state, lr=lr, beta1=beta1, beta2=beta2, eps=eps)


@misconception("adamw")
def forgets_the_state(
    params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2
):
    """Every step is a first step: hand the state on to `adam`."""
    adapted, state = optimizers.adam(params, grads, lr=lr, beta1=beta1, beta2=beta2, eps=eps)
    return adapted - lr * weight_decay * params, state


@misconception("adamw")
def leaves_the_settings_behind(
    params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2
):
    """The betas and eps do not reach `adam`, which uses its own: hand them on."""
    adapted, state = optimizers.adam(params, grads, state, lr=lr)
    return adapted - lr * weight_decay * params, state


@misconception("adam_step_ratio")
def always_one(t, beta1, beta2):
    """1 is the ratio with the correction: here the moments are not corrected."""
    return 1.0


@misconception("adam_step_ratio")
def uses_one_beta(t, beta1, beta2):
    """Both moments use beta1: v is an average with beta2."""
    return (1 - beta1**t) / np.sqrt(1 - beta1**t)


@misconception("adam_step_ratio")
def leaves_out_the_root(t, beta1, beta2):
    """The root is missing: the step is m over √v."""
    return (1 - beta1**t) / (1 - beta2**t)


@misconception("adam_step_ratio")
def takes_the_root_of_the_power_alone(t, beta1, beta2):
    """The root reaches over beta2ᵗ alone: it belongs over the whole of 1 − beta2ᵗ, which is v."""
    return (1 - beta1**t) / (1 - np.sqrt(beta2**t))


@misconception("adam_step_ratio")
def takes_the_power_of_the_difference(t, beta1, beta2):
    """This has (1 − beta)ᵗ where it needs 1 − betaᵗ: what is raised to the power?"""
    return (1 - beta1) ** t / np.sqrt((1 - beta2) ** t)


@misconception("adam_step_ratio")
def turned_upside_down(t, beta1, beta2):
    """This is what the correction multiplies by: the ratio is its inverse, m above and √v below."""
    return np.sqrt(1 - beta2**t) / (1 - beta1**t)


@misconception("adam_step_ratio")
def stays_at_the_first_step(t, beta1, beta2):
    """This is the ratio of the first step: after t steps the missing parts are beta1ᵗ and beta2ᵗ."""
    return (1 - beta1) / np.sqrt(1 - beta2)


@misconception("adam_step_ratio")
def swaps_the_betas(t, beta1, beta2):
    """The betas have changed places: beta1 belongs to m, above."""
    return (1 - beta2**t) / np.sqrt(1 - beta1**t)


@misconception("adam_step_ratio")
def multiplies_by_t(t, beta1, beta2):
    """This has beta·t where it needs the power beta**t."""
    return (1 - beta1 * t) / np.emath.sqrt(1 - beta2 * t)


@misconception("adam_update_bound")
def always_lr(lr, beta1, beta2):
    """The bound is lr only if 1 − beta1 is at most √(1 − beta2): after a silence a step can be longer."""
    return lr


@misconception("adam_update_bound")
def forgets_lr_in_the_quotient(lr, beta1, beta2):
    """The quotient is in units of lr: multiply it by lr, as the other case is."""
    if 1 - beta1 > np.sqrt(1 - beta2):
        return (1 - beta1) / np.sqrt(1 - beta2)
    return lr


@misconception("adam_update_bound")
def swaps_the_cases(lr, beta1, beta2):
    """The cases have changed places: the quotient counts where it is larger than 1."""
    if 1 - beta1 > np.sqrt(1 - beta2):
        return lr
    return lr * (1 - beta1) / np.sqrt(1 - beta2)


@misconception("adam_update_bound")
def leaves_out_the_root(lr, beta1, beta2):
    """The root is missing: the step is m over √v, so 1 − beta2 stands under a root."""
    if 1 - beta1 > 1 - beta2:
        return lr * (1 - beta1) / (1 - beta2)
    return lr


@misconception("adam_update_bound")
def knows_one_case(lr, beta1, beta2):
    """Where 1 − beta1 is below √(1 − beta2) this is less than lr, which equal gradients reach: two cases."""
    return lr * (1 - beta1) / np.sqrt(1 - beta2)


@misconception("adam_update_bound")
def compares_without_the_root(lr, beta1, beta2):
    """The quotient is right, its condition is not: compare 1 − beta1 with the root of 1 − beta2."""
    if 1 - beta1 > 1 - beta2:
        return lr * (1 - beta1) / np.sqrt(1 - beta2)
    return lr


@misconception("adamw")
def leaves_out_the_correction(
    params, grads, state=None, *, lr=1e-3, beta1=0.9, beta2=0.999, eps=1e-8, weight_decay=1e-2
):
    """The bias correction is missing: AdamW corrects m and v as Adam does."""
    t, m, v = (0, np.zeros_like(params), np.zeros_like(params)) if state is None else state
    m, v = beta1 * m + (1 - beta1) * grads, beta2 * v + (1 - beta2) * grads**2
    after = params - lr * (m / (np.sqrt(v) + eps)) - lr * weight_decay * params
    return after, AdamState(t + 1, m, v)
