"""Signatures by which links that we give away are known again."""

import hashlib
import hmac

from flask import current_app

SIGNATURE_DIGITS = 32
"""Hexadecimal digits of a signature: 128 bits."""


def signature(purpose: str, text: str) -> str:
    """Return what only we can write under a text; another purpose has another signature."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    signed = hmac.new(key, f"medienbruecke:{purpose}:{text}".encode(), hashlib.sha256)
    return signed.hexdigest()[:SIGNATURE_DIGITS]


def is_signed(purpose: str, text: str, given: str) -> bool:
    """Say whether we wrote that signature under the text; takes as long for a wrong one."""
    return hmac.compare_digest(signature(purpose, text), given)
