"""Book: so many of a holding, for certain days and a purpose."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from catalogue.rules.licences import LicenceGap, licence_gaps
from database.audit import Change, Subject, record
from loans.errors import Fact, NotFoundError, Refused, RefusedError
from loans.models.booking import Booking, BookingLine
from loans.models.purpose import OtherReason
from loans.operations.lock import lock
from loans.operations.tell import tell_about_booking
from loans.queries.availability import (
    HoldingFacts,
    availability,
    holding_facts,
    licences_of,
    next_free,
)
from loans.queries.borrowers import (
    Borrower,
    booking_limits,
    is_overdue_blocked,
    memberships_of,
    terms_of_membership,
)
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.rules.availability import Wish, check_wish
from loans.rules.booking_policy import BookingCase, booking_refusals
from loans.rules.booking_states import BookingState, first_state
from loans.rules.codes import Refusal
from schools.models.media_concept import TeachingUnit
from schools.models.owed_letter import LetterKind
from schools.models.person import Person
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right

FIRST_NUMBER = 1000
"""Booking numbers begin behind it: R-1001."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingWish:
    """What somebody wants to book.

    Attributes:
        holding_id: of a centre the actor works with.
        person_id: who borrows; somebody else than the actor where staff book for a caller.
        period: the borrower's own days.
        quantity: at least 1.
        institution_id: acted for; None for that of the unit, or else the oldest membership.
        unit_id: a teaching unit of that institution as the purpose, or
        reason: another purpose.
        place_id: a pick-up place of the centre; None for its first counter.
        class_name: free text without names of pupils.
        remark: for staff.
    """

    holding_id: int
    person_id: int
    period: Period
    quantity: int = 1
    institution_id: int | None = None
    unit_id: int | None = None
    reason: OtherReason | None = None
    place_id: int | None = None
    class_name: str = ""
    remark: str = ""


def book(session: Session, wish: BookingWish, by: Actor, today: date, now: datetime) -> Booking:
    """Book, if the rules allow it.

    Locks the holding, then the person: of two who want the last copy one gets it, and the
    other is told the next free dates. A letter is owed in the same transaction, unless staff
    have to confirm the booking first.

    Returns:
        The booking with its number, flushed; requested where the terms need approval.

    Raises:
        NotFoundError: no such holding, person, unit or place, or none within the actor's reach.
        RefusedError: the rules forbid it; carries every reason. `NOT_FREE` says how many are
            `free`, and the next free dates as `from_day` and `until` where there are any.

    Source:
        docs/rules.md, Lending 5.1, 5.2 and 6.1.
    """
    holding = _holding(session, wish, by)
    person = _person(session, wish)
    unit = _unit(session, wish)
    borrower = _borrower(session, wish, unit, holding, (by, today))
    where = Where(holding.centre_id, wish.place_id, borrower.institution_id)
    view = viewpoint_of(session, by.scope(Right.BOOK), where, today, now)
    facts = _seen(session, view, holding)
    refusals = booking_refusals(_case(session, view, wish, facts, person))
    if refusals:
        raise RefusedError(_with_alternative(session, view, wish, refusals))
    booking = _written(session, view, wish, facts, by)
    _note(session, booking, by, now)
    return booking


def _holding(session: Session, wish: BookingWish, by: Actor) -> Holding:
    for holding in lock(session, Holding, {wish.holding_id}):
        if holding.centre_id in by.centre_ids():
            return holding
    raise NotFoundError("holding", wish.holding_id)


def _person(session: Session, wish: BookingWish) -> Person:
    for person in lock(session, Person, {wish.person_id}):
        return person
    raise NotFoundError("person", wish.person_id)


def _unit(session: Session, wish: BookingWish) -> TeachingUnit | None:
    if wish.unit_id is None:
        return None
    unit = session.get(TeachingUnit, wish.unit_id)
    if unit is None or unit.retired_on is not None:
        raise NotFoundError("unit", wish.unit_id)
    return unit


def _borrower(
    session: Session,
    wish: BookingWish,
    unit: TeachingUnit | None,
    holding: Holding,
    asked: tuple[Actor, date],
) -> Borrower:
    """Return for whom the person books: as named, that of the unit, or the oldest membership."""
    by, today = asked
    found = memberships_of(session, by.scope(Right.BOOK), wish.person_id, today)
    if not found and wish.person_id != by.person_id:
        raise NotFoundError("person", wish.person_id)
    here = [each for each in found if each.centre_id == holding.centre_id]
    if not here:
        raise RefusedError((Refused(Refusal.MEMBERSHIP_ENDED),))
    named = wish.institution_id or (None if unit is None else unit.institution_id)
    for each in here:
        if named in {None, each.institution_id}:
            if unit is not None and unit.institution_id != each.institution_id:
                raise NotFoundError("unit", unit.id)
            return each
    raise NotFoundError("institution", named or 0)


def _seen(session: Session, view: Viewpoint, holding: Holding) -> HoldingFacts:
    for facts in holding_facts(session, view, {holding.id}):
        return facts
    raise NotFoundError("holding", holding.id)


def _case(
    session: Session, view: Viewpoint, wish: BookingWish, facts: HoldingFacts, person: Person
) -> BookingCase:
    effective = view.effective(facts.type_code)
    customer = _customer_id(view)
    found = availability(session, view, {facts.id}, wish.period)[facts.id]
    return BookingCase(
        period=wish.period,
        memberships=terms_of_membership(session, person.id, customer),
        has_purpose=(wish.unit_id is None) != (wish.reason is None),
        has_terms=effective.terms is not None,
        blocked=person.blocked,
        block_reason=person.block_reason,
        overdue_block=is_overdue_blocked(session, view, person.id),
        licence_gaps=_licence_gaps(session, view, facts, wish.period),
        limits=booking_limits(session, effective, person.id, customer),
        days=check_wish(found, Wish(period=wish.period, quantity=wish.quantity)),
    )


def _licence_gaps(
    session: Session, view: Viewpoint, facts: HoldingFacts, period: Period
) -> tuple[LicenceGap, ...]:
    if view.customer is None:
        return ()
    licences = licences_of(session, view, {facts.title_id}).get(facts.title_id, ())
    return licence_gaps(licences, view.customer.licensee, period)


def _with_alternative(
    session: Session, view: Viewpoint, wish: BookingWish, refusals: tuple[Refused, ...]
) -> tuple[Refused, ...]:
    """Add to `NOT_FREE` the next days on which the same wish could be had."""
    if all(refused.code is not Refusal.NOT_FREE for refused in refusals):
        return refusals
    wanted = Wish(period=wish.period, quantity=wish.quantity)
    period = next_free(session, view, {wish.holding_id}, wanted).get(wish.holding_id)
    facts: dict[str, Fact] = {}
    if period is not None:
        facts = {"from_day": period.first, "until": period.last}
    return tuple(
        replace(each, facts={**each.facts, **facts}) if each.code is Refusal.NOT_FREE else each
        for each in refusals
    )


def _written(
    session: Session, view: Viewpoint, wish: BookingWish, facts: HoldingFacts, by: Actor
) -> Booking:
    terms = view.effective(facts.type_code).terms
    booking = Booking(
        number=f"new-{uuid4().hex[:16]}",
        centre_id=facts.centre_id,
        person_id=wish.person_id,
        institution_id=_customer_id(view),
        unit_id=wish.unit_id,
        reason=wish.reason,
        class_name=wish.class_name.strip(),
        remark=wish.remark.strip(),
        place_id=view.place.id,
        first=wish.period.first,
        last=wish.period.last,
        state=first_state(needs_approval=terms is not None and terms.needs_approval),
        entered_by=by.account_id,
        entered_by_staff=wish.person_id != by.person_id,
        created_at=view.now,
        lines=[BookingLine(holding_id=facts.id, quantity=wish.quantity)],
    )
    session.add(booking)
    session.flush()
    booking.number = f"R-{FIRST_NUMBER + booking.id}"
    session.flush()
    return booking


def _customer_id(view: Viewpoint) -> int:
    if view.customer is None:
        raise NotFoundError("institution", 0)
    return view.customer.id


def _note(session: Session, booking: Booking, by: Actor, now: datetime) -> None:
    subject = Subject("booking", booking.id, booking.centre_id, booking.institution_id)
    record(session, by, subject, Change("book", after=_said(booking)), now)
    if booking.state is BookingState.CONFIRMED:
        tell_about_booking(session, booking, LetterKind.BOOKING_CONFIRMED, now)


def _said(booking: Booking) -> dict[str, Any]:
    return {
        "number": booking.number,
        "state": booking.state.value,
        "first": booking.first.isoformat(),
        "last": booking.last.isoformat(),
        "lines": [[line.holding_id, line.quantity] for line in booking.lines],
    }
