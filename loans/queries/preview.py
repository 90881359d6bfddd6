"""Whether wishes can be had: each free or with every reason and what could be had instead.

Previews and bookings ask the same function; a booking asks it under the holdings' locks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.orm import Session

from catalogue.rules.licences import licence_gaps
from loans.errors import Refused
from loans.queries.asking import Asked, AskedWish, asked_of
from loans.queries.scales import Scales, at_most, scales_for
from loans.queries.viewpoint import Viewpoint
from loans.queries.wishes import Aside, BookingWish, LineWish, Wishes
from loans.rules.availability import Availability, Wish, check_wish
from loans.rules.booking_days import may_overrule
from loans.rules.booking_policy import BookingCase, LineCase, booking_refusals, lies_in
from loans.rules.codes import DayReason, Refusal
from loans.rules.free_periods import next_free, next_free_together
from schools.rules.periods import Period
from schools.rules.roles import Actor, Right


@dataclass(frozen=True, slots=True)
class LineAnswer:
    """What came of one line.

    Attributes:
        line: as it was asked, with whatever else the wish asks of the same thing.
        free: how many could be had in the wish's period, at least 0.
        refusals: those that lie in it.
        next_free: the next period as long with enough of it; None if it can be had, if none is
            found within a year, or if alternatives were not asked for.
    """

    line: LineWish
    free: int
    refusals: tuple[Refused, ...]
    next_free: Period | None = None


@dataclass(frozen=True, slots=True, eq=False)
class WishAnswer:
    """What came of one wish.

    Attributes:
        asked: the wish, for whom and where, with a copy named where it is booked by number.
        refusals: every reason against it.
        granted: it can be had, or staff may book it all the same and say why.
        lines: one for each thing; none if the person acts for no institution here.
        needs_approval: it would be a request first.
        next_free: the next period as long in which all lines could be had.
    """

    asked: AskedWish
    refusals: tuple[Refused, ...]
    granted: bool
    lines: tuple[LineAnswer, ...] = ()
    needs_approval: bool = False
    next_free: Period | None = None

    @property
    def wish(self) -> BookingWish:
        """As it was asked."""
        return self.asked.wish

    @property
    def codes(self) -> frozenset[str]:
        """The codes of its refusals."""
        return frozenset(str(refused.code) for refused in self.refusals)


def preview(
    session: Session, wishes: Wishes, by: Actor, today: date, now: datetime
) -> tuple[WishAnswer, ...]:
    """Say of each wish whether it can be had, with every reason and what could be had instead.

    The number of statements depends on how many institutions, pick-up places and limits of the
    terms are concerned, not on how many wishes, lines, copies or people.

    Raises:
        loans.errors.NotFoundError: see `asking.asked_of`.

    Source:
        docs/rules.md, Lending 5.2, 5.4, 5.5 and 6.2.
    """
    asked = asked_of(session, wishes, by, today, now)
    return answers_of(session, asked, wishes.aside, alternatives=True)


def answers_of(
    session: Session, asked: Asked, aside: Aside, *, alternatives: bool
) -> tuple[WishAnswer, ...]:
    """Answer wishes in their order; each that is granted is taken as made for those after it.

    Args:
        session: within a unit of work, after the locks of holdings and people, it decides.
        asked: the wishes.
        aside: what makes way for them.
        alternatives: look for what could be had instead, as far as a year ahead.
    """
    scales = scales_for(session, asked, aside, far=alternatives)
    weighing = _Weighing(scales, aside, alternatives)
    return tuple(_answer(weighing, each) for each in asked.wishes)


def refusals_on(
    session: Session, asked: Asked, aside: Aside, periods: Iterable[Period]
) -> Iterator[tuple[Refused, ...]]:
    """Yield what would stand against a wish on other days, each for itself.

    Args:
        session: the session.
        asked: the one wish.
        aside: what makes way for it.
        periods: other days, within a year of its own.
    """
    scales = scales_for(session, asked, aside, far=True)
    weighing = _Weighing(scales, aside, alternatives=False)
    (each,) = asked.wishes
    for period in periods:
        moved = replace(each, wish=replace(each.wish, period=period))
        if moved.view is None:
            yield (Refused(moved.without),)
        else:
            yield booking_refusals(_case(weighing, moved, moved.view))


@dataclass(frozen=True, slots=True)
class _Weighing:
    scales: Scales
    aside: Aside
    alternatives: bool


def _answer(weighing: _Weighing, asked: AskedWish) -> WishAnswer:
    view, scales = asked.view, weighing.scales
    if view is None:
        return WishAnswer(asked, (Refused(asked.without),), granted=False)
    refusals = booking_refusals(_case(weighing, asked, view))
    terms = (scales.terms(view, line) for line in asked.lines)
    answer = WishAnswer(
        asked=scales.named(asked),
        refusals=refusals,
        granted=not refusals or _may_overrule(scales.asked.by, asked, refusals),
        lines=tuple(_line_answer(weighing, asked, line, refusals) for line in asked.lines),
        needs_approval=any(each is not None and each.needs_approval for each in terms),
        next_free=_together(weighing, asked) if refusals and weighing.alternatives else None,
    )
    if answer.granted:
        scales.take(answer.asked, view)
    return answer


def _may_overrule(by: Actor, asked: AskedWish, refusals: Iterable[Refused]) -> bool:
    """Say whether staff gave a reason, and may go ahead against every refusal.

    Source:
        docs/rules.md, Lending 4.4.
    """
    held = by.scope(Right.OVERRIDE).covers_centre(asked.centre_id)
    rights = frozenset({Right.OVERRIDE}) if held else frozenset[Right]()
    return bool(asked.wish.overruling) and may_overrule(refusals, asked.wish.period, rights)


def _case(weighing: _Weighing, asked: AskedWish, view: Viewpoint) -> BookingCase:
    scales, wish = weighing.scales, asked.wish
    person = scales.asked.people[wish.person_id]
    return BookingCase(
        period=wish.period,
        memberships=asked.terms,
        has_purpose=(wish.unit_id is None) != (wish.reason is None),
        blocked=person.blocked,
        block_reason=person.block_reason,
        overdue_block=(view.centre_id, person.id) in scales.blocked,
        lines=tuple(_line_case(weighing, asked, view, line) for line in asked.lines),
    )


def _line_case(weighing: _Weighing, asked: AskedWish, view: Viewpoint, line: LineWish) -> LineCase:
    if line.stock in asked.gone:
        return LineCase(holding_id=line.holding_id, copy_id=line.copy_id, is_offered=False)
    scales = weighing.scales
    licences = scales.licences_for(asked, line)
    gaps = () if view.customer is None else (view.customer.licensee,)
    return LineCase(
        holding_id=line.holding_id,
        copy_id=line.copy_id,
        has_terms=scales.terms(view, line) is not None,
        licence_gaps=tuple(
            gap for licensee in gaps for gap in licence_gaps(licences, licensee, asked.wish.period)
        ),
        limits=scales.tally.against(scales.limits(asked, line)),
        days=tuple(_days(weighing, asked, line)),
    )


def _days(weighing: _Weighing, asked: AskedWish, line: LineWish) -> Iterator[Refused]:
    """Yield what stands against a line's days and copies.

    Copies are counted for as long as any booking may last; longer ones are too long.
    """
    found, aside = weighing.scales.found(asked, line), weighing.aside
    wished, looked_at = asked.wish.period, at_most(asked.wish.period)
    wish = Wish(
        period=looked_at,
        quantity=line.quantity,
        keeps_first=aside.keeps_first,
        keeps_last=aside.keeps_last or looked_at != wished,
    )
    if looked_at != wished:
        yield found.days.refused(DayReason.TOO_LONG, wished.last, wished.first)
    for refused in check_wish(found, wish):
        if refused.code is DayReason.TOO_LONG and looked_at != wished:
            continue
        if refused.code is not Refusal.NOT_FREE:
            yield refused
        elif not aside.is_smaller:
            yield _with_alternative(refused, found, wish) if weighing.alternatives else refused


def _with_alternative(refused: Refused, found: Availability, wish: Wish) -> Refused:
    """Add to `NOT_FREE` the next days on which the same could be had."""
    period = next_free(found, wish)
    if period is None:
        return refused
    return replace(
        refused, facts={**refused.facts, "from_day": period.first, "until": period.last}
    )


def _line_answer(
    weighing: _Weighing, asked: AskedWish, line: LineWish, refusals: tuple[Refused, ...]
) -> LineAnswer:
    own = tuple(each for each in refusals if lies_in(each, line.stock))
    found, period = weighing.scales.found(asked, line), at_most(asked.wish.period)
    other = None
    if refusals and weighing.alternatives and line.stock not in asked.gone:
        other = next_free(found, Wish(period=period, quantity=line.quantity))
    return LineAnswer(
        line=line,
        free=max(0, found.free_for(period)),
        refusals=own,
        next_free=None if other == period else other,
    )


def _together(weighing: _Weighing, asked: AskedWish) -> Period | None:
    if asked.gone:
        return None
    period = at_most(asked.wish.period)
    other = next_free_together(
        [
            (weighing.scales.found(asked, line), Wish(period=period, quantity=line.quantity))
            for line in asked.lines
        ]
    )
    return None if other == period else other
