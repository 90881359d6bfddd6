"""What wishes are weighed with: stock, licences, blocks and limits, read once for all of them."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from catalogue.rules.licences import Licence
from loans.queries.asking import Asked, AskedWish
from loans.queries.availability import licences_of, stocks_with
from loans.queries.booking_limits import (
    Counted,
    NewBooking,
    SetLimit,
    Tally,
    count_bookings,
    limits_set,
)
from loans.queries.commitments import commitments_of, commitments_of_copies
from loans.queries.overdue_blocks import overdue_blocked
from loans.queries.viewpoint import Viewpoint
from loans.queries.wishes import Aside, LineWish
from loans.rules.availability import Availability, Stock, availability, of_copies
from loans.rules.booking_days import LONGEST_BOOKING_DAYS
from loans.rules.claims import Claim, Claims, Outlook, StockKey
from loans.rules.commitments import Commitment, CommitmentKind
from loans.rules.free_periods import search_period
from loans.rules.terms import Terms
from schools.rules.periods import ONE_DAY, Period
from schools.vocabularies.media_types import media_type

Licences = Mapping[int, tuple[Licence, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Scales:
    """Everything that is weighed, less what was granted so far.

    Attributes:
        asked: the wishes and the rows they name.
        claims: availability of every stock from every place it is asked at.
        tally: open bookings against the limits.
        licences: by centre, then by title.
        blocked: centre and person, where reminders block.
    """

    asked: Asked
    claims: Claims
    tally: Tally
    licences: Mapping[int, Licences]
    blocked: frozenset[tuple[int, int]]

    def found(self, asked: AskedWish, line: LineWish) -> Availability:
        """Return what is left of a line's stock.

        Of a holding that is booked by number any copy will do that the wish does not name.

        Source:
            docs/rules.md, Lending 3.3.
        """
        copies = tuple(self.claims.of(_outlook(asked, each)) for each in self._open(asked, line))
        if copies:
            return of_copies(line.holding_id, copies)
        return self.claims.of(_outlook(asked, line))

    def licences_for(self, asked: AskedWish, line: LineWish) -> tuple[Licence, ...]:
        """Return the licences of a line's title."""
        title_id = self.asked.holdings[line.holding_id].title_id
        return self.licences[asked.centre_id].get(title_id, ())

    def named(self, asked: AskedWish) -> AskedWish:
        """Return the wish with a copy named where its holding is booked by number.

        Those that are free in the period come first; where staff overbook, then those that can
        be lent at all, the least promised before others.

        Source:
            docs/rules.md, Lending 3.3.
        """
        lines = tuple(each for line in asked.lines for each in self._named(asked, line))
        return asked if lines == asked.lines else replace(asked, lines=lines)

    def _named(self, asked: AskedWish, line: LineWish) -> Iterator[LineWish]:
        period = at_most(asked.wish.period)

        def standing(each: LineWish) -> tuple[int, int]:
            found = self.found(asked, each)
            return -found.capacity, -found.free_for(period)

        copies = sorted(self._open(asked, line), key=standing)
        yield from copies[: line.quantity]
        if len(copies) < line.quantity:
            yield replace(line, quantity=line.quantity - len(copies))

    def _open(self, asked: AskedWish, line: LineWish) -> list[LineWish]:
        """Return the copies that may serve a line that names none, by id; none of a pool."""
        if line.copy_id is not None or not self.asked.holdings[line.holding_id].by_number:
            return []
        taken = {each.copy_id for each in asked.lines}
        return [
            LineWish(line.holding_id, 1, copy.id)
            for copy in self.asked.copies.values()
            if copy.holding_id == line.holding_id and copy.id not in taken
        ]

    def terms(self, view: Viewpoint, line: LineWish) -> Terms | None:
        """Return the terms for a line."""
        return view.effective(self.asked.holdings[line.holding_id].type_code).terms

    def limits(self, asked: AskedWish, line: LineWish) -> tuple[SetLimit, ...]:
        """Return the limits that the terms set for a line."""
        return tuple(_limits(self.asked, asked, [line]))

    def take(self, asked: AskedWish, view: Viewpoint) -> None:
        """Count a granted wish: its copies, its visits, and one booking more.

        What the courier drives is no visit.

        Source:
            docs/rules.md, Lending 4.5, and docs/decisions/0012-changing-and-combining-bookings.md.
        """
        period = asked.wish.period
        parts = {line.stock: self._commitment(asked, line) for line in asked.lines}
        driven = view.place.is_driven_to
        visits = frozenset[date]() if driven else frozenset({period.first, period.last})
        self.claims.take(Claim(parts, view.place.branch_id, visits))
        types = (self.asked.holdings[line.holding_id].type_code for line in asked.lines)
        categories = frozenset(media_type(each).category for each in types)
        person_id, institution_id = asked.wish.person_id, asked.institution_id
        self.tally.add(NewBooking(person_id, institution_id, asked.centre_id, categories))

    def _commitment(self, asked: AskedWish, line: LineWish) -> Commitment:
        period = asked.wish.period
        return Commitment(
            kind=CommitmentKind.BOOKING,
            first=period.first,
            last=period.last,
            quantity=line.quantity,
            margins=self.found(asked, line).margins,
            calendar=None if asked.view is None else asked.view.calendar,
        )


def scales_for(session: Session, asked: Asked, aside: Aside, *, far: bool) -> Scales:
    """Read what wishes are weighed with.

    One statement for the commitments at each place for each institution asked for, one more
    where numbered copies are named; two for each centre; one for each limit of the terms.

    Args:
        session: within a unit of work, after the locks of holdings and people, it decides.
        asked: the wishes; those without a view are left out.
        aside: what makes way for them.
        far: look as far ahead as another period is looked for.
    """
    known = [(each, each.view) for each in asked.wishes if each.view is not None]
    centres = {view.centre_id: view for _, view in known}
    licences = {key: _licences(session, asked, view) for key, view in centres.items()}
    blocked = (
        (key, person_id)
        for key, view in centres.items()
        for person_id in overdue_blocked(session, view, asked.people.keys())
    )
    reading = _Reading(session, asked, licences, aside, _looked_at(known, far=far))
    return Scales(
        asked=asked,
        claims=_claims(reading, known),
        tally=Tally({} if aside.is_counted else _counted(session, asked, known)),
        licences=licences,
        blocked=frozenset(blocked),
    )


def schools_with_limits(asked: Asked) -> frozenset[int]:
    """Return the institutions whose open bookings the terms limit for one of the wishes.

    Source:
        docs/rules.md, Lending 2.4.
    """
    return frozenset(
        limit.counted.subject_id
        for each in asked.wishes
        for limit in _limits(asked, each, each.lines)
        if limit.counted.by_school
    )


def at_most(period: Period) -> Period:
    """Return as much of a period as any booking may last: no more is looked at.

    Source:
        docs/rules.md, Lending 4.6.
    """
    longest = period.first + (LONGEST_BOOKING_DAYS - 1) * ONE_DAY
    return Period(period.first, min(period.last, longest))


_Known = Sequence[tuple[AskedWish, Viewpoint]]


@dataclass(frozen=True, slots=True, eq=False)
class _Reading:
    session: Session
    asked: Asked
    licences: Mapping[int, Licences]
    aside: Aside
    looked_at: Period | None


def _looked_at(known: _Known, *, far: bool) -> Period | None:
    """Return the days that must be known; None where nothing is asked."""
    periods = [at_most(asked.wish.period) for asked, _ in known]
    if far:
        periods += [search_period(at_most(asked.wish.period), view.today) for asked, view in known]
    if not periods:
        return None
    return Period(min(each.first for each in periods), max(each.last for each in periods))


def _licences(session: Session, asked: Asked, view: Viewpoint) -> Licences:
    titles = {each.title_id for each in asked.holdings.values()}
    return licences_of(session, view, titles)


def _counted(session: Session, asked: Asked, known: _Known) -> dict[Counted, int]:
    limits = (limit for each, _ in known for limit in _limits(asked, each, each.lines))
    today = max((view.today for _, view in known), default=date.min)
    return count_bookings(session, (limit.counted for limit in limits), today)


def _limits(asked: Asked, each: AskedWish, lines: Iterable[LineWish]) -> Iterator[SetLimit]:
    for line in lines:
        if each.view is not None:
            effective = each.view.effective(asked.holdings[line.holding_id].type_code)
            yield from limits_set(effective, each.wish.person_id, each.institution_id)


def _claims(reading: _Reading, known: _Known) -> Claims:
    views = {_standpoint(view): view for _, view in known}
    wanted: dict[tuple[int, int], set[StockKey]] = {key: set() for key in views}
    for asked, view in known:
        wanted[_standpoint(view)] |= _stocks_asked(reading.asked, asked.lines)
    found: dict[Outlook, Availability] = {}
    for key, view in views.items():
        for stock, each in _found(reading, view, wanted[key]):
            found[Outlook(stock, *key)] = each
    return Claims(found, {view.place.id: view.place.branch_id for view in views.values()})


def _stocks_asked(asked: Asked, lines: Iterable[LineWish]) -> set[StockKey]:
    """Return what lines may be taken from: of a holding booked by number, any of its copies."""
    named = {line.stock for line in lines}
    open_ids = {
        stock.holding_id
        for stock in named
        if stock.copy_id is None and asked.holdings[stock.holding_id].by_number
    }
    return named | {
        StockKey(copy.holding_id, copy.id)
        for copy in asked.copies.values()
        if copy.holding_id in open_ids
    }


def _found(
    reading: _Reading, view: Viewpoint, wanted: Collection[StockKey]
) -> Iterator[tuple[StockKey, Availability]]:
    """Go through what is free of each stock, as seen from one place."""
    if reading.looked_at is None:
        return
    pools = {stock.holding_id for stock in wanted if stock.copy_id is None}
    copies = {stock.copy_id for stock in wanted if stock.copy_id is not None}
    period, session = reading.looked_at, reading.session
    of_pools = commitments_of(session, view, pools, period)
    of_copies = commitments_of_copies(session, view, copies, period)
    for stock in wanted:
        committed = of_pools.get(stock.holding_id, ())
        if stock.copy_id is not None:
            committed = of_copies.get(stock.copy_id, ())
        every = {stock.holding_id: _stock(reading, view, stock, committed)}
        seen = availability(
            every.values(),
            view.rules_place(),
            period,
            today=view.today,
            ignoring=reading.aside.ignoring,
        )
        yield stock, seen[stock.holding_id]


def _stock(
    reading: _Reading, view: Viewpoint, key: StockKey, committed: tuple[Commitment, ...]
) -> Stock:
    facts = reading.asked.holdings[key.holding_id]
    licences = reading.licences[view.centre_id]
    (stock,) = stocks_with(view, [facts], {facts.id: committed}, licences)
    if key.copy_id is None:
        return stock
    return replace(stock, capacity=reading.asked.copies[key.copy_id].capacity)


def _standpoint(view: Viewpoint) -> tuple[int, int]:
    return view.place.id, 0 if view.customer is None else view.customer.id


def _outlook(asked: AskedWish, line: LineWish) -> Outlook:
    if asked.view is None:
        raise ValueError("whoever acts for no institution sees nothing")
    return Outlook(line.stock, *_standpoint(asked.view))
