"""From rows under their locks to the case that the rules of lending decide."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from catalogue.rules import licences
from catalogue.rules.copy_states import LENDABLE_STATES
from loans.errors import NoOpenDayError, Refused
from loans.models.hold import Hold
from loans.models.loan import Loan
from loans.queries.availability import licences_of
from loans.queries.borrowers import is_overdue_blocked, terms_of_membership
from loans.queries.briefings import is_briefed
from loans.queries.commitments import commitments_of, commitments_of_copies
from loans.queries.hand_out import Promise, lending_limits
from loans.queries.viewpoint import Viewpoint
from loans.rules.availability import Availability, Stock, availability
from loans.rules.booking_days import NO_RULES, booking_rules
from loans.rules.booking_policy import LICENCE_CODES
from loans.rules.codes import Refusal
from loans.rules.commitments import Commitment, CommitmentKind
from loans.rules.due_dates import (
    Basis,
    Cap,
    ClosedDayRule,
    DueDate,
    LoanPeriod,
    capped,
    chosen,
    uncapped_due_date,
)
from loans.rules.free_periods import last_free_day
from loans.rules.policy import BorrowerCase, CopyCase, LendingCase
from loans.rules.terms import Effective, Terms
from schools.models.person import Person
from schools.rules.periods import ONE_DAY, Period


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """What stands at the desk, read under the locks of copy and person.

    Attributes:
        copy: the copy, with its holding and title.
        person: who takes it.
        view: of the institution, at the counter; `view.customer` is not None.
        promise: the own booking's line it serves, if any.
        loan: the copy's open loan, if any.
        hold: the hold it is set aside for, if any.
        own_holds: the person's holds on this holding; lending any copy fulfils them.
        uncounted: kinds of parts nobody counted at this hand-out.
        critical_missing: critical parts known to be missing.
        in_person: the person stands at the desk.
        chosen_due: until when staff lend it; None for as long as the booking or the terms say.
    """

    copy: Copy
    person: Person
    view: Viewpoint
    promise: Promise | None
    loan: Loan | None
    hold: Hold | None
    uncounted: int = 0
    critical_missing: int = 0
    own_holds: frozenset[int] = frozenset()
    in_person: bool = True
    chosen_due: date | None = None

    @property
    def today(self) -> date:
        """The day of lending."""
        return self.view.today

    @property
    def institution_id(self) -> int:
        """For whom the person acts."""
        return 0 if self.view.customer is None else self.view.customer.id

    @property
    def effective(self) -> Effective:
        """The terms for this medium and this institution."""
        return self.view.effective(self.copy.holding.title.media_type)

    def is_own(self, commitment: Commitment) -> bool:
        """Say whether the loan ends it: the copy's own loan, or any copy kept for the person."""
        if commitment.kind is CommitmentKind.LOAN:
            return self.loan is not None and commitment.id == self.loan.id
        if commitment.kind is CommitmentKind.RECEIVED:
            return commitment.id == self.copy.id
        kinds = {CommitmentKind.SET_ASIDE, CommitmentKind.IN_TRANSIT_FOR_HOLD}
        return commitment.kind in kinds and commitment.id in self.own_holds


@dataclass(frozen=True, slots=True)
class Plan:
    """Until when the loan would run.

    Attributes:
        wanted: the due date without caps, as staff chose it or else of the terms; None without
            terms, or where no day is open.
        latest: the last due date of the booking or the terms, without caps; None where `wanted`
            is, or no day is open.
        period: whose closed-day rule the caps follow; None without terms.
        caps: ends of membership and licence, the day before others need the copy.
        due: the due date within the caps.
        gaps: what the licences leave open today, and that no day is open to bring it back.
        goes_from: the day from which the own booking could go, where today is too early.
        member_until: last day of the membership; None without end.
        is_member: a membership has begun.
    """

    wanted: date | None
    latest: date | None
    period: LoanPeriod | None
    caps: tuple[Cap, ...]
    due: DueDate
    gaps: tuple[Refused, ...]
    goes_from: date | None
    member_until: date | None
    is_member: bool

    @property
    def reserved_from(self) -> date | None:
        """The day from which others need the copy, where that shortens the loan."""
        for cap in self.caps:
            if cap.code is Refusal.RESERVED and self.wanted is not None and cap.last < self.wanted:
                return cap.last + ONE_DAY
        return None


def plan_of(session: Session, scene: Scene) -> Plan:
    """Return until when the loan would run, and what shortens or forbids it.

    What shortens a loan by the terms forbids one until a day that staff chose: they are told.

    Source:
        docs/rules.md, Lending 1.4, 1.6, 4.4 and 8.2.
    """
    terms = scene.effective.terms
    is_member, member_until = _membership(session, scene)
    gaps, licensed_until = _licence(session, scene)
    caps = _known_caps(member_until, licensed_until)
    goes_from = None
    period, latest, wanted = None, None, None
    if terms is not None:
        period = terms.period
        try:
            latest = _wanted(scene, terms)
        except NoOpenDayError as error:
            if scene.chosen_due is None:
                gaps += (Refused(Refusal.NO_OPEN_DAY, {"day": error.near}),)
        wanted = scene.chosen_due or latest
    if terms is not None and wanted is not None:
        if scene.promise is None:
            caps += _cap_by_others(session, scene, max(wanted, scene.today))
        else:
            caps += _cap_beyond(session, scene, scene.promise, wanted)
            goes_from = _goes_from(session, scene, scene.promise, terms)
    due = DueDate(None)
    if wanted is not None and period is not None:
        due = _due(scene, wanted, period, caps)
    return Plan(wanted, latest, period, caps, due, gaps, goes_from, member_until, is_member)


def case_of(session: Session, scene: Scene, plan: Plan) -> LendingCase:
    """Return the case for `loans.rules.policy.refusals`."""
    terms = scene.effective.terms
    return LendingCase(
        today=scene.today,
        copy=_copy_case(scene),
        borrower=_borrower_case(session, scene, plan, terms),
        has_terms=terms is not None,
        needs_briefing=terms is not None and terms.needs_briefing,
        personal_pickup=terms is not None and terms.personal_pickup,
        goes_from=plan.goes_from,
        due_refused=(*plan.due.refused, *plan.gaps),
        chosen_due=scene.chosen_due,
        latest_due=plan.latest,
    )


def due_despite(scene: Scene, plan: Plan, overruled: Collection[StrEnum]) -> date:
    """Return the due date where staff overrule some reasons: their caps do not shorten it.

    Raises:
        ValueError: there are no terms, which nobody can overrule.
    """
    if plan.wanted is None or plan.period is None:
        raise ValueError("without terms there is no due date")
    caps = tuple(cap for cap in plan.caps if cap.code not in overruled)
    return _due(scene, plan.wanted, plan.period, caps).day or plan.wanted


def _copy_case(scene: Scene) -> CopyCase:
    copy, hold = scene.copy, scene.hold
    return CopyCase(
        state=copy.state,
        with_same_person=scene.loan is not None and scene.loan.person_id == scene.person.id,
        set_aside_for_other=hold is not None and hold.person_id != scene.person.id,
        lendable=copy.lendable,
        reason=copy.not_lendable_reason,
        parts_uncounted=scene.uncounted,
        critical_missing=scene.critical_missing,
    )


def _borrower_case(
    session: Session, scene: Scene, plan: Plan, terms: Terms | None
) -> BorrowerCase:
    person, copy = scene.person, scene.copy
    needs_briefing = terms is not None and terms.needs_briefing
    type_code = copy.holding.title.media_type
    return BorrowerCase(
        member_until=plan.member_until,
        is_member=plan.is_member,
        blocked=person.blocked,
        block_reason=person.block_reason,
        overdue_block=is_overdue_blocked(session, scene.view, person.id),
        briefed=not needs_briefing or is_briefed(session, person.id, copy.centre_id, type_code),
        in_person=scene.in_person,
        limits=lending_limits(session, scene.effective, person.id, scene.institution_id),
    )


def _membership(session: Session, scene: Scene) -> tuple[bool, date | None]:
    held = terms_of_membership(session, scene.person.id, scene.institution_id)
    begun = [each for each in held if each.first <= scene.today]
    if any(each.last is None for each in begun):
        return True, None
    return bool(begun), max((each.last for each in begun if each.last), default=None)


def _licence(session: Session, scene: Scene) -> tuple[tuple[Refused, ...], date | None]:
    title_id, customer = scene.copy.holding.title_id, scene.view.customer
    known = licences_of(session, scene.view, {title_id}).get(title_id, ())
    if customer is None or not known:
        return (), None
    today = Period(scene.today, scene.today)
    gaps = licences.licence_gaps(known, customer.licensee, today)
    until = licences.lendable_until(known, customer.licensee, scene.today)
    return tuple(Refused(LICENCE_CODES[gap]) for gap in gaps), until


def _known_caps(member_until: date | None, licensed_until: date | None) -> tuple[Cap, ...]:
    ends = (
        (Refusal.MEMBERSHIP_ENDED, member_until),
        (Refusal.LICENCE_ENDED, licensed_until),
    )
    return tuple(
        Cap(code, last) for code, last in ends if last is not None and last != licences.UNLIMITED
    )


def _wanted(scene: Scene, terms: Terms) -> date:
    """Return the due date without caps: of the booking its last day, else by the terms."""
    days = scene.view.calendars.days(scene.view.place.branch_id)
    if scene.promise is None:
        return uncapped_due_date(scene.today, terms.period, days)
    left = (scene.promise.period.last - scene.today).days
    keeps = terms.period.closed_day_rule is ClosedDayRule.KEEP
    rule = ClosedDayRule.KEEP if keeps else ClosedDayRule.NEXT_OPEN_DAY
    return uncapped_due_date(scene.today, LoanPeriod(left, Basis.CALENDAR_DAYS, rule), days)


def _due(scene: Scene, wanted: date, period: LoanPeriod, caps: tuple[Cap, ...]) -> DueDate:
    if scene.chosen_due is not None:
        return chosen(wanted, scene.today, caps)
    days = scene.view.calendars.days(scene.view.place.branch_id)
    return capped(wanted, scene.today, period, days, caps)


def _cap_by_others(session: Session, scene: Scene, wanted: date) -> tuple[Cap, ...]:
    """Return the day before others need the copy, if that is before the due date.

    A copy that is not in the pool takes nothing from it; a numbered one is asked for itself.
    """
    copy = scene.copy
    if not copy.lendable or copy.state not in LENDABLE_STATES:
        return ()
    found = _availability(session, scene, Period(scene.today, wanted))
    last = last_free_day(found, scene.today)
    return (Cap(Refusal.RESERVED, last or scene.today - ONE_DAY),)


def _cap_beyond(session: Session, scene: Scene, promise: Promise, wanted: date) -> tuple[Cap, ...]:
    """Return until when a copy could stay out beyond the own booking, if it is to.

    So it is where staff chose that, or where the booking's last day was closed since. Until then
    the booking itself keeps the copy.
    """
    copy = scene.copy
    if wanted <= promise.period.last:
        return ()
    if not copy.lendable or copy.state not in LENDABLE_STATES:
        return ()
    period = Period(scene.today, wanted)
    found = _availability(session, scene, period, collected=promise.line_id)
    last = last_free_day(found, promise.period.last + ONE_DAY)
    return (Cap(Refusal.RESERVED, last or promise.period.last),)


def _goes_from(session: Session, scene: Scene, promise: Promise, terms: Terms) -> date | None:
    """Return the day from which an own booking can go if today is too early; else None.

    From the booking's own margin on, the copy is counted as committed to it already.
    """
    copy, calendar = scene.copy, scene.view.calendar
    kept_from = promise.away_from(terms.service_days_before, calendar)
    if not copy.lendable or kept_from <= scene.today:
        return None
    before = Period(scene.today, kept_from - ONE_DAY)
    found = _availability(session, scene, before)
    taken = [day for day in before if found.free_on(day) < 1]
    if not taken:
        return None
    try:
        return min(calendar.next_open_day(taken[-1] + ONE_DAY), promise.period.first)
    except NoOpenDayError:
        return promise.period.first


def _availability(
    session: Session, scene: Scene, period: Period, *, collected: int | None = None
) -> Availability:
    """Return what is free of the locked holding, by the one function, in one statement.

    Of a copy that is booked by number, that copy alone.

    Args:
        session: the session.
        scene: what stands at the desk.
        period: the days.
        collected: a booking's line, seen as if one more copy had been handed out on it.

    Source:
        docs/rules.md, Lending 3.3 and 4.1.
    """
    copy, holding, view, terms = scene.copy, scene.copy.holding, scene.view, scene.effective.terms
    if copy.numbered:
        committed = commitments_of_copies(session, view, {copy.id}, period).get(copy.id, ())
    else:
        committed = commitments_of(session, view, {holding.id}, period).get(holding.id, ())
    stock = Stock(
        holding.id,
        1 if copy.numbered else holding.lendable,
        tuple(_one_more_out(each) if _is_line(each, collected) else each for each in committed),
        NO_RULES if terms is None else booking_rules(terms),
    )
    found = availability(
        (stock,), view.rules_place(), period, today=view.today, ignoring=scene.is_own
    )
    return found[holding.id]


def _is_line(commitment: Commitment, line_id: int | None) -> bool:
    return commitment.kind is CommitmentKind.BOOKING and commitment.id == line_id


def _one_more_out(commitment: Commitment) -> Commitment:
    return replace(commitment, handed_out=commitment.handed_out + 1)
