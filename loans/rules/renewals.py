"""Whether a loan may be renewed, until when, and every reason why not."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from loans.errors import Fact, Refused
from loans.rules.codes import RenewalRefusal
from loans.rules.due_dates import Cap, Days, LoanPeriod, capped, uncapped_due_date
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

    Raises:
        loans.errors.NoOpenDayError: no open day near the new due date.

    Source:
        docs/rules.md, Lending 9.1 and 9.2.
    """
    start, period, days = case.counts_from, case.period, case.days
    wanted = case.chosen or uncapped_due_date(start, period, days)
    new = capped(wanted, start, period, days, _caps(case))
    refused = (
        *_count_refusals(case),
        *_person_refusals(case),
        *_date_refusals(case, wanted, new.day, new.capped_by),
        *_booked(case, new.day),
    )
    refused += tuple(each for each in new.refused if each not in refused)
    return Renewal(None if refused else new.day, refused, new.day)


def _caps(case: RenewalCase) -> Iterator[Cap]:
    if case.licensed_until is not None:
        yield Cap(RenewalRefusal.LICENCE_ENDS, case.licensed_until)
    if case.member_until is not None:
        yield Cap(RenewalRefusal.MEMBERSHIP_ENDS, case.member_until)


def _count_refusals(case: RenewalCase) -> Iterator[Refused]:
    if case.renewals >= case.allowed or case.period.days == 0:
        allowed = {"limit": case.allowed} if case.allowed else {"never": "never"}
        yield Refused(RenewalRefusal.RENEWAL_LIMIT, allowed)
    if case.waiting > case.others:
        yield Refused(RenewalRefusal.WAITED_FOR, {"count": case.waiting})


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


def _date_refusals(
    case: RenewalCase, wanted: date, new: date | None, capped_by: tuple[StrEnum, ...]
) -> Iterator[Refused]:
    """Refuse what comes too early or leads nowhere; a cap that leads nowhere is the reason."""
    if (case.due_on - case.today).days > case.window:
        from_day = case.due_on - timedelta(days=case.window)
        yield Refused(RenewalRefusal.TOO_EARLY, {"from_day": from_day})
    if case.period.days and (wanted <= case.due_on or wanted < case.today):
        yield Refused(RenewalRefusal.NOT_LATER, {"day": wanted})
    elif new is not None and new <= case.due_on:
        for code in capped_by:
            yield Refused(code, {"until": new})


def _booked(case: RenewalCase, new: date | None) -> Iterator[Refused]:
    if new is None or new <= case.due_on:
        return
    if case.free_until is None or case.free_until < new:
        facts: dict[str, Fact] = {"day": new}
        if case.free_until is not None and case.free_until > case.due_on:
            facts["until"] = case.free_until
        elif case.free_until is None:
            facts["from_day"] = max(case.due_on + ONE_DAY, case.today)
        yield Refused(RenewalRefusal.BOOKED, facts)
