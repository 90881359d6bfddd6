"""Owe the letters about what lies ready and what is on its way, and take back what is untrue."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalogue.amounts import counted
from loans.models.booking import Booking
from loans.operations.journal import Journal
from loans.operations.withdraw_letters import drop_unsent
from loans.queries.calendars import calendar_of
from loans.queries.deliveries import Brought, deliveries_of, still_ahead
from loans.rules.calendar import Hours
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.models.person import Person
from schools.operations.owe import Letter, owe, person_addressed
from schools.queries.signed_in import day_of
from schools.rules.periods import Period

MOST_OPEN_DAYS = 3
"""So many days with their hours a letter names."""


@dataclass(frozen=True, slots=True)
class OnItsWay:
    """What a tour brings to one person.

    Attributes:
        tour_id: the tour.
        day: on which it runs.
        places: names of the stops.
        boxes: numbers of the boxes it is in.
        titles: as "2 × Der Wald".
        centre_id: whose tour.
        institution_id: whose stop; None if there are several.
    """

    tour_id: int
    day: date
    places: Sequence[str]
    boxes: Sequence[str]
    titles: Sequence[str]
    centre_id: int
    institution_id: int | None


def tell_ready(session: Session, booking: Booking, now: datetime) -> None:
    """Owe the borrower one letter that everything lies ready at the counter."""
    if booking.person is None:
        return
    place = booking.place
    facts: dict[str, Any] = {
        "number": booking.number,
        "first": booking.first.isoformat(),
        "last": booking.last.isoformat(),
        "titles": [counted(line.holding.title.name, line.quantity) for line in booking.lines],
        "pieces": sum(line.quantity - line.handed_out for line in booking.lines),
        "place": f"{place.name}, {place.branch.name}",
        "open_days": list(_open_days(session, booking, day_of(now))),
    }
    to = person_addressed(
        booking.person, centre_id=booking.centre_id, institution_id=booking.institution_id
    )
    owe(session, Letter(LetterKind.BOOKING_READY, _occasion(booking), facts), to, now)


def take_back_ready(session: Session, booking: Booking, journal: Journal | None = None) -> None:
    """Let a letter that told of readiness go unsent, before `sequence` rises.

    Args:
        session: inside a unit of work.
        booking: no longer ready, or about to be so no longer.
        journal: of an act that can be undone.
    """
    drop_unsent(session, [_occasion(booking)], journal)


def was_told_ready(session: Session, booking: Booking) -> bool:
    """Say whether a letter that told of readiness is sent, or being sent."""
    told = select(OwedLetter.id).where(
        OwedLetter.occasion == _occasion(booking), OwedLetter.state != LetterState.CANCELLED
    )
    return session.scalar(told) is not None


def tell_on_its_way(session: Session, person: Person, what: OnItsWay, now: datetime) -> None:
    """Owe a borrower one letter about all that a tour brings."""
    facts = {
        "tour_on": what.day.isoformat(),
        "place": ", ".join(what.places),
        "boxes": list(what.boxes),
        "titles": list(what.titles),
    }
    letter = Letter(LetterKind.ON_ITS_WAY, on_its_way(what.tour_id, person.id), facts)
    to = person_addressed(person, centre_id=what.centre_id, institution_id=what.institution_id)
    owe(session, letter, to, now)


def on_its_way(tour_id: int, person_id: int) -> str:
    """Return the occasion of the one letter about a tour to a person."""
    return f"{LetterKind.ON_ITS_WAY.value}:{tour_id}:{person_id}"


def courier_facts(
    session: Session, bookings: Iterable[Booking], now: datetime
) -> dict[int, dict[str, Any]]:
    """Return by booking what letters about it add: its tours, and until when it changes.

    Of a booking that is collected it is nothing, and of a tour and a deadline that are past
    neither: what missed its tour goes with another.

    Source:
        docs/rules.md, Lending 11.1.
    """
    brought = deliveries_of(session, bookings)
    return {booking_id: _days_of(still_ahead(each, now)) for booking_id, each in brought.items()}


def _days_of(brought: Brought) -> dict[str, Any]:
    days = {
        "brought_on": brought.brought_on,
        "fetched_on": brought.fetched_on,
        "change_until": brought.closes_at,
    }
    return {name: day.isoformat() for name, day in days.items() if day is not None}


def _occasion(booking: Booking) -> str:
    return f"{LetterKind.BOOKING_READY.value}:{booking.number}:{booking.sequence}"


def _open_days(session: Session, booking: Booking, today: date) -> Iterable[dict[str, Any]]:
    """Go through the first days on which it can still be collected, with their hours."""
    period = Period(min(max(booking.first, today), booking.last), booking.last)
    calendar = calendar_of(session, booking.place.branch_id, period)
    open_days = [day for day in period if calendar.is_open(day)]
    for day in open_days[:MOST_OPEN_DAYS]:
        yield {"day": day.isoformat(), "hours": _hours(calendar.day(day).hours)}


def _hours(stretches: Sequence[Hours]) -> list[str]:
    return [f"{each.opens:%H:%M}–{each.closes:%H:%M}" for each in stretches]
