"""Links that a class follows: signed, and dead with the code they stand for."""

import re
from datetime import date

from app.sessions import session
from app.settings import current_settings
from app.signing import SIGNATURE_DIGITS, is_signed, signature
from catalogue.models.class_code import ClassCode
from catalogue.queries.class_codes import ClassThing, thing_of_card

PURPOSE = "class-code"
"""Keeps what is signed here apart from whatever else the secret signs."""

TOKEN = re.compile(rf"([1-9][0-9]{{0,8}})-([0-9a-f]{{{SIGNATURE_DIGITS}}})", re.ASCII)


def card_address(found: ClassCode) -> str:
    """Return the absolute address behind a card's QR code."""
    return f"{entry_address()}/{card_token(found.id, found.code)}"


def entry_address() -> str:
    """Return the absolute address where a code is typed."""
    return f"{current_settings().public_url.rstrip('/')}/k"


def card_token(code_id: int, code: str) -> str:
    """Return the last part of a card's address; it does not tell the code."""
    return f"{code_id}-{signature(PURPOSE, f'{code_id}:{code}')}"


def thing_of_token(token: str, today: date) -> ClassThing | None:
    """Return what a card's address opens today; None if nothing, or if we never signed it."""
    parts = TOKEN.fullmatch(token)
    if parts is None:
        return None
    found = thing_of_card(session(), int(parts[1]), today)
    if found is None or not is_signed(PURPOSE, f"{found.code_id}:{found.code}", parts[2]):
        return None
    return found
