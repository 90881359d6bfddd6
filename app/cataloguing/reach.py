"""Which centre staff work for, and how far their right to catalogue reaches."""

from flask import request
from flask import session as cookie
from werkzeug.exceptions import Forbidden

from app.visitor import actor
from schools.rules.roles import Right, Scope

CENTRE = "centre"
MOST_DIGITS = 6


def working_centre() -> int:
    """Return the centre whose stock is worked on: the one chosen by ``?centre=``, or the oldest.

    Whoever works for several keeps the choice for the time of the sign-in.

    Raises:
        Forbidden: the visitor catalogues for no centre.
    """
    ours = actor().scope(Right.CATALOGUE).centre_ids
    if not ours:
        raise Forbidden
    asked = _number(request.args.get(CENTRE, ""))
    if asked in ours and len(ours) > 1:
        cookie[CENTRE] = asked
    chosen = cookie.get(CENTRE)
    return chosen if chosen in ours else min(ours)


def working_scope() -> Scope:
    """Return the stock that is worked on: that of one centre."""
    return Scope(centre_ids=frozenset({working_centre()}))


def asked_page() -> int:
    """Return the page of a list that the address asks for, from 1; anything else is the first."""
    return max(1, _number(request.args.get("page", "")) or 1)


def _number(text: str) -> int | None:
    fits = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if fits else None
