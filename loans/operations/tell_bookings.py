"""Owe the letters about new bookings: one for each of them, or one for all made in one go."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from catalogue.models.title import Title
from loans.models.booking import Booking
from loans.operations.tell import facts_of_booking, tell_about_booking
from loans.rules.booking_states import BookingState
from schools.models.owed_letter import LetterKind
from schools.models.person import Person
from schools.operations.owe import Letter, owe, person_addressed


def tell_about_new(session: Session, made: Sequence[Booking], now: datetime) -> None:
    """Owe each borrower one letter about what was booked; requests wait for the decision.

    Source:
        docs/rules.md, Lending 5.1 and 5.4.
    """
    kept = _titles(session, made)
    confirmed: dict[Person, list[Booking]] = {}
    for booking in made:
        if booking.state is BookingState.CONFIRMED and booking.person is not None:
            confirmed.setdefault(booking.person, []).append(booking)
    for person, bookings in confirmed.items():
        if len(bookings) == 1:
            tell_about_booking(session, bookings[0], LetterKind.BOOKING_CONFIRMED, now)
        else:
            _tell_together(session, person, bookings, now)
    del kept


def _titles(session: Session, made: Sequence[Booking]) -> Sequence[Title]:
    """Read the titles that letters name in one statement; they stay known while they are kept."""
    holding_ids = {line.holding_id for booking in made for line in booking.lines}
    of_holdings = select(Holding.title_id).where(Holding.id.in_(holding_ids))
    return session.scalars(select(Title).where(Title.id.in_(of_holdings))).all()


def _tell_together(
    session: Session, person: Person, bookings: Sequence[Booking], now: datetime
) -> None:
    first = bookings[0]
    kind = LetterKind.BOOKINGS_CONFIRMED
    facts = {"bookings": [facts_of_booking(booking) for booking in bookings]}
    letter = Letter(kind, f"{kind.value}:{first.group_key}:{person.id}", facts)
    to = person_addressed(person, centre_id=first.centre_id, institution_id=first.institution_id)
    owe(session, letter, to, now)
