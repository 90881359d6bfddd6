"""What could be had instead of a wish that was refused: fewer, other days, something similar."""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Row, select

from app.dates import language
from app.navigation import has_page
from app.search_engine import search_engine
from app.sessions import session
from catalogue.models.holding import BookedBy, Holding
from catalogue.models.title import Title
from loans.queries.availability import HoldingFacts, stocks_of
from loans.queries.preview import LineAnswer
from loans.queries.viewpoint import Viewpoint
from loans.rules.availability import Wish, availability, check_wish
from schools.rules.periods import Period
from schools.vocabularies.media_types import media_type
from search_index.errors import SearchIndexError

log = logging.getLogger(__name__)

MOST_ASKED = 12
"""Similar titles whose availability is looked at."""

MOST_SHOWN = 3
WAITING_LIST = "/holds/new"
"""The page on which somebody waits for what is not free; shown as soon as it is there."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A line of a wish that was refused, and where the visitor stands.

    Attributes:
        holding_id: what was wanted.
        title_id: its title.
        quantity: how many.
        period: for which days.
        person_id: for whom staff reserve; None for oneself.
        back: a path on this site, or empty.
        place_id: the pick-up place chosen; None for the first.
        institution_id: the school acted for; None for the first.
    """

    holding_id: int
    title_id: int
    quantity: int
    period: Period
    person_id: int | None = None
    back: str = ""
    place_id: int | None = None
    institution_id: int | None = None


@dataclass(frozen=True, slots=True)
class Similar:
    """A title like the one wanted, free for the wish; `free` of it on every day."""

    name: str
    address: str
    kind: str
    type_name: str
    free: int


@dataclass(frozen=True, slots=True)
class Offers:
    """What could be had instead.

    Attributes:
        free: how many could be had on the days wished; fewer than wanted.
        missing: how many would still be lacking then.
        later: the next days on which all could be had; None if none were found.
        later_address: where those are reserved.
        similar: titles that could be had as wished.
        waiting: where to wait for what is missing; empty while there is no waiting list.
    """

    free: int
    missing: int
    later: Period | None
    later_address: str
    similar: tuple[Similar, ...]
    waiting: str


def offers_for(answer: LineAnswer, wanted: Wanted, similar: tuple[Similar, ...] = ()) -> Offers:
    """Return what could be had instead of a line; `similar` as `similar_free` found them.

    Source:
        docs/rules.md, Lending 5.2 and 5.5.
    """
    free = min(answer.free, wanted.quantity)
    later = answer.next_free
    return Offers(
        free=free,
        missing=wanted.quantity - free,
        later=later,
        later_address="" if later is None else reserve_address(wanted, later, wanted.quantity),
        similar=similar,
        waiting=waiting_address(wanted, wanted.quantity - free),
    )


def reserve_address(wanted: Wanted, period: Period, quantity: int) -> str:
    """Return the page on which the same thing is reserved for other days."""
    asked: dict[str, Any] = {"holding": wanted.holding_id, "from": period.first}
    asked |= {"until": period.last, "quantity": quantity}
    more = {
        "person": wanted.person_id,
        "institution": wanted.institution_id,
        "place": wanted.place_id,
        "back": wanted.back,
    }
    asked |= {name: value for name, value in more.items() if value}
    return f"/bookings/new?{urlencode(asked)}"


def waiting_address(wanted: Wanted, quantity: int) -> str:
    """Return the page on which somebody waits for so many; empty while there is none."""
    if not has_page(WAITING_LIST) or quantity < 1:
        return ""
    asked: dict[str, Any] = {"holding": wanted.holding_id, "from": wanted.period.first}
    asked |= {"until": wanted.period.last, "quantity": quantity}
    if wanted.person_id is not None:
        asked["person"] = wanted.person_id
    return f"{WAITING_LIST}?{urlencode(asked)}"


def similar_free(wanted: Wanted, view: Viewpoint) -> tuple[Similar, ...]:
    """Return titles like one at the same centre that could be had as wished, likest first.

    Three statements, two more where copies are booked by number; none where the index is away.
    """
    try:
        likest = search_engine().similar(wanted.title_id, frozenset({view.centre_id}), MOST_ASKED)
    except SearchIndexError as error:
        log.warning("no similar titles: %s", error)
        return ()
    rows = _offered(view, likest)
    found = _free(rows, wanted, view)
    order = {title_id: place for place, title_id in enumerate(likest)}
    ordered = sorted((row for row in rows if row.id in found), key=lambda row: order[row.title_id])
    return tuple(_similar(row, wanted, found[row.id]) for row in ordered[:MOST_SHOWN])


def _offered(view: Viewpoint, title_ids: Sequence[int]) -> list[Row[Any]]:
    if not title_ids:
        return []
    by_number = (Holding.booked_by == BookedBy.NUMBER).label("by_number")
    query = (
        select(
            Holding.id,
            Holding.title_id,
            Holding.lendable,
            by_number,
            Title.name,
            Title.media_type,
        )
        .join(Title, Title.id == Holding.title_id)
        .where(Holding.title_id.in_(title_ids), Holding.centre_id == view.centre_id)
        .where(Holding.visible)
    )
    return list(session().execute(query))


def _free(rows: Iterable[Row[Any]], wanted: Wanted, view: Viewpoint) -> dict[int, int]:
    """Return how many of each holding are free, of those that could be had as wished."""
    facts = [
        HoldingFacts(
            row.id,
            row.title_id,
            view.centre_id,
            row.lendable,
            row.media_type,
            by_number=bool(row.by_number),
        )
        for row in rows
    ]
    if not facts:
        return {}
    stocks = stocks_of(session(), view, facts, wanted.period)
    seen = availability(stocks, view.rules_place(), wanted.period, today=view.today)
    wish = Wish(period=wanted.period, quantity=wanted.quantity)
    return {
        key: each.free_for(wanted.period)
        for key, each in seen.items()
        if not check_wish(each, wish)
    }


def _similar(row: Row[Any], wanted: Wanted, free: int) -> Similar:
    kind = media_type(row.media_type)
    other = replace(wanted, holding_id=row.id, title_id=row.title_id)
    return Similar(
        name=row.name,
        address=reserve_address(other, wanted.period, wanted.quantity),
        kind=kind.kind.value,
        type_name=kind.name(language()),
        free=free,
    )
