"""Misconceptions of lesson 04: wrong versions that students write."""

import numpy as np

from autograde_tests.engine.misconceptions import misconception
from course_lib.mini_batches import minibatch_gradient, minibatches


@misconception("minibatches")
def drops_the_tail(X, y, batch_size, rng):
    """The examples left over at the end never come: n // B is one batch too few where B does not divide n."""
    order = rng.permutation(len(X))
    batches = [order[k * batch_size : (k + 1) * batch_size] for k in range(len(X) // batch_size)]
    return [(X[rows], y[rows]) for rows in batches]


@misconception("minibatches")
def adds_an_empty_batch(X, y, batch_size, rng):
    """Where B divides n there is an empty batch at the end: n // B + 1 is one too many then."""
    order = rng.permutation(len(X))
    batches = [order[k * batch_size : (k + 1) * batch_size] for k in range(len(X) // batch_size + 1)]
    return [(X[rows], y[rows]) for rows in batches]


@misconception("minibatches")
def shuffles_x_and_y_apart(X, y, batch_size, rng):
    """X and y are shuffled each in its own way: one permutation must serve both."""
    X, y = X[rng.permutation(len(X))], y[rng.permutation(len(y))]
    starts = range(0, len(X), batch_size)
    return [(X[start : start + batch_size], y[start : start + batch_size]) for start in starts]


@misconception("minibatches")
def does_not_shuffle(X, y, batch_size, rng):
    """The examples come in the order of the table: shuffle them first, with `rng.permutation`."""
    starts = range(0, len(X), batch_size)
    return [(X[start : start + batch_size].copy(), y[start : start + batch_size].copy()) for start in starts]


@misconception("minibatches")
def shuffles_x_alone(X, y, batch_size, rng):
    """X is shuffled and y is not: pick the targets with the same row numbers."""
    X = X[rng.permutation(len(X))]
    starts = range(0, len(X), batch_size)
    return [(X[start : start + batch_size], y[start : start + batch_size].copy()) for start in starts]


@misconception("minibatches")
def draws_each_batch_with_replacement(X, y, batch_size, rng):
    """Each batch is drawn by itself, with replacement: some examples come twice in an epoch, others never."""
    chosen = [rng.choice(len(X), size=batch_size) for _ in range(-(-len(X) // batch_size))]
    return [(X[rows], y[rows]) for rows in chosen]


@misconception("minibatches")
def draws_each_batch_from_all_examples(X, y, batch_size, rng):
    """Each batch is drawn from all examples again: shuffle once, and deal out what has not had its turn."""
    size, count = min(batch_size, len(X)), -(-len(X) // batch_size)
    chosen = [rng.choice(len(X), size=size, replace=False) for _ in range(count)]
    return [(X[rows], y[rows]) for rows in chosen]


@misconception("minibatches")
def draws_with_replacement(X, y, batch_size, rng):
    """Drawn with replacement, some examples come twice in an epoch and others never: use a permutation."""
    order = rng.integers(len(X), size=len(X))
    chosen = [order[start : start + batch_size] for start in range(0, len(X), batch_size)]
    return [(X[rows], y[rows]) for rows in chosen]


@misconception("minibatches")
def makes_as_many_batches_as_they_should_be_long(X, y, batch_size, rng):
    """You cut the examples into B batches: cut them into batches *of* B."""
    return [(X[rows], y[rows]) for rows in np.array_split(rng.permutation(len(X)), batch_size)]


@misconception("minibatches")
def fills_up_the_last_batch(X, y, batch_size, rng):
    """The last batch is filled up with examples that have had their turn: let it be short."""
    order = rng.permutation(len(X))
    order = np.resize(order, -(-len(X) // batch_size) * batch_size)
    return [(X[rows], y[rows]) for rows in order.reshape(-1, batch_size)]


@misconception("minibatches")
def shares_the_examples_out_evenly(X, y, batch_size, rng):
    """The batches are evened out: each but the last should hold exactly B examples."""
    count = -(-len(X) // batch_size)
    return [(X[rows], y[rows]) for rows in np.array_split(rng.permutation(len(X)), count)]


@misconception("minibatches")
def takes_every_kth_example(X, y, batch_size, rng):
    """You deal the shuffled examples out in turn: a batch is the *next* B of the permutation."""
    order = rng.permutation(len(X))
    count = -(-len(X) // batch_size)
    return [(X[order[k::count]], y[order[k::count]]) for k in range(count)]


@misconception("minibatches")
def shuffles_in_place(X, y, batch_size, rng):
    """`rng.shuffle` rearranges the caller's arrays: draw a permutation of the row numbers instead."""
    state = rng.bit_generator.state
    rng.shuffle(X)
    rng.bit_generator.state = state
    rng.shuffle(y)
    starts = range(0, len(X), batch_size)
    return [(X[start : start + batch_size].copy(), y[start : start + batch_size].copy()) for start in starts]


@misconception("minibatch_gradient")
def sums_over_the_batch(X, y, w, l2=0.0):
    """The gradient of the mean is divided by B, the number of examples: this is the sum."""
    return X.T @ (X @ w - y) + l2 * w


@misconception("minibatch_gradient")
def divides_the_penalty_by_the_batch(X, y, w, l2=0.0):
    """The penalty is divided by B too: it belongs to the weights, and does not depend on the batch."""
    return (X.T @ (X @ w - y) + l2 * w) / len(X)


@misconception("minibatch_gradient")
def forgets_the_half_of_the_error(X, y, w, l2=0.0):
    """The loss has a ½ before the squared error, which cancels the 2 of its derivative."""
    return 2 * X.T @ (X @ w - y) / len(X) + l2 * w


@misconception("minibatch_gradient")
def forgets_the_half_of_the_penalty(X, y, w, l2=0.0):
    """The penalty has a ½ too: its gradient is l2·w, without a 2."""
    return X.T @ (X @ w - y) / len(X) + 2 * l2 * w


@misconception("minibatch_gradient")
def forgets_the_penalty(X, y, w, l2=0.0):
    """The penalty's gradient is missing."""
    return X.T @ (X @ w - y) / len(X)


@misconception("minibatch_gradient")
def adds_the_penalty_itself(X, y, w, l2=0.0):
    """You add the penalty: its gradient is a vector, with an entry for each weight."""
    return X.T @ (X @ w - y) / len(X) + 0.5 * l2 * np.sum(w**2)


@misconception("minibatch_gradient")
def subtracts_the_wrong_way_round(X, y, w, l2=0.0):
    """The residual has the wrong sign: it is the prediction minus the target."""
    return X.T @ (y - X @ w) / len(X) + l2 * w


@misconception("minibatch_gradient")
def averages_over_all_entries(X, y, w, l2=0.0):
    """You divide by the number of entries of X: the mean is over examples, and a gradient over none else."""
    return X.T @ (X @ w - y) / X.size + l2 * w


@misconception("minibatch_gradient")
def divides_by_the_number_of_weights(X, y, w, l2=0.0):
    """You divide by d, the number of columns: the mean is over the B examples, the rows."""
    return X.T @ (X @ w - y) / X.shape[1] + l2 * w


@misconception("minibatch_gradient")
def forgets_the_inputs(X, y, w, l2=0.0):
    """By the chain rule each residual is multiplied by its example's x."""
    return np.mean(X @ w - y) + l2 * w


@misconception("train_epoch")
def takes_every_gradient_at_the_start(X, y, w, lr, batch_size, rng):
    """All gradients are taken at the epoch's first weights: each batch should see where the last one led."""
    total, after = 0.0, w
    for X_b, y_b in minibatches(X, y, batch_size, rng):
        total += 0.5 * np.sum((X_b @ w - y_b) ** 2)
        after = after - lr * minibatch_gradient(X_b, y_b, w)
    return after, float(total / len(X))


@misconception("train_epoch")
def takes_the_gradient_of_all_examples(X, y, w, lr, batch_size, rng):
    """Every step uses the gradient of the whole set: a step should look at its own batch alone."""
    total = 0.0
    for X_b, y_b in minibatches(X, y, batch_size, rng):
        total += 0.5 * np.sum((X_b @ w - y_b) ** 2)
        w = w - lr * minibatch_gradient(X, y, w)
    return w, float(total / len(X))


@misconception("train_epoch")
def averages_the_batches(X, y, w, lr, batch_size, rng):
    """You average the batches' means, and a short batch counts as much as a full one: weigh by examples."""
    losses = []
    for X_b, y_b in minibatches(X, y, batch_size, rng):
        losses.append(0.5 * np.mean((X_b @ w - y_b) ** 2))
        w = w - lr * minibatch_gradient(X_b, y_b, w)
    return w, float(np.mean(losses))


@misconception("train_epoch")
def measures_after_the_update(X, y, w, lr, batch_size, rng):
    """The loss is measured on weights that have just been fitted to this batch: measure before the step."""
    total = 0.0
    for X_b, y_b in minibatches(X, y, batch_size, rng):
        w = w - lr * minibatch_gradient(X_b, y_b, w)
        total += 0.5 * np.sum((X_b @ w - y_b) ** 2)
    return w, float(total / len(X))


@misconception("train_epoch")
def measures_at_the_end(X, y, w, lr, batch_size, rng):
    """The loss is that of the final weights: it should be collected on the way, batch by batch."""
    for X_b, y_b in minibatches(X, y, batch_size, rng):
        w = w - lr * minibatch_gradient(X_b, y_b, w)
    return w, float(0.5 * np.mean((X @ w - y) ** 2))


@misconception("train_epoch")
def accumulates_gradients(X, y, w, lr, batch_size, rng):
    """Each step repeats the gradients of all batches before it: begin every batch with a new gradient."""
    total, gradient = 0.0, np.zeros_like(w)
    for X_b, y_b in minibatches(X, y, batch_size, rng):
        total += 0.5 * np.sum((X_b @ w - y_b) ** 2)
        gradient = gradient + minibatch_gradient(X_b, y_b, w)
        w = w - lr * gradient
    return w, float(total / len(X))


@misconception("train_epoch")
def returns_the_last_loss(X, y, w, lr, batch_size, rng):
    """This is the loss of the last batch alone: collect those of all."""
    loss = 0.0
    for X_b, y_b in minibatches(X, y, batch_size, rng):
        loss = 0.5 * np.mean((X_b @ w - y_b) ** 2)
        w = w - lr * minibatch_gradient(X_b, y_b, w)
    return w, float(loss)


@misconception("train_epoch")
def sums_the_losses(X, y, w, lr, batch_size, rng):
    """The losses are added up: divide by the number of examples."""
    total = 0.0
    for X_b, y_b in minibatches(X, y, batch_size, rng):
        total += 0.5 * np.sum((X_b @ w - y_b) ** 2)
        w = w - lr * minibatch_gradient(X_b, y_b, w)
    return w, float(total)


@misconception("train_epoch")
def forgets_the_half(X, y, w, lr, batch_size, rng):
    """The loss has a ½ before the squared error."""
    total = 0.0
    for X_b, y_b in minibatches(X, y, batch_size, rng):
        total += np.sum((X_b @ w - y_b) ** 2)
        w = w - lr * minibatch_gradient(X_b, y_b, w)
    return w, float(total / len(X))


@misconception("train_epoch")
def climbs(X, y, w, lr, batch_size, rng):
    """The step goes uphill: subtract lr times the gradient."""
    total = 0.0
    for X_b, y_b in minibatches(X, y, batch_size, rng):
        total += 0.5 * np.sum((X_b @ w - y_b) ** 2)
        w = w + lr * minibatch_gradient(X_b, y_b, w)
    return w, float(total / len(X))


@misconception("train_epoch")
def stops_after_the_first_batch(X, y, w, lr, batch_size, rng):
    """Only the first batch is used: is a `return` inside the loop?"""
    X_b, y_b = minibatches(X, y, batch_size, rng)[0]
    return w - lr * minibatch_gradient(X_b, y_b, w), float(0.5 * np.mean((X_b @ w - y_b) ** 2))


@misconception("train_epoch")
def changes_the_weights_in_place(X, y, w, lr, batch_size, rng):
    """`w -= ...` changes the caller's array: write `w = w - ...`, which makes a new one."""
    total = 0.0
    for X_b, y_b in minibatches(X, y, batch_size, rng):
        total += 0.5 * np.sum((X_b @ w - y_b) ** 2)
        w -= lr * minibatch_gradient(X_b, y_b, w)
    return w, float(total / len(X))


@misconception("update_ratio")
def inverted(params, update):
    """The fraction is upside down: the update's length comes above the parameters'."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.linalg.norm(params) / np.linalg.norm(update)


@misconception("update_ratio")
def averages_the_ratios(params, update):
    """You average the entries' ratios, where one small parameter decides everything: compare lengths."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.mean(np.abs(update) / np.abs(params))


@misconception("update_ratio")
def compares_the_squares(params, update):
    """These are squared lengths: take the roots."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sum(update**2) / np.sum(params**2)


@misconception("update_ratio")
def scales_the_update_again(params, update):
    """`update` is −α·g already, what is added to the parameters: the learning rate is in it."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return 0.01 * np.linalg.norm(update) / np.linalg.norm(params)


@misconception("update_ratio")
def is_nan_at_zero_weights(params, update):
    """0/0 is nan in floating point: no update of zero parameters is a ratio of 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.linalg.norm(update) / np.linalg.norm(params)


@misconception("update_ratio")
def is_zero_at_zero_weights(params, update):
    """For zero parameters and an update that is not zero, the ratio is infinite, not 0."""
    scale = np.linalg.norm(params)
    return np.linalg.norm(update) / scale if scale > 0 else 0.0


@misconception("update_ratio")
def adds_a_small_number_below(params, update):
    """A small number below the line hides the case it was meant to mend: zero parameters give infinity."""
    return np.linalg.norm(update) / (np.linalg.norm(params) + 1e-8)


@misconception("update_ratio")
def adds_up_the_sizes(params, update):
    """A length is the root of the sum of squares, not the sum of absolute values."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.sum(np.abs(update)) / np.sum(np.abs(params))


@misconception("update_ratio")
def stretches_instead_of_measuring(params, update):
    """With ord=2, `np.linalg.norm` of a matrix is how far it stretches a vector: leave `ord` out."""
    size, scale = np.linalg.norm(update, 2), np.linalg.norm(params, 2)
    return 0.0 if size == scale == 0 else np.float64(size) / scale


@misconception("update_ratio")
def compares_with_the_new_parameters(params, update):
    """Compare with the parameters *before* the update."""
    size, scale = np.linalg.norm(update), np.linalg.norm(params + update)
    return 0.0 if size == 0 and scale == 0 else size / scale


@misconception("update_ratio")
def takes_the_logarithm(params, update):
    """The figure has a logarithm; the function returns the ratio itself."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log10(np.linalg.norm(update) / np.linalg.norm(params))


@misconception("gradient_noise_scale")
def swaps_the_batch_sizes(grad_sq_small, grad_sq_big, b_small, b_big):
    """Each squared gradient is weighed with the other's batch size."""
    signal = (b_small * grad_sq_big - b_big * grad_sq_small) / (b_small - b_big)
    noise = (grad_sq_small - grad_sq_big) / (1 / b_small - 1 / b_big)
    return noise / signal


@misconception("gradient_noise_scale")
def takes_the_big_batch_for_the_truth(grad_sq_small, grad_sq_big, b_small, b_big):
    """The larger batch's squared gradient still has noise in it, tr(Σ)/B: combine both to get rid of it."""
    noise = (grad_sq_small - grad_sq_big) / (1 / b_small - 1 / b_big)
    return noise / grad_sq_big


@misconception("gradient_noise_scale")
def divides_signal_by_noise(grad_sq_small, grad_sq_big, b_small, b_big):
    """The fraction is upside down: noise over signal."""
    signal = (b_big * grad_sq_big - b_small * grad_sq_small) / (b_big - b_small)
    noise = (grad_sq_small - grad_sq_big) / (1 / b_small - 1 / b_big)
    return signal / noise


@misconception("gradient_noise_scale")
def returns_the_noise_alone(grad_sq_small, grad_sq_big, b_small, b_big):
    """This is tr(Σ), the noise of a single example: divide it by the signal, ‖G‖²."""
    return (grad_sq_small - grad_sq_big) / (1 / b_small - 1 / b_big)


@misconception("gradient_noise_scale")
def takes_the_difference_for_the_noise(grad_sq_small, grad_sq_big, b_small, b_big):
    """The difference of the two squares is tr(Σ)·(1/b − 1/B): divide by that bracket."""
    signal = (b_big * grad_sq_big - b_small * grad_sq_small) / (b_big - b_small)
    return (grad_sq_small - grad_sq_big) / signal


@misconception("gradient_noise_scale")
def subtracts_sizes_for_their_inverses(grad_sq_small, grad_sq_big, b_small, b_big):
    """The noise falls with 1/B: the bracket is 1/b − 1/B, not B − b."""
    signal = (b_big * grad_sq_big - b_small * grad_sq_small) / (b_big - b_small)
    return (grad_sq_small - grad_sq_big) / (b_big - b_small) / signal


@misconception("gradient_noise_scale")
def squares_again(grad_sq_small, grad_sq_big, b_small, b_big):
    """The arguments are squared lengths already."""
    small, big = grad_sq_small**2, grad_sq_big**2
    signal = (b_big * big - b_small * small) / (b_big - b_small)
    return (small - big) / (1 / b_small - 1 / b_big) / signal


@misconception("gradient_noise_scale")
def allows_no_negative_value(grad_sq_small, grad_sq_big, b_small, b_big):
    """A negative estimate says that more batches are needed: return it as it is."""
    signal = (b_big * grad_sq_big - b_small * grad_sq_small) / (b_big - b_small)
    noise = (grad_sq_small - grad_sq_big) / (1 / b_small - 1 / b_big)
    return max(noise / signal, 0.0)


@misconception("minibatches")
def takes_the_tail_from_the_front(X, y, batch_size, rng):
    """The last, smaller batch holds examples from the front once more: those at the end never come."""
    order = rng.permutation(len(X))
    full = len(X) // batch_size
    rows = [order[k * batch_size : (k + 1) * batch_size] for k in range(full)]
    if len(X) % batch_size:
        rows.append(order[: len(X) % batch_size])
    return [(X[chosen], y[chosen]) for chosen in rows]


@misconception("minibatches")
def cuts_into_equal_parts(X, y, batch_size, rng):
    """These are parts of about equal size: all batches but the last have exactly `batch_size` examples."""
    parts = np.array_split(rng.permutation(len(X)), max(1, len(X) // batch_size))
    return [(X[rows], y[rows]) for rows in parts]


@misconception("update_ratio")
def compares_standard_deviations(params, update):
    """A standard deviation forgets the mean: the length of an array is its norm."""
    below = np.std(params)
    if below == 0:
        return 0.0 if not np.any(update) else np.inf
    return float(np.std(update) / below)
