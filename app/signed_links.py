"""Links that open one thing without an account: signed, and dead once its nonce changes."""

import hashlib
import hmac
import re

from flask import current_app

TOKEN = re.compile(r"([1-9][0-9]{0,9})-([0-9a-f]{32})-([0-9a-f]{32})", re.ASCII)
SIGNATURE_DIGITS = 32
"""Hexadecimal digits of a signature: 128 bits."""


def signed_token(purpose: bytes, thing_id: int, nonce: str) -> str:
    """Return what stands in the address of a thing.

    Args:
        purpose: keeps what is signed for one kind of page apart from all else the secret signs.
        thing_id: its key.
        nonce: 32 hexadecimal digits kept with it.
    """
    return f"{thing_id}-{nonce}-{_signature(purpose, thing_id, nonce)}"


def read_token(purpose: bytes, token: str) -> tuple[int, str] | None:
    """Return the key and the nonce that a token names; None if we never signed it for that."""
    parts = TOKEN.fullmatch(token)
    if parts is None:
        return None
    thing_id, nonce = int(parts[1]), parts[2]
    if not hmac.compare_digest(_signature(purpose, thing_id, nonce), parts[3]):
        return None
    return thing_id, nonce


def is_current(stored: str | None, nonce: str) -> bool:
    """Say whether a token's nonce still is the one kept with its thing."""
    return hmac.compare_digest(stored or "", nonce)


def _signature(purpose: bytes, thing_id: int, nonce: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    signed = hmac.new(key, purpose + f"{thing_id}:{nonce}".encode(), hashlib.sha256)
    return signed.hexdigest()[:SIGNATURE_DIGITS]
