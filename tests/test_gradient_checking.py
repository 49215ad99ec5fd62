"""Properties of the gradient check of lesson 03, and of the four networks that it examines."""

import numpy as np
import pytest

from course_lib import broken_networks
from course_lib.gradient_checking import (
    flatten,
    gradient_check,
    numerical_gradient,
    planted_bugs,
    relative_error,
    unflatten,
    verdict,
)


@pytest.fixture
def rng():
    """Return a generator with a fixed seed."""
    return np.random.default_rng(31)


@pytest.mark.parametrize("shape", [(), (7,), (3, 5), (2, 1, 4)])
def test_a_quadratic_has_an_exact_central_difference(rng, shape):
    """Is the gradient of a quadratic, which has no third derivative, right in every shape?"""
    slope, theta = rng.normal(size=shape), rng.normal(size=shape)
    got = numerical_gradient(lambda p: float(np.sum(slope * p + 1.5 * p**2)), theta, h=1e-3)
    assert np.shape(got) == shape
    np.testing.assert_allclose(got, slope + 3 * theta, rtol=1e-9, atol=1e-10)


def test_the_error_falls_with_the_square_of_h():
    """Does a tenth of h give a hundredth of the error, as a central difference promises?"""
    theta = np.array([0.7, -1.3])
    errors = [
        np.abs(numerical_gradient(lambda p: np.exp(p).sum(), theta, h) - np.exp(theta)) for h in (1e-1, 1e-2)
    ]
    np.testing.assert_allclose(errors[0] / errors[1], 100, rtol=0.01)


def test_each_entry_costs_two_evaluations(rng):
    """Is the function called twice an entry and no more?"""
    calls = []
    numerical_gradient(lambda p: calls.append(p.copy()) or 0.0, rng.normal(size=(3, 4)))
    assert len(calls) == 24


def test_only_one_entry_moves_at_a_time(rng):
    """Does every point that the function sees differ from θ in exactly one entry?"""
    theta = rng.normal(size=(2, 3))
    moved = []
    numerical_gradient(lambda p: moved.append(np.sum(p != theta)) or 0.0, theta)
    assert set(moved) == {1}


def test_whole_numbers_are_not_cut():
    """Is a step of h possible from a point given in whole numbers?"""
    np.testing.assert_allclose(numerical_gradient(lambda p: np.sum(p**2), np.array([3, -1])), [6, -2])


def test_float32_stays_float32(rng):
    """Does a float32 point give a float32 gradient, measured in float32?"""
    dtypes = set()
    theta = rng.normal(size=4).astype(np.float32)
    got = numerical_gradient(lambda p: dtypes.add(p.dtype) or np.sum(p**2), theta, h=5e-3)
    assert got.dtype == np.float32 and dtypes == {np.dtype(np.float32)}
    np.testing.assert_allclose(got, 2 * theta, rtol=1e-3)


def test_a_function_that_scribbles_on_its_argument_does_no_harm(rng):
    """Is the caller's array safe, and the result right, when f changes the array it is given?"""
    theta = rng.normal(size=5)
    before = theta.copy()

    def scribbles(p):
        total = np.sum(p**2)
        p[:] = 99.0
        return total

    np.testing.assert_allclose(numerical_gradient(scribbles, theta), 2 * before, rtol=1e-7)
    np.testing.assert_array_equal(theta, before)


def test_at_a_kink_the_difference_is_symmetric_and_not_a_derivative():
    """Does |x| at 0 give 0, though it has no derivative there?"""
    assert numerical_gradient(lambda p: np.abs(p).sum(), np.zeros(1))[0] == 0


def test_relative_error_is_symmetric_and_ignores_scale(rng):
    """Is the error the same with the arguments swapped, and for 1000 times both?"""
    a, b = rng.normal(size=(2, 3, 5))
    assert relative_error(a, b) == relative_error(b, a)
    assert relative_error(1000 * a, 1000 * b) == pytest.approx(relative_error(a, b), rel=1e-12)
    assert 0 < relative_error(a, b) <= 2


def test_relative_error_finds_the_one_wrong_entry(rng):
    """Does one entry that is 10 % off among a thousand right ones show as one tenth?"""
    a = rng.normal(size=1000)
    b = a.copy()
    b[437] *= 0.9
    assert relative_error(a, b) == pytest.approx(0.1)


def test_relative_error_of_two_zeros_is_zero():
    """Do entries that are both zero count as equal, without a warning?"""
    with np.errstate(all="raise"):
        assert relative_error(np.zeros(3), np.zeros(3)) == 0.0
        assert relative_error(np.array([0.0, 1.0]), np.array([0.0, 1.0])) == 0.0
        assert relative_error(np.array([0.0, 1.0]), np.array([1e-300, 1.0])) == 1.0
    assert relative_error(1.0, -1.0) == 2.0
    assert relative_error(np.array([3, 4]), np.array([3, 5])) == pytest.approx(0.2)


def test_nan_is_not_hidden(rng):
    """Does a NaN in either gradient give a NaN error, and that error a verdict of wrong?"""
    a = rng.normal(size=4)
    b = a.copy()
    b[2] = np.nan
    assert np.isnan(relative_error(a, b)) and np.isnan(relative_error(b, a))
    error = gradient_check(lambda p: np.sum(p**2), lambda p: b, a)
    assert np.isnan(error) and verdict(error, True) == verdict(error, False) == "wrong"


def test_unflatten_undoes_flatten(rng):
    """Do arrays of unequal shapes, a number among them, come back as they were?"""
    arrays = [rng.normal(size=shape) for shape in [(4, 3), (3,), (), (3, 1, 2), (0,), (1,)]]
    vector, shapes = flatten(arrays)
    assert vector.shape == (12 + 3 + 1 + 6 + 1,)
    assert shapes == [(4, 3), (3,), (), (3, 1, 2), (0,), (1,)]
    back = unflatten(vector, shapes)
    assert isinstance(back, list) and len(back) == len(arrays)
    for got, expected in zip(back, arrays, strict=True):
        assert got.shape == np.shape(expected)
        np.testing.assert_array_equal(got, expected)


def test_flatten_reads_row_by_row_whatever_the_memory_order(rng):
    """Does an array in Fortran order give the same vector?"""
    matrix = rng.normal(size=(3, 4))
    vector, _ = flatten([np.asfortranarray(matrix), matrix.T])
    np.testing.assert_array_equal(vector[:12], matrix.ravel())
    np.testing.assert_array_equal(vector[12:], matrix.T.ravel())


def test_neither_direction_shares_memory(rng):
    """Are vector and arrays copies, so that a change in one leaves the other alone?"""
    matrix, bias = rng.normal(size=(3, 4)), rng.normal(size=4)
    vector, shapes = flatten([matrix])
    assert not np.shares_memory(vector, matrix)
    vector, shapes = flatten([matrix, bias])
    pieces = unflatten(vector, shapes)
    assert not any(np.shares_memory(piece, vector) for piece in pieces)
    assert not np.shares_memory(*pieces)


def test_the_check_passes_a_right_gradient_and_none_else(rng):
    """Is the error tiny for the gradient, and as predicted for its multiples?"""
    theta = rng.normal(size=(3, 2))

    def loss(p):
        return float(np.sum(np.sin(p)) + np.sum(p**2))

    def times(factor):
        return gradient_check(loss, lambda p: factor * (np.cos(p) + 2 * p), theta)

    assert verdict(times(1.0), has_kinks=False) == "good"
    for factor in (0.5, 2.0, -1.0):
        assert times(factor) == pytest.approx(abs(factor - 1) / (abs(factor) + 1), rel=1e-6)
    assert times(0.0) == 1.0


def test_two_zero_gradients_agree():
    """Is the error of a constant loss with a zero gradient 0, and no 0/0?"""
    with np.errstate(all="raise"):
        assert gradient_check(lambda p: 3.0, np.zeros_like, np.ones(4)) == 0.0


@pytest.mark.parametrize(
    ("error", "smooth", "kinked"),
    [
        (np.inf, "wrong", "wrong"),
        (0.5, "wrong", "wrong"),
        (np.nextafter(1e-2, 1), "wrong", "wrong"),
        (1e-2, "suspicious", "suspicious"),
        (1e-3, "suspicious", "suspicious"),
        (np.nextafter(1e-4, 1), "suspicious", "suspicious"),
        (1e-4, "suspicious", "ok"),
        (np.nextafter(1e-7, 1), "suspicious", "ok"),
        (1e-7, "good", "good"),
        (0, "good", "good"),
    ],
)
def test_the_verdict_follows_the_table(error, smooth, kinked):
    """Does each range, and each boundary, get the verdict of the docstring's table?"""
    assert verdict(error, has_kinks=False) == smooth
    assert verdict(error, has_kinks=True) == kinked


KNOBS = {
    "correct": [{}, {"l2": 0.0}, {"keep": 1.0}, {"n_examples": 1}],
    "missing 1/n": [{"n_examples": 1}],
    "l2 on the bias": [{"l2": 0.0}],
    "mask of the wrong layer": [{"keep": 1.0}],
}


@pytest.mark.parametrize("name", "ABCD")
@pytest.mark.parametrize(
    "knob", [{}, {"l2": 0.0}, {"keep": 1.0}, {"n_examples": 2}, {"n_examples": 1}], ids=str
)
def test_a_planted_bug_vanishes_by_its_own_knob_only(name, knob):
    """Does the gradient check pass exactly where the diagnosis says that the bug cannot show?"""
    net = broken_networks.network(name, **knob)
    error = gradient_check(net.loss, net.gradient, net.params)
    diagnosis = planted_bugs()[name]
    passes = diagnosis == "correct" or knob in KNOBS[diagnosis]
    assert verdict(error, has_kinks=False) == ("good" if passes else "wrong")


def test_the_blocks_show_where_the_bug_lives():
    """Are the errors of the bias bug in biases only, and those of the mask bug below the wrong mask?"""
    wrong_blocks = {}
    for name, diagnosis in planted_bugs().items():
        net = broken_networks.network(name)
        pairs = zip(
            unflatten(net.gradient(net.params), net.shapes),
            unflatten(numerical_gradient(net.loss, net.params), net.shapes),
            strict=True,
        )
        errors = [np.linalg.norm(a - n) / (np.linalg.norm(a) + np.linalg.norm(n)) for a, n in pairs]
        wrong_blocks[diagnosis] = {
            block for block, error in zip(broken_networks.BLOCKS, errors, strict=True) if error > 1e-7
        }
    assert wrong_blocks == {
        "correct": set(),
        "missing 1/n": {"W1", "b1", "W2", "b2", "W3", "b3"},
        "l2 on the bias": {"b1", "b2", "b3"},
        "mask of the wrong layer": {"W1", "b1"},
    }


def test_the_quiz_has_one_answer_per_diagnosis():
    """Does every diagnosis occur once?"""
    assert sorted(planted_bugs()) == ["A", "B", "C", "D"]
    assert sorted(planted_bugs().values()) == sorted(broken_networks.DIAGNOSES)


def test_a_network_is_the_same_every_time():
    """Are masks, data and parameters frozen?"""
    one, two = broken_networks.network("B"), broken_networks.network("B")
    np.testing.assert_array_equal(one.params, two.params)
    assert one.loss(one.params) == one.loss(one.params) == two.loss(two.params)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: numerical_gradient(3, np.ones(2)), TypeError, "f must be a function, got int"),
        (lambda: numerical_gradient(np.sum, np.ones(2), h=0.0), ValueError, "h must be positive, got 0.0"),
        (lambda: numerical_gradient(np.sum, "abc"), TypeError, "params must hold numbers"),
        (lambda: relative_error(np.ones(3), np.ones(4)), ValueError, "b must have the shape of a"),
        (lambda: relative_error(np.ones(0), np.ones(0)), ValueError, "b must not be empty"),
        (lambda: flatten([]), ValueError, "arrays must not be an empty list"),
        (lambda: flatten(np.ones((2, 3))), TypeError, "arrays must be a list, got ndarray"),
        (lambda: flatten([np.ones(2), None]), TypeError, r"arrays\[1\] must hold numbers"),
        (lambda: unflatten(np.ones(5), [(2, 2)]), ValueError, "need a vector of 4 entries, got 5"),
        (lambda: unflatten(np.ones((5, 1)), [(5,)]), ValueError, "vector must have 1 axis"),
        (lambda: unflatten(np.ones(5), []), ValueError, "shapes must hold at least one shape"),
        (lambda: gradient_check(np.sum, np.ones(2), np.ones(2)), TypeError, "gradient must be a function"),
        (
            lambda: gradient_check(np.sum, lambda p: np.ones((2, 1)), np.ones(2)),
            ValueError,
            r"what gradient returns must have the shape of params, \(2,\), got \(2, 1\)",
        ),
        (lambda: verdict(-1e-3, True), ValueError, "error must not be negative"),
        (lambda: verdict("small", True), TypeError, "error must be a number"),
        (lambda: verdict(1e-3, "yes"), TypeError, "has_kinks must be True or False"),
        (lambda: broken_networks.network("E"), ValueError, "name must be one of"),
        (lambda: broken_networks.network("A", keep=0.0), ValueError, "keep must lie in"),
    ],
)
def test_what_cannot_be_right_is_refused_in_a_sentence(call, error, sentence):
    """Does a wrong argument raise, and does the sentence name it?"""
    with pytest.raises(error, match=sentence):
        call()
