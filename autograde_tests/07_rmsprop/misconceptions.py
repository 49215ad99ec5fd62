"""Misconceptions of lesson 07: wrong versions that students write."""

import numpy as np

from autograde_tests.engine.misconceptions import misconception


@misconception("adagrad")
def sums_the_gradients_unsquared(params, grads, state=None, *, lr, eps=1e-8):
    """The cache collects g itself, where plus and minus cancel: collect its square."""
    cache = (np.zeros_like(params) if state is None else state) + grads
    return params - lr * grads / (np.sqrt(cache) + eps), cache


@misconception("adagrad")
def sums_the_sizes(params, grads, state=None, *, lr, eps=1e-8):
    """The cache collects |g|: collect g², so that its root has the unit of a gradient."""
    cache = (np.zeros_like(params) if state is None else state) + np.abs(grads)
    return params - lr * grads / (np.sqrt(cache) + eps), cache


@misconception("adagrad")
def divides_by_the_cache_itself(params, grads, state=None, *, lr, eps=1e-8):
    """The root is missing: g over g² would make small gradients take the largest steps."""
    cache = (np.zeros_like(params) if state is None else state) + grads**2
    return params - lr * grads / (cache + eps), cache


@misconception("adagrad")
def averages_the_squares(params, grads, state=None, *, lr, eps=1e-8):
    """This is an average, as in RMSprop: Adagrad's cache is the plain sum, with no decay."""
    cache = 0.9 * (np.zeros_like(params) if state is None else state) + 0.1 * grads**2
    return params - lr * grads / (np.sqrt(cache) + eps), cache


@misconception("adagrad")
def forgets_the_old_cache(params, grads, state=None, *, lr, eps=1e-8):
    """The old cache is missing: every step is then as long as the first. Add g² to what was there."""
    cache = grads**2
    return params - lr * grads / (np.sqrt(cache) + eps), cache


@misconception("adagrad")
def eps_inside_the_root(params, grads, state=None, *, lr, eps=1e-8):
    """Eps stands inside the root: here it is added to the root, √cache + eps."""
    cache = (np.zeros_like(params) if state is None else state) + grads**2
    return params - lr * grads / np.sqrt(cache + eps), cache


@misconception("adagrad")
def eps_outside_the_quotient(params, grads, state=None, *, lr, eps=1e-8):
    """Eps is added to the quotient, not to its denominator: where do the parentheses belong?"""
    cache = (np.zeros_like(params) if state is None else state) + grads**2
    return params - lr * (grads / np.sqrt(cache) + eps), cache


@misconception("adagrad")
def adds_eps_to_the_parameters(params, grads, state=None, *, lr, eps=1e-8):
    """Eps is added to the new parameters, not to the root: the whole denominator needs parentheses."""
    cache = (np.zeros_like(params) if state is None else state) + grads**2
    return params - lr * grads / np.sqrt(cache) + eps, cache


@misconception("adagrad")
def leaves_eps_out(params, grads, state=None, *, lr, eps=1e-8):
    """There is no eps: a zero gradient over an empty cache is 0/0."""
    cache = (np.zeros_like(params) if state is None else state) + grads**2
    return params - lr * grads / np.sqrt(cache), cache


@misconception("adagrad")
def one_scale_for_all_entries(params, grads, state=None, *, lr, eps=1e-8):
    """All entries get the sum over all entries: square entry by entry, and do not sum."""
    cache = (np.zeros_like(params) if state is None else state) + np.sum(grads**2)
    return params - lr * grads / (np.sqrt(cache) + eps), cache


@misconception("adagrad")
def divides_by_the_old_cache(params, grads, state=None, *, lr, eps=1e-8):
    """The step is divided by the cache from before this gradient: update the cache first."""
    previous = np.zeros_like(params) if state is None else state
    return params - lr * grads / (np.sqrt(previous) + eps), previous + grads**2


@misconception("adagrad")
def keeps_the_root_as_state(params, grads, state=None, *, lr, eps=1e-8):
    """You return the root as the state: the next step would square nothing. Keep the sum of squares."""
    cache = (np.zeros_like(params) if state is None else state) + grads**2
    return params - lr * grads / (np.sqrt(cache) + eps), np.sqrt(cache)


@misconception("adagrad")
def climbs(params, grads, state=None, *, lr, eps=1e-8):
    """The step goes uphill: subtract it."""
    cache = (np.zeros_like(params) if state is None else state) + grads**2
    return params + lr * grads / (np.sqrt(cache) + eps), cache


@misconception("adagrad")
def adds_to_the_cache_in_place(params, grads, state=None, *, lr, eps=1e-8):
    """`+=` changes the caller's cache: write `cache = cache + ...`, which makes a new array."""
    cache = np.zeros_like(params) if state is None else state
    cache += grads**2
    return params - lr * grads / (np.sqrt(cache) + eps), cache


@misconception("adagrad")
def changes_the_parameters_in_place(params, grads, state=None, *, lr, eps=1e-8):
    """`-=` changes the caller's parameters: write `params = params - ...`, which makes a new array."""
    cache = (np.zeros_like(params) if state is None else state) + grads**2
    params -= lr * grads / (np.sqrt(cache) + eps)
    return params, cache


@misconception("adagrad")
def widens_float32(params, grads, state=None, *, lr, eps=1e-8):
    """`np.zeros(shape)` is float64, and so is all it meets: `np.zeros_like(params)` keeps the type."""
    cache = (np.zeros(np.shape(params)) if state is None else state) + grads**2
    return params - lr * grads / (np.sqrt(cache) + eps), cache


@misconception("rmsprop")
def swaps_decay(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """`decay` and 1 − decay have changed places: decay, the larger weight, belongs to the past."""
    previous = np.zeros_like(params) if state is None else state
    cache = (1 - decay) * previous + decay * grads**2
    return params - lr * grads / (np.sqrt(cache) + eps), cache


@misconception("rmsprop")
def sums_as_adagrad_does(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """This is Adagrad's sum, which never forgets: here the weights are decay and 1 − decay."""
    cache = (np.zeros_like(params) if state is None else state) + grads**2
    return params - lr * grads / (np.sqrt(cache) + eps), cache


@misconception("rmsprop")
def adds_the_whole_square(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """The square enters whole, so the cache grows 1/(1−decay) times too large: weigh it with 1 − decay."""
    cache = decay * (np.zeros_like(params) if state is None else state) + grads**2
    return params - lr * grads / (np.sqrt(cache) + eps), cache


@misconception("rmsprop")
def forgets_the_old_cache(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """The old cache is missing: keep decay times it in the new one."""
    cache = (1 - decay) * grads**2
    return params - lr * grads / (np.sqrt(cache) + eps), cache


@misconception("rmsprop")
def eps_inside_the_root(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """Eps stands inside the root: here it is added to the root, √cache + eps."""
    previous = np.zeros_like(params) if state is None else state
    cache = decay * previous + (1 - decay) * grads**2
    return params - lr * grads / np.sqrt(cache + eps), cache


@misconception("rmsprop")
def adds_eps_to_the_parameters(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """Eps is added to the new parameters, not to the root: the whole denominator needs parentheses."""
    previous = np.zeros_like(params) if state is None else state
    cache = decay * previous + (1 - decay) * grads**2
    return params - lr * grads / np.sqrt(cache) + eps, cache


@misconception("rmsprop")
def leaves_eps_out(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """There is no eps: a zero gradient over an empty cache is 0/0."""
    previous = np.zeros_like(params) if state is None else state
    cache = decay * previous + (1 - decay) * grads**2
    return params - lr * grads / np.sqrt(cache), cache


@misconception("rmsprop")
def divides_by_the_old_cache(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """The step is divided by the cache from before this gradient: update the cache first."""
    previous = np.zeros_like(params) if state is None else state
    cache = decay * previous + (1 - decay) * grads**2
    return params - lr * grads / (np.sqrt(previous) + eps), cache


@misconception("rmsprop")
def averages_the_sizes(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """The cache averages |g|: average g², so that its root has the unit of a gradient."""
    previous = np.zeros_like(params) if state is None else state
    cache = decay * previous + (1 - decay) * np.abs(grads)
    return params - lr * grads / (np.sqrt(cache) + eps), cache


@misconception("rmsprop")
def averages_the_gradients_unsquared(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """The cache averages g itself, where plus and minus cancel: average its square."""
    previous = np.zeros_like(params) if state is None else state
    cache = decay * previous + (1 - decay) * grads
    return params - lr * grads / (np.sqrt(cache) + eps), cache


@misconception("rmsprop")
def divides_by_the_cache_itself(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """The root is missing: it is the R, for root, of RMSprop."""
    previous = np.zeros_like(params) if state is None else state
    cache = decay * previous + (1 - decay) * grads**2
    return params - lr * grads / (cache + eps), cache


@misconception("rmsprop")
def one_scale_for_all_entries(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """All entries get the mean over all entries: the average runs over time, entry by entry."""
    previous = np.zeros_like(params) if state is None else state
    cache = decay * previous + (1 - decay) * np.mean(grads**2)
    return params - lr * grads / (np.sqrt(cache) + eps), cache


@misconception("rmsprop")
def starts_at_the_first_square(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """Before the first step the cache is zero, not the first g²."""
    previous = grads**2 if state is None else state
    cache = decay * previous + (1 - decay) * grads**2
    return params - lr * grads / (np.sqrt(cache) + eps), cache


@misconception("rmsprop")
def keeps_the_root_as_state(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """You return the root as the state: the next average would mix it with squares. Keep the cache itself."""
    previous = np.zeros_like(params) if state is None else state
    cache = decay * previous + (1 - decay) * grads**2
    return params - lr * grads / (np.sqrt(cache) + eps), np.sqrt(cache)


@misconception("rmsprop")
def writes_the_usual_decay(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """The weights are always 0.9 and 0.1: use the `decay` that is handed in."""
    cache = 0.9 * (np.zeros_like(params) if state is None else state) + 0.1 * grads**2
    return params - lr * grads / (np.sqrt(cache) + eps), cache


@misconception("rmsprop")
def climbs(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """The step goes uphill: subtract it."""
    previous = np.zeros_like(params) if state is None else state
    cache = decay * previous + (1 - decay) * grads**2
    return params + lr * grads / (np.sqrt(cache) + eps), cache


@misconception("rmsprop")
def changes_the_cache_in_place(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """`*=` and `+=` change the caller's cache: compute a new one instead."""
    cache = np.zeros_like(params) if state is None else state
    cache *= decay
    cache += (1 - decay) * grads**2
    return params - lr * grads / (np.sqrt(cache) + eps), cache


@misconception("rmsprop")
def widens_float32(params, grads, state=None, *, lr, decay=0.9, eps=1e-8):
    """`np.zeros(shape)` is float64, and so is all it meets: `np.zeros_like(params)` keeps the type."""
    previous = np.zeros(np.shape(params)) if state is None else state
    cache = decay * previous + (1 - decay) * grads**2
    return params - lr * grads / (np.sqrt(cache) + eps), cache


@misconception("effective_lr")
def multiplies_by_the_gradient(cache, lr, eps=1e-8):
    """This is the length of a whole step: the effective learning rate is what multiplies the gradient."""
    return lr * np.sqrt(cache) / (np.sqrt(cache) + eps)


@misconception("effective_lr")
def divides_by_the_cache_itself(cache, lr, eps=1e-8):
    """The root is missing: the cache holds squares."""
    return lr / (cache + eps)


@misconception("effective_lr")
def eps_inside_the_root(cache, lr, eps=1e-8):
    """Eps stands inside the root: here it is added to the root, √cache + eps."""
    return lr / np.sqrt(cache + eps)


@misconception("effective_lr")
def adds_eps_to_the_quotient(cache, lr, eps=1e-8):
    """Eps is added to the quotient, not to the root: the whole denominator needs parentheses."""
    return lr / np.sqrt(cache) + eps


@misconception("effective_lr")
def leaves_eps_out(cache, lr, eps=1e-8):
    """There is no eps: where the cache is zero this is infinite."""
    return lr / np.sqrt(cache)


@misconception("effective_lr")
def multiplies_by_the_root(cache, lr, eps=1e-8):
    """A large cache makes the rate smaller: divide by the root, do not multiply."""
    return lr * (np.sqrt(cache) + eps)


@misconception("effective_lr")
def one_rate_for_all_entries(cache, lr, eps=1e-8):
    """You return one number: every entry of the cache has a rate of its own."""
    return lr / (np.sqrt(np.mean(cache)) + eps)


@misconception("rmsprop_first_step")
def always_lr(lr, decay):
    """That would be the first step of Adagrad: here the cache holds only (1 − decay) of the first square."""
    return lr


@misconception("rmsprop_first_step")
def leaves_out_the_root(lr, decay):
    """The root is missing: the step is divided by √cache, and the cache is (1 − decay)·g²."""
    return lr / (1 - decay)


@misconception("rmsprop_first_step")
def takes_decay_for_what_enters(lr, decay):
    """The first square enters with the weight 1 − decay: `decay` is the weight of the past, which is zero."""
    return lr / np.sqrt(decay)


@misconception("rmsprop_first_step")
def multiplies_by_the_root(lr, decay):
    """The small cache makes the first step longer, not shorter: it stands in the denominator."""
    return lr * np.sqrt(1 - decay)


@misconception("rmsprop")
def writes_a_default_ten_times_too_large(params, grads, state=None, *, lr, decay=0.9, eps=10e-8):
    """Your default for eps is not 1e-8: 10e-8 is 1e-7."""
    previous = np.zeros_like(params) if state is None else state
    cache = decay * previous + (1 - decay) * grads**2
    return params - lr * grads / (np.sqrt(cache) + eps), cache
