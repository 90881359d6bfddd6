"""The reserve form and collective orders: which can be joined, and which one is."""

from collections.abc import Sequence

from app.sessions import session
from app.today import today
from loans.queries.borrowers import Borrower
from loans.queries.orders import OrderFacts, open_orders
from schools.rules.periods import Period
from schools.rules.roles import Scope

NO_ORDER = 0
"""Says that none is to be joined, though the days are those of one."""


def orders_for(members: Sequence[Borrower], centre_id: int) -> tuple[OrderFacts, ...]:
    """Return the open orders of the schools acted for, at one centre; one statement if any."""
    schools = frozenset(each.institution_id for each in members)
    if not schools:
        return ()
    found = open_orders(session(), Scope(institution_ids=schools), today())
    return tuple(each for each in found if each.centre_id == centre_id)


def joined(
    orders: Sequence[OrderFacts], asked: int | None, period: Period | None
) -> OrderFacts | None:
    """Return the order to join: as named, or the only one of exactly these days."""
    if asked is not None:
        return next((each for each in orders if each.id == asked), None)
    same = [each for each in orders if each.period == period]
    return same[0] if len(same) == 1 else None
