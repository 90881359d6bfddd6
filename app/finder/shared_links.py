"""Links by which a list is read without an account: signed, and dead once another is made."""

from app.signed_links import absolute, read_token, same_nonce, token_of
from catalogue.models.title_list import TitleList

PURPOSE = "shared-list"
"""Keeps what is signed here apart from whatever else the secret signs."""


def shared_address(found: TitleList) -> str:
    """Return the absolute address by which a list is read; empty while it is not shared."""
    if found.share_nonce is None:
        return ""
    return absolute(f"/lists/shared/{token_of(PURPOSE, found.id, found.share_nonce)}")


def list_of_token(token: str) -> tuple[int, str] | None:
    """Return the list and the nonce that a link names; None if we never signed it."""
    return read_token(PURPOSE, token)


def opens(found: TitleList, nonce: str) -> bool:
    """Say whether a link with this nonce still opens the list."""
    return same_nonce(found.share_nonce, nonce)
