"""Book: certain things for certain days and a purpose; one booking, or many in one go."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from catalogue.models.holding import Holding
from database.audit import Change, Subject, record
from loans.errors import Refused, RefusedError
from loans.models.booking import Booking, BookingLine
from loans.operations.lock import lock
from loans.operations.tell_bookings import tell_about_new
from loans.queries.asking import Asked, asked_of
from loans.queries.preview import WishAnswer, answers_of
from loans.queries.scales import schools_with_limits
from loans.queries.wishes import BookingWish, Wishes
from loans.rules.booking_states import first_state
from loans.rules.codes import Refusal
from schools.models.institution import Institution
from schools.models.person import Person
from schools.rules.roles import Actor

FIRST_NUMBER = 1000
"""Booking numbers begin behind it: R-1001."""


@dataclass(frozen=True, slots=True)
class Made:
    """What came of one wish: a booking, flushed, or None with every reason in the answer."""

    answer: WishAnswer
    booking: Booking | None

    @property
    def refusals(self) -> tuple[Refused, ...]:
        """Every reason against it; of a booking, those that staff overruled."""
        return self.answer.refusals


def book(session: Session, wish: BookingWish, by: Actor, today: date, now: datetime) -> Booking:
    """Book, if the rules allow it.

    Locks the holdings, then the person: of two who want the last copy one gets it, and the
    other is told the next free dates. A letter is owed in the same transaction, unless staff
    have to confirm the booking first.

    Returns:
        The booking with its number, flushed; requested where the terms need approval.

    Raises:
        NotFoundError: no such holding, copy, person, unit or place, or none within the actor's
            reach.
        RefusedError: the rules forbid it; carries every reason, those of a line with its
            `holding_id`. `NOT_FREE` says how many are `free`, and the next free dates as
            `from_day` and `until` where there are any.

    Source:
        docs/rules.md, Lending 5.1, 5.2 and 6.1.
    """
    (made,) = book_many(session, Wishes(every=(wish,)), by, today, now)
    if made.booking is None:
        raise RefusedError(made.refusals)
    return made.booking


def book_many(
    session: Session, wishes: Wishes, by: Actor, today: date, now: datetime
) -> tuple[Made, ...]:
    """Book several bookings in one go: all of them, or with `only_free` those that can be had.

    Locks every holding first, then the people, each in ascending order, then the schools whose
    bookings are limited. Wishes are served in their order, and a later one sees those before it.
    Bookings made together share a `group_key`, and one letter.

    Returns:
        For each wish its booking or its refusals, in the order asked. Where not all can be had
        and `only_free` was not asked, nothing is written and no booking is returned.

    Raises:
        NotFoundError: see `book`.

    Source:
        docs/rules.md, Lending 4.4, 5.2, 5.4, 5.5 and 6.2.
    """
    lock(session, Holding, wishes.holding_ids)
    lock(session, Person, wishes.person_ids)
    asked = asked_of(session, wishes, by, today, now)
    lock(session, Institution, schools_with_limits(asked))
    answers = _answers(session, asked, wishes)
    if not wishes.only_free and not all(answer.granted for answer in answers):
        return tuple(Made(answer, None) for answer in answers)
    group_key = uuid4().hex if len(answers) > 1 else None
    granted = [answer for answer in answers if answer.granted]
    written = iter(_written(session, granted, group_key, by, now))
    made = tuple(Made(answer, next(written) if answer.granted else None) for answer in answers)
    tell_about_new(session, [each.booking for each in made if each.booking is not None], now)
    return made


def _answers(session: Session, asked: Asked, wishes: Wishes) -> Sequence[WishAnswer]:
    """Answer the wishes; look for what could be had instead only if something cannot."""
    answers = answers_of(session, asked, wishes.aside, alternatives=False)
    if all(answer.granted for answer in answers):
        return answers
    return answers_of(session, asked, wishes.aside, alternatives=True)


def _written(
    session: Session,
    granted: Sequence[WishAnswer],
    group_key: str | None,
    by: Actor,
    now: datetime,
) -> Sequence[Booking]:
    """Write a booking for each granted wish, all of them in as many statements as one."""
    bookings = [_booking(answer, group_key, by, now) for answer in granted]
    session.add_all(bookings)
    session.flush()
    for booking in bookings:
        booking.number = f"R-{FIRST_NUMBER + booking.id}"
    session.flush()
    for booking, answer in zip(bookings, granted, strict=True):
        subject = Subject("booking", booking.id, booking.centre_id, booking.institution_id)
        change = Change(
            "book", after=_said(booking, answer.refusals), reason=answer.wish.overruling.strip()
        )
        record(session, by, subject, change, now)
    return bookings


def _booking(answer: WishAnswer, group_key: str | None, by: Actor, now: datetime) -> Booking:
    wish, asked = answer.wish, answer.asked
    if asked.view is None:
        raise ValueError("nobody is booked for no institution")
    return Booking(
        number=f"new-{uuid4().hex[:16]}",
        centre_id=asked.centre_id,
        person_id=wish.person_id,
        institution_id=asked.institution_id,
        unit_id=wish.unit_id,
        reason=wish.reason,
        class_name=wish.class_name.strip(),
        remark=wish.remark.strip(),
        place_id=asked.view.place.id,
        first=wish.period.first,
        last=wish.period.last,
        state=first_state(needs_approval=answer.needs_approval),
        entered_by=by.account_id,
        entered_by_staff=wish.person_id != by.person_id,
        created_at=now,
        group_key=group_key,
        overbooked_reason=overbooked_reason(answer),
        lines=[
            BookingLine(holding_id=line.holding_id, copy_id=line.copy_id, quantity=line.quantity)
            for line in asked.lines
        ],
    )


def overbooked_reason(answer: WishAnswer) -> str:
    """Return why staff overbook with a granted wish; empty where enough is free.

    Source:
        docs/rules.md, Lending 4.4.
    """
    return answer.wish.overruling.strip() if Refusal.NOT_FREE in answer.codes else ""


def _said(booking: Booking, overruled: Iterable[Refused]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "number": booking.number,
        "state": booking.state.value,
        "first": booking.first.isoformat(),
        "last": booking.last.isoformat(),
        "lines": [[line.holding_id, line.quantity] for line in booking.lines],
    }
    codes = sorted({str(refused.code) for refused in overruled})
    return said | ({"overruled": codes} if codes else {})
