"""Whether open loans may be renewed: what the rules look at, read for all of them at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from catalogue.rules import licences as licence_rules
from loans.errors import Refused
from loans.queries.availability import holding_facts, licences_of, stocks_of
from loans.queries.borrowers import is_overdue_blocked, terms_of_membership
from loans.queries.loans import LoanFacts, waiting_for
from loans.queries.viewpoint import Viewpoint
from loans.rules import availability as rules
from loans.rules.booking_policy import Membership
from loans.rules.codes import LoanRefusal
from loans.rules.commitments import of_loan
from loans.rules.due_dates import LoanPeriod, uncapped_due_date
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
    """What renewals ask about the person, the same for every loan."""

    blocked: bool
    member_until: date | None


def renewals(
    session: Session, view: Viewpoint, person: Person, loans: Sequence[LoanFacts]
) -> dict[int, Renewal]:
    """Decide about each loan as if it alone were renewed today, in six statements.

    Args:
        session: the session; within a unit of work, after the locks, it decides.
        view: of the loans' centre and institution. What was lent is seen even if it is hidden
            from the catalogue by now.
        person: the borrower.
        loans: all of the person's open loans of that centre and institution.

    Source:
        docs/rules.md, Lending 9.1 and 9.2.
    """
    if not loans:
        return {}
    view = replace(view, scope=Scope(everything=True))
    holdings = holding_facts(session, view, {loan.holding_id for loan in loans})
    until = max(_wanted(view, loan) for loan in loans)
    period = Period(view.today, max(view.today, until) + ONE_DAY)
    stocks = {each.holding_id: each for each in stocks_of(session, view, holdings, period)}
    licences = licences_of(session, view, {loan.title_id for loan in loans})
    waiting = waiting_for(session, stocks, view.today)
    borrower = _borrower(session, view, person)
    back = {loan.id: Renewal(None, _BACK) for loan in loans if loan.received_on is not None}
    return {
        loan.id: back.get(loan.id)
        or renew(
            _case(
                view,
                loan,
                _free(view, stocks[loan.holding_id], period, loan),
                borrower,
                _Around(
                    waiting=waiting.get(loan.holding_id, 0),
                    licensed_until=_licensed_until(view, loan, licences),
                    has_other_overdue=_has_other_overdue(loan, loans, view.today),
                ),
            )
        )
        for loan in loans
        if loan.holding_id in stocks
    }


@dataclass(frozen=True, slots=True)
class _Around:
    """What else stands around one loan."""

    waiting: int
    licensed_until: date | None
    has_other_overdue: bool


def _case(
    view: Viewpoint,
    loan: LoanFacts,
    free: rules.Availability,
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
        free_until=rules.last_free_day(free, max(loan.due_on + ONE_DAY, view.today)),
        waiting=around.waiting,
        others=max(0, free.free_on(view.today) - 1),
        blocked=borrower.blocked,
        policy=view.choices.overdue_policy,
        has_other_overdue=around.has_other_overdue,
        licensed_until=around.licensed_until,
        member_until=borrower.member_until,
    )


def _free(
    view: Viewpoint, stock: rules.Stock, period: Period, loan: LoanFacts
) -> rules.Availability:
    found = rules.availability(
        [stock], view.rules_place(), period, today=view.today, ignoring=of_loan(loan.id)
    )
    return found[stock.holding_id]


def _terms(view: Viewpoint, loan: LoanFacts) -> Terms:
    return view.effective(loan.type_code).terms or NOT_RENEWABLE


def _wanted(view: Viewpoint, loan: LoanFacts) -> date:
    start = max(loan.due_on, view.today)
    period: LoanPeriod = _terms(view, loan).renewed_period
    return uncapped_due_date(start, period, view.calendars.days(loan.branch_id))


def _borrower(session: Session, view: Viewpoint, person: Person) -> _Borrower:
    institution_id = 0 if view.customer is None else view.customer.id
    terms = terms_of_membership(session, person.id, institution_id)
    blocked = person.blocked or is_overdue_blocked(session, view, person.id)
    return _Borrower(blocked, _member_until(terms, view.today))


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


def _has_other_overdue(loan: LoanFacts, loans: Sequence[LoanFacts], today: date) -> bool:
    return any(other.due_on < today for other in loans if other.id != loan.id)
