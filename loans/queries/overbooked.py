"""Holdings of which more is promised on some day ahead than there is, and by what."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import BookedBy, Holding
from catalogue.models.title import Title
from catalogue.rules.copy_states import CopyState
from loans.models.basket import BasketLine
from loans.models.booking import Booking, BookingLine
from loans.models.loan import Loan
from loans.queries.availability import committed_stocks, seen, seen_values
from loans.queries.commitment_sums import sums
from loans.queries.committing import bounds_of, in_basket, open_booking, values_of
from loans.queries.viewpoint import Viewpoint
from loans.rules import availability as rules
from loans.rules.booking_states import COMMITTING
from loans.rules.commitments import Commitment, CommitmentKind
from loans.rules.overbooking import keeping, short_stretches
from schools.models.institution import Institution
from schools.rules.periods import Period


@dataclass(frozen=True, slots=True)
class Promise:
    """A booking or loan that takes part in overbooking.

    Attributes:
        number: of the booking; empty for a loan without one.
        code: the barcode of a loan's copy; empty for a booking.
        period: the booked days, or from hand-over to due date.
        quantity: copies it still keeps.
        institution: for whom.
        reason: why staff overbooked, where they did.
    """

    number: str
    code: str
    period: Period
    quantity: int
    institution: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Overbooked:
    """A holding with too little on some day.

    Attributes:
        capacity: copies there are.
        free: on its worst day, below 0: how many are lacking.
        days: stretches of days on which too little is there.
        promises: bookings, then loans, that keep copies on those days.
    """

    holding_id: int
    title_id: int
    title: str
    shelf_mark: str
    capacity: int
    free: int
    days: tuple[Period, ...]
    promises: tuple[Promise, ...] = ()


def overbooked(
    session: Session, view: Viewpoint, moved: Mapping[int, date] | None = None
) -> tuple[Overbooked, ...]:
    """Return the holdings of the viewpoint's centre that are overbooked from today on.

    At most eight statements, whatever the store holds: sums tell which holdings may be short,
    the one function of availability decides.

    Args:
        session: the session.
        view: of somebody whose scope covers the centre; else nothing is told.
        moved: due dates by loan as they would be, for a preview; none for what is.

    Source:
        docs/rules.md, Lending 1.7, 3.3 and 4.4.
    """
    if not view.scope.covers_centre(view.centre_id):
        return ()
    last = session.scalar(_last_day(), {"centre_id": view.centre_id, "today": view.today})
    latest = max([last or view.today, view.today, *(moved or {}).values()])
    period = Period(view.today, latest)
    facts = {row.id: row for row in session.execute(_candidates(), _asked(view, period))}
    read = committed_stocks(session, view, facts.keys(), period) if facts else ()
    stocks = {each.holding_id: _moved(each, moved or {}) for each in read}
    found = rules.availability(stocks.values(), view.rules_place(), period, today=view.today)
    short = {key: days for key, each in found.items() if (days := short_stretches(each))}
    told = _promises(session, {key: tuple(keeping(stocks[key], found[key])) for key in short})
    result = [
        Overbooked(
            holding_id=key,
            title_id=facts[key].title_id,
            title=facts[key].name,
            shelf_mark=facts[key].shelf_mark,
            capacity=found[key].capacity,
            free=-max(found[key].lacking_on(day) for each in days for day in each),
            days=days,
            promises=told[key],
        )
        for key, days in short.items()
    ]
    return tuple(sorted(result, key=lambda each: (each.days[0].first, each.title)))


def _asked(view: Viewpoint, period: Period) -> dict[str, Any]:
    days = {"on_first": period.first, "on_last": period.last}
    return values_of(view, bounds_of(view, period)) | seen_values(view) | days


def _moved(stock: rules.Stock, moved: Mapping[int, date]) -> rules.Stock:
    """Return a stock with other due dates of its loans."""
    commitments = tuple(
        replace(each, last=moved.get(each.id or 0, each.last))
        if each.kind is CommitmentKind.LOAN
        else each
        for each in stock.commitments
    )
    copies = tuple(_moved(each, moved) for each in stock.copies)
    return replace(stock, commitments=commitments, copies=copies)


def _promises(
    session: Session, taking: Mapping[int, Sequence[Commitment]]
) -> dict[int, tuple[Promise, ...]]:
    """Return by holding the bookings and loans among commitments, read in two statements."""
    every = [each for own in taking.values() for each in own]
    bookings = _rows(session, _booking_rows(), every, CommitmentKind.BOOKING)
    loans = _rows(session, _loan_rows(), every, CommitmentKind.LOAN)
    by_kind = {CommitmentKind.BOOKING: bookings, CommitmentKind.LOAN: loans}
    return {
        key: tuple(
            _promise(each, by_kind[each.kind][each.id])
            for each in sorted(own, key=lambda each: (each.kind, each.first))
            if each.id in by_kind.get(each.kind, {})
        )
        for key, own in taking.items()
    }


def _rows(
    session: Session,
    statement: Select[*tuple[Any, ...]],
    every: Iterable[Commitment],
    kind: CommitmentKind,
) -> dict[int | None, Any]:
    ids = [each.id for each in every if each.kind is kind]
    return {row.id: row for row in session.execute(statement, {"ids": ids})} if ids else {}


def _promise(commitment: Commitment, row: Any) -> Promise:  # noqa: ANN401  # a row of either
    return Promise(
        number=row.number or "",
        code=row.code,
        period=Period(commitment.first, max(commitment.first, commitment.last)),
        quantity=commitment.copies,
        institution=row.short_name or row.name,
        reason=row.overbooked_reason or "",
    )


@cache
def _last_day() -> Select[date]:
    """Select the last day that a loan or booking of a centre names; built once."""
    centre_id = bindparam("centre_id", type_=Integer())
    days = union_all(
        select(func.max(Loan.due_on).label("day")).where(
            Loan.centre_id == centre_id, Loan.returned_on.is_(None)
        ),
        select(func.max(Booking.last)).where(
            Booking.centre_id == centre_id,
            Booking.state.in_(COMMITTING),
            Booking.last >= bindparam("today"),
        ),
    ).subquery()
    return select(func.max(days.c.day))


@cache
def _candidates() -> Select[*tuple[Any, ...]]:
    away = sums().subquery()
    pools = (
        select(away.c.holding_id)
        .join(Holding, Holding.id == away.c.holding_id)
        .where(seen(), away.c.away > Holding.lendable)
    )
    return (
        select(Holding.id, Holding.title_id, Holding.shelf_mark, Title.name)
        .join(Title, Title.id == Holding.title_id)
        .where(Holding.id.in_(union_all(pools, _numbered_candidates())))
    )


def _numbered_candidates() -> Select[int]:
    """Select the holdings of copies that are promised by number and may not be there.

    A copy on its shelf with a single booking is.
    """
    in_a_basket = exists().where(
        BasketLine.holding_id == Copy.holding_id, BasketLine.copy_id == Copy.id, *in_basket()
    )
    away = or_(Copy.state != CopyState.AVAILABLE, ~Copy.lendable, in_a_basket)
    return (
        select(Copy.holding_id)
        .join(Holding, Holding.id == Copy.holding_id)
        .join(BookingLine, BookingLine.copy_id == Copy.id)
        .join(Booking, Booking.id == BookingLine.booking_id)
        .where(seen(), Holding.booked_by == BookedBy.NUMBER, Copy.numbered, *open_booking())
        .group_by(Copy.id)
        .having(or_(func.count(BookingLine.id) > 1, away))
    )


@cache
def _booking_rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            BookingLine.id,
            Booking.number,
            literal("").label("code"),
            Booking.overbooked_reason,
            Institution.name,
            Institution.short_name,
        )
        .join(Booking, Booking.id == BookingLine.booking_id)
        .join(Institution, Institution.id == Booking.institution_id)
        .where(BookingLine.id.in_(bindparam("ids", expanding=True)))
    )


@cache
def _loan_rows() -> Select[*tuple[Any, ...]]:
    return (
        select(
            Loan.id,
            Booking.number,
            Copy.barcode.label("code"),
            Booking.overbooked_reason,
            Institution.name,
            Institution.short_name,
        )
        .join(Copy, Copy.id == Loan.copy_id)
        .join(Institution, Institution.id == Loan.institution_id)
        .outerjoin(BookingLine, BookingLine.id == Loan.line_id)
        .outerjoin(Booking, Booking.id == BookingLine.booking_id)
        .where(Loan.id.in_(bindparam("ids", expanding=True)))
    )
