"""Misconceptions of lesson 06: wrong versions that students write."""

import numpy as np

from autograde_tests.engine.misconceptions import misconception


@misconception("momentum")
def forgets_the_velocity(params, grads, state=None, *, lr, beta=0.9):
    """The old velocity is missing: keep β times it in the new one."""
    velocity = (1 - beta) * grads
    return params - lr * velocity, velocity


@misconception("momentum")
def sums_instead_of_averaging(params, grads, state=None, *, lr, beta=0.9):
    """Your velocity is a sum, up to 1/(1−β) times too long: an average gives the gradient the weight 1−β."""
    velocity = (0.0 if state is None else beta * state) + grads
    return params - lr * velocity, velocity


@misconception("momentum")
def steps_with_the_old_velocity(params, grads, state=None, *, lr, beta=0.9):
    """The step uses the velocity from before this gradient: update v first, then step with the new one."""
    previous = np.zeros_like(params) if state is None else state
    velocity = beta * previous + (1 - beta) * grads
    return params - lr * previous, velocity


@misconception("momentum")
def steps_with_the_gradient(params, grads, state=None, *, lr, beta=0.9):
    """The step is along the gradient, as if there were no velocity: v has been computed and not used."""
    previous = np.zeros_like(params) if state is None else state
    return params - lr * grads, beta * previous + (1 - beta) * grads


@misconception("momentum")
def swaps_beta(params, grads, state=None, *, lr, beta=0.9):
    """β and 1−β have changed places: β, the larger weight, belongs to the past."""
    previous = np.zeros_like(params) if state is None else state
    velocity = (1 - beta) * previous + beta * grads
    return params - lr * velocity, velocity


@misconception("momentum")
def starts_at_the_first_gradient(params, grads, state=None, *, lr, beta=0.9):
    """Before the first step the velocity is zero, not the first gradient."""
    previous = grads if state is None else state
    velocity = beta * previous + (1 - beta) * grads
    return params - lr * velocity, velocity


@misconception("momentum")
def climbs(params, grads, state=None, *, lr, beta=0.9):
    """The step goes uphill: subtract lr·v."""
    previous = np.zeros_like(params) if state is None else state
    velocity = beta * previous + (1 - beta) * grads
    return params + lr * velocity, velocity


@misconception("momentum")
def changes_the_parameters_in_place(params, grads, state=None, *, lr, beta=0.9):
    """`-=` changes the caller's array: write `params - lr * v`, which makes a new one."""
    previous = np.zeros_like(params) if state is None else state
    velocity = beta * previous + (1 - beta) * grads
    params -= lr * velocity
    return params, velocity


@misconception("momentum")
def changes_the_velocity_in_place(params, grads, state=None, *, lr, beta=0.9):
    """`*=` and `+=` change the caller's state: compute a new velocity instead."""
    velocity = np.zeros_like(params) if state is None else state
    velocity *= beta
    velocity += (1 - beta) * grads
    return params - lr * velocity, velocity


@misconception("momentum")
def starts_from_float64(params, grads, state=None, *, lr, beta=0.9):
    """The first velocity is float64 whatever `params` is: np.zeros_like(params) takes its type along."""
    previous = np.zeros(np.shape(params)) if state is None else state
    velocity = beta * previous + (1 - beta) * grads
    return params - lr * velocity, velocity


@misconception("momentum")
def returns_the_velocity_first(params, grads, state=None, *, lr, beta=0.9):
    """The two results have changed places: the parameters come first, then the state."""
    previous = np.zeros_like(params) if state is None else state
    velocity = beta * previous + (1 - beta) * grads
    return velocity, params - lr * velocity


@misconception("classical_momentum")
def adds_the_gradient(params, grads, state=None, *, lr, mu=0.9):
    """The velocity grows along the gradient, and you add it: that climbs. Subtract lr·g from μv."""
    velocity = (0.0 if state is None else mu * state) + lr * grads
    return params + velocity, velocity


@misconception("classical_momentum")
def scales_the_velocity_by_lr(params, grads, state=None, *, lr, mu=0.9):
    """Lr multiplies the whole velocity: here it multiplies the gradient alone, when the gradient enters v."""
    velocity = (0.0 if state is None else mu * state) - grads
    return params + lr * velocity, velocity


@misconception("classical_momentum")
def averages_the_gradients(params, grads, state=None, *, lr, mu=0.9):
    """There is no 1−μ in the classical form: the gradient enters whole."""
    velocity = (0.0 if state is None else mu * state) - (1 - mu) * lr * grads
    return params + velocity, velocity


@misconception("classical_momentum")
def drops_the_velocity(params, grads, state=None, *, lr, mu=0.9):
    """The old velocity is missing: keep μ times it in the new one."""
    velocity = -lr * grads
    return params + velocity, velocity


@misconception("classical_momentum")
def subtracts_the_velocity(params, grads, state=None, *, lr, mu=0.9):
    """The velocity already points downhill: add it."""
    velocity = (0.0 if state is None else mu * state) - lr * grads
    return params - velocity, velocity


@misconception("classical_momentum")
def keeps_an_uphill_velocity(params, grads, state=None, *, lr, mu=0.9):
    """Your path would be right, but your velocity points uphill: here v ← μv − lr·g, and it is added."""
    velocity = (0.0 if state is None else mu * state) + lr * grads
    return params - velocity, velocity


@misconception("classical_momentum")
def keeps_the_learning_rate_outside(params, grads, state=None, *, lr, mu=0.9):
    """That is the spelling of many libraries: here v ← μv − lr·g holds the lr already, and is added."""
    velocity = (0.0 if state is None else mu * state) + grads
    return params - lr * velocity, velocity


@misconception("nesterov_lookahead")
def asks_where_it_stands(params, gradient, state=None, *, lr, mu=0.9):
    """The gradient is taken at params, which is classical momentum: look ahead, to params + μv, first."""
    previous = np.zeros_like(params) if state is None else state
    velocity = mu * previous - lr * gradient(params)
    return params + velocity, velocity


@misconception("nesterov_lookahead")
def looks_back(params, gradient, state=None, *, lr, mu=0.9):
    """You look back, to params − μv: the velocity points to where the parameters go, so add it."""
    previous = np.zeros_like(params) if state is None else state
    velocity = mu * previous - lr * gradient(params - mu * previous)
    return params + velocity, velocity


@misconception("nesterov_lookahead")
def looks_a_whole_velocity_ahead(params, gradient, state=None, *, lr, mu=0.9):
    """You look a whole v ahead: only μv of it will survive this step."""
    previous = np.zeros_like(params) if state is None else state
    velocity = mu * previous - lr * gradient(params + previous)
    return params + velocity, velocity


@misconception("nesterov_lookahead")
def steps_from_ahead(params, gradient, state=None, *, lr, mu=0.9):
    """The look-ahead point is only for the gradient: the step starts from params."""
    previous = np.zeros_like(params) if state is None else state
    ahead = params + mu * previous
    velocity = mu * previous - lr * gradient(ahead)
    return ahead + velocity, velocity


@misconception("nesterov_lookahead")
def asks_twice(params, gradient, state=None, *, lr, mu=0.9):
    """The gradient is evaluated twice: it is the expensive part, and the rule needs it once."""
    previous = np.zeros_like(params) if state is None else state
    gradient(params)
    velocity = mu * previous - lr * gradient(params + mu * previous)
    return params + velocity, velocity


@misconception("nesterov")
def overwrites_the_previous_velocity(params, grads, state=None, *, lr, mu=0.9):
    """This walks as classical momentum does. Has v_prev been overwritten by the new velocity?"""
    velocity = (0.0 if state is None else mu * state) - lr * grads
    return params - mu * velocity + (1 + mu) * velocity, velocity


@misconception("nesterov")
def leaves_mu_out_of_the_correction(params, grads, state=None, *, lr, mu=0.9):
    """The old velocity leaves with weight μ: what you subtract is the whole of it."""
    previous = np.zeros_like(params) if state is None else state
    velocity = mu * previous - lr * grads
    return params - previous + (1 + mu) * velocity, velocity


@misconception("nesterov")
def takes_the_new_velocity_once(params, grads, state=None, *, lr, mu=0.9):
    """The new velocity enters 1+μ times: once as the step, μ times as the look ahead."""
    previous = np.zeros_like(params) if state is None else state
    velocity = mu * previous - lr * grads
    return params - mu * previous + velocity, velocity


@misconception("nesterov")
def adds_the_old_velocity(params, grads, state=None, *, lr, mu=0.9):
    """The old look ahead has to be taken back: −μ·v_prev, with a minus."""
    previous = np.zeros_like(params) if state is None else state
    velocity = mu * previous - lr * grads
    return params + mu * previous + (1 + mu) * velocity, velocity


@misconception("nesterov")
def keeps_the_old_look_ahead(params, grads, state=None, *, lr, mu=0.9):
    """The parameters still hold the look ahead of the step before, μ·v_prev: take it back."""
    velocity = (0.0 if state is None else mu * state) - lr * grads
    return params + (1 + mu) * velocity, velocity


@misconception("momentum_radius")
def drops_the_imaginary_part(lr, mu, curvature):
    """Complex roots have a size too: you kept their real parts. Take the absolute value first."""
    return float(np.max(np.abs(np.real(np.roots([1.0, -(1 + mu - lr * curvature), mu])))))


@misconception("momentum_radius")
def takes_the_signed_maximum(lr, mu, curvature):
    """Take the size of each root before the largest: a root may be complex, or −0.9, which beats 0.2."""
    return float(np.max(np.real(np.roots([1.0, -(1 + mu - lr * curvature), mu]))))


@misconception("momentum_radius")
def root_of_mu_everywhere(lr, mu, curvature):
    """√μ is the radius only where the roots are complex; where they are real, one of them is larger."""
    return float(np.sqrt(mu))


@misconception("momentum_radius")
def takes_the_smaller_root(lr, mu, curvature):
    """You took the smaller of the two: the slower part of the error, the larger |root|, decides."""
    return float(np.min(np.abs(np.roots([1.0, -(1 + mu - lr * curvature), mu]))))


@misconception("momentum_radius")
def finds_no_complex_roots(lr, mu, curvature):
    """np.sqrt of a negative number is nan: the roots may be complex, and np.roots finds them."""
    b = 1 + mu - lr * curvature
    with np.errstate(invalid="ignore"):
        return float(max(abs(b + np.sqrt(b * b - 4 * mu)), abs(b - np.sqrt(b * b - 4 * mu))) / 2)


@misconception("optimal_momentum")
def uses_the_condition_number_itself(smallest, largest):
    """This is κ where √κ belongs, in μ."""
    condition = largest / smallest
    return (2 / (np.sqrt(largest) + np.sqrt(smallest))) ** 2, ((condition - 1) / (condition + 1)) ** 2


@misconception("optimal_momentum")
def does_not_square_mu(smallest, largest):
    """(√κ−1)/(√κ+1) is the rate per step, which is √μ: μ is its square."""
    root = np.sqrt(largest / smallest)
    return (2 / (np.sqrt(largest) + np.sqrt(smallest))) ** 2, (root - 1) / (root + 1)


@misconception("optimal_momentum")
def keeps_the_lr_of_gradient_descent(smallest, largest):
    """2/(λmax + λmin) is the best lr without momentum: with momentum it is (2/(√λmax + √λmin))²."""
    root = np.sqrt(largest / smallest)
    return 2 / (largest + smallest), ((root - 1) / (root + 1)) ** 2


@misconception("optimal_momentum")
def does_not_square_lr(smallest, largest):
    """2/(√λmax + √λmin) is not an lr yet, whose unit is 1/λ: square it."""
    root = np.sqrt(largest / smallest)
    return 2 / (np.sqrt(largest) + np.sqrt(smallest)), ((root - 1) / (root + 1)) ** 2


@misconception("optimal_momentum")
def returns_mu_first(smallest, largest):
    """The two have changed places: lr comes first, then μ."""
    root = np.sqrt(largest / smallest)
    return ((root - 1) / (root + 1)) ** 2, (2 / (np.sqrt(largest) + np.sqrt(smallest))) ** 2


@misconception("optimal_momentum")
def leaves_the_roots_out(smallest, largest):
    """Both formulas are in the roots of the eigenvalues: √λmax, √λmin and √κ."""
    condition = largest / smallest
    return (2 / (largest + smallest)) ** 2, ((condition - 1) / (condition + 1)) ** 2


@misconception("optimal_momentum")
def squares_the_sum_alone(smallest, largest):
    """The 2 is inside the square as well: lr = (2/(…))², not 2/(…)²."""
    root = np.sqrt(largest / smallest)
    return 2 / (np.sqrt(largest) + np.sqrt(smallest)) ** 2, ((root - 1) / (root + 1)) ** 2


@misconception("nesterov")
def speaks_pytorch(params, grads, state=None, *, lr, mu=0.9):
    """This is PyTorch's Nesterov: its velocity sums gradients, without lr and with the other sign."""
    velocity = grads if state is None else mu * state + grads
    return params - lr * (grads + mu * velocity), velocity
