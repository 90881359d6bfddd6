"""Remind before the due date: one letter a person and night, once for each due date."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from loans.models.loan import Loan
from loans.operations.lock import lock
from loans.operations.tell_due_soon import Occasion, letter_before_due
from loans.queries.due_soon import DuePlan
from loans.queries.loans import LoanFacts
from schools.models.person import Person
from schools.operations.owe import owe_wanted
from schools.queries.letters import known_occasions


@dataclass(slots=True)
class Told:
    """What came of it: how many loans were told of, in how many letters."""

    loans: int = 0
    letters: int = 0


def remind_before_due(
    session: Session, plans: Sequence[DuePlan], occasion: Occasion, now: datetime
) -> Told:
    """Owe people the letter before the due date, and note for which date each loan had it.

    Locks the loans, and leaves out what changed since the plan was made: what came back, was
    renewed or told of. Whoever had such a letter today is left to the next night.

    Args:
        session: within a unit of work.
        plans: as `plans_before_due` made them a moment ago.
        occasion: the centre and the night.
        now: the instant.

    Source:
        docs/rules.md, Lending 10.2.
    """
    keys = [loan.id for plan in plans for loan, _ in plan.loans]
    rows = {row.id: row for row in lock(session, Loan, keys)}
    people = {plan.person_id for plan in plans}
    persons = {
        each.id: each for each in session.scalars(select(Person).where(Person.id.in_(people)))
    }
    posts = []
    for plan in plans:
        loans = [each for each in plan.loans if _still(rows.get(each[0].id), each[0])]
        if loans:
            post = letter_before_due(persons[plan.person_id], loans, occasion)
            posts.append(([loan.id for loan, _ in loans], *post))
    known = known_occasions(session, [letter.occasion for _, letter, _ in posts])
    posts = [post for post in posts if post[1].occasion not in known]
    told = [rows[loan_id] for loan_ids, _, _ in posts for loan_id in loan_ids]
    for row in told:
        row.reminded_for = row.due_on
    session.flush()
    return Told(len(told), owe_wanted(session, [post[1:] for post in posts], now))


def _still(row: Loan | None, planned: LoanFacts) -> bool:
    """Say whether a loan is out as it was when its letter was planned."""
    return (
        row is not None
        and row.returned_on is None
        and row.received_on is None
        and row.person_id == planned.person_id
        and row.due_on == planned.due_on
        and row.reminded_for != row.due_on
    )
