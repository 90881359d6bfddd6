"""Which bookings have something out, and from when on it is due."""

from collections.abc import Collection
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, case, func, select
from sqlalchemy.orm import Session

from loans.models.booking import BookingLine
from loans.models.loan import Loan


def still_out(session: Session, booking_ids: Collection[int]) -> dict[int, date | None]:
    """Return the bookings of which something is out, each with the earliest day it is due.

    What is back and only waits to be looked over is out, but due on no day any more.

    One statement, whatever their number.

    Source:
        docs/rules.md, Lending 5.1 and 8.4.
    """
    rows = session.execute(_earliest_due(), {"booking_ids": list(booking_ids)})
    return {row.booking_id: row.due_on for row in rows}


@cache
def _earliest_due() -> Select[*tuple[Any, ...]]:
    """Build the statement once: building it costs more than asking."""
    to_come_back = case((Loan.received_on.is_(None), Loan.due_on))
    return (
        select(BookingLine.booking_id, func.min(to_come_back).label("due_on"))
        .join(Loan, Loan.line_id == BookingLine.id)
        .where(BookingLine.booking_id.in_(bindparam("booking_ids", expanding=True)))
        .where(Loan.returned_on.is_(None))
        .group_by(BookingLine.booking_id)
    )
