"""Links by which a list is read without an account: signed, and dead once another is made."""

import hmac
import re

from app.settings import current_settings
from app.signing import SIGNATURE_DIGITS, is_signed, signature
from catalogue.models.title_list import TitleList

PURPOSE = "shared-list"
"""Keeps what is signed here apart from whatever else the secret signs."""

TOKEN = re.compile(
    rf"([1-9][0-9]{{0,9}})-([0-9a-f]{{32}})-([0-9a-f]{{{SIGNATURE_DIGITS}}})", re.ASCII
)


def shared_address(found: TitleList) -> str:
    """Return the absolute address by which a list is read; empty while it is not shared."""
    if found.share_nonce is None:
        return ""
    token = f"{found.id}-{found.share_nonce}-{_signed(found.id, found.share_nonce)}"
    return f"{current_settings().public_url.rstrip('/')}/lists/shared/{token}"


def list_of_token(token: str) -> tuple[int, str] | None:
    """Return the list and the nonce that a link names; None if we never signed it."""
    parts = TOKEN.fullmatch(token)
    if parts is None:
        return None
    list_id, nonce = int(parts[1]), parts[2]
    if not is_signed(PURPOSE, f"{list_id}:{nonce}", parts[3]):
        return None
    return list_id, nonce


def opens(found: TitleList, nonce: str) -> bool:
    """Say whether a link with this nonce still opens the list."""
    return hmac.compare_digest(found.share_nonce or "", nonce)


def _signed(list_id: int, nonce: str) -> str:
    return signature(PURPOSE, f"{list_id}:{nonce}")
