"""Whether open loans may be renewed: what the rules look at, read for all of them at once."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

from sqlalchemy import Date, Select, bindparam, select
from sqlalchemy.orm import Session

from catalogue.rules import licences as licence_rules
from loans.errors import NoOpenDayError, Refused
from loans.models.loan import Loan
from loans.queries.availability import holding_facts, licences_of, stocks_of
from loans.queries.borrowers import terms_of_members
from loans.queries.loans import LoanFacts
from loans.queries.overdue_blocks import overdue_blocked
from loans.queries.scopes import beside
from loans.queries.viewpoint import Viewpoint, Where, viewpoint_of
from loans.queries.waiting import waiting_for
from loans.rules import availability as rules
from loans.rules.booking_policy import Membership
from loans.rules.codes import LoanRefusal
from loans.rules.commitments import Commitment, of_loan
from loans.rules.due_dates import LoanPeriod, uncapped_due_date
from loans.rules.free_periods import last_free_day
from loans.rules.holds import pickup_deadline
from loans.rules.renewals import Renewal, RenewalCase, renew
from loans.rules.terms import Terms
from schools.models.person import Person
from schools.rules.periods import ONE_DAY, Period
from schools.rules.roles import Scope

_BACK = (Refused(LoanRefusal.BACK),)

NOT_RENEWABLE = Terms(loan_period=0, renewal_period=0)
"""What holds where there are no terms."""

Licences = Mapping[int, tuple[licence_rules.Licence, ...]]


@dataclass(frozen=True, slots=True)
class _Borrower:
    """What renewals ask about a person, the same for every loan.

    Attributes:
        overdue: keys of the person's overdue loans of this centre, for whatever institution.
    """

    blocked: bool
    member_until: date | None
    overdue: frozenset[int]


def renewals(
    session: Session, view: Viewpoint, person: Person, loans: Sequence[LoanFacts]
) -> dict[int, Renewal]:
    """Decide about each loan of one person as if it alone were renewed today.

    Args:
        session: the session; within a unit of work, after the locks, it decides.
        view: of the loans' centre and institution.
        person: the borrower.
        loans: open loans of the person, of that centre and institution.

    Source:
        docs/rules.md, Lending 9.1 and 9.2.
    """
    return renewals_of_people(session, view, Asked({person.id: person.blocked}), loans)


@dataclass(frozen=True, slots=True)
class Asked:
    """How several loans are asked about.

    Attributes:
        blocked: of every borrower by key, whether staff blocked the person.
        in_turn: each is judged as if those before it, where granted, were renewed already: two
            copies of a holding may not both be kept on against one booking.
        chosen: a new date that staff chose for all of them.
    """

    blocked: Mapping[int, bool]
    in_turn: bool = False
    chosen: date | None = None


def renewals_of_people(
    session: Session, view: Viewpoint, asked: Asked, loans: Sequence[LoanFacts]
) -> dict[int, Renewal]:
    """Decide about loans of many people of one school, in eight statements.

    Args:
        session: the session; within a unit of work, after the locks, it decides.
        view: of the loans' centre and institution. What was lent is seen even if it is hidden
            from the catalogue by now.
        asked: how.
        loans: open loans of that centre and institution; what is back in the house, not yet
            looked over, is told so.

    Source:
        docs/rules.md, Lending 9.1 and 9.2.
    """
    found = {loan.id: Renewal(None, _BACK) for loan in loans if loan.received_on is not None}
    loans = [loan for loan in loans if loan.received_on is None]
    if not loans:
        return found
    view = replace(view, scope=Scope(everything=True))
    holdings = holding_facts(session, view, {loan.holding_id for loan in loans})
    served = Period(view.today, _served_until(view))
    until = max(max(loan.due_on, asked.chosen or _wanted(view, loan)) for loan in loans)
    period = Period(view.today, max(served.last, until) + ONE_DAY)
    stocks = {each.holding_id: each for each in stocks_of(session, view, holdings, period)}
    licences = licences_of(session, view, {loan.title_id for loan in loans})
    waiting = waiting_for(session, stocks, view.today)
    borrowers = _borrowers(session, view, asked.blocked)
    for loan in loans:
        stock = stocks.get(loan.holding_id)
        if stock is None:
            continue
        around = _Around(
            waiting=waiting.get(loan.holding_id, 0),
            licensed_until=_licensed_until(view, loan, licences),
            chosen=asked.chosen,
        )
        left = _left_without(view, stock, (period, served), loan)
        answer = renew(_case(view, loan, left, borrowers[loan.person_id or 0], around))
        found[loan.id] = answer
        if asked.in_turn and answer.due_on is not None:
            stocks[loan.holding_id] = _kept_on(stock, loan, answer.due_on)
    return found


def viewpoints_by_school(
    session: Session, centre_id: int, loans: Sequence[LoanFacts], today: date, now: datetime
) -> Iterator[tuple[Viewpoint, list[LoanFacts]]]:
    """Yield the loans of a centre school by school, each with its viewpoint in five statements.

    For the night, which asks nobody's scope.
    """
    by_school: dict[int, list[LoanFacts]] = defaultdict(list)
    for loan in loans:
        by_school[loan.institution_id].append(loan)
    for institution_id, same in by_school.items():
        where = Where(centre_id, institution_id=institution_id)
        yield viewpoint_of(session, Scope(everything=True), where, today, now), same


def blocked_by_staff(session: Session, loans: Sequence[LoanFacts]) -> dict[int, bool]:
    """Return by borrower whether staff blocked the person; of loans the caller may see."""
    ids = {loan.person_id for loan in loans}
    query = select(Person.id, Person.blocked).where(Person.id.in_(ids))
    return {row.id: row.blocked for row in session.execute(query)}


def _kept_on(stock: rules.Stock, loan: LoanFacts, due_on: date) -> rules.Stock:
    """Return a holding's stock as it will be when one of its loans lasts longer."""
    is_ours = of_loan(loan.id)
    commitments = tuple(
        replace(each, last=due_on) if is_ours(each) else each for each in stock.commitments
    )
    copies = tuple(_kept_on(each, loan, due_on) for each in stock.copies)
    return replace(stock, commitments=commitments, copies=copies)


@dataclass(frozen=True, slots=True)
class _Around:
    """What else stands around one loan."""

    waiting: int
    licensed_until: date | None
    chosen: date | None


def _case(
    view: Viewpoint,
    loan: LoanFacts,
    left: "_Left",
    borrower: _Borrower,
    around: _Around,
) -> RenewalCase:
    terms = _terms(view, loan)
    return RenewalCase(
        today=view.today,
        due_on=loan.due_on,
        period=terms.renewed_period,
        days=view.calendars.days(loan.branch_id),
        renewals=loan.renewals,
        allowed=terms.renewals,
        window=terms.renewal_window,
        free_until=left.free_until,
        waiting=around.waiting,
        others=left.others,
        blocked=borrower.blocked,
        policy=view.choices.overdue_policy,
        has_other_overdue=bool(borrower.overdue - {loan.id}),
        licensed_until=around.licensed_until,
        member_until=borrower.member_until,
        recalled=loan.recalled_on is not None,
        chosen=around.chosen,
    )


@dataclass(frozen=True, slots=True)
class _Left:
    """What a loan leaves to others.

    Attributes:
        free_until: until when its copy could be kept from the next day on; None if not at all.
        others: other copies that are free as long as one would be kept for whoever waits.
    """

    free_until: date | None
    others: int


def _left_without(
    view: Viewpoint, stock: rules.Stock, days: tuple[Period, Period], loan: LoanFacts
) -> _Left:
    """Look at a holding without one of its loans; at a numbered copy by itself.

    A copy that left the capacity took its loan with it: keeping it on takes nothing from anybody.

    Args:
        view: of the loan's centre and institution.
        stock: the holding.
        days: those looked at, and those for which a copy would be kept for whoever waits.
        loan: the loan.

    Source:
        docs/rules.md, Lending 3.3, 4.2, 4.4, 7.2 and 9.1.
    """
    period, served = days
    alone = next((each for each in stock.copies if each.holding_id == loan.copy_id), stock)
    own = next(filter(of_loan(loan.id), alone.commitments), None)
    free = _free(view, stock, period, loan, own)
    if stock.copies:
        others = sum(
            each.free_in(served) > 0 for each in free.copies if each.holding_id != loan.copy_id
        )
        free = next((each for each in free.copies if each.holding_id == loan.copy_id), free)
    else:
        others = free.free_in(served) - (own is not None)
    if own is None:
        return _Left(period.last, max(0, others))
    return _Left(last_free_day(free, max(loan.due_on + ONE_DAY, view.today)), max(0, others))


def _free(
    view: Viewpoint, stock: rules.Stock, period: Period, loan: LoanFacts, own: Commitment | None
) -> rules.Availability:
    """Return what is free but for a loan, with its own courier days after it."""
    place = view.rules_place()
    if own is not None:
        place = replace(place, courier_after=own.margins.courier_after)
    ignoring = of_loan(loan.id)
    found = rules.availability([stock], place, period, today=view.today, ignoring=ignoring)
    return found[stock.holding_id]


def _terms(view: Viewpoint, loan: LoanFacts) -> Terms:
    return view.effective(loan.type_code).terms or NOT_RENEWABLE


def _wanted(view: Viewpoint, loan: LoanFacts) -> date:
    """Return the new date by the terms; where no day is open, that from which it counts."""
    start = max(loan.due_on, view.today)
    period: LoanPeriod = _terms(view, loan).renewed_period
    try:
        return uncapped_due_date(start, period, view.calendars.days(loan.branch_id))
    except NoOpenDayError:
        return start


def _served_until(view: Viewpoint) -> date:
    """Return until when a copy free today would be kept for whoever waits; today if never open.

    Source:
        docs/rules.md, Lending 7.2.
    """
    try:
        return pickup_deadline(view.today, view.choices.pickup, view.calendar)
    except NoOpenDayError:
        return view.today


def _borrowers(
    session: Session, view: Viewpoint, blocked: Mapping[int, bool]
) -> dict[int, _Borrower]:
    institution_id = 0 if view.customer is None else view.customer.id
    terms = terms_of_members(session, blocked, institution_id)
    late = overdue_blocked(session, view, blocked)
    overdue = _overdue(session, view, blocked)
    return {
        person_id: _Borrower(
            is_blocked or person_id in late,
            _member_until(terms.get(person_id, ()), view.today),
            overdue.get(person_id, frozenset()),
        )
        for person_id, is_blocked in blocked.items()
    }


def _overdue(
    session: Session, view: Viewpoint, person_ids: Collection[int]
) -> dict[int, frozenset[int]]:
    """Return by person which loans of the viewpoint's centre are overdue, for any school."""
    asked = {
        "person_ids": list(person_ids),
        "centre_id": view.centre_id,
        "today": view.today,
    }
    found: dict[int, set[int]] = defaultdict(set)
    for person_id, loan_id in session.execute(_overdue_loans(), asked):
        found[person_id].add(loan_id)
    return {person_id: frozenset(ids) for person_id, ids in found.items()}


@cache
def _overdue_loans() -> Select[*tuple[Any, ...]]:
    """Build the statement once: building it costs more than asking."""
    return (
        select(Loan.person_id, Loan.id)
        .where(Loan.person_id.in_(bindparam("person_ids", expanding=True)))
        .where(Loan.returned_on.is_(None), Loan.received_on.is_(None), ~Loan.placed)
        .where(beside(Loan.centre_id) == bindparam("centre_id"))
        .where(beside(Loan.due_on) < bindparam("today", type_=Date()))
    )


def _member_until(terms: Sequence[Membership], today: date) -> date | None:
    """Return the last day of entitlement: None without end, yesterday if there is none now."""
    now = [each.last for each in terms if each.covers(Period(today, today))]
    if None in now:
        return None
    return max((last for last in now if last is not None), default=today - ONE_DAY)


def _licensed_until(view: Viewpoint, loan: LoanFacts, licences: Licences) -> date | None:
    if view.customer is None:
        return None
    start = max(loan.due_on, view.today)
    known = licences.get(loan.title_id, ())
    until = licence_rules.lendable_until(known, view.customer.licensee, start)
    if until is None:
        return start - ONE_DAY
    return None if until == licence_rules.UNLIMITED else until
