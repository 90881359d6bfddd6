"""Random texts that open something, and the hashes by which the store knows them."""

import hashlib


def hash_of(token: str) -> str:
    """Return the SHA-256 of a token, as hexadecimal text."""
    return hashlib.sha256(token.encode()).hexdigest()
