"""Which titles of a whole catalogue cannot be had in a period: sums first, days only in doubt.

The sums tell two bounds: if even all that may be away leaves enough, there is enough; if what is
sure to be away on one day of the wish leaves too little, there is too little. Only what lies
between is looked at day by day, with the one function of availability.
"""

from collections import Counter
from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import CompoundSelect, Select, bindparam, func, literal, select, union_all
from sqlalchemy.orm import Session

from catalogue.models.holding import BookedBy, Holding
from loans.queries.availability import amounts, seen, seen_values
from loans.queries.commitment_sums import sums
from loans.queries.committing import bounds_of, values_of
from loans.queries.viewpoint import Viewpoint
from loans.rules.availability import Wish


def unavailable_titles(session: Session, views: Sequence[Viewpoint], wish: Wish) -> frozenset[int]:
    """Return the titles of which no centre has so many free on every day of the wish.

    One statement a centre, and two more where days must be looked at, two again where copies are
    booked by number; one more where there are several centres. Titles without holdings (online
    media) are never among them.

    Args:
        session: the session.
        views: one a centre: for whom, where and when; hidden holdings count for those only who
            may see them.
        wish: period and quantity.

    Source:
        docs/rules.md, Lending 4.6.
    """
    short: dict[int, int] = {}
    for view in views:
        short |= _short_holdings(session, view, wish)
    titles = Counter(short.values())
    if len(views) > 1:
        offered = _offers(session, views, titles)
        return frozenset(title for title, number in titles.items() if number == offered[title])
    return frozenset(titles)


def _short_holdings(session: Session, view: Viewpoint, wish: Wish) -> dict[int, int]:
    """Return holding and title of each holding of the centre with too little."""
    asked = values_of(view, bounds_of(view, wish.period)) | seen_values(view)
    first, last = (max(day, view.today) for day in (wish.period.first, wish.period.last))
    asked |= {"quantity": wish.quantity, "on_first": first, "on_last": last}
    rows = session.execute(_short(), asked).all()
    by_number = {row.id for row in rows if row.by_number}
    past = wish.period.last < view.today  # then all copies could be had
    in_doubt = {
        holding_id
        for holding_id, _, _, lendable, *sure in rows
        if past or lendable - max(sure) >= wish.quantity
    }
    in_doubt |= by_number
    swept = amounts(session, view, in_doubt, wish.period) if in_doubt else {}
    free = {key for key, each in swept.items() if each.free_for(wish.period) >= wish.quantity}
    return {holding_id: title_id for holding_id, title_id, *_ in rows if holding_id not in free}


@cache
def _short() -> CompoundSelect[*tuple[Any, ...]]:
    """Select holdings that may have too little, with what surely is away on days of the wish.

    Those that never have enough, and those that have too little left: most holdings of a
    catalogue are neither, and are not looked at. One that is both comes twice.
    """
    away = sums().subquery()
    by_number = (Holding.booked_by == BookedBy.NUMBER).label("by_number")
    facts = (Holding.id, Holding.title_id, by_number, Holding.lendable)
    none = (literal(0).label(name) for name in ("on_first", "on_last", "largest"))
    never = select(*facts, *none).where(seen(), Holding.lendable < bindparam("quantity"))
    left = (
        select(*facts, away.c.on_first, away.c.on_last, away.c.largest)
        .join(away, away.c.holding_id == Holding.id)
        .where(seen(), Holding.lendable - away.c.away < bindparam("quantity"))
    )
    return union_all(never, left)


def _offers(session: Session, views: Sequence[Viewpoint], titles: Counter[int]) -> Counter[int]:
    """Count the holdings of titles that are seen at these centres."""
    offered: Counter[int] = Counter()
    for view in views:
        rows = session.execute(_offered(), {"title_ids": list(titles)} | seen_values(view))
        offered.update(dict(rows.all()))
    return offered


@cache
def _offered() -> Select[*tuple[Any, ...]]:
    chosen = Holding.title_id.in_(bindparam("title_ids", expanding=True))
    return (
        select(Holding.title_id, func.count(Holding.id))
        .where(chosen, seen())
        .group_by(Holding.title_id)
    )
