"""What the decision to lend a copy looks at, as read under its locks."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Boolean, ColumnElement, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy, Part
from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.models.booking import Booking, BookingLine
from loans.models.hold import Hold, HoldState
from loans.models.loan import Loan
from loans.queries.borrowers import types_of
from loans.rules.booking_states import COLLECTABLE
from loans.rules.calendar import OpeningCalendar
from loans.rules.commitments import Margins
from loans.rules.policy import Limit, LimitKind
from loans.rules.terms import UNLIMITED, Effective, LimitScope
from schools.models.media_centre import PickupPlace
from schools.rules.periods import Period

NO_BOOKING = 0
KEPT_FOR_SOMEBODY = (HoldState.SET_ASIDE, HoldState.IN_TRANSIT)


@dataclass(frozen=True, slots=True)
class Promise:
    """A line of the person's own booking that a copy would serve.

    Attributes:
        booking_id: the booking.
        line_id: the line.
        institution_id: for whom it was booked.
        period: the booked days.
        courier_before: of its pick-up place.
    """

    booking_id: int
    line_id: int
    institution_id: int
    period: Period
    courier_before: int

    def away_from(self, service_before: int, calendar: OpeningCalendar) -> date:
        """Return the first day on which availability keeps a copy for it."""
        margins = Margins(service_before=service_before, courier_before=self.courier_before)
        return margins.before(self.period.first, calendar)


def promise_for(
    session: Session, copy: Copy, person_id: int, preferred: int | None, today: date
) -> Promise | None:
    """Return the open booking of a person that this copy serves.

    Args:
        session: the session.
        copy: locked; a numbered copy serves only lines that name it.
        person_id: whose bookings.
        preferred: a booking chosen at the desk comes first, then the earliest start.
        today: bookings whose last day has passed lapsed.

    Source:
        docs/rules.md, Lending 8.2.
    """
    asked = {
        "copy_id": copy.id,
        "numbered": copy.numbered,
        "preferred": preferred or NO_BOOKING,
        "person_id": person_id,
        "centre_id": copy.centre_id,
        "holding_id": copy.holding_id,
        "today": today,
    }
    row = session.execute(_promises(), asked).first()
    if row is None:
        return None
    period = Period(row.first, row.last)
    return Promise(row.id, row.line_id, row.institution_id, period, row.courier_days_before)


@cache
def _promises() -> Select[*tuple[Any, ...]]:
    """Build the statement once, as those below: building costs more than asking."""
    named = BookingLine.copy_id == bindparam("copy_id")
    unnamed = and_(BookingLine.copy_id.is_(None), ~bindparam("numbered", type_=Boolean()))
    chosen = Booking.id == bindparam("preferred")
    return (
        select(
            Booking.id,
            BookingLine.id.label("line_id"),
            Booking.institution_id,
            Booking.first,
            Booking.last,
            PickupPlace.courier_days_before,
        )
        .join(BookingLine, BookingLine.booking_id == Booking.id)
        .join(PickupPlace, PickupPlace.id == Booking.place_id)
        .where(Booking.person_id == bindparam("person_id"))
        .where(Booking.centre_id == bindparam("centre_id"))
        .where(BookingLine.holding_id == bindparam("holding_id"), or_(named, unnamed))
        .where(Booking.state.in_(COLLECTABLE), Booking.last >= bindparam("today"))
        .where(BookingLine.handed_out < BookingLine.quantity)
        .order_by(chosen.desc(), Booking.first, Booking.id, named.desc(), BookingLine.id)
        .limit(1)
    )


def open_loan_of(session: Session, copy_id: int) -> Loan | None:
    """Return the open loan of a locked copy; it changes only under the copy's lock."""
    return session.scalar(_open_loan(), {"copy_id": copy_id})


@cache
def _open_loan() -> Select[Loan]:
    return select(Loan).where(Loan.copy_id == bindparam("copy_id"), Loan.returned_on.is_(None))


def hold_on(session: Session, copy_id: int) -> Hold | None:
    """Return the hold that a copy is set aside for, or on its way to."""
    return session.scalar(_kept_hold(), {"copy_id": copy_id})


@cache
def _kept_hold() -> Select[Hold]:
    kept = Hold.state.in_(KEPT_FOR_SOMEBODY)
    return select(Hold).where(Hold.copy_id == bindparam("copy_id"), kept)


def lacks_critical(session: Session, copy_id: int) -> bool:
    """Say whether a part of a locked box is missing that it is of no use without.

    Source:
        docs/rules.md, Lending 3.2.
    """
    return any(part.critical and part.missing > 0 for part in parts_of(session, copy_id))


def parts_of(session: Session, copy_id: int) -> list[Part]:
    """Return the parts of a box in their order, as they are now."""
    return list(session.scalars(_parts(), {"copy_id": copy_id}))


@cache
def _parts() -> Select[Part]:
    of_copy = select(Part).where(Part.copy_id == bindparam("copy_id"))
    ordered = of_copy.order_by(Part.position, Part.id)
    return ordered.execution_options(populate_existing=True)


def lending_limits(
    session: Session, effective: Effective, person_id: int, institution_id: int
) -> tuple[Limit, ...]:
    """Return the limits on open loans with what counts against each now.

    Placements do not, nor what was brought back and is yet to be looked over.

    Source:
        docs/rules.md, Lending 2.4 and 8.4.
    """
    terms = effective.terms
    if terms is None:
        return ()
    own = effective.limit_scope("limit_open_loans")
    kind = LimitKind.CATEGORY if own.media_category else LimitKind.PERSON
    school = effective.limit_scope("limit_school_loans")
    asked: Mapping[LimitKind, tuple[int, LimitScope, ColumnElement[bool]]] = {
        kind: (terms.limit_open_loans, own, Loan.person_id == person_id),
        LimitKind.SCHOOL: (
            terms.limit_school_loans,
            school,
            Loan.institution_id == institution_id,
        ),
    }
    return tuple(
        Limit(each, allowed, _open_loans(session, scope, whose))
        for each, (allowed, scope, whose) in asked.items()
        if allowed != UNLIMITED
    )


def _open_loans(session: Session, scope: LimitScope, whose: ColumnElement[bool]) -> int:
    still_away = (Loan.returned_on.is_(None), Loan.received_on.is_(None), ~Loan.placed)
    query = select(func.count(Loan.id)).where(*still_away, whose)
    if scope.centre_id is not None:
        query = query.where(Loan.centre_id == scope.centre_id)
    if scope.media_category is not None:
        query = (
            query.join(Holding, Holding.id == Loan.holding_id)
            .join(Title, Title.id == Holding.title_id)
            .where(Title.media_type.in_(types_of({scope.media_category})))
        )
    return session.scalar(query) or 0
