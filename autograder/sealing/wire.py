"""The wire between the judge and a worker: a header, then tagged values as raw bytes.

Student code holds one end of the socket, so every byte that arrives from there is treated as written by
an attacker. Nothing is ever unpickled or evaluated: a value is one tag byte and its content.

======  ==========================  ===========================================================
tag     value                       content (little endian)
======  ==========================  ===========================================================
``N``   None
``T F`` True, False
``i``   int, at most 256 bits       length u8, two's complement
``d``   float                       f64
``c``   complex                     two f64
``s``   str                         length u32, UTF-8
``l t`` list, tuple                 count u32, values
``n``   NamedTuple of `course_lib`  class name as str content, count u32, values
``m``   dict (keys str, int64)      count u32, then key, value, key, value …
``a``   numpy array                 dtype u8, ndim u8, axes u8 each, lengths u64 each, bytes; the axes are
                                    in the order of memory, slowest first, so that its layout survives
``z``   numpy scalar                dtype u8, bytes
``g``   numpy Generator (PCG64)     state u128, inc u128, has_uint32 u8, uinteger u32
``f``   callable                    handle u32 (the judge sends it, a worker may only call it)
======  ==========================  ===========================================================

A message is ``kind u8, number u32, length u32`` and one value. What is too long, too deep, too many,
unknown, left over or cut short is a `ProtocolError`.
"""

import struct
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any, ClassVar

import numpy as np

MAX_MESSAGE = 8 * 1024 * 1024
MAX_PIECE = 64 * 1024
MAX_DEPTH = 24
MAX_VALUES = 200_000
MAX_KEYS = 1_000  # keys that collide cost the square of their number
MAX_TEXT = 1_000_000
MAX_GENERATORS = 100  # each takes kilobytes, and time to build
MAX_INT_BYTES = 32
# A longer integer can be given any hash, and a dict whose keys all have one hash takes minutes to build.
KEY_RANGE = range(-(2**63), 2**63)

DTYPE_NAMES = (
    "bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64 complex64 complex128"
)
DTYPES = tuple(np.dtype(name) for name in DTYPE_NAMES.split())
DTYPE_CODES = {dtype: code for code, dtype in enumerate(DTYPES)}

HEADER = struct.Struct("<BII")
U32 = struct.Struct("<I")
F64 = struct.Struct("<d")
COMPLEX = struct.Struct("<dd")


class ProtocolError(Exception):
    """The other side sent something that is not a message of this protocol."""


class Unsendable(TypeError):
    """A value that cannot cross the wire; the message is a sentence for the student."""


class TimeIsUp(Exception):
    """The other side did not answer before the deadline."""


class Closed(Exception):
    """The other side is gone."""


# ------------------------------------------------------------------------------------------ encoding


def encode(value: Any, register_callable: Callable[[Callable[..., Any]], int] | None = None) -> bytes:
    """Encode one value.

    Args:
        value: What to send; see the table of this module.
        register_callable: Function from a callable to its handle, or None where callables may not cross.

    Returns:
        The value's bytes.

    Raises:
        Unsendable: If the value, or something inside it, cannot cross.

    Example:
        >>> decode(encode({"x": [1, 2.5, None]}))
        {'x': [1, 2.5, None]}
    """
    encoder = _Encoder(register_callable)
    encoder.add(value, 0)
    message = b"".join(encoder.parts)
    if len(message) > MAX_MESSAGE:
        raise Unsendable(f"a value of {len(message)} bytes is too large (at most {MAX_MESSAGE})")
    return message


class _Encoder:
    def __init__(self, register_callable: Callable[[Callable[..., Any]], int] | None) -> None:
        self.parts: list[bytes] = []
        self.count = 0
        self.generators = 0
        self.size = 0
        self.register_callable = register_callable

    def add(self, value: Any, depth: int) -> None:
        """Append the bytes of `value`."""
        self.count += 1
        if depth > MAX_DEPTH:
            raise Unsendable(f"values are nested more than {MAX_DEPTH} deep")
        if self.count > MAX_VALUES:
            raise Unsendable(f"more than {MAX_VALUES} values in one answer")
        put = self.parts.append
        if value is None:
            put(b"N")
        elif value is True or value is False:
            put(b"T" if value else b"F")
        elif isinstance(value, np.generic):
            put(b"z" + bytes([_dtype_code(value.dtype)]) + value.tobytes())
        elif isinstance(value, int):
            put(_int_bytes(int(value)))
        elif isinstance(value, float):
            put(b"d" + F64.pack(float(value)))
        elif isinstance(value, complex):
            put(b"c" + COMPLEX.pack(value.real, value.imag))
        elif isinstance(value, str):
            put(b"s" + _text_bytes(str(value)))
        elif isinstance(value, np.ndarray):
            self._add_array(value)
        elif isinstance(value, (list, tuple)):
            self._add_sequence(value, depth)
        elif isinstance(value, dict):
            self._add_dict(value, depth)
        elif isinstance(value, np.random.Generator):
            self.generators += 1
            if self.generators > MAX_GENERATORS:
                raise Unsendable(f"more than {MAX_GENERATORS} Generators in one answer")
            put(_generator_bytes(value))
        elif callable(value) and self.register_callable is not None:
            put(b"f" + U32.pack(self.register_callable(value)))
        else:
            raise Unsendable(f"a value of type {type(value).__name__} cannot be graded")

    def _add_array(self, array: np.ndarray) -> None:
        array = np.asarray(array)
        if not array.dtype.isnative:
            array = array.astype(array.dtype.newbyteorder("="))
        code = _dtype_code(array.dtype)
        self.size += array.nbytes
        if self.size > MAX_MESSAGE:
            raise Unsendable(f"arrays of {self.size} bytes are too large (at most {MAX_MESSAGE})")
        axes = sorted(range(array.ndim), key=lambda axis: -abs(array.strides[axis]))
        array = array.transpose(axes)
        head = struct.pack(f"<BB{array.ndim}B{array.ndim}Q", code, array.ndim, *axes, *array.shape)
        self.parts += [b"a" + head, array.tobytes("C")]

    def _add_sequence(self, sequence: list[Any] | tuple[Any, ...], depth: int) -> None:
        if isinstance(sequence, tuple) and hasattr(type(sequence), "_fields"):
            self.parts.append(b"n" + _text_bytes(type(sequence).__name__) + U32.pack(len(sequence)))
        else:
            self.parts.append((b"l" if isinstance(sequence, list) else b"t") + U32.pack(len(sequence)))
        for value in sequence:
            self.add(value, depth + 1)

    def _add_dict(self, dictionary: dict[Any, Any], depth: int) -> None:
        if len(dictionary) > MAX_KEYS:
            raise Unsendable(f"a dict of {len(dictionary)} keys is too large (at most {MAX_KEYS})")
        self.parts.append(b"m" + U32.pack(len(dictionary)))
        for key, value in dictionary.items():
            if not _is_key(key):
                raise Unsendable(f"a dict with keys such as this {type(key).__name__} cannot be graded")
            self.add(key, depth + 1)
            self.add(value, depth + 1)


def _is_key(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, int) and value in KEY_RANGE)


def _dtype_code(dtype: np.dtype) -> int:
    code = DTYPE_CODES.get(dtype)
    if code is None:
        raise Unsendable(f"an array of dtype {dtype} cannot be graded")
    return code


def _int_bytes(value: int) -> bytes:
    length = (value.bit_length() + 8) // 8
    if length > MAX_INT_BYTES:
        raise Unsendable(f"an integer of {value.bit_length()} bits is too large")
    return b"i" + bytes([length]) + value.to_bytes(length, "little", signed=True)


def _text_bytes(text: str) -> bytes:
    data = text.encode("utf-8", "backslashreplace")
    if len(data) > MAX_TEXT:
        raise Unsendable(f"a text of {len(data)} bytes is too long (at most {MAX_TEXT})")
    return U32.pack(len(data)) + data


def _generator_bytes(generator: np.random.Generator) -> bytes:
    state = generator.bit_generator.state
    if state["bit_generator"] != "PCG64":
        raise Unsendable(f"a Generator over {state['bit_generator']} cannot be graded; use default_rng")
    words = state["state"]["state"].to_bytes(16, "little") + state["state"]["inc"].to_bytes(16, "little")
    return b"g" + words + struct.pack("<BI", state["has_uint32"], state["uinteger"])


# ------------------------------------------------------------------------------------------ decoding


def decode(
    data: bytes,
    named_tuples: Iterable[type[Any]] = (),
    resolve_callable: Callable[[int], Any] | None = None,
) -> Any:
    """Decode one value from exactly these bytes.

    Args:
        data: Bytes as `encode` makes them, or as an attacker does.
        named_tuples: NamedTuple classes that may be rebuilt by name; others arrive as plain tuples.
        resolve_callable: Function from a handle to a callable, or None where callables may not arrive.

    Returns:
        The value. Arrays own their memory and are writable.

    Raises:
        ProtocolError: If the bytes are anything else than one value.
    """
    return decode_and_count(data, named_tuples, resolve_callable)[0]


def decode_and_count(
    data: bytes,
    named_tuples: Iterable[type[Any]] = (),
    resolve_callable: Callable[[int], Any] | None = None,
) -> tuple[Any, int]:
    """Decode as `decode` does; return the value, and how many values it is made of, itself included."""
    decoder = _Decoder(data, {kind.__name__: kind for kind in named_tuples}, resolve_callable)
    value = decoder.value(0)
    if decoder.position != len(data):
        raise ProtocolError(f"{len(data) - decoder.position} bytes left over")
    return value, decoder.count


class _Decoder:
    def __init__(
        self,
        data: bytes,
        named_tuples: dict[str, type[Any]],
        resolve_callable: Callable[[int], Any] | None,
    ) -> None:
        self.data = memoryview(data)
        self.position = 0
        self.count = 0
        self.generators = 0
        self.named_tuples = named_tuples
        self.resolve_callable = resolve_callable

    def take(self, length: int) -> memoryview:
        """Return the next `length` bytes."""
        end = self.position + length
        if end > len(self.data):
            raise ProtocolError("the message is cut short")
        piece = self.data[self.position : end]
        self.position = end
        return piece

    def number(self) -> int:
        """Return the next u32."""
        return U32.unpack(self.take(4))[0]

    def value(self, depth: int) -> Any:
        """Return the next value."""
        self.count += 1
        if depth > MAX_DEPTH:
            raise ProtocolError(f"values are nested more than {MAX_DEPTH} deep")
        if self.count > MAX_VALUES:
            raise ProtocolError(f"more than {MAX_VALUES} values in one message")
        tag = bytes(self.take(1))
        read = self.READERS.get(tag)
        if read is None:
            raise ProtocolError(f"unknown tag {tag!r}")
        return read(self, depth)

    def _int(self, depth: int) -> int:
        length = self.take(1)[0]
        if length > MAX_INT_BYTES:
            raise ProtocolError("an integer is too large")
        return int.from_bytes(self.take(length), "little", signed=True)

    def _text(self, depth: int = 0) -> str:
        length = self.number()
        if length > MAX_TEXT:
            raise ProtocolError("a text is too long")
        try:
            return bytes(self.take(length)).decode("utf-8")
        except UnicodeDecodeError as error:
            raise ProtocolError("a text is not UTF-8") from error

    def _list(self, depth: int) -> list[Any]:
        # Every value takes a byte at least, so a lying count meets the end of the data, not our memory.
        return [self.value(depth + 1) for _ in range(self.number())]

    def _tuple(self, depth: int) -> tuple[Any, ...]:
        return tuple(self._list(depth))

    def _named_tuple(self, depth: int) -> tuple[Any, ...]:
        kind = self.named_tuples.get(self._text())
        values = self._list(depth)
        return kind(*values) if kind is not None and len(kind._fields) == len(values) else tuple(values)

    def _dict(self, depth: int) -> dict[str | int, Any]:
        result = {}
        count = self.number()
        if count > MAX_KEYS:
            raise ProtocolError(f"a dict of {count} keys")
        for _ in range(count):
            key = self.value(depth + 1)
            if not _is_key(key):
                raise ProtocolError("a dict key is neither str nor int64")
            result[key] = self.value(depth + 1)
        return result

    def _dtype(self) -> np.dtype:
        code = self.take(1)[0]
        if code >= len(DTYPES):
            raise ProtocolError(f"unknown dtype {code}")
        return DTYPES[code]

    def _array(self, depth: int) -> np.ndarray:
        dtype = self._dtype()
        ndim = self.take(1)[0]
        if ndim > 32:
            raise ProtocolError(f"an array of {ndim} dimensions")
        axes = list(self.take(ndim))
        if sorted(axes) != list(range(ndim)):
            raise ProtocolError("an array's axes are no permutation")
        shape = struct.unpack(f"<{ndim}Q", self.take(8 * ndim))
        # A zero among the lengths must not hide others that no memory could hold.
        if any(length > MAX_MESSAGE for length in shape):
            raise ProtocolError("an array is too large")
        size = dtype.itemsize
        for length in shape:
            size *= length
        raw = self.take(size)
        if dtype == np.bool_ and size and max(raw) > 1:
            raise ProtocolError("a bool that is neither 0 nor 1")
        try:
            memory = np.frombuffer(raw, dtype).reshape(shape).copy()
            return memory.transpose([axes.index(axis) for axis in range(ndim)])
        except ValueError as error:
            raise ProtocolError("an array has an impossible shape") from error

    def _scalar(self, depth: int) -> Any:
        dtype = self._dtype()
        raw = self.take(dtype.itemsize)
        if dtype == np.bool_ and raw[0] > 1:
            raise ProtocolError("a bool that is neither 0 nor 1")
        return np.frombuffer(raw, dtype)[0]

    def _generator(self, depth: int) -> np.random.Generator:
        self.generators += 1
        if self.generators > MAX_GENERATORS:
            raise ProtocolError(f"more than {MAX_GENERATORS} Generators in one message")
        state, inc = (int.from_bytes(self.take(16), "little") for _ in range(2))
        has_uint32, uinteger = struct.unpack("<BI", self.take(5))
        if has_uint32 > 1 or inc % 2 == 0:
            raise ProtocolError("an impossible state of a Generator")
        bits = np.random.PCG64(0)
        bits.state = {
            "bit_generator": "PCG64",
            "state": {"state": state, "inc": inc},
            "has_uint32": has_uint32,
            "uinteger": uinteger,
        }
        return np.random.Generator(bits)

    def _callable(self, depth: int) -> Any:
        if self.resolve_callable is None:
            raise ProtocolError("a callable came from where none may come")
        return self.resolve_callable(self.number())

    READERS: ClassVar[dict[bytes, Any]] = {
        b"N": lambda self, depth: None,
        b"T": lambda self, depth: True,
        b"F": lambda self, depth: False,
        b"i": _int,
        b"d": lambda self, depth: F64.unpack(self.take(8))[0],
        b"c": lambda self, depth: complex(*COMPLEX.unpack(self.take(16))),
        b"s": _text,
        b"l": _list,
        b"t": _tuple,
        b"n": _named_tuple,
        b"m": _dict,
        b"a": _array,
        b"z": _scalar,
        b"g": _generator,
        b"f": _callable,
    }


def named_tuples_of(package: str) -> list[type[Any]]:
    """Return the NamedTuple classes in the imported modules of a package."""
    return [
        value
        for name, module in sorted(sys.modules.items())
        if name.partition(".")[0] == package and module is not None
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, tuple) and hasattr(value, "_fields")
    ]


# ------------------------------------------------------------------------------------------ messages


class Channel:
    """Messages over one connected stream socket.

    Args:
        connection: A `socket.socket`; the channel reads and writes it and never closes it.
        named_tuples: See `decode`.
        resolve_callable: See `decode`.

    Attributes:
        last_length: Bytes of the message that came last.
        last_count: Values in it.
    """

    def __init__(
        self,
        connection: Any,
        named_tuples: Iterable[type[Any]] = (),
        resolve_callable: Callable[[int], Any] | None = None,
    ) -> None:
        self.connection = connection
        self._received = bytearray()
        self.last_length = self.last_count = 0
        self.named_tuples = named_tuples
        self.resolve_callable = resolve_callable

    def send(
        self,
        kind: int,
        number: int,
        value: Any,
        *,
        register_callable: Callable[[Callable[..., Any]], int] | None = None,
        deadline: float | None = None,
    ) -> None:
        """Send one message; raises `Unsendable`, `Closed` or `TimeIsUp`."""
        body = encode(value, register_callable)
        self.connection.settimeout(_remaining(deadline))
        try:
            self.connection.sendall(HEADER.pack(kind, number, len(body)) + body)
        except TimeoutError as error:
            raise TimeIsUp from error
        except OSError as error:
            raise Closed from error

    def receive(self, deadline: float | None = None) -> tuple[int, int, Any]:
        """Wait for one message and return `(kind, number, value)`.

        Raises:
            ProtocolError: If it is malformed.
            Closed: If the other side has gone.
            TimeIsUp: If it is not complete at `deadline` (a time of `time.monotonic`).
        """
        kind, number, length = HEADER.unpack(self._take(HEADER.size, deadline))
        if length > MAX_MESSAGE + 1024:
            raise ProtocolError(f"a message of {length} bytes is announced")
        body = self._take(length, deadline)
        value, self.last_count = decode_and_count(body, self.named_tuples, self.resolve_callable)
        self.last_length = length
        return kind, number, value

    def _take(self, length: int, deadline: float | None) -> bytes:
        """Return the next `length` bytes; memory grows with what has come, not with what was announced."""
        while len(self._received) < length:
            self.connection.settimeout(_remaining(deadline))
            try:
                piece = self.connection.recv(MAX_PIECE)
            except TimeoutError as error:
                raise TimeIsUp from error
            except OSError as error:
                raise Closed from error
            if not piece:
                raise Closed
            self._received += piece
        taken = bytes(self._received[:length])
        del self._received[:length]
        return taken


def _remaining(deadline: float | None) -> float | None:
    if deadline is None:
        return None
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise TimeIsUp
    return remaining
