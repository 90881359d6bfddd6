"""Loans that are due soon, for the night that reminds of them or renews them."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from catalogue.models.copy import Copy
from loans.errors import NoOpenDayError
from loans.models.loan import Loan
from loans.queries.house import House
from loans.queries.loans import LoanFacts, everything_of_a_loan, loan_facts
from loans.queries.overdue import open_claim
from loans.queries.renewals import (
    Asked,
    blocked_by_staff,
    renewals_of_people,
    viewpoints_by_school,
)
from loans.queries.scopes import beside
from loans.rules.reminders import REMIND_OPEN_DAYS_BEFORE, reminds_tonight
from loans.rules.renewals import Renewal
from schools.rules.periods import ONE_DAY
from schools.rules.roles import Scope


@dataclass(frozen=True, slots=True)
class DueWish:
    """Which loans of a centre that are in time.

    Attributes:
        centre_id: the centre.
        until: due on this day at the latest.
        to_remind: only those whose letter for this due date was not written, nor put off.
        to_renew: only those that were not called back.
        person_ids: only of these people; None for all.
    """

    centre_id: int
    until: date
    to_remind: bool = False
    to_renew: bool = False
    person_ids: Collection[int] | None = None


def to_remind(house: House) -> DueWish:
    """Return the loans of a centre that may be due within three open days.

    Source:
        docs/rules.md, Lending 10.2.
    """
    until = max((_third_open_day(house, branch) for branch in house.branches), default=house.today)
    return DueWish(house.centre_id, until, to_remind=True)


def to_renew(centre_id: int, today: date) -> DueWish:
    """Return the loans of a centre that are renewed tonight: due tomorrow, or today.

    Source:
        docs/rules.md, Lending 9.2, and docs/decisions/0016-nights.md.
    """
    return DueWish(centre_id, today + ONE_DAY, to_renew=True)


def people_due(
    session: Session, scope: Scope, wish: DueWish, today: date
) -> list[tuple[int, int]]:
    """Return whose loans are meant, by school and key, each with how many; one statement."""
    if not scope.covers_centre(wish.centre_id):
        return []
    query = select(Loan.person_id).where(*_is_due(wish, today))
    query = query.order_by(Loan.institution_id, Loan.person_id)
    counted = Counter(each for each in session.scalars(query) if each is not None)
    return list(counted.items())


@dataclass(frozen=True, slots=True)
class DuePlan:
    """What one person is to be told of, and what would become of renewing each loan today."""

    person_id: int
    loans: tuple[tuple[LoanFacts, Renewal | None], ...]


def plans_before_due(
    session: Session, scope: Scope, wish: DueWish, house: House, now: datetime
) -> list[DuePlan]:
    """Return what each person is told of tonight, by school; reads only, for the letters' words.

    Source:
        docs/rules.md, Lending 10.2.
    """
    rows = loans_due(session, scope, wish, house.today)
    facts = [loan_facts(row) for row in rows]
    facts = [loan for loan in facts if _reminds(house, loan)]
    asked = Asked(blocked_by_staff(session, facts))
    answers: dict[int, Renewal] = {}
    at = (house.today, now)
    for view, same in viewpoints_by_school(session, house.centre_id, facts, *at):
        answers |= renewals_of_people(session, view, asked, same)
    by_person: dict[int, list[tuple[LoanFacts, Renewal | None]]] = defaultdict(list)
    for loan in facts:
        by_person[loan.person_id or 0].append((loan, answers.get(loan.id)))
    return [DuePlan(person_id, tuple(loans)) for person_id, loans in by_person.items()]


def _reminds(house: House, loan: LoanFacts) -> bool:
    """Say whether a loan's borrower is told tonight; never where no day before it is open."""
    calendar = house.calendars.of(loan.branch_id)
    try:
        return reminds_tonight(loan.lent_on, loan.due_on, house.today, calendar)
    except NoOpenDayError:
        return False


def loans_due(session: Session, scope: Scope, wish: DueWish, today: date) -> Sequence[Loan]:
    """Return the loans that are meant, by due date, with what `loan_facts` needs."""
    if not scope.covers_centre(wish.centre_id):
        return ()
    query = select(Loan).where(*_is_due(wish, today)).order_by(Loan.due_on, Loan.id)
    return session.scalars(query.options(*everything_of_a_loan())).all()


def _third_open_day(house: House, branch_id: int) -> date:
    try:
        return house.calendars.of(branch_id).open_days_after(house.today, REMIND_OPEN_DAYS_BEFORE)
    except NoOpenDayError:
        return house.today


def _is_due(wish: DueWish, today: date) -> Iterable[ColumnElement[bool]]:
    due_on = Loan.due_on if wish.person_ids is None else beside(Loan.due_on)
    yield beside(Loan.centre_id) == wish.centre_id
    yield Loan.returned_on.is_(None)
    yield Loan.received_on.is_(None)
    yield ~Loan.placed
    yield Loan.person_id.is_not(None)
    yield due_on.between(today, wish.until)
    if wish.person_ids is not None:
        yield Loan.person_id.in_(list(wish.person_ids))
    if wish.to_renew:
        yield Loan.recalled_on.is_(None)
    if wish.to_remind:
        yield or_(Loan.reminded_for.is_(None), Loan.reminded_for != Loan.due_on)
        yield or_(Loan.snoozed_until.is_(None), Loan.snoozed_until < today)
    yield ~exists().where(Copy.id == Loan.copy_id, open_claim())
