"""The numbers that a class is graded with: drawn from a secret, the same for everyone in a round."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from pathlib import Path

import numpy as np

from autograde_tests.engine.exercises import Exercise
from autograder.errors import SecretError

VARIABLE = "AUTOGRADER_SECRET"
ROUND_VARIABLE = "AUTOGRADER_ROUND"
FILE = ".autograder-secret"


def secret(directory: str | Path, *, make: bool = True) -> bytes:
    """Return the secret of a course, making it once.

    Args:
        directory: Where the gradebook lies; used unless `AUTOGRADER_SECRET` is set.
        make: Make it where there is none.

    Returns:
        Bytes; empty where there is no secret and none is made.

    Raises:
        SecretError: If it can be neither read nor made.
    """
    given = os.environ.get(VARIABLE)
    if given:
        return given.encode()
    path = Path(directory) / FILE
    if not make and not path.exists():
        return b""
    try:
        # Written under another name first: whoever sees the file sees all of it.
        draft = path.with_name(f"{FILE}.{os.getpid()}.{secrets.token_hex(4)}")
        if not path.exists():
            descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "w") as file:
                file.write(secrets.token_hex(32))
            try:
                os.link(draft, path)
            except FileExistsError:
                pass
            finally:
                os.unlink(draft)
        return path.read_text().strip().encode()
    except OSError as error:
        raise SecretError(f"{path} cannot be used ({error.strerror}); set {VARIABLE} instead.") from error


def fingerprint(key: bytes) -> str:
    """Return what changes when the numbers do: a digest of secret and round, which gives neither away."""
    message = f"fingerprint\0{os.environ.get(ROUND_VARIABLE, '1')}".encode()
    return hmac.new(key, message, hashlib.sha256).hexdigest() if key else ""


def numbers(
    key: bytes, exercise: Exercise, round_: str | None = None
) -> Callable[[str], np.random.Generator]:
    """Return the function from a claim's name to the Generator that it draws from.

    Args:
        key: The course's secret.
        exercise: An `Exercise` of the engine.
        round_: Which round of grading; by default `AUTOGRADER_ROUND`, or "1".

    Returns:
        A function; equal arguments give equal numbers, and no numbers can be foretold without the key.
    """
    round_ = round_ or os.environ.get(ROUND_VARIABLE, "1")

    def rng_for(claim: str) -> np.random.Generator:
        message = "\0".join((exercise.lesson, exercise.name, claim, round_)).encode()
        digest = hmac.new(key, message, hashlib.sha256).digest()
        return np.random.default_rng(int.from_bytes(digest, "little"))

    return rng_for
