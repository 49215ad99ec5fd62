"""The wire: what goes in comes out, and no bytes do harm."""

import contextlib
import random
import socket
import time
from collections import namedtuple

import numpy as np
import pytest

from autograder.sealing import wire

Pair = namedtuple("Pair", "m v")

VALUES = [
    None,
    True,
    False,
    0,
    -1,
    2**200,
    -(2**254),
    1.5,
    float("inf"),
    1 + 2j,
    "θ ← θ − α·g",
    [],
    [1, [2, (3, "x")]],
    (),
    {"a": 1, 2: [None]},
    np.arange(12.0).reshape(3, 4),
    np.zeros((0, 3), dtype=np.float32),
    np.array(2.5),
    np.array([True, False]),
    np.float32(0.1),
    np.bool_(True),
    np.asfortranarray(np.arange(6).reshape(2, 3)),
    np.arange(3, dtype=">i4"),
]


def same(a, b):
    if isinstance(a, (np.ndarray, np.generic)):
        kind = np.ndarray if isinstance(a, np.ndarray) else type(a)
        return (
            type(b) is kind and a.shape == b.shape and a.dtype.name == b.dtype.name and bool(np.all(a == b))
        )
    if isinstance(a, (list, tuple)):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    return type(a) is type(b) and a == b


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_a_value_returns_as_it_went(value):
    assert same(value, wire.decode(wire.encode(value)))


@pytest.mark.parametrize("axes", [(0, 1, 2), (2, 1, 0), (1, 2, 0), (0, 2, 1)])
def test_an_arrays_layout_in_memory_survives(axes):
    array = np.arange(24.0).reshape(2, 3, 4).transpose(axes)
    copy = wire.decode(wire.encode(array))
    assert copy.strides == array.strides
    assert np.array_equal(copy, array)


def test_nan_returns_as_nan():
    assert np.isnan(wire.decode(wire.encode(float("nan"))))
    assert np.isnan(wire.decode(wire.encode(np.array([np.nan])))).all()


def test_a_generator_returns_in_its_state():
    rng = np.random.default_rng(5)
    rng.integers(10, dtype=np.int32)  # leaves half a word in the buffer
    copy = wire.decode(wire.encode(rng))
    assert copy.integers(1 << 30, size=7, dtype=np.int32).tolist() == (
        rng.integers(1 << 30, size=7, dtype=np.int32).tolist()
    )


def test_a_known_named_tuple_is_rebuilt_and_an_unknown_one_is_a_tuple():
    data = wire.encode(Pair(1, 2))
    assert type(wire.decode(data, named_tuples=[Pair])) is Pair
    assert type(wire.decode(data)) is tuple
    assert type(wire.decode(wire.encode(namedtuple("Pair", "a b c")(1, 2, 3)), [Pair])) is tuple


def test_subclasses_cross_as_their_plain_kind():
    class Sly(float):
        def __eq__(self, other):
            return True

    class SlyArray(np.ndarray):
        def __array_ufunc__(self, *args, **kwargs):
            return True

    assert type(wire.decode(wire.encode(Sly(2.0)))) is float
    assert type(wire.decode(wire.encode(np.zeros(3).view(SlyArray)))) is np.ndarray


def nest(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        object(),
        {1, 2},
        (n for n in range(3)),
        np.array([object()]),
        np.array(["a"]),
        np.longdouble(1),
        np.array("2020-01-01", dtype="M8[D]"),
        2**5000,
        nest(100),
        {(1, 2): 3},
        dict.fromkeys(range(wire.MAX_KEYS + 1)),
        {2**61 - 1: 0, 2**64: 0},
        "x" * (wire.MAX_TEXT + 1),
        [0] * (wire.MAX_VALUES + 1),
        np.random.Generator(np.random.MT19937(1)),
        lambda: 1,
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_cannot_cross_is_refused_in_a_sentence(value):
    with pytest.raises(wire.Unsendable, match=r"cannot|too|more"):
        wire.encode(value)


def test_a_list_that_holds_itself_is_refused():
    loop = []
    loop.append(loop)
    with pytest.raises(wire.Unsendable):
        wire.encode(loop)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"?",
        b"i",
        b"i\xff" + b"\0" * 255,
        b"d\0",
        b"s\xff\xff\xff\xff",
        b"s\1\0\0\0\xff",
        b"l\xff\xff\xff\xff",
        b"m\1\0\0\0NN",
        b"m" + wire.U32.pack(wire.MAX_KEYS + 1) + b"i\1\0N" * (wire.MAX_KEYS + 1),
        b"m\1\0\0\0lN",
        b"m\1\0\0\0i\x09" + b"\0" * 8 + b"\1N",
        b"a\xff\0",
        b"a\x0b\xff",
        b"a\x0b\x02\0\0" + b"\0" * 16,
        b"a\x0b\x02\0\1" + b"\xff" * 16,
        b"a\x0b\x02\0\1" + b"\0" * 8 + b"\xff" * 8,
        b"a\x00\x01\0" + b"\1" + b"\0" * 7 + b"\2",
        b"z\x00\2",
        b"z\xfe",
        b"g" + b"\0" * 37,
        b"f\0\0\0\0",
        b"NN",
        b"l\1\0\0\0" * 100 + b"N",
        b"\x80\x04N.",  # a pickle
        b"\x93NUMPY\x01\x00",
    ],
    ids=repr,
)
def test_malformed_bytes_are_a_protocol_error(data):
    with pytest.raises(wire.ProtocolError):
        wire.decode(data)


def test_no_bytes_raise_anything_but_a_protocol_error():
    rng = random.Random(7)
    seeds = [wire.encode(value) for value in VALUES] + [wire.encode(np.random.default_rng(1))]
    for _ in range(20_000):
        data = bytearray(rng.choice(seeds))
        for _ in range(rng.randrange(1, 5)):
            match rng.randrange(4):
                case 0 if data:
                    data[rng.randrange(len(data))] = rng.randrange(256)
                case 1 if data:
                    del data[rng.randrange(len(data)) :]
                case 2:
                    data.insert(rng.randrange(len(data) + 1), rng.randrange(256))
                case _:
                    data += rng.choice(seeds)[: rng.randrange(20)]
        with contextlib.suppress(wire.ProtocolError):
            wire.decode(bytes(data))


def test_keys_that_all_have_one_hash_cost_no_time():
    """Is a dict whose keys collide refused before it is built, which would take minutes?"""
    count, prime = 90_000, 2**61 - 1
    pairs = b"".join(b"i\x0b" + (k * prime).to_bytes(11, "little") + b"N" for k in range(count))
    begun = time.monotonic()
    with pytest.raises(wire.ProtocolError, match="key"):
        wire.decode(b"m" + wire.U32.pack(count) + pairs)
    assert time.monotonic() - begun < 5


@pytest.fixture
def ends():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield wire.Channel(ours), theirs


def test_a_message_crosses(ends):
    channel, theirs = ends
    wire.Channel(theirs).send(3, 7, {"x": np.ones(5)})
    kind, number, value = channel.receive(time.monotonic() + 1)
    assert (kind, number, value["x"].sum()) == (3, 7, 5.0)


def test_an_announced_length_is_neither_believed_nor_waited_for_for_ever(ends):
    channel, theirs = ends
    theirs.sendall(wire.HEADER.pack(1, 1, 0xFFFFFFFF))
    with pytest.raises(wire.ProtocolError):
        channel.receive(time.monotonic() + 1)
    theirs.sendall(wire.HEADER.pack(1, 1, 1000) + b"N")
    with pytest.raises(wire.TimeIsUp):
        channel.receive(time.monotonic() + 0.05)


def test_a_reply_that_trickles_meets_the_deadline(ends):
    channel, theirs = ends
    theirs.sendall(wire.HEADER.pack(1, 1, 100))
    begun = time.monotonic()
    with pytest.raises(wire.TimeIsUp):
        channel.receive(begun + 0.1)
    assert time.monotonic() - begun < 1


def test_a_closed_end_is_told(ends):
    channel, theirs = ends
    theirs.sendall(b"\1\1")
    theirs.close()
    with pytest.raises(wire.Closed):
        channel.receive(time.monotonic() + 1)


def test_a_message_tells_how_many_values_it_is_made_of():
    value = [1, (2.0, "three"), {"four": np.zeros(5)}]
    assert wire.decode_and_count(wire.encode(value))[1] == 8


def test_generators_are_few():
    """Does a list of generators, short on the wire and long in memory, stop at either end?"""
    many = [np.random.default_rng(0)] * (wire.MAX_GENERATORS + 1)
    with pytest.raises(wire.Unsendable, match="Generators"):
        wire.encode(many)
    one = wire.encode(many[0])
    with pytest.raises(wire.ProtocolError, match="Generators"):
        wire.decode(b"l" + len(many).to_bytes(4, "little") + one * len(many))
    assert len(wire.decode(wire.encode(many[1:]))) == wire.MAX_GENERATORS
