"""Renew by itself: in the night before the due day, where a centre chose it."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from catalogue.models.copy import Copy
from catalogue.models.holding import Holding
from loans.models.loan import Loan
from loans.operations.lock import lock
from loans.operations.renew import NewDate, renew_to
from loans.operations.tell_renewal import tell_of_automatic_renewals
from loans.queries.due_soon import DueWish, loans_due
from loans.queries.loans import LoanFacts, everything_of_a_loan, loan_facts
from loans.queries.renewals import (
    Asked,
    blocked_by_staff,
    renewals_of_people,
    viewpoints_by_school,
)
from loans.queries.viewpoint import Viewpoint
from schools.models.person import Person
from schools.rules.roles import Actor, Scope


@dataclass(slots=True)
class RenewedAtNight:
    """What came of it: how many loans were renewed, how many not, and how many letters."""

    renewed: int = 0
    refused: int = 0
    letters: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Renewable:
    """Loans that may be renewed tonight, as read before anything is locked.

    Attributes:
        views: by school; terms and calendars do not change within a moment.
        loan_ids: by person: one letter tells of all.
        refused: how many may not be renewed.
    """

    views: Mapping[int, Viewpoint]
    loan_ids: Mapping[int, Sequence[int]]
    refused: int


def renewable(
    session: Session, scope: Scope, wish: DueWish, today: date, now: datetime
) -> Renewable:
    """Return which of a centre's loans may be renewed tonight; reads only.

    Source:
        docs/rules.md, Lending 9.2.
    """
    facts = [loan_facts(row) for row in loans_due(session, scope, wish, today)]
    asked = Asked(blocked_by_staff(session, facts), in_turn=True)
    views: dict[int, Viewpoint] = {}
    granted: dict[int, list[int]] = defaultdict(list)
    refused = 0
    for view, same in viewpoints_by_school(session, wish.centre_id, facts, today, now):
        views[same[0].institution_id] = view
        answers = renewals_of_people(session, view, asked, same)
        for loan in same:
            answer = answers.get(loan.id)
            if answer is not None and answer.due_on is not None:
                granted[loan.person_id or 0].append(loan.id)
            else:
                refused += 1
    return Renewable(views, granted, refused)


def renew_automatically(
    session: Session, found: Renewable, person_ids: Collection[int], by: Actor, now: datetime
) -> RenewedAtNight:
    """Renew what some people have to bring back tomorrow or today, if the rules still allow it.

    Locks holdings, copies, people and loans, and decides again behind them. One letter a person
    says what was renewed; what was not is due as before.

    Args:
        session: within a unit of work.
        found: as `renewable` found it a moment ago.
        person_ids: whose loans of it.
        by: the night.
        now: the instant.

    Source:
        docs/rules.md, Lending 9.2.
    """
    keys = [loan_id for person_id in person_ids for loan_id in found.loan_ids[person_id]]
    rows = _locked(session, keys, person_ids)
    done = RenewedAtNight()
    by_person: dict[int | None, list[Loan]] = defaultdict(list)
    for institution_id, same in _by_school(rows.values()).items():
        asked = Asked(blocked_by_staff(session, same), in_turn=True)
        answers = renewals_of_people(session, found.views[institution_id], asked, same)
        for loan_id, answer in answers.items():
            if answer.due_on is None:
                done.refused += 1
            else:
                row = renew_to(session, rows[loan_id], NewDate(answer.due_on), by, now)
                by_person[row.person_id].append(row)
    done.renewed = sum(len(renewed) for renewed in by_person.values())
    done.letters = tell_of_automatic_renewals(session, by_person.values(), now)
    return done


def _locked(
    session: Session, loan_ids: Collection[int], person_ids: Collection[int]
) -> dict[int, Loan]:
    """Lock in the order of locks, and return what is still out by its key."""
    query = select(Loan.holding_id, Loan.copy_id).where(Loan.id.in_(loan_ids))
    found = session.execute(query).all()
    lock(session, Holding, {row.holding_id for row in found})
    lock(session, Copy, {row.copy_id for row in found})
    lock(session, Person, person_ids)
    lock(session, Loan, loan_ids)
    told = select(Loan).where(Loan.id.in_(loan_ids))
    told = told.options(*everything_of_a_loan(), joinedload(Loan.person)).order_by(Loan.id)
    return {
        row.id: row
        for row in session.scalars(told)
        if row.returned_on is None and row.received_on is None and row.person_id in {*person_ids}
    }


def _by_school(rows: Iterable[Loan]) -> dict[int, list[LoanFacts]]:
    found: dict[int, list[LoanFacts]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row.due_on or row.lent_on, row.id)):
        found[row.institution_id].append(loan_facts(row))
    return found
