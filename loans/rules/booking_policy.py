"""Whether a booking may be made: every reason against it that is not a matter of days."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from catalogue.rules.licences import LicenceGap
from loans.errors import Fact, Refused
from loans.rules.claims import StockKey
from loans.rules.codes import DayReason, Refusal
from loans.rules.policy import Limit, LimitKind, limit_code
from schools.rules.periods import ONE_DAY, Period

LICENCE_CODES: Mapping[LicenceGap, Refusal] = {
    LicenceGap.ENDED: Refusal.LICENCE_ENDED,
    LicenceGap.AREA: Refusal.LICENCE_AREA,
    LicenceGap.NOT_LENDABLE: Refusal.NOT_LENDABLE,
}
"""What each gap in a title's licences is called to whoever wants it."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A person acts for the institution from `first` to `last`, both included."""

    first: date
    last: date | None = None

    def covers(self, period: Period) -> bool:
        """Say whether it holds on every day of the period."""
        return self.first <= period.first and (self.last is None or self.last >= period.last)


def joined(terms: Iterable[Membership]) -> tuple[Membership, ...]:
    """Return memberships of one person at one school, those without a day between as one.

    Source:
        docs/rules.md, Lending 2.4, and docs/decisions/0015-the-desks-day.md.
    """
    found: list[Membership] = []
    for each in sorted(terms, key=lambda term: term.first):
        before = found[-1] if found else None
        if before is None or (before.last is not None and each.first > before.last + ONE_DAY):
            found.append(each)
        elif before.last is not None:
            last = None if each.last is None else max(before.last, each.last)
            found[-1] = Membership(before.first, last)
    return tuple(found)


@dataclass(frozen=True, slots=True)
class LineCase:
    """What the decision looks at for one line of a booking.

    Attributes:
        holding_id: of the line.
        copy_id: of the numbered copy it names, if any.
        has_terms: the effective terms have a loan period.
        licence_gaps: what the title's licences leave open.
        limits: those of the effective terms on open bookings.
        days: what `availability.check_wish` said about days and copies.
        is_offered: its thing still is; nothing else is asked of one that is not.
    """

    holding_id: int
    copy_id: int | None = None
    has_terms: bool = True
    licence_gaps: tuple[LicenceGap, ...] = ()
    limits: tuple[Limit, ...] = ()
    days: tuple[Refused, ...] = ()
    is_offered: bool = True


@dataclass(frozen=True, slots=True)
class BookingCase:
    """All that the decision looks at, as read under the holdings' locks.

    Attributes:
        period: the borrower's days.
        memberships: of the person at the institution, whenever they hold.
        has_purpose: a unit of that institution, or another reason.
        blocked: by staff, with `block_reason`.
        block_reason: their words.
        overdue_block: a reminder reached the level that blocks, and not all is back.
        lines: at least one.
    """

    period: Period
    memberships: tuple[Membership, ...]
    has_purpose: bool = True
    blocked: bool = False
    block_reason: str = ""
    overdue_block: bool = False
    lines: tuple[LineCase, ...] = ()


def booking_refusals(case: BookingCase) -> tuple[Refused, ...]:
    """Return every reason against a booking; empty if it may be made.

    Returns:
        Reasons that lie in licences, the person, the terms and the purpose, then those of days
        and copies. One that lies in a line names its `holding_id`, and its `copy_id` where the
        other copies of the holding are none of it; what lies in the person, the place or the
        whole wish is told once, without.

    Source:
        docs/rules.md, Lending 2.4, 2.5, 5.1, 5.2, 5.5 and 6.1.
    """
    found = (*_licences(case), *_person(case), *_terms(case), *_gone(case), *_days(case))
    return tuple(dict.fromkeys(found))


def lies_in(refused: Refused, stock: StockKey) -> bool:
    """Say whether a reason lies in this thing, and not in all of the wish or in another.

    Source:
        docs/rules.md, Lending 3.3 and 5.5.
    """
    facts = refused.facts
    own = refused.code not in _OF_A_COPY or facts.get("copy_id") == stock.copy_id
    return facts.get("holding_id") == stock.holding_id and own


_OF_A_COPY = frozenset[str]({Refusal.NOT_FREE, Refusal.NOT_OFFERED})
"""What may hold of a numbered copy and not of others; all else holds of each of a title's."""

_OF_THE_PLACE = frozenset[str](
    {
        DayReason.PAST,
        DayReason.CLOSED,
        DayReason.HOLIDAY,
        DayReason.VISITS_FULL,
        DayReason.COURIER_NOT_RUNNING,
    }
)


def _licences(case: BookingCase) -> Iterator[Refused]:
    for line in case.lines:
        ends_in_days = any(refused.code is DayReason.LICENCE_ENDED for refused in line.days)
        for gap in line.licence_gaps:
            if gap is not LicenceGap.ENDED or not ends_in_days:
                yield _of(line, Refused(LICENCE_CODES[gap]))


def _person(case: BookingCase) -> Iterator[Refused]:
    if not any(each.covers(case.period) for each in case.memberships):
        yield Refused(Refusal.MEMBERSHIP_ENDED, _nearest_term(case))
    if case.blocked:
        yield Refused(Refusal.BLOCKED, {"reason": case.block_reason})
    if case.overdue_block:
        yield Refused(Refusal.OVERDUE_BLOCK)


def _nearest_term(case: BookingCase) -> dict[str, Fact]:
    """Return when the term ends that is over too soon, or when one begins that comes too late."""
    first = case.period.first
    ends = [each.last for each in case.memberships if each.first <= first and each.last]
    if ends:
        return {"until": max(ends)}
    begins = [each.first for each in case.memberships if each.first > first]
    return {"from_day": min(begins)} if begins else {}


def _terms(case: BookingCase) -> Iterator[Refused]:
    for line in case.lines:
        if not line.has_terms:
            yield _of(line, Refused(Refusal.NO_TERMS))
        yield from _limits(line)
    if not case.has_purpose:
        yield Refused(Refusal.NO_PURPOSE)


def _limits(line: LineCase) -> Iterator[Refused]:
    for limit in line.limits:
        if limit.is_passed:
            facts: dict[str, Fact] = {"limit": limit.allowed, "count": limit.count}
            refused = Refused(limit_code(limit.kind), facts)
            yield _of(line, refused) if limit.kind is LimitKind.CATEGORY else refused


def _gone(case: BookingCase) -> Iterator[Refused]:
    for line in case.lines:
        if not line.is_offered:
            yield _of(line, Refused(Refusal.NOT_OFFERED))


def _days(case: BookingCase) -> Iterator[Refused]:
    for line in case.lines:
        for refused in line.days:
            yield refused if refused.code in _OF_THE_PLACE else _of(line, refused)


def _of(line: LineCase, refused: Refused) -> Refused:
    facts = {**refused.facts, "holding_id": line.holding_id}
    if line.copy_id is not None and refused.code in _OF_A_COPY:
        facts["copy_id"] = line.copy_id
    return Refused(refused.code, facts)
