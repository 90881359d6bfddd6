"""Forget borrowers: cut them from loans and bookings that are long over.

What statistics need stays: title, school, unit and days.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from database.audit import Forgotten, cut_people, without_words
from loans.models.booking import Booking, BookingLine
from loans.models.claim import LoanClaim
from loans.models.loan import Loan
from loans.operations.lock import lock
from loans.queries.forgettable import Horizon, bookings_to_forget, loans_to_forget
from schools.models.account import Account
from schools.models.owed_letter import LetterKind, LetterState, OwedLetter
from schools.models.person import Person
from schools.rules.roles import Actor, Right

NOBODY = Forgotten(frozenset(), ())
BY = ("lent_by", "received_by", "returned_by")
"""Accounts a loan names: of staff, who may have borrowed it themselves."""

ABOUT_BOOKINGS = frozenset(
    {
        LetterKind.BOOKING_CONFIRMED,
        LetterKind.BOOKINGS_CONFIRMED,
        LetterKind.BOOKING_REQUESTED,
        LetterKind.BOOKING_CHANGED,
        LetterKind.BOOKING_DECLINED,
        LetterKind.BOOKING_CANCELLED,
        LetterKind.BOOKINGS_CANCELLED,
        LetterKind.BOOKING_READY,
        LetterKind.BOOKING_LAPSED,
        LetterKind.DIGEST,
    }
)
"""Kinds of letters that name bookings by their numbers."""


@dataclass(frozen=True, slots=True)
class Old:
    """Some loans or bookings of a centre, as the queries of what is forgettable found them."""

    horizon: Horizon
    ids: Collection[int]


def forget_loans(session: Session, old: Old, by: Actor) -> int:
    """Cut the borrower from loans, wherever the store names one beside them; returns how many.

    From the loan, from what was claimed of it, from its entries in the audit log, and from its
    booking's line, where that booking still names a person.

    Source:
        docs/rules.md, Lending 12.1.
    """
    scope = by.scope(Right.MANAGE_CENTRE)
    rows = lock(session, Loan, old.ids)
    still = set(loans_to_forget(session, scope, old.horizon, old.ids))
    loans = [loan for loan in rows if loan.id in still]
    who = forgotten_people(session, [loan.person_id for loan in loans])
    forgotten = {loan.id: who.get(loan.person_id or 0, NOBODY) for loan in loans}
    cut_people(session, "loan", forgotten)
    _forget_claims(session, forgotten)
    named = _named_by_booking(session, loans)
    for loan in loans:
        for name in BY:
            if getattr(loan, name) in forgotten[loan.id].account_ids:
                setattr(loan, name, None)
        loan.person_id, loan.snooze_reason = None, ""
        if loan.line_id in named:
            loan.line_id = None
    session.flush()
    return len(loans)


def forget_bookings(session: Session, old: Old, by: Actor) -> int:
    """Cut the borrower from bookings, with what was remarked; returns how many.

    With them go the borrower's letters that name the booking: its number would tell who it was.

    Source:
        docs/rules.md, Lending 12.1.
    """
    scope = by.scope(Right.MANAGE_CENTRE)
    rows = lock(session, Booking, old.ids)
    still = set(bookings_to_forget(session, scope, old.horizon, old.ids))
    bookings = [booking for booking in rows if booking.id in still]
    who = forgotten_people(session, [booking.person_id for booking in bookings])
    cut_people(
        session,
        "booking",
        {booking.id: who.get(booking.person_id or 0, NOBODY) for booking in bookings},
    )
    for booking in bookings:
        booking.person_id = booking.entered_by = None
        booking.remark = booking.overbooked_reason = ""
    session.flush()
    _forget_letters(session, who, {booking.number for booking in bookings})
    return len(bookings)


def _forget_letters(session: Session, people: Iterable[int], numbers: Set[str]) -> None:
    """Delete people's letters that name a booking, but for those that wait to be sent."""
    kept = select(OwedLetter.id, OwedLetter.facts).where(
        OwedLetter.person_id.in_(people),
        OwedLetter.kind.in_(ABOUT_BOOKINGS),
        OwedLetter.state != LetterState.OWED,
    )
    naming = [row.id for row in session.execute(kept) if numbers & set(_numbers(row.facts))]
    session.execute(delete(OwedLetter).where(OwedLetter.id.in_(naming)))


def _numbers(facts: Mapping[str, Any]) -> Iterator[str]:
    """Go through the bookings that a letter names: its own, several, those of a daily letter."""
    if "number" in facts:
        yield str(facts["number"])
    for booked in facts.get("bookings", ()):
        yield from _numbers(booked)
    for item in facts.get("items", ()):
        yield from _numbers(item["facts"])


def forgotten_people(session: Session, person_ids: Iterable[int | None]) -> dict[int, Forgotten]:
    """Return by key the accounts of people, and the words by which they are called."""
    ids = {each for each in person_ids if each is not None}
    accounts: dict[int, set[int]] = {}
    query = select(Account.person_id, Account.id).where(Account.person_id.in_(ids))
    for person_id, account_id in session.execute(query):
        accounts.setdefault(person_id, set()).add(account_id)
    return {
        person.id: Forgotten(frozenset(accounts.get(person.id, ())), words_for(person))
        for person in session.scalars(select(Person).where(Person.id.in_(ids)))
    }


def words_for(person: Person) -> tuple[str, ...]:
    """Return the words by which a person is called in texts."""
    return tuple(word for word in (person.name, person.family_name, person.email or "") if word)


def _forget_claims(session: Session, forgotten: dict[int, Forgotten]) -> None:
    query = select(LoanClaim).where(LoanClaim.loan_id.in_(forgotten))
    for claim in session.scalars(query):
        who = forgotten[claim.loan_id]
        claim.note = without_words(claim.note, who.words)
        claim.settled_note = without_words(claim.settled_note, who.words)
        if claim.made_by in who.account_ids:
            claim.made_by = None


def _named_by_booking(session: Session, loans: Iterable[Loan]) -> frozenset[int]:
    """Return the lines of these loans whose booking still names a person."""
    lines = {loan.line_id for loan in loans if loan.line_id is not None}
    query = (
        select(BookingLine.id)
        .join(Booking, Booking.id == BookingLine.booking_id)
        .where(BookingLine.id.in_(lines), Booking.person_id.is_not(None))
    )
    return frozenset(session.scalars(query))
