"""Who keeps what of a holding on one day."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, null, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from loans.models.basket import BasketLine
from loans.models.booking import Booking, BookingLine
from loans.models.hold import Hold
from loans.models.loan import Loan
from loans.queries.commitments import commitments_of, commitments_of_copies
from loans.queries.viewpoint import Viewpoint
from loans.rules.commitments import Commitment, CommitmentKind, occupied
from schools.models.institution import Institution
from schools.models.person import Person
from schools.rules.periods import Period


@dataclass(frozen=True, slots=True)
class Keeper:
    """Somebody who keeps copies of a holding on a day.

    Attributes:
        kind: by what.
        period: the days away from the shelf, margins included.
        quantity: how many.
        person: empty once cut, and for what only just came back.
        number: of the booking; empty for what has none.
        copy: the barcode, where a certain copy is kept.
        overbooked: staff booked it against the rule.
    """

    kind: CommitmentKind
    period: Period
    quantity: int
    institution: str
    person: str
    number: str
    copy: str
    overbooked: bool = False


def keepers_on(session: Session, view: Viewpoint, holding_id: int, day: date) -> list[Keeper]:
    """Return all that keeps copies of a holding on a day, in at most seven statements.

    Args:
        session: the session.
        view: of staff of the holding's centre.
        holding_id: a holding of that centre.
        day: the day; overdue loans roll with today.

    Source:
        docs/rules.md, Lending 4.3 and 4.4.
    """
    kept = list(commitments_of(session, view, {holding_id}, Period(day, day)).get(holding_id, ()))
    copies = session.scalars(_numbered(), {"holding_id": holding_id}).all()
    alone = commitments_of_copies(session, view, copies, Period(day, day))
    kept += [each for some in alone.values() for each in some]
    away = [(each, occupied(each, view.calendar, view.today)) for each in kept]
    there = [(each, period) for each, period in away if period and period.contains(day)]
    words = _words(session, [each for each, _period in there])
    return [
        Keeper(each.kind, period, each.copies, *words.get((each.kind, each.id), _NOBODY))
        for each, period in sorted(there, key=lambda pair: (pair[1].first, pair[0].id or 0))
    ]


_NOBODY = ("", "", "", "", False)
_HOLDS = frozenset({CommitmentKind.SET_ASIDE, CommitmentKind.IN_TRANSIT_FOR_HOLD})
_Words = tuple[str, str, str, str, bool]


@cache
def _numbered() -> Select[int]:
    """Build the statement once, as those below: building costs more than asking."""
    return select(Copy.id).where(Copy.holding_id == bindparam("holding_id"), Copy.numbered)


def _words(
    session: Session, kept: list[Commitment]
) -> dict[tuple[CommitmentKind, int | None], _Words]:
    """Return who is behind each, in one statement for each kind that is there."""
    found: dict[tuple[CommitmentKind, int | None], _Words] = {}
    for kinds, statement in _SOURCES.items():
        asked = [each for each in kept if each.kind in kinds]
        if not asked:
            continue
        rows = session.execute(statement(), {"ids": [each.id for each in asked]})
        by_id = {row.id: _said(row) for row in rows}
        for each in asked:
            if each.id in by_id:
                found[each.kind, each.id] = by_id[each.id]
    return found


def _said(row: Any) -> _Words:  # noqa: ANN401  # a row of any of the statements
    person = f"{row.given_name} {row.family_name}" if row.given_name else ""
    institution = row.short_name or row.name or ""
    overbooked = bool(row.overbooked_reason)
    return institution, person, row.number or "", row.barcode or "", overbooked


_PEOPLE = (
    Person.given_name,
    Person.family_name,
    Institution.short_name,
    Institution.name,
    Copy.barcode,
)


@cache
def _of_bookings() -> Select[*tuple[Any, ...]]:
    return (
        select(BookingLine.id, Booking.number, Booking.overbooked_reason, *_PEOPLE)
        .join(Booking, Booking.id == BookingLine.booking_id)
        .join(Institution, Institution.id == Booking.institution_id)
        .outerjoin(Person, Person.id == Booking.person_id)
        .outerjoin(Copy, Copy.id == BookingLine.copy_id)
        .where(BookingLine.id.in_(bindparam("ids", expanding=True)))
    )


@cache
def _of_loans() -> Select[*tuple[Any, ...]]:
    return (
        select(Loan.id, Booking.number, Booking.overbooked_reason, *_PEOPLE)
        .join(Copy, Copy.id == Loan.copy_id)
        .join(Institution, Institution.id == Loan.institution_id)
        .outerjoin(Person, Person.id == Loan.person_id)
        .outerjoin(BookingLine, BookingLine.id == Loan.line_id)
        .outerjoin(Booking, Booking.id == BookingLine.booking_id)
        .where(Loan.id.in_(bindparam("ids", expanding=True)))
    )


@cache
def _of_baskets() -> Select[*tuple[Any, ...]]:
    nothing = null().label("number"), null().label("overbooked_reason")
    return (
        select(BasketLine.id, *nothing, *_PEOPLE)
        .join(Person, Person.id == BasketLine.person_id)
        .join(Institution, Institution.id == BasketLine.institution_id)
        .outerjoin(Copy, Copy.id == BasketLine.copy_id)
        .where(BasketLine.id.in_(bindparam("ids", expanding=True)))
    )


@cache
def _of_holds() -> Select[*tuple[Any, ...]]:
    nothing = null().label("number"), null().label("overbooked_reason")
    return (
        select(Hold.id, *nothing, *_PEOPLE)
        .join(Person, Person.id == Hold.person_id)
        .join(Institution, Institution.id == Hold.institution_id)
        .outerjoin(Copy, Copy.id == Hold.copy_id)
        .where(Hold.id.in_(bindparam("ids", expanding=True)))
    )


_SOURCES = {
    frozenset({CommitmentKind.BOOKING}): _of_bookings,
    frozenset({CommitmentKind.LOAN}): _of_loans,
    frozenset({CommitmentKind.BASKET}): _of_baskets,
    _HOLDS: _of_holds,
}
"""Where each kind of commitment is told from."""
