"""The decorator that checks the arguments of references, and what must survive it."""

import doctest
import importlib
import inspect
import pkgutil
import timeit

import numpy as np
import pytest

import course_lib
from course_lib import optimizers
from course_lib._arguments import (
    array,
    checked,
    count,
    decay,
    filled,
    floats,
    fraction,
    function,
    generator,
    like,
    list_of,
    non_negative,
    number,
    numeric,
    numeric_like,
    one_of,
    optional,
    positive,
    share,
    symmetric,
    whole,
)

MODULES = [
    importlib.import_module(f"course_lib.{found.name}")
    for found in pkgutil.iter_modules(course_lib.__path__)
    if not found.name.startswith("_")
]


def public_functions(module):
    """The functions that a module defines and means for others."""
    return {
        name: it
        for name, it in vars(module).items()
        if inspect.isfunction(it) and not name.startswith("_") and it.__module__ == module.__name__
    }


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_doctest_finds_an_example_in_every_public_function(module):
    """Does doctest collect every public function, through its decorator, with an example to run?"""
    found = {test.name.rpartition(".")[2]: test for test in doctest.DocTestFinder().find(module)}
    names = public_functions(module)
    assert names.keys() <= found.keys()
    assert [name for name in names if not found[name].examples] == []


def test_the_rules_are_among_what_doctest_finds():
    """Would the test above notice if the decorator hid the functions?"""
    assert {"sgd", "momentum", "adam", "adamw"} <= public_functions(optimizers).keys()
    assert len(public_functions(optimizers)) == 9


def test_name_docstring_and_signature_survive():
    """Does the decorated function still say who it is?"""
    assert optimizers.momentum.__name__ == "momentum"
    assert optimizers.momentum.__doc__.startswith("Take one step along a moving average")
    parameters = inspect.signature(optimizers.momentum).parameters.values()
    assert [(it.name, it.default) for it in parameters] == [
        ("params", inspect.Parameter.empty),
        ("grads", inspect.Parameter.empty),
        ("state", None),
        ("lr", inspect.Parameter.empty),
        ("beta", 0.9),
    ]
    assert [it.name for it in parameters if it.kind is it.KEYWORD_ONLY] == ["lr", "beta"]
    assert "v = beta * v + (1 - beta) * grads" in inspect.getsource(optimizers.momentum)


@checked(a=number, b=optional(non_negative))
def two_numbers(a, b=None, *, c=3):
    """Return what arrives."""
    return a, b, c


def test_arguments_arrive_by_position_and_by_name():
    """Is an argument checked however it is passed, and a default left alone?"""
    assert two_numbers(1) == (1.0, None, 3)
    assert two_numbers(1, 2) == two_numbers(b=2, a=1) == (1.0, 2.0, 3)
    assert two_numbers(1, None, c=4) == (1.0, None, 4)
    with pytest.raises(ValueError, match="b must not be negative, got -2"):
        two_numbers(1, -2)


@pytest.mark.parametrize(
    ("args", "kwargs", "sentence"),
    [
        ((), {}, "missing 1 required positional argument: 'a'"),
        ((1, 2, 3), {}, "takes from 1 to 2 positional arguments but 3 were given"),
        ((1,), {"a": 2}, "got multiple values for argument 'a'"),
        ((1,), {"d": 2}, "got an unexpected keyword argument 'd'"),
    ],
)
def test_a_wrong_call_is_told_in_pythons_words(args, kwargs, sentence):
    """Does a wrong call raise what it would raise without the decorator?"""
    with pytest.raises(TypeError, match=sentence):
        two_numbers(*args, **kwargs)


def test_a_check_of_no_argument_is_refused():
    """Is a misspelt name noticed when the function is defined?"""
    with pytest.raises(TypeError, match="has no argument momentum to check"):
        checked(momentum=number)(lambda params: params)


@pytest.mark.parametrize(
    ("rule", "value", "clean"),
    [
        (number, np.float64(0.5), 0.5),
        (number, np.array(0.5), 0.5),
        (number, np.int64(-3), -3.0),
        (positive, 1e-300, 1e-300),
        (non_negative, 0, 0.0),
        (decay, 0, 0.0),
        (decay, np.float32(0.5), 0.5),
        (fraction, 1, 1.0),
        (share, np.float64(0.5), 0.5),
        (whole, 0, 0),
        (whole, np.int64(4), 4),
        (count, 3.0, 3),
        (one_of("he", "glorot"), "he", "he"),
    ],
)
def test_right_values_become_pythons_own(rule, value, clean):
    """Does a value that is right arrive as a plain Python value?"""
    got = rule("x", value)
    assert (got, type(got)) == (clean, type(clean))


@pytest.mark.parametrize(
    ("rule", "value", "error", "sentence"),
    [
        (number, "1", TypeError, "x must be a number, got str"),
        (number, True, TypeError, "x must be a number, got bool"),
        (number, np.bool_(True), TypeError, "x must be a number, got bool"),
        (number, 1j, TypeError, "x must be a number, got complex"),
        (number, None, TypeError, "x must be a number, got NoneType"),
        (number, np.ones(1), TypeError, "x must be a number, got ndarray"),
        (number, float("inf"), ValueError, "x must be finite, got inf"),
        (positive, 0, ValueError, "x must be positive, got 0"),
        (non_negative, -1e-9, ValueError, "x must not be negative, got -1e-09"),
        (decay, 1, ValueError, "x must lie in [0, 1), got 1"),
        (fraction, 0, ValueError, "x must lie in (0, 1], got 0"),
        (share, 1, ValueError, "x must lie in (0, 1), got 1"),
        (share, 0.0, ValueError, "x must lie in (0, 1), got 0.0"),
        (whole, 0.5, TypeError, "x must be a whole number, got 0.5"),
        (whole, -1, ValueError, "x must not be negative, got -1"),
        (count, 0, ValueError, "x must be at least 1, got 0"),
        (one_of("he", "glorot"), "xavier", ValueError, "x must be one of 'he', 'glorot', got 'xavier'"),
        (one_of("he", "glorot"), 3, TypeError, "x must be a string, got int"),
        (floats, 3, TypeError, "x must be an array of floating-point numbers, got int"),
        (floats, np.ones(2, bool), TypeError, "x must hold floating-point numbers, got bool"),
        (array(2), [[1.0]], TypeError, "x must be an array, got list"),
        (array(2), np.ones((2, 2), int), TypeError, "x must hold floating-point numbers, got int64"),
        (
            array(2, kinds="fiu"),
            np.ones((2, 2), bool),
            TypeError,
            "x must hold floating-point numbers or integers,",
        ),
        (array(2), np.ones(3), ValueError, "x must have 2 axes, got shape (3,)"),
        (array(1), np.ones((1, 3)), ValueError, "x must have 1 axis, got shape (1, 3)"),
        (numeric, "abc", TypeError, "x must hold numbers, got str of <U3"),
        (numeric, [True], TypeError, "x must hold numbers, got list of bool"),
        (filled(array(2)), np.ones((0, 3)), ValueError, "x must not be empty, got shape (0, 3)"),
        (symmetric, np.ones((2, 3)), ValueError, "x must be square, got shape (2, 3)"),
        (symmetric, np.array([[1.0, 2.0], [0.0, 1.0]]), ValueError, "x must be symmetric"),
        (list_of(floats), np.ones(3), TypeError, "x must be a list, got ndarray"),
        (list_of(floats), (), ValueError, "x must not be an empty list"),
        (list_of(floats), [1.0, 2], TypeError, "x[1] must be an array of floating-point numbers, got int"),
        (function, 3, TypeError, "x must be a function, got int"),
        (
            generator,
            np.random.RandomState(0),
            TypeError,
            "x must be a numpy.random.Generator, got RandomState",
        ),
    ],
)
def test_wrong_values_are_told_in_a_sentence(rule, value, error, sentence):
    """Does the sentence begin with the name and end with what was given?"""
    with pytest.raises(error) as caught:
        rule("x", value)
    assert str(caught.value).startswith(sentence)


def test_arrays_pass_as_they_are():
    """Is an array handed on itself, whatever it holds?"""
    values = np.array([np.nan, np.inf])
    assert floats("x", values) is values
    assert like("y")("x", values, {"y": np.zeros(2)}) is values


def test_numbers_of_any_kind_become_arrays():
    """Do a list, a number and an array of integers arrive as arrays, and their shapes count?"""
    for value, shape in (([[1, 2.5]], (1, 2)), (3, ()), (np.arange(4), (4,))):
        assert numeric("x", value).shape == shape
        np.testing.assert_array_equal(numeric_like("y")("x", value, {"y": np.zeros(shape)}), value)
    with pytest.raises(ValueError, match=r"x must have the shape of y, \(2,\), got \(3,\)"):
        numeric_like("y")("x", [1, 2, 3], {"y": np.zeros(2)})


def test_a_list_is_checked_item_by_item():
    """Do the items of a tuple arrive in a list, in order?"""
    assert list_of(number)("x", (1, np.float32(2.0))) == [1.0, 2.0]


def test_a_hessian_from_finite_differences_is_symmetric_enough():
    """Does a matrix pass that is off by a millionth, and one that holds NaN?"""
    nearly = np.array([[2.0, 1.0], [1.0 + 1e-6, 3.0]])
    assert symmetric("x", nearly) is nearly
    assert np.isnan(symmetric("x", np.full((2, 2), np.nan))).all()


def test_a_check_costs_the_same_for_any_size():
    """Are arrays never scanned: does a check of a million numbers take under a fifth of a sum over them?"""
    params = np.ones(1_000_000)
    rule = like("params")
    scan = min(timeit.repeat(lambda: params.sum(), number=20, repeat=5))
    check = min(timeit.repeat(lambda: rule("grads", params, {"params": params}), number=20, repeat=5))
    assert check < scan / 5
