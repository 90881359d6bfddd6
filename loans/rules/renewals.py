"""Whether a loan may be renewed, until when, and every reason why not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from loans.errors import Fact, NoOpenDayError, Refused
from loans.rules.codes import RenewalRefusal
from loans.rules.due_dates import Cap, Days, DueDate, LoanPeriod, capped, uncapped_due_date
from schools.rules.periods import ONE_DAY


class OverduePolicy(StrEnum):
    """What an overdue loan does to renewals.

    Source:
        docs/rules.md, Lending 9.1.
    """

    IGNORE = "ignore"
    ONLY_THAT = "only_that"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class RenewalCase:
    """All that the decision looks at, as read under the locks of the loan.

    Attributes:
        today: the day of the wish.
        due_on: the present due date.
        period: the renewal period; 0 days is never renewable.
        days: the calendar of the place and the school's movable days.
        renewals: how often it was renewed.
        allowed: how often it may be.
        window: days before the due date from which it may be; `UNLIMITED` for always.
        waiting: people who wait for the title and could be served.
        others: other copies that will serve them first.
        blocked: the person may not borrow.
        policy: what overdue loans do.
        has_other_overdue: another loan of the person is overdue.
        licensed_until: None without end.
        member_until: None without end.
        free_until: until when the copy could be kept, by `availability.last_free_day` from the
            day after the due date (or today, if later); None if not even that day.
        recalled: the centre has called it back.
        chosen: a new date that staff chose; None for that of the period.
    """

    today: date
    due_on: date
    period: LoanPeriod
    days: Days
    renewals: int
    allowed: int
    window: int
    free_until: date | None
    waiting: int = 0
    others: int = 0
    blocked: bool = False
    policy: OverduePolicy = OverduePolicy.ONLY_THAT
    has_other_overdue: bool = False
    licensed_until: date | None = None
    member_until: date | None = None
    recalled: bool = False
    chosen: date | None = None

    @property
    def is_overdue(self) -> bool:
        """Say whether the loan should have been back before today."""
        return self.due_on < self.today

    @property
    def counts_from(self) -> date:
        """The day the new period is counted from: the due date, or today when overdue.

        Source:
            docs/rules.md, Lending 9.2.
        """
        return max(self.due_on, self.today)


@dataclass(frozen=True, slots=True)
class Renewal:
    """The answer to a wish to renew.

    Attributes:
        due_on: the new due date; None if refused.
        refused: every reason; a reason `BOOKED` says in `until` to when staff could renew.
        would_be: the new due date for whoever overrules the reasons; None if there is none.
    """

    due_on: date | None
    refused: tuple[Refused, ...] = ()
    would_be: date | None = None


def renew(case: RenewalCase) -> Renewal:
    """Decide about a renewal.

    Licence and membership shorten it; what others have booked refuses it.

    Source:
        docs/rules.md, Lending 1.4, 9.1 and 9.2.
    """
    refused = (*_count_refusals(case), *_person_refusals(case), *_too_early(case))
    try:
        wanted = case.chosen or uncapped_due_date(case.counts_from, case.period, case.days)
    except NoOpenDayError as error:
        never = Refused(RenewalRefusal.NO_OPEN_DAY, {"day": error.near})
        return Renewal(None, (*refused, never))
    new = _capped(case, wanted, (*_licence_cap(case), *_membership_cap(case)))
    against = list(_against(case, wanted, new))
    would_be = new.day
    if any(each.code is RenewalRefusal.MEMBERSHIP_ENDS for each in against):
        beyond = _capped(case, wanted, _licence_cap(case))
        would_be = beyond.day
        against += _against(case, wanted, beyond)
    refused += tuple(each for place, each in enumerate(against) if each not in against[:place])
    return Renewal(None if refused else new.day, refused, would_be)


def _capped(case: RenewalCase, wanted: date, caps: Iterable[Cap]) -> DueDate:
    return capped(wanted, case.counts_from, case.period, case.days, caps)


def _licence_cap(case: RenewalCase) -> Iterator[Cap]:
    if case.licensed_until is not None:
        yield Cap(RenewalRefusal.LICENCE_ENDS, case.licensed_until)


def _membership_cap(case: RenewalCase) -> Iterator[Cap]:
    if case.member_until is not None:
        yield Cap(RenewalRefusal.MEMBERSHIP_ENDS, case.member_until)


def _against(case: RenewalCase, wanted: date, new: DueDate) -> Iterator[Refused]:
    """Go through what stands against a new due date itself."""
    yield from _date_refusals(case, wanted, new)
    yield from _booked(case, new.day)
    yield from (_ended(case, each.code) for each in new.refused)


def _count_refusals(case: RenewalCase) -> Iterator[Refused]:
    if case.renewals >= case.allowed or case.period.days == 0:
        never = case.allowed == 0 or case.period.days == 0
        allowed = {"never": "never"} if never else {"limit": case.allowed}
        yield Refused(RenewalRefusal.RENEWAL_LIMIT, allowed)
    if case.waiting > case.others:
        yield Refused(RenewalRefusal.WAITED_FOR, {"count": case.waiting})
    if case.recalled:
        yield Refused(RenewalRefusal.RECALLED, {"until": case.due_on})


def _person_refusals(case: RenewalCase) -> Iterator[Refused]:
    if case.blocked:
        yield Refused(RenewalRefusal.BLOCKED)
    if _overdue_refuses(case):
        yield Refused(RenewalRefusal.OVERDUE, {"since": case.due_on} if case.is_overdue else {})


def _overdue_refuses(case: RenewalCase) -> bool:
    match case.policy:
        case OverduePolicy.IGNORE:
            return False
        case OverduePolicy.ONLY_THAT:
            return case.is_overdue
        case OverduePolicy.ALL:
            return case.is_overdue or case.has_other_overdue


def _too_early(case: RenewalCase) -> Iterator[Refused]:
    if (case.due_on - case.today).days > case.window:
        from_day = case.due_on - timedelta(days=case.window)
        yield Refused(RenewalRefusal.TOO_EARLY, {"from_day": from_day})


def _date_refusals(case: RenewalCase, wanted: date, new: DueDate) -> Iterator[Refused]:
    """Refuse what leads nowhere; a cap that leads nowhere is the reason."""
    if case.period.days and (wanted <= case.due_on or wanted < case.today):
        yield Refused(RenewalRefusal.NOT_LATER, {"day": wanted})
    elif new.day is not None and new.day <= case.due_on:
        for code in new.capped_by:
            yield _ended(case, code)


def _ended(case: RenewalCase, code: StrEnum) -> Refused:
    """Return a refusal with the end itself, open that day or not; without what is over by now."""
    until, since = case.member_until, case.today
    if code is RenewalRefusal.LICENCE_ENDS:
        until, since = case.licensed_until, case.counts_from
    return Refused(code, {"until": until} if until is not None and until >= since else {})


def _booked(case: RenewalCase, new: date | None) -> Iterator[Refused]:
    if new is None or new <= case.due_on:
        return
    if case.free_until is None or case.free_until < new:
        facts: dict[str, Fact] = {"day": new}
        until = _could_be_until(case)
        if until is not None:
            facts["until"] = until
        elif case.free_until is None:
            facts["from_day"] = max(case.due_on + ONE_DAY, case.today)
        yield Refused(RenewalRefusal.BOOKED, facts)


def _could_be_until(case: RenewalCase) -> date | None:
    """Return the last day that staff could choose: free, and open where the terms ask for that.

    Source:
        docs/rules.md, Lending 1.6 and 9.1.
    """
    until = case.free_until
    if until is not None and not case.period.keeps_closed_days:
        try:
            until = case.days.calendar.previous_open_day(until)
        except NoOpenDayError:
            return None
    if until is None or until <= case.due_on or until < case.today:
        return None
    return until
