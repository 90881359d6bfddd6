"""The driver's link: opens one tour without an account, until two days after it."""

from datetime import date, timedelta

from app.signed_links import absolute, read_token, same_nonce, token_of
from loans.queries.tour_heads import TourHead

PURPOSE = "driver"
LASTS = timedelta(days=2)
"""So long after the tour's day its link still opens."""


def driver_address(head: TourHead) -> str:
    """Return the absolute address of the driver's page; empty once the link was ended."""
    if head.nonce is None:
        return ""
    return absolute(f"/drive/{token_of(PURPOSE, head.id, head.nonce)}")


def tour_of_token(token: str) -> tuple[int, str] | None:
    """Return the tour and the nonce that a link names; None if we never signed it."""
    return read_token(PURPOSE, token)


def opens(head: TourHead, nonce: str, today: date) -> bool:
    """Say whether a link with this nonce opens the tour today."""
    return same_nonce(head.nonce, nonce) and today <= head.day + LASTS
