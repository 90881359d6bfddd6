"""Whose calendar a page is about: the branches within reach, and the one its address names."""

from dataclasses import dataclass
from datetime import date

from flask import url_for
from werkzeug.exceptions import NotFound

from app.office.pages import named_among, office_scope
from app.sessions import session
from schools.queries.centres import BranchFacts, branches_within


@dataclass(frozen=True, slots=True)
class Places:
    """The branches a visitor may edit the calendar of, and the one this page is about."""

    offered: tuple[BranchFacts, ...]
    chosen: BranchFacts

    @property
    def siblings(self) -> dict[int, str]:
        """The branches of the chosen one's centre, by key."""
        here = self.chosen.centre_id
        return {each.id: each.name for each in self.offered if each.centre_id == here}


def places_in_reach() -> Places | None:
    """Return the branches within reach and the one `?branch=` names; None where there is none.

    Raises:
        NotFound: the address names a branch that is not within reach.
    """
    offered = branches_within(session(), office_scope())
    chosen = named_among(offered, "branch")
    return None if chosen is None else Places(offered, chosen)


def places_of_centre(centre_id: int) -> dict[int, str]:
    """Return the branches of a centre within reach, by key.

    Raises:
        NotFound: the centre is not within reach.
    """
    found = branches_within(session(), office_scope())
    own = {each.id: each.name for each in found if each.centre_id == centre_id}
    if not own:
        raise NotFound
    return own


def address_of(centre_id: int, branch_id: int | None, day: date | None = None) -> str:
    """Return the address of a branch's calendar at a day's month; the centre's first without."""
    branch = branch_id or next(iter(places_of_centre(centre_id)))
    month = None if day is None else f"{day:%Y-%m}"
    return url_for("office_calendar.overview", branch=branch, month=month)
