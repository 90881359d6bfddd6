"""Hashing of passwords and of what may not be stored as it is; never inside a unit of work."""

import hmac
from hashlib import sha256
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from app.settings import current_settings

HASHER = PasswordHasher(time_cost=3, memory_cost=32 * 1024, parallelism=1)
"""argon2id, 32 MiB, about a tenth of a second."""

HASH_OF_NOBODY = (
    "$argon2id$v=19$m=32768,t=3,p=1$JeitNcKJWSC8sASlTirW3g"
    "$A7lenNCTCzRnw5m+Mt65XtYm7Yj2bc52ufNHyOyS9UQ"
)
"""Made with the same parameters from bytes that nobody knows; compared where there is no hash."""

AT_ONCE = BoundedSemaphore(2)
"""So many are hashed at the same time in one process; the others wait, which bounds memory."""


def hash_password(password: str) -> str:
    """Return the argon2id hash of a password, with its parameters and a fresh salt."""
    with AT_ONCE:
        return HASHER.hash(password)


def is_password(password: str, password_hash: str | None) -> bool:
    """Say whether the hash is of that password.

    Without a hash it takes as long and says no, so that nobody learns which names exist.
    """
    with AT_ONCE:
        try:
            HASHER.verify(password_hash or HASH_OF_NOBODY, password)
        except (Argon2Error, InvalidHashError):
            return False
    return password_hash is not None


def is_outdated(password_hash: str) -> bool:
    """Say whether a hash was made with other parameters than today's."""
    return HASHER.check_needs_rehash(password_hash)


def keyed_hash(purpose: str, value: str) -> str:
    """Return a hash of a value that nobody can find by trying without our secret.

    Args:
        purpose: keeps equal values apart, as ``sign_in:address``.
        value: what must not be stored, as a network address.
    """
    key = current_settings().secret_key.encode()
    return hmac.new(key, f"{purpose}\x1f{value}".encode(), sha256).hexdigest()
