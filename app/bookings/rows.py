"""Rows of bookings and loans as lists show them: a day, a thing, what about it, a mark."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from flask_babel import ngettext

from app.bookings.purpose import Suggestion
from app.dates import day, span
from app.labels import label
from app.money import euros
from app.refusals import sentences
from app.today import today
from catalogue.amounts import counted
from loans.models.claim import ClaimKind
from loans.queries.bookings import BookingFacts
from loans.queries.loans import LoanFacts
from loans.rules.booking_states import BookingState
from loans.rules.renewals import Renewal
from schools.vocabularies.media_types import media_type

A_WEEK = timedelta(days=7)

TONES: Mapping[BookingState, str] = {
    BookingState.REQUESTED: "warn",
    BookingState.CONFIRMED: "ok",
    BookingState.READY: "ok",
    BookingState.PARTLY_COLLECTED: "info",
    BookingState.COLLECTED: "info",
    BookingState.DECLINED: "bad",
    BookingState.LAPSED: "warn",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list.

    Attributes:
        on: the day it is about.
        number: that day's number, as «24.».
        word: the weekday or month below it.
        kind: of the medium, for its tile.
        what: the thing.
        address: where its name leads.
        notes: what about it, in short.
        mark: words of the badge; empty for none.
        tone: of the badge.
        loan_id: of a loan that can be renewed now; else None.
        is_loan: it is about something borrowed, not booked.
        purpose: of a loan for which nobody said what for; else None.
        undo_id: of a loan whose renewal of today can be undone; else None.
    """

    on: date
    number: str
    word: str
    kind: str
    what: str
    address: str
    notes: tuple[str, ...]
    mark: str = ""
    tone: str = ""
    loan_id: int | None = None
    is_loan: bool = False
    purpose: Suggestion | None = None
    undo_id: int | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What else is known of a loan.

    Attributes:
        renewal: granted, or why not; None if it was not asked about.
        fee_cents: what it costs by today.
        renewed_today: the visitor renewed it today and may undo that.
        purpose: what it may be for, where nobody said so.
        claims: what is recorded about it.
    """

    renewal: Renewal | None = None
    fee_cents: int = 0
    renewed_today: bool = False
    purpose: Suggestion | None = None
    claims: Sequence[ClaimKind] = ()


def booking_rows(bookings: Iterable[BookingFacts]) -> list[Row]:
    """Return a row for each booking, by its first day, in the order given."""
    return [_booking_row(each) for each in bookings]


def loan_row(loan: LoanFacts, about: About) -> Row:
    """Return a loan's row, by its due date: it can be renewed, or it says why not.

    What is recorded about it, as that it was lost, is said as well. What is back and being
    looked over is for today, whenever it was due.
    """
    late, renewal = loan.days_late(today()), about.renewal
    on = loan.due_on if loan.received_on is None else max(loan.due_on, today())
    notes = [_due_words(loan), _class_words(loan.class_name), loan.unit]
    if about.renewed_today:
        notes.append(_("renewed today"))
    if about.fee_cents:
        notes.append(_("fee so far %(amount)s", amount=euros(about.fee_cents)))
    refused = () if renewal is None else renewal.refused
    if refused:
        notes.append(_("not renewable: %(why)s", why=" ".join(sentences(refused))))
    notes += [_("recorded: %(what)s", what=label(each)) for each in about.claims]
    return Row(
        on=on,
        number=day(loan.due_on, "number"),
        word=_below(loan.due_on),
        kind=media_type(loan.type_code).kind.value,
        what=loan.title,
        address=f"/titles/{loan.title_id}",
        notes=tuple(note for note in notes if note),
        mark=ngettext("%(num)s day", "%(num)s days", late) if late else "",
        tone="bad" if late else "",
        is_loan=True,
        purpose=about.purpose,
        loan_id=loan.id if renewal is not None and renewal.due_on is not None else None,
        undo_id=loan.id if about.renewed_today else None,
    )


def _booking_row(booking: BookingFacts) -> Row:
    first = booking.lines[0]
    notes = (
        booking.number,
        span(booking.period.first, booking.period.last),
        _class_words(booking.class_name),
        booking.unit,
    )
    return Row(
        on=booking.period.first,
        number=day(booking.period.first, "number"),
        word=_below(booking.period.first),
        kind=media_type(first.type_code).kind.value,
        what=", ".join(counted(line.title, line.quantity) for line in booking.lines),
        address=f"/bookings/{booking.number}",
        notes=tuple(note for note in notes if note),
        mark=label(booking.state),
        tone=TONES.get(booking.state, ""),
    )


def _due_words(loan: LoanFacts) -> str:
    when = day(loan.due_on, "weekday")
    if loan.received_on is not None:
        return str(_("is back, to be looked over"))
    if loan.due_on < today():
        return str(_("was due on %(day)s", day=when))
    return str(_("return by %(day)s", day=when))


def _class_words(name: str) -> str:
    return str(_("class %(name)s", name=name)) if name else ""


def _below(when: date) -> str:
    """Return the weekday of a near day, the month of another."""
    near = abs(when - today()) < A_WEEK
    return day(when, "weekday_name" if near else "month_name")
