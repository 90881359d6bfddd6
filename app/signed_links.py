"""Links that open one thing without an account: signed over its key and a nonce.

Another nonce kills the link at once; the signature keeps guesses from the store.
"""

import hmac
import re

from app.settings import current_settings
from app.signing import SIGNATURE_DIGITS, is_signed, signature

TOKEN = re.compile(
    rf"([1-9][0-9]{{0,9}})-([0-9a-f]{{32}})-([0-9a-f]{{{SIGNATURE_DIGITS}}})", re.ASCII
)


def token_of(purpose: str, key: int, nonce: str) -> str:
    """Return the secret part of a link.

    Args:
        purpose: keeps links of one sort apart from whatever else the secret signs.
        key: of what it opens.
        nonce: 32 hexadecimal digits that are stored with it.
    """
    return f"{key}-{nonce}-{signature(purpose, f'{key}:{nonce}')}"


def read_token(purpose: str, token: str) -> tuple[int, str] | None:
    """Return the key and the nonce that a link names; None if we never signed it."""
    parts = TOKEN.fullmatch(token)
    if parts is None:
        return None
    key, nonce = int(parts[1]), parts[2]
    return (key, nonce) if is_signed(purpose, f"{key}:{nonce}", parts[3]) else None


def same_nonce(stored: str | None, given: str) -> bool:
    """Say whether a link with this nonce still opens what holds the stored one."""
    return hmac.compare_digest(stored or "", given)


def absolute(path: str) -> str:
    """Return the address that others open, whatever host this request named."""
    return current_settings().public_url.rstrip("/") + path
