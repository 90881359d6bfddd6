"""Owe the letters about new bookings: one for each of them, or one for all made in one go."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.models.booking import Booking
from loans.operations.tell import (
    facts_of_booking,
    facts_of_bookings,
    facts_of_cancelled,
    tell_about_booking,
)
from loans.rules.booking_states import BookingState
from schools.models.owed_letter import LetterKind
from schools.models.person import Person
from schools.operations.owe import Letter, owe, person_addressed
from schools.rules.periods import Period
from schools.rules.roles import Actor


def tell_about_new(session: Session, made: Sequence[Booking], now: datetime) -> None:
    """Owe each borrower one letter about what was booked, and one about what is to be decided.

    Source:
        docs/rules.md, Lending 5.1 and 5.4.
    """
    kept = _titles(session, made)
    told: dict[tuple[Person, bool], list[Booking]] = {}
    for booking in made:
        if booking.person is not None:
            asked = booking.state is BookingState.REQUESTED
            told.setdefault((booking.person, asked), []).append(booking)
    for (person, asked), bookings in told.items():
        if asked:
            _tell_together(session, LetterKind.BOOKING_REQUESTED, person, bookings, now)
        elif len(bookings) > 1:
            _tell_together(session, LetterKind.BOOKINGS_CONFIRMED, person, bookings, now)
        else:
            tell_about_booking(session, bookings[0], LetterKind.BOOKING_CONFIRMED, now)
    del kept


def _titles(session: Session, made: Sequence[Booking]) -> Sequence[Title]:
    """Read the titles that letters name in one statement; they stay known while they are kept."""
    holding_ids = {line.holding_id for booking in made for line in booking.lines}
    of_holdings = select(Holding.title_id).where(Holding.id.in_(holding_ids))
    return session.scalars(select(Title).where(Title.id.in_(of_holdings))).all()


def _tell_together(
    session: Session,
    kind: LetterKind,
    person: Person,
    bookings: Sequence[Booking],
    now: datetime,
) -> None:
    first = bookings[0]
    facts = {"bookings": facts_of_bookings(session, bookings, now)}
    letter = Letter(kind, f"{kind.value}:{first.number}:{first.sequence}", facts)
    schools = {booking.institution_id for booking in bookings}
    to = person_addressed(
        person,
        centre_id=first.centre_id,
        institution_id=schools.pop() if len(schools) == 1 else None,
    )
    owe(session, letter, to, now)


@dataclass(frozen=True, slots=True)
class GivenUp:
    """What was cancelled in one go.

    Attributes:
        bookings: cancelled already, of each the whole or the rest.
        due: those of which something is out, each with the earliest day it is due.
        reason: words of staff about a single one.
        requests: those nobody had decided about; unless changed they stand in no calendar.
    """

    bookings: Sequence[Booking]
    due: Mapping[int, date | None]
    reason: str = ""
    requests: Container[int] = frozenset()


def tell_about_cancelled(session: Session, given_up: GivenUp, by: Actor, now: datetime) -> None:
    """Owe each borrower one letter about all that was cancelled, before `sequence` rises.

    What somebody else cancelled is told at once, whatever the borrower has chosen.

    Source:
        docs/rules.md, Lending 5.1 and 5.4.
    """
    kept = _titles(session, given_up.bookings)
    told: dict[Person, list[Booking]] = {}
    for booking in given_up.bookings:
        if booking.person is not None:
            told.setdefault(booking.person, []).append(booking)
    for person, bookings in told.items():
        first, own = bookings[0], is_own(bookings[0], by)
        to = person_addressed(
            person, centre_id=first.centre_id, institution_id=first.institution_id
        )
        kind, facts = _cancelled(bookings, given_up)
        if len(bookings) == 1:
            facts["reason"] = "" if own else given_up.reason
        occasion = f"{kind.value}:{first.number}:{first.sequence}"
        owe(session, Letter(kind, occasion, facts, always=not own), to, now)
    del kept


def _cancelled(
    bookings: Sequence[Booking], given_up: GivenUp
) -> tuple[LetterKind, dict[str, Any]]:
    said = []
    for booking in bookings:
        facts = facts_of_cancelled(booking, given_up.due.get(booking.id))
        if booking.id in given_up.requests and not booking.sequence:
            del facts["sequence"]
        said.append(facts)
    if len(said) == 1:
        return LetterKind.BOOKING_CANCELLED, said[0]
    return LetterKind.BOOKINGS_CANCELLED, {"bookings": said}


def is_own(booking: Booking, by: Actor) -> bool:
    """Say whether somebody acts on a booking of their own."""
    return by.person_id is not None and by.person_id == booking.person_id


@dataclass(frozen=True, slots=True)
class Was:
    """When and where a booking was before it was changed, in words for its letter."""

    first: str
    last: str
    place: str

    @classmethod
    def of(cls, booking: Booking) -> "Was":
        """Remember a booking as it stands."""
        place = f"{booking.place.name}, {booking.place.branch.name}"
        return cls(booking.first.isoformat(), booking.last.isoformat(), place)


def tell_about_change(
    session: Session, booking: Booking, was: Was, by: Actor, now: datetime
) -> None:
    """Owe the borrower one letter about new dates or another place, after `sequence` rose.

    What somebody else changed is told whatever the borrower has chosen.

    Source:
        docs/rules.md, Lending 5.3.
    """
    if booking.person is None:
        return
    kind = LetterKind.BOOKING_CHANGED
    (facts,) = facts_of_bookings(session, [booking], now)
    facts |= {
        "was_first": was.first,
        "was_last": was.last,
        "was_place": was.place,
        "requested": booking.state is BookingState.REQUESTED,
    }
    occasion = f"{kind.value}:{booking.number}:{booking.sequence}"
    letter = Letter(kind, occasion, facts, always=not is_own(booking, by))
    to = person_addressed(
        booking.person, centre_id=booking.centre_id, institution_id=booking.institution_id
    )
    owe(session, letter, to, now)


def tell_about_decline(
    session: Session, booking: Booking, reason: str, proposals: Sequence[Period], now: datetime
) -> None:
    """Owe the borrower one letter about a declined request: why, and what would go instead.

    Source:
        docs/rules.md, Lending 5.1.
    """
    if booking.person is None:
        return
    kind = LetterKind.BOOKING_DECLINED
    days = [{"first": each.first.isoformat(), "last": each.last.isoformat()} for each in proposals]
    facts = facts_of_booking(booking) | {"reason": reason, "proposals": days}
    if not booking.sequence:  # a request never changed stands in no calendar
        del facts["sequence"]
    occasion = f"{kind.value}:{booking.number}:{booking.sequence}"
    letter = Letter(kind, occasion, facts, always=True)
    to = person_addressed(
        booking.person, centre_id=booking.centre_id, institution_id=booking.institution_id
    )
    owe(session, letter, to, now)
