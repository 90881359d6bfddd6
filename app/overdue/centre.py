"""Which centre's loans are looked at: the visitor's own, or one of several."""

from dataclasses import dataclass

from flask import request
from werkzeug.exceptions import NotFound

from app.sessions import session
from app.visitor import actor
from schools.models.media_centre import MediaCentre
from schools.queries.centres import centres_within
from schools.rules.roles import Right, Scope

MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Centres:
    """The centre chosen, and those that could be."""

    chosen: MediaCentre
    offered: tuple[MediaCentre, ...]

    @property
    def asked(self) -> int | None:
        """The centre as addresses name it; None where there is no choice."""
        return self.chosen.id if len(self.offered) > 1 else None


def lending_scope() -> Scope:
    """Return how far the visitor's desk reaches."""
    return actor().scope(Right.LEND)


def centres() -> Centres:
    """Return the centre that the address or the form names, or else the first.

    Raises:
        NotFound: it names one out of reach.
    """
    offered = tuple(centres_within(session(), lending_scope()))
    asked = number(request.form.get("centre") or request.args.get("centre") or "")
    for centre in offered:
        if asked in {None, centre.id}:
            return Centres(centre, offered)
    raise NotFound


def number(text: str) -> int | None:
    """Return a number of at most nine digits; None for anything else."""
    fits = text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
    return int(text) if fits else None
