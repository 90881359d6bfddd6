"""What is free of some holdings: the store's part of the one availability function."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.models.holding import BookedBy, Holding
from catalogue.models.licence import Licence
from catalogue.models.title import Title
from catalogue.rules import licences as licence_rules
from catalogue.rules.copy_states import LENDABLE_STATES, CopyState
from loans.models.booking import Booking, BookingLine
from loans.models.loan import Loan
from loans.queries.commitments import commitments_of, commitments_of_copies
from loans.queries.viewpoint import Viewpoint
from loans.rules import availability as rules
from loans.rules import free_periods
from loans.rules.booking_days import BookingRules, booking_rules
from loans.rules.booking_states import COMMITTING
from loans.rules.commitments import Commitment, Ignoring, nothing
from schools.rules.periods import ONE_DAY, Period
from schools.rules.roles import Scope

STRIP_DAYS = 28
"""Days of the small picture beside each hit."""


@dataclass(frozen=True, slots=True)
class HoldingFacts:
    """A holding as availability needs it.

    Attributes:
        capacity: lendable copies of its pool.
        visible: to readers.
        by_number: its copies are booked each by itself and stand outside the pool.
    """

    id: int
    title_id: int
    centre_id: int
    capacity: int
    type_code: str
    visible: bool = True
    by_number: bool = False


def availability(
    session: Session,
    view: Viewpoint,
    holding_ids: Collection[int],
    period: Period,
    *,
    ignoring: Ignoring = nothing,
) -> dict[int, rules.Availability]:
    """Return for each holding what is free on each day of a period, in three statements.

    Args:
        session: the session; within a unit of work, after the holdings' locks, it decides.
        view: for whom, where and when.
        holding_ids: holdings of the viewpoint's centre; hidden ones only where its scope
            covers the centre, others are left out.
        period: the days of interest.
        ignoring: which commitments to leave out.

    Source:
        docs/rules.md, Lending 4.1 and 4.6.
    """
    facts = holding_facts(session, view, holding_ids)
    stocks = stocks_of(session, view, facts, period)
    return rules.availability(
        stocks, view.rules_place(), period, today=view.today, ignoring=ignoring
    )


def amounts(
    session: Session, view: Viewpoint, holding_ids: Collection[int], period: Period
) -> dict[int, rules.Availability]:
    """Return for each holding how many are free on each day, in two statements.

    Two more where copies are booked by number.

    Licences are not looked at: they decide where a booking may start and end, not how many
    copies are on the shelf.
    """
    stocks = committed_stocks(session, view, holding_ids, period)
    return rules.availability(stocks, view.rules_place(), period, today=view.today)


def committed_stocks(
    session: Session, view: Viewpoint, holding_ids: Collection[int], period: Period
) -> list[rules.Stock]:
    """Return what `amounts` counts: holdings with their commitments, without licences."""
    facts = holding_facts(session, view, holding_ids)
    return _stocks(session, view, facts, period, {})


def strips(
    session: Session, view: Viewpoint, holding_ids: Collection[int], first: date
) -> dict[int, tuple[rules.DayView, ...]]:
    """Return for each holding the 28 days from `first` on, for the strip; three statements."""
    period = Period(first, first + (STRIP_DAYS - 1) * ONE_DAY)
    found = availability(session, view, holding_ids, period)
    return {key: tuple(each.views()) for key, each in found.items()}


def around(period: Period, today: date) -> Period:
    """Return the days from which one look serves a hit's strip, wish and alternatives alike."""
    within = free_periods.search_period(period, today)
    first = min(period.first, today)
    return Period(first, max(within.last, first + timedelta(days=STRIP_DAYS)))


def holding_facts(
    session: Session, view: Viewpoint, holding_ids: Collection[int]
) -> list[HoldingFacts]:
    """Return the holdings of the centre among `holding_ids` that the viewpoint may see."""
    return [
        each
        for each in facts_of_holdings(session, view.scope, holding_ids)
        if each.centre_id == view.centre_id
    ]


def facts_of_holdings(
    session: Session, scope: Scope, holding_ids: Collection[int]
) -> list[HoldingFacts]:
    """Return holdings of any centre by id; hidden ones only where the scope covers the centre."""
    rows = session.execute(_holding_facts(), {"holding_ids": list(holding_ids)})
    return [
        HoldingFacts(*row) for row in rows if row.visible or scope.covers_centre(row.centre_id)
    ]


@cache
def _holding_facts() -> Select[*tuple[Any, ...]]:
    """Build the statement once, as those below: building costs more than asking."""
    return (
        select(
            Holding.id,
            Holding.title_id,
            Holding.centre_id,
            Holding.lendable,
            Title.media_type,
            Holding.visible,
            (Holding.booked_by == BookedBy.NUMBER).label("by_number"),
        )
        .join(Title, Title.id == Holding.title_id)
        .where(Holding.id.in_(bindparam("holding_ids", expanding=True)))
        .order_by(Holding.id)
    )


def seen() -> ColumnElement[bool]:
    """Return the condition on a holding to be offered at a centre; `seen_values` fills it."""
    everything = bindparam("sees_hidden", type_=Boolean())
    return and_(Holding.centre_id == bindparam("centre_id"), or_(Holding.visible, everything))


def seen_values(view: Viewpoint) -> dict[str, Any]:
    """Return the parameters of `seen`: the viewpoint's centre, and whether hidden ones count."""
    return {
        "centre_id": view.centre_id,
        "sees_hidden": view.scope.covers_centre(view.centre_id),
    }


def stocks_of(
    session: Session, view: Viewpoint, facts: Collection[HoldingFacts], period: Period
) -> list[rules.Stock]:
    """Return holdings with their commitments and rules, in two statements.

    Two more where copies are booked by number.
    """
    licences = licences_of(session, view, {each.title_id for each in facts})
    return _stocks(session, view, facts, period, licences)


def _stocks(
    session: Session,
    view: Viewpoint,
    facts: Collection[HoldingFacts],
    period: Period,
    licences: Mapping[int, tuple[licence_rules.Licence, ...]],
) -> list[rules.Stock]:
    committed = commitments_of(session, view, [each.id for each in facts], period)
    stocks = stocks_with(view, facts, committed, licences)
    by_number = {each.id for each in facts if each.by_number}
    if not by_number:
        return stocks
    copies = numbered_copies(session, by_number, promised=True)
    kept = commitments_of_copies(session, view, [each.id for each in copies], period)
    return [
        replace(stock, copies=_alone(stock, copies, kept))
        if stock.holding_id in by_number
        else stock
        for stock in stocks
    ]


def _alone(
    stock: rules.Stock,
    copies: Iterable["NumberedCopy"],
    committed: Mapping[int, tuple[Commitment, ...]],
) -> tuple[rules.Stock, ...]:
    """Return the copies of a holding that is booked by number, each as a stock of its own."""
    named = tuple(
        rules.Stock(each.id, each.capacity, committed.get(each.id, ()), stock.rules)
        for each in copies
        if each.holding_id == stock.holding_id
    )
    if named and stock.commitments:
        return (*named, replace(stock, holding_id=rules.UNNAMED))
    return named


@dataclass(frozen=True, slots=True)
class NumberedCopy:
    """A copy booked by itself; `capacity` is 1 if it can be lent, else 0.

    One that a booking names may be `withdrawn`, or not `numbered` any more: its pool has it then.
    """

    id: int
    holding_id: int
    barcode: str
    inventory_number: str
    capacity: int
    numbered: bool = True
    withdrawn: bool = False

    @property
    def is_bookable(self) -> bool:
        """Say whether it still is booked by its number."""
        return self.numbered and not self.withdrawn

    @property
    def is_pooled(self) -> bool:
        """Say whether it belongs to a pool now."""
        return not self.numbered and not self.withdrawn


def numbered_copies(
    session: Session,
    holding_ids: Collection[int],
    named: Collection[int] = (),
    *,
    promised: bool = False,
) -> tuple[NumberedCopy, ...]:
    """Return the copies of holdings that are booked by number, without withdrawn ones.

    Args:
        session: the session.
        holding_ids: the holdings.
        named: copies of these that are returned whatever became of them.
        promised: with withdrawn ones that a booking still names.

    Source:
        docs/rules.md, Lending 3.3 and 4.2.
    """
    asked = {"holding_ids": list(holding_ids), "named": list(named)}
    return tuple(
        NumberedCopy(
            row.id,
            row.holding_id,
            row.barcode,
            row.inventory_number or "",
            int(row.counts),
            row.numbered,
            row.state is CopyState.WITHDRAWN,
        )
        for row in session.execute(_numbered_copies(promised=promised), asked)
    )


@cache
def _numbered_copies(*, promised: bool) -> Select[*tuple[Any, ...]]:
    placed = exists().where(Loan.copy_id == Copy.id, Loan.returned_on.is_(None), Loan.placed)
    counts = and_(Copy.state.in_(LENDABLE_STATES), Copy.lendable, ~placed)
    there: ColumnElement[bool] = Copy.state != CopyState.WITHDRAWN
    if promised:
        there = or_(there, exists().where(*_open_line_of_copy()))
    return (
        select(
            Copy.id,
            Copy.holding_id,
            Copy.barcode,
            Copy.inventory_number,
            Copy.numbered,
            Copy.state,
            counts.label("counts"),
        )
        .where(Copy.holding_id.in_(bindparam("holding_ids", expanding=True)))
        .where(
            or_(
                and_(Copy.numbered, there),
                Copy.id.in_(bindparam("named", expanding=True)),
            )
        )
        .order_by(Copy.id)
    )


def _open_line_of_copy() -> tuple[ColumnElement[bool], ...]:
    return (
        BookingLine.holding_id == Copy.holding_id,
        BookingLine.copy_id == Copy.id,
        BookingLine.handed_out < BookingLine.quantity,
        Booking.id == BookingLine.booking_id,
        Booking.state.in_(COMMITTING),
    )


def stocks_with(
    view: Viewpoint,
    facts: Iterable[HoldingFacts],
    committed: Mapping[int, tuple[Commitment, ...]],
    licences: Mapping[int, tuple[licence_rules.Licence, ...]],
) -> list[rules.Stock]:
    """Return holdings with what was read about them: commitments by holding, licences by title."""
    return [
        rules.Stock(
            holding_id=each.id,
            capacity=each.capacity,
            commitments=committed.get(each.id, ()),
            rules=_rules(view, each, licences.get(each.title_id, ())),
        )
        for each in facts
    ]


def licences_of(
    session: Session, view: Viewpoint, title_ids: Collection[int]
) -> dict[int, tuple[licence_rules.Licence, ...]]:
    """Return by title the licences of its copies that hold at the viewpoint's centre."""
    return licences_at(session, view.centre_id, title_ids)


def licences_at(
    session: Session, centre_id: int, title_ids: Collection[int]
) -> dict[int, tuple[licence_rules.Licence, ...]]:
    """Return by title the licences of its copies that hold at a centre; they are published."""
    asked = {"title_ids": list(title_ids), "centre_id": centre_id}
    found: dict[int, list[licence_rules.Licence]] = defaultdict(list)
    for row in session.execute(_licences(), asked):
        found[row.title_id].append(_licence(row))
    return {title_id: tuple(each) for title_id, each in found.items()}


@cache
def _licences() -> Select[*tuple[Any, ...]]:
    # In one expression, so that SQLite looks by title and not through all licences of a centre.
    centre_id = bindparam("centre_id", type_=Integer())
    here = func.coalesce(Licence.centre_id, centre_id) == centre_id
    return (
        select(
            Licence.title_id,
            Licence.scope,
            Licence.area,
            Licence.valid_from,
            Licence.valid_until,
            Licence.lending_allowed,
            Licence.public_showing_allowed,
        )
        .where(Licence.title_id.in_(bindparam("title_ids", expanding=True)), ~Licence.online)
        .where(here)
        .order_by(Licence.id)
    )


def _licence(row: Row[*tuple[Any, ...]]) -> licence_rules.Licence:
    return licence_rules.Licence(
        scope=row.scope,
        areas=tuple(str(area) for area in row.area),
        first=row.valid_from,
        last=row.valid_until,
        lending=row.lending_allowed,
        showing=row.public_showing_allowed,
    )


def _rules(
    view: Viewpoint, facts: HoldingFacts, licences: Iterable[licence_rules.Licence]
) -> BookingRules:
    licensed = _licensed(view, licences)
    terms = view.effective(facts.type_code).terms
    return BookingRules(licensed=licensed) if terms is None else booking_rules(terms, licensed)


def _licensed(
    view: Viewpoint, licences: Iterable[licence_rules.Licence]
) -> tuple[Period, ...] | None:
    """Return the days on which the customer may have it; None without bounds.

    Visitors and customers outside every licence's area see none: a booking names that reason.
    """
    if view.customer is None:
        return None
    return licence_rules.lendable_stretches(licences, view.customer.licensee)
