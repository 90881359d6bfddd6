"""What becomes of planned media: free, in conflict with alternatives, booked, or not to be had."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from enum import StrEnum

from loans.errors import NoOpenDayError, Refused
from loans.rules.availability import Availability, Wish, check_wish, of_copies
from loans.rules.claims import less
from loans.rules.codes import DayReason, Refusal
from loans.rules.commitments import Commitment, CommitmentKind
from loans.rules.unit_periods import (
    bookable_from,
    from_first_served,
    longest_part,
    other_weeks,
    reached_by_courier,
    still_to_come,
    unit_period,
)
from schools.rules.periods import Period

MOST_SIMILAR = 2
"""Similar titles offered for one planned medium."""

FARTHEST_END = timedelta(days=45)
"""So far behind the school year the end of a period may be moved to an open day."""


class LineState(StrEnum):
    """How a planned medium stands."""

    BOOKED = "booked"
    """All of it, for this unit and school year."""
    FREE = "free"
    SHORTER = "shorter"
    """Free, but only a part of the days is allowed."""
    CONFLICT = "conflict"
    """Too little is free."""
    REFUSED = "refused"
    """Its days do not go for another reason."""
    BEYOND_HORIZON = "beyond_horizon"
    ONLINE = "online"
    """Opened, not lent."""
    NOT_OFFERED = "not_offered"
    NO_SCHOOL_DAY = "no_school_day"
    OVER = "over"


class OfferKind(StrEnum):
    """How an offer differs from what was planned."""

    AS_PLANNED = "as_planned"
    LONGEST_PART = "longest_part"
    OTHER_WEEK = "other_week"
    SIMILAR = "similar"
    FEWER = "fewer"


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that can be booked for a planned medium."""

    kind: OfferKind
    holding_id: int
    period: Period
    quantity: int


@dataclass(frozen=True, slots=True, eq=False)
class PlannedLine:
    """A planned medium that a centre lends, as far as it is not booked yet.

    Attributes:
        weeks: of its unit, Monday to Sunday.
        within: the school year; another week is looked for in it.
        quantity: pieces still missing.
        found: what is free of it, as far as `days_looked_at` says.
        similar: the same of titles that could stand in for it, likest first.
        replaced: a title is booked for the unit that may stand in for it: offers are made, but
            nothing is chosen.
    """

    weeks: Period
    within: Period
    quantity: int
    found: Availability
    similar: tuple[Availability, ...] = ()
    replaced: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a planned medium stands, and what can be booked for it.

    Attributes:
        state: how it stands.
        period: the days it is wanted for; None without any left.
        refused: every reason against these days.
        from_day: when it can be booked at last; only beyond the horizon.
        offers: what can be booked, best first.
        chosen: what is booked unless somebody chooses otherwise.
    """

    state: LineState
    period: Period | None = None
    refused: tuple[Refused, ...] = ()
    from_day: date | None = None
    offers: tuple[Offer, ...] = ()
    chosen: Offer | None = None


CLOSED = Verdict(LineState.REFUSED, refused=(Refused(DayReason.CLOSED),))
"""The place has no open day near those of the unit."""


@dataclass(slots=True)
class Planner:
    """Judges planned media one after the other; what it gives to one is not free for the next.

    Attributes:
        now: what is free by holding at this point.

    Source:
        docs/rules.md, Lending 6.2.
    """

    now: dict[int, Availability] = field(default_factory=dict)
    _periods: dict[Period, Period | None] = field(default_factory=dict)

    def judge(self, line: PlannedLine) -> Verdict:
        """Return how a line stands beside those judged before, and take what it is given."""
        line = replace(
            line, found=self._left(line.found), similar=tuple(map(self._left, line.similar))
        )
        try:
            verdict = self._judged(line)
        except NoOpenDayError:
            verdict = CLOSED
        if verdict.chosen is not None:
            key = verdict.chosen.holding_id
            given = taken(self.now[key], verdict.chosen.period, verdict.chosen.quantity)
            self.now[key] = given
        return verdict

    def _left(self, found: Availability) -> Availability:
        return self.now.setdefault(found.holding_id, found)

    def _judged(self, line: PlannedLine) -> Verdict:
        whole = self._period(line.weeks, line.found)
        if whole is None:
            return Verdict(LineState.NO_SCHOOL_DAY)
        days = line.found.days
        rest = still_to_come(whole, days.earliest_start(), days.place.days.calendar)
        if rest is None:
            return Verdict(LineState.OVER)
        if not _is_looked_at(line.found, rest):
            return CLOSED
        rest = from_first_served(rest, days) or rest
        refused = check_wish(line.found, Wish(period=rest, quantity=line.quantity))
        codes = {reason.code for reason in refused}
        if DayReason.HORIZON in codes:
            from_day = bookable_from(rest, days)
            return Verdict(LineState.BEYOND_HORIZON, rest, refused, from_day)
        offers = self._own_days(line, rest)
        if offers:
            planned = offers[0].kind is OfferKind.AS_PLANNED
            state = LineState.FREE if planned else LineState.SHORTER
            chosen = None if line.replaced else offers[0]
            return Verdict(state, rest, refused, None, offers, chosen)
        state = LineState.CONFLICT if Refusal.NOT_FREE in codes else LineState.REFUSED
        return Verdict(state, rest, refused, None, tuple(self._alternatives(line, rest)))

    def _own_days(self, line: PlannedLine, rest: Period) -> tuple[Offer, ...]:
        """Return the offer of all pieces for the unit's own days, shortened if need be."""
        period = longest_part(rest, line.found.days)
        if check_wish(line.found, Wish(period=period, quantity=line.quantity)):
            return ()
        kind = OfferKind.AS_PLANNED if period == rest else OfferKind.LONGEST_PART
        return (Offer(kind, line.found.holding_id, period, line.quantity),)

    def _alternatives(self, line: PlannedLine, rest: Period) -> Iterator[Offer]:
        other = self._other_week(line)
        if other is not None:
            yield Offer(OfferKind.OTHER_WEEK, line.found.holding_id, other, line.quantity)
        yield from _similar(line, rest)
        period = longest_part(rest, line.found.days)
        free = line.found.free_for(period)
        fewer = Wish(period=period, quantity=max(1, free))
        if 0 < free < line.quantity and not check_wish(line.found, fewer):
            yield Offer(OfferKind.FEWER, line.found.holding_id, period, free)

    def _other_week(self, line: PlannedLine) -> Period | None:
        """Return the nearest other weeks in which all pieces can be had, whole or shortened."""
        earliest = line.found.days.earliest_start()
        for weeks in other_weeks(line.weeks, line.within):
            period = self._period(weeks, line.found)
            if period is None or period.first < earliest:
                continue
            part = longest_part(period, line.found.days)
            if not _is_looked_at(line.found, part):
                continue
            if not check_wish(line.found, Wish(period=part, quantity=line.quantity)):
                return part
        return None

    def _period(self, weeks: Period, found: Availability) -> Period | None:
        """Return the days of some weeks; each weeks' school days are looked for once."""
        if weeks not in self._periods:
            self._periods[weeks] = unit_period(weeks, found.days.place.days)
        period = self._periods[weeks]
        return None if period is None else reached_by_courier(period, found.days)


def judge_all(lines: Iterable[PlannedLine]) -> list[Verdict]:
    """Judge planned media in order, earlier ones first served.

    Source:
        docs/rules.md, Lending 6.2.
    """
    planner = Planner()
    return [planner.judge(line) for line in lines]


def taken(found: Availability, period: Period, quantity: int) -> Availability:
    """Return what is left of a holding once so many pieces are booked for a period.

    Of copies booked by number the first that are free are booked, as booking names them.

    Source:
        docs/rules.md, Lending 3.3 and 4.3.
    """
    kind = CommitmentKind.BOOKING
    booked = Commitment(kind, period.first, period.last, quantity, margins=found.margins)
    if not found.copies:
        return less(found, booked)
    free = [each.holding_id for each in found.copies if each.free_for(period) > 0][:quantity]
    one = replace(booked, quantity=1)
    left = (less(each, one) if each.holding_id in free else each for each in found.copies)
    return of_copies(found.holding_id, tuple(left))


def days_looked_at(year: Period, today: date) -> Period:
    """Return the days over which availability must be known to judge a school year's plan.

    Longer than the school year, since ends move outward to open days.
    """
    return Period(today, max(year.last, today) + FARTHEST_END)


@dataclass(frozen=True, slots=True)
class Pieces:
    """So many pieces of a title of a media type."""

    title_id: int
    type_code: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Cover:
    """What of a planned medium is booked for its unit.

    Attributes:
        pieces: of the title itself, at most as many as planned.
        stand_in: a title that is not planned, but booked for the unit and of the same type.
    """

    pieces: int
    stand_in: int | None = None


def covered(planned: Sequence[Pieces], booked: Sequence[Pieces]) -> dict[int, Cover]:
    """Return by title what is booked of each planned medium of a unit.

    A title that is not planned may stand in for one planned medium of its type that is lacking.

    Source:
        docs/rules.md, Lending 6.2.
    """
    wanted = {each.title_id for each in planned}
    had = {each.title_id: each.quantity for each in booked}
    others = [each for each in booked if each.title_id not in wanted]
    found: dict[int, Cover] = {}
    for each in planned:
        pieces = min(each.quantity, had.get(each.title_id, 0))
        same = [other for other in others if other.type_code == each.type_code]
        stand_in = same[0] if same and pieces < each.quantity else None
        if stand_in is not None:
            others.remove(stand_in)
        found[each.title_id] = Cover(pieces, None if stand_in is None else stand_in.title_id)
    return found


def _similar(line: PlannedLine, rest: Period) -> Iterator[Offer]:
    given = 0
    for other in line.similar:
        period = longest_part(rest, other.days)
        if given < MOST_SIMILAR and not check_wish(
            other, Wish(period=period, quantity=line.quantity)
        ):
            given += 1
            yield Offer(OfferKind.SIMILAR, other.holding_id, period, line.quantity)


def _is_looked_at(found: Availability, period: Period) -> bool:
    return found.period.contains(period.first) and found.period.contains(period.last)
