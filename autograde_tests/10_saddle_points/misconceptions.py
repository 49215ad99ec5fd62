"""Misconceptions of lesson 10: wrong versions that students write."""

import math

import numpy as np

from autograde_tests.engine.misconceptions import misconception


@misconception("hessian_vector_product")
def looks_to_one_side(gradient, params, vector, h=1e-5):
    """You compare with the point itself: the difference of the two sides is far more exact."""
    return (gradient(params + h * vector) - gradient(params)) / h


@misconception("hessian_vector_product")
def divides_by_h(gradient, params, vector, h=1e-5):
    """The two points are 2h apart, and you divide by h."""
    return (gradient(params + h * vector) - gradient(params - h * vector)) / h


@misconception("hessian_vector_product")
def multiplies_for_lack_of_brackets(gradient, params, vector, h=1e-5):
    """Without brackets, `/ 2 * h` multiplies by h."""
    return (gradient(params + h * vector) - gradient(params - h * vector)) / 2 * h


@misconception("hessian_vector_product")
def forms_the_hessian(gradient, params, vector, h=1e-5):
    """You build all of H, at two gradients a column: go along v itself, and two are enough."""
    H = np.empty((params.size, params.size))
    for column in range(params.size):
        hop = np.zeros(params.size)
        hop[column] = h
        hop = hop.reshape(params.shape)
        H[:, column] = np.ravel(gradient(params + hop) - gradient(params - hop)) / (2 * h)
    return (H @ vector.ravel()).reshape(params.shape)


@misconception("hessian_vector_product")
def loses_the_length(gradient, params, vector, h=1e-5):
    """You go along v/‖v‖, and the length of v is lost: H·v is twice as long for twice the v."""
    hop = h * vector / np.linalg.norm(vector)
    return (gradient(params + hop) - gradient(params - hop)) / (2 * h)


@misconception("hessian_vector_product")
def goes_along_no_vector(gradient, params, vector, h=1e-5):
    """You go h along every axis alike: the hop is h·v."""
    return (gradient(params + h) - gradient(params - h)) / (2 * h)


@misconception("hessian_vector_product")
def multiplies_by_the_vector_afterwards(gradient, params, vector, h=1e-5):
    """You multiply each entry by v's afterwards, which is right for a diagonal H alone: the hop is h·v."""
    return (gradient(params + h) - gradient(params - h)) / (2 * h) * vector


@misconception("hessian_vector_product")
def subtracts_the_wrong_way_round(gradient, params, vector, h=1e-5):
    """The sign is wrong: subtract what lies behind from what lies ahead."""
    return (gradient(params - h * vector) - gradient(params + h * vector)) / (2 * h)


@misconception("classify_critical_point")
def trusts_the_determinant(hessian, tol=1e-8):
    """The determinant is the product of the eigenvalues: two negative ones make it positive. Ask them all."""
    determinant = np.linalg.det(hessian)
    if abs(determinant) <= tol:
        return "degenerate"
    if determinant < 0:
        return "saddle"
    return "minimum" if hessian[0, 0] > 0 else "maximum"


@misconception("classify_critical_point")
def trusts_the_trace(hessian, tol=1e-8):
    """The trace is the sum of the eigenvalues: a large one hides the others. Look at each of them."""
    trace = np.trace(hessian)
    if abs(trace) <= tol:
        return "saddle"
    return "minimum" if trace > 0 else "maximum"


@misconception("classify_critical_point")
def has_no_tolerance(hessian, tol=1e-8):
    """You compare with zero exactly: rounding never leaves a zero, so |λ| ≤ tol is what counts as one."""
    eigenvalues = np.linalg.eigvalsh(hessian)
    if (eigenvalues > 0).any() and (eigenvalues < 0).any():
        return "saddle"
    if (eigenvalues > 0).all():
        return "minimum"
    return "maximum" if (eigenvalues < 0).all() else "degenerate"


@misconception("classify_critical_point")
def reads_the_diagonal(hessian, tol=1e-8):
    """You look at the diagonal: its entries are the eigenvalues only where all others are zero."""
    diagonal = np.diag(hessian)
    if (diagonal > tol).any() and (diagonal < -tol).any():
        return "saddle"
    if (diagonal > tol).all():
        return "minimum"
    return "maximum" if (diagonal < -tol).all() else "degenerate"


@misconception("classify_critical_point")
def takes_up_for_down(hessian, tol=1e-8):
    """Minimum and maximum have changed places: where every way leads up, you stand at the bottom."""
    eigenvalues = np.linalg.eigvalsh(hessian)
    if (eigenvalues > tol).any() and (eigenvalues < -tol).any():
        return "saddle"
    if (eigenvalues > tol).all():
        return "maximum"
    return "minimum" if (eigenvalues < -tol).all() else "degenerate"


@misconception("classify_critical_point")
def one_zero_decides(hessian, tol=1e-8):
    """You give up at the first zero: one way up and one way down make a saddle, flat axes or not."""
    eigenvalues = np.linalg.eigvalsh(hessian)
    if (np.abs(eigenvalues) <= tol).any():
        return "degenerate"
    if (eigenvalues > 0).all():
        return "minimum"
    return "maximum" if (eigenvalues < 0).all() else "saddle"


@misconception("classify_critical_point")
def calls_every_flat_axis_a_minimum(hessian, tol=1e-8):
    """A zero is neither up nor down: with one, and nothing going down, the Hessian cannot tell."""
    eigenvalues = np.linalg.eigvalsh(hessian)
    if (eigenvalues > tol).any() and (eigenvalues < -tol).any():
        return "saddle"
    if (eigenvalues >= -tol).all():
        return "minimum"
    return "maximum" if (eigenvalues < -tol).all() else "degenerate"


@misconception("classify_critical_point")
def calls_the_rest_a_saddle(hessian, tol=1e-8):
    """What is neither minimum nor maximum need not be a saddle: that takes a way up and a way down."""
    eigenvalues = np.linalg.eigvalsh(hessian)
    if (eigenvalues > tol).all():
        return "minimum"
    return "maximum" if (eigenvalues < -tol).all() else "saddle"


@misconception("classify_critical_point")
def uses_a_tolerance_of_its_own(hessian, tol=1e-8):
    """You take 1e-8 whatever `tol` is: that is only what `tol` is by default."""
    eigenvalues = np.linalg.eigvalsh(hessian)
    if (eigenvalues > 1e-8).any() and (eigenvalues < -1e-8).any():
        return "saddle"
    if (eigenvalues > 1e-8).all():
        return "minimum"
    return "maximum" if (eigenvalues < -1e-8).all() else "degenerate"


@misconception("newton_step")
def walks_uphill(params, grads, hessian, damping=0.0):
    """The step has the wrong sign: subtract the solution."""
    return params + np.linalg.solve(hessian + damping * np.eye(len(params)), grads)


@misconception("newton_step")
def divides_entry_by_entry(params, grads, hessian, damping=0.0):
    """You divide by the diagonal alone: the axes of the bowl slant, so solve with the whole matrix."""
    return params - grads / (np.diag(hessian) + damping)


@misconception("newton_step")
def inverts_the_entries(params, grads, hessian, damping=0.0):
    """1/H inverts each entry: the inverse of a matrix is something else, and a solve does without it."""
    return params - (1 / (hessian + damping * np.eye(len(params)))) @ grads


@misconception("newton_step")
def multiplies_by_the_hessian(params, grads, hessian, damping=0.0):
    """You multiply by H: the step undoes it. Solve."""
    return params - (hessian + damping * np.eye(len(params))) @ grads


@misconception("newton_step")
def damps_the_step(params, grads, hessian, damping=0.0):
    """Your damping only shortens the step, or scales all of H, which is the same: add damping·I to H."""
    return params - np.linalg.solve(hessian, grads) / (1 + damping)


@misconception("newton_step")
def scales_the_diagonal(params, grads, hessian, damping=0.0):
    """Your damping scales H's own diagonal, so a negative entry turns more negative: add damping·I."""
    return params - np.linalg.solve(hessian + damping * np.diag(np.diag(hessian)), grads)


@misconception("newton_step")
def adds_damping_everywhere(params, grads, hessian, damping=0.0):
    """`hessian + damping` adds to every entry: only the diagonal gets it."""
    return params - np.linalg.solve(hessian + damping, grads)


@misconception("newton_step")
def forgets_the_damping(params, grads, hessian, damping=0.0):
    """The damping does not enter your step."""
    return params - np.linalg.solve(hessian, grads)


@misconception("newton_step")
def subtracts_the_damping(params, grads, hessian, damping=0.0):
    """You subtract the damping: added, it lifts a negative eigenvalue above zero."""
    return params - np.linalg.solve(hessian - damping * np.eye(len(params)), grads)


@misconception("newton_step")
def returns_the_step(params, grads, hessian, damping=0.0):
    """You return the step: the new parameters are asked for."""
    return -np.linalg.solve(hessian + damping * np.eye(len(params)), grads)


@misconception("newton_step")
def damps_the_callers_hessian(params, grads, hessian, damping=0.0):
    """`+=` changes the caller's Hessian: add the damping into a new matrix."""
    hessian += damping * np.eye(len(params))
    return params - np.linalg.solve(hessian, grads)


@misconception("escape_steps")
def rounds_down(distance, lr, curvature, radius=1.0):
    """You cut the fraction off: after that many steps the radius is not reached yet."""
    return max(0, math.floor(math.log(radius / distance) / math.log(1 - lr * curvature)))


@misconception("escape_steps")
def rounds_to_the_nearest(distance, lr, curvature, radius=1.0):
    """You round to the nearest: the fraction of a step counts as a whole one."""
    return max(0, round(math.log(radius / distance) / math.log(1 - lr * curvature)))


@misconception("escape_steps")
def mixes_logarithms(distance, lr, curvature, radius=1.0):
    """Your two logarithms have different bases: any base will do, the same for both."""
    return max(0, math.ceil(math.log10(radius / distance) / math.log(1 - lr * curvature)))


@misconception("escape_steps")
def takes_one_logarithm(distance, lr, curvature, radius=1.0):
    """You divide by −lr·λ: that is only close to ln(1 − lr·λ), for small lr."""
    return max(0, math.ceil(math.log(radius / distance) / (-lr * curvature)))


@misconception("escape_steps")
def mistakes_the_sign(distance, lr, curvature, radius=1.0):
    """1 + lr·λ is less than 1 here, so nothing grows: gradient descent subtracts lr times the gradient."""
    return max(0, math.ceil(math.log(radius / distance) / math.log(abs(1 + lr * curvature))))


@misconception("escape_steps")
def ignores_the_learning_rate(distance, lr, curvature, radius=1.0):
    """The learning rate does not enter: the growth in a step is 1 − lr·λ."""
    return max(0, math.ceil(math.log(radius / distance) / math.log(1 - curvature)))


@misconception("escape_steps")
def turns_the_ratio_over(distance, lr, curvature, radius=1.0):
    """Your ratio is upside down: the distance has to grow by radius/distance."""
    return max(0, math.ceil(math.log(distance / radius) / math.log(1 - lr * curvature)))


@misconception("escape_steps")
def counts_below_zero(distance, lr, curvature, radius=1.0):
    """For a start outside you count negative steps: none are needed."""
    return math.ceil(math.log(radius / distance) / math.log(1 - lr * curvature))


@misconception("escape_steps")
def counts_one_too_many(distance, lr, curvature, radius=1.0):
    """You count one step too many: the first that reaches the radius is the last."""
    if distance >= radius:
        return 0
    return math.floor(math.log(radius / distance) / math.log(1 - lr * curvature)) + 2


@misconception("escape_steps")
def leaves_a_circle_of_one(distance, lr, curvature, radius=1.0):
    """You take a radius of 1 whatever `radius` is."""
    return max(0, math.ceil(math.log(1 / distance) / math.log(1 - lr * curvature)))


def shaken_descent(gradient, params, lr, steps, due, shake):
    """Gradient descent that adds `shake()` where `due(g, since)`, with the steps since it last did."""
    path, last = [np.array(params, dtype=float)], -np.inf
    for t in range(1, steps + 1):
        g = gradient(path[-1])
        if due(g, t - last):
            path.append(path[-1] + shake())
            last = t
        else:
            path.append(path[-1] - lr * g)
    return np.array(path)


def in_the_ball(rng, shape, radius):
    """A draw as the exercise asks for it."""
    z = rng.normal(size=shape)
    return radius * rng.uniform() ** (1 / z.size) * z / np.linalg.norm(z)


@misconception("perturbed_gradient_descent")
def never_shakes(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    """This is plain gradient descent: where the gradient is tiny, a random step is due."""
    return shaken_descent(gradient, params, lr, steps, lambda g, since: False, None)


@misconception("perturbed_gradient_descent")
def shakes_always(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    """You take a random step wherever patience allows, however steep the slope: look at ‖g‖ first."""
    return shaken_descent(
        gradient,
        params,
        lr,
        steps,
        lambda g, since: since > patience,
        lambda: in_the_ball(rng, np.shape(params), radius),
    )


@misconception("perturbed_gradient_descent")
def has_no_patience(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    """You shake at every step with a tiny gradient, so descent never gets its turn: wait out `patience`."""
    return shaken_descent(
        gradient,
        params,
        lr,
        steps,
        lambda g, since: np.linalg.norm(g) <= threshold,
        lambda: in_the_ball(rng, np.shape(params), radius),
    )


@misconception("perturbed_gradient_descent")
def loses_patience_early(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    """Your second random step comes one step early: `patience` plain steps lie between."""
    return shaken_descent(
        gradient,
        params,
        lr,
        steps,
        lambda g, since: np.linalg.norm(g) <= threshold and since >= patience,
        lambda: in_the_ball(rng, np.shape(params), radius),
    )


@misconception("perturbed_gradient_descent")
def waits_before_the_first(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    """You wait `patience` steps before the first random step too: only those after it must wait."""
    path, last = [np.array(params, dtype=float)], 0
    for t in range(1, steps + 1):
        g = gradient(path[-1])
        if np.linalg.norm(g) <= threshold and t - last > patience:
            path.append(path[-1] + in_the_ball(rng, np.shape(params), radius))
            last = t
        else:
            path.append(path[-1] - lr * g)
    return np.array(path)


@misconception("perturbed_gradient_descent")
def asks_each_entry(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    """You compare the largest entry of g with the threshold: the norm of all of it is asked for."""
    return shaken_descent(
        gradient,
        params,
        lr,
        steps,
        lambda g, since: np.max(np.abs(g)) <= threshold and since > patience,
        lambda: in_the_ball(rng, np.shape(params), radius),
    )


@misconception("perturbed_gradient_descent")
def shakes_with_a_bell(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    """You add radius·z itself, which may reach far outside the ball: divide z by its norm."""
    return shaken_descent(
        gradient,
        params,
        lr,
        steps,
        lambda g, since: np.linalg.norm(g) <= threshold and since > patience,
        lambda: radius * rng.normal(size=np.shape(params)),
    )


@misconception("perturbed_gradient_descent")
def stays_on_the_sphere(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    """Your random steps are all as long as the radius: u^(1/d) spreads them over the ball."""

    def shake():
        z = rng.normal(size=np.shape(params))
        return radius * z / np.linalg.norm(z)

    return shaken_descent(
        gradient,
        params,
        lr,
        steps,
        lambda g, since: np.linalg.norm(g) <= threshold and since > patience,
        shake,
    )


@misconception("perturbed_gradient_descent")
def crowds_the_middle(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    """With radius·u the middle of the ball gets too many: the root 1/d of u makes it even."""

    def shake():
        z = rng.normal(size=np.shape(params))
        return radius * rng.uniform() * z / np.linalg.norm(z)

    return shaken_descent(
        gradient,
        params,
        lr,
        steps,
        lambda g, since: np.linalg.norm(g) <= threshold and since > patience,
        shake,
    )


@misconception("perturbed_gradient_descent")
def counts_the_rows(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    """`len` of a matrix is the number of its rows: d is the number of all entries."""

    def shake():
        z = rng.normal(size=np.shape(params))
        return radius * rng.uniform() ** (1 / len(z)) * z / np.linalg.norm(z)

    return shaken_descent(
        gradient,
        params,
        lr,
        steps,
        lambda g, since: np.linalg.norm(g) <= threshold and since > patience,
        shake,
    )


@misconception("perturbed_gradient_descent")
def shakes_in_a_cube(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    """You draw each entry by itself, which fills a cube: it has corners, and a ball has none."""
    return shaken_descent(
        gradient,
        params,
        lr,
        steps,
        lambda g, since: np.linalg.norm(g) <= threshold and since > patience,
        lambda: rng.uniform(-radius, radius, size=np.shape(params)),
    )


@misconception("perturbed_gradient_descent")
def draws_the_length_first(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    """You draw u before z, so your numbers are not those of the check: z comes first."""

    def shake():
        length = rng.uniform()
        z = rng.normal(size=np.shape(params))
        return radius * length ** (1 / z.size) * z / np.linalg.norm(z)

    return shaken_descent(
        gradient,
        params,
        lr,
        steps,
        lambda g, since: np.linalg.norm(g) <= threshold and since > patience,
        shake,
    )


@misconception("perturbed_gradient_descent")
def shakes_and_descends(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    """You shake and descend in one step: the random step takes the place of the other."""
    path, last = [np.array(params, dtype=float)], -np.inf
    for t in range(1, steps + 1):
        g = gradient(path[-1])
        after = path[-1] - lr * g
        if np.linalg.norm(g) <= threshold and t - last > patience:
            after = after + in_the_ball(rng, np.shape(params), radius)
            last = t
        path.append(after)
    return np.array(path)


@misconception("perturbed_gradient_descent")
def returns_the_end_alone(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    """You return the last point: the whole path is asked for."""
    return shaken_descent(
        gradient,
        params,
        lr,
        steps,
        lambda g, since: np.linalg.norm(g) <= threshold and since > patience,
        lambda: in_the_ball(rng, np.shape(params), radius),
    )[-1]


@misconception("perturbed_gradient_descent")
def leaves_out_the_start(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    """Your path begins after the first step: the start belongs to it."""
    return shaken_descent(
        gradient,
        params,
        lr,
        steps,
        lambda g, since: np.linalg.norm(g) <= threshold and since > patience,
        lambda: in_the_ball(rng, np.shape(params), radius),
    )[1:]


@misconception("perturbed_gradient_descent")
def keeps_one_array(gradient, params, *, lr, steps, radius, rng, threshold=1e-3, patience=10):
    """All points of your path are the last: `-=` changes the one array that the list holds many times."""
    params, path, last = np.array(params, dtype=float), [], -np.inf
    path.append(params)
    for t in range(1, steps + 1):
        g = gradient(params)
        if np.linalg.norm(g) <= threshold and t - last > patience:
            params += in_the_ball(rng, np.shape(params), radius)
            last = t
        else:
            params -= lr * g
        path.append(params)
    return np.array(path)


def looked_at(gradient_norms, losses, *, gradient_tol, loss_tol):
    """The two questions, each answered for a stretch of the run."""
    small = np.all((gradient_norms > 0) & (gradient_norms <= gradient_tol))
    still = abs(losses[-1] - losses[0]) <= loss_tol * abs(losses[0])
    return bool(small), bool(still)


@misconception("is_plateau")
def looks_at_the_whole_run(gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3):
    """You look at the whole run: only its last `window` steps count."""
    if len(losses) < window:
        return False
    return all(looked_at(gradient_norms, losses, gradient_tol=gradient_tol, loss_tol=loss_tol))


@misconception("is_plateau")
def looks_at_the_beginning(gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3):
    """You look at the first steps of the run: the last `window` of them count."""
    if len(losses) < window:
        return False
    norms, recent = gradient_norms[:window], losses[:window]
    return all(looked_at(norms, recent, gradient_tol=gradient_tol, loss_tol=loss_tol))


@misconception("is_plateau")
def ignores_the_loss(gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3):
    """Small gradients are half of it: with a long step they may still move the loss."""
    if len(losses) < window:
        return False
    norms = gradient_norms[-window:]
    return bool(np.all((norms > 0) & (norms <= gradient_tol)))


@misconception("is_plateau")
def ignores_the_gradient(gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3):
    """A loss that stands still is half of it: it may be jumping from wall to wall, with large gradients."""
    if len(losses) < window:
        return False
    recent = losses[-window:]
    return bool(abs(recent[-1] - recent[0]) <= loss_tol * abs(recent[0]))


@misconception("is_plateau")
def asks_for_either(gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3):
    """You are content with one of the two: small gradients *and* a still loss make a plateau."""
    if len(losses) < window:
        return False
    norms, recent = gradient_norms[-window:], losses[-window:]
    return any(looked_at(norms, recent, gradient_tol=gradient_tol, loss_tol=loss_tol))


@misconception("is_plateau")
def calls_a_critical_point_a_plateau(gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3):
    """A gradient of exactly zero is a critical point: a plateau's is small and not zero."""
    if len(losses) < window:
        return False
    norms, recent = gradient_norms[-window:] + 1e-300, losses[-window:]
    return all(looked_at(norms, recent, gradient_tol=gradient_tol, loss_tol=loss_tol))


@misconception("is_plateau")
def asks_the_last_gradient(gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3):
    """You look at the last gradient alone: all of the window must be small."""
    if len(losses) < window:
        return False
    norms, recent = gradient_norms[-1:], losses[-window:]
    return all(looked_at(norms, recent, gradient_tol=gradient_tol, loss_tol=loss_tol))


@misconception("is_plateau")
def averages_the_gradients(gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3):
    """You compare the mean norm: one large gradient hides among small ones, and each must be small."""
    if len(losses) < window:
        return False
    norms, recent = gradient_norms[-window:], losses[-window:]
    norms = np.array([np.mean(norms)]) if np.all(norms > 0) else norms
    return all(looked_at(norms, recent, gradient_tol=gradient_tol, loss_tol=loss_tol))


@misconception("is_plateau")
def averages_the_gradients_and_lets_zeros_pass(
    gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3
):
    """Every norm in the window must be small, not their mean; and none of them may be exactly zero."""
    if len(losses) < window:
        return False
    norms, recent = gradient_norms[-window:], losses[-window:]
    still = abs(recent[-1] - recent[0]) <= loss_tol * abs(recent[0])
    return bool(np.mean(norms) <= gradient_tol and still)


@misconception("is_plateau")
def measures_the_loss_absolutely(gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3):
    """You compare the change of the loss itself: a thousandth of a large loss is much, so divide."""
    if len(losses) < window:
        return False
    norms, recent = gradient_norms[-window:], losses[-window:]
    small, _ = looked_at(norms, recent, gradient_tol=gradient_tol, loss_tol=loss_tol)
    return bool(small and abs(recent[-1] - recent[0]) <= loss_tol)


@misconception("is_plateau")
def lets_a_rising_loss_pass(gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3):
    """A loss that rises has not stood still either: take the size of the change."""
    if len(losses) < window:
        return False
    norms, recent = gradient_norms[-window:], losses[-window:]
    small, _ = looked_at(norms, recent, gradient_tol=gradient_tol, loss_tol=loss_tol)
    return bool(small and recent[0] - recent[-1] <= loss_tol * abs(recent[0]))


@misconception("is_plateau")
def divides_by_a_negative_loss(gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3):
    """Where the loss is negative your bound is too, and nothing meets it: take the loss's size."""
    if len(losses) < window:
        return False
    norms, recent = gradient_norms[-window:], losses[-window:]
    small, _ = looked_at(norms, recent, gradient_tol=gradient_tol, loss_tol=loss_tol)
    return bool(small and abs(recent[-1] - recent[0]) <= loss_tol * recent[0])


@misconception("is_plateau")
def judges_a_short_run(gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3):
    """You judge a run that is shorter than the window: it is too early to tell, so the answer is False."""
    norms, recent = gradient_norms[-window:], losses[-window:]
    return all(looked_at(norms, recent, gradient_tol=gradient_tol, loss_tol=loss_tol))


@misconception("classify_critical_point")
def counts_the_bound_itself(hessian, tol=1e-8):
    """An eigenvalue of exactly tol counts as flat: it must lie beyond tol to count as curved."""
    values = np.linalg.eigvalsh(hessian)
    up, down = values >= tol, values <= -tol
    if up.any() and down.any():
        return "saddle"
    return "minimum" if up.all() else "maximum" if down.all() else "degenerate"


@misconception("newton_step")
def damps_the_inverse(params, grads, hessian, damping=0.0):
    """The damping is added to the inverse: it belongs to H, before the equation is solved."""
    return params - (np.linalg.inv(hessian) + damping * np.eye(len(params))) @ grads


@misconception("is_plateau")
def takes_the_spread_of_the_window(gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3):
    """You take the spread of the window: compare its last loss with its first, whatever lies between."""
    if len(losses) < window:
        return False
    norms, recent = gradient_norms[-window:], losses[-window:]
    small = np.all((norms > 0) & (norms <= gradient_tol))
    return bool(small and np.max(recent) - np.min(recent) <= loss_tol * abs(recent[0]))


@misconception("is_plateau")
def measures_against_the_last_loss(gradient_norms, losses, *, window=20, gradient_tol=1e-2, loss_tol=1e-3):
    """The change is measured against the last loss of the window: it is a share of the first."""
    if len(losses) < window:
        return False
    norms, recent = gradient_norms[-window:], losses[-window:]
    small = np.all((norms > 0) & (norms <= gradient_tol))
    return bool(small and abs(recent[-1] - recent[0]) <= loss_tol * abs(recent[-1]))
