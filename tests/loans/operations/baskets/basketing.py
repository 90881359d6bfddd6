"""Days, acts and purposes of the baskets that are tested here."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from database.unit_of_work import unit_of_work
from loans.errors import RefusedError
from loans.models.basket import BasketLine
from loans.models.purpose import OtherReason
from loans.operations.basket import (
    Kept,
)
from loans.operations.book import book
from loans.operations.submit_basket import Submitted
from loans.queries.wishes import BookingWish, one_line
from schools.rules.periods import Period
from schools.rules.roles import Role
from tests.make import MONDAY, NOW, Make

DAYS = Period(MONDAY + timedelta(days=8), MONDAY + timedelta(days=10))
LATER = Period(MONDAY + timedelta(days=15), MONDAY + timedelta(days=17))

Puts = Callable[..., tuple[Kept, ...]]
Submits = Callable[..., Submitted]
Shown = Callable[[], int]


def purposed(session: Session) -> None:
    """Name a purpose for every line."""
    for line in session.scalars(select(BasketLine)):
        line.reason = OtherReason.TEST
    session.commit()


def book_other(session: Session, make: Make, holding_id: int, at: datetime = NOW) -> list[str]:
    """Let a colleague try to book one; the codes of every reason against it."""
    by = make.actor(Role.TEACHER)
    wish = BookingWish(
        lines=one_line(holding_id),
        person_id=by.person_id or 0,
        period=DAYS,
        reason=OtherReason.TEST,
    )
    try:
        with unit_of_work(session):
            book(session, wish, by, MONDAY, at)
    except RefusedError as refused:
        return [str(code) for code in refused.codes]
    return []


def lines_of(done: Submitted) -> list[Any]:
    return [line for each in done.made if each.booking for line in each.booking.lines]
