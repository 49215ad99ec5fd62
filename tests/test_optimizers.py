"""The update rules: every rule on every landscape, and what each rule promises."""

import inspect
import itertools
import tracemalloc

import numpy as np
import pytest

from course_lib import conditioning, objectives, optimizers
from course_lib.optimizers import AdamState
from course_lib.training import descend

# A rule is one row. The learning rate of an adaptive rule is a length; that of the others is in units of
# 1/λmax, half of what gradient descent bears.
RULES = {
    optimizers.sgd: {"lr": 0.4},
    optimizers.momentum: {"lr": 0.4},
    optimizers.classical_momentum: {"lr": 0.1},
    optimizers.nesterov_lookahead: {"lr": 0.1},
    optimizers.nesterov: {"lr": 0.1},
    optimizers.adagrad: {"lr": 0.3},
    optimizers.rmsprop: {"lr": 0.005},
    optimizers.adam: {"lr": 0.01},
    optimizers.adamw: {"lr": 0.01, "weight_decay": 0.0},
}
ADAPTIVE = {optimizers.adagrad, optimizers.rmsprop, optimizers.adam, optimizers.adamw}

# A landscape is one row: steps, and the share of the height above the minimum that may be left.
LANDSCAPES = {
    "bowl": (objectives.quadratic(np.array([1.0, 2.0, 3.0])), 800, 1e-3),
    "ravine": (objectives.ravine(25.0), 4000, 2e-2),
    "rosenbrock": (objectives.rosenbrock, 6000, 5e-2),
    "beale": (objectives.beale, 4000, 5e-2),
    "himmelblau": (objectives.himmelblau, 2000, 1e-2),
    "double well": (objectives.double_well, 4000, 1e-2),
}


@pytest.fixture
def rng():
    """Fresh numbers, the same in every run."""
    return np.random.default_rng(20)


def rule_id(rule):
    """A rule's name, for pytest."""
    return getattr(rule, "__name__", None)


every_rule = pytest.mark.parametrize("rule", RULES, ids=rule_id)


def with_gradient(rule, grads):
    """What to hand the rule as its second argument, so that it sees these gradients."""
    return (lambda at: grads) if rule is optimizers.nesterov_lookahead else grads


def run(rule, params, all_grads, **hyperparameters):
    """Parameters after each of the given gradients."""
    state, path = None, []
    for grads in all_grads:
        params, state = rule(params, with_gradient(rule, grads), state, **hyperparameters)
        path.append(params)
    return path


@every_rule
@pytest.mark.parametrize("landscape", LANDSCAPES)
def test_every_rule_descends_every_landscape(rule, landscape):
    """Does the rule come down to the share of the height that the table allows?"""
    objective, steps, share = LANDSCAPES[landscape]
    hyperparameters = dict(RULES[rule])
    if rule not in ADAPTIVE:
        ends = objective.start, objective.minimizer  # Rosenbrock's valley is steeper at its start
        steepest = max(np.linalg.eigvalsh(objective.hessian(params)).max() for params in ends)
        hyperparameters["lr"] *= 1 / steepest
    trace = descend(rule, objective, steps=steps, **hyperparameters)
    lowest = objective.value(objective.minimizer)
    assert trace.losses[-1] - lowest < share * (trace.losses[0] - lowest)


@every_rule
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(), (1,), (5,), (0,), (3, 4), (2, 1, 3)])
def test_dtype_and_shape_come_back(rule, dtype, shape, rng):
    """Do parameters and state keep dtype and shape over three steps, with an np.float64 learning rate?"""
    params = rng.normal(size=shape).astype(dtype)
    state = None
    for _ in range(3):
        grads = np.asarray(rng.normal(size=shape), dtype)
        params, state = rule(
            params, with_gradient(rule, grads), state, **(RULES[rule] | {"lr": np.float64(0.1)})
        )
        moments = state[1:] if isinstance(state, AdamState) else (() if state is None else (state,))
        for array in (params, *moments):
            assert (np.shape(array), array.dtype) == (shape, dtype)


@every_rule
def test_a_python_float_is_a_parameter(rule):
    """Does a bare float descend as an array of one entry does?"""
    hyperparameters = RULES[rule]
    alone = run(rule, 2.0, [0.5, -0.25, 1.0], **hyperparameters)
    entry = run(rule, np.array([2.0]), [np.array([g]) for g in (0.5, -0.25, 1.0)], **hyperparameters)
    assert np.shape(alone[-1]) == ()
    assert np.array_equal(alone, np.ravel(entry))


@every_rule
def test_nothing_is_changed_in_place(rule, rng):
    """Are parameters, gradients and state the same after a step as before, and not shared with results?"""
    params, state = rng.normal(size=(3, 4)), None
    for _ in range(3):
        grads = rng.normal(size=(3, 4))
        given = [params, grads, *(state[1:] if isinstance(state, AdamState) else [state])]
        copies = [None if array is None else array.copy() for array in given]
        params, state = rule(params, with_gradient(rule, grads), state, **RULES[rule])
        for array, copy in zip(given, copies, strict=True):
            assert np.array_equal(array, copy) if copy is not None else array is None
            assert copy is None or not np.shares_memory(array, params)


@every_rule
@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_nan_and_infinity_stay_where_they_are(rule, bad, rng):
    """Does a bad entry of the gradient spoil its own entry, and no other, without an exception?"""
    grads = rng.normal(size=4)
    spoiled = np.where(np.arange(4) == 2, bad, grads)
    params = rng.normal(size=4)
    with np.errstate(invalid="ignore"):
        got = run(rule, params, [spoiled, spoiled], **RULES[rule])[-1]
    clean = run(rule, params, [grads, grads], **RULES[rule])[-1]
    assert np.array_equal(got[[0, 1, 3]], clean[[0, 1, 3]])
    assert not np.isfinite(got[2])


@every_rule
def test_entries_do_not_mix(rule, rng):
    """Is a step of the whole array the steps of its entries?"""
    params, all_grads = rng.normal(size=(2, 3)), rng.normal(size=(3, 2, 3))
    whole = run(rule, params, all_grads, **RULES[rule])[-1]
    for at in np.ndindex(2, 3):
        assert whole[at] == run(rule, params[at], [grads[at] for grads in all_grads], **RULES[rule])[-1]


@pytest.mark.parametrize(
    ("rule", "off"),
    [
        (optimizers.momentum, {"beta": 0.0}),
        (optimizers.classical_momentum, {"mu": 0.0}),
        (optimizers.nesterov, {"mu": 0.0}),
        (optimizers.nesterov_lookahead, {"mu": 0.0}),
    ],
    ids=rule_id,
)
def test_without_memory_every_momentum_is_gradient_descent(rule, off, rng):
    """Does a momentum of zero give `sgd`?"""
    params, all_grads = rng.normal(size=5), rng.normal(size=(4, 5))
    assert np.allclose(
        run(rule, params, all_grads, lr=0.3, **off),
        run(optimizers.sgd, params, all_grads, lr=0.3),
        rtol=1e-14,
        atol=0,
    )


@pytest.mark.parametrize("share", [0.5, 0.9, 0.999, 1.001, 1.1])
def test_descent_converges_exactly_below_the_limit(share, rng):
    """Does gradient descent on a random quadratic converge exactly when lr < 2/λmax?"""
    A = rng.normal(size=(6, 4))
    bowl = objectives.quadratic(A.T @ A, start=rng.normal(size=4))
    lr = share * conditioning.max_stable_lr(bowl.hessian(bowl.start))
    _, directions = np.linalg.eigh(bowl.hessian(bowl.start))
    along_steepest = descend(optimizers.sgd, bowl, lr=lr, steps=400).params @ directions[:, -1]
    assert (abs(along_steepest[-1]) < abs(along_steepest[0])) == (share < 1)


def test_classical_momentum_is_momentum_with_a_smaller_rate(rng):
    """Do the two agree when classical momentum's learning rate is (1−β)·lr?"""
    params, all_grads = rng.normal(size=5), rng.normal(size=(20, 5))
    assert np.allclose(
        run(optimizers.momentum, params, all_grads, lr=0.3, beta=0.8),
        run(optimizers.classical_momentum, params, all_grads, lr=0.06, mu=0.8),
        rtol=1e-12,
    )


def test_the_two_nesterovs_are_one(rng):
    """Do the parameters of `nesterov` equal θ + μ·v of `nesterov_lookahead`, step by step?"""
    objective, lr, mu = objectives.rosenbrock, 5e-4, 0.9
    theta, velocity, ahead, state = objective.start, None, objective.start, None
    for _ in range(50):
        theta, velocity = optimizers.nesterov_lookahead(theta, objective.grad, velocity, lr=lr, mu=mu)
        ahead, state = optimizers.nesterov(ahead, objective.grad(ahead), state, lr=lr, mu=mu)
        assert np.allclose(ahead, theta + mu * velocity, rtol=1e-10)


def test_lookahead_calls_the_gradient_once():
    """Is the gradient evaluated once a step, where the velocity leads?"""
    asked = []

    def gradient(at):
        asked.append(at.copy())
        return 2 * at

    optimizers.nesterov_lookahead(np.array([1.0, -2.0]), gradient, np.array([0.5, 0.25]), lr=0.1, mu=0.8)
    assert np.array_equal(asked, [[1.4, -1.8]])


@pytest.mark.parametrize("scale", [1e-4, 1e4])
@pytest.mark.parametrize("rule", [optimizers.adagrad, optimizers.rmsprop, optimizers.adam], ids=rule_id)
def test_scaling_the_objective_leaves_adaptive_steps_the_same(rule, scale, rng):
    """Is the path unchanged when every gradient is multiplied by the same number?"""
    params, all_grads = rng.normal(size=5), rng.normal(size=(10, 5))
    plain = run(rule, params, all_grads, lr=0.1, eps=0.0)
    scaled = run(rule, params, scale * all_grads, lr=0.1, eps=0.0)
    assert np.allclose(plain, scaled, rtol=1e-12)


def test_adams_first_step_has_length_lr(rng):
    """Is the first step lr in every entry, whatever the gradient, and 0 where it is 0?"""
    grads = np.array([1e-3, -20.0, 0.0, 4.0])
    params, state = optimizers.adam(np.zeros(4), grads, lr=0.25, eps=1e-12)
    assert np.allclose(params, -0.25 * np.sign(grads), rtol=1e-8)
    assert state.t == 1


@pytest.mark.parametrize("rule", [optimizers.adagrad, optimizers.rmsprop, optimizers.adam], ids=rule_id)
def test_eps_stands_outside_the_root(rule):
    """With an eps as large as the gradient, is the first step lr·g/(|g|·c + eps)?"""
    start = {optimizers.rmsprop: np.sqrt(0.1)}.get(rule, 1.0)
    moved = rule(np.array([0.0]), np.array([3.0]), lr=1.0, eps=2.0)[0]
    assert moved == pytest.approx(-3 / (3 * start + 2), rel=1e-14)


def test_adamw_shrinks_all_weights_alike(rng):
    """With a gradient of zero, does AdamW multiply every weight by 1 − lr·weight_decay?"""
    params = rng.normal(size=6)
    got = run(optimizers.adamw, params, np.zeros((3, 6)), lr=0.1, weight_decay=0.2)[-1]
    assert np.allclose(got, params * (1 - 0.1 * 0.2) ** 3, rtol=1e-14)


def test_adamw_is_adam_and_a_decay_of_the_old_weights(rng):
    """Does AdamW differ from Adam by lr·weight_decay times the weights before the step?"""
    params, grads = rng.normal(size=(2, 6))
    decayed = optimizers.adamw(params, grads, lr=0.5, weight_decay=0.4)[0]
    assert np.allclose(optimizers.adam(params, grads, lr=0.5)[0] - decayed, 0.5 * 0.4 * params, rtol=1e-12)


def test_adagrads_steps_shrink_like_the_root_of_t():
    """Under a constant gradient, is step t of length lr/√t?"""
    path = run(optimizers.adagrad, 0.0, [-3.0] * 50, lr=0.2, eps=0.0)
    assert np.allclose(np.diff(path, prepend=0.0), 0.2 / np.sqrt(np.arange(1, 51)), rtol=1e-12)


@pytest.mark.parametrize("first", [True, False])
def test_adam_needs_three_arrays_beyond_its_results(first, rng):
    """Are at most three temporaries of the parameters' size alive beside what is returned?"""
    size = 300_000
    params, grads, state = rng.normal(size=size), rng.normal(size=size), None
    if not first:
        params, state = optimizers.adam(params, grads, state)
    tracemalloc.start()
    try:
        result = optimizers.adam(params, grads, state)
        held, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert round(held / params.nbytes) == 3  # the new parameters and both moments
    assert (peak - held) / params.nbytes < 3.01
    assert result[1].t == (1 if first else 2)


WRONG = [
    ({"lr": -0.1}, ValueError, "lr must not be negative, got -0.1"),
    ({"lr": np.nan}, ValueError, "lr must be finite, got nan"),
    ({"lr": "0.1"}, TypeError, "lr must be a number, got str"),
    ({"lr": True}, TypeError, "lr must be a number, got bool"),
    ({"params": np.array([1, 2])}, TypeError, "params must hold floating-point numbers, got int64"),
    ({"params": np.array([1j, 2])}, TypeError, "params must hold floating-point numbers, got complex128"),
    ({"params": [1.0, 2.0]}, TypeError, "params must be an array of floating-point numbers, got list"),
    ({"grads": np.ones(3)}, ValueError, "grads must have the shape of params, (2,), got (3,)"),
    ({"grads": np.ones((2, 1))}, ValueError, "grads must have the shape of params, (2,), got (2, 1)"),
    ({"grads": np.float64(1.0)}, ValueError, "grads must have the shape of params, (2,), got ()"),
    (
        {"grads": np.ones(2, np.float32)},
        TypeError,
        "grads must have the dtype of params, float64, got float32",
    ),
    ({"grads": np.ones(2, int)}, TypeError, "grads must hold floating-point numbers, got int64"),
    ({"state": np.ones(5)}, (TypeError, ValueError), "state must"),
    ({"beta": 1.0}, ValueError, "beta must lie in [0, 1), got 1.0"),
    ({"beta": -0.1}, ValueError, "beta must lie in [0, 1), got -0.1"),
    ({"mu": 1.5}, ValueError, "mu must lie in [0, 1), got 1.5"),
    ({"decay": 1.0}, ValueError, "decay must lie in [0, 1), got 1.0"),
    ({"beta1": 1.0}, ValueError, "beta1 must lie in [0, 1), got 1.0"),
    ({"beta2": -1}, ValueError, "beta2 must lie in [0, 1), got -1"),
    ({"eps": -1e-8}, ValueError, "eps must not be negative, got -1e-08"),
    ({"weight_decay": -0.5}, ValueError, "weight_decay must not be negative, got -0.5"),
    ({"gradient": np.ones(2)}, TypeError, "gradient must be a function, got ndarray"),
]


@pytest.mark.parametrize(
    ("rule", "change", "error", "sentence"),
    [
        (rule, *wrong)
        for rule, wrong in itertools.product(RULES, WRONG)
        if set(wrong[0]) <= set(inspect.signature(rule).parameters)
        and not (rule is optimizers.sgd and "state" in wrong[0])
    ],
    ids=lambda it: rule_id(it) or (next(iter(it)) if isinstance(it, dict) else ""),
)
def test_what_cannot_be_right_is_named_in_a_sentence(rule, change, error, sentence):
    """Does the error begin with the argument's name and say what was given?"""
    second = "gradient" if rule is optimizers.nesterov_lookahead else "grads"
    arguments = {"params": np.ones(2), second: with_gradient(rule, np.ones(2)), "lr": 0.1} | change
    with pytest.raises(error) as caught:
        rule(**arguments)
    assert str(caught.value).startswith(sentence)


@pytest.mark.parametrize("rule", [optimizers.adam, optimizers.adamw], ids=rule_id)
@pytest.mark.parametrize(
    ("state", "error", "sentence"),
    [
        ((1, np.ones(2)), TypeError, "state must be None or AdamState(t, m, v), got tuple"),
        (
            AdamState(1, np.ones(3), np.ones(2)),
            ValueError,
            "state.m must have the shape of params, (2,), got (3,)",
        ),
        (
            AdamState(1, np.ones(2), 1),
            TypeError,
            "state.v must be an array of floating-point numbers, got int",
        ),
        (AdamState(-1, np.ones(2), np.ones(2)), ValueError, "state.t must not be negative, got -1"),
        (AdamState(0.5, np.ones(2), np.ones(2)), TypeError, "state.t must be a whole number, got 0.5"),
    ],
)
def test_a_broken_adam_state_is_named_by_its_part(rule, state, error, sentence):
    """Does the error say which part of the state is wrong?"""
    with pytest.raises(error) as caught:
        rule(np.ones(2), np.ones(2), state)
    assert str(caught.value) == sentence


def test_a_learning_rate_of_zero_is_a_rest(rng):
    """Does a schedule that ends at zero leave the parameters where they are?"""
    params = rng.normal(size=4)
    assert np.array_equal(optimizers.adam(params, np.ones(4), lr=0.0)[0], params)
